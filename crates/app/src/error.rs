//! What can go wrong in a use case, as the faces of the program need to know it.
use fairwatch_blobs::BlobError;
use fairwatch_core::gate::Hidden;
use fairwatch_store::StoreError;
use std::{error::Error, fmt};

/// One thing that is wrong with what was sent, in a sentence for whoever sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The form's field that it is about, where it is about one: the page puts it there, and a link to it at the
    /// top.
    pub field: Option<&'static str>,
    /// What is wrong and what to do.
    pub sentence: String,
}

/// All that is wrong with what was sent; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// What is wrong, in the order of the form.
    pub fn iter(&self) -> std::slice::Iter<'_, Problem> {
        self.0.iter()
    }
    /// What is wrong with one field.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|problem| problem.field == Some(field)).map(|problem| &*problem.sentence)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            f.write_str(&problem.sentence)?;
        }
        Ok(())
    }
}

/// Collects what is wrong with a form, so that a page shows all of it at once.
#[derive(Debug, Default)]
pub struct Check(Vec<Problem>);

impl Check {
    /// Notes that something is wrong with a field.
    pub fn wrong(&mut self, field: &'static str, sentence: impl Into<String>) {
        self.0.push(Problem { field: Some(field), sentence: sentence.into() });
    }
    /// Notes it unless the value is good.
    pub fn want(&mut self, good: bool, field: &'static str, sentence: impl Into<String>) {
        if !good {
            self.wrong(field, sentence);
        }
    }
    /// Nothing is wrong, or all that is.
    ///
    /// # Errors
    /// [`AppError::Refused`] with every problem noted.
    pub fn done(self) -> Result<(), AppError> {
        if self.0.is_empty() { Ok(()) } else { Err(AppError::Refused(Problems(self.0))) }
    }
}

/// Why a use case did not do what was asked.
///
/// Pages show the words of [`AppError::Refused`] and [`AppError::Busy`] as they are, answer
/// [`AppError::Hidden`] like an address that does not exist (VIS-7), and for [`AppError::Internal`] say that
/// something went wrong, with the request's id, under which they log the whole chain of sources. None of them
/// holds a secret or what a person typed.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// It does not exist, or it is not for them.
    #[error("there is nothing here, or it is not for you")]
    Hidden,
    /// What was sent will not do, or the rules do not allow it, or it is so no longer.
    #[error("{0}")]
    Refused(Problems),
    /// Trying again in a moment will help.
    #[error("{0}")]
    Busy(String),
    /// The installation does not fit together; the sentence is for its operator.
    #[error("{0}")]
    Setup(String),
    /// The program, its database or its disk failed.
    #[error("something went wrong")]
    Internal(#[source] Box<dyn Error + Send + Sync>),
}

impl AppError {
    /// A refusal in words for the user.
    pub fn refused(sentence: impl Into<String>) -> Self {
        Self::Refused(Problems(vec![Problem { field: None, sentence: sentence.into() }]))
    }
    /// A refusal that is about one field of the form.
    pub fn in_field(field: &'static str, sentence: impl Into<String>) -> Self {
        Self::Refused(Problems(vec![Problem { field: Some(field), sentence: sentence.into() }]))
    }
    /// Too many are at it at once.
    #[must_use]
    pub fn busy() -> Self {
        Self::Busy("The service is busy. Try again in a moment: nothing was lost or changed.".into())
    }
    /// Something that should not happen.
    pub fn internal(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }
}

impl From<Hidden> for AppError {
    fn from(_: Hidden) -> Self {
        Self::Hidden
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Hidden(_) => Self::Hidden,
            StoreError::Refused(sentence) => Self::refused(sentence),
            StoreError::RefusedAt(field, sentence) => Self::in_field(field, sentence),
            StoreError::Setup(sentence) => Self::Setup(sentence),
            error if error.is_transient() => {
                tracing::warn!(error = &error as &dyn Error, "the database is busy");
                Self::busy()
            }
            error => Self::internal(error),
        }
    }
}

impl From<BlobError> for AppError {
    fn from(error: BlobError) -> Self {
        Self::internal(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_says_all_that_is_wrong_at_once() {
        let mut check = Check::default();
        check.want(true, "place", "unused");
        check.want(false, "when", "Say when it happened.");
        check.wrong("what", "Say what happened.");
        let Err(AppError::Refused(problems)) = check.done() else { panic!("it is refused") };
        assert_eq!(problems.iter().count(), 2);
        assert_eq!(problems.of("what"), Some("Say what happened."));
        assert_eq!(problems.to_string(), "Say when it happened.\nSay what happened.");
        assert!(Check::default().done().is_ok());
    }

    #[test]
    fn a_fault_says_nothing_of_itself_to_the_user() {
        let error = AppError::from(StoreError::Corrupt("a table could not be read".into()));
        assert_eq!(error.to_string(), "something went wrong");
        assert!(error.source().is_some());
    }
}

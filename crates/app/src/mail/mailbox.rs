//! A box in which all mail stays: the demonstration's, where nobody has an address.
use super::{Carrier, Handed, Letter};
use fairwatch_core::{ids::MailId, mail::Mail};
use jiff::Timestamp;
use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    sync::{Mutex, PoisonError},
};

/// The oldest go, so that a demonstration that runs for weeks does not grow.
const MOST: usize = 200;

/// A mail that was put in.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Which.
    pub id: MailId,
    /// When it was sent.
    pub at: Timestamp,
    /// To whom and what.
    pub mail: Mail,
    /// The appointment that came along.
    pub calendar: Option<String>,
}

/// Keeps mail in memory.
#[derive(Debug, Default)]
pub struct Mailbox(Mutex<VecDeque<Kept>>);

impl Mailbox {
    /// What is in it, the newest first.
    #[must_use]
    pub fn all(&self) -> Vec<Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

impl Carrier for Mailbox {
    fn carry<'a>(&'a self, letter: Letter<'a>) -> Pin<Box<dyn Future<Output = Handed> + Send + 'a>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push_front(Kept {
            id: letter.id,
            at: letter.at,
            mail: letter.mail.clone(),
            calendar: letter.calendar.map(str::to_owned),
        });
        kept.truncate(MOST);
        Box::pin(async { Handed::Taken })
    }
}

//! What a form sent: fields in their order, and files.
use crate::{
    respond::PageError,
    routes::{FORM, UPLOAD},
};
use axum::{
    extract::{DefaultBodyLimit, Form, FromRequest, Multipart, Request},
    http::header,
};

/// What may be sent to the route, in bytes; the guard says so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Most(pub(crate) usize);

/// A file that came with a form.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
}

/// What a form sent, by `application/x-www-form-urlencoded` or `multipart/form-data` alike. Limits are the
/// route's.
#[derive(Clone, Default)]
pub(crate) struct Sent {
    fields: Vec<(String, String)>,
    /// Files that hold anything; a browser sends an empty one for a control without a choice.
    pub(crate) files: Vec<File>,
}

impl Sent {
    /// A form with these fields.
    #[cfg(test)]
    pub(crate) fn of(fields: &[(&str, &str)]) -> Self {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self { fields: fields.collect(), files: Vec::new() }
    }
    /// The first value of a field, or nothing at all.
    pub(crate) fn one(&self, name: &str) -> &str {
        self.fields.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }
    /// Every value of a field, such as the boxes that were ticked.
    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        self.fields.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }
    /// Whether the form has such a field, such as the button that was pressed.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.fields.iter().any(|(key, _)| key == name)
    }
    /// Adds a field, as it is read.
    pub(crate) fn add(&mut self, name: String, value: String) {
        self.fields.push((name, value));
    }
    /// All fields, in their order.
    pub(crate) fn fields(&self) -> &[(String, String)] {
        &self.fields
    }
    /// A field, unless it is empty but for spaces.
    pub(crate) fn given(&self, name: &str) -> Option<String> {
        Some(self.one(name).trim()).filter(|text| !text.is_empty()).map(str::to_owned)
    }
}

impl Sent {
    /// What was typed alone, for somebody who is not signed in: at most so many bytes of a field are kept, and nothing
    /// of files but that there were some.
    pub(crate) async fn typed<S: Send + Sync>(
        mut request: Request,
        state: &S,
        most: usize,
    ) -> Result<Self, PageError> {
        let kind =
            request.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_ascii_lowercase());
        match kind {
            Some(kind) if kind.starts_with(b"multipart/form-data") => {
                // A route that takes evidence takes more, but not of somebody who is not signed in.
                DefaultBodyLimit::max(UPLOAD).apply(&mut request);
                multipart(request, state, Some(most)).await
            }
            _ => Self::from_request(request, state).await,
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = PageError;

    async fn from_request(mut request: Request, state: &S) -> Result<Self, PageError> {
        let kind =
            request.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes().to_ascii_lowercase());
        match kind {
            Some(kind) if kind.starts_with(b"multipart/form-data") => multipart(request, state, None).await,
            Some(kind) if kind.starts_with(b"application/x-www-form-urlencoded") => {
                // It is read whole, whatever the route takes of files.
                let most = request.extensions().get::<Most>().map_or(FORM, |most| most.0.min(FORM));
                DefaultBodyLimit::max(most).apply(&mut request);
                let Form(fields) = Form::<Vec<(String, String)>>::from_request(request, state)
                    .await
                    .map_err(|rejection| unreadable(rejection.status()))?;
                Ok(Self { fields, files: Vec::new() })
            }
            // A form whose only button has no name sends nothing.
            None => Ok(Self::default()),
            Some(_) => Err(PageError::Unreadable),
        }
    }
}

/// What a part of a form costs beside its content, so that a great many empty ones cost as much as one that is full.
pub(crate) const PART: usize = 1024;

/// The fields and files of a form in parts; with `typed`, at most so many bytes of each field, and of the files no
/// more than that there are some.
async fn multipart<S: Send + Sync>(
    request: Request,
    state: &S,
    typed: Option<usize>,
) -> Result<Sent, PageError> {
    let mut parts =
        Multipart::from_request(request, state).await.map_err(|rejection| unreadable(rejection.status()))?;
    let mut sent = Sent::default();
    let mut room = UPLOAD;
    while let Some(mut part) = parts.next_field().await.map_err(|error| unreadable(error.status()))? {
        let Some(field) = part.name().map(str::to_owned) else { continue };
        room = room.checked_sub(PART + field.len()).ok_or(PageError::TooLarge)?;
        let is_file = part.file_name().is_some();
        let most = match typed {
            Some(_) if is_file => 1,
            Some(most) => most,
            None => usize::MAX,
        };
        let mut bytes = Vec::new();
        while let Some(chunk) = part.chunk().await.map_err(|error| unreadable(error.status()))? {
            room = room.checked_sub(chunk.len()).ok_or(PageError::TooLarge)?;
            // What is too much is read to its end all the same, since the browser waits for that with its answer.
            bytes.extend_from_slice(&chunk[..chunk.len().min(most.saturating_sub(bytes.len()))]);
        }
        if !is_file {
            let value = match typed {
                Some(_) => String::from_utf8_lossy(&bytes).into_owned(),
                None => String::from_utf8(bytes).map_err(|_| PageError::Unreadable)?,
            };
            sent.fields.push((field, value));
        } else if !bytes.is_empty() {
            sent.files.push(File { bytes });
        }
    }
    Ok(sent)
}

pub(crate) fn unreadable(status: axum::http::StatusCode) -> PageError {
    if status == axum::http::StatusCode::PAYLOAD_TOO_LARGE {
        PageError::TooLarge
    } else {
        PageError::Unreadable
    }
}

/// Text as a part of an address.
pub(crate) fn encoded(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::with_capacity(text.len()), |mut all, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            all.push(char::from(byte));
        } else {
            let _ = write!(all, "%{byte:02X}");
        }
        all
    })
}

//! What stands in a cookie or a link, and what people sign in with: secrets and names that the database keeps
//! as keyed hashes alone.
use crate::audit::hex;
use fairwatch_core::world::Randomness;
use fairwatch_vault::{Keys, Zeroizing};
use std::fmt;

/// Thirty-two random bytes as 64 hexadecimal digits, for a cookie or a link. Prints nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Zeroizing<String>);

impl Token {
    pub(crate) fn fresh(randomness: &dyn Randomness) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        randomness.fill(&mut *bytes);
        Self(Zeroizing::new(hex(&*bytes)))
    }

    /// Reads what a browser sent; none where it cannot be a token.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        fits.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The digits, for the cookie or the link itself and for nothing else.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    pub(crate) fn hashed(&self, keys: &Keys, domain: &'static str) -> [u8; 32] {
        keys.lookup(domain, &self.0)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(secret)")
    }
}

/// What somebody signs in with, an e-mail address or a user name, in the one form under which it is found:
/// without spaces around it and in lower case. `app` brings its Unicode to one form before.
#[derive(Clone, PartialEq, Eq)]
pub struct Login(String);

impl Login {
    /// Brings a login to the form under which it is found.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(text.trim().to_lowercase())
    }

    /// The login in that form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn hashed(&self, keys: &Keys) -> [u8; 32] {
        keys.lookup("account login", &self.0)
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(personal)")
    }
}

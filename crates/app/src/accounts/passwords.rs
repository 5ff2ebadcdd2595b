//! Passwords: what will do as one, and argon2id, two at a time (SEC-2).
use crate::error::{AppError, Check};
use argon2::{Algorithm, Argon2, Params, Version};
use fairwatch_core::world::Randomness;
use fairwatch_vault::Zeroizing;
use serde::Deserialize;
use std::{fmt, sync::Arc};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use unicode_normalization::UnicodeNormalization as _;

/// A password as somebody typed it. Prints nothing of itself and is wiped when dropped.
#[derive(Clone, Deserialize)]
#[serde(from = "String")]
pub struct Password(Zeroizing<String>);

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for Password {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(secret)")
    }
}

impl Password {
    /// The bytes that are hashed: in one Unicode form, since keyboards differ in how they write an accent.
    /// Nothing that could be a password is longer than [`LONGEST`]; of what is, the start is hashed, so that a
    /// megabyte costs no more, and it matches nothing.
    fn bytes(&self) -> Zeroizing<Vec<u8>> {
        let text: Zeroizing<String> = Zeroizing::new(self.0.chars().take(LONGEST + 1).nfkc().collect());
        Zeroizing::new(text.as_bytes().to_vec())
    }
}

/// The fewest characters of a password.
pub const SHORTEST: usize = 12;
/// The most characters of a password.
pub const LONGEST: usize = 256;

/// Long enough, and yet the first that anybody would try.
const OBVIOUS: &[&str] = &[
    "123456789012",
    "1234567890123",
    "12345678901234",
    "1234567890123456",
    "012345678910",
    "123123123123",
    "098765432109",
    "111122223333",
    "abcdefghijkl",
    "abcdefghijklmnop",
    "abcd12345678",
    "abc123abc123",
    "qwertyuiopas",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwerty123456",
    "qwerty1234567",
    "qwertyqwerty",
    "1qaz2wsx3edc",
    "1q2w3e4r5t6y",
    "zxcvbnmasdfg",
    "asdfghjkl123",
    "password1234",
    "password12345",
    "password123456",
    "passwordpassword",
    "password2024!",
    "password2025!",
    "password2026!",
    "mypassword123",
    "newpassword1",
    "newpassword123",
    "p@ssw0rd1234",
    "p@ssword1234",
    "passw0rd1234",
    "letmein12345",
    "letmeinletmein",
    "welcome12345",
    "welcome123456",
    "welcomewelcome",
    "changeme1234",
    "changemechangeme",
    "iloveyou1234",
    "iloveyouiloveyou",
    "administrator",
    "administrator1",
    "adminadminadmin",
    "superman1234",
    "liverpool1234",
    "manchester123",
    "manchesterunited",
    "chelsea12345",
    "arsenal12345",
    "football1234",
    "sunshine1234",
    "princess1234",
    "fairwatch123",
    "fairwatch1234",
    "fairwatchfairwatch",
    "security1234",
    "shopwatch1234",
    "correcthorsebatterystaple",
    "trustno1trustno1",
    "thisismypassword",
    "iamtheadmin1",
];

/// Whether a new password will do, for an account with these logins.
///
/// # Errors
/// [`AppError::Refused`] in a sentence that says what to do, at the field `password`.
pub(super) fn check(password: &Password, logins: &[&str]) -> Result<(), AppError> {
    let text = &*password.0;
    let length = text.chars().count();
    let lower = Zeroizing::new(text.nfkc().collect::<String>().to_lowercase());
    let mut different: Vec<char> = lower.chars().collect();
    different.sort_unstable();
    different.dedup();
    let mut found = Check::default();
    if length < SHORTEST {
        found.wrong(
            "password",
            format!(
                "Use at least {SHORTEST} characters. Three or four unrelated words make a good password."
            ),
        );
    } else if length > LONGEST {
        found.wrong("password", format!("Use no more than {LONGEST} characters."));
    } else if logins.iter().any(|login| lower.trim() == login.trim().to_lowercase()) {
        found.wrong("password", "Choose a password that is not what you sign in with.");
    } else if different.len() < 5 || OBVIOUS.contains(&&**lower) {
        found.wrong("password", "This password is one of the first that anybody would try. Three or four unrelated words make a good one.");
    }
    found.done()
}

/// Memory for one hash, in KiB: 19 MiB, with two passes and one lane, as OWASP recommends for argon2id.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
const SALT: usize = 16;
const OUTPUT: usize = 32;

/// So many are hashed at once: 38 MiB.
const AT_ONCE: usize = 2;
/// So many more wait for their turn, some half a second in all; whoever comes then is told to try again.
const WAITING: usize = 32;

/// The hashing of passwords, and the queue for it.
#[derive(Clone, Debug)]
pub struct Passwords {
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(AT_ONCE + WAITING)), turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }
}

/// A place in the queue.
pub struct Place {
    place: OwnedSemaphorePermit,
    turns: Arc<Semaphore>,
}

impl Passwords {
    /// Takes a place in the queue, before anything is counted or read.
    ///
    /// # Errors
    /// [`AppError::Busy`] where the queue is full.
    pub fn queue(&self) -> Result<Place, AppError> {
        let full =
            |_| AppError::Busy("Many people are signing in just now. Try again in a few seconds.".into());
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(full)?;
        Ok(Place { place, turns: Arc::clone(&self.turns) })
    }
}

impl Place {
    /// Waits for its turn and works; the turn ends with the work, also if whoever asked has gone meanwhile.
    async fn work<R: Send + 'static>(
        self,
        work: impl FnOnce() -> Result<R, AppError> + Send + 'static,
    ) -> Result<R, AppError> {
        let turn = self.turns.acquire_owned().await.map_err(AppError::internal)?;
        let place = self.place;
        crate::blocking(move || {
            let _held = (turn, place);
            work()
        })
        .await
    }

    /// The hash of a new password, with its parameters and salt.
    ///
    /// # Errors
    /// [`AppError::Internal`].
    pub async fn hash(
        self,
        password: &Password,
        randomness: &dyn Randomness,
    ) -> Result<Zeroizing<String>, AppError> {
        let mut salt = [0; SALT];
        randomness.fill(&mut salt);
        let bytes = password.bytes();
        self.work(move || Stored::make(&bytes, salt).map(|stored| stored.text())).await
    }

    /// Whether a password is that of a hash. Where there is none, as much work comes to no.
    ///
    /// # Errors
    /// [`AppError::Internal`] where the hash is not one of ours.
    pub async fn verify(
        self,
        password: &Password,
        hash: Option<Zeroizing<String>>,
    ) -> Result<bool, AppError> {
        let bytes = password.bytes();
        self.work(move || match hash {
            Some(hash) => {
                let stored =
                    Stored::parse(&hash).ok_or_else(|| AppError::internal("a stored hash is damaged"))?;
                stored.is_of(&bytes)
            }
            None => Stored {
                memory: MEMORY,
                passes: PASSES,
                lanes: LANES,
                salt: vec![0; SALT],
                output: vec![0; OUTPUT],
            }
            .is_of(&bytes)
            .map(|_| false),
        })
        .await
    }
}

/// A hash as it is kept: `argon2id$19456$2$1$salt$output`, salt and output in hexadecimal.
struct Stored {
    memory: u32,
    passes: u32,
    lanes: u32,
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl Stored {
    fn make(password: &[u8], salt: [u8; SALT]) -> Result<Self, AppError> {
        let mut stored = Self {
            memory: MEMORY,
            passes: PASSES,
            lanes: LANES,
            salt: salt.to_vec(),
            output: vec![0; OUTPUT],
        };
        stored.output = stored.work_out(password)?;
        Ok(stored)
    }

    fn work_out(&self, password: &[u8]) -> Result<Vec<u8>, AppError> {
        // argon2's error has no source that an error could carry; its words name a parameter, never a value.
        let failed = |error: argon2::Error| AppError::internal(format!("argon2: {error}"));
        let params =
            Params::new(self.memory, self.passes, self.lanes, Some(self.output.len())).map_err(failed)?;
        let mut output = vec![0; self.output.len()];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(password, &self.salt, &mut output)
            .map_err(failed)?;
        Ok(output)
    }

    /// In the same time for each wrong output.
    fn is_of(&self, password: &[u8]) -> Result<bool, AppError> {
        let output = self.work_out(password)?;
        let differences = output.iter().zip(&self.output).fold(0, |all, (a, b)| all | (a ^ b));
        Ok(std::hint::black_box(differences) == 0)
    }

    fn text(&self) -> Zeroizing<String> {
        let Self { memory, passes, lanes, .. } = self;
        Zeroizing::new(format!(
            "argon2id${memory}${passes}${lanes}${}${}",
            hex(&self.salt),
            hex(&self.output)
        ))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('$');
        if parts.next() != Some("argon2id") {
            return None;
        }
        let mut number = || parts.next()?.parse::<u32>().ok();
        let (memory, passes, lanes) = (number()?, number()?, number()?);
        let (salt, output) = (unhex(parts.next()?)?, unhex(parts.next()?)?);
        (parts.next().is_none() && output.len() >= OUTPUT).then_some(Self {
            memory,
            passes,
            lanes,
            salt,
            output,
        })
    }
}

fn hex(bytes: &[u8]) -> String {
    fairwatch_store::audit::hex(bytes)
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| Some(digit(*pair.first()?)? * 16 + digit(*pair.get(1)?)?)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Zeroes;
    impl Randomness for Zeroes {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    fn refusal(password: &str) -> Option<String> {
        check(&password.into(), &["pat@corner.example", "corner-shop-till"])
            .err()
            .map(|error| error.to_string())
    }

    #[test]
    fn sec_2_a_password_is_long_and_not_obvious() {
        assert!(refusal("eleven char").unwrap().contains("at least 12"));
        assert!(refusal(&"ab3 ü".repeat(60)).unwrap().contains("no more than 256"));
        assert!(refusal("Corner-Shop-Till").unwrap().contains("sign in with"));
        assert!(refusal("Password1234").unwrap().contains("first that anybody"));
        assert!(refusal("aaaaaaaaaaaab").unwrap().contains("first that anybody"));
        assert_eq!(refusal("lamp otter window"), None);
        assert_eq!(refusal("żółć-gęślą-jaźń"), None);
    }

    #[test]
    fn secrets_do_not_print() {
        assert_eq!(format!("{:?}", Password::from("lamp otter window")), "Password(secret)");
    }

    #[test]
    fn every_obvious_one_is_long_enough_to_be_tried() {
        for word in OBVIOUS {
            assert!(word.chars().count() >= SHORTEST && *word == word.to_lowercase(), "{word}");
        }
    }

    #[tokio::test]
    async fn sec_2_argon2id_hashes_match_their_password_alone() {
        let passwords = Passwords::default();
        let hash = passwords.queue().unwrap().hash(&"lamp otter caf\u{e9}".into(), &Zeroes).await.unwrap();
        assert!(hash.starts_with("argon2id$19456$2$1$07070707"));
        let verify = async |password: &str, hash: Option<Zeroizing<String>>| {
            passwords.queue().unwrap().verify(&password.into(), hash).await.unwrap()
        };
        // The accent as two characters is the same password.
        assert!(verify("lamp otter cafe\u{301}", Some(hash.clone())).await);
        assert!(!verify("lamp otter cafe", Some(hash.clone())).await);
        assert!(!verify("", None).await);
        assert!(!verify(&"x".repeat(1 << 20), Some(hash)).await);
        assert!(
            passwords
                .queue()
                .unwrap()
                .verify(&"x".into(), Some(Zeroizing::new("md5$1".into())))
                .await
                .is_err()
        );
    }

    #[tokio::test]
    async fn sec_2_a_full_queue_says_so() {
        let passwords = Passwords::default();
        let places: Vec<_> = (0..AT_ONCE + WAITING).map(|_| passwords.queue().unwrap()).collect();
        assert!(matches!(passwords.queue(), Err(AppError::Busy(_))));
        drop(places);
        assert!(passwords.queue().is_ok());
    }
}

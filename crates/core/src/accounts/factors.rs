//! Second factors (SEC-2): who needs one, one-time codes by the clock (RFC 6238), and recovery codes.
use crate::{gate::Role, policy::Policy, world::Randomness};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha1::Sha1;
use std::{fmt, str::FromStr};

/// A code is good for so many seconds: what every app assumes.
pub const STEP_SECONDS: i64 = 30;
/// So many steps before and after the present one are taken: telephones' clocks are a little off.
const DRIFT: i64 = 1;
/// So many recovery codes are made at a time.
pub const RECOVERY_CODES: usize = 10;

/// What somebody gives beside the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FactorKind {
    /// An app that shows a new code every half minute.
    Codes,
    /// A key in a device, which signs by finger, face or PIN.
    Passkey,
}

impl FactorKind {
    /// The stable name, as stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Codes => "codes",
            Self::Passkey => "passkey",
        }
    }
}

impl FromStr for FactorKind {
    type Err = UnknownKind;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Codes, Self::Passkey].into_iter().find(|kind| kind.name() == text).ok_or(UnknownKind)
    }
}

/// A stored kind that this version does not know.
#[derive(Debug, thiserror::Error)]
#[error("no such second factor")]
pub struct UnknownKind;

/// Whether a role is never without a second factor: whoever sees or decides more than a member does, and whoever keeps
/// the server. A policy adds others, and takes none of these away.
#[must_use]
pub fn always(role: Role) -> bool {
    !matches!(role, Role::MemberUser | Role::Staff)
}

/// Whether a role needs a second factor where this policy is in force (SEC-2).
#[must_use]
pub fn required(role: Role, policy: &Policy) -> bool {
    always(role) || policy.sign_in.second_factor.iter().any(|also| also.role() == role)
}

/// What an app and the server share: twenty random bytes, as RFC 4226 wants them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret([u8; 20]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(secret)")
    }
}

impl Secret {
    /// A new one.
    #[must_use]
    pub fn fresh(randomness: &dyn Randomness) -> Self {
        let mut bytes = [0; 20];
        randomness.fill(&mut bytes);
        Self(bytes)
    }

    /// One whose bytes are known, such as those of the standard's examples.
    #[must_use]
    pub fn of(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// What a person types into an app that cannot see the picture: base 32, in groups of four.
    #[must_use]
    pub fn typed(&self) -> String {
        let plain = base32(&self.0);
        let groups = plain.as_bytes().chunks(4).map(String::from_utf8_lossy);
        groups.collect::<Vec<_>>().join(" ")
    }

    /// What the picture says to an app.
    #[must_use]
    pub fn address(&self, issuer: &str, login: &str) -> String {
        let (issuer, login) = (encoded(issuer), encoded(login));
        format!("otpauth://totp/{issuer}:{login}?secret={}&issuer={issuer}", base32(&self.0))
    }

    /// The code of a step.
    #[must_use]
    pub fn code(&self, step: i64) -> String {
        // An HMAC takes a key of any length.
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&self.0) else { return String::new() };
        mac.update(&step.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let at = usize::from(digest[19] & 0x0f);
        let four = [digest[at] & 0x7f, digest[at + 1], digest[at + 2], digest[at + 3]];
        format!("{:06}", u32::from_be_bytes(four) % 1_000_000)
    }

    /// The step whose code was typed, among those that are good now. A code is used once: steps up to `last` are over,
    /// whoever saw them typed.
    #[must_use]
    pub fn step_of(&self, typed: &str, now: Timestamp, last: Option<i64>) -> Option<i64> {
        let present = step_at(now);
        let mut found = None;
        // All are compared, so that the time that it takes tells nothing.
        for step in present - DRIFT..=present + DRIFT {
            let same = same(self.code(step).as_bytes(), typed.as_bytes());
            if same && last.is_none_or(|last| step > last) {
                found = Some(step);
            }
        }
        found
    }
}

/// The step of an instant.
#[must_use]
pub fn step_at(now: Timestamp) -> i64 {
    now.as_second().div_euclid(STEP_SECONDS)
}

/// What was typed where a code is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Six digits.
    Code(String),
    /// A recovery code, in the form in which it is kept.
    Recovery(String),
    /// Neither.
    Neither,
}

/// Reads what was typed: with or without spaces and hyphens, in capitals or not.
#[must_use]
pub fn read(typed: &str) -> Typed {
    let plain: String =
        typed.chars().take(60).filter(|c| !c.is_whitespace() && *c != '-').collect::<String>().to_lowercase();
    match plain.len() {
        6 if plain.bytes().all(|b| b.is_ascii_digit()) => Typed::Code(plain),
        RECOVERY_LENGTH if plain.bytes().all(|b| CLEAR.contains(&b)) => Typed::Recovery(plain),
        _ => Typed::Neither,
    }
}

/// Letters and digits that nobody takes for one another.
const CLEAR: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";
const RECOVERY_LENGTH: usize = 10;

/// New recovery codes, to be shown once: fifty bits each.
#[must_use]
pub fn recovery_codes(randomness: &dyn Randomness) -> Vec<String> {
    (0..RECOVERY_CODES)
        .map(|_| {
            let mut code = String::with_capacity(RECOVERY_LENGTH + 1);
            while code.len() < RECOVERY_LENGTH {
                let mut byte = [0];
                randomness.fill(&mut byte);
                // Bytes beyond a multiple of the alphabet would make some letters likelier.
                if byte[0] < 248 {
                    code.push(char::from(CLEAR[usize::from(byte[0] % 31)]));
                }
            }
            code.insert(RECOVERY_LENGTH / 2, '-');
            code
        })
        .collect()
}

/// Whether two texts are the same, in a time that tells nothing of where they differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |all, (a, b)| all | (a ^ b)) == 0
}

fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::new();
    let (mut held, mut bits) = (0_u32, 0_u32);
    for byte in bytes {
        held = (held << 8) | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(LETTERS[((held >> bits) & 31) as usize]));
        }
    }
    if bits > 0 {
        text.push(char::from(LETTERS[((held << (5 - bits)) & 31) as usize]));
    }
    text
}

fn encoded(text: &str) -> String {
    use fmt::Write as _;
    text.bytes().fold(String::new(), |mut all, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~@".contains(&byte) {
            all.push(char::from(byte));
        } else {
            let _ = write!(all, "%{byte:02X}");
        }
        all
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// The bytes and instants of RFC 6238, appendix B, with the last six of its eight digits.
    #[test]
    fn sec_2_codes_are_those_of_the_standard() {
        let secret = Secret::of(*b"12345678901234567890");
        for (second, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret.code(step_at(at(second))), code, "at {second}");
        }
        assert_eq!(secret.typed(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    }

    #[test]
    fn sec_2_a_code_is_good_for_a_moment_and_once() {
        let secret = Secret::of([7; 20]);
        let now = at(1_790_000_010);
        let code = secret.code(step_at(now));
        let step = secret.step_of(&code, now, None).unwrap();
        assert_eq!(
            secret.step_of(&code, at(1_790_000_040), None),
            Some(step),
            "a clock may be half a minute off"
        );
        assert_eq!(secret.step_of(&code, at(1_790_000_100), None), None);
        assert_eq!(secret.step_of(&code, now, Some(step)), None, "it was used");
        assert_eq!(secret.step_of("", now, None), None);
        assert_eq!(Secret::of([8; 20]).step_of(&code, now, None), None);
    }

    #[test]
    fn sec_2_what_is_typed_is_read_as_people_type_it() {
        assert_eq!(read(" 123 456 "), Typed::Code("123456".into()));
        assert_eq!(read("ABCDE-fghjk"), Typed::Recovery("abcdefghjk".into()));
        for neither in ["", "12345", "1234567", "abcde-fghi0", "\u{661}23456"] {
            assert_eq!(read(neither), Typed::Neither, "{neither}");
        }
    }

    #[derive(Debug)]
    struct Counting(std::sync::atomic::AtomicU8);
    impl Randomness for Counting {
        fn fill(&self, into: &mut [u8]) {
            for byte in into {
                *byte = self.0.fetch_add(73, std::sync::atomic::Ordering::Relaxed);
            }
        }
    }

    #[test]
    fn sec_2_recovery_codes_differ_and_can_be_read_back() {
        let codes = recovery_codes(&Counting(0.into()));
        assert_eq!(codes.len(), RECOVERY_CODES);
        for (n, code) in codes.iter().enumerate() {
            assert!(matches!(read(code), Typed::Recovery(_)), "{code}");
            assert!(!codes[..n].contains(code), "{code}");
        }
    }

    #[test]
    fn an_address_for_an_app_holds_no_stray_signs() {
        let address = Secret::of([0; 20]).address("Northgate & Co", "pat@corner.example");
        assert!(address.starts_with("otpauth://totp/Northgate%20%26%20Co:pat@corner.example?secret=AAAA"));
        assert!(!address.contains(' '));
    }

    #[test]
    fn sec_2_whoever_sees_more_than_members_always_gives_a_second_factor() {
        let free = Role::ALL.into_iter().filter(|role| !always(*role)).collect::<Vec<_>>();
        assert_eq!(free, [Role::MemberUser, Role::Staff]);
    }
}

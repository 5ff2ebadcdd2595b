//! Time and randomness as parameters.
//!
//! Nothing in the product reads the wall clock or draws fresh randomness but the two implementations in
//! `fairwatch_app::world`; everything else is handed these traits. That is what lets the demo move its
//! clock and a test stand on 29 February.
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use uuid::Uuid;

/// The time zone in which every civil date of the product is meant (RET-8).
pub const ZONE: &str = "Europe/London";

/// A source of the present instant.
pub trait Clock: Send + Sync + 'static {
    /// The instant by which records live and die. The demo can move it forward.
    fn now(&self) -> Timestamp;
    /// The instant by which sessions, limits and tokens end. Nothing can move it.
    fn real_now(&self) -> Timestamp;
}

/// A source of random bytes fit for keys.
pub trait Randomness: Send + Sync + 'static {
    /// Fills `bytes` with fresh random bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// The London civil date on which an instant falls.
///
/// # Panics
/// Never: the zone is bundled with the program.
#[must_use]
pub fn london_date(at: Timestamp) -> Date {
    london().to_datetime(at).date()
}

/// Europe/London from the bundled time zone database, looked up once.
pub fn london() -> &'static TimeZone {
    static LONDON: std::sync::LazyLock<TimeZone> =
        std::sync::LazyLock::new(|| TimeZone::get(ZONE).expect("the time zone database is bundled"));
    &LONDON
}

/// Letters and digits that nobody takes for one another, said aloud or written down.
const CLEAR: &[u8; 31] = b"ABCDEFGHJKMNPQRSTUVWXYZ23456789";

/// Eight characters by which somebody can name something: a receipt, a sign-in name. No secret, and nothing is opened by it.
#[must_use]
pub fn clear_code(randomness: &dyn Randomness) -> String {
    let mut bytes = [0; 8];
    randomness.fill(&mut bytes);
    bytes.iter().map(|byte| char::from(CLEAR[usize::from(byte % 31)])).collect()
}

/// A new time-ordered id (UUIDv7) from the given instant and randomness.
pub fn new_uuid(now: Timestamp, randomness: &dyn Randomness) -> Uuid {
    let mut tail = [0; 10];
    randomness.fill(&mut tail);
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
}

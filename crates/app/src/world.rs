//! The wall clock and the machine's randomness: the one place that reads them. Everything else is handed a
//! [`Clock`] and a [`Randomness`].
use fairwatch_core::world::{Clock, Randomness};
use jiff::{SignedDuration, Timestamp};
use std::sync::atomic::{AtomicI64, Ordering};

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the wall clock")]
fn wall() -> Timestamp {
    Timestamp::now()
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        wall()
    }
    fn real_now(&self) -> Timestamp {
        wall()
    }
}

/// The demo's clock: that of the machine, moved forward. Sessions, limits and links keep to the machine's.
///
/// Share it as `Arc<DemoClock>`: the context of each request reads it, the demo's controls move it.
#[derive(Debug, Default)]
pub struct DemoClock {
    /// Microseconds by which records are ahead.
    ahead: AtomicI64,
}

/// The demo's clock does not go back, but to the present: what was destroyed stays destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the demo's clock moves forward only, or back to today")]
pub struct Backwards;

impl DemoClock {
    /// A clock that was moved ahead before, as the demo keeps it from one start to the next.
    #[must_use]
    pub fn ahead_by(ahead: SignedDuration) -> Self {
        let clock = Self::default();
        clock.ahead.store(micros(ahead), Ordering::SeqCst);
        clock
    }

    /// How far records are ahead.
    #[must_use]
    pub fn ahead(&self) -> SignedDuration {
        SignedDuration::from_micros(self.ahead.load(Ordering::SeqCst))
    }

    /// Moves it forward by so long.
    ///
    /// # Errors
    /// [`Backwards`] for a negative span, or one beyond the calendar.
    pub fn forward(&self, by: SignedDuration) -> Result<(), Backwards> {
        if by.is_negative() {
            return Err(Backwards);
        }
        let real = wall();
        let add = |ahead: i64| {
            let further = ahead.checked_add(micros(by))?;
            // Beyond the calendar there is no instant, and near its end no policy can be worked out.
            let then = real.checked_add(SignedDuration::from_micros(further)).ok()?;
            (then <= LATEST).then_some(further)
        };
        self.ahead.fetch_update(Ordering::SeqCst, Ordering::SeqCst, add).map_err(|_| Backwards)?;
        Ok(())
    }

    /// Moves it forward to an instant.
    ///
    /// # Errors
    /// [`Backwards`] for an instant that is past.
    pub fn forward_to(&self, instant: Timestamp) -> Result<(), Backwards> {
        self.forward(instant.duration_since(self.now()))
    }

    /// Back to the machine's time.
    pub fn reset(&self) {
        self.ahead.store(0, Ordering::SeqCst);
    }
}

/// A century is enough for a demo.
const LATEST: Timestamp = Timestamp::constant(4_102_444_800, 0);

fn micros(span: SignedDuration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

impl Clock for DemoClock {
    fn now(&self) -> Timestamp {
        let real = wall();
        real.checked_add(self.ahead()).unwrap_or(real)
    }
    fn real_now(&self) -> Timestamp {
        wall()
    }
}

/// The machine's randomness, fit for keys.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsRandomness;

impl Randomness for OsRandomness {
    #[expect(clippy::disallowed_methods, reason = "this is the one place that draws fresh randomness")]
    fn fill(&self, bytes: &mut [u8]) {
        // Without randomness there are no keys and no sessions: better no program than a guessable one.
        getrandom::fill(bytes).expect("the system gives randomness");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_moves_records_and_nothing_else() {
        let clock = DemoClock::default();
        let before = clock.real_now();
        clock.forward(SignedDuration::from_hours(24 * 365)).unwrap();
        assert!(clock.now().duration_since(before) >= SignedDuration::from_hours(24 * 365));
        assert!(clock.real_now().duration_since(before) < SignedDuration::from_hours(1));
        assert_eq!(clock.forward(SignedDuration::from_secs(-1)), Err(Backwards));
        assert_eq!(clock.forward_to(before), Err(Backwards));
        clock.reset();
        assert!(clock.now().duration_since(before) < SignedDuration::from_hours(1));
    }

    #[test]
    fn the_demo_ends_before_the_calendar_does() {
        let clock = DemoClock::default();
        assert_eq!(clock.forward(SignedDuration::MAX), Err(Backwards));
        assert_eq!(clock.ahead(), SignedDuration::ZERO);
    }

    #[test]
    fn randomness_is_fresh() {
        let mut bytes = [[0; 32]; 2];
        bytes.iter_mut().for_each(|part| OsRandomness.fill(part));
        assert_ne!(bytes[0], bytes[1]);
        assert_ne!(bytes[0], [0; 32]);
    }
}

//! A clock that is set.
use fairwatch_core::world::Clock;
use jiff::{SignedDuration, Timestamp, civil::Date};
use std::sync::{
    Mutex,
    atomic::{AtomicI64, Ordering},
};

/// A clock that stands still until a test moves it. The instant of records and the real one move apart,
/// as in the demo: a session must end by the real one alone.
#[derive(Debug)]
pub struct TestClock {
    now: AtomicI64,
    real: AtomicI64,
    // One mover at a time, so that two threads that each add a day add two.
    moving: Mutex<()>,
}

impl TestClock {
    /// A clock that stands at an instant, by both measures.
    #[must_use]
    pub fn at(instant: Timestamp) -> Self {
        let micros = instant.as_microsecond();
        Self { now: AtomicI64::new(micros), real: AtomicI64::new(micros), moving: Mutex::new(()) }
    }

    /// A clock that stands at noon of a day in London.
    ///
    /// # Panics
    /// For a day at the very ends of the calendar.
    #[must_use]
    pub fn on(day: Date) -> Self {
        Self::at(noon(day))
    }

    /// Sets the instant of records. The real one stays.
    pub fn set(&self, instant: Timestamp) {
        self.now.store(instant.as_microsecond(), Ordering::SeqCst);
    }

    /// Sets the instant of records to noon of a day in London. The real one stays.
    ///
    /// # Panics
    /// For a day at the very ends of the calendar.
    pub fn set_day(&self, day: Date) {
        self.set(noon(day));
    }

    /// Sets the real instant alone.
    pub fn set_real(&self, instant: Timestamp) {
        self.real.store(instant.as_microsecond(), Ordering::SeqCst);
    }

    /// Lets time pass by both measures, as it does for everybody.
    pub fn pass(&self, time: SignedDuration) {
        let _moving = self.moving.lock();
        let micros = i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
        for clock in [&self.now, &self.real] {
            clock.store(clock.load(Ordering::SeqCst).saturating_add(micros), Ordering::SeqCst);
        }
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        instant(&self.now)
    }

    fn real_now(&self) -> Timestamp {
        instant(&self.real)
    }
}

fn instant(micros: &AtomicI64) -> Timestamp {
    Timestamp::from_microsecond(micros.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
}

fn noon(day: Date) -> Timestamp {
    let noon = day.at(12, 0, 0, 0).to_zoned(fairwatch_core::world::london().clone());
    noon.expect("noon exists on every day in London").timestamp()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairwatch_core::world::london_date;
    use jiff::civil::date;

    #[test]
    fn records_and_sessions_have_a_time_each() {
        let clock = TestClock::on(date(2028, 2, 29));
        assert_eq!(london_date(clock.now()), date(2028, 2, 29));
        clock.set_day(date(2029, 7, 1));
        assert_eq!(london_date(clock.now()), date(2029, 7, 1));
        assert_eq!(london_date(clock.real_now()), date(2028, 2, 29));
        clock.pass(SignedDuration::from_hours(24));
        assert_eq!(london_date(clock.now()), date(2029, 7, 2));
        assert_eq!(london_date(clock.real_now()), date(2028, 3, 1));
        clock.set_real(Timestamp::UNIX_EPOCH);
        assert_eq!(clock.real_now(), Timestamp::UNIX_EPOCH);
    }
}

//! Civil dates: months that end where the calendar does, days, and ages (RET-8).
use jiff::{ToSpan, civil::Date};

/// The same day of the month, `months` later, or that month's last day where it does not exist (RET-8).
///
/// `None` past the year 9999.
#[must_use]
pub fn plus_months(date: Date, months: u32) -> Option<Date> {
    let all = i64::from(date.year()) * 12 + i64::from(date.month()) - 1 + i64::from(months);
    let year = i16::try_from(all.div_euclid(12)).ok()?;
    let month = i8::try_from(all.rem_euclid(12) + 1).ok()?;
    let first = Date::new(year, month, 1).ok()?;
    Date::new(year, month, date.day().min(first.days_in_month())).ok()
}

/// Like [`plus_months`], standing still at the end of the calendar. The simulator refuses what comes near
/// it, and nobody's record reaches it.
pub(super) fn months_on(date: Date, months: u32) -> Date {
    plus_months(date, months).unwrap_or(Date::MAX)
}

/// So many days later, standing still at the end of the calendar.
pub(super) fn days_on(date: Date, days: i32) -> Date {
    date.checked_add(days.days()).unwrap_or(Date::MAX)
}

/// The age attained by a day. Born on 29 February, it is attained on 1 March in common years.
pub(super) fn age(born: Date, on: Date) -> i32 {
    let before_birthday = (on.month(), on.day()) < (born.month(), born.day());
    i32::from(on.year()) - i32::from(born.year()) - i32::from(before_birthday)
}

/// Reads a date written as year, month and day with two hyphens; `None` if there is no such day.
pub(super) fn read_date(text: &str) -> Option<Date> {
    let bytes: &[u8; 10] = text.as_bytes().try_into().ok()?;
    let digits = |range: std::ops::Range<usize>| {
        bytes[range]
            .iter()
            .try_fold(0_i16, |sum, byte| byte.is_ascii_digit().then(|| sum * 10 + i16::from(byte - b'0')))
    };
    let (year, month, day) = (digits(0..4)?, digits(5..7)?, digits(8..10)?);
    if bytes[4] != b'-' || bytes[7] != b'-' || year == 0 {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// Appends a date as [`read_date`] reads it. Quicker than the general formatter, which shows in a batch.
pub(super) fn write_date(out: &mut String, date: Date) {
    let digit = |number: i16| char::from(b'0' + u8::try_from(number % 10).unwrap_or(0));
    let (year, month, day) = (date.year(), i16::from(date.month()), i16::from(date.day()));
    for number in [year / 1000, year / 100, year / 10, year] {
        out.push(digit(number));
    }
    for number in [month, day] {
        out.push('-');
        out.push(digit(number / 10));
        out.push(digit(number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// RET-8: month ends and leap days.
    #[test]
    fn months_end_with_the_calendar() {
        for (from, months, to) in [
            (date(2025, 1, 31), 1, date(2025, 2, 28)),
            (date(2024, 1, 31), 1, date(2024, 2, 29)),
            (date(2024, 2, 29), 12, date(2025, 2, 28)),
            (date(2024, 2, 29), 48, date(2028, 2, 29)),
            (date(2025, 2, 28), 12, date(2026, 2, 28)),
            (date(2023, 2, 28), 12, date(2024, 2, 28)),
            (date(2025, 3, 31), 18, date(2026, 9, 30)),
            (date(2025, 12, 31), 0, date(2025, 12, 31)),
        ] {
            assert_eq!(plus_months(from, months), Some(to), "{from} + {months}");
        }
        assert_eq!(plus_months(date(9999, 1, 1), 12), None);
        assert_eq!(plus_months(date(2025, 1, 1), u32::MAX), None);
        assert_eq!(months_on(date(9999, 1, 1), 12), Date::MAX);
        assert_eq!(days_on(date(9999, 12, 1), 120), Date::MAX);
    }

    /// SUB-4: ages are attained on the birthday, and on 1 March for those born on a leap day.
    #[test]
    fn ages_are_attained_on_the_birthday() {
        let born = date(2010, 6, 15);
        assert_eq!(age(born, date(2024, 6, 14)), 13);
        assert_eq!(age(born, date(2024, 6, 15)), 14);
        let leap = date(2008, 2, 29);
        assert_eq!(age(leap, date(2022, 2, 28)), 13);
        assert_eq!(age(leap, date(2022, 3, 1)), 14);
        assert_eq!(age(leap, date(2024, 2, 28)), 15);
        assert_eq!(age(leap, date(2024, 2, 29)), 16);
        assert_eq!(age(born, date(2009, 1, 1)), -2);
    }

    /// Dates that do not exist, and dates written otherwise, are no dates.
    #[test]
    fn only_days_that_exist_are_read() {
        assert_eq!(read_date("2024-02-29"), Some(date(2024, 2, 29)));
        for text in [
            "2025-02-29",
            "2025-13-01",
            "2025-00-01",
            "2025-01-00",
            "0000-01-01",
            "2025-1-01",
            "20250101",
            "2025-01-01 ",
            "+025-01-01",
            "2025/01/01",
            "２０２５-01",
            "",
            "2025-01-01T00:00:00Z",
            "-001-01-01",
        ] {
            assert_eq!(read_date(text), None, "{text}");
        }
        let mut out = String::new();
        write_date(&mut out, date(987, 6, 5));
        assert_eq!(out, "0987-06-05");
    }
}

//! Working days of the nation whose law applies, as far as its bank holidays are known (SAR-1).
//!
//! The holidays are data with a stated range. Beyond it weekends alone are known, and whoever shows a day says so
//! ([`LastDay::beyond`](super::LastDay)).
use crate::policy::scheme::Nation;
use jiff::civil::{Date, Weekday};
use std::{collections::BTreeSet, sync::LazyLock};

/// The first day for which bank holidays are known.
pub const FROM: Date = jiff::civil::date(2024, 1, 1);
/// The last day for which bank holidays are known.
pub const UNTIL: Date = jiff::civil::date(2028, 12, 31);

static KNOWN: LazyLock<BTreeSet<(Nation, Date)>> =
    LazyLock::new(|| include_str!("holidays.tsv").lines().flat_map(read).collect());

/// The holidays of a line. One that cannot be read would be lost in silence, which a test rules out: it counts them.
fn read(line: &str) -> Vec<(Nation, Date)> {
    let mut cells = line.split('\t');
    let nation = cells.next().and_then(|name| Nation::ALL.into_iter().find(|nation| nation.name() == name));
    let (Some(nation), Some(year), Some(days)) = (nation, cells.next(), cells.next()) else {
        return Vec::new();
    };
    let day = |text: &str| format!("{year}-{text}").parse().ok().map(|day| (nation, day));
    days.split(' ').filter_map(day).collect()
}

/// Whether bank holidays of a day are known.
#[must_use]
pub fn is_known(day: Date) -> bool {
    (FROM..=UNTIL).contains(&day)
}

/// Whether a day is a bank holiday of a nation, as far as that is known.
#[must_use]
pub fn is_bank_holiday(nation: Nation, day: Date) -> bool {
    KNOWN.contains(&(nation, day))
}

/// Whether something that ends on a day ends on it: no weekend, and no bank holiday that is known.
#[must_use]
pub fn is_working_day(nation: Nation, day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_bank_holiday(nation, day)
}

/// The day itself, or the next working day after it.
#[must_use]
pub fn working_day_from(nation: Nation, day: Date) -> Date {
    let mut day = day;
    while !is_working_day(nation, day) {
        let Ok(next) = day.tomorrow() else { return day };
        day = next;
    }
    day
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::{ToSpan as _, civil::date};

    /// Easter Sunday by the rule for the Gregorian calendar, which the data was not made with.
    fn easter(year: i16) -> Date {
        let year_ = i32::from(year);
        let (golden, century, of_century) = (year_ % 19, year_ / 100, year_ % 100);
        let correction =
            (19 * golden + century - century / 4 - (century - (century + 8) / 25 + 1) / 3 + 15) % 30;
        let weekday = (32 + 2 * (century % 4) + 2 * (of_century / 4) - correction - of_century % 4) % 7;
        let shift = (golden + 11 * correction + 22 * weekday) / 451;
        let whole = correction + weekday - 7 * shift + 114;
        let number = |n: i32| i8::try_from(n).expect("a month or a day");
        date(year, number(whole / 31), number(whole % 31 + 1))
    }

    fn of_year(nation: Nation, year: i16) -> Vec<Date> {
        KNOWN.iter().filter(|(of, day)| *of == nation && day.year() == year).map(|(_, day)| *day).collect()
    }

    #[test]
    fn sar_1_every_nation_has_every_year_and_no_line_is_lost() {
        let written = include_str!("holidays.tsv").lines().filter(|line| !line.starts_with('#'));
        let written: usize =
            written.map(|line| line.rsplit('\t').next().map_or(0, |days| days.split(' ').count())).sum();
        assert_eq!(KNOWN.len(), written);
        for year in FROM.year()..=UNTIL.year() {
            assert_eq!(of_year(Nation::EnglandAndWales, year).len(), 8, "{year}");
            // In 2026 Scotland had a day more, for the World Cup.
            assert_eq!(of_year(Nation::Scotland, year).len(), if year == 2026 { 10 } else { 9 }, "{year}");
            assert_eq!(of_year(Nation::NorthernIreland, year).len(), 10, "{year}");
        }
        assert!(KNOWN.iter().all(|(_, day)| is_known(*day)));
        assert!(!is_known(date(2029, 1, 1)) && !is_known(date(2023, 12, 31)));
    }

    #[test]
    fn sar_1_no_holiday_is_kept_on_a_weekend() {
        for (nation, day) in KNOWN.iter() {
            let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
            assert!(!weekend, "{nation:?} {day}");
        }
    }

    #[test]
    fn sar_1_easter_is_where_its_rule_puts_it() {
        for year in FROM.year()..=UNTIL.year() {
            let (friday, monday) = (easter(year) - 2.days(), easter(year) + 1.day());
            for nation in Nation::ALL {
                assert!(is_bank_holiday(nation, friday), "{nation:?} {friday}");
                // Easter Monday is no bank holiday in Scotland.
                assert_eq!(
                    is_bank_holiday(nation, monday),
                    nation != Nation::Scotland,
                    "{nation:?} {monday}"
                );
            }
        }
    }

    #[test]
    fn sar_1_what_has_a_rule_follows_it() {
        let nth_monday = |year, month, nth: i32| {
            date(year, month, 1).nth_weekday_of_month(i8::try_from(nth).unwrap(), Weekday::Monday).unwrap()
        };
        for year in FROM.year()..=UNTIL.year() {
            for nation in Nation::ALL {
                assert!(is_bank_holiday(nation, nth_monday(year, 5, 1)), "early May {year}");
                assert!(is_bank_holiday(nation, nth_monday(year, 5, -1)), "late May {year}");
                let summer = if nation == Nation::Scotland { 1 } else { -1 };
                assert!(is_bank_holiday(nation, nth_monday(year, 8, summer)), "August {year}");
                // Christmas and Boxing Day, or the next working days instead: two of them by the 28th.
                let days =
                    of_year(nation, year).into_iter().filter(|day| day.month() == 12 && day.day() >= 25);
                assert_eq!(days.filter(|day| day.day() <= 28).count(), 2, "Christmas {year}");
            }
            let kept = |month, day| working_day(date(year, month, day));
            assert!(is_bank_holiday(Nation::NorthernIreland, kept(3, 17)), "St Patrick {year}");
            assert!(is_bank_holiday(Nation::NorthernIreland, kept(7, 12)), "12 July {year}");
            assert!(is_bank_holiday(Nation::Scotland, kept(11, 30)), "St Andrew {year}");
            assert!(is_bank_holiday(Nation::EnglandAndWales, kept(1, 1)), "New Year {year}");
        }
    }

    /// The day, or the Monday after the weekend on which it falls.
    fn working_day(day: Date) -> Date {
        match day.weekday() {
            Weekday::Saturday => day + 2.days(),
            Weekday::Sunday => day + 1.day(),
            _ => day,
        }
    }
}

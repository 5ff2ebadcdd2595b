//! A day in three fields, as GOV.UK's date input asks for it, kept as it was typed.
use crate::forms::Sent;
use jiff::civil::Date;

/// A day as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) day: String,
    pub(crate) month: String,
    pub(crate) year: String,
}

/// What was typed is no day that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoSuchDay;

impl Day {
    /// A day to begin with.
    pub(crate) fn of(date: Date) -> Self {
        let text = |number: i32| number.to_string();
        Self {
            day: text(date.day().into()),
            month: text(date.month().into()),
            year: text(date.year().into()),
        }
    }

    /// What a form sent in the three fields of a date input.
    pub(crate) fn from_form(sent: &Sent, id: &str) -> Self {
        let field = |part: &str| sent.one(&format!("{id}-{part}")).trim().to_owned();
        Self { day: field("day"), month: field("month"), year: field("year") }
    }

    /// Whether nothing was typed.
    pub(crate) fn is_empty(&self) -> bool {
        [&self.day, &self.month, &self.year].iter().all(|part| part.is_empty())
    }

    /// The day that was meant; none where nothing was typed.
    pub(crate) fn parse(&self) -> Result<Option<Date>, NoSuchDay> {
        if self.is_empty() {
            return Ok(None);
        }
        let (Ok(day), Ok(month), Ok(year)) = (self.day.parse(), self.month.parse(), self.year.parse::<i16>())
        else {
            return Err(NoSuchDay);
        };
        // A year in two digits is a slip, not the first century.
        if year < 1900 {
            return Err(NoSuchDay);
        }
        Date::new(year, month, day).map(Some).map_err(|_| NoSuchDay)
    }

    /// As text for a draft: ISO where it is a day, and otherwise so that [`Day::from_text`] brings back what was
    /// typed.
    pub(crate) fn text(&self) -> String {
        if self.is_empty() {
            return String::new();
        }
        let part = |text: &str| text.replace('-', " ");
        // The year is not filled up: one in two digits stays a mistake.
        format!("{}-{:0>2}-{:0>2}", part(&self.year), part(&self.month), part(&self.day))
    }

    /// What [`Day::text`] kept.
    pub(crate) fn from_text(text: &str) -> Self {
        let mut parts = text.splitn(3, '-').map(|part| part.trim_start_matches('0').to_owned());
        let mut next = || parts.next().unwrap_or_default();
        let (year, month, day) = (next(), next(), next());
        Self { day, month, year }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn typed(day: &str, month: &str, year: &str) -> Day {
        Day { day: day.into(), month: month.into(), year: year.into() }
    }

    #[test]
    fn a_day_in_three_fields_is_read_and_kept_as_typed() {
        assert_eq!(Day::of(date(2026, 11, 2)).parse(), Ok(Some(date(2026, 11, 2))));
        assert_eq!(typed("02", "11", "2026").parse(), Ok(Some(date(2026, 11, 2))));
        assert_eq!(Day::default().parse(), Ok(None));
        for wrong in [
            typed("31", "2", "2026"),
            typed("2", "11", "26"),
            typed("2", "", "2026"),
            typed("x", "1", "2026"),
        ] {
            assert_eq!(wrong.parse(), Err(NoSuchDay), "{wrong:?}");
            assert_eq!(Day::from_text(&wrong.text()), wrong);
            assert!(wrong.text().parse::<Date>().is_err());
        }
        assert_eq!(typed("2", "11", "2026").text(), "2026-11-02");
        assert_eq!(Day::from_text(""), Day::default());
    }
}

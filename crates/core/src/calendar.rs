//! Calendars as other programs read them: iCalendar (RFC 5545), for duties, events and meetings.
use crate::world::london;
use jiff::{
    Timestamp,
    civil::{Date, Time},
};

/// When something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// A whole day, on which one is free.
    Day(Date),
    /// On a day, from one time to another, in London.
    Hours(Date, Time, Time),
}

/// Something in a calendar. It names nobody: calendars leave the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which: the same for all that is said of it, so that it moves and does not stand twice.
    pub uid: String,
    /// When it is.
    pub when: When,
    /// What it is.
    pub summary: String,
    /// Where it is, or nothing.
    pub place: String,
    /// Where more of it stands.
    pub url: String,
    /// So many times it has changed since it was first told.
    pub sequence: i64,
    /// Whether it does not take place any more.
    pub cancelled: bool,
}

/// A text as iCalendar has it: commas, semicolons, backslashes and ends of lines escaped (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => {
                out.push('\\');
                out.push(character);
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A line folded at 75 bytes (RFC 5545, 3.1).
fn folded(line: &str, into: &mut String) {
    let mut room = 75;
    for character in line.chars() {
        if character.len_utf8() > room {
            into.push_str("\r\n ");
            room = 74;
        }
        room -= character.len_utf8();
        into.push(character);
    }
    into.push_str("\r\n");
}

fn instant(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A time of a day in London, as an instant; none on the day on which clocks leap over it is its neighbour.
fn london_instant(day: Date, time: Time) -> Option<String> {
    let zoned = day.to_datetime(time).to_zoned(london().clone()).ok()?;
    Some(instant(zoned.timestamp()))
}

/// A calendar of these entries. `name` is what it is called; `stamp` the moment at which it was worked out.
#[must_use]
pub fn calendar(name: &str, product: &str, entries: &[Entry], stamp: Timestamp) -> String {
    let mut text = String::new();
    let stamp = instant(stamp);
    let mut put = |line: String| folded(&line, &mut text);
    put("BEGIN:VCALENDAR".into());
    put("VERSION:2.0".into());
    put(format!("PRODID:-//Fairwatch//{product}//EN"));
    put(format!("X-WR-CALNAME:{}", escaped(name)));
    for entry in entries {
        put("BEGIN:VEVENT".into());
        put(format!("UID:{}", entry.uid));
        put(format!("DTSTAMP:{stamp}"));
        let times = match entry.when {
            When::Hours(day, from, to) => london_instant(day, from).zip(london_instant(day, to)),
            When::Day(_) => None,
        };
        match (times, entry.when) {
            (Some((from, to)), _) => {
                put(format!("DTSTART:{from}"));
                put(format!("DTEND:{to}"));
            }
            (None, When::Day(day) | When::Hours(day, ..)) => {
                put(format!("DTSTART;VALUE=DATE:{}", day.strftime("%Y%m%d")));
                put("TRANSP:TRANSPARENT".into());
            }
        }
        put(format!("SUMMARY:{}", escaped(&entry.summary)));
        if !entry.place.is_empty() {
            put(format!("LOCATION:{}", escaped(&entry.place)));
        }
        put(format!("URL:{}", entry.url));
        if entry.sequence > 0 {
            put(format!("SEQUENCE:{}", entry.sequence));
        }
        if entry.cancelled {
            put("STATUS:CANCELLED".into());
        }
        put("END:VEVENT".into());
    }
    put("END:VCALENDAR".into());
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    fn meeting() -> Entry {
        Entry {
            uid: "m@northgate".into(),
            when: When::Hours(date(2026, 7, 1), time(10, 0, 0, 0), time(11, 30, 0, 0)),
            summary: "Meeting; all, come".into(),
            place: "The hall\nfirst floor".into(),
            url: "https://x/o/n/meetings/1".into(),
            sequence: 2,
            cancelled: true,
        }
    }

    #[test]
    fn mem_5_a_meeting_is_in_london_and_keeps_its_identity() {
        let text = calendar("Northgate", "Meetings", &[meeting()], Timestamp::UNIX_EPOCH);
        for line in [
            "UID:m@northgate",
            "DTSTART:20260701T090000Z",
            "DTEND:20260701T103000Z",
            "SUMMARY:Meeting\\; all\\, come",
            "LOCATION:The hall\\nfirst floor",
            "SEQUENCE:2",
            "STATUS:CANCELLED",
        ] {
            assert!(text.contains(&format!("{line}\r\n")), "{line}: {text}");
        }
        assert!(!text.contains("VALUE=DATE"));
    }

    #[test]
    fn doc_4_lines_are_short_and_texts_escaped() {
        let long = Entry { summary: "ä".repeat(200), when: When::Day(date(2026, 7, 1)), ..meeting() };
        let text = calendar("A, b", "Duties", &[long], Timestamp::UNIX_EPOCH);
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        assert!(text.contains("X-WR-CALNAME:A\\, b\r\n") && text.contains("DTSTART;VALUE=DATE:20260701\r\n"));
        assert!(text.replace("\r\n ", "").contains(&"ä".repeat(200)), "nothing is lost");
    }
}

//! What goes out by mail of meetings (MEM-5). Title, day and place of a meeting name nobody.
use super::{Appointment, Content};
use crate::mail::{Mail, letter};

/// What is told of a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// One is invited.
    Invited,
    /// Something of it has changed.
    Changed,
    /// It does not take place.
    Cancelled,
}

/// Invites somebody, or tells them what became of a meeting.
#[must_use]
pub fn meeting(
    to: &str,
    name: &str,
    scheme: &str,
    news: News,
    (content, at): (&Content, Appointment),
    link: &str,
) -> Mail {
    let when = format!(
        "{}, {} to {}",
        at.day.strftime("%A %-d %B %Y"),
        at.from.strftime("%H:%M"),
        at.to.strftime("%H:%M")
    );
    let what = format!("{}\n{when}\n{}", content.title, content.place);
    let (subject, begins, asks) = match news {
        News::Invited => (
            "you are invited",
            "You are invited:",
            "Please say whether you come. The agenda stands there, too:",
        ),
        News::Changed => (
            "a meeting has changed",
            "This meeting has changed. It is now:",
            "Please look whether you can still come:",
        ),
        News::Cancelled => {
            ("a meeting is cancelled", "This meeting does not take place:", "What was planned stands here:")
        }
    };
    let paragraphs =
        [begins, &what, asks, link, "If you do not want mail about meetings, say so under My account."];
    Mail {
        to: to.to_owned(),
        subject: format!("{scheme}: {subject}"),
        text: letter(name, &paragraphs, scheme),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};

    #[test]
    fn mem_5_an_invitation_says_what_when_and_where() {
        let at = Appointment { day: date(2026, 7, 1), from: time(9, 30, 0, 0), to: time(11, 0, 0, 0) };
        let content =
            Content { title: "Summer briefing".into(), place: "The hall".into(), ..Content::default() };
        let mail = meeting("a@b.example", "Pat", "Northgate", News::Invited, (&content, at), "https://x/1");
        let told = "Summer briefing\nWednesday 1 July 2026, 09:30 to 11:00\nThe hall";
        assert!(mail.text.contains(told) && mail.text.contains("\n\nhttps://x/1\n\n"), "{}", mail.text);
    }
}

//! What is sent by e-mail: a few plain lines and a link.
//!
//! Mail passes through many hands and lies in boxes that nobody empties. So it names nobody but whom it goes to, and
//! says nothing that stands in a record: it says that there is something, and where to read it after signing in.
use crate::{gate::Role, world::london};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// One message, sealed until it is sent.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    /// The address that it goes to.
    pub to: String,
    /// What stands above it.
    pub subject: String,
    /// What it says, in plain lines.
    pub text: String,
}

impl std::fmt::Debug for Mail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mail(personal)")
    }
}

/// A message that nobody took in so long is given up: what it links to has ended, or is known otherwise.
pub const GIVEN_UP_AFTER: SignedDuration = SignedDuration::from_hours(72);
/// So many tries whose end nobody noted are made, since each of them may have reached its reader: a program that was
/// killed in the moment after a mail was taken sends it once more, and not again.
pub const UNSURE_MOST: i64 = 2;
/// What goes out one time alone is remembered for so long, as a keyed hash: longer than the yearly duties that remind
/// by mail.
pub const ONCE_FOR: SignedDuration = SignedDuration::from_hours(24 * 400);

/// How long to wait after the `tries`-th try that came to nothing: a minute, then twice as long each time, an hour at
/// most.
#[must_use]
pub fn pause(tries: i64) -> SignedDuration {
    let doubled = u32::try_from(tries.clamp(1, 7) - 1).unwrap_or(0);
    SignedDuration::from_mins(2_i64.pow(doubled)).min(SignedDuration::from_hours(1))
}

/// A day and a time in London, as a mail says them.
fn moment(at: Timestamp) -> String {
    at.to_zoned(london().clone()).strftime("%-d %B %Y at %H:%M").to_string()
}

/// Plain paragraphs, with whom it goes to above and who sends it below.
#[must_use]
pub fn letter(name: &str, paragraphs: &[&str], from: &str) -> String {
    let greeting = match name.trim() {
        "" => "Hello,".to_owned(),
        name => format!("Hello {name},"),
    };
    let mut text = greeting;
    for paragraph in paragraphs {
        text.push_str("\n\n");
        text.push_str(paragraph);
    }
    text.push_str("\n\n");
    text.push_str(from);
    text.push('\n');
    text
}

/// Offers somebody a role, by the link with which they accept it (VIS-6).
#[must_use]
pub fn invitation(to: &str, name: &str, scheme: &str, role: Role, link: &str, until: Timestamp) -> Mail {
    let offer = match role {
        Role::MemberUser => format!("{scheme} invites you to use its site for your business."),
        role => format!("{scheme} invites you to its site as {}.", role.label().to_lowercase()),
    };
    let ends = format!(
        "The link works once, until {}. By the same page you can decline: what was typed about you is deleted then.",
        moment(until)
    );
    let paragraphs = [&offer, "To read more, and to accept or decline, open this page:", link, &ends];
    Mail {
        to: to.to_owned(),
        subject: format!("{scheme} invites you"),
        text: letter(name, &paragraphs, scheme),
    }
}

/// Tells whoever decides that a business wants to join (MEM-1).
#[must_use]
pub fn applied(to: &str, scheme: &str, link: &str) -> Mail {
    let paragraphs =
        ["A business applied to join. To read what it wrote, and to decide, sign in here:", link];
    Mail {
        to: to.to_owned(),
        subject: format!("{scheme}: an application"),
        text: letter("", &paragraphs, scheme),
    }
}

/// Tells the board that a breach of personal data was recorded (BRE-2). What happened stands behind the link.
#[must_use]
pub fn breach(to: &str, scheme: &str, link: &str) -> Mail {
    let paragraphs = [
        "A breach of personal data was recorded. Read what is known, judge the risk to people, and see who is still to be told:",
        link,
    ];
    Mail {
        to: to.to_owned(),
        subject: format!("{scheme}: a breach of personal data"),
        text: letter("", &paragraphs, scheme),
    }
}

/// Tells whoever applied that the board does not take the business in, in the board's words (MEM-1).
#[must_use]
pub fn refusal(to: &str, name: &str, scheme: &str, reason: &str) -> Mail {
    let decided =
        format!("You applied to join {scheme}. The board decided not to take your business in. It says:");
    Mail {
        to: to.to_owned(),
        subject: format!("Your application to {scheme}"),
        text: letter(name, &[&decided, reason], scheme),
    }
}

/// Answers somebody who wrote on the public site (PUB-2). `reach` is where an answer to it goes, since nobody reads what
/// comes to the address from which the program sends.
#[must_use]
pub fn answer(to: &str, name: &str, scheme: &str, receipt: &str, answer: &str, reach: &str) -> Mail {
    let wrote = format!("You wrote to {scheme} (receipt {receipt}). We answer:");
    let more = format!("Nobody reads answers to this address. To write to us again: {reach}");
    Mail {
        to: to.to_owned(),
        subject: format!("{scheme}: our answer ({receipt})"),
        text: letter(name, &[&wrote, answer, &more], scheme),
    }
}

/// Asks a member's manager to confirm that it leaves, as the scheme was told (MEM-6).
#[must_use]
pub fn leaving(to: &str, scheme: &str, link: &str, board_from: Date) -> Mail {
    let heard =
        format!("{scheme} was told that your business leaves. Confirm it, or say that it stays, here:");
    let else_ = format!(
        "If nobody of your business answers, the board ends the membership from {} on.",
        board_from.strftime("%-d %B %Y")
    );
    Mail {
        to: to.to_owned(),
        subject: format!("{scheme}: does your business leave?"),
        text: letter("", &[&heard, link, &else_], scheme),
    }
}

/// Tells a member's manager that something was recorded of its conduct, and no more: what, stands on the page, or is asked
/// of the controller (MEM-8).
#[must_use]
pub fn conduct_recorded(to: &str, scheme: &str, reach: &str) -> Mail {
    let wrote = format!(
        "{scheme} has written down that its rules were not kept at your business, and what follows from that."
    );
    about_conduct(
        to,
        scheme,
        &wrote,
        "You can read it after signing in, under Your business, as long as you can sign in.",
        reach,
    )
}

/// Tells a member's manager that the business is suspended (MEM-8).
#[must_use]
pub fn member_suspended(to: &str, scheme: &str, reach: &str) -> Mail {
    let wrote =
        format!("{scheme} has suspended your business: nobody of it can sign in to its site for now.");
    about_conduct(
        to,
        scheme,
        &wrote,
        "Reports that you sent are not lost, and are dealt with as ever.",
        reach,
    )
}

/// Tells a member's manager that the business is let back in (MEM-8).
#[must_use]
pub fn member_let_in(to: &str, scheme: &str, reach: &str) -> Mail {
    let wrote = format!("{scheme} has let your business back in. Everybody of it can sign in as before.");
    about_conduct(to, scheme, &wrote, "Shared tills work as before as well.", reach)
}

fn about_conduct(to: &str, scheme: &str, wrote: &str, then: &str, reach: &str) -> Mail {
    let ask = format!("This mail says no more, since mail passes through many hands. To ask why: {reach}");
    Mail {
        to: to.to_owned(),
        subject: format!("{scheme}: about your membership"),
        text: letter("", &[wrote, then, &ask], scheme),
    }
}

/// Lets the owner of an account choose a new password (SEC-2). The account may belong to several schemes, so it is
/// signed by none.
#[must_use]
pub fn reset(to: &str, name: &str, link: &str, until: Timestamp) -> Mail {
    let ends = format!("The link works once, until {}.", moment(until));
    let paragraphs = [
        "Somebody, probably you, said that they have forgotten the password of this address. Choose a new one here:",
        link,
        &ends,
        "If it was not you, do nothing: the password stays as it is.",
    ];
    Mail {
        to: to.to_owned(),
        subject: "Choose a new password".to_owned(),
        text: letter(name, &paragraphs, "Fairwatch"),
    }
}

/// Reminds somebody of duties, which name nobody (DOC-4).
#[must_use]
pub fn duties(to: &str, name: &str, scheme: &str, due: &[(String, Date)], more: usize, page: &str) -> Mail {
    let lines = due.iter().map(|(what, by)| format!("- {what}, by {}", by.strftime("%-d %B %Y")));
    let mut lines = lines.collect::<Vec<_>>();
    if more > 0 {
        lines.push(format!("- and {more} more"));
    }
    let list = lines.join("\n");
    let paragraphs = [
        "These are due, or will be soon, and you are responsible for them:",
        &list,
        "All of it stands here:",
        page,
    ];
    Mail {
        to: to.to_owned(),
        subject: format!("Duties at {scheme}"),
        text: letter(name, &paragraphs, scheme),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tries_are_made_less_and_less_often() {
        let minutes: Vec<_> = (0..10).map(|tries| pause(tries).as_mins()).collect();
        assert_eq!(minutes, [1, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(pause(i64::MAX), SignedDuration::from_hours(1));
    }

    #[test]
    fn an_invitation_says_who_offers_what_until_when_and_nothing_else() {
        let until = "2026-07-01T11:30:00Z".parse().unwrap();
        let mail =
            invitation("pat@corner.example", "Pat", "Northgate", Role::MemberUser, "https://x/1", until);
        assert_eq!(mail.to, "pat@corner.example");
        assert!(mail.text.starts_with("Hello Pat,\n\nNorthgate invites you"), "{}", mail.text);
        assert!(mail.text.contains("\n\nhttps://x/1\n\n"), "a link stands alone: {}", mail.text);
        assert!(mail.text.contains("until 1 July 2026 at 12:30"), "in London's time: {}", mail.text);
        assert_eq!(format!("{mail:?}"), "Mail(personal)");
    }
}

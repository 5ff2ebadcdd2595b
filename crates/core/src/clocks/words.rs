//! Why a subject is still here, in words that a person can read: which report started which clock, which
//! rule won, and what comes next and when (RET-12).
use super::{
    answers::{Rule, Stage},
    calendar::plus_months,
    ledger::{Frozen, Ledger, Why},
    subject::{Counts, Due, Fate, Life, Report, Subject},
};
use crate::policy::retention::{Column, ExclusionEffect};
use jiff::civil::Date;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// What is read aloud: sentences of text, dates such as 21 November 2026, and references in brackets.
struct Words(String);

impl Words {
    fn say(&mut self, text: &str) -> &mut Self {
        self.0.push_str(text);
        self
    }

    fn number(&mut self, number: u32) -> &mut Self {
        let mut digits = [0; 10];
        let (mut rest, mut at) = (number, digits.len());
        while rest > 0 || at == digits.len() {
            at -= 1;
            digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
        }
        self.say(std::str::from_utf8(&digits[at..]).unwrap_or_default())
    }

    fn date(&mut self, date: Date) -> &mut Self {
        let month = usize::from(date.month().unsigned_abs()).saturating_sub(1);
        self.number(date.day().unsigned_abs().into()).say(" ").say(MONTHS[month % 12]).say(" ");
        self.number(date.year().unsigned_abs().into())
    }

    fn months(&mut self, months: u32) -> &mut Self {
        self.number(months).say(if months == 1 { " month" } else { " months" })
    }

    fn reference(&mut self, id: Option<&str>) -> &mut Self {
        match id {
            Some(id) => self.say(" (").say(id).say(")"),
            None => self,
        }
    }

    fn report(&mut self, report: &Report<'_>) -> &mut Self {
        self.date(report.on).reference(report.id)
    }
}

/// The words for the present state of a ledger.
pub(super) fn because(ledger: &Ledger<'_, '_>) -> String {
    let mut words = Words(String::with_capacity(320));
    match (ledger.stage, &ledger.track.subject) {
        (_, Some(subject)) => living(&mut words, ledger, subject),
        (Stage::Frozen, None) => {
            if let Some(record) = ledger.frozen.last() {
                frozen(&mut words, record, ledger.today);
            }
        }
        (Stage::Refused, None) => refused(&mut words, ledger),
        (Stage::None, None) => {
            words.say("Nobody has been reported.");
        }
        (_, None) => deleted(&mut words, ledger),
    }
    words.0
}

fn living(words: &mut Words, ledger: &Ledger<'_, '_>, subject: &Subject<'_>) {
    let due = subject.due(ledger.rules, ledger.person());
    let deletion = subject.deletion(ledger.rules, ledger.person());
    match subject.life {
        Life::Pending { .. } => pending(words, subject),
        Life::Circulating => circulating(words, ledger, subject),
        Life::Held => held(words, subject),
    }
    if subject.life == Life::Circulating && matches!(due.what, Fate::Withdrawal) {
        words.say(" Then held for the controller alone until ").date(deletion.on);
        words.say(", when everything is deleted");
        shortened(words, ledger, subject, &deletion);
        words.say(".");
    } else {
        ending(words, ledger, subject, &due);
    }
    if let Fate::Deletion { stub: Some(months) } = deletion.what {
        words.say(" A record that this person was held is kept for ").months(months);
        words.say(" after that.");
    }
    if let Some(hold) = ledger.holds.iter().find(|hold| hold.is_open(deletion.on)) {
        words.say(" A hold").reference(Some(hold.id));
        match hold.ends {
            Some(ends) => words.say(" until ").date(ends).say(" is open"),
            None => words.say(" is open"),
        };
        words.say(": what is due for deletion before it ends is frozen instead.");
    }
    if let Some(since) = ledger.restricted {
        words.say(" Restricted since ").date(since);
        words.say(": until that ends members do not see this person, while the clocks run on.");
    }
}

/// How the stage ends where it ends in deletion.
fn ending(words: &mut Words, ledger: &Ledger<'_, '_>, subject: &Subject<'_>, due: &Due) {
    match due.rule {
        Rule::AwaitingAgreement => {
            words.say(" Unless that is complete before ").date(due.on);
            words.say(", everything is deleted on that day and no record is kept.");
        }
        Rule::SingleReport | Rule::Cap => {
            words.say(" Everything is deleted on ").date(due.on);
            shortened(words, ledger, subject, due);
            words.say(".");
        }
        _ if subject.life == Life::Held => {
            words.say(" Held for the controller alone until ").date(due.on);
            words.say(", when everything is deleted.");
        }
        _ => {
            words.say(" Everything is deleted on that day");
            shortened(words, ledger, subject, &subject.deletion(ledger.rules, ledger.person()));
            words.say(".");
        }
    }
}

/// The rule that brought deletion forward, as the tail of a sentence.
fn shortened(words: &mut Words, ledger: &Ledger<'_, '_>, subject: &Subject<'_>, deletion: &Due) {
    let column = ledger.rules.rules(subject.column);
    let latest = &subject.reports[subject.latest()];
    let months = match deletion.rule {
        Rule::SingleReport => column.single_report_delete,
        Rule::Cap => column.cap,
        _ => return,
    };
    let Some(months) = months else { return };
    let by_itself = plus_months(latest.on, months).is_some_and(|on| on >= deletion.on);
    words.say(if by_itself { ", " } else { ", as the exclusion outlasts the " }).months(months);
    words.say(if deletion.rule == Rule::SingleReport { " after the only" } else { " after the latest" });
    words.say(" report, of ");
    words.report(latest);
}

fn pending(words: &mut Words, subject: &Subject<'_>) {
    words.say("Reported on ").report(&subject.reports[subject.latest()]);
    words.say(
        ". A person under 14 circulates only with a recorded public interest and the agreement of police and \
         board, and is seen by the controller alone until then. Still missing: ",
    );
    let missing = [
        (subject.notes.public_interest, "the public interest"),
        (subject.notes.police, "the agreement of the police"),
        (subject.notes.board, "the agreement of the board"),
    ];
    let mut first = true;
    for (_, what) in missing.iter().filter(|(is_there, _)| !is_there) {
        words.say(if first { "" } else { ", " }).say(what);
        first = false;
    }
    words.say(".");
}

fn circulating(words: &mut Words, ledger: &Ledger<'_, '_>, subject: &Subject<'_>) {
    let end = subject.end;
    let report = &subject.reports[end.report];
    words.say("Reported on ").report(report);
    if report.counts == Counts::Further {
        let earlier = subject.run_reports().take_while(|(place, _)| *place < end.report).last();
        if let Some((_, earlier)) = earlier {
            words.say(" while a report of ").report(earlier).say(" was still circulating");
        }
    }
    let excluded = subject.exclusion_effect(ledger.rules).filter(|_| end.rule == Rule::Exclusion);
    if let Some((exclusion, effect)) = excluded {
        words.say(", and excluded on ").date(exclusion.made).say(" until ").date(exclusion.ends);
        words.say(". ");
        if effect == ExclusionEffect::Replaces {
            words.say("An exclusion from the whole scheme after a further report sets the end: ");
            words.say("this person stays in the gallery until ").date(end.on).say(".");
        } else {
            words.say(
                "An exclusion keeps a person in the gallery for as long as it lasts where, as here, the ",
            );
            words.say("reports give less (until ").date(end.reports_give).say(").");
        }
        return;
    }
    words.say(if report.counts == Counts::Further { ". A further report" } else { ". A first report" });
    let column = if ledger.rules.rules(Column::Known) == ledger.rules.rules(report.column) {
        ""
    } else {
        match report.column {
            Column::Under14 => " under 14",
            Column::Under18 => " under 18",
            Column::Unknown => " who is not identified",
            Column::Known => "",
        }
    };
    words.say(" keeps a person").say(column).say(" in the gallery for ").months(report.months(ledger.rules));
    words.say(", until ").date(end.reports_give).say(".");
    if let Some(exclusion) = subject.exclusion.filter(|exclusion| exclusion.lifted) {
        words.say(" An exclusion was lifted on ").date(exclusion.ends).say(".");
    } else if let Some(exclusion) = subject.exclusion.filter(|exclusion| exclusion.ends > ledger.today) {
        words.say(" Excluded until ").date(exclusion.ends).say(", which does not move that.");
    }
}

fn held(words: &mut Words, subject: &Subject<'_>) {
    words.say("Withdrawn from members on ").date(subject.end.on).say(", after the ");
    words.say(match subject.end.rule {
        Rule::Exclusion => "exclusion that followed the report of ",
        Rule::Lifted => "lifting of the exclusion that followed the report of ",
        Rule::Repeat => "further report of ",
        _ => "report of ",
    });
    words.report(&subject.reports[subject.end.report]).say(".");
}

fn frozen(words: &mut Words, record: &Frozen<'_>, today: Date) {
    words.say("Deletion fell due on ").date(record.on);
    why(words, record.why);
    words.say(", but a hold").reference(record.holds.iter().find(|h| h.is_open(today)).map(|h| h.id));
    words.say(" is open. Nobody sees what is kept, but for the purpose of the hold. ");
    match record.until() {
        Some(until) => words.say("Deleted on ").date(until).say(", when the last hold ends."),
        None => words.say("Deleted when the last hold ends."),
    };
    if let Some(months) = record.stub {
        words.say(" A record that this person was held is kept for ").months(months).say(" after that.");
    }
}

fn refused(words: &mut Words, ledger: &Ledger<'_, '_>) {
    let Some((on, id)) = ledger.refused else { return };
    words.say("The report of ").date(on).reference(id).say(" was refused: on that day the person was under ");
    words.number(ledger.rules.minimum_age.unwrap_or_default().into());
    words.say(", the least age at which anybody is held. Nothing is stored but that fact.");
}

fn deleted(words: &mut Words, ledger: &Ledger<'_, '_>) {
    let Some(left) = ledger.left else { return };
    words.say("Deleted on ").date(left.on);
    why(words, left.why);
    match left.stub {
        Some(until) if until > ledger.today => {
            words.say(". A record that this person was held is kept until ").date(until).say(".");
        }
        _ => {
            words.say(". Nothing of it is left.");
        }
    }
}

fn why(words: &mut Words, why: Why) {
    words.say(match why {
        Why::Due(Rule::First | Rule::Repeat) => ", when circulation after the latest report ended",
        Why::Due(Rule::Exclusion) => ", when the exclusion ended",
        Why::Due(Rule::Lifted) => ", when the exclusion was lifted",
        Why::Due(Rule::Hold | Rule::LegalHold) => ", at the end of the time for the controller alone",
        Why::Due(Rule::SingleReport) => ", as there was one report only",
        Why::Due(Rule::Cap) => ", as the latest report had become too old",
        Why::Due(Rule::AwaitingAgreement) => ", as the agreements for a child were not complete",
        Why::Erased => ", as it was erased",
        Why::ReportRemoved => ", as a report was removed and what remains would not be held by now",
        Why::UnderMinimumAge => ", as the person turned out to be under the minimum age",
    });
}

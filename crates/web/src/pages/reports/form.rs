//! The report form: what was typed, read from a form, and shown again (INC-1).
use crate::{
    forms::Sent,
    pages::{
        day::Day,
        evidence::{Item, add, items},
        subjects::ages,
    },
    shell::Nav,
    view::{Cautions, Choice, Errors, FieldError, Pic, Shell},
    visit::Visit,
    words,
};
use askama::Template;
use fairwatch_app::{
    evidence::HeldEvidence,
    incidents::reporting::{
        MOST_PICTURES, Mistake, Typed, TypedPerson,
        cautions::{Caution, mark},
    },
};
use fairwatch_core::{
    evidence::MOST_FILES,
    ids::PictureId,
    policy::{Category, practice::Word},
};

/// `report_form.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "report_form.html")]
pub(super) struct ReportForm {
    shell: Shell,
    errors: Errors,
    cautions: Cautions,
    asks: bool,
    minded: String,
    action: String,
    autosave: String,
    upload: String,
    place_label: String,
    when_label: String,
    where_open: bool,
    place: String,
    on: Day,
    time: String,
    categories: Vec<Choice>,
    people: Vec<FormPerson>,
    sentence: String,
    uploads: Vec<Upload>,
    full: bool,
    more_open: bool,
    find: String,
    loss: String,
    items: Vec<Choice>,
    outcomes: Vec<Choice>,
    registration: String,
    vehicle: String,
    police_reference: String,
    accept: String,
    limits: String,
    evidence: Vec<Item>,
    evidence_held: bool,
    evidence_full: bool,
    evidence_accept: &'static str,
    evidence_limits: &'static str,
}
/// A person in the form. `n` counts from nothing, as the names of controls do; people count from one.
#[derive(Clone, Debug, Default)]
struct FormPerson {
    n: usize,
    title: String,
    name: String,
    description: String,
    ages: Vec<Choice>,
    born: Day,
    known: Option<KnownPerson>,
    removable: bool,
}
/// What stands in place of somebody's details for a reporter who has yet to certify (MEM-3).
pub(super) const UNTIL_CERTIFIED: &str = "Their details are shown once you have read and agreed to what applies to you. Your report is sent without that.";
/// Somebody whom the reporter chose from the gallery.
#[derive(Clone, Debug, Default)]
pub(super) struct KnownPerson {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) note: String,
    pub(super) picture: Option<Pic>,
}
/// A picture that was received already.
#[derive(Clone, Debug, Default)]
struct Upload {
    id: String,
    src: String,
    alt: String,
}

/// So many people can be typed in one report.
pub(super) const MOST_PEOPLE: usize = 12;

/// What a form sent, as the use case takes it.
pub(super) fn typed(sent: &Sent) -> Typed {
    let field = |name: &str| sent.one(name).to_owned();
    let people = (0..MOST_PEOPLE)
        .take_while(|n| sent.has(&format!("person-{n}-name")) || sent.has(&format!("person-{n}-proposed")))
        .map(|n| TypedPerson {
            name: field(&format!("person-{n}-name")),
            description: field(&format!("person-{n}-description")),
            age: field(&format!("person-{n}-age")),
            born: Day::from_form(sent, &format!("person-{n}-born")).text(),
            proposed: field(&format!("person-{n}-proposed")),
        })
        .collect();
    Typed {
        category: field("category"),
        place: field("place"),
        day: Day::from_form(sent, "day").text(),
        time: field("time"),
        sentence: field("sentence"),
        loss: field("loss"),
        items: sent.all("items"),
        outcome: field("outcome"),
        registration: field("registration"),
        vehicle: field("vehicle"),
        police_reference: field("police_reference"),
        people,
        minded: field("minded"),
    }
}

/// Mistakes at their controls.
pub(super) fn errors(mistakes: &[Mistake]) -> Errors {
    let at = |mistake: &Mistake| FieldError { field: mistake.field.clone(), text: mistake.sentence.clone() };
    Errors(mistakes.iter().map(at).collect())
}

/// Warnings at their controls.
pub(super) fn cautions(found: &[Caution]) -> Cautions {
    Cautions::from(found)
}

impl ReportForm {
    /// Asks whether it is to be sent as it is. Sent once more, it is, unless something new is found in it.
    pub(super) fn asking(mut self) -> Self {
        self.asks = self.cautions.any();
        self
    }
}

/// The part that is out of the way until it is wanted.
const MORE: [&str; 6] = ["loss", "items", "outcome", "registration", "vehicle", "police_reference"];

/// The form with what was typed, what was uploaded, what is wrong and what may have to go. `known` tells, for each person, whom the
/// reporter chose, where they may still see them.
pub(super) fn form(
    visit: &Visit,
    typed: &Typed,
    known: Vec<Option<KnownPerson>>,
    pictures: &[PictureId],
    errors: Errors,
    found: &[Caution],
) -> ReportForm {
    let now = visit.ctx.now();
    let today = visit.scope.today;
    let fresh = typed.day.is_empty() && typed.time.is_empty();
    let day = if typed.day.is_empty() { Day::of(today) } else { Day::from_text(&typed.day) };
    let time = if fresh { words::time(now) } else { typed.time.clone() };
    let spoken = match day.parse() {
        Ok(Some(day)) if day == today => "today".to_owned(),
        Ok(Some(day)) => words::date(day),
        _ => "when?".to_owned(),
    };
    let category = |word: &Word| Choice {
        value: word.id.to_string(),
        label: word.label.to_string(),
        note: String::new(),
        checked: *word.id == *typed.category,
    };
    let people = people(typed, known);
    let of = pictures.len();
    let vocabulary = &visit.scope.policy.incidents;
    let more = [&typed.loss, &typed.outcome, &typed.registration, &typed.vehicle, &typed.police_reference];
    let cautions = cautions(found);
    let is_more_open = !typed.items.is_empty()
        || more.iter().any(|text| !text.is_empty())
        || MORE.iter().any(|field| errors.has(field));
    ReportForm {
        shell: visit.shell(Nav::Report),
        action: visit.href("/report"),
        autosave: visit.href("/report/draft"),
        upload: visit.href("/report/picture"),
        find: visit.href("/find/typed"),
        place_label: if typed.place.trim().is_empty() { "Where?".into() } else { typed.place.clone() },
        when_label: if time.is_empty() { spoken } else { format!("{spoken}, {time}") },
        where_open: typed.place.trim().is_empty()
            || ["place", "day", "time"].iter().any(|field| errors.has(field)),
        place: typed.place.clone(),
        on: day,
        time,
        categories: vocabulary.categories.iter().map(category).collect(),
        items: choices(&vocabulary.items, &typed.items),
        outcomes: [Choice { label: "Not said".into(), ..Choice::default() }]
            .into_iter()
            .chain(choices(&vocabulary.outcomes, std::slice::from_ref(&typed.outcome)))
            .collect(),
        people,
        sentence: typed.sentence.clone(),
        uploads: pictures
            .iter()
            .enumerate()
            .map(|(n, id)| Upload {
                id: id.to_string(),
                src: visit.small(*id),
                alt: format!("Picture {} of {of}", n + 1),
            })
            .collect(),
        full: i64::try_from(of).is_ok_and(|n| n >= MOST_PICTURES),
        more_open: is_more_open,
        loss: typed.loss.clone(),
        registration: typed.registration.clone(),
        vehicle: typed.vehicle.clone(),
        police_reference: typed.police_reference.clone(),
        // What the page shows has been seen.
        minded: mark(found),
        asks: false,
        cautions,
        accept: "image/jpeg,image/png,image/webp".into(),
        limits: "JPEG, PNG or WebP, up to 20 MB each".into(),
        errors,
        evidence: Vec::new(),
        evidence_held: visit.scope.policy.holds(Category::Evidence),
        evidence_full: false,
        evidence_accept: add::ACCEPT,
        evidence_limits: add::LIMITS,
    }
}

impl ReportForm {
    /// The form with the evidence that was received already.
    pub(super) fn with_evidence(mut self, visit: &Visit, held: &[HeldEvidence]) -> Self {
        self.evidence = items(visit, held);
        self.evidence_full = i64::try_from(held.len()).is_ok_and(|n| n >= MOST_FILES);
        self
    }
}

/// The words of a vocabulary as choices.
fn choices(words: &[Word], chosen: &[String]) -> Vec<Choice> {
    words
        .iter()
        .map(|word| Choice {
            value: word.id.to_string(),
            label: word.label.to_string(),
            note: String::new(),
            checked: chosen.iter().any(|id| *word.id == **id),
        })
        .collect()
}

fn people(typed: &Typed, known: Vec<Option<KnownPerson>>) -> Vec<FormPerson> {
    // There is always one set of fields to type into.
    let blank = [TypedPerson::default()];
    let typed = if typed.people.is_empty() { &blank[..] } else { &typed.people[..] };
    let several = typed.len() > 1;
    let mut known = known.into_iter();
    typed
        .iter()
        .enumerate()
        .map(|(n, person)| FormPerson {
            n,
            title: if several { format!("Person {}", n + 1) } else { "Who?".into() },
            name: person.name.clone(),
            description: person.description.clone(),
            ages: ages(&person.age),
            born: Day::from_text(&person.born),
            known: known.next().flatten(),
            removable: several,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::Sent;

    #[test]
    fn what_was_typed_comes_back_as_it_was() {
        let sent = Sent::of(&[
            ("category", "theft"),
            ("day-day", "31"),
            ("day-month", "2"),
            ("day-year", "2026"),
            ("person-0-name", "Ann"),
            ("person-0-age", "adult"),
            ("person-1-name", ""),
            ("person-1-description", "red coat"),
        ]);
        let typed = typed(&sent);
        assert_eq!(typed.people.len(), 2);
        assert_eq!(typed.people[1].description, "red coat");
        let day = Day::from_text(&typed.day);
        assert_eq!((&*day.day, &*day.month, &*day.year), ("31", "2", "2026"));
        assert_eq!(people(&typed, Vec::new())[1].title, "Person 2");
    }
}

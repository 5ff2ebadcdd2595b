//! What members are told of exclusions, in words: who is excluded, from where until when, and that it has ended (EXC-6,
//! EXC-7).
use super::gallery::name_or_reference;
use crate::{
    pages::subjects::here,
    view::{Link, Tag},
    visit::Visit,
    words,
};
use fairwatch_app::subjects::{Card, GalleryPage};
use fairwatch_core::{
    exclusions::{Scope, Told},
    gate::Role,
};

/// Whether whoever asks stands at premises from which the person is excluded: for staff and controller, any.
pub(crate) fn is_here(visit: &Visit, told: &Told) -> bool {
    match visit.role() {
        Role::MemberUser => told.reaches(visit.membership.member),
        _ => true,
    }
}

/// The word on a card.
pub(crate) fn tag(visit: &Visit, told: Option<&Told>) -> Option<Tag> {
    let told = told.filter(|told| told.holds(visit.scope.today))?;
    let text = match told.scope {
        Scope::Scheme => "Excluded",
        Scope::Some if visit.role() != Role::MemberUser => "Excluded from some",
        Scope::Some if is_here(visit, told) => "Excluded here",
        Scope::Some => "Excluded elsewhere",
    };
    Some(Tag::new("red", text))
}

/// From where and until when: `Excluded from all members’ premises until 3 March 2027.`
pub(crate) fn sentence(visit: &Visit, told: &Told) -> String {
    let until = words::date(told.ends_on);
    let names = |but_own: bool| {
        let own = visit.membership.member;
        let others = told.premises.iter().filter(|(member, _)| !but_own || Some(*member) != own);
        words::list(&others.map(|(_, name)| name.clone()).collect::<Vec<_>>())
    };
    match told.scope {
        Scope::Scheme => format!("Excluded from all members’ premises until {until}."),
        Scope::Some if visit.role() == Role::MemberUser && is_here(visit, told) => match names(true) {
            others if others.is_empty() => format!("Excluded from your premises until {until}."),
            others => format!("Excluded from your premises until {until}, and from {others}."),
        },
        Scope::Some if visit.role() == Role::MemberUser => {
            format!("Excluded until {until}, though not from your premises: from {}.", names(false))
        }
        Scope::Some => format!("Excluded from {} until {until}.", names(false)),
    }
}

/// An exclusion that has ended, in a line; with the person, while they are still shown.
#[derive(Clone, Debug, Default)]
pub(crate) struct EndedLine {
    pub(crate) who: Option<Link>,
    pub(crate) text: String,
}

/// What has ended lately. Of people who are no longer shown nothing is told but how many they are (EXC-7).
pub(crate) fn ended(visit: &Visit, page: &GalleryPage) -> Vec<EndedLine> {
    let told = |on, card: &Card| EndedLine {
        who: Some(Link {
            label: name_or_reference(card.profile.name(), &page.scope, card.number),
            href: here(visit, card.id),
        }),
        text: format!("is no longer excluded, since {}.", words::date(on)),
    };
    let shown = page.ended.iter().filter_map(|(ended, who)| Some(told(ended.on, who.as_ref()?)));
    let gone = page.ended.iter().filter(|(_, who)| who.is_none()).count();
    let others = (gone > 0).then(|| EndedLine {
        who: None,
        text: match gone {
            1 => "An exclusion of somebody who is no longer shown has ended.".to_owned(),
            _ => format!("{gone} exclusions of people who are no longer shown have ended."),
        },
    });
    shown.chain(others).collect()
}

//! The navigation of those who have many places: a few groups, and the places of the one where they are.
//!
//! Whoever has few places finds all of them in one row. A controller has so many that the row would run out of the
//! page; they find seven groups, and below them the places of the group in which the page stands.
use super::Nav;
use crate::view::NavItem;

/// More places than these are grouped.
const MOST: usize = 7;

/// The groups, with the places that stand in them; a place that is named in none stands by itself.
const GROUPS: &[(&str, &[Nav])] = &[
    ("Today", &[Nav::Today, Nav::Duties]),
    ("Reports", &[Nav::Review, Nav::Report, Nav::MyReports]),
    ("People", &[Nav::Gallery, Nav::People, Nav::Cases, Nav::Appeals, Nav::Letters, Nav::Evidence]),
    ("Rights", &[Nav::Requests, Nav::Breaches]),
    ("Members", &[Nav::Members, Nav::News]),
    ("Scheme", &[Nav::Registers, Nav::Policy, Nav::Accreditation, Nav::OldData, Nav::Sweep]),
    ("Audit", &[Nav::Oversight, Nav::Audit]),
];

/// Who sees nobody decides on cases.
const DECISIONS: &str = "Decisions";

/// A group of somebody's own places.
struct Group {
    label: &'static str,
    navs: Vec<Nav>,
}

fn groups(navs: &[Nav]) -> Vec<Group> {
    let mut all: Vec<Group> = Vec::new();
    for nav in navs {
        let of = GROUPS.iter().find(|(_, places)| places.contains(nav));
        match of.and_then(|(label, _)| all.iter_mut().find(|group| group.label == *label)) {
            Some(group) => group.navs.push(*nav),
            None => all.push(Group { label: of.map_or(nav.label(), |(label, _)| label), navs: vec![*nav] }),
        }
    }
    for group in &mut all {
        // In the order of the group, whatever role each came from.
        if let Some((_, places)) = GROUPS.iter().find(|(label, _)| *label == group.label) {
            group.navs.sort_by_key(|nav| places.iter().position(|place| place == nav));
        }
        match group.navs[..] {
            // One place needs no other name than its own.
            [only] => group.label = only.label(),
            _ if group.label == "People"
                && !group.navs.iter().any(|nav| matches!(nav, Nav::Gallery | Nav::People)) =>
            {
                group.label = DECISIONS;
            }
            _ => {}
        }
    }
    all
}

/// The row of the navigation, and the row below it with what it is called: the places of the group where one is.
pub(super) fn rows(
    navs: &[Nav],
    here: Nav,
    href: impl Fn(Nav) -> String,
) -> (Vec<NavItem>, Vec<NavItem>, String) {
    let item = |label: &str, nav: Nav, stands: Vec<&'static str>, current: bool| NavItem {
        label: label.to_owned(),
        href: href(nav),
        current,
        count: None,
        stands,
    };
    let single = |nav: &Nav| item(nav.label(), *nav, vec![nav.label()], *nav == here);
    if navs.len() <= MOST {
        return (navs.iter().map(single).collect(), Vec::new(), String::new());
    }
    let groups = groups(navs);
    let mut top = Vec::with_capacity(groups.len());
    let (mut near, mut label) = (Vec::new(), String::new());
    for group in &groups {
        let current = group.navs.contains(&here);
        let stands = group.navs.iter().map(|nav| nav.label()).collect();
        top.extend(group.navs.first().map(|first| item(group.label, *first, stands, current)));
        if current && group.navs.len() > 1 {
            near = group.navs.iter().map(single).collect();
            label = group.label.to_owned();
        }
    }
    (top, near, label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shell::places;
    use fairwatch_core::gate::Role;

    fn shown(role: Role, here: Nav) -> (Vec<String>, Vec<String>) {
        let (top, near, _) = rows(places(role), here, |nav| nav.path().to_owned());
        let labels = |items: Vec<NavItem>| items.into_iter().map(|item| item.label).collect();
        (labels(top), labels(near))
    }

    #[test]
    fn many_places_stand_in_few_groups_and_none_is_lost() {
        for role in Role::ALL {
            let all = places(role);
            let (top, _, _) = rows(all, Nav::Elsewhere, |nav| nav.path().to_owned());
            assert!(top.len() <= MOST, "{role} has {} places in one row", top.len());
            for nav in all {
                let (top, near, _) = rows(all, *nav, |nav| nav.path().to_owned());
                let reached = top.iter().chain(&near).any(|item| item.href == nav.path() && item.current);
                assert!(reached, "{role} does not find {}", nav.label());
            }
        }
    }

    #[test]
    fn a_controller_finds_letters_under_people_and_the_board_its_decisions() {
        let (top, near) = shown(Role::Controller, Nav::Letters);
        assert_eq!(top, ["Today", "Reports", "People", "Rights", "Members", "Scheme", "Audit"]);
        assert_eq!(near, ["Gallery", "People", "Exclusions", "Letters"]);
        let (top, near) = shown(Role::Board, Nav::Appeals);
        assert!(top.contains(&"Decisions".to_owned()), "{top:?}");
        assert_eq!(near, ["Exclusions", "Appeals", "Evidence"]);
        assert!(shown(Role::MemberUser, Nav::Gallery).1.is_empty(), "few places need no groups");
    }
}

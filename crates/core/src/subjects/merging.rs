//! Two records of one person made one, and taken apart again (SUB-2): what becomes of their profiles, as pure
//! functions, and who may do it.
use super::{
    Brought, Field, OneSubject, PairFacts, Profile, Source, SubjectFacts, TwoSubjects, alive, both_alive,
};
use crate::{
    gate::{AuditClass, Role},
    ids::ReportId,
    policy::Category,
    scope::{InOrg, Scope},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// One of the two records of a merge.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The record that stays, with its reference.
    #[default]
    Kept,
    /// The record that goes into it.
    Other,
}

/// In what the two differ, and which the controller lets stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Whose name stands; the other becomes an alias.
    pub name: Side,
    /// Whose date of birth counts; none where nobody was asked.
    pub born: Option<Side>,
}

/// Whether the two give different dates of birth, so that the controller has to say which counts.
#[must_use]
pub fn asks_born(kept: &Profile, other: &Profile) -> bool {
    matches!((kept.born(), other.born()), (Some(one), Some(two)) if one != two)
}

/// What joining two profiles depends on beside them.
pub struct Joining<'a> {
    /// What the controller chose.
    pub chosen: Chosen,
    /// Whose first report came first: what was known then stands at the outset of the joined record.
    pub first: Side,
    /// Whether the policy holds aliases.
    pub holds_aliases: bool,
    /// The number of the other record, by which the joined one is known as well.
    pub number: i64,
    /// The day of a report.
    pub day: &'a dyn Fn(ReportId) -> Date,
}

/// The profile of the joined record (SUB-2). Everything that either held is held, once, with all who said it. The
/// younger of two apparent ages stands, so that the clock takes the stricter column (SUB-4).
#[must_use]
pub fn join(kept: &Profile, other: &Profile, joining: &Joining<'_>) -> Profile {
    let Joining { chosen, first, holds_aliases, number, day } = joining;
    let of = |side: Side| if side == Side::Kept { kept } else { other };
    let outset = of(*first);
    let named = if of(chosen.name).name().is_some() { chosen.name } else { opposite(chosen.name) };
    let birth = chosen.born.unwrap_or_default();
    let mut births = of(birth).births.clone();
    births.extend(of(opposite(birth)).births.iter().filter(|b| !of(birth).births.contains(b)).cloned());
    let mut other_numbers = kept.other_numbers.clone();
    other_numbers.push(*number);
    other_numbers.extend(&other.other_numbers);
    Profile {
        first: outset.first,
        born_at_first: outset.born_at_first.map(|day| births.first().map_or(day, |birth| birth.value)),
        births,
        apparent_age: younger(kept, other).apparent_age,
        apparent_age_origin: younger(kept, other).apparent_age_origin.clone(),
        identified_at_first: outset.identified_at_first,
        fields: fields(kept, other, of(named).name(), *holds_aliases),
        activities: in_turn(&kept.activities, &other.activities, *day),
        necessities: in_turn(&kept.necessities, &other.necessities, *day),
        other_numbers,
    }
}

fn opposite(side: Side) -> Side {
    if side == Side::Kept { Side::Other } else { Side::Kept }
}

/// Of two profiles the one that looks younger; the kept one where they look the same.
fn younger<'a>(kept: &'a Profile, other: &'a Profile) -> &'a Profile {
    use crate::clocks::AgeBand::{Adult, Under14, Under18};
    let age = |profile: &Profile| match profile.apparent_age {
        Under14 => 0,
        Under18 => 1,
        Adult => 2,
    };
    if age(other) < age(kept) { other } else { kept }
}

/// What both held, in the order in which it came. The name that stands is the name; the other goes on as an alias.
fn fields(kept: &Profile, other: &Profile, name: Option<&str>, holds_aliases: bool) -> Vec<Field> {
    let mut all = kept.fields.iter().chain(&other.fields).cloned().collect::<Vec<_>>();
    all.sort_by_key(|field| field.since);
    let mut joined: Vec<Field> = Vec::new();
    for mut field in all {
        if matches!(field.category, Category::Name | Category::Alias) {
            let stands = name == Some(field.value.as_str());
            field.category = if stands { Category::Name } else { Category::Alias };
            if !stands && !holds_aliases {
                continue;
            }
        }
        let same = |held: &&mut Field| held.category == field.category && held.value == field.value;
        match joined.iter_mut().find(same) {
            Some(held) => {
                let more = std::iter::once(field.source).chain(field.also);
                for source in more {
                    if held.source != source && !held.also.contains(&source) {
                        held.also.push(source);
                    }
                }
            }
            None => joined.push(field),
        }
    }
    joined
}

/// Two lists that are each in order, as one, by the days of their reports.
fn in_turn<T: Clone>(
    one: &[Brought<T>],
    two: &[Brought<T>],
    day: &dyn Fn(ReportId) -> Date,
) -> Vec<Brought<T>> {
    // What no report brought came on its own day, but not before what stands before it.
    let dated = |list: &[Brought<T>]| {
        let mut last = Date::MIN;
        let step = |brought: &Brought<T>| {
            let origin = &brought.origin;
            last = origin.source.report().map_or(origin.since, day).max(last);
            (last, brought.clone())
        };
        list.iter().map(step).collect::<Vec<_>>()
    };
    let mut all = dated(one);
    all.extend(dated(two));
    all.sort_by_key(|(day, _)| *day);
    all.into_iter().map(|(_, brought)| brought).collect()
}

/// Something that was held when two records were merged is held no longer as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed;

/// A joined record taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parted {
    /// The record that stayed, with what came since.
    pub kept: Profile,
    /// The record that went into it, as it was; with what came since of its own.
    pub other: Profile,
    /// Whether what came since names the kept one, by another than a report.
    pub names_kept: bool,
    /// Whether what came since names the other.
    pub names_other: bool,
}

/// Takes a joined profile apart. What came since stays with the kept record, unless it comes from what belongs to the
/// other (`is_others`): a name that somebody sent for it.
///
/// # Errors
/// [`Changed`] where something that was held at the merge is gone or was replaced since: then neither record can be put
/// back as it was without bringing back what was destroyed.
pub fn part(
    then: &Profile,
    now: &Profile,
    before: (&Profile, &Profile),
    is_others: &dyn Fn(&Source) -> bool,
) -> Result<Parted, Changed> {
    let outset = |profile: &Profile| (profile.first, profile.identified_at_first, profile.born_at_first);
    if outset(then) != outset(now)
        || then.apparent_age != now.apparent_age
        || then.apparent_age_origin != now.apparent_age_origin
    {
        return Err(Changed);
    }
    let (mut kept, mut other) = (before.0.clone(), before.1.clone());
    let (mut names_kept, mut names_other) = (false, false);
    let mut rest = now.fields.clone();
    let mut since = Vec::new();
    for field in &then.fields {
        // A name that was corrected is held on, as an alias.
        let at = rest.iter().position(|held| {
            let stays = held.category == field.category
                || (field.category == Category::Name && held.category == Category::Alias);
            stays && held.value == field.value
        });
        let held = rest.remove(at.ok_or(Changed)?);
        // A name of the other that was put right since is wrong of them too: taken apart, it would be theirs again.
        if held.category != field.category && kept.name() != Some(field.value.as_str()) {
            return Err(Changed);
        }
        let mut sources = said_by(&held);
        for source in said_by(field) {
            let at = sources.iter().position(|other| *other == source).ok_or(Changed)?;
            sources.remove(at);
        }
        let own =
            kept.fields.iter_mut().find(|own| own.value == held.value && own.category == field.category);
        if let Some(own) = own {
            own.category = held.category;
        }
        since.extend(with_sources(&held, sources));
    }
    since.extend(rest.iter().flat_map(|field| with_sources(field, said_by(field))));
    for field in since {
        let is_name = field.category == Category::Name;
        let by_report = matches!(field.source, Source::Report { .. });
        if is_others(&field.source) {
            names_other |= is_name;
            other.add(field);
        } else {
            names_kept |= is_name && !by_report;
            kept.add(field);
        }
    }
    kept.births.extend(extra(&then.births, &now.births)?);
    kept.activities.extend(extra(&then.activities, &now.activities)?);
    kept.necessities.extend(extra(&then.necessities, &now.necessities)?);
    Ok(Parted { kept, other, names_kept, names_other })
}

fn said_by(field: &Field) -> Vec<Source> {
    std::iter::once(&field.source).chain(&field.also).cloned().collect()
}

fn with_sources(field: &Field, sources: Vec<Source>) -> impl Iterator<Item = Field> {
    sources.into_iter().map(|source| Field { source, also: Vec::new(), ..field.clone() })
}

/// What a list holds beyond another that it must hold whole.
fn extra<T: Clone + PartialEq>(then: &[T], now: &[T]) -> Result<Vec<T>, Changed> {
    let mut rest = now.to_vec();
    for one in then {
        let at = rest.iter().position(|other| other == one).ok_or(Changed)?;
        rest.remove(at);
    }
    Ok(rest)
}

crate::gate::actions! {
    /// What two records of one person would be as one (SUB-2).
    PreviewMerge = "subjects.preview_merge", Look, [Role::Controller], TwoSubjects => PairFacts, both_alive;
    /// Make two records of one person one (SUB-2).
    MergeSubjects = "subjects.merge", Change, [Role::Controller], TwoSubjects => PairFacts, both_alive;
    /// What taking a merge back would do, and whether it can be (SUB-2).
    PreviewUndo = "subjects.preview_undo", Look, [Role::Controller], OneSubject => SubjectFacts, alive;
    /// Take a merge back (SUB-2).
    UndoMerge = "subjects.undo_merge", Change, [Role::Controller], OneSubject => SubjectFacts, alive;
    /// Where a record went that was merged, for whoever may see it there: a reference, no content.
    FollowMerge = "subjects.follow_merge", Unrecorded,
        [Role::MemberUser, Role::Staff, Role::Controller, Role::Police, Role::Aic], InOrg => Scope;
}

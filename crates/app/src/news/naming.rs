//! Whether a text names somebody who is held (DIS-20): news is no way round the gate.
//!
//! What a writer is told follows from what they may look up anyway: the controller reads who is held, and that they were
//! looked for is on record. The board does not, so its texts are read for what looks like a name alone.
use crate::{
    App,
    error::{AppError, Check},
    incidents::{
        reporting::cautions::Caution,
        words::{self, Search},
    },
};
use fairwatch_core::{
    gate::{Action, Ctx},
    incidents::{Looks, warnings},
    news::{CheckNames, Content, PrepareNews, radio},
    scope::{InOrg, Scope},
};
use fairwatch_finding::is_first_name;
use fairwatch_store::{
    StoreError, Tx,
    news::{Known, Surroundings, found, known, surroundings},
};
use std::collections::BTreeSet;

/// Texts of a form, each with its field.
pub(crate) type Fields<'a> = [(&'static str, &'a str)];

/// Somebody whom a text names.
#[derive(Clone, Debug)]
struct Hit {
    field: &'static str,
    /// The word as it stands there.
    found: String,
    /// Their reference.
    reference: String,
    /// It is a part of the name of a street or a business, and may mean that.
    may_be_a_place: bool,
}

/// What a text names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Named {
    /// Those whom the store knows.
    people: Vec<Hit>,
    /// A piece that looks like a name, with its field.
    like: Vec<(&'static str, String)>,
    /// References that members cannot look up today.
    unknown: Vec<String>,
    /// Whether its writer may look at everybody, and so was told of those who are held.
    pub(crate) looked: bool,
}

impl Named {
    /// What its writer is told, and may pass over.
    pub(crate) fn cautions(&self) -> Vec<Caution> {
        let known = self.people.iter().map(|hit| Caution {
            field: hit.field.to_owned(),
            looks: Looks::Name,
            found: hit.found.clone(),
            sentence: format!(
                "\u{201c}{}\u{201d} is a name of somebody who is held, {}{}. What you tell members outlives what they may \
                 see of people, and is no place for names: give the reference",
                hit.found,
                hit.reference,
                if hit.may_be_a_place { ", unless it means a place" } else { "" },
            ),
        });
        let like = self.unknown_names().map(|(field, found)| Caution {
            field: (*field).to_owned(),
            looks: Looks::Name,
            found: found.clone(),
            sentence: format!(
                "\u{201c}{found}\u{201d} looks like somebody\u{2019}s name. If it is that of a person who was reported, \
                 give the reference instead"
            ),
        });
        known.chain(like).collect()
    }

    /// What looks like a name, and is none that the store knows.
    fn unknown_names(&self) -> impl Iterator<Item = &(&'static str, String)> {
        let is_known = |found: &str| self.people.iter().any(|hit| found.contains(&*hit.found));
        self.like.iter().filter(move |(_, found)| !is_known(found))
    }
}

/// The fields of a post.
pub(super) fn fields(content: &Content) -> [(&'static str, &str); 4] {
    [("title", &content.title), ("text", &content.text), ("place", &content.place), ("time", &content.time)]
}

/// The first names of every day's speech: where its capital says nothing, one that is also a word is a word.
fn is_name(word: &str, says_nothing: bool) -> bool {
    is_first_name(word) && words::is_part(word) && !(says_nothing && words::is_ordinary(word))
}

fn likely(fields: &Fields<'_>, around: &Surroundings) -> Vec<(&'static str, String)> {
    let one = |(field, text): &(&'static str, &str)| {
        let text = around.taken_out_of(text);
        radio::like_a_name(&text, is_name).map(|found| (*field, found.to_owned()))
    };
    fields.iter().filter_map(one).collect()
}

/// What stands around the texts of a scheme.
pub(super) async fn around(app: &App, ctx: &Ctx, scope: &Scope) -> Result<Surroundings, AppError> {
    let read = async |tx: &mut Tx<PrepareNews>| surroundings(tx).await;
    Ok(app.store.read::<PrepareNews, _>(ctx, InOrg(scope.org), read).await?)
}

/// Looks whether texts name anybody.
pub(crate) async fn look(
    app: &App,
    ctx: &Ctx,
    scope: &Scope,
    fields: &Fields<'_>,
) -> Result<Named, AppError> {
    let prefix = &*scope.policy.scheme.prefix;
    let wanted = fields.iter().flat_map(|(_, text)| radio::references(text, prefix)).collect::<Vec<_>>();
    let around = around(app, ctx, scope).await?;
    let pattern = Named { like: likely(fields, &around), ..Named::default() };
    // As it was typed, and without what is the name of a place as a whole.
    let read = |(field, text): &(&'static str, &str)| {
        (*field, words::read(text), words::read(&around.phrases_taken_out_of(text)))
    };
    let texts = fields.iter().map(read).collect::<Vec<_>>();
    let (of, begun) = (scope.clone(), pattern.clone());
    let check = async move |tx: &mut Tx<CheckNames>| {
        let mut named = Named { looked: true, ..begun };
        let (mut hit, mut shown) = (Vec::new(), BTreeSet::new());
        each(tx, false, |one| {
            if one.is_shown {
                shown.insert(one.number);
            }
            for (field, typed, bare) in &texts {
                let in_text =
                    |text: &words::Read| one.names.iter().find_map(|name| text.names(name, Search::Close));
                if let Some(found) = in_text(typed) {
                    let may_be_a_place = in_text(bare).is_none();
                    let reference = of.reference(one.number);
                    named.people.push(Hit { field, found, reference, may_be_a_place });
                    hit.push(one.subject);
                }
            }
        })
        .await?;
        let unknown = wanted.iter().filter(|number| !shown.contains(number));
        named.unknown = unknown.map(|number| of.reference(*number)).collect();
        found(tx, hit);
        Ok(named)
    };
    match app.store.read::<CheckNames, _>(ctx, InOrg(scope.org), check).await.map_err(AppError::from) {
        Ok(named) => Ok(named),
        // Whoever may not look at everybody is told of nobody.
        Err(AppError::Hidden) => Ok(pattern),
        Err(error) => Err(error),
    }
}

/// Everybody who is held, one after the other.
async fn each<A: Action>(tx: &mut Tx<A>, all: bool, mut with: impl FnMut(&Known)) -> Result<(), StoreError> {
    let mut after = 0;
    loop {
        let people = known(tx, after, all).await?;
        let Some(last) = people.last() else { return Ok(()) };
        after = last.number;
        people.iter().for_each(&mut with);
    }
}

/// Refuses an alert for the radio that names anybody, or gives a reference that nobody can look up (DIS-20).
pub(super) fn refuse(scope: &Scope, content: &Content, named: &Named) -> Result<(), AppError> {
    let mut check = Check::default();
    for hit in named.people.iter().filter(|hit| !hit.may_be_a_place) {
        check.wrong(
            hit.field,
            format!(
                "\u{201c}{}\u{201d} names somebody who is held. Anybody can listen to a radio: give the reference, {}.",
                hit.found, hit.reference
            ),
        );
    }
    for (field, found) in named.unknown_names() {
        check.wrong(
            field,
            format!(
                "\u{201c}{found}\u{201d} looks like a name. Anybody can listen to a radio: give a reference, such as \
                 {}. If it is no name, say it in other words.",
                scope.reference(231)
            ),
        );
    }
    for reference in &named.unknown {
        check.wrong(
            "text",
            format!("{reference} is nobody whom members can look up today. Check the number."),
        );
    }
    for (field, text) in fields(content) {
        check.want(
            !radio::is_shouted(text),
            field,
            "Write it in small letters, with capitals only where they belong: in capitals a name cannot be told from other words.",
        );
        for warning in warnings(text, &scope.policy) {
            check.wrong(field, format!("{}.", warning.sentence));
        }
    }
    check.done()
}

/// Which of these texts name nobody and refer to nobody, as far as the program can know: what may leave it. Everybody of
/// whom a record is left counts, and so does a word that may mean a place.
pub(crate) async fn nameless<A: Action<Facts = Scope>, K: Ord + Copy>(
    tx: &mut Tx<A>,
    texts: &[(K, String)],
) -> Result<BTreeSet<K>, StoreError> {
    let policy = tx.permit().facts().policy.clone();
    let around = surroundings(tx).await?;
    let is_plain = |text: &str| {
        warnings(text, &policy).is_empty()
            && radio::references(text, &policy.scheme.prefix).is_empty()
            && !radio::is_shouted(text)
            && radio::like_a_name(&around.taken_out_of(text), is_name).is_none()
    };
    let plain = texts.iter().filter(|(_, text)| is_plain(text));
    let mut left = plain.map(|(key, text)| (*key, words::read(text))).collect::<Vec<_>>();
    if !left.is_empty() {
        each(tx, true, |one| {
            let names =
                |text: &words::Read| one.names.iter().any(|name| text.names(name, Search::Close).is_some());
            left.retain(|(_, text)| !names(text));
        })
        .await?;
    }
    Ok(left.into_iter().map(|(key, _)| key).collect())
}

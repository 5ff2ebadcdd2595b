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
    ids::PostId,
    incidents::{Looks, warnings},
    news::{CheckNames, Content, PrepareNews, radio},
    scope::{InOrg, Scope},
};
use fairwatch_finding::is_first_name;
use fairwatch_store::{
    StoreError, Tx,
    news::{Known, Post, Surroundings, found, known, surroundings},
};
use std::collections::BTreeSet;

/// What a text names.
#[derive(Clone, Debug, Default)]
pub(super) struct Named {
    /// The field, the word as it stands there, and the reference of whom it may name.
    people: Vec<(&'static str, String, String)>,
    /// A piece that looks like a name, with its field.
    like: Vec<(&'static str, String)>,
    /// References that members cannot look up today.
    unknown: Vec<String>,
}

impl Named {
    /// What its writer is told, and may pass over.
    pub(super) fn cautions(&self) -> Vec<Caution> {
        let known = self.people.iter().map(|(field, found, reference)| Caution {
            field: (*field).to_owned(),
            looks: Looks::Name,
            found: found.clone(),
            sentence: format!(
                "\u{201c}{found}\u{201d} is a name of somebody who is held, {reference}. News outlives what members may \
                 see of people, and is no place for names: give the reference"
            ),
        });
        let seen = |found: &str| self.people.iter().any(|(_, known, _)| found.contains(&**known));
        let like = self.like.iter().filter(|(_, found)| !seen(found)).map(|(field, found)| Caution {
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
}

fn fields(content: &Content) -> [(&'static str, &str); 4] {
    [("title", &content.title), ("text", &content.text), ("place", &content.place), ("time", &content.time)]
}

/// The first names of every day's speech: as a word that begins a sentence they may be a word.
fn is_name(word: &str, is_first: bool) -> bool {
    is_first_name(word) && words::is_part(word) && !(is_first && words::is_ordinary(word))
}

fn likely(content: &Content, around: &Surroundings) -> Vec<(&'static str, String)> {
    let one = |(field, text): (&'static str, &str)| {
        let text = around.taken_out_of(text);
        radio::like_a_name(&text, is_name).map(|found| (field, found.to_owned()))
    };
    fields(content).into_iter().filter_map(one).collect()
}

/// Looks whether a post names anybody.
pub(super) async fn look(app: &App, ctx: &Ctx, scope: &Scope, content: &Content) -> Result<Named, AppError> {
    let prefix = &*scope.policy.scheme.prefix;
    let wanted = fields(content).map(|(_, text)| radio::references(text, prefix)).concat();
    let around = async |tx: &mut Tx<PrepareNews>| surroundings(tx).await;
    let around = app.store.read::<PrepareNews, _>(ctx, InOrg(scope.org), around).await?;
    let pattern = Named { like: likely(content, &around), ..Named::default() };
    let (content, of, begun) = (content.clone(), scope.clone(), pattern.clone());
    let check = async move |tx: &mut Tx<CheckNames>| {
        let texts = fields(&content).map(|(field, text)| (field, words::read(&around.taken_out_of(text))));
        let mut named = begun;
        let (mut hit, mut shown) = (Vec::new(), BTreeSet::new());
        each(tx, |one| {
            if one.is_shown {
                shown.insert(one.number);
            }
            for (field, text) in &texts {
                let found = one.names.iter().find_map(|name| text.names(name, Search::Close));
                if let Some(found) = found {
                    named.people.push((*field, found, of.reference(one.number)));
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
async fn each<A: Action>(tx: &mut Tx<A>, mut with: impl FnMut(&Known)) -> Result<(), StoreError> {
    let mut after = 0;
    loop {
        let people = known(tx, after).await?;
        let Some(last) = people.last() else { return Ok(()) };
        after = last.number;
        people.iter().for_each(&mut with);
    }
}

/// Refuses an alert for the radio that names anybody, or gives a reference that nobody can look up (DIS-20).
pub(super) fn refuse(scope: &Scope, content: &Content, named: &Named) -> Result<(), AppError> {
    let mut check = Check::default();
    for (field, found, reference) in &named.people {
        check.wrong(
            field,
            format!(
                "\u{201c}{found}\u{201d} names somebody who is held. Anybody can listen to a radio: give the reference, \
                 {reference}."
            ),
        );
    }
    for (field, found) in &named.like {
        if !named.people.iter().any(|(_, known, _)| found.contains(&**known)) {
            check.wrong(
                field,
                format!(
                    "\u{201c}{found}\u{201d} looks like a name. Anybody can listen to a radio: give a reference, such as \
                     {}. If it is no name, write it in small letters.",
                    scope.reference(231)
                ),
            );
        }
    }
    for reference in &named.unknown {
        check.wrong(
            "text",
            format!("{reference} is nobody whom members can look up today. Check the number."),
        );
    }
    for (field, text) in fields(content) {
        for warning in warnings(text, &scope.policy) {
            check.wrong(field, format!("{}.", warning.sentence));
        }
    }
    check.done()
}

/// The posts whose titles name nobody, as far as the program can know: what may stand in a mail.
pub(super) async fn nameless<A: Action<Facts = Scope>>(
    tx: &mut Tx<A>,
    posts: &[Post],
) -> Result<BTreeSet<PostId>, StoreError> {
    let policy = tx.permit().facts().policy.clone();
    let around = surroundings(tx).await?;
    let is_plain = |title: &str| {
        let told = around.taken_out_of(title);
        warnings(title, &policy).is_empty() && radio::like_a_name(&told, is_name).is_none()
    };
    let plain = posts.iter().filter(|post| is_plain(&post.content.title));
    let mut left = plain
        .map(|post| (post.id, words::read(&around.taken_out_of(&post.content.title))))
        .collect::<Vec<_>>();
    each(tx, |one| {
        let names =
            |title: &words::Read| one.names.iter().any(|name| title.names(name, Search::Close).is_some());
        left.retain(|(_, title)| !names(title));
    })
    .await?;
    Ok(left.into_iter().map(|(id, _)| id).collect())
}

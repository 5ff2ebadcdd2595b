//! The scheme's own lists of members (MEM-4).
use crate::{
    forms::Sent,
    pages::confirm::Confirm,
    respond::{Answer, page, page_again, see_other_done},
    shell::Nav,
    view::{Choice, Crumb, Errors, Piece, Shell},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use fairwatch_app::{AppError, groups};
use fairwatch_core::ids::{GroupId, MemberId};

/// `groups.html`
#[derive(Template, Debug)]
#[template(path = "groups.html")]
struct Groups {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    lists: Vec<Line>,
    action: String,
    name: String,
}

#[derive(Debug)]
struct Line {
    href: String,
    name: String,
    note: String,
}

/// `group.html`
#[derive(Template, Debug)]
#[template(path = "group.html")]
struct GroupPage {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    title: String,
    action: String,
    name: String,
    members: Vec<Choice>,
    end: String,
    cancel: String,
}

fn crumbs(visit: &Visit, lists: bool) -> Vec<Crumb> {
    let mut way = vec![Crumb { label: "News".into(), href: visit.href("/news") }];
    if lists {
        way.push(Crumb { label: "Lists of members".into(), href: visit.href("/groups") });
    }
    way
}

async fn all(visit: &Visit, name: &str, errors: Errors) -> Result<Groups, AppError> {
    let found = groups::list(&visit.app, &visit.ctx, visit.org()).await?;
    let line = |group: groups::Group| Line {
        href: visit.href(&format!("/groups/{}", group.id)),
        name: group.name,
        note: words::count(usize::try_from(group.members).unwrap_or(0), "member", "members"),
    };
    Ok(Groups {
        shell: visit.shell(Nav::News),
        errors,
        crumbs: crumbs(visit, false),
        lists: found.into_iter().map(line).collect(),
        action: visit.href("/groups"),
        name: name.to_owned(),
    })
}

/// `GET /o/{slug}/groups`
pub(crate) async fn list(visit: Visit) -> Answer {
    page(&all(&visit, "", Errors::default()).await?)
}

/// `POST /o/{slug}/groups`: name.
pub(crate) async fn add(visit: Visit, sent: Sent) -> Answer {
    match groups::add(&visit.app, &visit.ctx, visit.org(), sent.one("name")).await {
        Ok(id) => Ok(see_other_done(&visit.href(&format!("/groups/{id}")), "group-added")),
        Err(AppError::Refused(problems)) => {
            page_again(&all(&visit, sent.one("name"), Errors::from(&problems)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

async fn form(
    visit: &Visit,
    id: GroupId,
    sent: Option<&Sent>,
    errors: Errors,
) -> Result<GroupPage, AppError> {
    let found = groups::show(&visit.app, &visit.ctx, id).await?;
    let chosen = sent.map(|sent| sent.all("members"));
    let members = found.members.into_iter().map(|(view, is_on)| {
        let value = view.member.to_string();
        let checked = chosen.as_ref().map_or(is_on, |chosen| chosen.contains(&value));
        Choice { value, label: view.business.name, note: String::new(), checked }
    });
    let here = visit.href(&format!("/groups/{id}"));
    Ok(GroupPage {
        shell: visit.shell(Nav::News),
        errors,
        crumbs: crumbs(visit, true),
        name: sent.map_or_else(|| found.name.clone(), |sent| sent.one("name").to_owned()),
        title: found.name,
        members: members.collect(),
        end: format!("{here}/end"),
        action: here,
        cancel: visit.href("/groups"),
    })
}

/// `GET /o/{slug}/groups/{id}`
pub(crate) async fn show(visit: Visit, Id(id): Id<GroupId>) -> Answer {
    page(&form(&visit, id, None, Errors::default()).await?)
}

/// `POST /o/{slug}/groups/{id}`: name, members.
pub(crate) async fn edit(visit: Visit, Id(id): Id<GroupId>, sent: Sent) -> Answer {
    let members = sent.all("members").iter().filter_map(|id| id.parse().ok()).collect::<Vec<MemberId>>();
    match groups::edit(&visit.app, &visit.ctx, id, sent.one("name"), &members).await {
        Ok(()) => Ok(see_other_done(&visit.href("/groups"), "group-kept")),
        Err(AppError::Refused(problems)) => {
            page_again(&form(&visit, id, Some(&sent), Errors::from(&problems)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /o/{slug}/groups/{id}/end`
pub(crate) async fn ask_end(visit: Visit, Id(id): Id<GroupId>) -> Answer {
    let found = groups::show(&visit.app, &visit.ctx, id).await?;
    let here = visit.href(&format!("/groups/{id}"));
    let mut way = crumbs(&visit, true);
    way.push(Crumb { label: found.name.clone(), href: here.clone() });
    let text = "The list is deleted; its members stay members. What was published for this list alone concerns nobody any more, and is shown to nobody but you.";
    page(&Confirm {
        shell: visit.shell(Nav::News),
        crumbs: way,
        here: "End".into(),
        title: format!("End the list {}?", found.name),
        text: vec![vec![Piece::text(text)]],
        action: format!("{here}/end"),
        button: "End it".into(),
        cancel: here,
        ..Confirm::default()
    })
}

/// `POST /o/{slug}/groups/{id}/end`
pub(crate) async fn end(visit: Visit, Id(id): Id<GroupId>) -> Answer {
    groups::end(&visit.app, &visit.ctx, id).await?;
    Ok(see_other_done(&visit.href("/groups"), "group-ended"))
}

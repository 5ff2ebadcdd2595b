//! Members from a file: looked at first, taken whole or not at all, invited in one step, undone (MEM-1).
use crate::{
    forms::Sent,
    pages::{confirm::Confirm, qr},
    respond::{Answer, page, page_again, see_other_done},
    shell::Nav,
    view::{Crumb, Errors, Piece, Row, Shell},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use fairwatch_app::{
    AppError,
    accounts::invitation_address,
    importing::{self, How, Import, Preview},
};
use fairwatch_core::{ids::ImportId, importing::KEPT_DAYS};

/// `import.html`
#[derive(Template, Debug)]
#[template(path = "import.html")]
struct Page {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    action: String,
    days: i64,
    lately: Vec<Taken>,
}

#[derive(Debug)]
struct Taken {
    when: String,
    what: String,
    waits: Vec<String>,
    /// Where those with an address are invited by mail.
    mail: Option<String>,
    /// Where the next pages are printed.
    print: Option<String>,
    /// Where those that were printed last are printed once more.
    again: Option<String>,
    undo: Option<String>,
}

fn crumbs(visit: &Visit) -> Vec<Crumb> {
    vec![Crumb { label: "Members".into(), href: visit.href("/members") }]
}

fn taken(visit: &Visit, one: &Import) -> Taken {
    let at = |deed: &str| visit.href(&format!("/members/import/{}/{deed}", one.id));
    let sends = visit.app.sends_mail();
    let (to_mail, to_print) =
        if sends { (one.to_mail, one.to_print) } else { (0, one.to_mail + one.to_print) };
    let mut waits = Vec::new();
    if to_mail + to_print == 0 && one.users > 0 {
        waits.push("Everybody is invited.".to_owned());
    } else if one.users > 0 {
        waits.push(format!(
            "{} not invited yet. Who is not invited by {} is forgotten.",
            words::count(to_mail + to_print, "person", "people"),
            words::date(one.goes_on)
        ));
    }
    Taken {
        when: words::date_time(one.taken_at),
        what: format!(
            "{}, {}",
            words::count(one.members, "new business", "new businesses"),
            words::count(one.users, "user", "users")
        ),
        waits,
        mail: (to_mail > 0).then(|| at("invite")),
        print: (to_print > 0).then(|| at("print")),
        again: (one.printed > 0).then(|| at("print-again")),
        undo: one.untouched.then(|| at("undo")),
    }
}

async fn build(visit: &Visit, errors: Errors) -> Result<Page, AppError> {
    let all = importing::list(&visit.app, &visit.ctx, visit.org()).await?;
    Ok(Page {
        shell: visit.shell(Nav::Members),
        errors,
        crumbs: crumbs(visit),
        action: visit.href("/members/import"),
        days: KEPT_DAYS,
        lately: all.iter().map(|one| taken(visit, one)).collect(),
    })
}

/// `GET /o/{slug}/members/import`
pub(crate) async fn show(visit: Visit) -> Answer {
    page(&build(&visit, Errors::default()).await?)
}

/// `import_preview.html`
#[derive(Template, Debug)]
#[template(path = "import_preview.html")]
struct Previewed {
    shell: Shell,
    crumbs: Vec<Crumb>,
    good: bool,
    faults: Vec<Row>,
    more_faults: usize,
    summary: Vec<Row>,
    sample: Vec<Shown>,
    more: usize,
    rows: String,
    action: String,
    back: String,
}

#[derive(Debug)]
struct Shown {
    business: String,
    place: String,
    is_new: bool,
    users: Vec<String>,
}

/// So many businesses of a file are shown before it is taken.
const SAMPLE: usize = 25;
/// So many faults.
const FAULTS: usize = 50;

fn previewed(visit: &Visit, preview: Preview) -> Previewed {
    let Preview { plan, rows } = preview;
    let mut summary = vec![
        Row::new("New businesses", plan.new_members().to_string()),
        Row::new("Businesses that are members already", plan.known_members.to_string()),
        Row::new("New users", plan.new_users().to_string()),
        Row::new("Users who are here already, and are passed over", plan.known_users.to_string()),
    ];
    if !plan.ignored.is_empty() {
        summary.push(Row::new("Columns of which nothing is kept", plan.ignored.join(", ")));
    }
    let sample = plan.members.iter().take(SAMPLE).map(|one| Shown {
        business: one.business.name.clone(),
        place: [&one.business.trade, &one.business.premises, &one.business.area]
            .into_iter()
            .filter(|text| !text.is_empty())
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" · "),
        is_new: one.known.is_none(),
        users: one
            .users
            .iter()
            .map(|(user, manages)| {
                let login = user.email.as_ref().or(user.user_name.as_ref());
                let manages = if *manages { ", manager" } else { "" };
                format!("{} ({}){manages}", user.name, login.map_or("", String::as_str))
            })
            .collect(),
    });
    Previewed {
        shell: visit.shell(Nav::Members),
        crumbs: crumbs(visit),
        good: plan.is_good(),
        faults: plan
            .faults
            .iter()
            .take(FAULTS)
            .map(|fault| Row::new(format!("Line {}", fault.line), fault.sentence.clone()))
            .collect(),
        more_faults: plan.faults.len().saturating_sub(FAULTS),
        summary,
        sample: sample.collect(),
        more: plan.members.len().saturating_sub(SAMPLE),
        rows: if plan.is_good() { rows } else { String::new() },
        action: visit.href("/members/import/take"),
        back: visit.href("/members/import"),
    }
}

/// `POST /o/{slug}/members/import`: file. Nothing of it is kept: the page that answers carries it.
pub(crate) async fn preview(visit: Visit, sent: Sent) -> Answer {
    let done = match sent.files.into_iter().next() {
        Some(file) => importing::preview(&visit.app, &visit.ctx, visit.org(), file.bytes).await,
        None => Err(AppError::in_field("file", "Choose a file: CSV, or a workbook of Excel (.xlsx).")),
    };
    match done {
        Ok(found) => page(&previewed(&visit, found)),
        Err(AppError::Refused(problems)) => page_again(&build(&visit, Errors::from(&problems)).await?),
        Err(error) => Err(error.into()),
    }
}

/// `POST /o/{slug}/members/import/take`: rows.
pub(crate) async fn take(visit: Visit, sent: Sent) -> Answer {
    match importing::take(&visit.app, &visit.ctx, visit.org(), sent.one("rows")).await {
        Ok(_) => Ok(see_other_done(&visit.href("/members/import"), "imported")),
        Err(AppError::Refused(problems)) => page_again(&build(&visit, Errors::from(&problems)).await?),
        Err(error) => Err(error.into()),
    }
}

/// `POST /o/{slug}/members/import/{id}/invite`: everybody of it who has an e-mail address.
pub(crate) async fn invite(visit: Visit, Id(id): Id<ImportId>) -> Answer {
    importing::invite(&visit.app, &visit.ctx, id, How::Mail).await?;
    Ok(see_other_done(&visit.href("/members/import"), "imported-mailed"))
}

/// `printed_invitations.html`
#[derive(Template, Debug)]
#[template(path = "printed_invitations.html")]
struct Printed {
    shell: Shell,
    scheme: String,
    pages: Vec<PrintedPage>,
    back: String,
}

#[derive(Debug)]
struct PrintedPage {
    name: String,
    business: String,
    login: String,
    address: String,
    drawing: qr::Drawing,
}

/// `POST /o/{slug}/members/import/{id}/print`: the next pages; each is shown once and kept nowhere.
pub(crate) async fn print(visit: Visit, Id(id): Id<ImportId>) -> Answer {
    printed(visit, id, How::Print).await
}

/// `POST /o/{slug}/members/import/{id}/print-again`: what was printed last, with new links.
pub(crate) async fn print_again(visit: Visit, Id(id): Id<ImportId>) -> Answer {
    printed(visit, id, How::Again).await
}

async fn printed(visit: Visit, id: ImportId, how: How) -> Answer {
    let invited = importing::invite(&visit.app, &visit.ctx, id, how).await?;
    let mut pages = Vec::with_capacity(invited.printed.len());
    for one in invited.printed {
        let address = invitation_address(visit.web.base(), &one.link);
        pages.push(PrintedPage {
            drawing: qr::draw(&address, "The address of the invitation, for a telephone to scan")?,
            login: one.told.email.or(one.told.user_name).unwrap_or_default(),
            name: one.told.name,
            business: one.business,
            address,
        });
    }
    page(&Printed {
        shell: visit.shell(Nav::Members),
        scheme: visit.scope.policy.scheme.name.to_string(),
        pages,
        back: visit.href("/members/import"),
    })
}

/// `GET /o/{slug}/members/import/{id}/undo`
pub(crate) async fn ask_undo(visit: Visit, Id(id): Id<ImportId>) -> Answer {
    let all = importing::list(&visit.app, &visit.ctx, visit.org()).await?;
    let one = all.into_iter().find(|one| one.id == id && one.untouched).ok_or(AppError::Hidden)?;
    let mut crumbs = crumbs(&visit);
    crumbs.push(Crumb { label: "From a file".into(), href: visit.href("/members/import") });
    let text = format!(
        "{} and {} that it brought are deleted for good. Nobody of them has been invited.",
        words::count(one.members, "business", "businesses"),
        words::count(one.users, "user", "users")
    );
    page(&Confirm {
        shell: visit.shell(Nav::Members),
        crumbs,
        here: "Take back".into(),
        title: "Take this file back".into(),
        text: vec![vec![Piece::text(text)]],
        danger: true,
        action: visit.href(&format!("/members/import/{id}/undo")),
        button: "Take it back".into(),
        cancel: visit.href("/members/import"),
        ..Confirm::default()
    })
}

/// `POST /o/{slug}/members/import/{id}/undo`
pub(crate) async fn undo(visit: Visit, Id(id): Id<ImportId>) -> Answer {
    importing::undo(&visit.app, &visit.ctx, id).await?;
    Ok(see_other_done(&visit.href("/members/import"), "import-undone"))
}

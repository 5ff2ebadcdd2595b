//! A business leaves: it says so, or the scheme writes it down; the board ends it, and confirms what was deleted (MEM-6).
use crate::{
    respond::{Answer, page, see_other, see_other_done},
    shell::Nav,
    view::{Crumb, Row, Shell},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use fairwatch_app::{AppError, leaving};
use fairwatch_core::{gate::Role, ids::MemberId, leaving::EndMember};

/// `leaving.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "leaving.html")]
struct Leaving {
    shell: Shell,
    crumbs: Vec<Crumb>,
    name: String,
    /// What is to be known of how it stands, in sentences.
    text: Vec<String>,
    effects: Vec<String>,
    /// The button that says or confirms it.
    say: Option<String>,
    say_action: String,
    take_back: Option<String>,
    end: Option<String>,
}

fn crumbs(visit: &Visit) -> Vec<Crumb> {
    if visit.role() == Role::MemberUser {
        return Vec::new();
    }
    vec![Crumb { label: "Members".into(), href: visit.href("/members") }]
}

/// `GET /o/{slug}/leave`: to the page about one's own business.
pub(crate) async fn own(visit: Visit) -> Answer {
    let own = visit.session.memberships.iter().filter(|one| one.scope.slug == visit.scope.slug);
    let member = own.filter_map(|one| one.member).next().ok_or(AppError::Hidden)?;
    Ok(see_other(&visit.href(&format!("/businesses/{member}/leaving"))))
}

/// `GET /o/{slug}/businesses/{id}/leaving`
pub(crate) async fn show(visit: Visit, Id(id): Id<MemberId>) -> Answer {
    let standing = leaving::show(&visit.app, &visit.ctx, id).await?;
    let here = visit.href(&format!("/businesses/{id}/leaving"));
    let is_member = visit.role() == Role::MemberUser;
    let business = &standing.business.name;
    let today = visit.scope.today;
    let mut text = Vec::new();
    let (mut say, mut end) = (None, None);
    match standing.leaving {
        None if is_member => {
            text.push(
                "Here you say that your business leaves the scheme. The board then ends it.".to_owned(),
            );
            say = Some("We leave the scheme".to_owned());
        }
        None => {
            text.push(match standing.has_manager {
                true => format!(
                    "If {business} has told you that it leaves, write that down here. Its managers are asked to confirm it."
                ),
                false => format!("If {business} has told you that it leaves, write that down here."),
            });
            say = Some("It leaves the scheme".to_owned());
        }
        Some(leaving) => {
            text.push(format!(
                "The scheme learned on {} that {business} leaves.",
                words::date(leaving.asked_on)
            ));
            text.push(match leaving.confirmed_on {
                Some(on) => format!("Its manager confirmed it on {}.", words::date(on)),
                None if leaving.can_end(today) => {
                    "Nobody of it has confirmed that in time, so the board does.".into()
                }
                None => format!(
                    "Nobody of it has confirmed that yet. From {} on the board need not wait for it.",
                    words::date(leaving.board_from)
                ),
            });
            if is_member && leaving.confirmed_on.is_none() {
                say = Some("Yes, we leave".to_owned());
            }
            if leaving.can_end(today) && visit.may::<EndMember>() {
                end = Some(format!("{here}/end"));
            } else if leaving.can_end(today) {
                text.push("The board ends it.".into());
            }
        }
    }
    page(&Leaving {
        shell: visit.shell(if is_member { Nav::Elsewhere } else { Nav::Members }),
        crumbs: crumbs(&visit),
        name: business.clone(),
        text,
        effects: effects(&standing.extent, standing.extent.addresses),
        say,
        say_action: here.clone(),
        take_back: standing.leaving.map(|_| format!("{here}/take-back")),
        end,
    })
}

fn effects(extent: &leaving::Extent, addresses: usize) -> Vec<String> {
    vec![
        format!(
            "{} can sign in here no more, at once and on every device",
            words::count(extent.users, "person", "people")
        ),
        "What is held about the business and its people is deleted for good, and whoever has no other role loses their account".into(),
        match addresses {
            0 => format!(
                "{} stay as long as the people in them are held, without the name of the business or of anybody of it as their sender; where they happened stays, since it is a fact of the incident",
                words::count(extent.reports, "report", "reports")
            ),
            n => format!(
                "{} stay as long as the people in them are held, without the name of the business or of anybody of it as their sender; where they happened stays, since it is a fact of the incident; {n} of them with the e-mail address of whoever sent it, since a report may be needed as evidence",
                words::count(extent.reports, "report", "reports")
            ),
        },
    ]
}

/// `POST /o/{slug}/businesses/{id}/leaving`
pub(crate) async fn say(visit: Visit, Id(id): Id<MemberId>) -> Answer {
    leaving::say(&visit.app, &visit.ctx, id).await?;
    Ok(see_other_done(&visit.href(&format!("/businesses/{id}/leaving")), "leaving"))
}

/// `POST /o/{slug}/businesses/{id}/leaving/take-back`
pub(crate) async fn take_back(visit: Visit, Id(id): Id<MemberId>) -> Answer {
    leaving::take_back(&visit.app, &visit.ctx, id).await?;
    Ok(see_other_done(&visit.href(&format!("/businesses/{id}/leaving")), "stays"))
}

/// `left.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "left.html")]
struct Left {
    shell: Shell,
    scheme: String,
    name: String,
    facts: Vec<Row>,
    members: String,
}

/// `POST /o/{slug}/businesses/{id}/leaving/end`: the confirmation of what was deleted, to be printed. It is shown once.
pub(crate) async fn end(visit: Visit, Id(id): Id<MemberId>) -> Answer {
    let left = leaving::end(&visit.app, &visit.ctx, id).await?;
    visit.web.forget_everybody();
    let row = |key: &str, value: String| Row { key: key.to_owned(), value };
    let extent = left.extent;
    page(&Left {
        shell: visit.shell(Nav::Members),
        scheme: visit.scope.policy.scheme.name.to_string(),
        name: left.business.name.clone(),
        facts: vec![
            row("Business", left.business.name),
            row("Premises", left.business.premises),
            row("Deleted on", words::date_time(visit.ctx.now())),
            row("Confirmed by", visit.who.name.clone()),
            row("Users whose data was deleted", extent.users.to_string()),
            row(
                "Reports that stay without their sender’s name, with the place of the incident",
                extent.reports.to_string(),
            ),
            row("Of these, with the sender’s e-mail address", extent.addresses.to_string()),
        ],
        members: visit.href("/members"),
    })
}

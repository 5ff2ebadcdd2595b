//! The head and foot of pages: the navigation shows what a role can do, and nothing else.
use crate::{
    access::{role_may, roles_in},
    respond::{self, PageError},
    view::{Flash, Link, Membership, NavItem, Shell, User},
    visit::{Guest, Own, Visit},
    web::Who,
};
use fairwatch_app::{incidents::reporting::Unseen, pictures::viewer_code};
use fairwatch_core::{
    accounts::{ListColleagues, ListMembers},
    accreditation::ShowAccreditation,
    audit::ListAudit,
    breaches::ListBreaches,
    certifications::ListCertifications,
    duties::ShowDuties,
    evidence::ListEvidence,
    exclusions::{
        ListCases,
        appeals::{ListAppeals, hearers},
        deciders,
    },
    finding::FindAnyone,
    gate::{Action as _, Role},
    governing::ListDocuments,
    incidents::{ListOwnReports, News, ReviewQueue, SubmitReport},
    letters::ListOutstanding,
    news::ListNews,
    old_data::ShowOldData,
    oversight::ShowOversight,
    policies::ListChanges,
    policy::Policy,
    registers::ListRegisters,
    requests::CountRequests,
    subjects::{Gallery, ListSubjects, PlanSweep, ShowSweeps, viewer},
    today::ShowToday,
};

mod groups;

/// A place in the navigation, in the order in which it stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Nav {
    /// What needs one today.
    Today,
    /// Reports that wait.
    Review,
    /// Everybody that is held.
    People,
    /// People who circulate.
    Gallery,
    /// The report form.
    Report,
    /// One's own reports.
    MyReports,
    /// Businesses and users.
    Members,
    /// What is due.
    Sweep,
    /// Changing what the scheme does.
    Policy,
    /// What the office does, for the board.
    Oversight,
    /// The chain.
    Audit,
    /// Letters that are to be made and served.
    Letters,
    /// Proposals to exclude somebody, and who is excluded.
    Cases,
    /// Evidence, for those who see no records.
    Evidence,
    /// Appeals, for those who hear them.
    Appeals,
    /// What the scheme tells its members.
    News,
    /// The calendar of duties.
    Duties,
    /// Documents, registers and their reviews.
    Registers,
    /// The yearly audit of what is old.
    OldData,
    /// What an assessor reads.
    Accreditation,
    /// What people ask about their data.
    Requests,
    /// The register of breaches.
    Breaches,
    /// The business that one manages.
    Colleagues,
    /// How the installation is.
    System,
    /// A page that stands nowhere in the navigation.
    Elsewhere,
}

impl Nav {
    fn label(self) -> &'static str {
        match self {
            Self::Today => "Today",
            Self::Review => "Review queue",
            Self::People => "People",
            Self::Gallery => "Gallery",
            Self::Report => "Report an incident",
            Self::MyReports => "My reports",
            Self::Members => "Members",
            Self::Sweep => "Sweep",
            Self::Policy => "Policy",
            Self::Oversight => "Oversight",
            Self::Audit => "Audit",
            Self::Letters => "Letters",
            Self::Cases => "Exclusions",
            Self::Evidence => "Evidence",
            Self::Appeals => "Appeals",
            Self::News => "News",
            Self::Duties => "Duties",
            Self::Registers => "Registers",
            Self::OldData => "Old data",
            Self::Accreditation => "Accreditation",
            Self::Requests => "Requests",
            Self::Breaches => "Breaches",
            Self::Colleagues => "Your business",
            Self::System => "System",
            Self::Elsewhere => "",
        }
    }

    /// The path below `/o/{slug}`.
    pub(crate) fn path(self) -> &'static str {
        match self {
            Self::Today => "/today",
            Self::Review => "/review",
            Self::People => "/people",
            Self::Gallery => "/gallery",
            Self::Report => "/report",
            Self::MyReports => "/reports",
            Self::Members => "/members",
            Self::Sweep => "/sweep",
            Self::Policy => "/policy/changes",
            Self::Oversight => "/oversight",
            Self::Audit => "/audit",
            Self::Letters => "/letters",
            Self::Cases => "/cases",
            Self::Evidence => "/evidence",
            Self::Appeals => "/appeals",
            Self::News => "/news",
            Self::Duties => "/duties",
            Self::Registers => "/documents",
            Self::OldData => "/old-data",
            Self::Accreditation => "/accreditation",
            Self::Requests => "/requests",
            Self::Breaches => "/breaches",
            Self::Colleagues => "/colleagues",
            Self::System => "/system",
            Self::Elsewhere => "",
        }
    }

    /// The action without which the place shows nothing.
    fn action(self) -> &'static str {
        match self {
            Self::Today => ShowToday::NAME,
            Self::Review => ReviewQueue::NAME,
            Self::People => ListSubjects::NAME,
            Self::Gallery => Gallery::NAME,
            Self::Report => SubmitReport::NAME,
            Self::MyReports => ListOwnReports::NAME,
            Self::Members => ListMembers::NAME,
            Self::Sweep => PlanSweep::NAME,
            Self::Policy => ListChanges::NAME,
            Self::Oversight => ShowOversight::NAME,
            Self::Audit => ListAudit::NAME,
            Self::Letters => ListOutstanding::NAME,
            Self::Cases => ListCases::NAME,
            Self::Evidence => ListEvidence::NAME,
            Self::Appeals => ListAppeals::NAME,
            Self::News => ListNews::NAME,
            Self::Duties => ShowDuties::NAME,
            Self::Registers => ListDocuments::NAME,
            Self::OldData => ShowOldData::NAME,
            Self::Accreditation => ShowAccreditation::NAME,
            Self::Requests => CountRequests::NAME,
            Self::Breaches => ListBreaches::NAME,
            Self::Colleagues => ListColleagues::NAME,
            Self::System => ShowSweeps::NAME,
            Self::Elsewhere => "",
        }
    }
}

/// What a role has in its navigation; the first is where it starts.
fn places(role: Role) -> &'static [Nav] {
    use Nav::{
        Accreditation, Appeals, Audit, Breaches, Cases, Colleagues, Duties, Evidence, Gallery, Letters,
        Members, MyReports, News, OldData, Oversight, People, Policy as Rules, Registers, Report, Requests,
        Review, Sweep, System, Today,
    };
    match role {
        Role::MemberUser => &[Today, Gallery, News, Report, MyReports, Colleagues],
        Role::Staff => &[Today, Gallery, People, Letters, Duties, Report, MyReports, News, Members, Cases],
        Role::Controller => &[
            Today,
            Review,
            Duties,
            People,
            Gallery,
            Cases,
            Letters,
            Report,
            Requests,
            Breaches,
            Members,
            News,
            Registers,
            Rules,
            Accreditation,
            OldData,
            Sweep,
            Audit,
        ],
        Role::Board => &[
            Today,
            Cases,
            Appeals,
            Duties,
            News,
            Requests,
            Breaches,
            Oversight,
            Audit,
            Rules,
            Registers,
            Accreditation,
            OldData,
            Sweep,
            Members,
            Evidence,
        ],
        Role::Police | Role::Aic => &[Today, Gallery],
        Role::Auditor => &[Today, Accreditation, OldData, Audit],
        Role::Operator => &[System],
    }
}

/// Whether a place is there for a role in a scheme: the police have a gallery, and the board proposals, where the policy
/// names them (VIS-5, EXC-2).
fn open(nav: Nav, role: Role, policy: &Policy) -> bool {
    let named = match viewer(role) {
        // Those decide whom the policy names; the controller proposes.
        Some(_) if nav == Nav::Cases => role == Role::Controller || deciders(policy).contains(&role),
        Some(_) if nav == Nav::Appeals => hearers(policy).contains(&role),
        Some(viewer) if matches!(nav, Nav::Gallery | Nav::Today) && viewer.is_outside() => {
            policy.recipient(viewer).is_some()
        }
        _ => true,
    };
    named && role_may(role, nav.action())
}

/// Where somebody with these roles starts: a path below `/o/{slug}`. Who looks people up at a till or on the street
/// begins with their pictures, unless something needs them today.
pub(crate) fn home(visit: &Visit, is_needed: bool) -> String {
    let roles = roles_in(&visit.session, &visit.scope.slug);
    let first = roles.iter().find_map(|membership| {
        let looks = !is_needed && looks_first(membership.role);
        let mut all = places(membership.role).iter().filter(|nav| !looks || **nav != Nav::Today);
        all.find(|nav| open(**nav, membership.role, &visit.scope.policy))
    });
    // Whoever has nothing to see here can read what is kept and who sees it.
    visit.href(first.map_or("/policy", |nav| nav.path()))
}

/// Whether one of the user's roles has this place in its navigation: whether to offer a link to it.
pub(crate) fn leads(visit: &Visit, path: &str) -> bool {
    let roles = roles_in(&visit.session, &visit.scope.slug);
    roles.iter().any(|membership| {
        let mut all = places(membership.role).iter();
        let is_there = all.any(|nav| nav.path() == path && open(*nav, membership.role, &visit.scope.policy));
        // Registers and certifications stand behind the place of the documents.
        let beside = match path {
            "/registers" => role_may(membership.role, ListRegisters::NAME),
            "/certified" => role_may(membership.role, ListCertifications::NAME),
            _ => false,
        };
        is_there || beside
    })
}

/// Whether a role is there to look people up.
pub(crate) fn looks_first(role: Role) -> bool {
    matches!(role, Role::MemberUser | Role::Staff | Role::Police | Role::Aic)
}

/// A page that says nothing of who asks.
pub(crate) fn bare() -> Shell {
    Shell { assets: respond::assets(), home: "/".into(), ..Shell::default() }
}

fn flash(done: Option<&'static str>) -> Option<Flash> {
    done.map(|text| Flash { kind: String::new(), text: text.to_owned() })
}

pub(crate) fn of_guest(guest: &Guest) -> Shell {
    let bar = guest.web.demo().map(|demo| demo.bar(None, guest.ctx.today()));
    Shell { demo: bar, flash: flash(guest.done), footer: notices("/notices"), ..bare() }
}

/// The head and foot of a scheme's public page: with the navigation around it for whoever works there.
pub(crate) async fn of_place(guest: &Guest, slug: &str, policy: &Policy) -> Result<Shell, PageError> {
    if let Some(session) = guest.session().await?
        && let Some(membership) = roles_in(&session, slug).first().map(|found| (*found).clone())
    {
        let (app, ctx) = (guest.web.app(), guest.ctx.clone());
        return Ok(Visit::new(guest.clone(), app, ctx, session, membership).await.shell(Nav::Elsewhere));
    }
    Ok(Shell {
        scheme_name: Some(policy.scheme.name.to_string()),
        base: format!("/o/{slug}"),
        footer: footer(slug),
        ..guest.shell()
    })
}

fn notices(href: &str) -> Vec<Link> {
    vec![Link { label: "Privacy notices".into(), href: href.to_owned() }]
}

fn memberships(who: &Who, current: &str, notes: &dyn Fn(&str) -> String) -> Vec<Membership> {
    who.places
        .iter()
        .map(|(slug, name)| Membership {
            label: name.clone(),
            note: notes(slug),
            href: format!("/o/{slug}"),
            current: slug == current,
        })
        .collect()
}

pub(crate) fn of_own(own: &Own) -> Shell {
    let notes = |slug: &str| labels(&roles_in(&own.session, slug).iter().map(|m| m.role).collect::<Vec<_>>());
    let home = match &*own.who.places {
        [(slug, _)] => format!("/o/{slug}"),
        _ => "/choose".to_owned(),
    };
    Shell {
        home: home.clone(),
        nav: vec![NavItem { label: "Back to work".into(), href: home, ..NavItem::default() }],
        user: Some(User {
            name: own.who.name.clone(),
            role_label: own.who.places.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", "),
            account: "/account".into(),
            sign_out: "/sign-out".into(),
        }),
        memberships: memberships(&own.who, "", &notes),
        locks: own.session.shared,
        demo: own.web.demo().map(|demo| demo.bar(Some(own.session.account), own.ctx.today())),
        flash: flash(own.done),
        footer: notices("/notices"),
        ..bare()
    }
}

pub(crate) fn of_visit(visit: &Visit, here: Nav) -> Shell {
    let slug = &visit.scope.slug;
    let policy = &visit.scope.policy;
    let roles: Vec<Role> = roles_in(&visit.session, slug).iter().map(|membership| membership.role).collect();
    let mut navs: Vec<Nav> = Vec::new();
    for role in &roles {
        let more = places(*role)
            .iter()
            .filter(|nav| open(**nav, *role, policy))
            .filter(|nav| **nav != Nav::Colleagues || manages(visit));
        more.for_each(|nav| {
            if !navs.contains(nav) {
                navs.push(*nav);
            }
        });
    }
    let (nav, near, near_label) = groups::rows(&navs, here, |nav| visit.href(nav.path()));
    let finds =
        roles.iter().any(|role| role_may(*role, FindAnyone::NAME) && open(Nav::Gallery, *role, policy));
    let notes =
        |slug: &str| labels(&roles_in(&visit.session, slug).iter().map(|m| m.role).collect::<Vec<_>>());
    let unseen = u64::try_from(visit.news.len()).unwrap_or(0);
    Shell {
        scheme_name: Some(policy.scheme.name.to_string()),
        news: news(visit),
        home: visit.href(""),
        base: visit.href(""),
        search: finds.then(|| visit.href("/find")),
        veil: (here == Nav::Gallery && visit.role() != Role::Controller).then(|| veil(visit)),
        nav,
        near,
        near_label,
        user: Some(User {
            name: visit.who.name.clone(),
            role_label: labels(&roles),
            account: "/account".into(),
            sign_out: "/sign-out".into(),
        }),
        memberships: memberships(&visit.who, slug, &notes),
        locks: visit.session.shared,
        demo: visit.web.demo().map(|demo| demo.bar(Some(visit.session.account), visit.scope.today)),
        flash: flash(visit.done),
        footer: footer(slug),
        ..bare()
    }
    .counted(Nav::MyReports, unseen)
}

/// Whether somebody manages their business, and asks at a device of their own (INC-10).
fn manages(visit: &Visit) -> bool {
    let roles = roles_in(&visit.session, &visit.scope.slug);
    visit.session.device.is_none() && roles.iter().any(|membership| membership.manages)
}

/// At most so many reports are told of above a page.
const MOST_NEWS: usize = 3;

/// What became of one's reports, until one has looked.
fn news(visit: &Visit) -> Vec<Link> {
    let line = |unseen: &Unseen| {
        let reference = visit.scope.reference(unseen.number);
        let Some(report) = unseen.report else {
            let label = match unseen.news {
                News::Approved => format!("The controller took over the name that you sent for {reference}"),
                _ => format!("The controller did not take over the name for {reference} and says why"),
            };
            return Link { label, href: visit.href(Nav::MyReports.path()) };
        };
        Link {
            label: match unseen.news {
                News::Approved => format!("The controller approved your report {reference}"),
                News::Rejected => format!("The controller rejected your report {reference} and says why"),
                News::Removed => format!("Your report {reference} was taken away again"),
                News::Named => format!("Somebody in your report {reference} has a name now"),
            },
            href: visit.href(&format!("/reports/{report}")),
        }
    };
    let mut lines = visit.news.iter().take(MOST_NEWS).map(line).collect::<Vec<_>>();
    let more = visit.news.len().saturating_sub(MOST_NEWS);
    if more > 0 {
        let label = format!("and {} under My reports", crate::words::count(more, "other", "others"));
        lines.push(Link { label, href: visit.href(Nav::MyReports.path()) });
    }
    lines
}

/// What stands at the foot of a scheme's pages.
pub(crate) fn footer(slug: &str) -> Vec<Link> {
    let mut links = notices(&format!("/o/{slug}/notices"));
    links.push(Link { label: "What we keep, and for how long".into(), href: format!("/o/{slug}/policy") });
    links.push(Link { label: "Your data: ask, object, complain".into(), href: format!("/o/{slug}/rights") });
    links.push(Link { label: "Have you had a letter from us?".into(), href: format!("/o/{slug}/letter") });
    links
}

/// Several roles in words.
pub(crate) fn labels(roles: &[Role]) -> String {
    roles.iter().map(|role| role.label()).collect::<Vec<_>>().join(", ")
}

/// The address of the faint mark of whoever asks; another user of the same browser has another.
pub(crate) fn veil(visit: &Visit) -> String {
    visit.href(&format!("/veil.svg?v={}", viewer_code(&visit.app, visit.org(), visit.session.account)))
}

impl Shell {
    /// Puts a number beside a place in the navigation, such as that of the reports that wait, and beside its group.
    pub(crate) fn counted(mut self, nav: Nav, count: u64) -> Self {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        for item in
            self.nav.iter_mut().chain(&mut self.near).filter(|item| item.stands.contains(&nav.label()))
        {
            let all = item.count.unwrap_or(0).saturating_add(count);
            item.count = Some(all).filter(|count| *count > 0);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_3_nobody_is_offered_what_their_role_may_not_do() {
        for role in Role::ALL {
            assert!(!places(role).is_empty(), "{role}");
            for nav in places(role) {
                assert!(role_may(role, nav.action()), "{role} is offered {}", nav.label());
            }
        }
    }
}

//! Every route as every role, as nobody, and as somebody of another scheme (SEC-3, VIS-7).
use crate::house::{House, Records, Reply};
use axum::http::StatusCode;
use fairwatch_app::accounts;
use fairwatch_core::{
    actions,
    gate::Role,
    ids::{
        AppealId, ApplicationId, AssociationId, AttemptId, BreachId, DeviceId, DocumentId, EnquiryId,
        EntryId, ExportId, FieldId, GroupId, ImportId, LetterId, MeetingId, MemberId, MembershipId,
        OldAuditId, PolicyChangeId, PostId, ProposalId, RequestAboutDataId, TipId,
    },
};
use fairwatch_testkit::engines::Person;
use fairwatch_web::listed;

struct Walker {
    house: House,
    people: Vec<Person>,
    other: Person,
    records: Records,
    /// Whom the pages about members are about.
    about: Person,
    /// A name that was sent for somebody.
    tip: TipId,
    /// That somebody acts with the person of the records.
    link: AssociationId,
    /// What the pages about invitations are about.
    invited: MembershipId,
    /// A shared device of the member user's business.
    device: DeviceId,
    /// What somebody wrote from outside.
    enquiry: EnquiryId,
    /// A business that is to leave.
    member: MemberId,
    /// One that is suspended.
    suspended: MemberId,
    /// A file of members that was taken.
    import: ImportId,
    /// An export that was asked for.
    export: ExportId,
    /// A business that wants to join.
    application: ApplicationId,
    /// The name of whom the pages about people are about.
    field: FieldId,
    /// That the person of the records was warned.
    case: ProposalId,
    /// That they appeal against it.
    appeal: AppealId,
    /// The letter of that warning.
    letter: LetterId,
    /// That somebody tried to serve it.
    attempt: AttemptId,
    /// A change of the policy that waits for the board.
    change: PolicyChangeId,
    /// A document of the register.
    document: DocumentId,
    /// An entry of a register.
    entry: EntryId,
    /// A yearly audit of old data that was finished.
    audit: OldAuditId,
    /// What somebody asks about their data.
    request: RequestAboutDataId,
    /// A breach of personal data.
    breach: BreachId,
    /// A document that the controller shared with every member, as PDF.
    post: PostId,
    /// A list of members.
    group: GroupId,
    /// A meeting today, with minutes.
    meeting: MeetingId,
    hidden: Reply,
}

impl Walker {
    async fn new() -> Self {
        let house = House::new().await;
        let mut people = Vec::new();
        for role in Role::ALL {
            people.push(house.world.person(&house.north, role).await);
        }
        let other = house.world.person(&house.south, Role::Controller).await;
        let about = house.world.person(&house.north, Role::Board).await;
        let find = |role| people.iter().find(|person| person.role == role).expect("there is one of each");
        let records = house.records(find(Role::Controller), find(Role::MemberUser)).await;
        let tip = house.tip(find(Role::Controller), find(Role::MemberUser)).await;
        let link = house.link(find(Role::Controller), records.subject, tip).await;
        let user = accounts::NewUser {
            name: "Alex Example".into(),
            email: Some("alex@northgate.example".into()),
            role: Some(Role::Staff),
            ..accounts::NewUser::default()
        };
        let controller = &find(Role::Controller).ctx;
        let invited = accounts::invite(&house.app, controller, house.north.org, &user).await;
        let invited = invited.expect("they are invited").membership;
        let device = house.device(find(Role::Controller), find(Role::MemberUser)).await;
        let shown = fairwatch_app::subjects::open(&house.app, controller, records.subject).await;
        let field = shown.expect("the record opens").open.profile.fields.first().expect("it has a name").id;
        let enquiry = house.enquiry(find(Role::Controller)).await;
        let member = house.world.business(&house.north).await;
        let suspended = house.suspended(find(Role::Controller)).await;
        let import = house.import(find(Role::Controller)).await;
        let export = house.export(find(Role::Controller)).await;
        let application = house.application(find(Role::Board)).await;
        let case = house.warning(find(Role::Controller), records.subject).await;
        let appeal = house.appeal(find(Role::Controller), records.subject, case).await;
        let (letter, attempt) = house.letter(find(Role::Controller), records.subject).await;
        let change = house.policy_change(find(Role::Controller), "We are neighbours.").await;
        let (document, entry) = house.papers(find(Role::Controller)).await;
        let audit = house.old_audit(find(Role::Controller)).await;
        let (request, breach) = house.rights(find(Role::Controller)).await;
        let (post, group) = house.told(find(Role::Controller)).await;
        let meeting = house.meeting(find(Role::Controller)).await;
        let hidden = house.get("/nothing/is/here", None).await;
        assert_eq!(hidden.status, StatusCode::NOT_FOUND);
        Self {
            house,
            people,
            other,
            records,
            about,
            tip,
            link,
            invited,
            device,
            enquiry,
            application,
            member,
            suspended,
            import,
            export,
            field,
            case,
            appeal,
            letter,
            attempt,
            change,
            document,
            entry,
            audit,
            request,
            breach,
            post,
            group,
            meeting,
            hidden,
        }
    }

    /// A path of the table with records of one scheme in it.
    fn path(&self, pattern: &str, slug: &str) -> String {
        let records = self.records;
        let id = match pattern {
            p if p.contains("/old-data/") => self.audit.to_string(),
            p if p.contains("/appeals/") => self.appeal.to_string(),
            p if p.contains("/{slug}/letters/") => self.letter.to_string(),
            p if p.contains("/attempts/") => self.attempt.to_string(),
            p if p.contains("/policy/changes/") => self.change.to_string(),
            p if p.contains("/documents/{id}") => self.document.to_string(),
            p if p.contains("/registers/{id}") => self.entry.to_string(),
            p if p.contains("/requests/") => self.request.to_string(),
            p if p.contains("/breaches/") => self.breach.to_string(),
            p if p.contains("/news/{id}") => self.post.to_string(),
            p if p.contains("/meetings/{id}") => self.meeting.to_string(),
            p if p.contains("/groups/{id}") => self.group.to_string(),
            p if p.contains("/cases/") => self.case.to_string(),
            p if p.contains("/people/") || p.contains("/frozen/") => records.subject.to_string(),
            p if p.ends_with("/suspension") || p.ends_with("/businesses/{id}/let-in") => {
                self.suspended.to_string()
            }
            p if p.contains("/members/import/") => self.import.to_string(),
            p if p.contains("/exports/") => self.export.to_string(),
            p if p.contains("/businesses/") => self.member.to_string(),
            p if p.contains("/devices/") => self.device.to_string(),
            p if p.contains("/applications/") => self.application.to_string(),
            p if p.contains("/enquiries/") => self.enquiry.to_string(),
            p if p.contains("/evidence/") => records.evidence.to_string(),
            p if p.contains("/incidents/") => records.incident.to_string(),
            p if p.contains("/names/") => self.tip.to_string(),
            p if p.contains("/review/") => records.waiting.to_string(),
            p if p.contains("/reports/") => records.approved.to_string(),
            p if p.contains("/pictures/") => records.picture.to_string(),
            p if p.ends_with("/new-link") || p.ends_with("/take-back") => self.invited.to_string(),
            p if p.ends_with("/manager") => self.people[0].membership.to_string(),
            p if p.contains("/members/") || p.contains("/account/details/") => {
                self.about.membership.to_string()
            }
            _ => String::new(),
        };
        // Of which effect stands in the query, and the list of nothing is nobody's.
        let path = pattern
            .replace("/changes/{id}/people", "/changes/{id}/people?effect=hidden")
            .replace("/registers/new/{kind}", "/registers/new/person")
            .replace("/news/new/{kind}", "/news/new/event")
            .replace("/reviews/{kind}", "/reviews/users?key=users")
            .replace("{slug}", slug)
            .replace("{id}", &id)
            .replace("{link}", &self.link.to_string())
            .replace("{report}", &records.approved.to_string())
            .replace("{item}", &self.field.to_string())
            .replace("{name}", "reported")
            .replace("{kind}", "notice")
            .replace("{number}", "1")
            .replace("{hash}", "0")
            .replace("{*file}", "app.css")
            .replace("{token}", &"0".repeat(64));
        assert!(!path.contains('{'), "the walk does not know how to fill in {pattern}");
        path
    }

    async fn ask(&self, method: &str, path: &str, who: Option<&Person>) -> Reply {
        let reply = match method {
            "GET" => self.house.get(path, who).await,
            _ => self.house.post(path, who, &[]).await,
        };
        assert!(!reply.status.is_server_error(), "{method} {path}: {} {}", reply.status, reply.text());
        reply
    }

    fn assert_hidden(&self, reply: &Reply, what: &str) {
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{what}");
        assert!(
            reply.seen() == self.hidden.seen(),
            "{what}: the answer tells more than that of no address at all"
        );
    }
}

fn may(role: Role, action: &str) -> bool {
    actions::all().iter().any(|listed| listed.name == action && listed.roles.contains(&role))
}

/// Pages that ask for a reason before anything is looked up, and so are the same for any id.
const ASKS_FIRST: &[&str] = &["/o/{slug}/frozen/{id}", "/o/{slug}/evidence/{id}/release"];

/// Why a role that may ever open a page does not get this one from the walk.
fn not_now(pattern: &str) -> Option<&'static str> {
    match pattern {
        "/o/{slug}/pictures/{id}/small" | "/o/{slug}/evidence/{id}/file" => Some("the walk has no ticket"),
        "/o/{slug}/people/{id}/picked" => Some("this scheme targets nothing"),
        "/o/{slug}/people/{id}/exclusion/vary" | "/o/{slug}/people/{id}/exclusion/lift" => {
            Some("nobody is excluded")
        }
        "/o/{slug}/cases/{id}/withdraw" => Some("a warning is decided as it is made"),
        "/o/{slug}/pictures/{id}/parts" => Some("the walk's picture shows one person"),
        "/o/{slug}/leave" => Some("nobody of the walk speaks for a business"),
        "/o/{slug}/businesses/{id}/leaving" | "/o/{slug}/businesses/{id}/conduct" => {
            Some("of its own people only who speaks for it sees it")
        }
        "/o/{slug}/policy/changes/{id}/edit" => Some("the change is before the board"),
        "/o/{slug}/news/{id}/withdraw" => Some("the board takes back what it wrote itself"),
        "/o/{slug}/report/sent" => Some("the walk has sent nothing"),
        _ => None,
    }
}

/// SEC-3, VIS-7: nobody is sent to sign in, the wrong role and the other scheme get the answer of an address that
/// does not exist, byte for byte, and the right role gets in.
#[tokio::test]
async fn sec_3_every_route_as_every_role() {
    let walk = Walker::new().await;
    let (north, south) = (walk.house.north.slug.clone(), walk.house.south.slug.clone());
    for (method, pattern, access, named) in listed(false) {
        let path = walk.path(pattern, &north);
        let nobody = walk.ask(method, &path, None).await;
        if access.starts_with("public") {
            continue;
        }
        let resumed = method == "POST" && nobody.status == StatusCode::FORBIDDEN;
        assert!(
            resumed
                || (nobody.status == StatusCode::SEE_OTHER
                    && nobody.location().starts_with("/sign-in?next=")),
            "{method} {path} as nobody: {}",
            nobody.status
        );
        if access.starts_with("signed in") {
            continue;
        }
        let reply = walk.ask(method, &path, Some(&walk.other)).await;
        walk.assert_hidden(&reply, &format!("{method} {path} by somebody of another scheme"));
        if pattern.contains("{id}") && !(method == "GET" && ASKS_FIRST.contains(&pattern)) {
            let beside = walk.path(pattern, &south);
            let reply = walk.ask(method, &beside, Some(&walk.other)).await;
            // A form that does not say what to do is refused before anybody looks for the record.
            if reply.status != StatusCode::UNPROCESSABLE_ENTITY {
                walk.assert_hidden(
                    &reply,
                    &format!("{method} {beside}: another scheme's record under one's own slug"),
                );
            }
        }
        for person in &walk.people {
            let (role, Some(first)) = (person.role, named.first()) else { continue };
            if !may(role, first) {
                let reply = walk.ask(method, &path, Some(person)).await;
                walk.assert_hidden(&reply, &format!("{method} {path} as {role}"));
            } else if method == "GET" {
                let reply = walk.ask(method, &path, Some(person)).await;
                let by_policy = matches!(role, Role::Police | Role::Aic)
                    || pattern.contains("/reports/{id}")
                    // Staff decide only where the policy names them.
                    || (role == Role::Staff && pattern.contains("/cases"));
                if not_now(pattern).is_none() && !by_policy {
                    assert_ne!(reply.status, StatusCode::NOT_FOUND, "{method} {path} as {role}");
                }
            }
        }
    }
}

/// SEC-3: a form without anything in it does no harm to the server, whoever may send it.
#[tokio::test]
async fn sec_3_every_form_sent_empty_by_those_who_may() {
    let walk = Walker::new().await;
    let mut last = Vec::new();
    for (method, pattern, access, named) in listed(false) {
        let path = walk.path(pattern, &walk.house.north.slug);
        if method == "GET" || access.starts_with("public") {
            continue;
        }
        if access.starts_with("signed in") {
            // These end sessions, so they come last.
            last.push(path);
            continue;
        }
        for person in
            walk.people.iter().filter(|person| named.first().is_some_and(|first| may(person.role, first)))
        {
            let reply = walk.ask(method, &path, Some(person)).await;
            assert!(!reply.location().starts_with("/sign-in"), "{method} {path} as {}", person.role);
        }
    }
    for path in last {
        for person in &walk.people {
            walk.ask("POST", &path, Some(person)).await;
        }
    }
}

/// VIS-7: what is no id, an id of nothing, and an id of a record that one may not see are one answer.
#[tokio::test]
async fn vis_7_what_is_hidden_is_as_what_does_not_exist() {
    let walk = Walker::new().await;
    let controller = &walk.people[2];
    assert_eq!(controller.role, Role::Controller);
    // An id of nothing.
    let nothing = "01900000-0000-7000-8000-000000000000";
    for (method, pattern, _, _) in listed(false) {
        if method != "GET" || !pattern.contains("{id}") {
            continue;
        }
        let ids = [nothing, "no-id-at-all", "%00", "..%2f.."];
        for id in ids.into_iter().filter(|id| *id != nothing || !ASKS_FIRST.contains(&pattern)) {
            let path = pattern
                .replace("{slug}", "northgate")
                .replace("{id}", id)
                .replace("{kind}", "notice")
                .replace("{report}", nothing)
                .replace("{item}", nothing);
            let reply = walk.ask(method, &path, Some(controller)).await;
            walk.assert_hidden(&reply, &path);
        }
    }
    for path in [
        "/o/no-such-town/gallery",
        "/o/%ff/gallery",
        "/o/%ff/policy",
        "/o/northgate/gallery/x",
        "/O/northgate/gallery",
    ] {
        let reply = walk.ask("GET", path, Some(controller)).await;
        walk.assert_hidden(&reply, path);
    }
    let reply = walk.ask("POST", "/o/northgate/gallery", Some(controller)).await;
    walk.assert_hidden(&reply, "a method that a path has not");
}

/// VIS-7, SEC-3: the home of each role is a page that the role has.
#[tokio::test]
async fn sec_3_everybody_starts_somewhere() {
    let walk = Walker::new().await;
    for person in &walk.people {
        let reply = walk.ask("GET", "/o/northgate", Some(person)).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", person.role);
        let home = walk.ask("GET", reply.location(), Some(person)).await;
        assert_eq!(home.status, StatusCode::OK, "{} at {}", person.role, reply.location());
        // Each place in the navigation leads somewhere.
        let text = home.text();
        let nav = text.split("aria-label=\"Main\"").nth(1).and_then(|rest| rest.split("</nav>").next());
        for href in nav.unwrap_or_default().split("href=\"").skip(1).filter_map(|rest| rest.split('"').next())
        {
            let reply = walk.ask("GET", href, Some(person)).await;
            assert_eq!(reply.status, StatusCode::OK, "{} at {href}", person.role);
        }
    }
}

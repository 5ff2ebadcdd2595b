//! Two schemes, people of every role, some records, and the router over them.
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Request, StatusCode, header},
};
use fairwatch_app::{
    App,
    accounts::{self, devices},
    breaches, conduct, enquiries, evidence,
    exclusions::{
        appeals,
        proposing::{self, Outcome as Proposed, Typed as Proposal},
    },
    exporting, governing, groups, importing,
    incidents::{
        reporting::{self, Outcome, Typed, TypedPerson},
        review::{self, Decision, Link, PersonDecision, Shows},
    },
    intelligence, joining,
    letters::{
        self,
        service::{self, Entered},
    },
    meetings, news, old_data, orgs, pictures, policies, registers, requests, spam, subjects,
};
use fairwatch_blobs::Blobs;
use fairwatch_core::{
    accounts::own,
    breaches::Content,
    gate::Role,
    governing::{self as papers, Audience},
    ids::{
        AppealId, ApplicationId, AssociationId, AttemptId, BreachId, DeviceId, DocumentId, EnquiryId,
        EntryId, EvidenceId, ExportId, GroupId, ImportId, IncidentId, LetterId, MeetingId, MemberId,
        OldAuditId, PictureId, PolicyChangeId, PostId, ProposalId, ReportId, RequestAboutDataId, SubjectId,
        TipId,
    },
    intelligence::Knowledge,
    letters::{
        Kind,
        service::{How, Outcome as Ended, Shows as Photographed},
    },
    notices::Piece,
    registers::Detail,
    subjects::{Source, associates::Together},
};
use fairwatch_testkit::{
    engines::{Engine, Person, Scheme, World},
    faces::{Face, Shot},
};
use fairwatch_web::{Mode, Web, router};
use jiff::SignedDuration;
use std::net::SocketAddr;
use tower::ServiceExt as _;

pub(crate) const BASE: &str = "https://fairwatch.example";
pub(crate) const PASSWORD: &str = "lamp otter window";

/// The server under test and what is in it.
pub(crate) struct House {
    pub(crate) world: World,
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) north: Scheme,
    pub(crate) south: Scheme,
}

/// An answer in a form that can be compared: status, headers in order, body.
pub(crate) type Seen = (StatusCode, Vec<(String, Vec<u8>)>, Vec<u8>);

/// What the router answered.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
    pub(crate) fn header(&self, name: impl header::AsHeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
    pub(crate) fn location(&self) -> &str {
        self.header(header::LOCATION)
    }
    /// Everything that a browser can tell two answers apart by.
    pub(crate) fn seen(&self) -> Seen {
        let mut headers: Vec<_> =
            self.headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
        headers.sort();
        (self.status, headers, self.body.clone())
    }
}

impl House {
    pub(crate) async fn new() -> Self {
        let world = World::new(Engine::Sqlite).await;
        let north = world.scheme("northgate").await;
        let south = world.scheme("southgate").await;
        let app = app(&world);
        let web = Web::new(app.clone(), world.clock.clone(), world.randomness.clone(), BASE, Mode::Serve);
        Self { router: router(web), app, north, south, world }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Reply {
        answer(&self.router, request).await
    }

    pub(crate) async fn get(&self, path: &str, who: Option<&Person>) -> Reply {
        self.send(request("GET", path, who.map(cookie), Body::empty())).await
    }

    pub(crate) async fn post(&self, path: &str, who: Option<&Person>, fields: &[(&str, &str)]) -> Reply {
        self.send(request("POST", path, who.map(cookie), form(fields))).await
    }

    /// Somebody who has a password; setting it signed them out.
    pub(crate) async fn with_password(&self, scheme: &Scheme, role: Role) -> Person {
        let person = self.world.person(scheme, role).await;
        let link = person.link.as_ref().expect("they were invited just now");
        let set =
            accounts::set_password(&self.app, &self.world.nobody(), link.reveal(), &PASSWORD.into()).await;
        set.expect("the password is set");
        person
    }

    /// Signs somebody in through the front door, with a second factor where their role needs one; the cookie's pair.
    pub(crate) async fn sign_in(&self, person: &Person) -> String {
        let reply = self.post("/sign-in", None, &[("login", &person.login), ("password", PASSWORD)]).await;
        assert_eq!(reply.status, StatusCode::SEE_OTHER, "{}", reply.text());
        let set = reply.header(header::SET_COOKIE);
        let pair = set.split(';').next().expect("a cookie has a pair");
        let (name, token) = pair.split_once('=').expect("a pair has two sides");
        let token = self.world.whole(&accounts::Token::parse(token).expect("it is a token")).await;
        format!("{name}={}", token.reveal())
    }

    /// The stamp of a public form that was shown long enough ago for somebody to have filled it in.
    pub(crate) fn stamp(&self) -> String {
        let stamp = spam::stamp(&self.app, &self.world.nobody());
        self.world.clock.pass(SignedDuration::from_secs(20));
        stamp
    }

    /// A business that wants to join the north.
    pub(crate) async fn application(&self, board: &Person) -> ApplicationId {
        let stamp = self.stamp();
        let reply = self.post("/o/northgate/join", None, &joining_fields(&stamp)).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
        let list = joining::list(&self.app, &board.ctx, self.north.org).await.expect("they are listed");
        list.first().expect("it came").id
    }

    /// A document of the north's register, and an entry beside it.
    pub(crate) async fn papers(&self, controller: &Person) -> (DocumentId, EntryId) {
        let (app, org) = (&self.app, self.north.org);
        let pdf = governing::Entered { pdf: Some(b"%PDF-1.7".to_vec()), ..governing::Entered::default() };
        let of = (Some(papers::Kind::Procedure), Some(Audience::All), "How we review");
        let document = governing::add(app, &controller.again(&self.world), org, of, pdf).await;
        let detail = Detail { name: "Una Example".into(), ..Detail::default() };
        let typed = registers::Typed { detail, ..registers::Typed::default() };
        let entry = registers::add(
            app,
            &controller.again(&self.world),
            org,
            fairwatch_core::registers::Kind::Person,
            typed,
        )
        .await;
        (document.expect("it is entered"), entry.expect("it is entered"))
    }

    /// A yearly audit of the north's old data, finished.
    pub(crate) async fn old_audit(&self, controller: &Person) -> OldAuditId {
        let (app, org) = (&self.app, self.north.org);
        let id = old_data::begin(app, &controller.again(&self.world), org).await.expect("it is begun");
        let done = old_data::finish(app, &controller.again(&self.world), org, id, "Nothing is old.").await;
        done.expect("it is finished");
        id
    }

    /// A document for every member, and a list of members.
    pub(crate) async fn told(&self, controller: &Person) -> (PostId, GroupId) {
        let (app, org) = (&self.app, self.north.org);
        let scope = orgs::by_slug(app, &self.world.nobody(), &self.north.slug).await;
        let scope = scope.expect("schemes are listed").expect("it is there");
        let typed = news::Typed {
            kind: Some(fairwatch_core::news::Kind::Document),
            title: "How we report".into(),
            pdf: Some(b"%PDF-1.7".to_vec()),
            ..news::Typed::default()
        };
        let post = news::publish(app, &controller.again(&self.world), &scope, typed).await;
        let Ok(news::Outcome::Published(post)) = post else { panic!("it is published: {post:?}") };
        let group = groups::add(app, &controller.again(&self.world), org, "The circle").await;
        (post, group.expect("it is made"))
    }

    /// A meeting today of all members, with minutes as PDF.
    pub(crate) async fn meeting(&self, controller: &Person) -> MeetingId {
        let app = &self.app;
        let scope = orgs::by_slug(app, &self.world.nobody(), &self.north.slug).await;
        let scope = scope.expect("schemes are listed").expect("it is there");
        let typed = meetings::Typed {
            kind: Some(fairwatch_core::meetings::Kind::Meeting),
            circle: Some(fairwatch_core::meetings::Circle::Members),
            title: "Briefing".into(),
            place: "The hall".into(),
            day: Some(self.world.nobody().today()),
            from: "9".into(),
            to: "10".into(),
            ..meetings::Typed::default()
        };
        let called = meetings::call(app, &controller.again(&self.world), &scope, &typed).await;
        let Ok(meetings::Outcome::Kept(id)) = called else { panic!("it is called: {called:?}") };
        let pdf = Some(b"%PDF-1.7".to_vec());
        let kept = meetings::keep_minutes(app, &controller.again(&self.world), &scope, id, "", pdf, "").await;
        assert!(matches!(kept, Ok(meetings::Outcome::Kept(()))), "{kept:?}");
        id
    }

    /// Makes a member user the manager of their business, with a shared device.
    pub(crate) async fn device(&self, controller: &Person, manager: &Person) -> DeviceId {
        let (app, org) = (&self.app, self.north.org);
        devices::set_manager(app, &controller.again(&self.world), manager.membership, true)
            .await
            .expect("the controller makes a manager");
        let ctx = manager.again(&self.world);
        devices::enrol(app, &ctx, org, "Till 2", own::Shows::Initials).await.expect("they enrol a device");
        let own = devices::own_business(app, &manager.again(&self.world), org).await.expect("they see it");
        own.devices[0].device
    }

    /// A business of the north that is suspended.
    pub(crate) async fn suspended(&self, controller: &Person) -> MemberId {
        let member = self.world.business(&self.north).await;
        let (ctx, until) = (controller.again(&self.world), conduct::Until::default());
        conduct::suspend(&self.app, &ctx, member, "They were asked twice.", &until)
            .await
            .expect("it is suspended");
        member
    }

    /// An export that waits for the board.
    pub(crate) async fn export(&self, controller: &Person) -> ExportId {
        let typed = exporting::Typed {
            reason: "We move to another system.".into(),
            recipient: "The scheme itself".into(),
            country: "United Kingdom".into(),
        };
        let ctx = controller.again(&self.world);
        exporting::ask(&self.app, &ctx, self.north.org, &typed).await.expect("it is asked for")
    }

    /// A file of members that was taken.
    pub(crate) async fn import(&self, controller: &Person) -> ImportId {
        let (app, org, file) = (&self.app, self.north.org, b"Business\nCorner Bakery\n".to_vec());
        let found =
            importing::preview(app, &controller.again(&self.world), org, file).await.expect("it is read");
        importing::take(app, &controller.again(&self.world), org, &found.rows).await.expect("it is taken")
    }

    /// What somebody wrote to the north from outside.
    pub(crate) async fn enquiry(&self, controller: &Person) -> EnquiryId {
        let stamp = self.stamp();
        let fields = [
            ("shown", &*stamp),
            ("purpose", "other"),
            ("name", "Una Example"),
            ("contact", "una@home.example"),
            ("message", "When do you open?"),
        ];
        let reply = self.post(&format!("/o/{}/letter", self.north.slug), None, &fields).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
        let list =
            enquiries::list(&self.app, &controller.ctx, self.north.org).await.expect("they are listed");
        list.first().expect("it came").id
    }

    /// What somebody asks the north about their data, once it is known who they are, and a breach of data.
    pub(crate) async fn rights(&self, controller: &Person) -> (RequestAboutDataId, BreachId) {
        let stamp = self.stamp();
        let fields = [
            ("shown", &*stamp),
            ("right", "access"),
            ("name", "Una Example"),
            ("contact", "una@home.example"),
        ];
        let reply = self.post(&format!("/o/{}/rights", self.north.slug), None, &fields).await;
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
        let (ctx, org) = (&controller.ctx, self.north.org);
        let request = requests::list(&self.app, ctx, org).await.expect("they are listed")[0].id;
        let known = requests::TypedStep {
            kind: "identity".into(),
            yes: "yes".into(),
            how: "document".into(),
            text: "A passport.".into(),
            ..requests::TypedStep::default()
        };
        requests::note(&self.app, ctx, request, &known).await.expect("it is them");
        let typed = breaches::Typed {
            aware: breaches::When { day: Some(self.world.nobody().today()), time: "00:00".into() },
            content: Content { title: "A lost telephone".into(), ..Content::default() },
            personal: "yes".into(),
            ..breaches::Typed::default()
        };
        let breach = breaches::record(&self.app, ctx, org, &typed, true).await.expect("it is recorded");
        (request, breach)
    }

    /// That somebody appeals against a decision.
    pub(crate) async fn appeal(&self, controller: &Person, subject: SubjectId, case: ProposalId) -> AppealId {
        let typed = appeals::Typed {
            against: case.to_string(),
            by: "Whoever it is".into(),
            contact: "By post".into(),
            says: "It was somebody else.".into(),
            ..appeals::Typed::default()
        };
        let made = appeals::receive(&self.app, &controller.ctx, subject, &typed, None).await;
        made.expect("it is written down")
    }

    /// The letter of a warning, and that somebody tried to serve it, with a photograph of the door.
    pub(crate) async fn letter(&self, controller: &Person, subject: SubjectId) -> (LetterId, AttemptId) {
        let (app, ctx) = (&self.app, &controller.ctx);
        let draft = letters::draft(app, ctx, subject, Kind::Warning, None).await.expect("it can be drafted");
        let letter = letters::make(app, ctx, subject, &draft.order).await.expect("it is made");
        let door = Face::from_seed(11).draw(&Shot::portrait(96, 120)).to_jpeg(80);
        let tried = Entered {
            how: How::ByHand,
            on: ctx.today(),
            outcome: Ended::Failed,
            place: "At the address".into(),
            by: "Jo Warden".into(),
            note: "Nobody opened.".into(),
            proof: Some((Photographed::Photograph, door)),
        };
        let attempt = service::record(app, ctx, letter, tried).await;
        (letter, attempt.expect("it is recorded"))
    }

    /// A change of the policy that waits for the board, with a text beside it.
    pub(crate) async fn policy_change(&self, controller: &Person, about: &str) -> PolicyChangeId {
        let (app, ctx) = (&self.app, &controller.ctx);
        let id = policies::begin(app, ctx, self.north.org).await.expect("it is begun");
        let open = policies::open(app, ctx, id).await.expect("it can be opened");
        let typed = policies::Typed {
            text: open.change.written.text,
            prose: open.prose.with(Piece::About, about.to_owned()),
            reason: "The board asked for it".into(),
            from: Some(ctx.today()),
        };
        policies::save(app, ctx, id, typed).await.expect("it is kept");
        assert!(policies::try_out(app, ctx, id, usize::MAX).await.expect("it can be tried"));
        policies::propose(app, ctx, id).await.expect("it is before the board");
        id
    }

    /// That a person acts with the one whom a tip is about.
    pub(crate) async fn link(&self, controller: &Person, one: SubjectId, tip: TipId) -> AssociationId {
        let other =
            intelligence::open(&self.app, &controller.ctx, tip).await.expect("it can be opened").open.id;
        let (app, ctx) = (&self.app, &controller.ctx);
        let (act, source) = (Together::Act, Source::Controller);
        let link = subjects::associates::associate(app, ctx, one, other, act, source, "Seen together").await;
        link.expect("it is recorded")
    }

    /// A name that a member sent for somebody who has none.
    pub(crate) async fn tip(&self, controller: &Person, member: &Person) -> TipId {
        let report = self.report(member, "Somebody took a hat.").await;
        let subject = self.approve(controller, report, "").await;
        let (app, ctx) = (&self.app, &member.ctx);
        let sent =
            intelligence::send(app, ctx, subject, "Wanda Known", "From school", Knowledge::Direct).await;
        sent.expect("it can be sent")
    }

    /// Warns somebody, on all that is held of them.
    pub(crate) async fn warning(&self, controller: &Person, subject: SubjectId) -> ProposalId {
        let (app, ctx) = (&self.app, &controller.ctx);
        let ground = proposing::ground(app, ctx, subject).await.expect("the tariff can be asked");
        let typed = Proposal {
            step: ground.before.tariff.steps(&ground.scope.policy).first().expect("a step").id.to_string(),
            evidence: ground.open.involved.iter().map(|one| one.incident.to_string()).collect(),
            necessity: "Nothing milder will do.".into(),
            proportionality: "It is a letter.".into(),
            ..Proposal::default()
        };
        match proposing::propose(app, ctx, subject, &typed).await.expect("it can be proposed") {
            Proposed::Made(id, _) => id,
            Proposed::Warned(cautions) => panic!("{cautions:?}"),
        }
    }

    /// Approves a report with one person, as somebody new of this name.
    async fn approve(&self, controller: &Person, report: ReportId, name: &str) -> SubjectId {
        let open = review::open(&self.app, &controller.ctx, report).await.expect("it can be opened");
        let first = open.held.people.first().expect("it names somebody");
        let said = first.person.clone().unwrap_or_default();
        let decision = Decision {
            joins: None,
            added: Vec::new(),
            vehicle: None,
            category: open.held.report.category.clone(),
            place: open.held.report.place.clone(),
            narrative: "{1} left without paying.".into(),
            activity: "Theft, clothes".into(),
            people: vec![PersonDecision {
                person: first.id,
                link: Link::New,
                name: name.into(),
                description: said.description,
                born: None,
                apparent_age: said.apparent_age,
                necessity: String::new(),
            }],
            pictures: open.held.pictures.iter().map(|picture| (picture.id, Shows::One(first.id))).collect(),
        };
        let linked = review::approve(&self.app, &controller.ctx, report, decision).await;
        *linked.expect("it is approved").subjects.first().expect("somebody is linked")
    }

    /// A report that waits, one that was approved, its incident, and the person in it with a picture.
    pub(crate) async fn records(&self, controller: &Person, member: &Person) -> Records {
        let waiting = self.report(member, "Somebody took a bottle of gin.").await;
        let approved = self.report(member, "Somebody took a coat.").await;
        let ctx = &member.ctx;
        let mut file =
            evidence::begin_attached(&self.app, ctx, approved, "till.pdf").await.expect("there is room");
        file.write(b"%PDF-1.4 a statement").await.expect("it is a document");
        let evidence = file.finish(&self.app, ctx).await.expect("it is taken");
        let subject = self.approve(controller, approved, "Wanda Invented").await;
        let shown = subjects::open(&self.app, &controller.ctx, subject).await.expect("it can be opened");
        let picture = *shown.open.pictures.first().expect("the picture was copied");
        let incident = shown.open.involved.first().expect("they are in an incident").incident;
        Records { waiting, approved, subject, picture, evidence, incident }
    }

    pub(crate) async fn report(&self, member: &Person, sentence: &str) -> ReportId {
        let face = Face::from_seed(7).draw(&Shot::portrait(96, 120)).to_jpeg(80);
        let (app, ctx, org) = (&self.app, &member.ctx, self.north.org);
        pictures::add(app, ctx, org, reporting::FORM, face).await.expect("the picture is taken");
        let typed = Typed {
            category: "theft".into(),
            place: "Till 3".into(),
            sentence: sentence.into(),
            people: vec![TypedPerson {
                description: "Tall, red coat".into(),
                age: "adult".into(),
                ..TypedPerson::default()
            }],
            ..Typed::default()
        };
        match reporting::submit(app, ctx, org, &typed).await.expect("it can be sent") {
            Outcome::Sent(sent) => sent.id,
            Outcome::Mistakes(mistakes) => panic!("{mistakes:?}"),
            Outcome::Warned(found) => panic!("{found:?}"),
        }
    }
}

/// What the walk names in paths.
#[derive(Clone, Copy)]
pub(crate) struct Records {
    pub(crate) waiting: ReportId,
    pub(crate) approved: ReportId,
    pub(crate) subject: SubjectId,
    pub(crate) picture: PictureId,
    pub(crate) evidence: EvidenceId,
    pub(crate) incident: IncidentId,
}

pub(crate) fn app(world: &World) -> App {
    App::new(world.store.clone(), Blobs::open(world.folder().join("blobs")).expect("a folder can be made"))
}

pub(crate) async fn answer(router: &Router, request: Request<Body>) -> Reply {
    let response = router.clone().oneshot(request).await.expect("the router always answers");
    let (parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("the body ends").to_vec();
    Reply { status: parts.status, headers: parts.headers, body }
}

/// The cookie's pair of a person's first session.
pub(crate) fn cookie(person: &Person) -> String {
    format!("__Host-fairwatch={}", person.cookie.reveal())
}

pub(crate) fn request(method: &str, path: &str, cookie: Option<String>, body: Body) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header(header::HOST, "fairwatch.example");
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    if method == "POST" {
        request = request
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    }
    let peer: SocketAddr = "192.0.2.9:4711".parse().expect("an address");
    request.extension(ConnectInfo(peer)).body(body).expect("a request")
}

pub(crate) fn form(fields: &[(&str, &str)]) -> Body {
    let encode = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
                other => format!("%{other:02X}"),
            })
            .collect()
    };
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    Body::from(pairs.join("&"))
}

/// A form by which a business applies, as a browser sends it.
pub(crate) fn joining_fields(stamp: &str) -> [(&str, &str); 11] {
    [
        ("shown", stamp),
        ("site", ""),
        ("business", "The Corner Shop"),
        ("premises", "1 Market Square"),
        ("area", "Market Square"),
        ("trade", "Convenience"),
        ("person", "Una Example"),
        ("email", "una@corner.example"),
        ("message", "We would like to join."),
        ("agrees", "yes"),
        ("version", "1"),
    ]
}

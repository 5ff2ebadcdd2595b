//! What people write from outside: the public page, which answers everybody alike, and the controller's list (PUB-2,
//! PUB-3, EXC-5).
use crate::{
    forms::Sent,
    pages::{
        confirm::{Confirm, unminded},
        gallery::name_or_reference,
        public::{looks, scheme, stamp},
        subjects::here,
    },
    respond::{Answer, page, page_again, see_other_done},
    shell::{self, Nav},
    view::{Choice, Crumb, Errors, Link, Piece, Row, Shell, Tag},
    visit::{Guest, Id, Visit},
    words,
};
use askama::Template;
use axum::extract::{Path, rejection::PathRejection};
use fairwatch_app::{
    AppError,
    enquiries::{self, Held, Opened, Sending, Typed},
    spam::{self, AGAIN, Looks},
};
use fairwatch_core::{
    enquiries::{EnquiryState, Purpose, may_be_removed},
    ids::EnquiryId,
    policy::period::Term,
    scope::Scope,
};

/// `letter.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "letter.html")]
struct Letter {
    shell: Shell,
    errors: Errors,
    stamp: String,
    /// Whether it is for whatever anybody wants to say, rather than for whoever had a letter.
    is_open: bool,
    scheme: String,
    notices: String,
    appeal: String,
    answer: String,
    post: Vec<String>,
    action: String,
    purposes: Vec<Choice>,
    reference: String,
    name: String,
    contact: String,
    message: String,
}

/// `letter_received.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "letter_received.html")]
struct Received {
    shell: Shell,
    scheme: String,
    receipt: String,
    answer: String,
    again: String,
}

fn label(purpose: Purpose) -> (&'static str, &'static str) {
    match purpose {
        Purpose::Appeal => ("I appeal against a warning or an exclusion", ""),
        Purpose::Access => {
            ("I want to know what you hold about me", "You can have a copy of it, free of charge")
        }
        // Erasure is a right of its own, with a choice on the page for rights.
        Purpose::Correction => ("Something about me is wrong", ""),
        Purpose::Complaint => ("I complain about how you handle my data", ""),
        Purpose::Other => ("Something else", ""),
    }
}

fn typed(sent: &Sent) -> Typed {
    let field = |name: &str| sent.one(name).to_owned();
    Typed {
        purpose: field("purpose"),
        reference: field("reference"),
        name: field("name"),
        contact: field("contact"),
        message: field("message"),
    }
}

/// A length of time as a sentence has it.
fn within(term: &Term) -> String {
    format!("within {}", term.length)
}

/// For what the page is: the path at which it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Page {
    Letter,
    Contact,
}

impl Page {
    fn path(self) -> &'static str {
        match self {
            Self::Letter => "letter",
            Self::Contact => "contact",
        }
    }
}

fn form(shell: Shell, scope: &Scope, which: Page, typed: Typed, errors: Errors, stamp: String) -> Letter {
    let policy = &scope.policy;
    let contact = &policy.controller.contact;
    let email = contact.email.as_ref().map(ToString::to_string);
    let post = contact.address.iter().map(ToString::to_string);
    let telephones = contact.telephone.iter().map(ToString::to_string);
    let choice = |purpose: Purpose| {
        let (label, note) = label(purpose);
        Choice {
            value: purpose.name().to_owned(),
            label: label.to_owned(),
            note: note.to_owned(),
            checked: purpose.name() == typed.purpose,
        }
    };
    Letter {
        shell,
        errors,
        stamp,
        is_open: which == Page::Contact,
        scheme: policy.scheme.name.to_string(),
        notices: format!("/o/{}/policy", scope.slug),
        appeal: within(&policy.exclusions.appeal),
        answer: within(&policy.deadlines.answer),
        post: post.chain(email).chain(telephones).collect(),
        action: format!("/o/{}/{}", scope.slug, which.path()),
        purposes: Purpose::ALL.into_iter().map(choice).collect(),
        reference: typed.reference,
        name: typed.name,
        contact: typed.contact,
        message: typed.message,
    }
}

/// `GET /o/{slug}/letter`: for whoever had a letter, and whoever wants to know what is held.
pub(crate) async fn ask(guest: Guest, path: Result<Path<String>, PathRejection>) -> Answer {
    show_form(guest, path, Page::Letter).await
}

/// `GET /o/{slug}/contact`: for anything else.
pub(crate) async fn ask_anything(guest: Guest, path: Result<Path<String>, PathRejection>) -> Answer {
    show_form(guest, path, Page::Contact).await
}

async fn show_form(guest: Guest, path: Result<Path<String>, PathRejection>, which: Page) -> Answer {
    let scope = scheme(&guest, path).await?;
    let shell = shell::of_place(&guest, &scope.slug, &scope.policy).await?;
    let stamp = spam::stamp(&guest.web.app(), &guest.ctx);
    page(&form(shell, &scope, which, Typed::default(), Errors::default(), stamp))
}

/// `POST /o/{slug}/letter`: one answer, whatever the reference.
pub(crate) async fn send(guest: Guest, path: Result<Path<String>, PathRejection>, sent: Sent) -> Answer {
    take(guest, path, sent, Page::Letter).await
}

/// `POST /o/{slug}/contact`
pub(crate) async fn send_anything(
    guest: Guest,
    path: Result<Path<String>, PathRejection>,
    sent: Sent,
) -> Answer {
    take(guest, path, sent, Page::Contact).await
}

async fn take(guest: Guest, path: Result<Path<String>, PathRejection>, sent: Sent, which: Page) -> Answer {
    let scope = scheme(&guest, path).await?;
    let app = guest.web.app();
    let mut typed = typed(&sent);
    if which == Page::Contact {
        typed.purpose = Purpose::Other.name().to_owned();
    }
    let shell = shell::of_place(&guest, &scope.slug, &scope.policy).await?;
    let received = match looks(&app, &guest.ctx, &sent) {
        Looks::Machine => Ok(enquiries::receipt(&guest.ctx)),
        Looks::Hasty => enquiries::check(&typed).and_then(|_| Err(AppError::refused(AGAIN))),
        Looks::Human => enquiries::receive(&app, &guest.ctx, scope.org, &typed, guest.address).await,
    };
    match received {
        Ok(receipt) => page(&Received {
            shell,
            scheme: scope.policy.scheme.name.to_string(),
            receipt,
            answer: within(&scope.policy.deadlines.answer),
            again: format!("/o/{}/{}", scope.slug, which.path()),
        }),
        Err(AppError::Refused(problems)) => {
            let stamp = stamp(&app, &guest.ctx, &sent);
            page_again(&form(shell, &scope, which, typed, Errors::from(&problems), stamp))
        }
        Err(error) => Err(error.into()),
    }
}

/// `enquiries.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "enquiries.html")]
struct Enquiries {
    shell: Shell,
    public: String,
    waiting: Vec<EnquiryRow>,
    answered: Vec<EnquiryRow>,
}

/// One of them in the list.
#[derive(Clone, Debug, Default)]
struct EnquiryRow {
    href: String,
    title: String,
    line: String,
    day: String,
    note: String,
    tags: Vec<Tag>,
}

fn short(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Appeal => "Appeal",
        Purpose::Access => "Asks what is held",
        Purpose::Correction => "Wants something put right",
        Purpose::Complaint => "Complaint",
        Purpose::Other => "Message",
    }
}

fn row(visit: &Visit, held: &Held) -> EnquiryRow {
    let waits = held.state == EnquiryState::Waiting;
    let late = waits && held.answer_by < visit.scope.today;
    EnquiryRow {
        href: visit.href(&format!("/enquiries/{}", held.id)),
        title: format!("{}: {}", short(held.purpose), held.enquiry.name),
        line: format!("Came {} · {}", words::date_time(held.received_at), held.enquiry.receipt),
        day: if waits { words::date(held.answer_by) } else { words::date(held.erase_on) },
        note: if waits { "answer by" } else { "deleted" }.to_owned(),
        tags: late.then(|| Tag { text: "Overdue".into(), colour: "red".into() }).into_iter().collect(),
    }
}

/// `GET /o/{slug}/enquiries`
pub(crate) async fn list(visit: Visit) -> Answer {
    let held = enquiries::list(&visit.app, &visit.ctx, visit.org()).await?;
    let (waiting, answered): (Vec<_>, Vec<_>) =
        held.iter().partition(|held| held.state == EnquiryState::Waiting);
    page(&Enquiries {
        shell: visit.shell(Nav::Elsewhere),
        public: visit.href("/letter"),
        waiting: waiting.into_iter().map(|held| row(&visit, held)).collect(),
        answered: answered.into_iter().map(|held| row(&visit, held)).collect(),
    })
}

/// `enquiry.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "enquiry.html")]
struct Enquiry {
    shell: Shell,
    crumbs: Vec<Crumb>,
    title: String,
    tags: Vec<Tag>,
    facts: Vec<Row>,
    message: Vec<String>,
    answer: Vec<String>,
    answer_href: Option<String>,
    remove_href: Option<String>,
    appeal_href: Option<String>,
    matched: Option<Link>,
}

fn crumbs(visit: &Visit) -> Vec<Crumb> {
    vec![Crumb { label: "Enquiries".into(), href: visit.href("/enquiries") }]
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

fn one(visit: &Visit, opened: &Opened) -> Enquiry {
    let held = &opened.held;
    let waits = held.state == EnquiryState::Waiting;
    let row = |key: &str, value: String| Row { key: key.to_owned(), value };
    let mut facts = vec![
        row("From", held.enquiry.name.clone()),
        row("Reach them at", held.enquiry.contact.clone()),
        row("Came", words::date_time(held.received_at)),
        row("Their receipt", held.enquiry.receipt.clone()),
        row(
            "Reference that they gave",
            match &*held.enquiry.reference {
                "" => "None".to_owned(),
                reference => reference.to_owned(),
            },
        ),
    ];
    if waits {
        facts.push(row("Answer by", words::date(held.answer_by)));
    }
    if let Some(to) = &held.enquiry.sent_to {
        facts.push(row("Answered by e-mail to", to.clone()));
        if held.enquiry.is_known {
            facts.push(row("Whose address it is", "Known, as whoever answered said".into()));
        }
    }
    facts.push(row("Deleted on", words::date(held.erase_on)));
    let at = |deed: &str| visit.href(&format!("/enquiries/{}/{deed}", held.id));
    Enquiry {
        shell: visit.shell(Nav::Elsewhere),
        crumbs: crumbs(visit),
        title: format!("{}: {}", short(held.purpose), held.enquiry.name),
        tags: Vec::new(),
        facts,
        message: lines(&held.enquiry.message),
        answer: held.enquiry.answer.as_deref().map(lines).unwrap_or_default(),
        answer_href: waits.then(|| at("answer")),
        remove_href: may_be_removed(held.purpose, held.state).then(|| at("remove")),
        appeal_href: opened
            .matched
            .as_ref()
            .filter(|matched| waits && matched.appealable)
            .map(|matched| format!("{}/appeal?enquiry={}", here(visit, matched.subject), held.id)),
        matched: opened.matched.as_ref().map(|matched| Link {
            label: format!(
                "{}, to {}",
                matched.kind.label(),
                name_or_reference(matched.name.as_deref(), &opened.scope, matched.number)
            ),
            href: here(visit, matched.subject),
        }),
    }
}

/// `GET /o/{slug}/enquiries/{id}`
pub(crate) async fn show(visit: Visit, Id(id): Id<EnquiryId>) -> Answer {
    let opened = enquiries::open(&visit.app, &visit.ctx, id).await?;
    page(&one(&visit, &opened))
}

/// `enquiry_answer.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "enquiry_answer.html")]
struct Answering {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    action: String,
    message: Vec<String>,
    contact: String,
    /// Where the answer can be sent by e-mail.
    to: Option<String>,
    how: String,
    send: bool,
    /// Whether it concerns somebody's data, so that they must be known.
    asks_known: bool,
    known: bool,
    /// The warnings that were shown already.
    minded: String,
    cancel: String,
}

fn answering(
    visit: &Visit,
    opened: &Opened,
    how: &str,
    [send, known]: [bool; 2],
    errors: Errors,
) -> Answering {
    let held = &opened.held;
    let here = visit.href(&format!("/enquiries/{}", held.id));
    let mut crumbs = crumbs(visit);
    crumbs.push(Crumb { label: held.enquiry.name.clone(), href: here.clone() });
    Answering {
        shell: visit.shell(Nav::Elsewhere),
        errors,
        crumbs,
        action: format!("{here}/answer"),
        message: lines(&held.enquiry.message),
        contact: held.enquiry.contact.clone(),
        to: enquiries::mail_address(&held.enquiry.contact).filter(|_| visit.app.sends_mail()),
        how: how.to_owned(),
        send,
        asks_known: held.purpose != Purpose::Other,
        known,
        minded: String::new(),
        cancel: here,
    }
}

/// `GET /o/{slug}/enquiries/{id}/answer`
pub(crate) async fn ask_answer(visit: Visit, Id(id): Id<EnquiryId>) -> Answer {
    let opened = enquiries::open(&visit.app, &visit.ctx, id).await?;
    let send = opened.held.purpose == Purpose::Other;
    page(&answering(&visit, &opened, "", [send, false], Errors::default()))
}

/// `POST /o/{slug}/enquiries/{id}/answer`: how, and send where it is to go by e-mail.
pub(crate) async fn answer(visit: Visit, Id(id): Id<EnquiryId>, sent: Sent) -> Answer {
    let (how, send, known) = (sent.one("how"), sent.has("send"), sent.has("known"));
    let sending = match (send, known) {
        (false, _) => Sending::No,
        (true, false) => Sending::Unchecked,
        (true, true) => Sending::Known,
    };
    if let Some((errors, minded)) = unminded(&sent, "how") {
        let opened = enquiries::open(&visit.app, &visit.ctx, id).await?;
        let again = answering(&visit, &opened, how, [send, known], errors);
        return page_again(&Answering { minded: minded.value, ..again });
    }
    match enquiries::answer(&visit.app, &visit.ctx, id, how, sending).await {
        Ok(()) => Ok(see_other_done(&visit.href("/enquiries"), "answered")),
        Err(AppError::Refused(problems)) => {
            let opened = enquiries::open(&visit.app, &visit.ctx, id).await?;
            page_again(&answering(&visit, &opened, how, [send, known], Errors::from(&problems)))
        }
        Err(error) => Err(error.into()),
    }
}

async fn removing(visit: &Visit, id: EnquiryId, reason: &str, errors: Errors) -> Result<Confirm, AppError> {
    let opened = enquiries::open(&visit.app, &visit.ctx, id).await?;
    let here = visit.href(&format!("/enquiries/{id}"));
    let mut crumbs = crumbs(visit);
    crumbs.push(Crumb { label: opened.held.enquiry.name.clone(), href: here.clone() });
    let is_answered = opened.held.state == EnquiryState::Answered;
    let text = "What they wrote and what you answered is deleted now, and cannot be brought back. Do so where they ask for \
                it and nothing else needs it.";
    Ok(Confirm {
        shell: visit.shell(Nav::Elsewhere),
        errors,
        reason_label: if is_answered { "Why".into() } else { String::new() },
        reason_hint: "Kept with the audit entry, as long as you have an account. Name nobody: the enquiry is gone then",
        reason: reason.to_owned(),
        crumbs,
        here: "Delete".into(),
        title: "Delete this enquiry".into(),
        text: vec![vec![Piece::text(text)]],
        danger: true,
        action: format!("{here}/remove"),
        button: "Delete it".into(),
        cancel: here,
        ..Confirm::default()
    })
}

/// `GET /o/{slug}/enquiries/{id}/remove`
pub(crate) async fn ask_remove(visit: Visit, Id(id): Id<EnquiryId>) -> Answer {
    page(&removing(&visit, id, "", Errors::default()).await?)
}

/// `POST /o/{slug}/enquiries/{id}/remove`: reason, where it was answered.
pub(crate) async fn remove(visit: Visit, Id(id): Id<EnquiryId>, sent: Sent) -> Answer {
    let reason = sent.one("reason");
    if let Some((errors, minded)) = unminded(&sent, "reason") {
        let again = removing(&visit, id, reason, errors).await?;
        return page_again(&Confirm { hidden: vec![minded], ..again });
    }
    match enquiries::remove(&visit.app, &visit.ctx, id, reason).await {
        Ok(()) => Ok(see_other_done(&visit.href("/enquiries"), "enquiry-deleted")),
        Err(AppError::Refused(problems)) => {
            page_again(&removing(&visit, id, reason, Errors::from(&problems)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

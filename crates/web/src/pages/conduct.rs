//! Breaches of the rules by members, and suspending one (MEM-8).
use super::day::Day;
use crate::{
    forms::Sent,
    pages::confirm::{Confirm, unminded},
    respond::{Answer, page, page_again, see_other, see_other_done},
    shell::Nav,
    view::{Cautions, Choice, Crumb, Errors, FieldError, Link, Piece, Shell, Tag},
    visit::{Id, Visit},
    words,
};
use askama::Template;
use fairwatch_app::{
    AppError,
    conduct::{self, OfMember, Outcome, REVIEW_DAYS, Record, Typed, Until},
    incidents::reporting::cautions::{Caution, mark},
};
use fairwatch_core::{
    conduct::{Kind, LetMemberIn, Measure, RecordBreach, ReviewSuspension, SuspendMember, Suspension},
    gate::Role,
    ids::MemberId,
};
use jiff::{Span, civil::Date};

/// `conduct.html`
#[derive(Template, Debug)]
#[template(path = "conduct.html")]
struct Register {
    shell: Shell,
    crumbs: Vec<Crumb>,
    kept: String,
    suspended: Vec<Out>,
    records: Vec<Shown>,
}

#[derive(Debug)]
struct Out {
    name: String,
    href: String,
    until: String,
    review: String,
    late: bool,
}

#[derive(Debug)]
struct Shown {
    title: String,
    href: Option<String>,
    tags: Vec<Tag>,
    lines: Vec<String>,
    day: String,
    ends: String,
}

/// `conduct_member.html`
#[derive(Template, Debug, Default)]
#[template(path = "conduct_member.html")]
struct Member {
    shell: Shell,
    errors: Errors,
    cautions: Cautions,
    minded: String,
    crumbs: Vec<Crumb>,
    name: String,
    kept: String,
    /// What is to be known of its suspension, in sentences.
    suspended: Vec<String>,
    suspend: Option<String>,
    review_href: Option<String>,
    let_in: Option<String>,
    /// Where a breach is recorded; none for whoever may not.
    action: Option<String>,
    who: Vec<Choice>,
    measures: Vec<Choice>,
    rule: String,
    text: String,
    happened: Day,
    review: Day,
    records: Vec<Shown>,
}

fn kept(visit: &Visit) -> String {
    format!(
        "Each record is kept for {}, also where the person has been removed, and goes with the business when it leaves.",
        visit.scope.policy.keep.conduct.length
    )
}

fn until(found: &Suspension) -> String {
    match found.ends_on {
        Some(end) => format!("Since {}, and over on {}", words::date(found.began_on), words::date(end)),
        None => format!("Since {}, until somebody lets it back in", words::date(found.began_on)),
    }
}

fn shown(visit: &Visit, one: &Record, within: bool) -> Shown {
    let detail = &one.detail;
    let whom = match (&detail.person, within) {
        (Some(person), true) => person.clone(),
        (Some(person), false) if detail.business.is_empty() => person.clone(),
        (Some(person), false) => format!("{person}, {}", detail.business),
        (None, true) => "The business as a whole".to_owned(),
        (None, false) => detail.business.clone(),
    };
    let colour = match one.kind {
        Kind::Breach => "amber",
        Kind::UserSuspended | Kind::MemberSuspended | Kind::UserRemoved => "red",
        Kind::UserLetIn | Kind::MemberLetIn | Kind::MemberReviewed => "pale",
    };
    let mut tags = vec![Tag::new(colour, one.kind.label())];
    tags.extend(one.measure.map(|measure| Tag::new("pale", measure.label())));
    let mut lines = Vec::new();
    if !detail.rule.is_empty() {
        lines.push(format!("Rule: {}", detail.rule));
    }
    lines.extend(detail.text.lines().map(str::to_owned));
    let by = one.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
    lines.push(format!("Recorded {}{by}", words::date_time(one.recorded_at)));
    Shown {
        title: whom,
        href: one
            .member
            .filter(|_| !within)
            .map(|member| visit.href(&format!("/businesses/{member}/conduct"))),
        tags,
        lines,
        day: words::date(one.happened_on),
        ends: format!("deleted {}", words::date(one.ends_on)),
    }
}

/// `GET /o/{slug}/conduct`
pub(crate) async fn list(visit: Visit) -> Answer {
    let found = conduct::list(&visit.app, &visit.ctx, visit.org()).await?;
    let out = found.suspended.iter().map(|(member, name, found)| Out {
        name: name.clone(),
        href: visit.href(&format!("/businesses/{member}/conduct")),
        until: until(found),
        review: words::date(found.review_on),
        late: found.review_on < visit.scope.today,
    });
    page(&Register {
        crumbs: vec![Crumb { label: "Members".into(), href: visit.href("/members") }],
        kept: kept(&visit),
        suspended: out.collect(),
        records: found.records.iter().map(|one| shown(&visit, one, false)).collect(),
        shell: visit.shell(Nav::Members),
    })
}

/// What the form of a breach had in it, to be shown again.
#[derive(Default)]
struct Typing {
    errors: Errors,
    cautions: Vec<Caution>,
    typed: Typed,
    happened: Day,
    review: Day,
}

fn at_fields(found: &[Caution]) -> Cautions {
    let one = |one: &Caution| FieldError { field: one.field.clone(), text: one.sentence.clone() };
    Cautions(found.iter().map(one).collect())
}

fn member_crumbs(visit: &Visit) -> Vec<Crumb> {
    if visit.role() == Role::MemberUser {
        return vec![Crumb { label: "Your business".into(), href: visit.href("/colleagues") }];
    }
    let to = |label: &str, path: &str| Crumb { label: label.into(), href: visit.href(path) };
    vec![to("Members", "/members"), to("Conduct", "/conduct")]
}

fn build(visit: &Visit, member: MemberId, found: &OfMember, typing: Typing) -> Member {
    let at = |path: &str| visit.href(&format!("/businesses/{member}/{path}"));
    let whole = Choice { label: "The business as a whole".into(), ..Choice::default() };
    let people = found.users.iter().map(|(id, name)| Choice {
        value: id.to_string(),
        label: name.clone(),
        note: String::new(),
        checked: id.to_string() == typing.typed.who,
    });
    let measure = |measure: Measure| Choice {
        value: measure.name().into(),
        label: measure.label().into(),
        note: match measure {
            Measure::Warning | Measure::Training => String::new(),
            Measure::Suspension => "Out at once, on every device, until you let them back in".into(),
            Measure::Removal => {
                "Of one person: out at once, for good. The board ends a business’s membership".into()
            }
        },
        checked: typing.typed.measure == measure.name(),
    };
    let suspended = found.suspended.map(|one| {
        vec![
            format!("{}. Nobody of it can sign in here, at shared tills either.", until(&one)),
            format!("To be looked at again by {}.", words::date(one.review_on)),
        ]
    });
    let (is_out, records) = (suspended.is_some(), found.records.iter());
    Member {
        shell: visit.shell(if visit.role() == Role::MemberUser { Nav::Colleagues } else { Nav::Members }),
        errors: typing.errors,
        minded: mark(&typing.cautions),
        cautions: at_fields(&typing.cautions),
        crumbs: member_crumbs(visit),
        name: found.business.name.clone(),
        kept: kept(visit),
        suspended: suspended.unwrap_or_default(),
        suspend: (!is_out && visit.may::<SuspendMember>()).then(|| at("suspend")),
        review_href: (is_out && visit.may::<ReviewSuspension>()).then(|| at("suspension")),
        let_in: (is_out && visit.may::<LetMemberIn>()).then(|| at("let-in")),
        action: visit.may::<RecordBreach>().then(|| at("conduct")),
        who: std::iter::once(whole).chain(people).collect(),
        measures: Measure::ALL.into_iter().map(measure).collect(),
        rule: typing.typed.rule,
        text: typing.typed.text,
        happened: typing.happened,
        review: typing.review,
        records: records.map(|one| shown(visit, one, true)).collect(),
    }
}

/// `GET /o/{slug}/businesses/{id}/conduct`
pub(crate) async fn show(visit: Visit, Id(id): Id<MemberId>) -> Answer {
    let found = conduct::show(&visit.app, &visit.ctx, id).await?;
    let review = visit.scope.today.saturating_add(Span::new().days(REVIEW_DAYS));
    let typing = Typing { review: Day::of(review), ..Typing::default() };
    page(&build(&visit, id, &found, typing))
}

/// `GET /o/{slug}/conduct/own`: to what concerns one's own business.
pub(crate) async fn own(visit: Visit) -> Answer {
    if visit.role() != Role::MemberUser {
        return Ok(see_other(&visit.href("/conduct")));
    }
    let own = visit.session.memberships.iter().filter(|one| one.scope.slug == visit.scope.slug);
    let member = own.filter_map(|one| one.member).next().ok_or(AppError::Hidden)?;
    Ok(see_other(&visit.href(&format!("/businesses/{member}/conduct"))))
}

/// A day of a form; what is none is said at its field.
fn day(sent: &Sent, field: &'static str) -> Result<Option<Date>, AppError> {
    let wrong = |_| AppError::in_field(field, "Enter the day, such as 27 3 2027.");
    Day::from_form(sent, field).parse().map_err(wrong)
}

/// `POST /o/{slug}/businesses/{id}/conduct`: who, rule, text, happened-day and so on, measure, review-day and so on,
/// minded.
pub(crate) async fn record(visit: Visit, Id(id): Id<MemberId>, sent: Sent) -> Answer {
    let text = |field: &str| sent.one(field).to_owned();
    let mut typed = Typed {
        who: text("who"),
        measure: text("measure"),
        rule: text("rule"),
        text: text("text"),
        minded: text("minded"),
        ..Typed::default()
    };
    let days = day(&sent, "happened").and_then(|happened| Ok((happened, day(&sent, "review")?)));
    let done = match days {
        Ok((happened, review)) => {
            (typed.happened, typed.review) = (happened, review);
            conduct::record(&visit.app, &visit.ctx, id, &typed).await
        }
        Err(error) => Err(error),
    };
    let mut again = Typing {
        typed,
        happened: Day::from_form(&sent, "happened"),
        review: Day::from_form(&sent, "review"),
        ..Typing::default()
    };
    match done {
        Ok(Outcome::Recorded(told)) => {
            visit.web.forget_everybody();
            let code = if told > 0 { "conduct-recorded" } else { "conduct-untold" };
            return Ok(see_other_done(&visit.href(&format!("/businesses/{id}/conduct")), code));
        }
        Ok(Outcome::Warned(found)) => again.cautions = found,
        Err(AppError::Refused(problems)) => again.errors = Errors::from(&problems),
        Err(error) => return Err(error.into()),
    }
    let found = conduct::show(&visit.app, &visit.ctx, id).await?;
    page_again(&build(&visit, id, &found, again))
}

/// `suspend.html`
#[derive(Template, Debug, Default)]
#[template(path = "suspend.html")]
struct Suspend {
    shell: Shell,
    errors: Errors,
    cautions: Cautions,
    minded: String,
    crumbs: Vec<Crumb>,
    title: String,
    effects: Vec<&'static str>,
    action: String,
    reason_label: &'static str,
    reason: String,
    review: Day,
    end: Day,
    button: &'static str,
    danger: bool,
    cancel: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Suspend,
    Review,
}

async fn form(visit: &Visit, id: MemberId, deed: Deed, sent: Option<&Sent>) -> Result<Suspend, AppError> {
    let found = conduct::show(&visit.app, &visit.ctx, id).await?;
    // Each is there for its own state alone.
    if (deed == Deed::Review) != found.suspended.is_some() {
        return Err(AppError::Hidden);
    }
    let here = visit.href(&format!("/businesses/{id}/conduct"));
    let name = &found.business.name;
    let mut crumbs = member_crumbs(visit);
    crumbs.push(Crumb { label: name.clone(), href: here.clone() });
    let (title, path, label, button) = match deed {
        Deed::Suspend => (format!("Suspend {name}"), "suspend", "Why", "Suspend"),
        Deed::Review => {
            (format!("Review the suspension of {name}"), "suspension", "What the review found", "Keep it")
        }
    };
    let standing = |field: &str, day: Option<Date>| match sent {
        Some(sent) => Day::from_form(sent, field),
        None => day.map(Day::of).unwrap_or_default(),
    };
    let next = visit.scope.today.saturating_add(Span::new().days(REVIEW_DAYS));
    Ok(Suspend {
        shell: visit.shell(Nav::Members),
        crumbs,
        title,
        effects: match deed {
            Deed::Suspend => vec![
                "Everybody of it is out at once, on every device; shared tills show no names",
                "Its managers get an e-mail that says so, and nothing of why",
                "Reports that it sent are reviewed as ever; what somebody has typed and not sent is kept as long as any draft",
            ],
            Deed::Review => vec!["To let it back in, go back: that is a button of its own"],
        },
        action: visit.href(&format!("/businesses/{id}/{path}")),
        reason_label: label,
        reason: sent.map(|sent| sent.one("reason").to_owned()).unwrap_or_default(),
        review: standing("review", Some(next)),
        end: standing("end", found.suspended.and_then(|one| one.ends_on)),
        button,
        danger: deed == Deed::Suspend,
        cancel: here,
        ..Suspend::default()
    })
}

/// `GET /o/{slug}/businesses/{id}/suspend`
pub(crate) async fn ask_suspend(visit: Visit, Id(id): Id<MemberId>) -> Answer {
    page(&form(&visit, id, Deed::Suspend, None).await?)
}

/// `GET /o/{slug}/businesses/{id}/suspension`
pub(crate) async fn ask_review(visit: Visit, Id(id): Id<MemberId>) -> Answer {
    page(&form(&visit, id, Deed::Review, None).await?)
}

/// `POST /o/{slug}/businesses/{id}/suspend`: reason, review-day and so on, end-day and so on, minded.
pub(crate) async fn suspend(visit: Visit, Id(id): Id<MemberId>, sent: Sent) -> Answer {
    act(visit, id, Deed::Suspend, &sent).await
}

/// `POST /o/{slug}/businesses/{id}/suspension`: the same.
pub(crate) async fn review(visit: Visit, Id(id): Id<MemberId>, sent: Sent) -> Answer {
    act(visit, id, Deed::Review, &sent).await
}

async fn act(visit: Visit, id: MemberId, deed: Deed, sent: &Sent) -> Answer {
    let days = day(sent, "review").and_then(|review| Ok((review, day(sent, "end")?)));
    let done = match days {
        Ok((review, end)) => {
            let (typed, reason) =
                (Until { review, end, minded: sent.one("minded").to_owned() }, sent.one("reason"));
            match deed {
                Deed::Suspend => conduct::suspend(&visit.app, &visit.ctx, id, reason, &typed).await,
                Deed::Review => conduct::review(&visit.app, &visit.ctx, id, reason, &typed).await,
            }
        }
        Err(error) => Err(error),
    };
    let (errors, found) = match done {
        Ok(Outcome::Recorded(told)) => {
            visit.web.forget_everybody();
            let code = match deed {
                Deed::Suspend if told > 0 => "member-suspended",
                Deed::Suspend => "member-suspended-untold",
                Deed::Review => "suspension-reviewed",
            };
            return Ok(see_other_done(&visit.href(&format!("/businesses/{id}/conduct")), code));
        }
        Ok(Outcome::Warned(found)) => (Errors::default(), found),
        Err(AppError::Refused(problems)) => (Errors::from(&problems), Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let again = form(&visit, id, deed, Some(sent)).await?;
    page_again(&Suspend { errors, minded: mark(&found), cautions: at_fields(&found), ..again })
}

async fn ask_back(visit: &Visit, id: MemberId, reason: &str, errors: Errors) -> Result<Confirm, AppError> {
    let found = conduct::show(&visit.app, &visit.ctx, id).await?;
    if found.suspended.is_none() {
        return Err(AppError::Hidden);
    }
    let here = visit.href(&format!("/businesses/{id}/conduct"));
    let mut crumbs = member_crumbs(visit);
    crumbs.push(Crumb { label: found.business.name.clone(), href: here.clone() });
    Ok(Confirm {
        shell: visit.shell(Nav::Members),
        errors,
        crumbs,
        here: "Let back in".into(),
        title: format!("Let {} back in", found.business.name),
        text: vec![vec![Piece::text(
            "Its people can sign in again at once, and its shared tills work as before.",
        )]],
        action: visit.href(&format!("/businesses/{id}/let-in")),
        reason_label: "Why".into(),
        reason_hint: "Kept with the record of the suspension",
        reason: reason.to_owned(),
        button: "Let back in".into(),
        cancel: here,
        ..Confirm::default()
    })
}

/// `GET /o/{slug}/businesses/{id}/let-in`
pub(crate) async fn ask_let_in(visit: Visit, Id(id): Id<MemberId>) -> Answer {
    page(&ask_back(&visit, id, "", Errors::default()).await?)
}

/// `POST /o/{slug}/businesses/{id}/let-in`: reason.
pub(crate) async fn let_in(visit: Visit, Id(id): Id<MemberId>, sent: Sent) -> Answer {
    let reason = sent.one("reason");
    if let Some((errors, minded)) = unminded(&sent, "reason") {
        let again = ask_back(&visit, id, reason, errors).await?;
        return page_again(&Confirm { hidden: vec![minded], ..again });
    }
    match conduct::let_in(&visit.app, &visit.ctx, id, reason).await {
        Ok(()) => Ok(see_other_done(&visit.href(&format!("/businesses/{id}/conduct")), "member-let-in")),
        Err(AppError::Refused(problems)) => {
            page_again(&ask_back(&visit, id, reason, Errors::from(&problems)).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// The way to the register from the list of members.
pub(crate) fn link(visit: &Visit) -> Option<Link> {
    visit
        .may::<fairwatch_core::conduct::ListConduct>()
        .then(|| Link { label: "Conduct".into(), href: visit.href("/conduct") })
}

//! One item of what is held: entered, put right or taken out, each on a page of its own that says what the policy and
//! the law have to do with it (SUB-1, SUB-4, SUB-6, INC-5, RET-16).
use super::{ages, deeds::after, held::path, here, id, source, source::TypedSource, told};
use crate::{
    forms::Sent,
    pages::{confirm::Confirm, day::Day, gallery::name_or_reference},
    respond::{Answer, PageError, page, page_again},
    shell::Nav,
    view::{Cautions, Choice, Crumb, Errors, FieldError, Piece, Row, Shell},
    visit::Visit,
    words,
};
use askama::Template;
use axum::extract::Path;
use fairwatch_app::{
    AppError,
    incidents::reporting::cautions::{Caution, mark},
    subjects::{self, Correction, Item, Shown, fields},
};
use fairwatch_core::{
    clocks::{AgeBand, Stage},
    ids::{FieldId, SubjectId},
    policy::{Category, Nature},
    subjects::{
        Source,
        fields::{AS_TEXT, condition, may_hold},
    },
};

/// `field_form.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "field_form.html")]
struct FieldForm {
    shell: Shell,
    errors: Errors,
    cautions: Cautions,
    minded: String,
    crumbs: Vec<Crumb>,
    here: String,
    title: String,
    says: Vec<Vec<Piece>>,
    action: String,
    cancel: String,
    kind: &'static str,
    label: String,
    hint: &'static str,
    value: String,
    tags: Vec<String>,
    born: Day,
    ages: Vec<Choice>,
    sources: Vec<Choice>,
    page_text: Option<String>,
    address: String,
    seen: Day,
    was_public: bool,
    asks_necessity: bool,
    necessity: String,
    asks_reason: bool,
    reason: String,
    ends_record: bool,
    button: &'static str,
}

/// What the form is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    /// Something that is not held yet.
    New(Category),
    /// Something that is.
    Held(FieldId, Category),
    /// The date of birth.
    Birth,
    /// How old they look.
    Age,
}

impl About {
    /// What an address names, of a record and a policy; as absent where it is not held, or may not be.
    fn find(shown: &Shown, item: &str) -> Result<Self, AppError> {
        let (policy, profile) = (&shown.scope.policy, &shown.open.profile);
        let about = match item {
            "age" => Self::Age,
            "date_of_birth" => Self::Birth,
            item => match Category::ALL.into_iter().find(|category| path(*category) == item) {
                Some(category) => Self::New(category),
                None => {
                    let field: FieldId = id(item)?;
                    Self::Held(field, profile.field(field).ok_or(AppError::Hidden)?.category)
                }
            },
        };
        let category = about.category();
        let can_be_typed = AS_TEXT.contains(&category)
            || matches!(about, Self::Birth | Self::Age)
            || category == Category::Name;
        let may = about == Self::Age || may_hold(policy, category).is_ok();
        if can_be_typed && may { Ok(about) } else { Err(AppError::Hidden) }
    }

    fn category(self) -> Category {
        match self {
            Self::New(category) | Self::Held(_, category) => category,
            Self::Birth | Self::Age => Category::DateOfBirth,
        }
    }

    /// How its page ends.
    fn path(self) -> String {
        match self {
            Self::New(category) => path(category),
            Self::Held(field, _) => field.to_string(),
            Self::Birth => "date_of_birth".to_owned(),
            Self::Age => "age".to_owned(),
        }
    }

    /// Whether a reason is asked for: for what is put right, and for what the clocks depend on.
    fn asks_reason(self) -> bool {
        !matches!(self, Self::New(category) if category != Category::Name)
    }
}

/// What was typed, as typed.
#[derive(Clone, Debug, Default)]
struct Typed {
    value: String,
    born: Day,
    age: String,
    source: TypedSource,
    necessity: String,
    reason: String,
    minded: String,
    ends_record: bool,
}

impl Typed {
    fn from_form(sent: &Sent) -> Self {
        Self {
            // A press on a tag says all there is to say.
            value: if sent.has("tag") { sent.one("tag") } else { sent.one("value") }.to_owned(),
            born: Day::from_form(sent, "born"),
            age: sent.one("age").to_owned(),
            source: TypedSource::from_form(sent),
            necessity: sent.one("necessity").to_owned(),
            reason: sent.one("reason").to_owned(),
            minded: sent.one("minded").to_owned(),
            ends_record: sent.has("ends-record"),
        }
    }

    /// What is held, to begin with. Where the right value comes from is for whoever corrects it to say.
    fn held(shown: &Shown, about: About) -> Self {
        let profile = &shown.open.profile;
        let mut typed = Self::default();
        match about {
            About::Held(field, _) => {
                typed.value = profile.field(field).map_or_else(String::new, |field| field.value.clone());
            }
            About::Birth => typed.born = profile.born().map_or_else(Day::default, Day::of),
            About::Age => age_value(profile.apparent_age).clone_into(&mut typed.age),
            About::New(_) => {}
        }
        typed
    }
}

fn age_value(band: AgeBand) -> &'static str {
    match band {
        AgeBand::Adult => "adult",
        AgeBand::Under18 => "under_18",
        AgeBand::Under14 => "under_14",
    }
}

fn hint(category: Category) -> &'static str {
    match category {
        Category::Name => "The old name stays as an alias, where the policy holds aliases",
        Category::Alias => "Another name that the person goes by",
        Category::Description => "Height, build, hair, scars. No ethnicity or health",
        Category::Ethnicity => "As the person, a report or the police say it",
        Category::Vehicles => "What it looks like, and its registration: Blue Ford Transit, AB12 CDE",
        Category::SuspectedActivity => {
            "What the person is suspected to have done or attempted, in a few words"
        }
        Category::ModusOperandi => "How the person goes about it",
        Category::Arrests => "When, by whom, and for what",
        Category::Convictions => "When, by which court, and for what. None that came from the police",
        Category::WarningMarkers => "What members must mind to stay safe. None that came from the police",
        Category::ContactDetails => "An address, an e-mail address or a telephone number",
        Category::MedicalRisk => "A condition only where its symptoms make the person a danger to others",
        Category::Vulnerability => "What makes the person vulnerable. Members do not read it",
        _ => "",
    }
}

/// What the policy and the law say of a category, above its form.
fn says(shown: &Shown, about: About) -> Vec<Vec<Piece>> {
    let policy = &shown.scope.policy;
    let category = about.category();
    let mut says = Vec::new();
    if about == About::Age {
        says.push("How old somebody looks serves while the date of birth is not known.".to_owned());
    } else if let Some(rule) = policy.category(category) {
        says.push(format!(
            "Held for this: {}. Seen by {}.",
            rule.purpose.trim_end_matches('.'),
            told::seen_by(policy, category)
        ));
        if let Some(condition) = condition(policy, rule).filter(|_| rule.nature != Nature::Ordinary) {
            says.push(format!("{}: {}.", words::capital(&rule.nature.to_string()), &*condition.law));
        }
    }
    if matches!(about, About::Birth | About::Age) || category == Category::Name {
        says.push(
            "The clocks are worked out again. That can bring the end nearer; it never moves it to before today."
                .to_owned(),
        );
    }
    says.into_iter().map(|text| vec![Piece::text(text)]).collect()
}

fn crumbs(visit: &Visit, shown: &Shown) -> Vec<Crumb> {
    let name = name_or_reference(shown.open.profile.name(), &shown.scope, shown.open.number);
    vec![
        Crumb { label: "People".into(), href: visit.href("/people") },
        Crumb { label: name, href: here(visit, shown.open.id) },
    ]
}

/// The words by which people are found again that can be added in one press, but for those that are held.
fn tags(visit: &Visit, about: About, profile: &fairwatch_core::subjects::Profile) -> Vec<String> {
    let About::New(category) = about else { return Vec::new() };
    let tags = visit.scope.policy.tags.iter().filter(|tag| tag.category == category && !tag.is_on(profile));
    tags.map(|tag| tag.label.to_string()).collect()
}

fn form(visit: &Visit, shown: &Shown, about: About, typed: &Typed, errors: Errors) -> FieldForm {
    let category = about.category();
    let label = match about {
        About::Age => "About how old".to_owned(),
        _ => told::label(category),
    };
    let profile = &shown.open.profile;
    let is_new = match about {
        About::New(_) => true,
        About::Held(..) | About::Age => false,
        About::Birth => profile.born().is_none(),
    };
    FieldForm {
        shell: visit.shell(Nav::People),
        crumbs: crumbs(visit, shown),
        here: label.clone(),
        title: format!("{}: {}", if is_new { "Add" } else { "Correct" }, label.to_lowercase()),
        says: says(shown, about),
        action: format!("{}/held/{}", here(visit, shown.open.id), about.path()),
        cancel: here(visit, shown.open.id),
        kind: match about {
            About::Age => "age",
            About::Birth => "date",
            _ if fairwatch_core::subjects::fields::longest(category) > 200 => "text",
            _ => "line",
        },
        hint: hint(category),
        value: typed.value.clone(),
        tags: tags(visit, about, profile),
        born: typed.born.clone(),
        ages: ages(&typed.age),
        sources: typed.source.choices(shown, category),
        page_text: source::public_page(shown),
        address: typed.source.address.clone(),
        seen: typed.source.seen.clone(),
        was_public: typed.source.was_public,
        asks_necessity: errors.has("necessity") || !typed.necessity.is_empty(),
        necessity: typed.necessity.clone(),
        asks_reason: about.asks_reason(),
        reason: typed.reason.clone(),
        minded: typed.minded.clone(),
        ends_record: errors.has("ends-record") || typed.ends_record,
        button: if is_new { "Add" } else { "Correct" },
        label,
        errors,
        cautions: Cautions::default(),
    }
}

/// `GET /o/{slug}/people/{id}/held/{item}`
pub(crate) async fn ask(visit: Visit, Path((_, subject, item)): Path<(String, String, String)>) -> Answer {
    let shown = subjects::open(&visit.app, &visit.ctx, id(&subject)?).await?;
    let about = About::find(&shown, &item)?;
    page(&form(&visit, &shown, about, &Typed::held(&shown, about), Errors::default()))
}

/// `POST /o/{slug}/people/{id}/held/{item}`
pub(crate) async fn keep(
    visit: Visit,
    Path((_, subject, item)): Path<(String, String, String)>,
    sent: Sent,
) -> Answer {
    let subject: SubjectId = id(&subject)?;
    let shown = subjects::open(&visit.app, &visit.ctx, subject).await?;
    let about = About::find(&shown, &item)?;
    let typed = Typed::from_form(&sent);
    let again = |errors| page_again(&form(&visit, &shown, about, &typed, errors));
    let source = match typed.source.read(&shown) {
        Ok(source) => source,
        Err(errors) => return again(errors),
    };
    let done = match about {
        About::Birth | About::Age => correct_age(&visit, subject, about, &typed, source).await,
        About::New(Category::Name) | About::Held(_, Category::Name) => {
            let correction = Correction { name: Some(typed.value.clone()), ..correction(&typed, source) };
            corrected(&visit, subject, correction, &typed).await
        }
        About::New(category) => {
            let kept = typed_field(&typed, category, source);
            fields::enter(&visit.app, &visit.ctx, &visit.scope.policy, subject, kept).await.map(Kept::of)
        }
        About::Held(field, category) => {
            let (kept, reason) = (typed_field(&typed, category, source), &typed.reason);
            let policy = &visit.scope.policy;
            fields::correct_field(&visit.app, &visit.ctx, policy, subject, field, kept, reason)
                .await
                .map(Kept::of)
        }
    };
    match done {
        Ok(Kept::At(stage)) => {
            let code = if matches!(about, About::New(_)) { "entered" } else { "corrected" };
            after(&visit, subject, stage, code)
        }
        Ok(Kept::Warned(found)) => {
            let mut asked = form(&visit, &shown, about, &typed, Errors::default());
            asked.minded = mark(&found);
            let cautions = found.into_iter().map(|one| FieldError { field: one.field, text: one.sentence });
            asked.cautions = Cautions(cautions.collect());
            page_again(&asked)
        }
        Err(AppError::Refused(problems)) => again(reason_asked(Errors::from(&problems), &typed.reason)),
        Err(error) => Err(error.into()),
    }
}

/// What became of what was sent.
enum Kept {
    At(Option<Stage>),
    Warned(Vec<Caution>),
}

impl Kept {
    fn of(outcome: fields::Outcome) -> Self {
        match outcome {
            fields::Outcome::Done => Self::At(None),
            fields::Outcome::Warned(found) => Self::Warned(found),
        }
    }
}

fn typed_field(typed: &Typed, category: Category, source: Source) -> fields::Typed {
    fields::Typed {
        category,
        value: typed.value.clone(),
        source,
        was_public: typed.source.was_public,
        minded: typed.minded.clone(),
    }
}

fn correction(typed: &Typed, source: Source) -> Correction {
    Correction {
        source: Some(source),
        was_public: typed.source.was_public,
        necessity: Some(typed.necessity.clone()),
        ends_record: typed.ends_record,
        ..Correction::default()
    }
}

async fn corrected(
    visit: &Visit,
    subject: SubjectId,
    correction: Correction,
    typed: &Typed,
) -> Result<Kept, AppError> {
    let stage = subjects::correct(&visit.app, &visit.ctx, subject, correction, &typed.reason).await?;
    Ok(Kept::At(Some(stage)))
}

async fn correct_age(
    visit: &Visit,
    subject: SubjectId,
    about: About,
    typed: &Typed,
    source: Source,
) -> Result<Kept, AppError> {
    let mut correction = correction(typed, source);
    if about == About::Birth {
        let no_day = "Enter a date of birth that exists, such as 27 3 1999";
        let Ok(Some(born)) = typed.born.parse() else { return Err(AppError::in_field("born", no_day)) };
        correction.born = Some(born);
    } else {
        let bands = [AgeBand::Adult, AgeBand::Under18, AgeBand::Under14];
        let chosen = bands.into_iter().find(|band| age_value(*band) == typed.age);
        correction.apparent_age =
            Some(chosen.ok_or_else(|| AppError::in_field("age", "Choose about how old they look"))?);
    }
    corrected(visit, subject, correction, typed).await
}

/// A refusal that is about no control is about the reason where none was given.
fn reason_asked(mut errors: Errors, reason: &str) -> Errors {
    if reason.trim().is_empty() {
        for error in errors.0.iter_mut().filter(|error| error.field.is_empty()) {
            "reason".clone_into(&mut error.field);
        }
    }
    errors
}

/// What can be taken out of a record, as its address names it.
fn removable(shown: &Shown, item: &str) -> Result<(Item, String, String), AppError> {
    let profile = &shown.open.profile;
    if item == "date_of_birth" {
        let born = profile.born().ok_or(AppError::Hidden)?;
        return Ok((Item::Birth, told::label(Category::DateOfBirth), words::date(born)));
    }
    let field = profile.field(id(item)?).ok_or(AppError::Hidden)?;
    Ok((Item::Field(field.id), told::label(field.category), field.value.clone()))
}

fn remove_form(
    visit: &Visit,
    shown: &Shown,
    item: &str,
    sent: &Sent,
    errors: Errors,
) -> Result<Confirm, PageError> {
    let (what, label, value) = removable(shown, item)?;
    let mut effects = vec!["It is destroyed for good, and found by nobody any more.".to_owned()];
    let is_name = matches!(what, Item::Field(field)
        if shown.open.profile.field(field).is_some_and(|field| field.category == Category::Name));
    if is_name {
        effects.push("Without another name the person is unknown again, as if nobody had named them.".into());
    } else if what == Item::Birth {
        effects.push("How old they look counts instead.".into());
    }
    if is_name || what == Item::Birth {
        effects.push("The clocks are worked out again, and what is due then happens at once.".into());
    }
    // Asked once more, with what it comes to, where the record itself would go.
    let ends = errors.has("ends-record");
    let hidden = if ends { vec![Row::new("ends-record", "yes")] } else { Vec::new() };
    Ok(Confirm {
        shell: visit.shell(Nav::People),
        crumbs: crumbs(visit, shown),
        here: label.clone(),
        title: format!("Remove this: {}?", label.to_lowercase()),
        text: vec![vec![Piece::text(value)]],
        effects,
        danger: true,
        action: format!("{}/held/{item}/remove", here(visit, shown.open.id)),
        hidden,
        reason_hint: "",
        reason_label: "Why?".into(),
        reason: sent.one("reason").to_owned(),
        button: if ends { "Remove it, and destroy the record" } else { "Remove" }.into(),
        cancel: here(visit, shown.open.id),
        errors,
    })
}

/// `GET /o/{slug}/people/{id}/held/{item}/remove`
pub(crate) async fn ask_remove(
    visit: Visit,
    Path((_, subject, item)): Path<(String, String, String)>,
) -> Answer {
    let shown = subjects::open(&visit.app, &visit.ctx, id(&subject)?).await?;
    page(&remove_form(&visit, &shown, &item, &Sent::default(), Errors::default())?)
}

/// `POST /o/{slug}/people/{id}/held/{item}/remove`
pub(crate) async fn remove(
    visit: Visit,
    Path((_, subject, item)): Path<(String, String, String)>,
    sent: Sent,
) -> Answer {
    let subject: SubjectId = id(&subject)?;
    let shown = subjects::open(&visit.app, &visit.ctx, subject).await?;
    let (what, ..) = removable(&shown, &item)?;
    let (reason, ends) = (sent.one("reason"), sent.has("ends-record"));
    match fields::remove(&visit.app, &visit.ctx, subject, what, reason, ends).await {
        Ok(stage) => after(&visit, subject, Some(stage), "taken-out"),
        Err(AppError::Refused(problems)) => {
            let errors = reason_asked(Errors::from(&problems), reason);
            page_again(&remove_form(&visit, &shown, &item, &sent, errors)?)
        }
        Err(error) => Err(error.into()),
    }
}

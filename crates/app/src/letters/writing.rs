//! Putting a letter together from what was decided and what the controller entered.
use crate::{
    App,
    error::{AppError, Check},
    notices, pictures,
};
use fairwatch_core::{
    accounts::Business,
    clocks::Stage,
    exclusions::appeals::Outcome,
    gate::Ctx,
    ids::IncidentId,
    letters::{Kind, Written as Kept, sources},
    notices::Notice,
    pictures::Size,
    policy::{Category, period::Length},
    scope::Scope,
};
use fairwatch_documents::{
    Addressee, AppealDecision, AppealReceipt, Confirmation, Content, Covering, Exclusion, Expiry, Happened,
    Letter, Letterhead, Lifting, Premises, Rights, Variation, Warning,
};
use fairwatch_store::{
    exclusions,
    letters::matter::{Material, Matter},
};
use jiff::civil::Date;
use uuid::Uuid;

/// What the controller enters of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// What it is.
    pub kind: Kind,
    /// What it is about; the newest that fits where it is not named.
    pub about: Option<Uuid>,
    /// The name by which the person is addressed.
    pub name: String,
    /// The postal address, a line each; empty where it is handed over.
    pub address: String,
    /// Why, in words that the person reads; empty where the letter gives no reason. It begins with what a decision rests on,
    /// or empty where somebody must find the words: what those who decided wrote for the record is in no letter.
    pub reason: String,
    /// Whether the picture is shown.
    pub with_picture: bool,
    /// Whether the privacy notice is attached.
    pub with_notice: bool,
}

/// A letter before it is made: what would stand in it, as far as it can be changed.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The organisation, its policy and today.
    pub scope: Scope,
    /// The number of the person.
    pub number: i64,
    /// What the form holds at first.
    pub order: Order,
    /// Whether there is a picture that such a letter can show.
    pub can_show_picture: bool,
    /// Whether the letter gives a reason.
    pub gives_reason: bool,
    /// What the letter tells of, in short lines for the page.
    pub tells: Vec<(&'static str, String)>,
}

/// Whether a kind of letter gives the reason of whoever decided.
pub(super) fn gives_reason(kind: Kind) -> bool {
    matches!(kind, Kind::Warning | Kind::Exclusion | Kind::Variation | Kind::Lifting | Kind::AppealDecision)
}

fn shows_picture(kind: Kind) -> bool {
    matches!(kind, Kind::Exclusion | Kind::Confirmation)
}

fn day(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

fn last_day(over: Date) -> Date {
    over.yesterday().unwrap_or(over)
}

impl Draft {
    pub(super) fn of(material: &Material, kind: Kind) -> Self {
        let profile = &material.open.profile;
        let last = material.last.as_ref();
        let address =
            last.map(|letter| letter.written.address.join("\n")).filter(|address| !address.is_empty());
        let held = || profile.newest(Category::ContactDetails).map(|field| field.value.clone());
        let can_show_picture = shows_picture(kind) && material.portrait.is_some();
        let mut tells = Vec::new();
        let reason = match &material.matter {
            Matter::Warning(held) => {
                tells.push(("Authorised", day(held.decided_on.unwrap_or(held.opened_on))));
                because(material, &held.says.evidence)
            }
            Matter::Exclusion(held, _) => {
                let from = if held.premises.is_empty() {
                    "all members\u{2019} premises".to_owned()
                } else {
                    held.premises
                        .iter()
                        .map(|(_, business)| business.name.clone())
                        .collect::<Vec<_>>()
                        .join(", ")
                };
                tells.push(("From", from));
                tells.push(("First day", day(held.starts_on)));
                tells.push(("Last day", day(last_day(held.ends_on))));
                // Why it was changed or lifted is kept with the record, and written for no letter.
                if matches!(kind, Kind::Variation | Kind::Lifting) {
                    String::new()
                } else {
                    held.terms.reason.clone()
                }
            }
            Matter::Appeal(held, _) => {
                tells.push(("Received", day(held.received_on)));
                match held.decided_on {
                    Some(on) => tells.push(("Decided", day(on))),
                    None => tells.push(("Decided by", day(held.decide_by))),
                }
                held.says.reason.clone().unwrap_or_default()
            }
            Matter::Notice => {
                if let Some(collected) = material.record.collected {
                    tells.push(("Held since", day(collected)));
                }
                String::new()
            }
        };
        Self {
            number: material.open.number,
            order: Order {
                kind,
                about: None,
                name: profile.name().unwrap_or_default().to_owned(),
                address: address.or_else(held).unwrap_or_default(),
                reason: if gives_reason(kind) { reason } else { String::new() },
                with_picture: can_show_picture,
                with_notice: true,
            },
            can_show_picture,
            gives_reason: gives_reason(kind),
            tells,
            scope: material.scope.clone(),
        }
    }
}

impl Order {
    /// The same without spaces around, if it can be a letter.
    pub(super) fn checked(&self) -> Result<Self, AppError> {
        let mut check = Check::default();
        let name = self.name.split_whitespace().collect::<Vec<_>>().join(" ");
        check.want(
            !name.is_empty(),
            "name",
            "Enter how the person is addressed: a name, or how they are known.",
        );
        check.want(name.chars().count() <= 200, "name", "Use 200 characters or fewer for the name.");
        let lines = lines(&self.address);
        let fits = lines.len() <= 8 && lines.iter().all(|line| line.chars().count() <= 120);
        check.want(fits, "address", "Write the address in eight lines or fewer, of 120 characters each.");
        let reason = self.reason.trim().to_owned();
        if gives_reason(self.kind) {
            check.want(!reason.is_empty(), "reason", "Say why, in words that the person understands.");
            check.want(
                reason.chars().count() <= 2000,
                "reason",
                "Give the reason in 2,000 characters or fewer.",
            );
            check.want(
                !has_slot(&reason),
                "reason",
                "Write who is meant in place of {1} and the like: the person reads this.",
            );
        }
        // The privacy notice itself is what a covering letter covers.
        let with_notice = self.with_notice || self.kind == Kind::Notice;
        check.done()?;
        Ok(Self { name, address: lines.join("\n"), reason, with_notice, ..self.clone() })
    }
}

fn lines(address: &str) -> Vec<String> {
    address.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// A letter that is ready to be set, and what is kept of it.
pub(super) struct Written {
    pub(super) letter: Letter,
    pub(super) picture: Option<Vec<u8>>,
    pub(super) written: Kept,
}

pub(super) async fn write(
    app: &App,
    ctx: &Ctx,
    material: &Material,
    order: &Order,
    reference: &str,
    base: &str,
) -> Result<Written, AppError> {
    let scope = &material.scope;
    let here = format!("{base}/o/{}", scope.slug);
    let picture = match &material.portrait {
        Some(portrait) if order.with_picture && shows_picture(order.kind) => {
            Some(pictures::of_letter(app, portrait, Size::Medium).await?)
        }
        _ => None,
    };
    let notice = if order.with_notice {
        let published = notices::published(app, ctx, &scope.slug, None).await?;
        published.and_then(|published| notices::text(&published, Notice::Reported, base))
    } else {
        None
    };
    let named = material.open.profile.name().is_some() || !order.name.starts_with("The ");
    let letter = Letter {
        from: letterhead(scope),
        to: Addressee {
            greeting: if named { format!("Dear {},", order.name) } else { "Hello,".to_owned() },
            name: order.name.clone(),
            address: lines(&order.address),
        },
        reference: reference.to_owned(),
        dated: scope.today,
        content: content(material, order),
        rights: Rights {
            letter_page: format!("{here}/letter"),
            notice_page: format!("{here}/notices/{}", Notice::Reported.name()),
            complaint: scope.policy.deadlines.complaint.length.to_string(),
        },
        notice,
    };
    let (until, premises) = match &material.matter {
        Matter::Exclusion(held, _) | Matter::Appeal(_, Some(held)) if order.kind != Kind::AppealReceipt => {
            let mut members: Vec<_> = held.premises.iter().map(|(member, _)| *member).collect();
            members.sort_unstable();
            (Some(held.ends_on), members)
        }
        _ => (None, Vec::new()),
    };
    let written = Kept {
        reference: reference.to_owned(),
        name: order.name.clone(),
        address: lines(&order.address),
        until,
        premises,
    };
    Ok(Written { letter, picture, written })
}

fn letterhead(scope: &Scope) -> Letterhead {
    let scheme = &scope.policy.scheme;
    let contact = &scheme.contact;
    Letterhead {
        scheme: scheme.name.to_string(),
        short: scheme.short.to_string(),
        address: contact.address.iter().map(ToString::to_string).collect(),
        email: contact.email.as_ref().map(ToString::to_string),
        telephone: contact.telephone.iter().map(ToString::to_string).collect(),
        website: contact.website.as_ref().map(ToString::to_string),
        brand: scheme.brand.as_ref().map(ToString::to_string),
        controller: scope.policy.controller.title.to_string(),
    }
}

/// What was reported, in general words: the day, the kind, and that it was at a member's. A letter names no witness, no
/// member who reported and nobody else who was there.
fn happened(material: &Material, evidence: &[IncidentId]) -> Vec<Happened> {
    let policy = &material.scope.policy;
    let named = |incident: &IncidentId| evidence.is_empty() || evidence.contains(incident);
    let label = |id: &str| {
        let word = policy.incidents.categories.iter().find(|word| &*word.id == id);
        word.map_or_else(|| "An incident".to_owned(), |word| word.label.to_string())
    };
    let place = format!("premises of a member in {}", area(&material.scope));
    let mut seen: Vec<IncidentId> = Vec::new();
    let mut found = Vec::new();
    for involved in material.open.involved.iter().rev() {
        if named(&involved.incident) && !seen.contains(&involved.incident) {
            seen.push(involved.incident);
            found.push(Happened {
                on: involved.occurred_on,
                what: label(&involved.category),
                place: place.clone(),
            });
        }
    }
    found
}

/// What a decision rests on, in the words in which an exclusion says it: nobody's reasons, which are kept with the record.
fn because(material: &Material, evidence: &[IncidentId]) -> String {
    let told = happened(material, evidence);
    told.iter().map(|one| format!("{}, {}", one.what, day(one.on))).collect::<Vec<_>>().join("; ")
}

/// Whether a text holds what stands for a person in accounts, such as `{1}`: nobody is called that in a letter.
fn has_slot(text: &str) -> bool {
    text.split('{').skip(1).any(|rest| {
        rest.split_once('}')
            .is_some_and(|(slot, _)| !slot.is_empty() && slot.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// Where the scheme operates, in the middle of a sentence.
fn area(scope: &Scope) -> String {
    let area = scope.policy.scheme.area_of_operation.to_string();
    match area.strip_prefix("The ") {
        Some(rest) => format!("the {rest}"),
        None => area,
    }
}

fn content(material: &Material, order: &Order) -> Content {
    let scope = &material.scope;
    let appeal = words(scope.policy.exclusions.appeal.length);
    let reason = order.reason.clone();
    match &material.matter {
        Matter::Warning(held) => {
            Content::Warning(Warning { happened: happened(material, &held.says.evidence), reason, appeal })
        }
        Matter::Notice => Content::Notice(Covering {
            since: material.record.collected.unwrap_or(scope.today),
            source: sources::told(&scope.policy, &material.open.profile, material.reporters),
        }),
        Matter::Appeal(held, exclusion) => match held.outcome {
            Some(outcome) => Content::AppealDecision(AppealDecision {
                received: held.received_on,
                decided: held.decided_on.unwrap_or(scope.today),
                outcome: decided(outcome, held.exclusion.is_some()).to_owned(),
                reason,
                until: exclusion.as_ref().map(|held| last_day(held.ends_on)),
                premises: exclusion.as_ref().map(|held| premises(scope, held)),
            }),
            None => Content::AppealReceipt(AppealReceipt {
                received: held.received_on,
                decide_by: held.decide_by,
            }),
        },
        Matter::Exclusion(held, noticed) => {
            let until = last_day(held.ends_on);
            let premises = premises(scope, held);
            let rules = held.terms.rules.clone();
            let from = held.starts_on;
            match order.kind {
                Kind::Confirmation => Content::Confirmation(Confirmation {
                    noticed: noticed.unwrap_or(from),
                    from,
                    until,
                    premises,
                    rules,
                    appeal,
                }),
                Kind::Variation => {
                    let varied = held.terms.changes.last().map_or(scope.today, |change| change.on);
                    Content::Variation(Variation { varied, until, premises, reason, appeal })
                }
                Kind::Lifting => {
                    Content::Lifting(Lifting { lifted: held.ended_on.unwrap_or(scope.today), reason })
                }
                Kind::Expiry => Content::Expiry(expiry(material, until)),
                _ => {
                    let evidence = material.open.proposals.iter().find(|one| one.id == held.proposal.0);
                    let evidence = evidence.map(|one| one.says.evidence.clone()).unwrap_or_default();
                    let happened = happened(material, &evidence);
                    Content::Exclusion(Exclusion { happened, reason, from, until, premises, rules, appeal })
                }
            }
        }
    }
}

/// From where somebody is excluded, as a letter says it.
fn premises(scope: &Scope, held: &exclusions::Held) -> Premises {
    if held.premises.is_empty() {
        return Premises::All { area: area(scope) };
    }
    let place = |business: &Business| {
        let parts = [&*business.name, &*business.premises].into_iter().filter(|part| !part.trim().is_empty());
        parts.collect::<Vec<_>>().join(", ")
    };
    Premises::Named { places: held.premises.iter().map(|(_, business)| place(business)).collect() }
}

/// What was decided on an appeal, as a sentence to the person.
fn decided(outcome: Outcome, of_exclusion: bool) -> &'static str {
    match (outcome, of_exclusion) {
        (Outcome::Upheld, _) => "What was decided stands as it is.",
        (Outcome::Shortened, _) => "Your exclusion is shortened.",
        (Outcome::Narrowed, _) => "Your exclusion is from fewer premises.",
        (Outcome::Lifted, true) => "Your exclusion is lifted.",
        (Outcome::Lifted, false) => "The warning is taken back.",
    }
}

/// What becomes of the data, by the clock: told where it says a day.
fn expiry(material: &Material, until: Date) -> Expiry {
    let life = &material.open.life;
    let withdrawn = life.until.filter(|day| life.stage == Stage::Circulating && Some(*day) != life.deletion);
    Expiry { until, withdrawn, deleted: life.deletion, record: life.stub_due }
}

fn words(length: Length) -> String {
    length.to_string()
}

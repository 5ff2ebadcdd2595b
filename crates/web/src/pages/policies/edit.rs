//! Writing a change: the text of the policy, why, and from which day. What was typed is kept whatever is wrong with it.
use super::{crumbs, here, title};
use crate::{
    forms::Sent,
    pages::day::Day,
    respond::{Answer, PageError, page, page_again, see_other},
    shell::Nav,
    view::{Crumb, Errors, Shell},
    visit::{Id, Visit},
};
use askama::Template;
use fairwatch_app::{
    AppError,
    policies::{self, Opened, Typed, field},
};
use fairwatch_core::{
    ids::PolicyChangeId,
    notices::{Piece, Prose},
    policies::ChangeState,
    policy::{Finding, Severity},
};

/// `policy_edit.html`
#[derive(Template, Debug)]
#[template(path = "policy_edit.html")]
struct Edit {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    here: String,
    action: String,
    cancel: String,
    said: Said,
    text: String,
    pieces: Vec<Written>,
    is_open: bool,
    reason: String,
    from: Day,
}

/// A text beside the policy, which a human writes (POL-4).
#[derive(Debug)]
struct Written {
    id: &'static str,
    label: &'static str,
    text: String,
}

pub(super) fn label(piece: Piece) -> &'static str {
    match piece {
        Piece::About => "Who the scheme is, in every notice",
        Piece::Balance => "How members’ interests were weighed",
        Piece::Reported => "In the notice for people who are reported",
        Piece::Members => "In the members’ notice",
        Piece::Public => "In the notice for visitors and enquirers",
        Piece::Processing => "In the processing documentation",
    }
}

/// What is to be said of a text.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) errors: Vec<Remark>,
    pub(super) warnings: Vec<Remark>,
    pub(super) notes: Vec<Remark>,
}

/// One thing, with the line that it is about.
#[derive(Debug)]
pub(super) struct Remark {
    pub(super) place: String,
    pub(super) line: String,
    pub(super) reason: String,
}

impl Said {
    pub(super) fn of(findings: &[Finding], file: &str, text: &str, prose: &Prose) -> Self {
        let of = |severity| {
            let remark = |finding: &&Finding| {
                let beside = Piece::ALL.into_iter().find(|piece| {
                    finding.file != file && finding.file.ends_with(&format!("/{}.md", piece.name()))
                });
                let text = beside.map_or(text, |piece| prose.piece(piece).unwrap_or_default());
                let line =
                    finding.line.checked_sub(1).and_then(|n| text.lines().nth(usize::try_from(n).ok()?));
                Remark {
                    place: match beside {
                        Some(piece) => format!("{}, line {}", label(piece), finding.line),
                        None => format!("Line {}", finding.line),
                    },
                    line: line.map_or_else(String::new, |line| line.trim().chars().take(120).collect()),
                    reason: finding.reason.clone(),
                }
            };
            findings.iter().filter(|finding| finding.severity == severity).map(|f| remark(&f)).collect()
        };
        Self { errors: of(Severity::Error), warnings: of(Severity::Warning), notes: of(Severity::Note) }
    }
}

fn form(visit: &Visit, opened: &Opened, from: Day, errors: Errors) -> Edit {
    let change = &opened.change;
    let action = format!("{}/edit", here(visit, change.id));
    Edit {
        shell: visit.shell(Nav::Policy),
        crumbs: crumbs(visit),
        here: title(change),
        action,
        cancel: here(visit, change.id),
        said: Said::of(&opened.findings, &change.file_name, &change.written.text, &opened.prose),
        text: change.written.text.clone(),
        is_open: is_wrong_beside(opened, &errors),
        errors,
        pieces: Piece::ALL
            .into_iter()
            .map(|piece| Written {
                id: field(piece),
                label: label(piece),
                text: opened.prose.piece(piece).unwrap_or_default().to_owned(),
            })
            .collect(),
        reason: change.written.reason.clone(),
        from,
    }
}

/// Whether something is wrong with a text beside the policy, which is then not folded away.
fn is_wrong_beside(opened: &Opened, errors: &Errors) -> bool {
    let file = &opened.change.file_name;
    Piece::ALL.into_iter().any(|piece| errors.has(field(piece)))
        || opened.findings.iter().any(|one| one.severity == Severity::Error && one.file != *file)
}

async fn opened(visit: &Visit, id: PolicyChangeId) -> Result<Opened, PageError> {
    let opened = policies::open(&visit.app, &visit.ctx, id).await?;
    // What is proposed is what the board reads: nobody writes at it any more.
    if opened.change.state != ChangeState::Draft {
        return Err(AppError::Hidden.into());
    }
    Ok(opened)
}

/// `GET /o/{slug}/policy/changes/{id}/edit`
pub(crate) async fn ask(visit: Visit, Id(id): Id<PolicyChangeId>) -> Answer {
    let opened = opened(&visit, id).await?;
    let from = opened.change.effective_on.map(Day::of).unwrap_or_default();
    page(&form(&visit, &opened, from, Errors::default()))
}

/// `POST /o/{slug}/policy/changes/{id}/edit`
pub(crate) async fn save(visit: Visit, Id(id): Id<PolicyChangeId>, sent: Sent) -> Answer {
    let day = Day::from_form(&sent, "from");
    let mut wrong = Vec::new();
    let mut text = sent.one("text").to_owned();
    if let Some(file) = sent.files.first() {
        match String::from_utf8(file.bytes.clone()) {
            Ok(content) => text = content,
            Err(_) => wrong.push(("file", "This file is no text. Choose the policy as a TOML file.")),
        }
    }
    // Browsers send lines as telegraphs did, and leave the last end of line out where nothing follows.
    text = text.replace("\r\n", "\n");
    let from = day.parse();
    if from.is_err() {
        wrong.push(("from", "Enter a day that exists, such as 27 3 2027"));
    }
    let prose = Piece::ALL
        .into_iter()
        .filter(|piece| sent.has(field(*piece)))
        .fold(Prose::default(), |prose, piece| {
            prose.with(piece, sent.one(field(piece)).replace("\r\n", "\n"))
        });
    let typed = Typed { text, prose, reason: sent.one("reason").to_owned(), from: from.unwrap_or(None) };
    let saved = policies::save(&visit.app, &visit.ctx, id, typed.clone()).await;
    let mut opened = opened(&visit, id).await?;
    let mut errors = match saved {
        Ok(()) => Errors::default(),
        Err(AppError::Refused(problems)) => Errors::from(&problems),
        Err(error) => return Err(error.into()),
    };
    for (field, sentence) in wrong {
        errors.0.extend(Errors::one(field, sentence).0);
    }
    if sent.one("do") == "try" && errors.0.is_empty() {
        let is_sound = opened.after.is_some();
        let tried = if is_sound {
            policies::try_out(&visit.app, &visit.ctx, id, policies::WHILE_WAITING).await.map(|_| ())
        } else {
            Err(AppError::in_field(
                "text",
                "Mend what is wrong with the text first: each error names its line.",
            ))
        };
        match tried {
            Ok(()) => return Ok(see_other(&here(&visit, id))),
            Err(AppError::Refused(problems)) => errors = Errors::from(&problems),
            Err(error) => return Err(error.into()),
        }
    }
    if errors.0.is_empty() {
        return Ok(see_other(&format!("{}/edit?done=policy-kept", here(&visit, id))));
    }
    // What could not be kept is shown as it was typed all the same.
    opened.change.written.text = typed.text;
    opened.change.written.reason = typed.reason;
    opened.prose = typed.prose;
    page_again(&form(&visit, &opened, day, errors))
}

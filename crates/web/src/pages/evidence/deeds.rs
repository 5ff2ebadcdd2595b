//! What the controller does with evidence: shares it, releases it to the board, removes it.
use crate::{
    forms::Sent,
    pages::confirm::Confirm,
    respond::{Answer, page, page_again, see_other_done},
    shell::Nav,
    view::{Crumb, Errors, Piece, Row},
    visit::{Id, Visit, local_path},
    words,
};
use fairwatch_app::{AppError, evidence};
use fairwatch_core::{evidence::RELEASED_FOR, ids::EvidenceId};

fn here(visit: &Visit, id: EvidenceId) -> String {
    visit.href(&format!("/evidence/{id}"))
}

/// `POST .../evidence/{id}/share`: lets those see it whom the policy names, or ends that.
pub(crate) async fn share(visit: Visit, Id(id): Id<EvidenceId>, sent: Sent) -> Answer {
    let is_shared = sent.one("share") == "yes";
    evidence::share(&visit.app, &visit.ctx, id, is_shared).await?;
    let code = if is_shared { "evidence-shared" } else { "evidence-withheld" };
    Ok(see_other_done(&here(&visit, id), code))
}

fn confirm(visit: &Visit, id: EvidenceId, name: &str) -> Confirm {
    let page = here(visit, id);
    Confirm {
        shell: visit.shell(Nav::Elsewhere),
        crumbs: vec![Crumb { label: "Evidence".into(), href: page.clone() }],
        action: format!("{page}/{name}"),
        cancel: page,
        ..Confirm::default()
    }
}

fn ask_release_form(visit: &Visit, id: EvidenceId, reason: &str, errors: Errors) -> Confirm {
    let text = format!(
        "The board sees evidence only as necessary in the course of legal proceedings. It can open this piece for {}; \
         your reason and each look are recorded.",
        words::count(usize::try_from(RELEASED_FOR).unwrap_or(0), "day", "days")
    );
    Confirm {
        here: "Release to the board".into(),
        title: "Release this to the board in legal proceedings?".into(),
        text: vec![vec![Piece::text(text)]],
        reason_label: "Which proceedings, and why the board needs it".into(),
        reason: reason.to_owned(),
        button: "Release it".into(),
        errors,
        ..confirm(visit, id, "release")
    }
}

/// `GET .../evidence/{id}/release`
pub(crate) async fn ask_release(visit: Visit, Id(id): Id<EvidenceId>) -> Answer {
    page(&ask_release_form(&visit, id, "", Errors::default()))
}

/// `POST .../evidence/{id}/release`
pub(crate) async fn release(visit: Visit, Id(id): Id<EvidenceId>, sent: Sent) -> Answer {
    let reason = sent.one("reason");
    match evidence::release(&visit.app, &visit.ctx, id, reason).await {
        Ok(()) => Ok(see_other_done(&here(&visit, id), "evidence-released")),
        Err(AppError::Refused(problems)) => {
            page_again(&ask_release_form(&visit, id, reason, Errors::from(&problems)))
        }
        Err(error) => Err(error.into()),
    }
}

fn ask_remove_form(visit: &Visit, id: EvidenceId, back: &str, reason: &str, errors: Errors) -> Confirm {
    Confirm {
        here: "Remove".into(),
        title: "Remove this evidence?".into(),
        text: vec![vec![Piece::text(
            "It is destroyed for good. That it was there, and who looked at it, stays in the audit.",
        )]],
        danger: true,
        hidden: vec![Row::new("back", back)],
        reason_label: "Why".into(),
        reason: reason.to_owned(),
        button: "Remove it".into(),
        errors,
        ..confirm(visit, id, "remove")
    }
}

/// `GET .../evidence/{id}/remove`
pub(crate) async fn ask_remove(visit: Visit, Id(id): Id<EvidenceId>) -> Answer {
    let opened = evidence::show(&visit.app, &visit.ctx, id, "").await?.opened;
    let back = match (opened.incident, opened.report) {
        (Some(incident), _) => format!("/incidents/{incident}"),
        (None, Some(report)) => format!("/review/{report}"),
        (None, None) => String::new(),
    };
    page(&ask_remove_form(&visit, id, &visit.href(&back), "", Errors::default()))
}

/// `POST .../evidence/{id}/remove`
pub(crate) async fn remove(visit: Visit, Id(id): Id<EvidenceId>, sent: Sent) -> Answer {
    let home = visit.href("");
    let back = local_path(sent.one("back")).filter(|path| path.starts_with(&home)).unwrap_or(&home);
    let reason = sent.one("reason");
    match evidence::remove(&visit.app, &visit.ctx, id, reason).await {
        Ok(()) => Ok(see_other_done(back, "evidence-removed")),
        Err(AppError::Refused(problems)) => {
            page_again(&ask_remove_form(&visit, id, back, reason, Errors::from(&problems)))
        }
        Err(error) => Err(error.into()),
    }
}

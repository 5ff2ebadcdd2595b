//! What governs the demonstration's schemes: documents, registers, reviews, some of them late (DOC-1 to DOC-4).
use super::{people::Staffing, seed::Seeding};
use crate::commands::Failure;
use fairwatch_app::{
    governing::{self, Entered},
    old_data,
    registers::{self, Typed},
};
use fairwatch_core::{
    gate::Ctx,
    governing::{Audience, Kind},
    notices::Notice,
    registers::{Detail, Kind as Register, Subject},
    scope::Scope,
};
use jiff::Span;

const RULES: &str = "# Rules and protocols\n\nThese rules bind every member and everybody who acts for one.\n\n\
    # Reporting\n\n- Report what you saw yourself, or say from whom you have it.\n\
    - Report nobody for who they are: only for what they did.\n- Send pictures only of the incident.\n\n\
    # What you see\n\n- Look at people only for your work.\n- Copy, print and pass on nothing.\n\
    - Leave no screen where customers can read it.\n\n# Breaches\n\n\
    Whoever breaks these rules can be suspended at once. The board decides what follows.\n";

const IMPACT: &str = "# What could happen to people\n\nSomebody could be reported by mistake, or stay in view for longer than \
    is right. Staff could tell others what they saw.\n\n# What is done about it\n\n- Nothing reaches members before the \
    controller has looked at it.\n- Every record ends by the clock.\n- Each look is on record.\n";

fn text(text: &str, asks: bool) -> Entered {
    Entered { text: text.into(), asks, ..Entered::default() }
}

/// What stands since the scheme began.
pub(crate) async fn early(
    seeding: &Seeding,
    scope: &Scope,
    staffing: &Staffing,
    controller: &Ctx,
) -> Result<(), Failure> {
    let (app, org) = (&seeding.app, scope.org);
    let rules = (Some(Kind::Rules), Some(Audience::All), "Rules and protocols");
    governing::add(app, controller, org, rules, text(RULES, true)).await?;
    super::people::agree(seeding, controller, org).await?;
    let impact = (Some(Kind::Impact), Some(Audience::Office), "Data protection impact assessment");
    governing::add(app, controller, org, impact, text(IMPACT, false)).await?;
    let people = [
        (&staffing.controller.name, "Data protection, and the review of reports"),
        (&staffing.board[0].name, "Oversight of the controller, and this register"),
    ];
    for (name, duty) in people {
        let detail = Detail {
            name: name.clone(),
            about: duty.into(),
            contact: "By the scheme’s telephone".into(),
            ..Detail::default()
        };
        let typed = Typed { detail, ..Typed::default() };
        registers::add(app, controller, org, Register::Person, typed).await?;
    }
    for (kind, what) in
        [(Register::Processor, "Contract, in the safe"), (Register::Agreement, "Signed copy, in the safe")]
    {
        for (key, _) in kind.named(&scope.policy).unwrap_or_default() {
            let detail = Detail {
                name: what.into(),
                responsible: staffing.controller.name.clone(),
                ..Detail::default()
            };
            let today = controller.today();
            // It runs out in the demonstration's present, soon.
            let expires = Some(today.saturating_add(Span::new().days(525)));
            let typed = Typed { key, expires, detail, ..Typed::default() };
            registers::add(app, controller, org, kind, typed).await?;
        }
    }
    Ok(())
}

/// What was done lately: the rules were revised, some documents reviewed, and a change is still to be told.
pub(crate) async fn late(seeding: &Seeding, scope: &Scope, controller: &Ctx) -> Result<(), Failure> {
    let (app, org) = (&seeding.app, scope.org);
    let found = registers::overview(app, controller, org).await?;
    if let Some(rules) = found.documents.iter().find(|document| document.kind == Kind::Rules) {
        let entered = Entered {
            text: format!(
                "{RULES}\n# Shared tills\n\n- Sign in under your own name, and lock the till when you leave it.\n"
            ),
            changed: "A part about shared tills is new.".into(),
            asks: true,
            ..Entered::default()
        };
        governing::revise(app, controller, rules.id, entered).await?;
        super::people::agree(seeding, controller, org).await?;
    }
    for notice in [Notice::Reported, Notice::Members, Notice::Public, Notice::Record] {
        let subject = Subject::notice(notice);
        if found.review_of(&subject).is_some() {
            registers::review(app, controller, org, subject, "Read against what we do: all of it holds.")
                .await?;
        }
    }
    registers::review(app, controller, org, Subject::users(), "Two users had left, and are removed.").await?;
    let detail = Detail {
        name: "We now keep clips from members’ cameras".into(),
        about: "The registration speaks of pictures alone".into(),
        ..Detail::default()
    };
    registers::add(app, controller, org, Register::Revision, Typed { detail, ..Typed::default() }).await?;
    old_data(seeding, scope, controller).await
}

/// The first audit of what is old (RET-13). It stays open where something is past its end that day: whoever looks at the
/// demonstration finishes it then.
async fn old_data(seeding: &Seeding, scope: &Scope, controller: &Ctx) -> Result<(), Failure> {
    let (app, org) = (&seeding.app, scope.org);
    let id = old_data::begin(app, controller, org).await?;
    let found = old_data::overview(app, controller, org).await?;
    if found.open.is_some_and(|audit| audit.summary.is_done()) {
        let said = "The scheme is younger than two years, so that nothing it holds is that old yet.";
        old_data::finish(app, controller, org, id, said).await?;
    }
    Ok(())
}

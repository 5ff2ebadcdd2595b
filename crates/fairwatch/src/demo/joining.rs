//! Who has written to the scheme lately: a business that wants to join, one that is to leave, and somebody with a question
//! (MEM-1, MEM-6, PUB-2).
use super::{people::Staffing, seed::Seeding};
use crate::commands::Failure;
use fairwatch_app::{
    conduct, enquiries,
    joining::{self, Typed},
    leaving,
};
use fairwatch_core::{
    accounts::Business,
    gate::{Caller, Ctx},
    scope::Scope,
};
use fairwatch_testkit::people as invented;
use std::net::{IpAddr, Ipv4Addr};

/// Beyond the businesses that are members already.
const NEXT: usize = 900;
/// Which of the members is to leave.
const LEAVES: usize = 4;

/// Which of the members did not keep the rules.
const BROKE: usize = 6;

/// Somebody put a picture on the door; the controller has written it down and asks for training (MEM-8).
async fn broke(seeding: &Seeding, staffing: &Staffing, controller: &Ctx) -> Result<(), Failure> {
    let Some((user, member)) = staffing.users.get(BROKE).and_then(|user| Some((user, user.member?))) else {
        return Ok(());
    };
    let typed = conduct::Typed {
        who: user.membership.to_string(),
        measure: "training".into(),
        rule: "What you see: copy, print and pass on nothing".into(),
        text: "A picture from the gallery was printed and put beside the till, where customers saw it. It was taken down the same day."
            .into(),
        ..conduct::Typed::default()
    };
    conduct::record(&seeding.app, controller, member, &typed).await?;
    Ok(())
}

/// They write today.
pub(crate) async fn happen(
    seeding: &Seeding,
    scope: &Scope,
    number: usize,
    staffing: &Staffing,
    controller: &Ctx,
) -> Result<(), Failure> {
    let from = IpAddr::V4(Ipv4Addr::new(198, 51, 100, u8::try_from(number).unwrap_or(0)));
    let ctx = seeding.ctx(Caller::Nobody);
    let business = invented::Business::number(NEXT + number);
    let person = invented::Person::from_seed((NEXT + number) as u64, jiff::civil::date(2026, 1, 1)).name();
    let typed = Typed {
        business: Business {
            name: business.name.clone(),
            premises: business.address.clone(),
            area: scope.policy.areas.first().map_or_else(String::new, |area| area.label.to_string()),
            trade: business.trade.to_owned(),
        },
        person,
        email: format!("owner@{}-newcomer.example", scope.slug),
        telephone: "01632 960417".into(),
        message: "We open next month. Our neighbours say that it helps to be told early who steals here."
            .into(),
        agrees: true,
        version: scope.policy_version.to_string(),
    };
    joining::receive(&seeding.app, &ctx, scope, &typed, from).await?;
    let question = enquiries::Typed {
        purpose: "other".into(),
        reference: String::new(),
        name: invented::Person::from_seed((NEXT + 50 + number) as u64, jiff::civil::date(2026, 1, 1)).name(),
        contact: format!("asks@{}-resident.example", scope.slug),
        message: "Is the scheme looking for volunteers for its board? I live in the town.".into(),
    };
    enquiries::receive(&seeding.app, &ctx, scope.org, &question, from).await?;
    broke(seeding, staffing, controller).await?;
    if let Some(member) = staffing.users.get(LEAVES).and_then(|user| user.member) {
        // The controller heard of it at the counter; nobody of the business has confirmed it yet.
        leaving::say(&seeding.app, controller, member).await?;
    }
    Ok(())
}

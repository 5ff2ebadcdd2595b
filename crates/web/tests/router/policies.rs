//! A change of the policy, as the board reads it and as it is published (POL-4, POL-5).
use crate::house::House;
use axum::http::StatusCode;
use fairwatch_core::gate::Role;

/// SEC-6, POL-4, POL-5: where only a text beside the policy changes, the board is shown which sentence comes and which
/// goes before it agrees, and the published versions show the same.
#[tokio::test]
async fn pol_5_a_changed_sentence_is_shown_before_it_is_agreed_to() {
    let house = House::new().await;
    let controller = house.world.person(&house.north, Role::Controller).await;
    let board = house.world.person(&house.north, Role::Board).await;
    let id = house.policy_change(&controller, "We are neighbours, and this is our street.").await;
    let path = format!("/o/northgate/policy/changes/{id}");
    let page = house.get(&path, Some(&board)).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("We are neighbours, and this is our street."));
    let public = "/o/northgate/policy/versions";
    assert!(!house.get(public, None).await.text().contains("this is our street"), "nothing is agreed yet");
    let agreed = house.post(&format!("{path}/authorise"), Some(&board), &[]).await;
    assert_eq!(agreed.status, StatusCode::SEE_OTHER, "{}", agreed.text());
    let page = house.get(public, None).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("We are neighbours, and this is our street."));
}

//! A pilot runs what is prepared in the shadow first, and its area waits for it.

use serde_json::{Value, json};

use crate::area::{Area, turned_away};

fn waits_for(area: &Area) -> Value {
    area.status()["comes"]["waits_for"].clone()
}

#[test]
fn an_area_waits_for_its_pilot_and_moves_to_nothing_that_it_refuses() {
    // Nothing is kept to try a release on: the claims that come tell.
    let pilot = ["--pilot", "m0", "--pilot-minutes", "1"];
    let Some(area) = Area::founded_with(2, "0", &pilot) else { return };
    let reason = ["--reason", "a test says so"];

    // What the pilot finds wrong judges no claim; a person gives it up.
    let ((), judged) = area.while_claims_come(|area| {
        area.publish_wrong();
        area.until("refused in the shadow", || {
            let nack =
                |member: &Value| member["name"] == "m0" && member["announced"]["refusal"]["code"] == "shadow";
            area.status()["members"].as_array().unwrap().iter().any(nack)
        });
    });
    assert!(judged.iter().all(|it| it.release == Some(1)), "{:?}", turned_away(&judged));
    assert_eq!(waits_for(&area), json!({"for": "refusals", "first": ["m0"], "more": 0}));
    assert!(area.fleet(&[&["give-up"], &reason[..]].concat()).status.success());

    // The time of a pilot begins with its first claim; who does not want to wait says so by its name.
    area.publish();
    let ((), judged) = area.while_claims_come(|area| {
        area.until("waited for the pilot", || waits_for(area)["for"] == "pilots");
        area.until("let go", || {
            area.fleet(&[&["acknowledge", "--member", "m0"], &reason[..]].concat()).status.success()
        });
        area.until_all_judge_by(3);
    });
    assert!(turned_away(&judged).is_empty(), "{:?}", turned_away(&judged));
}

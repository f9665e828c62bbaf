//! What people say of an area: nothing is committed without them where they want it so, and others belong to
//! it.

use crate::area::{Area, turned_away};

#[test]
fn what_people_hold_waits_and_members_come_and_go() {
    let Some(mut area) = Area::founded_with(3, "8", &["--by-hand"]) else { return };
    let says = |area: &Area, typed: &[&str]| {
        let said = area.fleet(&[typed, &["--reason", "a test says so"]].concat());
        (said.status.code(), String::from_utf8_lossy(&said.stderr).into_owned())
    };
    let waits_for = |area: &Area| area.status()["comes"]["waits_for"]["for"].clone();

    // What is prepared waits for a person, and again after they changed their mind.
    area.publish();
    area.until("prepared", || waits_for(&area) == "person");
    assert_eq!(says(&area, &["hold"]).0, Some(0));
    area.until("held", || waits_for(&area) == "hold");
    let ((), judged) = area.while_claims_come(|area| {
        assert_eq!(says(area, &["advance"]).0, Some(0));
        area.until_all_judge_by(2);
    });
    assert!(turned_away(&judged).is_empty(), "{:?}", turned_away(&judged));
    area.until("settled", || area.status()["comes"].is_null());
    assert_eq!(says(&area, &["advance"]).0, Some(1), "nothing is prepared");

    // One leaves, and judges no more; the area goes on without it, and it comes back.
    let two = ["members", "--member", "m0", "--member", "m1"];
    assert_eq!(says(&area, &["members", "--member", "m0"]).0, Some(1), "two votes at once");
    area.until("one vote less", || says(&area, &two).0 == Some(0));
    area.until("out", || area.code_at(2).as_deref() == Some("fleet/not-a-member"));
    area.publish();
    area.until("prepared", || waits_for(&area) == "person");
    assert_eq!(says(&area, &["advance"]).0, Some(0));
    area.until("two by 3", || (0..2).all(|at| area.judges_by(at) == Some(3)));
    area.until("settled", || area.status()["comes"].is_null());
    area.kill(2);
    let three = [&two[..], &["--member", "m2"]].concat();
    area.until("one vote more", || says(&area, &three).0 == Some(0));
    area.start_again(2);
    area.until_all_judge_by(3);
}

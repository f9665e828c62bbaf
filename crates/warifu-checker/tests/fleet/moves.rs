//! An area moves to a new release, and back.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::area::{APART, Area, overlap, turned_away};

#[test]
fn all_move_at_one_instant_and_fall_back_at_another() {
    let Some(area) = Area::founded(3) else { return };
    let ((), judged) = area.while_claims_come(|area| {
        area.publish();
        area.until_all_judge_by(2);
    });
    assert_eq!(turned_away(&judged), BTreeMap::new(), "{}", area.told());
    let forward = overlap(&judged, 1, 2);
    assert!(forward <= APART, "{forward:?}\n{}", area.told());

    area.until("settled", || area.status()["comes"].is_null());
    assert_eq!(area.status()["stands"]["release"], 2);
    for member in &area.members {
        let counts = || area.seen_by(member)["picture"]["counts"].clone();
        area.until("seen abreast", || counts()["abreast"] == 3);
        let seen = area.seen_by(member);
        let picture = &seen["picture"];
        assert_eq!((&seen["not_ready"], &picture["stands"]["release"]), (&Value::Null, &json!(2)), "{seen}");
        assert_eq!(picture["epoch"], picture["stands"]["epoch"], "{seen}");
        assert!(picture["coordinator"].is_string() && picture["stands"]["since"].is_string(), "{seen}");
    }
    let (took, judged) = area.while_claims_come(|area| {
        let ordered = area.fleet(&["fall-back", "--reason", "a test says so"]);
        assert!(ordered.status.success(), "{}", String::from_utf8_lossy(&ordered.stderr));
        // The lead of this area is its W, and then some.
        let began = Instant::now();
        area.until_all_judge_by(1);
        began.elapsed()
    });
    let back = overlap(&judged, 2, 1);
    eprintln!("forward {forward:?} apart, back {back:?} apart, {took:?} after the order");
    assert_eq!(turned_away(&judged), BTreeMap::new(), "{}", area.told());
    assert!(back <= APART, "{back:?}");
    assert!(took <= Duration::from_secs(8), "{took:?}");

    // What was fallen back from is not proposed again, and a newer one is.
    area.until("settled", || area.status()["comes"].is_null());
    let in_quarantine = || area.status()["quarantine"].as_array().unwrap().clone();
    let held = in_quarantine();
    assert_eq!(held.len(), 1);
    assert!(held[0]["release"] == 2 && held[0]["why"] == "a test says so", "{held:?}");
    area.publish();
    area.until_all_judge_by(3);

    // Only what is there is let out, and only what is prepared is held.
    let says = |typed: &[&str]| area.fleet(&[typed, &["--reason", "a test says so"]].concat()).status.code();
    area.until("settled", || area.status()["comes"].is_null());
    assert_eq!(says(&["lift", "--release", "9"]), Some(1));
    assert_eq!(says(&["hold"]), Some(1));
    assert_eq!(says(&["lift", "--release", "2"]), Some(0));
    area.until("let out", || in_quarantine().is_empty());
}

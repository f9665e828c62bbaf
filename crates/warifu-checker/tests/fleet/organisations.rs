//! Two organisations, each with a fleet: what one says is signed, and the other sees whether both are at one.

use std::path::Path;

use serde_json::Value;
use warifu_trust::testing::key;
use warifu_trust::{AreaRuns, ReleaseRef, Signer};
use warifu_values::digest::Digest;

use crate::area::{Area, Otherwise};

/// What the area says of itself.
fn says(area: &Area) -> AreaRuns {
    let printed = area.fleet(&["statement"]);
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    let mut statement: Value = serde_json::from_slice(&printed.stdout).unwrap();
    let schema = statement.as_object_mut().unwrap().remove("schema").unwrap();
    assert_eq!(schema, "warifu-checker/fleet-statement/1");
    serde_json::from_value(statement).unwrap()
}

fn put(place: &Path, runs: &AreaRuns, signer: &dyn Signer) {
    std::fs::write(place.join("area.json"), runs.sign(signer).unwrap()).unwrap();
}

#[test]
fn both_organisations_see_whether_they_judge_by_the_same_bytes() {
    let Some(mut area) = Area::founded(2) else { return };
    let (place, card) = (area.path("said"), area.path("other.pub.json"));
    std::fs::create_dir(&place).unwrap();
    let (own, stranger) = (key(77), key(78));
    let named = serde_json::json!({
        "name": "国保中央会", "keytype": "ed25519", "scheme": "ed25519", "public": own.public(),
    });
    std::fs::write(&card, named.to_string()).unwrap();
    let other = |name: &str| -> Vec<String> {
        let path = |path: &Path| path.to_str().unwrap().to_owned();
        [
            "status",
            "--json",
            "--lang",
            name,
            "--fleet-other",
            &path(&place),
            "--fleet-other-key",
            &path(&card),
        ]
        .map(str::to_owned)
        .to_vec()
    };
    let heard = || -> Value {
        let typed = other("en");
        let told = area.fleet(&typed.iter().map(String::as_str).collect::<Vec<_>>());
        serde_json::from_slice::<Value>(&told.stdout).unwrap()["other"].clone()
    };
    area.until("all at it", || says(&area).members.at_it == 2);

    // Nothing lies there; then what nobody knows signed; then the same as here; then other bytes.
    assert!(heard()["problem"]["ja"].as_str().unwrap().contains("area.json"));
    let same = says(&area);
    put(&place, &same, &stranger);
    assert!(heard()["said"].is_null() && heard()["problem"].is_object());
    put(&place, &same, &own);
    let both = heard();
    assert!(both["is_same"] == true && both["said"]["members"]["all"] == 2, "{both}");
    let release = ReleaseRef { manifest: Digest::of(b"other bytes"), ..same.release };
    put(&place, &AreaRuns { release, ..same.clone() }, &own);
    let apart = heard();
    assert!(apart["is_same"] == false && apart["apart"]["allowed_seconds"] == 1_800, "{apart}");

    // A member hears it by itself, and shows it where it shows its area.
    put(&place, &says(&area), &own);
    let options =
        ["--fleet-other".into(), place.clone().into(), "--fleet-other-key".into(), card.clone().into()];
    area.start_otherwise(0, Otherwise { options: options.to_vec(), ..Otherwise::default() });
    area.until_all_judge_by(1);
    area.until("heard", || area.seen_by(&area.members[0])["other"]["is_same"] == true);
    assert_eq!(area.seen_by(&area.members[0])["other"]["name"], "国保中央会");
}

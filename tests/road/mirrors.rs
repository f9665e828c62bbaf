//! A checker that reads from several mirrors: one fell behind, one lacks content, one holds other bytes.

use crate::releases::published_procedures;
use crate::stage::{Stage, data};
use crate::trust::copy;
use crate::withdrawal::second_release;

#[test]
fn a_mirror_that_is_behind_or_damaged_keeps_no_checker_from_the_newest_release() {
    let Some(_) = data("mirrors") else { return };
    let stage = Stage::new();
    published_procedures(&stage);
    copy(&stage, "channel", "behind");
    second_release(&stage);
    copy(&stage, "channel", "lacking");
    copy(&stage, "channel", "lying");
    std::fs::remove_dir_all(stage.path("lacking/targets")).unwrap();
    for entry in std::fs::read_dir(stage.path("lying/targets")).unwrap() {
        std::fs::write(entry.unwrap().path(), b"other bytes").unwrap();
    }
    let others = "--channel lacking --channel lying --channel nowhere --channel channel --poll 3600";
    let checker = stage.serve_from("behind", others);
    let look = || stage.run("warifu-checker", &format!("--lang ja swap --socket {}", checker.socket));
    // Chance says who is asked first, and each look begins at the next: after two rounds all were.
    for _ in 0..10 {
        let _ = look();
    }
    assert_eq!(checker.check(b"").0, 2);
    let status = checker.status();
    let troubles = status["last_poll"]["troubles"].to_string();
    for (mirror, why) in [("behind", "is older than"), ("nowhere", "nowhere")] {
        assert!(troubles.contains(&format!("mirror {mirror}: ")) && troubles.contains(why), "{troubles}");
    }
    let said = stage.run("warifu-checker", &format!("--lang ja status --socket {}", checker.socket)).ends(0);
    assert!(said.out.contains("ミラー behind: "), "{}", said.out);

    // Without a running checker, the same.
    let uke = stage.write("none.uke", "");
    let check = format!("check {} --root root.json --channel lying --channel lacking", uke.display());
    let ran = stage.run("warifu-checker", &format!("{check} --channel channel"));
    assert!(ran.out.contains("release 2") || ran.err.contains("release 2"), "{}{}", ran.out, ran.err);
    // What was kept then stands in; where nothing is kept, nothing does.
    let ran = stage.run("warifu-checker", &check).ends(1);
    assert!(ran.out.contains("release 2"), "{}{}", ran.out, ran.err);
    let ran = stage.run("warifu-checker", &format!("{check} --keep elsewhere")).ends(3);
    assert!(ran.err.contains("mirror lying: ") && ran.err.contains("mirror lacking: "), "{}", ran.err);
}

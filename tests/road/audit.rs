//! Every act is written down, and what is done to the log afterwards is seen.

use crate::releases::{PLACE, published_procedures};
use crate::stage::{Stage, data};

#[test]
fn what_was_done_is_written_down_and_nothing_is_taken_out_unseen() {
    let Some(_) = data("the log of acts") else { return };
    let stage = Stage::new();
    published_procedures(&stage);
    stage.warifu("import --repo kikin --series r06 {data}/claim/none.csv").ends(2);
    let shown = stage.warifu("audit show").ends(0);
    for told in ["import: done", "draft: done", "sign: begun", "sign: done (of ", "publish: done", "refused"]
    {
        assert!(shown.out.contains(told), "{told}: {}", shown.out);
    }
    let verify = format!("audit verify {PLACE}");
    let ran = stage.warifu(&verify).ends(0);
    assert!(ran.out.contains("release 1 was drafted here"), "{}", ran.out);

    let log = stage.path("states/warifu/audit.jsonl");
    let text = std::fs::read_to_string(&log).unwrap();
    assert!(!text.contains("correct horse"), "no secret is written down");
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let import = lines.iter().position(|line| line.contains(r#""act":"import""#)).unwrap();
    let without = [&lines[..import], &lines[import + 1..]].concat().concat();
    std::fs::write(&log, without).unwrap();
    let ran = stage.warifu("--lang ja audit verify").ends(3);
    assert!(ran.err.contains(&format!("記録 {} が削除されています", import + 1)), "{}", ran.err);

    // The newest entries taken away leave a whole log; the release remembers that there were more.
    std::fs::write(&log, lines[..import].concat()).unwrap();
    stage.warifu("audit verify").ends(0);
    let ran = stage.warifu(&verify).ends(3);
    assert!(ran.err.contains("the newest were removed"), "{}", ran.err);

    // A log that was replaced by anything else is not written into, and nothing is done.
    std::fs::write(&log, "nothing to see\n").unwrap();
    let ran = stage.warifu("key generate chiba --organisation kikin").ends(2);
    assert!(ran.err.contains("changed by hand"), "{}", ran.err);
    assert!(!stage.path("chiba.key").exists());
}

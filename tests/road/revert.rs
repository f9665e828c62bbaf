//! An older release's masters as a new release: on top of the history, signed by both, what it changes of the
//! past declared, and taken by a checker.

use crate::releases::{
    PLACE, classes_of_the_past, draft_accepting, published_procedures, pull, signed_and_published,
};
use crate::stage::{Ran, Stage, data};

/// The next release, of the procedures published on that day.
fn next(stage: &Stage, name: &str, file: &str) {
    stage.warifu(&format!("import --repo kikin --series r06 {{data}}/procedure/{file}")).ends(0);
    pull(stage);
    draft_accepting(stage, name);
    signed_and_published(stage, name);
}

fn revert(stage: &Stage, to: u64, draft: &str, more: &str) -> Ran {
    stage.warifu(&format!("release revert {to} --repo kikin {PLACE} -o {draft} {more}"))
}

/// What a refused revert says has to be accepted.
fn asked_for(refused: &Ran) -> String {
    let after = refused.err.split("--accept-past ").nth(1).unwrap_or_else(|| panic!("{}", refused.err));
    after.split_whitespace().next().unwrap().to_owned()
}

fn head(stage: &Stage) -> String {
    let head = std::fs::read_to_string(stage.path("kikin/.git/refs/heads/main"))
        .or_else(|_| std::fs::read_to_string(stage.path("kikin/.git/refs/heads/master")));
    head.unwrap()
}

fn masters(stage: &Stage) -> serde_json::Value {
    let listed = stage.warifu("channel list channel --root root.json --json").ends(0).json();
    let of = |one: &serde_json::Value| (one["kind"].clone(), one["canonical"].clone());
    listed["current"]["masters"]
        .as_array()
        .unwrap()
        .iter()
        .map(of)
        .map(|(a, b)| serde_json::json!([a, b]))
        .collect()
}

/// The notice of the published release, looked at in every form; as Japanese text.
fn told_to_institutions(stage: &Stage) -> String {
    let notice = |more: &str| stage.warifu(&format!("notice --channel channel --root root.json {more}"));
    let text = notice("--lang ja").ends(0).out;
    let document = notice("--json").ends(0).json();
    assert_eq!(document["reverted"]["to"].as_u64(), Some(1));
    // Every code of the text is one of the document, which has all of them.
    let rows = document.to_string().matches("\"code\":").count();
    assert!(notice("--lang ja --all").ends(0).out.matches("    1").count() >= rows, "{text}");
    notice("--lang ja -o notice.html").ends(0);
    let page = std::fs::read_to_string(stage.path("notice.html")).unwrap();
    assert!(page.contains("<html lang=\"ja\">") && page.contains("wrong（根拠: notice-7）: "), "{page}");
    assert!(!page.contains("<script") && !page.contains("http"), "{page}");
    notice("-o notice.pdf").ends(2);
    // Earlier ones are told of as well, as far as their changes are carried; others are not invented.
    assert!(notice("3 --lang en").ends(0).out.contains("Release 3: "));
    assert!(notice("9").ends(2).err.contains("there are those of: 4, 3, 2"));
    // The draft says the same before it is published.
    assert_eq!(notice("--lang ja --draft back").ends(0).out, text);
    // A site has its own words, and no places of its own.
    std::fs::create_dir_all(stage.path("site/notices")).unwrap();
    stage.write("site/notices/ja.toml", "issued_by = \"見本県国民健康保険団体連合会\"\n");
    let own = notice("--lang ja --schemas site").ends(0).out;
    assert!(own.contains("見本県国民健康保険団体連合会") && !own.contains("支払基金・"), "{own}");
    stage.write("site/notices/ja.toml", "made = \"{date}\"\n");
    assert!(notice("--lang ja --schemas site").ends(2).err.contains("{day}"));
    text
}

#[test]
fn older_masters_come_back_as_a_new_release_that_both_sign() {
    let Some(data) = data("a revert") else { return };
    let stage = Stage::new();
    published_procedures(&stage);
    let before = masters(&stage);
    next(&stage, "second", "s_20240621.csv");
    next(&stage, "third", "s_20240628.csv");
    let checker = stage.serve("");
    let swap =
        |status: i32| stage.run("warifu-checker", &format!("swap --socket {}", checker.socket)).ends(status);
    swap(0);
    assert_eq!(checker.check(b"").0, 3);

    // The newest and what nobody has published are refused in words; nothing is changed by it.
    let at = head(&stage);
    assert!(revert(&stage, 3, "no", "").ends(2).err.contains("the one that is published"));
    assert!(revert(&stage, 9, "no", "").ends(2).err.contains("one can go back to: 2, 1"));
    let refused = revert(&stage, 1, "no", "").ends(1);
    assert_eq!(head(&stage), at);
    assert!(!stage.path("no").exists());
    // The first command that is told writes out what the revert changes, not what the branch does.
    let changes = refused.err.lines().find(|line| line.contains("warifu release changes ")).unwrap();
    let changes = changes.split_once("warifu ").unwrap().1.replace("FILE", "changes.csv");
    stage.warifu(&changes).ends(0);
    let lines = std::fs::read_to_string(stage.path("changes.csv")).unwrap();
    assert!(lines.lines().count() > 1, "{lines}");

    let accepted = format!("--accept-past {} --reason wrong --source notice-7", asked_for(&refused));
    let drafted = revert(&stage, 1, "back", &accepted).ends(0);
    assert!(drafted.out.contains("REVERT: brings back the masters of release 1"), "{}", drafted.out);
    assert!(drafted.err.contains("taken back: r06/procedure s_20240628.csv"), "{}", drafted.err);
    assert!(!drafted.out.contains("BACK: release"), "its commit follows: {}", drafted.out);

    // The history is kept, and says what stands.
    let log = stage.warifu("log --repo kikin").ends(0);
    assert!(log.out.contains("s_20240628.csv") && log.out.contains("taken back"), "{}", log.out);
    stage.warifu("check --repo kikin").ends(0);
    let original = stage.warifu("export --repo kikin HEAD:r06/procedure --original -o again.csv");
    original.ends(0);
    let first = std::fs::read(data.join("procedure/s_ALL20240531.csv")).unwrap();
    assert_eq!(std::fs::read(stage.path("again.csv")).unwrap(), first);

    pull(&stage);
    let reviewed = stage.warifu(&format!("--lang ja release review back --repo kokuho {PLACE}")).ends(0);
    assert!(reviewed.out.contains("内容の復元: リリース 1"), "{}", reviewed.out);
    signed_and_published(&stage, "back");
    assert_eq!(masters(&stage), before);
    let notice = told_to_institutions(&stage);
    assert!(notice.contains("リリース 1 の内容に戻す更新です"), "{notice}");
    for ended in ["リリース 2「", "リリース 3「"] {
        assert!(notice.contains(ended) && notice.contains("まで使用）"), "{notice}");
    }
    assert!(notice.contains("wrong（根拠: notice-7）: "), "{notice}");
    let verified = stage.warifu("channel verify channel --root root.json").ends(0);
    assert!(verified.out.contains("release 4") && verified.out.contains("REVERT"), "{}", verified.out);
    swap(0);
    assert_eq!(checker.check(b"").0, 4);

    // What was taken back comes in again, and a revert of the revert is one more.
    // That is going back again, and is said.
    stage.warifu("import --repo kikin --series r06 {data}/procedure/s_20240621.csv").ends(0);
    let refused = revert(&stage, 2, "fifth", "").ends(1);
    let accepted = format!("--accept-past {} --reason right --source notice-8", asked_for(&refused));
    let drafted = revert(&stage, 2, "fifth", &accepted).ends(0);
    assert!(drafted.out.contains("brings back the masters of release 2"), "{}", drafted.out);
    pull(&stage);
    signed_and_published(&stage, "fifth");
    let refused = revert(&stage, 3, "forth", "").ends(1);
    let accepted = format!("--accept-past {} --reason right --source notice-8", asked_for(&refused));
    revert(&stage, 3, "forth", &accepted).ends(0);
    pull(&stage);
    signed_and_published(&stage, "forth");
    swap(0);
    assert_eq!(checker.check(b"").0, 6);
    assert!(classes_of_the_past(&stage).is_empty());
}

#[test]
fn a_draft_that_only_calls_itself_a_revert_is_not_signed() {
    let Some(_) = data("a false revert") else { return };
    let stage = Stage::new();
    published_procedures(&stage);
    next(&stage, "second", "s_20240621.csv");
    next(&stage, "third", "s_20240628.csv");
    let refused = revert(&stage, 1, "back", "").ends(1);
    let accepted = format!("--accept-past {} --reason wrong --source notice-7", asked_for(&refused));
    revert(&stage, 1, "back", &accepted).ends(0);
    pull(&stage);
    // Patches are to the manifest, too: without them, only what it says is looked at.
    let blobs = std::fs::read_dir(stage.path("back/blobs")).unwrap().map(|entry| entry.unwrap().path());
    for patch in blobs.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("patch.")) {
        std::fs::remove_file(patch).unwrap();
    }
    let manifest = std::fs::read_to_string(stage.path("back/release.json")).unwrap();
    let read = |release: &str| std::fs::read_to_string(stage.path(release).join("release.json")).unwrap();
    let digest = |text: &str| warifu_values::digest::Digest::of(text.as_bytes()).to_string();
    let (first, second) = (read("first"), read("second"));
    let says = |release: u64, of: &str| {
        let (head, rest) = manifest.split_at(manifest.find("\"reverts_to\"").unwrap());
        let rest = rest.replacen("\"release\": 1", &format!("\"release\": {release}"), 1);
        stage.write("back/release.json", format!("{head}{}", rest.replacen(&digest(&first), &digest(of), 1)));
        let sign = format!("release sign back --repo kokuho {PLACE} --key baba.key");
        let refused = stage.warifu(&sign).ends(3);
        assert!(refused.err.contains("they are not those"), "{}", refused.err);
    };
    // It does not say that it goes back at all: neither signed nor drafted.
    let lines = manifest.lines();
    let mut inside = false;
    let kept = lines.filter(|line| {
        inside |= line.contains("\"reverts_to\"");
        let is_kept = !inside;
        inside &= !line.trim_start().starts_with('}');
        is_kept
    });
    stage.write("back/release.json", kept.map(|line| format!("{line}\n")).collect::<String>());
    let told = "those of release 1 again";
    let refused = stage.warifu(&format!("release sign back --repo kokuho {PLACE} --key baba.key")).ends(3);
    assert!(refused.err.contains(told) && refused.err.contains("release revert 1"), "{}", refused.err);
    let draft = format!("release draft --repo kikin {PLACE} --title quietly -o quietly");
    let classes = classes_of_the_past(&stage);
    let accepted = format!("--accept-past {classes} --reason wrong --source notice-7");
    let refused = stage.warifu(&format!("{draft} {accepted}")).ends(3);
    assert!(refused.err.contains(told), "{}", refused.err);
    // Where that release cannot be looked at, it may be the very one, and nothing is drafted.
    let lies = stage.path(&format!("channel/targets/{}.release-1.json", digest(&first)));
    std::fs::remove_file(&lies).unwrap();
    std::fs::create_dir(&lies).unwrap();
    let refused = stage.warifu(&format!("{draft} {accepted}")).ends(2);
    assert!(refused.err.contains("release-1.json"), "{}", refused.err);
    std::fs::remove_dir(&lies).unwrap();
    std::fs::write(&lies, &first).unwrap();
    // It says release 2, and brings back release 1.
    says(2, &second);
    // It says a release 1 with its masters that lies on the channel, and that nobody signed.
    let forged = first.replacen("\"title\": \"first\"", "\"title\": \"forged\"", 1);
    assert_ne!(forged, first);
    stage.write(&format!("channel/targets/{}.release-1.json", digest(&forged)), &forged);
    says(1, &forged);
}

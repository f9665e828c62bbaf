//! What is asked for after a release went out: the joint post-review of an emergency, and receipts.

use crate::releases::{
    PLACE, classes_of_the_past, publish, published_procedures, pull, sign, signed_and_published,
};
use crate::stage::{Ran, Stage, data};

/// The next release; `more` says of what kind.
fn drafted(stage: &Stage, name: &str, file: &str, more: &str) -> Ran {
    stage.warifu(&format!("import --repo kikin --series r06 {{data}}/procedure/{file}")).ends(0);
    pull(stage);
    again(stage, name, more)
}

fn again(stage: &Stage, name: &str, more: &str) -> Ran {
    let classes = classes_of_the_past(stage);
    let accepted = format!("--accept-past {classes} --reason revision --source notice-1");
    stage.warifu(&format!("release draft --repo kikin {PLACE} --title {name} -o {name} {accepted} {more}"))
}

fn reviewed(stage: &Stage, release: u64, key: &str, status: i32) -> Ran {
    let command = format!("release post-review {release} {PLACE} --key {key}.key --yes --finding");
    stage.warifu(&format!("{command} 再発防止策を確認した")).ends(status)
}

#[test]
fn a_normal_release_waits_for_the_joint_post_review_of_an_emergency() {
    let Some(_) = data("a post-review") else { return };
    let stage = Stage::new();
    published_procedures(&stage);
    // What is no emergency asks for none.
    assert!(reviewed(&stage, 1, "aoki", 2).err.contains("no post-review of release 1"));
    drafted(&stage, "second", "s_20240621.csv", "--emergency 点数の誤り").ends(0);
    let told = "緊急リリース 2 の公開後は、支払基金・国保中央会が事後確認を表明します";
    let command = format!("release sign second --repo kikin {PLACE} --key aoki.key --lang ja");
    let signed = stage.warifu(&command).ends(0).out;
    assert!(signed.contains(told), "{signed}");
    // One screen, and nothing that is over by the time it is read.
    assert!(signed.lines().count() < 34 && !signed.contains(".csv.zst"), "{signed}");
    assert!(!signed.contains("署名済み なし"), "{signed}");
    sign(&stage, "second", "kokuho", "baba", 0);
    let command = format!("release publish second {PLACE} --key ci.key --lang ja");
    let published = stage.warifu(&command).ends(0).out;
    assert!(published.contains(told), "{published}");
    assert!(published.contains("release post-review") && published.contains("確認結果"), "{published}");

    // Whose turn it is says whoever publishes, and the screen of whoever looks.
    let screen = stage.warifu(&format!("--lang ja status --repo kikin {PLACE}")).ends(0).out;
    let owed = "緊急リリース 2 の事後確認待ち: 支払基金・国保中央会";
    assert!(screen.contains(owed) && !screen.contains("待ちはありません"), "{screen}");
    let screen = stage.warifu(&format!("status --repo kikin {PLACE} --json")).ends(0).json();
    assert_eq!(screen["post_reviews_owed"][0]["by"], serde_json::json!(["kikin", "kokuho"]));
    assert_eq!(screen["waiting"][0]["code"], "post-review");

    // Readers say so and serve it; so does a checker.
    let listed = stage.warifu("channel list channel --root root.json").ends(0);
    for by in ["Kikin", "Kokuho"] {
        let told = format!("POST-REVIEW OWED of the emergency release 2 by {by}");
        assert!(listed.out.contains(&told), "{}", listed.out);
    }
    stage.warifu("channel verify channel --root root.json").ends(0);
    let checker = stage.serve("");
    stage.run("warifu-checker", &format!("swap --socket {}", checker.socket)).ends(0);
    assert_eq!(checker.check(b"").0, 2);
    assert_eq!(checker.status()["running"]["marks"]["emergency"], "点数の誤り");

    // Another emergency goes out all the same, and names what is owed; a normal one does not.
    let refused = drafted(&stage, "third", "s_20240628.csv", "").ends(3);
    let post_review = format!("release post-review {PLACE} 2 --finding FINDING --key KEY");
    assert!(refused.err.contains(&post_review), "{}", refused.err);
    again(&stage, "third", "--emergency まだ誤り").ends(0);
    let shown = stage.warifu(&format!("release show third {PLACE}")).ends(0);
    assert!(shown.out.contains("drafted while the post-review of the emergency release 2"), "{}", shown.out);
    signed_and_published(&stage, "third");

    // One organisation's word is not both's; who says it for the other is not heard.
    let first = reviewed(&stage, 3, "aoki", 0);
    assert!(first.out.contains("waits until both organisations"), "{}", first.out);
    reviewed(&stage, 2, "aoki", 0);
    let second = reviewed(&stage, 3, "baba", 0);
    assert!(!second.out.contains("until") && second.out.contains("waits for it no longer"), "{}", second.out);
    let refused = drafted(&stage, "fourth", "s_20240726.csv", "").ends(3);
    assert!(refused.err.contains("release 2 (by Kokuho)"), "{}", refused.err);
    let shown = stage.warifu(&format!("--lang ja release show {PLACE}")).ends(0);
    assert!(shown.out.contains("緊急リリース 2 の事後確認が未了（国保中央会）"), "{}", shown.out);
    assert!(shown.out.contains("再発防止策を確認した"), "{}", shown.out);
    reviewed(&stage, 2, "bito", 0);
    again(&stage, "fourth", "").ends(0);
    signed_and_published(&stage, "fourth");
    let listed = stage.warifu("channel list channel --root root.json").ends(0);
    assert!(!listed.out.contains("POST-REVIEW OWED of the emergency release 2"), "{}", listed.out);
}

#[test]
fn a_normal_draft_made_before_the_emergency_is_neither_signed_nor_published() {
    let Some(_) = data("a draft from before an emergency") else { return };
    let stage = Stage::new();
    published_procedures(&stage);
    // Whoever makes a draft can leave the gate out; signers and the publisher do not.
    drafted(&stage, "second", "s_20240621.csv", "--emergency 点数の誤り").ends(0);
    signed_and_published(&stage, "second");
    reviewed(&stage, 2, "aoki", 0);
    reviewed(&stage, 2, "baba", 0);
    drafted(&stage, "third", "s_20240628.csv", "").ends(0);
    sign(&stage, "third", "kikin", "aoki", 0);
    // The statement is taken from the channel, and Kokuho's signer has never heard it.
    std::fs::remove_dir_all(stage.path("channel/statements")).unwrap();
    let elsewhere = format!("{PLACE} --state elsewhere");
    let command = format!("release sign third --repo kokuho {elsewhere} --key baba.key");
    assert!(stage.warifu(&command).ends(3).err.contains("is owed"));
    sign(&stage, "third", "kokuho", "baba", 0);
    let command = format!("release publish third {elsewhere} --key ci.key");
    assert!(stage.warifu(&command).ends(3).err.contains("is owed"));
    publish(&stage, "third", 0);
}

/// The list of receivers, from key cards.
fn receivers(stage: &Stage, of: &[(&str, &str, Option<&str>)]) {
    let mut text = String::new();
    for (key, name, organisation) in of {
        let card = std::fs::read_to_string(stage.path(&format!("{key}.pub.json"))).unwrap();
        let card: serde_json::Value = serde_json::from_str(&card).unwrap();
        text.push_str(&format!("[[receiver]]\nname = {name:?}\npublic = {}\n", card["public"]));
        text.push_str(&organisation.map(|one| format!("organisation = {one:?}\n")).unwrap_or_default());
    }
    stage.write("receivers.toml", text);
}

#[test]
fn who_has_taken_a_release_is_shown_by_receipts() {
    let Some(_) = data("receipts") else { return };
    let stage = Stage::new();
    published_procedures(&stage);
    for key in ["tokyo", "osaka", "kokuho", "stranger"] {
        stage.warifu(&format!("key generate {key}")).ends(0);
    }
    receivers(
        &stage,
        &[
            ("tokyo", "東京支部", None),
            ("osaka", "大阪支部", None),
            ("kokuho", "中央会システム", Some("kokuho")),
        ],
    );
    let show = |lang: &str| {
        let command =
            format!("--lang {lang} release show {PLACE} --receipts kept --receivers receivers.toml");
        stage.warifu(&command).ends(0).out
    };
    let verify = |key: &str, name: &str, status: i32| {
        let command = "channel verify channel --root root.json --state";
        let receipt = format!("--force --receipt {key}.receipt --key {key}.key --as {name}");
        stage.warifu(&format!("{command} of-{key} {receipt}")).ends(status)
    };
    let collect = |key: &str, status: i32| {
        let command = format!("release receipts collect kept {key}.receipt --receivers receivers.toml");
        stage.warifu(&command).ends(status)
    };
    verify("tokyo", "東京支部", 0);
    collect("tokyo", 0);
    let shown = show("ja");
    assert!(shown.contains("東京支部: リリース 1 を受領"), "{shown}");
    assert!(shown.contains("未受領: 大阪支部, 中央会システム"), "{shown}");
    assert!(shown.contains("警告: 適用開始") && shown.contains("国保中央会の受領書がありません"), "{shown}");

    // A key that is not in the list says nothing, whatever it calls itself, in the folder too.
    verify("stranger", "中央会システム", 0);
    assert!(collect("stranger", 3).err.contains("no receipt of a receiver"));
    // Its name is whoever's who sent it.
    std::fs::copy(stage.path("stranger.receipt"), stage.path("\u{1b}[2Kgood.receipt")).unwrap();
    let refused = collect("\u{1b}[2Kgood", 3);
    assert!(refused.err.contains("[2Kgood") && !refused.err.contains('\u{1b}'), "{:?}", refused.err);
    std::fs::copy(stage.path("stranger.receipt"), stage.path("kept/1-x.json")).unwrap();
    assert!(show("en").contains("not taken by: 大阪支部, 中央会システム"));

    verify("kokuho", "中央会システム", 0);
    collect("kokuho", 0);
    assert!(!show("en").contains("WARNING"));

    // A receipt that cannot be written is told, and what came of the release is not lost for it.
    let unwritten = "channel verify channel --root root.json --state of-osaka --receipt \
                     nowhere/osaka.receipt --key osaka.key --as 大阪支部";
    let ran = stage.warifu(unwritten).ends(2);
    assert!(ran.err.contains("nowhere/osaka.receipt"), "{}", ran.err);

    // What is refused is said too: a byte of the content differs.
    let blobs = std::fs::read_dir(stage.path("channel/targets")).unwrap().map(|one| one.unwrap().path());
    let blob = blobs.into_iter().find(|path| path.to_string_lossy().ends_with(".csv.zst")).unwrap();
    let mut bytes = std::fs::read(&blob).unwrap();
    bytes[9] ^= 1;
    std::fs::write(&blob, bytes).unwrap();
    let ran = stage.warifu(unwritten).ends(3);
    let (refused, receipt) = (ran.err.find("not what was signed"), ran.err.find("nowhere/osaka.receipt"));
    assert!(refused.is_some() && refused < receipt, "the refusal first: {}", ran.err);
    verify("osaka", "大阪支部", 3);
    collect("osaka", 0);
    let shown = show("en");
    assert!(shown.contains("大阪支部 REFUSED release 1"), "{shown}");
    assert!(shown.contains("not taken by: 大阪支部"), "{shown}");
    assert!(shown.contains("東京支部 took release 1"), "{shown}");

    // One that was taken away was refused for that.
    stage.warifu(&format!("release withdraw 1 {PLACE} --reason wrong --key aoki.key --yes")).ends(0);
    verify("osaka", "大阪支部", 3);
    collect("osaka", 0);
    let shown = show("en");
    assert!(shown.contains("withdrawn: ") && shown.contains(": wrong"), "{shown}");

    // A list that is none is told by its line, in both languages.
    let list = std::fs::read_to_string(stage.path("receivers.toml")).unwrap();
    stage.write("receivers.toml", list.replace("organisation = \"kokuho\"", "organisation = \"kokuhoo\""));
    let list = "release receipts collect kept osaka.receipt --receivers receivers.toml";
    assert!(stage.warifu(list).ends(2).err.contains("line "));
    let told = stage.warifu(&format!("--lang ja {list}")).ends(2);
    assert!(told.err.contains("行目が正しくありません"), "{}", told.err);
}

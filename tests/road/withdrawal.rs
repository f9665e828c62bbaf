//! What both gave, either takes away: a release withdrawn by one organisation alone, and a key revoked.

use std::path::Path;

use crate::releases::{PLACE, draft_accepting, published_procedures, pull, signed_and_published};
use crate::stage::{Stage, data};

/// Release 2 on top of release 1, both of r06 procedures.
fn two_releases(stage: &Stage) {
    published_procedures(stage);
    second_release(stage);
}

pub(crate) fn second_release(stage: &Stage) {
    stage.warifu("import --repo kikin --series r06 {data}/procedure/s_20240621.csv").ends(0);
    pull(stage);
    draft_accepting(stage, "second");
    signed_and_published(stage, "second");
}

fn fetched(stage: &Stage, folder: &str) -> Vec<u8> {
    let folder = stage.path(folder);
    let file = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let csv: Vec<_> = file.filter(|path| path.extension().is_some_and(|end| end == "csv")).collect();
    std::fs::read(&csv[0]).unwrap()
}

#[test]
fn one_organisation_takes_a_release_away_and_the_one_before_is_used() {
    let Some(data) = data("a withdrawal") else { return };
    let stage = Stage::new();
    two_releases(&stage);
    stage.warifu("channel verify channel --root root.json").ends(0);

    // Kikin's people and Kokuho's may; the release manager's key may not.
    let withdraw = |key: &str, status: i32| {
        let command = format!("release withdraw {PLACE} --key {key}.key --yes --reason");
        let command = format!("{command} 誤った点数");
        stage.warifu(&command).ends(status)
    };
    withdraw("ci", 3);
    let ran = withdraw("bito", 0);
    assert!(ran.out.contains("release 2") && ran.out.contains("bito"), "{}", ran.out);
    let again = withdraw("baba", 2);
    assert!(again.err.contains("said so already") && again.err.contains("bito"), "{}", again.err);

    // The other organisation may say it too; it stands beside the first one's.
    let other = withdraw("aoki", 0);
    assert!(other.out.contains("adds the voice") && other.out.contains("bito"), "{}", other.out);
    assert!(stage.path("channel/statements/kikin.1.json").exists());

    let refused = stage.warifu("channel verify channel --root root.json").ends(3);
    assert!(refused.err.contains("誤った点数") && refused.err.contains("release 1"), "{}", refused.err);
    // Nor is it said to be done with where it is published once more.
    let again = stage.warifu(&format!("release publish second {PLACE} --key ci.key")).ends(0);
    assert!(again.out.contains("was withdrawn since") && again.out.contains("誤った点数"), "{}", again.out);
    assert!(!again.out.contains("nothing left"), "{}", again.out);
    let listed = stage.warifu("--lang ja channel list channel --root root.json").ends(0);
    assert_eq!(listed.out.matches("取下げ済み").count(), 2, "{}", listed.out);
    assert!(listed.out.starts_with("最新（取下げ）: ") && !listed.out.contains("現行: "), "{}", listed.out);
    // Of what is not on the channel nobody knows whether it is in use.
    let gone = format!("--lang ja release withdraw 9 {PLACE} --key aoki.key --yes --reason 誤った点数");
    let gone = stage.warifu(&gone).ends(2);
    assert!(
        gone.err.contains("最新版でも戻り先でもない") && !gone.err.contains("使用されて"),
        "{}",
        gone.err
    );
    let shown = stage.warifu(&format!("release show {PLACE}")).ends(0);
    assert_eq!(shown.out.matches("WITHDRAWN: ").count(), 2, "{}", shown.out);
    let shown = stage.warifu(&format!("release show {PLACE} --json")).ends(0).json();
    let by: Vec<_> = shown["withdrawals"].as_array().unwrap().iter().map(|one| &one["by"]).collect();
    assert!(by.len() == 2 && by.iter().any(|by| *by == "kikin") && by.iter().any(|by| *by == "kokuho"));
    assert!(shown["withdrawals"].as_array().unwrap().iter().all(|one| one["reason"] == "誤った点数"));
    let refused = stage.warifu("channel fetch channel --root root.json -o new --format kokuho").ends(3);
    assert!(!stage.path("new").exists());
    // In the same format and folder: all that was given is given again.
    let again = "warifu channel fetch channel --root root.json -o new --format kokuho --fallback";
    assert!(refused.err.contains(again), "{}", refused.err);
    stage.warifu("channel fetch channel --root root.json --fallback -o back").ends(0);
    let original = std::fs::read(data.join("procedure/s_ALL20240531.csv")).unwrap();
    assert_eq!(fetched(&stage, "back"), original);

    // Whoever looks is told first, with what is used instead, and what to do next.
    let status = stage.warifu(&format!("--lang ja status --repo kikin {PLACE}")).ends(0).out;
    assert!(status.starts_with("取下げ: リリース 2（支払基金 aoki、"), "{status}");
    assert!(status.contains("両者署名済み、取下げ済み") && status.contains("--correction 理由"), "{status}");
    // However the line is broken.
    let whole: String = status.chars().filter(|c| !c.is_whitespace()).collect();
    assert!(whole.contains("理由:誤った点数）。チェッカーが使うのはリリース1です"), "{status}");
    let status = stage.warifu(&format!("status --repo kikin {PLACE} --json")).ends(0).json();
    assert_eq!(status["withdrawn"]["used_instead"], 1);
    assert_eq!(status["waiting"][0]["code"], "withdrawn");
    let shown = stage.warifu(&format!("--lang ja release show {PLACE}")).ends(0).out;
    assert!(shown.starts_with("取下げ: リリース 2"), "{shown}");
    let changes = stage.warifu(&format!("--lang ja release changes --repo kikin {PLACE}")).ends(0).out;
    assert!(
        changes.starts_with("警告: 比較の相手は取り下げられたリリースです。取下げ: リリース 2"),
        "{changes}"
    );

    // Institutions are told of the withdrawal, by whichever road it is asked for.
    for which in ["", " 2"] {
        let told =
            stage.warifu(&format!("--lang ja notice --channel channel --root root.json{which}")).ends(0);
        assert!(told.out.starts_with("診療報酬請求用マスター取下げのお知らせ\n"), "{}", told.out);
        for said in [
            "に支払基金が取り下げました。このリリースは使用しないでください。理由: 誤った点数",
            "点検に使用されていた期間: ",
            "リリース 1 の内容を使用します",
            "提出の前に点検し直してください",
        ] {
            assert!(told.out.contains(said), "{said}: {}", told.out);
        }
        // Neither as what is to come nor as what was right.
        assert!(!told.out.contains("順に使用します") && !told.out.contains("notice-1"), "{}", told.out);
    }
    let page = "--lang ja notice --channel channel --root root.json -o notice.html";
    assert!(stage.warifu(page).ends(0).err.contains("出力しました: notice.html"));
    let page = std::fs::read_to_string(stage.path("notice.html")).unwrap();
    assert!(page.contains("<h1>診療報酬請求用マスター取下げのお知らせ</h1>"), "{page}");
    let withdrawn = "notice --channel channel --root root.json --json";
    let withdrawn = stage.warifu(withdrawn).ends(0).json()["withdrawn"].clone();
    assert_eq!((&withdrawn["release"], &withdrawn["instead"]), (&2.into(), &1.into()));

    // What is carried on carries it along, for whoever has heard of nothing.
    stage.warifu("channel bundle channel --root root.json -o stick.tar.zst").ends(0);
    let carried = stage.warifu("channel verify stick.tar.zst --root root.json --state elsewhere").ends(3);
    assert!(carried.err.contains("誤った点数"), "{}", carried.err);

    // Whoever drafts the same content once more hears of it first, and whoever reviews it.
    let again = stage.warifu(&format!("release draft --repo kikin {PLACE} --title again -o again")).ends(0);
    assert!(again.out.starts_with("WARNING: a release of this VERY CONTENT was withdrawn"), "{}", again.out);
    assert!(again.out.contains("誤った点数"), "{}", again.out);
    assert!(again.out.contains("WARNING: NOTHING CHANGES"), "{}", again.out);
    assert!(again.out.contains("is taken away: release 2 IS WITHDRAWN"), "{}", again.out);
    let shown = stage.warifu(&format!("--lang ja release show again {PLACE}")).ends(0).out;
    assert!(shown.starts_with("警告: 比較の相手は取り下げられたリリースです"), "{shown}");
    let review = stage.warifu(&format!("--lang ja release review again --repo kokuho {PLACE}")).ends(0);
    assert!(review.out.starts_with("警告: 同じ内容のリリースが取り下げられています"), "{}", review.out);

    // A channel that keeps it back changes nothing for whoever has heard it.
    std::fs::remove_dir_all(stage.path("channel/statements")).unwrap();
    stage.warifu("channel verify channel --root root.json").ends(3);

    // The next release puts another one in its place, and nobody falls back to what was withdrawn.
    stage.warifu("import --repo kikin --series r06 {data}/procedure/s_20240628.csv").ends(0);
    pull(&stage);
    draft_accepting(&stage, "third");
    let notice =
        |more: &str| stage.warifu(&format!("notice --channel channel --root root.json {more}")).ends(0);
    let drafted = notice("--lang ja --draft third").out;
    signed_and_published(&stage, "third");
    // Its notice says which one it takes the place of, and tells what is new against the last that stands.
    let told = notice("--lang ja").out;
    // But for what makes a draft one.
    let alike = |text: &str| {
        let of_both = |line: &&str| !line.contains("草案") && !line.contains("SHA-256");
        text.lines().filter(of_both).filter(|line| !line.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    };
    assert!(drafted.contains("草案です"), "{drafted}");
    assert_eq!(alike(&told), alike(&drafted));
    assert!(told.starts_with("診療報酬請求用マスター更新のお知らせ\n"), "{told}");
    let place = "支払基金が取り下げました。理由: 誤った点数。このリリースに替わります。";
    assert!(told.contains("リリース 2「second」") && told.contains(place), "{told}");
    assert!(told.contains("取り下げられていない直近のリリース 1 と比べたものです"), "{told}");
    let of = |document: &serde_json::Value| document.to_string().matches("\"code\":").count();
    let (third, second) = (notice("--json").json(), notice("2 --json").json());
    assert_eq!(third["compared_with"], 1);
    assert!(of(&third) > of(&second), "both files are new: {} of {}", of(&third), of(&second));
    assert_eq!(second["withdrawn"]["instead"], 3);
    let listed = stage.warifu("channel list channel --root root.json").ends(0);
    let fallback = listed.out.split("fallback: ").nth(1).unwrap();
    assert!(fallback.starts_with("release 1"), "{}", listed.out);
}

#[test]
fn a_checker_goes_back_when_one_organisation_withdraws_what_it_runs() {
    let Some(_) = data("a withdrawal heard by a checker") else { return };
    let stage = Stage::new();
    published_procedures(&stage);
    let checker = stage.serve("");
    let swap =
        |status: i32| stage.run("warifu-checker", &format!("swap --socket {}", checker.socket)).ends(status);
    let runs = || checker.check(b"").0;
    swap(0);
    assert_eq!(runs(), 1);
    second_release(&stage);
    swap(0);
    assert_eq!(runs(), 2);
    // One that began with release 2 has nothing of its own to go back to.
    let late = stage.serve_with("channel", "late", "");
    let swap_late =
        |status: i32| stage.run("warifu-checker", &format!("swap --socket {}", late.socket)).ends(status);
    swap_late(0);
    assert_eq!(late.check(b"").0, 2);
    stage.warifu(&format!("release withdraw {PLACE} --key baba.key --yes --reason wrong")).ends(0);
    let held = swap_late(1);
    assert!(held.out.contains("wrong"), "{} {}", held.out, held.err);
    assert_eq!(late.check(b"").0, 1);
    // A stolen key is revoked besides: nothing there verifies any more, and it is heard all the same.
    stage.warifu(&format!("key revoke aoki.pub.json {PLACE} --key abe.key --yes --reason stolen")).ends(0);
    swap(3);
    assert_eq!(runs(), 1);
    // It stays there, and what happened is written down.
    swap(3);
    assert_eq!(runs(), 1);
    let shown = stage.warifu("audit show state/audit.jsonl").ends(0);
    for told in ["start: done", "swap: done", "fall back: done"] {
        assert!(shown.out.contains(told), "{told}: {}", shown.out);
    }
}

#[test]
fn a_revoked_key_counts_for_nothing_new() {
    let Some(_) = data("a revoked key") else { return };
    let stage = Stage::new();
    published_procedures(&stage);
    let revoke = |whose: &str, by: &str, status: i32| {
        let command = format!("key revoke {whose}.pub.json {PLACE} --key {by}.key --yes --reason stolen");
        stage.warifu(&command).ends(status)
    };
    let other = revoke("aoki", "baba", 3);
    assert!(other.err.contains("its own keys"), "{}", other.err);
    assert!(!Path::new(&stage.path("channel/statements")).exists());
    let status = |lang: &str| {
        let line = format!("--lang {lang} status --repo kikin {PLACE}");
        stage.warifu(&line).ends(0).out.replace(['\n', ' ', '\\'], "")
    };
    assert!(status("ja").contains("両者署名済み"), "{}", status("ja"));
    revoke("aoki", "abe", 0);
    // Who looks at the channel is told, and what to type.
    let told = status("ja");
    assert!(told.contains("署名後に鍵が失効") && told.contains("releaserenew"), "{told}");
    assert!(!told.contains("両者署名済み"), "{told}");
    // What aoki signed alone for Kikin is no release any more for whoever comes new.
    let refused = stage.warifu("channel verify channel --root root.json --state fresh").ends(3);
    assert!(refused.err.contains("Kikin 0 of 1"), "{}", refused.err);
}

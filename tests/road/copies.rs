//! Two people with a copy each, and a shared one between them, without git: and what they typed daily, typed
//! once.

use crate::stage::{Ran, Stage, checkout};

/// The commands that were printed, each on a line of its own.
fn printed(ran: &Ran) -> Vec<String> {
    let lines = ran.out.lines().chain(ran.err.lines());
    lines.filter_map(|line| line.strip_prefix("  warifu ").map(|rest| format!("warifu {rest}"))).collect()
}

fn demo(name: &str) -> String {
    format!("'{}'", checkout().join("masters/demo").join(name).display())
}

/// Aoki's repository with the procedures of June, sent to `shared`; Baba's copy of it.
fn two_copies(stage: &Stage) {
    stage.shell("warifu init aoki").ends(0);
    let import = format!("warifu import --repo aoki --series r06 {}", demo("2024-06/s_ALL20240531.csv"));
    stage.shell(&import).ends(0);
    let nowhere = stage.shell("warifu repo fetch --repo aoki").ends(2);
    assert!(printed(&nowhere)[0].contains("repo push --repo aoki DIR"), "{}", nowhere.err);
    let made = stage.shell("warifu repo push --repo aoki shared").ends(0);
    assert!(made.out.contains("sent 2 commits"), "{}", made.out);
    let clone = printed(&made)[0].replace("DIR", "baba");
    stage.shell(&clone).ends(0);
}

#[test]
fn what_one_sends_the_other_takes_over_and_git_is_never_asked() {
    let stage = Stage::new();
    two_copies(&stage);
    let logs = |name: &str| stage.shell(&format!("warifu log --repo {name} --json")).ends(0).out;
    assert_eq!(logs("aoki"), logs("baba"));
    stage.shell("warifu check --repo baba").ends(0);

    stage
        .shell(&format!("warifu import --repo aoki --series r06 {}", demo("2024-06/s_20240614.csv")))
        .ends(0);
    stage.shell("warifu repo push --repo aoki").ends(0);
    let fetched = stage.shell("warifu repo fetch --repo baba --json").ends(0).json();
    assert_eq!(fetched["news"].as_array().unwrap().len(), 1);
    assert_eq!(logs("aoki"), logs("baba"));
    let again = stage.shell("warifu repo fetch --repo baba").ends(0);
    assert!(again.out.contains("nothing new"), "{}", again.out);
    // The files are there, and the work tree is as the commit has it.
    let status = stage.shell("warifu status --repo baba --json").ends(0).json();
    assert_eq!(status["changed_files"], serde_json::json!([]));
    // It is told in the language asked for, as the import itself was.
    stage.shell("warifu undo --repo aoki s_20240614.csv").ends(0);
    stage
        .shell(&format!("warifu import --repo aoki --series r06 {}", demo("2024-06/s_20240614.csv")))
        .ends(0);
    stage.shell("warifu repo push --repo aoki").ends(0);
    let told = stage.shell("warifu repo fetch --repo baba --lang ja").ends(0).out;
    assert!(told.contains(" r06 procedure s_20240614.csv: 追加 "), "{told}");
    assert!(!told.contains("differential s_"), "{told}");
    // What was done is in the log of acts.
    let acts = stage.shell("warifu audit show --json").out;
    assert!(acts.contains("\"fetch\"") && acts.contains("\"push\""), "{acts}");
}

#[test]
fn two_who_worked_at_once_are_told_and_lose_nothing() {
    let stage = Stage::new();
    two_copies(&stage);
    let import = |repo: &str, series: &str, file: &str| {
        stage.shell(&format!("warifu import --repo {repo} --series {series} {}", demo(file))).ends(0)
    };
    import("aoki", "r06", "2024-06/s_20240614.csv");
    stage.shell("warifu repo push --repo aoki").ends(0);
    import("baba", "r06", "2024-06/t_ALL20240531.csv");

    // Who is behind does not send, who went on does not simply take over; nothing is changed by either.
    let before = stage.shell("warifu log --repo baba --json").ends(0).out;
    let stale = stage.shell("warifu repo push --repo baba").ends(1);
    assert!(stale.err.contains("s_20240614.csv"), "{}", stale.err);
    let apart = stage.shell(&printed(&stale)[0]).ends(1);
    assert!(apart.err.contains("s_20240614.csv") && apart.err.contains("t_ALL20240531.csv"), "{}", apart.err);
    assert_eq!(stage.shell("warifu log --repo baba --json").ends(0).out, before);

    let aside = stage.shell(&printed(&apart)[0]).ends(0);
    assert!(aside.out.contains("yours are kept as set-aside/"), "{}", aside.out);
    let again = printed(&aside);
    assert_eq!(again.len(), 2, "{}", aside.out);
    again.iter().for_each(|line| {
        stage.shell(line).ends(0);
    });
    stage.shell("warifu repo push --repo baba").ends(0);
    stage.shell("warifu repo fetch --repo aoki").ends(0);
    let log = stage.shell("warifu log --repo aoki").ends(0).out;
    assert!(log.contains("s_20240614.csv") && log.contains("t_ALL20240531.csv"), "{log}");
    stage.shell("warifu check --repo aoki").ends(0);
}

#[test]
fn what_was_written_by_hand_is_kept_or_brought_back_without_git() {
    let stage = Stage::new();
    two_copies(&stage);
    let path = stage.path("aoki/warifu.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}\n[defaults]\nlanguage = \"ja\"\n")).unwrap();
    let shard = std::fs::read_dir(stage.path("aoki/masters/r06/procedure")).unwrap().next().unwrap().unwrap();
    let was = std::fs::read(shard.path()).unwrap();
    std::fs::write(shard.path(), "by hand\n").unwrap();
    let refused = stage.shell("warifu --repo aoki --lang en repo keep --reason '言語を追加'").ends(2);
    assert!(refused.err.contains("masters/r06/procedure"), "{}", refused.err);
    // Both go back; what they were is put aside.
    let back = stage.shell("warifu repo restore --repo aoki --json").ends(0).json();
    assert_eq!(back["files"].as_array().unwrap().len(), 2);
    assert_eq!(std::fs::read(shard.path()).unwrap(), was);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    let aside = std::path::Path::new(back["before"].as_str().unwrap()).join("warifu.toml");
    std::fs::copy(aside, &path).unwrap();
    stage.shell("warifu repo keep --repo aoki --reason '言語を追加'").ends(0);
    let status = stage.shell("warifu status --repo aoki").ends(0).out;
    assert!(status.contains("未送信のコミット 1 件"), "{status}");
    // What cannot be read is not kept.
    std::fs::write(&path, "[serie]\n").unwrap();
    stage.shell("warifu repo keep --repo aoki --reason x-y").ends(2);
}

#[test]
fn what_is_typed_daily_is_written_once_and_shown_with_where_it_is_from() {
    let mut stage = Stage::new();
    stage.set(&[("LANG", "C")]);
    two_copies(&stage);
    let file = ".config/warifu/config.toml";
    for (lang, says) in
        [("ja", "何も設定されていません。例えば "), ("en", "Nothing is set. For example, write into ")]
    {
        let unset = stage.shell(&format!("env -u WARIFU_AUTHOR warifu config --lang {lang}")).ends(0).out;
        assert!(unset.lines().any(|line| line.starts_with(says) && line.contains(file)), "{unset}");
        assert!(unset.contains("\n  repository = \"/srv/masters\"\n"), "{unset}");
    }
    let set = stage.shell("env -u WARIFU_AUTHOR WARIFU_CHANNEL=c warifu config --lang en").ends(0).out;
    assert!(!set.contains("Nothing is set"), "{set}");
    std::fs::create_dir_all(stage.path(".config/warifu")).unwrap();
    let home = stage.path(".config/warifu/config.toml");
    std::fs::write(&home, "repository = \"~/aoki\"\nlanguage = \"ja\"\nroot = \"root.json\"\n").unwrap();
    let settings = |line: &str| stage.shell(line).ends(0).json()["settings"].clone();
    let shown = settings("warifu config --json");
    assert!(shown["repository"]["value"].as_str().unwrap().ends_with("/aoki"), "{shown}");
    assert!(shown["root"]["value"].as_str().unwrap().ends_with("/.config/warifu/root.json"), "{shown}");
    // The user's file holds, also before the repository's; the environment before it, an option first.
    let log = stage.shell("warifu log").ends(0);
    assert!(log.out.contains("s_ALL20240531.csv"), "{}", log.out);
    assert!(stage.shell("warifu log --series r99").ends(2).err.contains("その系列はありません"));
    let path = stage.path("aoki/warifu.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}\n[defaults]\nlanguage = \"en\"\nchannel = \"../c\"\n")).unwrap();
    assert!(stage.shell("warifu log --series r99").ends(2).err.contains("その系列"));
    std::fs::write(&home, "repository = \"~/aoki\"\nroot = \"root.json\"\n").unwrap();
    assert!(stage.shell("warifu log --series r99").ends(2).err.contains("no such series"));
    assert!(stage.shell("WARIFU_LANG=ja warifu log --series r99").ends(2).err.contains("その系列"));
    assert!(stage.shell("WARIFU_LANG=ja warifu --lang en log --series r99").ends(2).err.contains("no such"));
    let shown = settings("warifu config --json");
    assert_eq!(shown["language"]["place"], serde_json::json!(path.canonicalize().unwrap()));
    assert!(shown["channel"]["value"].as_str().unwrap().ends_with("/aoki/../c"), "{shown}");
    // Trust is never taken from what others can send; what nobody reads is told.
    std::fs::write(&path, format!("{text}\n[defaults]\nroot = \"evil.json\"\n")).unwrap();
    assert!(stage.shell("warifu log --lang en").ends(2).err.contains("others can change"));
    std::fs::write(&path, text).unwrap();
    std::fs::write(&home, "repositry = \"x\"\n").unwrap();
    assert!(stage.shell("warifu config --repo aoki").ends(2).err.contains("did you mean repository?"));
}

#[test]
fn a_file_without_a_day_in_its_name_waits_until_somebody_says_it() {
    let stage = Stage::new();
    stage.shell("warifu init masters").ends(0);
    std::fs::copy(checkout().join("masters/demo/2024-06/s_ALL20240531.csv"), stage.path("全件.csv")).unwrap();
    let refused = stage.shell("warifu import --lang ja --repo masters --series r06 全件.csv").ends(2);
    assert!(refused.err.contains("名前から公表日が分かりません"), "{}", refused.err);
    assert!(refused.err.contains("全件.csv --dated 公表日"), "{}", refused.err);
    let log = stage.shell("warifu log --repo masters").ends(0).out;
    assert!(!log.contains("全件.csv"), "{log}");
    stage.shell("warifu import --repo masters --series r06 全件.csv --dated 2024-05-31").ends(0);
    let next = demo("2024-06/s_20240614.csv");
    stage.shell(&format!("warifu import --repo masters --series r06 {next}")).ends(0);
}

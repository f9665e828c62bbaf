//! What people of one side can be led to do by a channel, a draft or a key that somebody else made.

use std::process::Command;

use crate::releases::{
    PLACE, clone, draft, house, publish, published_procedures, pull, sign, signed_and_published,
};
use crate::stage::{Ran, Stage, checkout, data};

/// The demonstration's small masters in both repositories; nothing is published.
fn drafted() -> Stage {
    let stage = Stage::new();
    house(&stage);
    stage.warifu("init kikin").ends(0);
    clone(&stage);
    import(&stage, "r04", "2024-05/c_ALL20240501.csv");
    import(&stage, "r04", "2024-05/t_ALL20240501.csv");
    import(&stage, "r04", "2024-05/s_ALL20240501.csv");
    pull(&stage);
    draft(&stage, "first");
    stage
}

fn import(stage: &Stage, series: &str, file: &str) {
    let file = checkout().join("masters/demo").join(file);
    stage.warifu(&format!("import --repo kikin --series {series} {}", file.display())).ends(0);
}

/// Without the stage's own answer to the question.
fn unasked(stage: &Stage, arguments: &str) -> Ran {
    let output = stage.command("warifu").args(arguments.split_whitespace()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ran { status: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
}

pub(crate) fn copy(stage: &Stage, from: &str, to: &str) {
    let copied = Command::new("cp").arg("-r").arg(stage.path(from)).arg(stage.path(to)).status().unwrap();
    assert!(copied.success());
}

#[test]
fn a_signer_sees_first_and_says_yes_and_signatures_are_collected() {
    let stage = drafted();
    let by = |key: &str, repo: &str| format!("release sign first --repo {repo} {PLACE} --key {key}.key");
    // Nobody can be asked: nothing is signed.
    let ran = unasked(&stage, &by("aoki", "kikin")).ends(2);
    assert!(ran.err.contains("no terminal to ask"), "{}", ran.err);
    assert!(ran.out.contains("your signature covers every file"), "{}", ran.out);
    assert!(!stage.path("first/signatures").exists());
    let shown = stage.warifu(&format!("release show first {PLACE} --json")).ends(0).json();
    let digest = shown["manifest_sha256"].as_str().unwrap().to_owned();
    let other = "0".repeat(64);
    unasked(&stage, &format!("{} --digest {other}", by("aoki", "kikin"))).ends(3);

    // Two of Kikin sign at once, each in a copy of the draft; nobody's signature is lost.
    copy(&stage, "first", "copy");
    unasked(&stage, &format!("{} --digest {digest}", by("aoki", "kikin"))).ends(0);
    sign(&stage, "copy", "kikin", "abe", 0);
    let made = std::fs::read_dir(stage.path("copy/signatures")).unwrap().next().unwrap().unwrap().path();
    let carried = made.display();
    let ran = stage.warifu(&format!("release collect first {carried} {PLACE}")).ends(0);
    assert!(ran.out.contains("Kikin: signed by abe, aoki; not signed by nobody"), "{}", ran.out);
    assert!(ran.out.contains("Kokuho: signed by nobody; not signed by baba, bito"), "{}", ran.out);
    let junk = stage.write("junk.json", "{}");
    stage.warifu(&format!("release collect first {} {PLACE}", junk.display())).ends(3);
    sign(&stage, "first", "kokuho", "baba", 0);
    publish(&stage, "first", 0);
    publish(&stage, "first", 0);
    let verified = stage.warifu("channel verify channel --root root.json --json").ends(0).json();
    assert_eq!(verified["signers"]["kikin"], serde_json::json!(["abe", "aoki"]));
}

#[test]
fn what_was_seen_or_signed_is_not_forgotten() {
    let stage = drafted();
    copy(&stage, "channel", "older");
    sign(&stage, "first", "kikin", "aoki", 0);
    sign(&stage, "first", "kokuho", "baba", 0);
    // Another first release, before anybody looks at the channel again.
    let other = format!("release draft --repo kikin {PLACE} --title other -o other");
    stage.warifu(&other).ends(0);
    let by = format!("release sign other --repo kikin {PLACE} --key aoki.key");
    let ran = stage.warifu(&by).ends(3);
    let named = ran.err.split("--instead-of ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    assert!(ran.err.contains("another release 1 was signed here"), "{}", ran.err);
    assert!(stage.warifu(&format!("{by} --instead-of {}", &named[..11])).ends(2).err.contains("12 to 64"));
    stage.warifu(&format!("{by} --instead-of 0123456789ab")).ends(3);
    stage.warifu(&format!("{by} --instead-of {}", &named[..12])).ends(0);
    publish(&stage, "first", 0);

    // An older copy of the channel, and one without its timestamp, bring nobody to begin anew.
    let anew = |channel: &str, out: &str| {
        stage.warifu(&format!(
            "release draft --repo kikin --channel {channel} --root root.json --title again -o {out}"
        ))
    };
    let ran = anew("older", "again").ends(3);
    assert!(ran.err.contains("release 0 is older than 1"), "{}", ran.err);
    std::fs::remove_file(stage.path("channel/metadata/timestamp.json")).unwrap();
    anew("channel", "again").ends(3);
    let ran = anew("channel --state elsewhere", "again").ends(3);
    assert!(ran.err.contains("timestamp.json does not"), "{}", ran.err);
    stage.warifu(&format!("release refresh --rebuild {PLACE} --key ci.key")).ends(0);
    stage.warifu("channel verify channel --root root.json").ends(0);
    // What verify saw, inspect knows too: it remembers in the same place.
    let entries = std::fs::read_dir(stage.path("states/warifu")).unwrap();
    assert_eq!(entries.filter(|entry| entry.as_ref().unwrap().path().is_dir()).count(), 1);
    let file = checkout().join("masters/demo/2024-05/c_ALL20240501.csv");
    let file = file.display();
    let told = stage.warifu(&format!("inspect {file} --channel older --root root.json"));
    assert_ne!(told.status, 0, "{}", told.out);
}

#[test]
fn a_commit_that_does_not_follow_needs_a_reason_that_both_sign() {
    let stage = drafted();
    import(&stage, "r06", "2024-05/y_ALL20240401.csv");
    pull(&stage);
    draft(&stage, "second");
    signed_and_published(&stage, "second");
    // The same masters in a commit of a side branch: what else that branch lacks, nobody looked at.
    let git = |arguments: &str| {
        let mut git = Command::new("git");
        git.args(["-C", "kikin", "-c", "user.name=Aoki", "-c", "user.email=aoki@example.jp"]);
        git.args(arguments.split(' ')).current_dir(stage.path("."));
        assert!(git.stdout(std::process::Stdio::null()).status().unwrap().success(), "{arguments}");
    };
    git("checkout --quiet -b side HEAD~1");
    git("cherry-pick --allow-empty HEAD@{1}");
    git("commit --quiet --amend -m side");
    let apart = format!("release draft --repo kikin {PLACE} --title apart -o apart");
    let ran = stage.warifu(&apart).ends(3);
    assert!(ran.err.contains("does not come after") && ran.err.contains("--not-a-successor"), "{}", ran.err);
    let ran = stage.warifu(&format!("{apart} --not-a-successor two-branches-by-mistake")).ends(0);
    let shown = "NOT A SUCCESSOR of the published release's commit: two-branches-by-mistake";
    assert!(ran.out.starts_with("WARNING: ") && ran.out.contains(shown), "{}", ran.out);
    sign(&stage, "apart", "kikin", "aoki", 0);
    let mut fetch = Command::new("git");
    fetch.args(["-C", "kokuho", "fetch", "--quiet", "../kikin", "side"]).current_dir(stage.path("."));
    assert!(fetch.status().unwrap().success());
    sign(&stage, "apart", "kokuho", "baba", 0);
    publish(&stage, "apart", 0);
    let verified = stage.warifu("channel verify channel --root root.json").ends(0);
    assert!(verified.out.contains(shown), "{}", verified.out);
}

#[test]
fn officers_see_a_root_before_they_sign_it_and_a_policy_is_a_floor() {
    let stage = Stage::new();
    house(&stage);
    let init = "trust init --after root.json --kikin aoki.pub.json --kokuho baba.pub.json \
                --kokuho bito.pub.json --timestamp ci.pub.json -o next.json";
    let ran = stage.warifu(init).ends(0);
    assert!(ran.out.starts_with("DRAFT of a root\n! REMOVED from changes of the root: abe ("), "{}", ran.out);
    let shown = stage.warifu("trust show next.json --after root.json").ends(0);
    let key = stage.warifu("key show aoki.pub.json").ends(0);
    let groups = key.out.lines().find_map(|line| line.strip_prefix("to be read out: ")).unwrap();
    assert!(shown.out.contains(&format!("key of aoki (Kikin): {groups}\n")), "{}", shown.out);
    assert!(shown.out.contains("signed so far by nobody"), "{}", shown.out);
    let by = "trust sign next.json --after root.json --key aoki.key";
    let ran = unasked(&stage, by).ends(2);
    assert!(ran.out.contains("REMOVED") && ran.err.contains("no terminal"), "{}{}", ran.out, ran.err);
    stage.warifu(by).ends(0);

    stage.write("policy.toml", "[least]\nkikin = 2\n");
    let ran = stage.warifu("channel verify channel --root root.json --policy policy.toml").ends(3);
    assert!(ran.err.contains("this node demands 2"), "{}", ran.err);
    stage.write("claims.uke", "");
    let check = "check claims.uke --channel channel --root root.json --policy policy.toml";
    let ran = stage.run("warifu-checker", check).ends(3);
    assert!(ran.err.contains("this node demands 2"), "{}", ran.err);
    for (policy, told) in [("kikim = 2", "kikim"), ("kikin = 0", "both always sign")] {
        stage.write("policy.toml", format!("[least]\n{policy}\n"));
        let ran = stage.warifu("channel verify channel --root root.json --policy policy.toml").ends(2);
        assert!(ran.err.contains(told), "{}", ran.err);
    }
}

#[test]
fn a_checker_takes_no_release_without_the_formats_that_its_policy_demands() {
    let Some(_) = data("formats that a policy demands") else { return };
    let stage = Stage::new();
    published_procedures(&stage);
    let swap = |state: &str, formats: &str, status: i32| {
        stage.write("policy.toml", format!("formats = {formats}\n"));
        let checker = stage.serve_with("channel", state, "--policy policy.toml");
        let ran = stage.run("warifu-checker", &format!("swap --socket {}", checker.socket)).ends(status);
        (ran, checker.status()["running"].clone())
    };
    let (ran, running) = swap("strict", r#"["kikin", "kokuho-utf8"]"#, 3);
    let said = format!("{}{}", ran.out, ran.err);
    assert!(said.contains("is not listed in the format kokuho-utf8"), "{said}");
    assert!(running.is_null(), "{running}");
    let (_, running) = swap("easy", r#"["kikin", "kokuho"]"#, 0);
    assert_eq!(running["release"], 1, "{running}");
}

#[cfg(unix)]
#[test]
fn a_key_that_others_may_read_signs_nothing() {
    use std::os::unix::fs::PermissionsExt as _;
    let stage = drafted();
    let open = |mode| {
        let permissions = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(stage.path("aoki.key"), permissions).unwrap();
    };
    open(0o640);
    let by = format!("release sign first --repo kikin {PLACE} --key aoki.key");
    let ran = stage.warifu(&by).ends(2);
    assert!(ran.err.contains("chmod 600"), "{}", ran.err);
    open(0o600);
    stage.warifu(&by).ends(0);

    // The same key under another passphrase, of twelve characters or more.
    stage.write("short", "eleven char\n");
    stage.write("new", "four words and more\n");
    let change = "key change-passphrase --key aoki.key --new-passphrase-file";
    let ran = stage.warifu(&format!("{change} short")).ends(2);
    assert!(ran.err.contains("shorter than 12 characters"), "{}", ran.err);
    let id = stage.warifu("key show aoki.pub.json --json").ends(0).json()["key_id"].clone();
    let changed = stage.warifu(&format!("{change} new --json")).ends(0).json();
    assert_eq!(changed["key_id"], id);
    let ran = stage.warifu(&by).ends(2);
    assert!(ran.err.contains("does not open this key file"), "{}", ran.err);
    stage.warifu(&format!("{by} --passphrase-file new")).ends(0);
    let mode = std::fs::metadata(stage.path("aoki.key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[cfg(unix)]
#[test]
fn a_checker_ends_when_told_to_though_a_pipe_lies_on_its_channel() {
    let stage = drafted();
    signed_and_published(&stage, "first");
    let checker = stage.serve("--poll 1");
    let timestamp = stage.path("channel/metadata/timestamp.json");
    let kept = std::fs::read(&timestamp).unwrap();
    std::fs::remove_file(&timestamp).unwrap();
    assert!(Command::new("mkfifo").arg(&timestamp).status().unwrap().success());
    let ran = stage.run("warifu-checker", &format!("swap --socket {}", checker.socket));
    assert_ne!(ran.status, 0, "{}", ran.out);
    for command in ["channel verify channel --root root.json", "channel list channel --root root.json"] {
        assert_ne!(stage.warifu(command).status, 0);
    }
    std::fs::remove_file(&timestamp).unwrap();
    std::fs::write(&timestamp, kept).unwrap();
    assert!(checker.ends_by_signal("TERM").success());
}

/// Another first root, of the same keys in part, finished as `other.json`, alone on the channel `others`.
fn another_root(stage: &Stage) {
    let cards = "--kikin abe.pub.json --kokuho bito.pub.json --timestamp ci.pub.json";
    stage.warifu(&format!("trust init {cards} -o other.draft.json")).ends(0);
    for officer in ["abe", "bito"] {
        stage.warifu(&format!("trust sign other.draft.json --key {officer}.key")).ends(0);
    }
    stage.warifu("trust finish other.draft.json -o other.json --channel others").ends(0);
}

#[test]
fn nothing_is_made_copied_or_read_where_root_and_channel_are_no_pair() {
    let stage = drafted();
    another_root(&stage);
    let place = "--channel others --root root.json";
    let refused = |command: &str| {
        for (lang, words) in [("en", "is of another pair"), ("ja", "別の組のものです")] {
            let ran = stage.warifu(&format!("--lang {lang} {command}")).ends(3);
            assert!(ran.err.contains(words) && ran.err.matches("sha256 ").count() == 2, "{}", ran.err);
        }
    };
    refused(&format!("release draft --repo kikin {place} --title first -o second"));
    sign(&stage, "first", "kikin", "aoki", 0);
    refused(&format!("release sign first --repo kokuho {place} --key baba.key --yes"));
    sign(&stage, "first", "kokuho", "baba", 0);
    refused(&format!("release publish first {place} --key ci.key"));
    assert!(!stage.path("others/metadata/timestamp.json").exists());
    publish(&stage, "first", 0);
    refused("channel copy channel --to others --root root.json");
    refused("channel verify channel --root other.json");

    // And a folder that is something else becomes no mirror.
    stage.warifu("channel fetch channel --root root.json -o fetched").ends(0);
    for folder in ["kikin", "first", "fetched"] {
        let ran = stage.warifu(&format!("channel copy channel --to {folder} --root root.json")).ends(2);
        assert!(ran.err.contains(&format!("{folder} is no channel")), "{}", ran.err);
        assert!(!stage.path(folder).join("metadata").exists());
    }

    // An old draft of a number that is published is told as such.
    copy(&stage, "first", "old");
    draft(&stage, "again");
    signed_and_published(&stage, "again");
    let ran = stage.warifu("release publish old --channel channel --root root.json --key ci.key").ends(3);
    assert!(ran.err.contains("release 1 is published already, and release 2 after it"), "{}", ran.err);

    let withdraw = "release withdraw --channel channel --root root.json --key baba.key --yes --reason wrong";
    stage.warifu(withdraw).ends(0);
    for carry in ["copy channel --to mirror", "bundle channel -o bundle.tar.zst"] {
        let ran = stage.warifu(&format!("channel {carry} --root root.json")).ends(0);
        assert!(ran.err.contains("release 2, which is carried, was withdrawn"), "{}", ran.err);
    }
}

#[test]
fn a_file_of_another_kind_is_told_as_what_it_is() {
    let stage = Stage::new();
    house(&stage);
    for (given, words) in [
        ("aoki.pub.json", "aoki.pub.json: this file is the card of one public key, and no root"),
        ("aoki.key", "aoki.key: this file is a SECRET key"),
    ] {
        let ran = stage.warifu(&format!("channel verify channel --root {given}")).ends(3);
        assert!(ran.err.contains(words), "{}", ran.err);
    }
    let cards = "--kikin aoki.key --kokuho baba.pub.json --timestamp ci.pub.json";
    let ran = stage.warifu(&format!("trust init {cards} -o x.json"));
    assert!(ran.status != 0 && ran.err.contains("aoki.key: this is the SECRET key"), "{}", ran.err);

    let cards = "--kikin aoki.pub.json --kokuho baba.pub.json --timestamp ci.pub.json";
    stage.warifu(&format!("trust init {cards} --after root.json -o next.json")).ends(0);
    let ran = stage.warifu("trust sign next.json --key aoki.key");
    assert!(ran.status != 0 && ran.err.contains("name that one with --after"), "{}", ran.err);
}

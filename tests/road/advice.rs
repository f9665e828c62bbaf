//! What is advised runs as it is printed, in folders with blanks, with the options that were given: only what
//! nobody but the reader knows is filled in.

use crate::stage::{Ran, Stage, checkout};

/// What is remembered, and where, as it is typed each time.
const PLACE: &str = "--channel 'our channel' --root 'a root.json' --state 'my state' --lang en";

/// The commands that were printed, each on a line of its own.
fn printed(ran: &Ran) -> Vec<String> {
    let lines = ran.out.lines().chain(ran.err.lines());
    lines.filter_map(|line| line.strip_prefix("  warifu ").map(|rest| format!("warifu {rest}"))).collect()
}

/// Runs the one command that was printed, with `filled` in the place of what only the reader knows.
#[track_caller]
fn as_printed(stage: &Stage, ran: &Ran, filled: &[(&str, &str)]) -> Ran {
    let commands = printed(ran);
    assert_eq!(commands.len(), 1, "{commands:?}\n{}{}", ran.out, ran.err);
    stage.shell(&fill(&commands[0], filled))
}

#[track_caller]
fn fill(command: &str, filled: &[(&str, &str)]) -> String {
    filled.iter().fold(command.to_owned(), |command, (blank, value)| {
        assert!(command.contains(blank), "{blank} in {command}");
        command.replace(blank, value)
    })
}

const SIGNER: [(&str, &str); 1] = [("KEY", "keys/kikin.key --yes")];

/// Keys and a root, as the printed commands have them signed.
fn house(stage: &Stage) {
    std::fs::create_dir(stage.path("keys")).unwrap();
    for (name, side) in [("kikin", "kikin"), ("kikin2", "kikin"), ("kokuho", "kokuho")] {
        stage.shell(&format!("warifu key generate {name} --organisation {side} --dir keys")).ends(0);
    }
    stage.shell("warifu key generate ci --dir keys").ends(0);
    let root = stage
        .shell(
            "warifu trust init --kikin keys/kikin.pub.json --kikin keys/kikin2.pub.json --kokuho \
             keys/kokuho.pub.json --timestamp keys/ci.pub.json -o 'a draft of a root'",
        )
        .ends(0);
    for key in ["kikin", "kikin2", "kokuho"] {
        as_printed(stage, &root, &[("KEY", &format!("keys/{key}.key --yes"))]).ends(0);
    }
    let channel = "--channel 'our channel'";
    stage.shell(&format!("warifu trust finish 'a draft of a root' -o 'a root.json' {channel}")).ends(0);
}

/// The draft that `drafted` tells of goes its printed way to the channel.
fn signed_and_published(stage: &Stage, drafted: &Ran) {
    let signed = as_printed(stage, drafted, &SIGNER).ends(0);
    assert!(signed.out.contains("a signer of Kokuho runs"), "{}", signed.out);
    let kokuho = [("REPOSITORY", "'my masters'"), ("KEY", "keys/kokuho.key --yes")];
    let both = as_printed(stage, &signed, &kokuho).ends(0);
    as_printed(stage, &both, &[("KEY", "keys/ci.key")]).ends(0);
}

#[test]
fn what_is_advised_runs_as_it_is_printed() {
    let stage = Stage::new();
    let demo = checkout().join("masters/demo");
    let file = |name: &str| format!("'{}'", demo.join(name).display());
    house(&stage);

    // No repository yet; then one, and what goes into it.
    let none = stage.shell("warifu log").ends(2);
    let made = as_printed(&stage, &none, &[("DIR", "'my masters'")]).ends(0);
    as_printed(&stage, &made, &[("FILE...", &file("2024-06/s_ALL20240531.csv"))]).ends(0);

    // Taken back, and brought in again by both lines.
    let undone = stage.shell("warifu undo --repo 'my masters'").ends(0);
    let again = printed(&undone);
    assert_eq!(again.len(), 2, "{again:?}");
    again.iter().for_each(|line| {
        stage.shell(line).ends(0);
    });

    // A first release, and another draft of it that was signed before.
    let empty = stage.shell(&format!("warifu release renew {PLACE} --repo 'my masters' -o x")).ends(2);
    let drafted = as_printed(&stage, &empty, &[("TITLE", "other"), ("DRAFT", "'another draft'")]).ends(0);
    as_printed(&stage, &drafted, &SIGNER).ends(0);
    let draft = format!("warifu release draft {PLACE} --repo 'my masters' --title");
    let drafted = stage.shell(&format!("{draft} first -o 'a draft'")).ends(0);
    let twice = as_printed(&stage, &drafted, &SIGNER).ends(3);
    as_printed(&stage, &twice, &[]).ends(0);
    let kokuho = fill(&printed(&drafted)[0], &[("KEY", "keys/kokuho.key --yes")]);
    let both = stage.shell(&kokuho).ends(0);
    as_printed(&stage, &both, &[("KEY", "keys/ci.key")]).ends(0);

    // What a second one changes for days that have been: looked at, accepted, or left for later.
    let import = "warifu import --repo 'my masters' --series r06";
    stage.shell(&format!("{import} {}", file("2024-06/s_20240614.csv"))).ends(0);
    let refused = stage.shell(&format!("{draft} second -o 'draft 2'")).ends(1);
    let [look, accept, leave] = printed(&refused).try_into().unwrap();
    stage.shell(&fill(&look, &[("FILE", "'all of it.csv'")])).ends(0);
    assert!(std::fs::metadata(stage.path("all of it.csv")).unwrap().len() > 0);
    let unfilled = stage.shell(&accept).ends(2);
    assert!(unfilled.err.contains("reason says nothing"), "{}", unfilled.err);
    stage.shell(&leave.replace("'draft 2'", "'draft 3'")).ends(0);
    let accepted =
        stage.shell(&fill(&accept, &[("REASON", "正誤による訂正"), ("NOTICE", "告示1号")])).ends(0);
    signed_and_published(&stage, &accepted);

    // A timestamp that is lost.
    std::fs::remove_file(stage.path("our channel/metadata/timestamp.json")).unwrap();
    let lost = format!("{draft} third -o 'draft 4'").replace("my state", "no memory of it");
    let lost = stage.shell(&lost).ends(3);
    as_printed(&stage, &lost, &[("KEY", "keys/ci.key")]).ends(0);

    // Going back to what is published is none; it is withdrawn, and the one before is used.
    let revert = stage.shell(&format!("warifu release revert 2 {PLACE} --repo 'my masters' -o x")).ends(2);
    let withdraw = printed(&revert)[0].clone();
    let key = ("KEY", "keys/kokuho.key --yes");
    let unfilled = stage.shell(&fill(&withdraw, &[key])).ends(2);
    assert!(unfilled.err.contains("--reason says nothing"), "{}", unfilled.err);
    let said = stage.shell(&fill(&withdraw, &[("REASON", "誤り"), key])).ends(0);
    let (asked, done) = (said.out.find("NOT SAID YET").unwrap(), said.out.find("on the channel.").unwrap());
    assert!(asked < done, "{}", said.out);
    let verify = "warifu channel verify 'our channel' --root 'a root.json' --state 'my state'";
    let withdrawn = stage.shell(verify).ends(3);
    as_printed(&stage, &withdrawn, &[("DIR", "'the one before'")]).ends(0);
    assert!(stage.path("the one before").is_dir());
}

//! What programs read: each document that `--json` prints is as its schema in `schemas/json/` says, and a
//! command that could not do its work leaves one too.

use serde_json::Value;

use crate::fleets::statement;
use crate::json_schemas::{Published, published};
use crate::stage::{Checker, Ran, Stage, checkout};

/// What is done on [`DAY`] otherwise than by a command with `--json`.
const RECEIVERS: &str = "# the list of receivers";
const SERVE: &str = "# a checker is started";
const ANSWER: &str = "# a claim file is judged into ";
const STATEMENT: &str = "# what a fleet runs is asked for";
const EDIT: &str = "# a file of the repository is changed by hand";

/// Whether what a line changes of days that have been is accepted by name.
const ACCEPTING: &str = " {accepting}";

/// A day of three people, each command with `--json`, and how it ends.
const DAY: &[(i32, &str)] = &[
    (0, "init masters"),
    (2, "init masters"),
    (
        0,
        "import --repo masters --series r04 {demo}/2024-05/c_ALL20240501.csv \
         {demo}/2024-05/s_ALL20240501.csv",
    ),
    (
        0,
        "import --repo masters --series r06 {demo}/2024-05/y_ALL20240401.csv \
         {demo}/2024-06/s_ALL20240531.csv",
    ),
    (0, "import --repo masters --series r06 {demo}/2024-06/s_20240614.csv"),
    (1, "import --repo masters --series r06 {demo}/2024-06/y_20240531.csv {demo}/wrong/s_ALL20240531.csv"),
    (0, "key generate aoki --organisation kikin --dir keys"),
    (0, "key generate baba --organisation kokuho --dir keys"),
    (0, "key generate bito --organisation kokuho --dir keys"),
    (0, "key generate publisher --dir keys"),
    (0, "key generate clinic --dir keys"),
    (0, "key show keys/publisher.pub.json"),
    (
        0,
        "trust init --kikin keys/aoki.pub.json --kokuho keys/baba.pub.json --kokuho keys/bito.pub.json \
         --timestamp keys/publisher.pub.json -o root-draft.json",
    ),
    (0, "trust sign root-draft.json --key keys/aoki.key"),
    (0, "trust sign root-draft.json --key keys/baba.key"),
    (0, "trust sign root-draft.json --key keys/bito.key"),
    (0, "trust finish root-draft.json -o root.json --channel channel"),
    (0, "trust show root.json"),
    (2, "inspect {demo}/2024-06/s_20240614.csv {demo}/claims/202405-clinic-a.uke.txt none"),
    (0, "inspect {demo}/2024-06/s_20240614.csv"),
    (0, "validate {demo}/2024-06/s_20240614.csv {demo}/2024-06/y_20240531.csv"),
    (1, "validate {demo}/wrong/s_20240621.csv {demo}/claims/202405-clinic-a.uke.txt"),
    (2, "validate none"),
    (0, "apply {demo}/2024-06/s_ALL20240531.csv {demo}/2024-06/s_20240614.csv -o next.csv"),
    (
        1,
        "apply {demo}/2024-06/s_ALL20240531.csv {demo}/2024-06/s_20240614.csv --expect \
         {demo}/2024-06/s_ALL20240531.csv -o other.csv",
    ),
    (0, "log --repo masters"),
    (0, "log --repo masters 150990110"),
    (0, "show --repo masters 150990110 --on 2024-05-31"),
    (0, "show --repo masters 150990110"),
    (0, "show --repo masters HEAD:r06/procedure"),
    (0, "find --repo masters 見本"),
    (1, "find --repo masters どこにもない名称"),
    (0, "status --repo masters"),
    (0, "config"),
    (0, "blame --repo masters 150990110"),
    (0, "diff --repo masters HEAD~1:r06/procedure HEAD:r06/procedure"),
    (0, "check --repo masters"),
    (0, "export --repo masters HEAD:r06/procedure -o out.csv"),
    (0, "release draft --repo masters --title 定例 -o draft --channel channel --root root.json"),
    (0, "release show draft --channel channel --root root.json"),
    (0, "release review draft --repo masters --channel channel --root root.json"),
    (0, "release sign draft --repo masters --channel channel --root root.json --key keys/aoki.key"),
    (3, "release publish draft --channel channel --root root.json --key keys/publisher.key"),
    (0, "release sign draft --repo masters --channel channel --root root.json --key keys/baba.key"),
    (0, "release collect draft --channel channel --root root.json"),
    (0, "release publish draft --channel channel --root root.json --key keys/publisher.key"),
    (0, "release show --channel channel --root root.json"),
    (0, "status --repo masters --channel channel --root root.json"),
    (0, "notice --channel channel --root root.json"),
    (0, "notice --channel channel --root root.json --draft draft"),
    (0, "release refresh --channel channel --root root.json --key keys/publisher.key"),
    (0, "release changes --repo masters --channel channel --root root.json"),
    (0, "release renew --repo masters --channel channel --root root.json -o renewed"),
    (0, "channel verify channel --root root.json"),
    (0, "channel list channel --root root.json"),
    (0, "channel fetch channel --root root.json --format kokuho -o fetched"),
    (0, "channel bundle channel --root root.json -o channel.warifu"),
    (0, "channel copy channel --root root.json --to copy"),
    (0, "convert fetched/s_r06_ALL20240614.euc --from kokuho --to kikin -o back.csv"),
    (1, "convert fetched/s_r06_ALL20240614.euc --from kikin --to kokuho -o back.euc"),
    // A checker takes the first release, and is asked by whoever looks after it.
    (0, SERVE),
    (0, "warifu-checker status --state state"),
    (0, "warifu-checker swap --state state"),
    (0, "# a claim file is judged into a.jsonl"),
    // An emergency on top, which a checker is asked about before it takes it.
    (0, "import --repo masters --series r06 {demo}/2024-06/y_20240531.csv"),
    (
        0,
        "release draft --repo masters --title 訂正 --emergency 点数の誤り -o second --channel channel --root \
         root.json {accepting}",
    ),
    (
        0,
        "release impact second --channel channel --root root.json --claims \
         {demo}/claims/202406-clinic-a.uke.txt",
    ),
    (0, "release sign second --repo masters --channel channel --root root.json --key keys/aoki.key"),
    (0, "release sign second --repo masters --channel channel --root root.json --key keys/baba.key"),
    (0, "release publish second --channel channel --root root.json --key keys/publisher.key"),
    (0, "warifu-checker dry-run --state state --channel channel --root root.json --calendar none"),
    (0, "warifu-checker swap --state state"),
    (0, "warifu-checker status --state state"),
    (0, "# a claim file is judged into b.jsonl"),
    (0, "warifu-checker explain a.jsonl a.jsonl"),
    (0, "warifu-checker explain a.jsonl b.jsonl --state state"),
    (0, "warifu-checker confirm 2 --reason 確認済み --state state"),
    (0, "warifu-checker replay --state state"),
    (0, "warifu-checker freeze --reason 休日 --state state"),
    (0, "warifu-checker thaw --reason 終了 --state state"),
    (0, "warifu-checker fall-back --state state"),
    (0, "warifu-checker unhold 2 --reason 確認済み --state state"),
    (0, "warifu-checker forget-claims --state state"),
    (1, "warifu-checker confirm 2 --reason 確認済み --state state"),
    (2, "warifu-checker status --state none"),
    (2, "warifu-checker check none --state state"),
    (2, "warifu-checker statuss"),
    // Afterwards: the joint review, who has taken it, and back to what was before.
    (
        0,
        "release post-review 2 --finding 再発防止策を確認 --channel channel --root root.json --key keys/aoki.key",
    ),
    (
        0,
        "channel verify channel --root root.json --receipt clinic.receipt --key keys/clinic.key --as 見本診療所",
    ),
    (0, RECEIVERS),
    (0, "release receipts collect kept clinic.receipt --receivers receivers.toml"),
    (
        0,
        "release revert 1 --repo masters --emergency 点数の誤り -o back --channel channel --root root.json \
         {accepting}",
    ),
    (0, "release withdraw --reason 点数の誤り --channel channel --root root.json --key keys/aoki.key"),
    (0, "key revoke keys/bito.pub.json --reason 紛失 --channel channel --root root.json --key keys/baba.key"),
    (0, STATEMENT),
    (0, "fleet sign statement.json --to east --key keys/clinic.key"),
    // Two copies.
    (0, "repo push --repo masters shared"),
    (0, "repo clone shared other"),
    (0, "repo fetch --repo other"),
    (0, EDIT),
    (0, "repo keep --repo other --reason 言語を追加"),
    (0, EDIT),
    (0, "repo restore --repo other"),
    (0, "import --repo masters --series r06 {demo}/2024-06/t_ALL20240531.csv"),
    (0, "undo --repo masters"),
    (0, "audit verify"),
    (2, "importt"),
    (2, "import --repo masters"),
];

/// The commands that ask before they do it.
const ASK: [&str; 5] =
    ["release sign ", "trust sign ", "release withdraw ", "release post-review ", "key revoke "];

#[test]
fn every_document_is_as_its_schema_says_and_every_schema_is_of_a_document() {
    let stage = Stage::new();
    std::fs::create_dir(stage.path("keys")).unwrap();
    let demo = checkout().join("masters/demo").display().to_string();
    let mut published = Published::new();
    let mut checker = None;
    for (status, line) in DAY {
        let line = line.replace("{demo}", &demo);
        if line.starts_with('#') {
            otherwise(&stage, &line, &mut checker);
            continue;
        }
        let ran = ran(&stage, &line, &mut published);
        assert_eq!(ran.status, *status, "{line}\n{}{}", ran.out, ran.err);
        let document = ran.json();
        // Who could not do it says why, also where a document tells what came of it so far.
        if *status >= 2 && !line.starts_with("inspect") {
            assert_eq!(document["exit"], *status, "{line}");
        }
        if let Some(error) = document.get("error") {
            for lang in ["en", "ja"] {
                assert!(error["message"][lang].as_str().is_some_and(|said| !said.is_empty()), "{error}");
            }
        }
    }
    drop(checker);
    let all: Vec<String> =
        published_names().into_iter().filter(|name| !NOT_ON_THAT_DAY.contains(&name.as_str())).collect();
    let unmet: Vec<_> = all.into_iter().filter(|name| !published.met.contains(name)).collect();
    assert!(unmet.is_empty(), "no document was held against {unmet:?}");
}

/// What others name is in them; the demonstration is a day of its own; and what asks for a disk that lost
/// something is decided as `confirm` is.
const NOT_ON_THAT_DAY: [&str; 4] =
    ["findings-1.json", "demo-1.json", "checker-give-up-1.json", "checker-repair-1.json"];

#[test]
fn what_is_decided_of_a_damaged_disk_is_told_as_every_decision() {
    let of = |name: &str| {
        let (_, mut schema) = published().into_iter().find(|(file, _)| file == name).unwrap();
        schema["title"].take();
        schema["properties"]["schema"].take();
        schema
    };
    for name in ["checker-give-up-1.json", "checker-repair-1.json"] {
        assert_eq!(of(name), of("checker-confirm-1.json"), "{name}");
    }
}

#[test]
fn the_demonstration_tells_its_numbers_as_its_schema_says() {
    let stage = Stage::new();
    let ran = stage.warifu("--json demo --dir play").ends(0);
    Published::new().hold(&ran.json());
}

/// What a line that is a command came to, its document held against its schema.
fn ran(stage: &Stage, line: &str, published: &mut Published) -> Ran {
    let (line, accepting) = match line.strip_suffix(ACCEPTING) {
        Some(line) => (line, true),
        None => (line, false),
    };
    let once = |line: &str| match line.strip_prefix("warifu-checker ") {
        Some(line) => stage.run("warifu-checker", &format!("{line} --json")),
        None if ASK.iter().any(|asks| line.starts_with(asks)) => {
            stage.warifu(&format!("--json {line} --yes"))
        }
        None => stage.warifu(&format!("--json {line}")),
    };
    let ran = once(line);
    published.hold(&ran.json());
    let asked_for = ran.err.split("--accept-past ").nth(1).filter(|_| accepting && ran.status != 0);
    let Some(classes) = asked_for.and_then(|after| after.split_whitespace().next()) else { return ran };
    let ran = once(&format!("{line} --accept-past {classes} --reason 改定 --source 告示"));
    published.hold(&ran.json());
    ran
}

/// What is done otherwise.
fn otherwise(stage: &Stage, line: &str, checker: &mut Option<Checker>) {
    if let Some(file) = line.strip_prefix(ANSWER) {
        let claims = checkout().join("masters/demo/claims/202406-clinic-a.uke.txt").display().to_string();
        let answer = stage.run("warifu-checker", &format!("check {claims} --state state --json"));
        assert!(answer.status < 2, "{}", answer.err);
        stage.write(file, answer.out);
        return;
    }
    match line {
        STATEMENT => {
            stage.write("statement.json", statement(1));
            std::fs::create_dir(stage.path("east")).unwrap();
        }
        SERVE => *checker = Some(stage.serve("")),
        RECEIVERS => {
            let card = std::fs::read_to_string(stage.path("keys/clinic.pub.json")).unwrap();
            let card: Value = serde_json::from_str(&card).unwrap();
            let list = format!("[[receiver]]\nname = \"見本診療所\"\npublic = {}\n", card["public"]);
            stage.write("receivers.toml", list);
        }
        EDIT => {
            let settings = std::fs::read_to_string(stage.path("other/warifu.toml")).unwrap();
            stage.write("other/warifu.toml", format!("{settings}# by hand\n"));
        }
        _ => panic!("{line}"),
    }
}

fn published_names() -> Vec<String> {
    published().into_iter().map(|(name, _)| name).collect()
}

#[test]
fn a_line_that_is_no_command_is_a_document_with_both_messages() {
    let stage = Stage::new();
    let ran = stage.warifu("--json --lang ja import --series");
    let document = ran.ends(2).json();
    assert_eq!(
        (&document["schema"], &document["error"]["code"]),
        (&"warifu/error/1".into(), &"usage".into())
    );
    let message = &document["error"]["message"];
    assert!(message["en"].as_str().unwrap().contains("--series"), "{message}");
    assert!(message["ja"].as_str().unwrap().contains("値がありません"), "{message}");
    // Without --json nothing is on standard output, as ever.
    assert_eq!(stage.warifu("import --series").ends(2).out, "");
}

#[test]
fn a_refused_import_is_one_document_with_what_to_do_next() {
    let stage = Stage::new();
    let demo = checkout().join("masters/demo").display().to_string();
    stage.warifu("init masters").ends(0);
    let full = format!("import --repo masters --series r06 {demo}/2024-06/s_ALL20240531.csv");
    stage.warifu(&full).ends(0);
    let import =
        |file: &str| stage.warifu(&format!("--json import --repo masters --series r06 {demo}/{file}"));
    import("wrong/s_20240621.csv").ends(0);
    let document = import("2024-06/s_20240614.csv").ends(1).json();
    assert_eq!(document["imports"][0]["outcome"], "refused", "{document:#}");
    assert_eq!(document["error"]["code"], "refused");
    let next = document["error"]["next"].as_array().unwrap();
    let is_command = |line: &Value| line.as_str().unwrap().contains("warifu ");
    assert!(!next.is_empty() && next.iter().all(is_command), "{next:?}");
}

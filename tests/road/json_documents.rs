//! What programs read: each document that `--json` prints is as its schema in `schemas/json/` says, and a
//! command that could not do its work leaves one too.

use std::collections::BTreeSet;
use std::path::Path;

use boon::{Compiler, Schemas};
use serde_json::Value;

use crate::stage::{Stage, checkout};

/// The published schemas, and which of them a document was held against.
struct Published {
    compiler: Compiler,
    schemas: Schemas,
    met: BTreeSet<String>,
}

impl Published {
    fn new() -> Self {
        let mut compiler = Compiler::new();
        for (name, schema) in published() {
            compiler.add_resource(&url(&name), schema).unwrap();
        }
        Published { compiler, schemas: Schemas::new(), met: BTreeSet::new() }
    }

    /// Holds `document` against the schema that it names.
    #[track_caller]
    fn hold(&mut self, document: &Value) {
        let named = document["schema"].as_str().unwrap_or_else(|| panic!("no schema: {document}"));
        let [house, name, version] = named.split('/').collect::<Vec<_>>()[..] else { panic!("{named}") };
        assert_eq!(house, "warifu");
        let file = format!("{name}-{version}.json");
        let schema = self.compiler.compile(&url(&file), &mut self.schemas).unwrap();
        if let Err(error) = self.schemas.validate(document, schema) {
            panic!("{named}: {error:#}\n{document:#}");
        }
        self.met.insert(file);
    }
}

fn url(file: &str) -> String {
    format!("file:///{file}")
}

/// Every file of `schemas/json/` by its name.
fn published() -> Vec<(String, Value)> {
    let files = checkout().join("schemas/json").read_dir().unwrap().map(|entry| entry.unwrap().path());
    let read = |path: &Path| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    files.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), read(&path))).collect()
}

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
    (0, "key generate publisher --dir keys"),
    (0, "key show keys/publisher.pub.json"),
    (
        0,
        "trust init --kikin keys/aoki.pub.json --kokuho keys/baba.pub.json --timestamp \
         keys/publisher.pub.json -o root-draft.json",
    ),
    (0, "trust sign root-draft.json --key keys/aoki.key"),
    (0, "trust sign root-draft.json --key keys/baba.key"),
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
    (0, "undo --repo masters"),
    (0, "audit verify"),
    (2, "importt"),
    (2, "import --repo masters"),
];

#[test]
fn every_document_is_as_its_schema_says_and_every_schema_is_of_a_document() {
    let stage = Stage::new();
    std::fs::create_dir(stage.path("keys")).unwrap();
    let demo = checkout().join("masters/demo").display().to_string();
    let mut published = Published::new();
    for (status, line) in DAY {
        let mut line = line.replace("{demo}", &demo);
        if ["release sign ", "trust sign "].iter().any(|asks| line.starts_with(asks)) {
            line.push_str(" --yes");
        }
        let ran = stage.warifu(&format!("--json {line}"));
        assert_eq!(ran.status, *status, "{line}\n{}{}", ran.out, ran.err);
        let document = ran.json();
        published.hold(&document);
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
    // What others name is in them.
    let of_documents = published_names().into_iter().filter(|name| name != "findings-1.json");
    let unmet: Vec<_> = of_documents.filter(|name| !published.met.contains(name)).collect();
    assert!(unmet.is_empty(), "no document was held against {unmet:?}");
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

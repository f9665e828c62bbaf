//! What `warifu diff` says to people and to programs.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(clippy::disallowed_methods, reason = "a test makes its own files")]

mod place;

use std::io::{self, Read as _, Write};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use warifu::diff_json::{Form, write_json};
use warifu::diff_report::write_text;
use warifu_masters::change::diff::{Change, Diff, diff, field_or_blank};
use warifu_masters::file::{Declared, read};
use warifu_masters::schema::Schemas;
use warifu_masters::table::Master;
use warifu_rules::review::{Scope, review};
use warifu_values::lang::Lang;

use place::{base, comment};

fn master(bytes: Vec<u8>) -> Master {
    read(&Schemas::built_in().unwrap(), bytes, &Declared::default()).master.unwrap()
}

/// Texts that JSON has to escape, a record that leaves, one that comes, one that changes.
fn invented() -> [String; 2] {
    let new = [
        comment("0", 1, "初診\"\"等\"\"、a\\b,c"),
        comment("0", 2, "再診"),
        comment("0", 30_001, "入院\u{7f}"),
        comment("3", 40_001, "転院（紹介状のある患者を他の保険医療機関から受け入れた場合に限る）"),
    ];
    [base(), new.concat()]
}

/// The same by the shape that is documented, put together in memory.
fn expected(diff: &Diff<'_>) -> Value {
    let layout = diff.layout();
    let record = |change: &Change| {
        let (word, master, row) = match *change {
            Change::Added { new } => ("added", diff.new, new),
            Change::Removed { old } => ("removed", diff.old, old),
            Change::Changed { new, .. } => ("changed", diff.new, new),
        };
        let field = |column: usize| {
            let (old, new) = match *change {
                Change::Added { new } => ("", field_or_blank(diff.new, new, column)),
                Change::Removed { old } => (field_or_blank(diff.old, old, column), ""),
                Change::Changed { old, new } => {
                    (field_or_blank(diff.old, old, column), field_or_blank(diff.new, new, column))
                }
            };
            (old != new).then(|| json!({ "field": layout.columns[column].id, "old": old, "new": new }))
        };
        let fields: Vec<Value> = (0..layout.width()).filter_map(field).collect();
        json!({ "change": word, "key": master.key(row), "label": master.label(row), "fields": fields })
    };
    let names = layout.columns.iter().map(|column| (column.id.clone(), json!(column.name)));
    json!({
        "schema": "warifu/diff/1",
        "old": { "name": "old.csv", "layout": diff.old.layout().name() },
        "new": { "name": "new.csv", "layout": diff.new.layout().name() },
        "kind": layout.kind,
        "summary": diff.summary(),
        "columns": names.collect::<serde_json::Map<_, _>>(),
        "records": diff.changes.iter().map(record).collect::<Vec<_>>(),
    })
}

fn written(diff: &Diff<'_>, form: Form) -> Vec<u8> {
    let mut out = Vec::new();
    write_json(diff, "old.csv", "new.csv", form, &mut out).unwrap();
    out
}

/// Both forms of `diff` say what the comparison found, and nothing is lost.
fn says_everything(diff: &Diff<'_>) {
    let mut expected = expected(diff);
    let document: Value = serde_json::from_slice(&written(diff, Form::Document)).unwrap();
    assert!(document == expected);
    let lines = written(diff, Form::Lines);
    let lines: Vec<Value> =
        serde_json::Deserializer::from_slice(&lines).into_iter().map(Result::unwrap).collect();
    let records = expected["records"].take();
    expected.as_object_mut().unwrap().shift_remove("records");
    assert!(lines[0] == expected && lines[1..] == *records.as_array().unwrap());
    let text = String::from_utf8(written(diff, Form::Lines)).unwrap();
    assert_eq!(text.lines().count(), 1 + diff.changes.len());
}

#[test]
fn json_says_what_the_comparison_found() {
    let [old, new] = invented().map(|text| master(text.into_bytes()));
    says_everything(&diff(&old, &new).unwrap());
    says_everything(&diff(&new, &old).unwrap());
    // Nothing changed.
    says_everything(&diff(&old, &old).unwrap());
}

/// Takes note of how much comes in at once.
#[derive(Default)]
struct Pieces {
    largest: usize,
    bytes: usize,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.largest = self.largest.max(bytes.len());
        self.bytes += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn reports_on_published_masters_are_whole_and_come_in_pieces() {
    let Some(data) = place::data() else { return };
    let file = |name: &str| master(std::fs::read(data.join(name)).unwrap());
    let (old, new) = (file("procedure/s_ALL20220218.csv"), file("procedure/s_ALL20240531.csv"));
    let changed = diff(&old, &new).unwrap();
    says_everything(&changed);
    // 37 columns and 38.
    let (narrow, wide) = (file("material/t_ALL20231130.csv"), file("material/t_ALL20240531.csv"));
    says_everything(&diff(&narrow, &wide).unwrap());
    says_everything(&diff(&wide, &narrow).unwrap());
    for form in [Form::Document, Form::Lines] {
        let mut pieces = Pieces::default();
        write_json(&changed, "old", "new", form, &mut pieces).unwrap();
        assert!(pieces.bytes > 20_000_000 && pieces.largest < 128 * 1024, "{}", pieces.largest);
    }
    let mut pieces = Pieces::default();
    let risks = review(&changed, Scope::States { others: &[] });
    write_text(&changed, &risks, ("old", "new"), Lang::En, &mut pieces).unwrap();
    assert!(pieces.bytes > 7_000_000 && pieces.largest < 128 * 1024, "{}", pieces.largest);
}

/// A folder with `old.csv` and `new.csv`, and `warifu` with `line` in it.
fn command(folder: &tempfile::TempDir, line: &str) -> Command {
    let [old, new] = invented();
    std::fs::write(folder.path().join("old.csv"), old).unwrap();
    std::fs::write(folder.path().join("new.csv"), new).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_warifu"));
    command.args(line.split_whitespace()).current_dir(folder.path()).env_clear();
    command
}

#[test]
fn people_and_programs_see_the_same_changes() {
    let folder = tempfile::tempdir().unwrap();
    let mut said = String::new();
    for line in [
        "diff old.csv new.csv",
        "--lang ja diff new.csv old.csv",
        "diff old.csv new.csv --form json",
        "diff old.csv new.csv --form jsonl",
    ] {
        let output = command(&folder, line).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        said.push_str(&format!("$ warifu {line}\n{}", String::from_utf8(output.stdout).unwrap()));
    }
    insta::assert_snapshot!(said);
}

#[test]
fn a_file_gets_what_standard_output_gets() {
    let folder = tempfile::tempdir().unwrap();
    for (line, same) in [
        ("diff old.csv new.csv", ""),
        ("diff old.csv new.csv --form json", "diff old.csv new.csv --json"),
        ("diff old.csv new.csv --form jsonl", "diff old.csv new.csv --form jsonl --json"),
    ] {
        let printed = command(&folder, line).output().unwrap().stdout;
        let status = command(&folder, &format!("{line} -o out --force")).status().unwrap();
        assert!(status.success() && std::fs::read(folder.path().join("out")).unwrap() == printed);
        if !same.is_empty() {
            assert!(command(&folder, same).output().unwrap().stdout == printed, "{same}");
        }
    }
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let folder = tempfile::tempdir().unwrap();
    // Far more than a pipe holds.
    let many = |text: &str| (1..20_000).map(|serial| comment("0", serial, text)).collect::<String>();
    for output in ["text", "json", "jsonl"] {
        let mut command = command(&folder, &format!("diff many-old.csv many-new.csv --form {output}"));
        std::fs::write(folder.path().join("many-old.csv"), many("初診")).unwrap();
        std::fs::write(folder.path().join("many-new.csv"), many("再診")).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut some = [0; 10];
        // The reader goes with the end of this line.
        child.stdout.take().unwrap().read_exact(&mut some).unwrap();
        let ended = child.wait_with_output().unwrap();
        assert!(ended.status.success() && ended.stderr.is_empty(), "{output}: {ended:?}");
    }
}

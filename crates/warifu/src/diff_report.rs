//! A diff as text and as JSON, for people and programs.

use std::io::Write as _;

use serde::Serialize;
use serde_json::json;
use similar::{ChangeTag, TextDiff};
use warifu_masters::change::diff::{Change, Diff, field_or_blank, fields_that_differ};
use warifu_masters::schema::{Column, ColumnType};
use warifu_values::lang::Lang;
use warifu_values::say;

/// The changes as text: a summary, then each record with each field that differs.
///
/// `+` is a record only in the new state, `-` only in the old one, `~` in both. Texts of some length are shown
/// once, with `[-gone-]` and `{+new+}` marked in them.
pub fn text(diff: &Diff<'_>, old_name: &str, new_name: &str, lang: Lang) -> Vec<u8> {
    let layout = diff.layout();
    let mut out = Vec::with_capacity(diff.changes.len() * 400 + 1024);
    let summary = diff.summary();
    let mut head =
        say!(lang, "{}: {old_name} -> {new_name}\n", "{}: {old_name} → {new_name}\n", layout.name());
    head.push_str(&say!(
        lang,
        "{} added, {} changed, {} abolished, {} removed, {} with only the change class different\n",
        "追加 {}、変更 {}、廃止 {}、削除 {}、変更区分のみ {}\n",
        summary.added,
        summary.changed,
        summary.abolished,
        summary.removed,
        summary.class_only
    ));
    out.extend_from_slice(head.as_bytes());
    // One place to put a column's name together, not one for each changed field.
    let names: Vec<String> =
        layout.columns.iter().map(|column| format!("    {} {}: ", column.id, column.name)).collect();
    let only_one = |out: &mut Vec<u8>, sign: char, master: &warifu_masters::table::Master, row: usize| {
        let _ = writeln!(out, "{sign} {} {}", master.key(row), master.label(row));
    };
    for change in &diff.changes {
        match *change {
            Change::Added { new } => only_one(&mut out, '+', diff.new, new),
            Change::Removed { old } => only_one(&mut out, '-', diff.old, old),
            Change::Changed { old, new } => {
                only_one(&mut out, '~', diff.new, new);
                for column in fields_that_differ(diff.old, old, diff.new, new) {
                    out.extend_from_slice(names[column].as_bytes());
                    let (before, after) =
                        (field_or_blank(diff.old, old, column), field_or_blank(diff.new, new, column));
                    push_values(&mut out, &layout.columns[column], before, after);
                    out.push(b'\n');
                }
            }
        }
    }
    out
}

/// Texts shorter than this many bytes are easier to read side by side.
const MARKED_FROM_BYTES: usize = 36;

fn push_values(out: &mut Vec<u8>, column: &Column, before: &str, after: &str) {
    let is_text = matches!(column.column_type, ColumnType::Kanji | ColumnType::Text);
    if is_text && before.len() >= MARKED_FROM_BYTES && after.len() >= MARKED_FROM_BYTES {
        let marks = TextDiff::from_chars(before, after);
        if marks.ratio() > 0.5 {
            push_marked(out, &marks);
            return;
        }
    }
    let blank = |field: &str| if field.is_empty() { "\"\"" } else { "" };
    for part in [before, blank(before), " -> ", after, blank(after)] {
        out.extend_from_slice(part.as_bytes());
    }
}

fn push_marked(out: &mut Vec<u8>, marks: &TextDiff<'_, '_, str>) {
    let mut open = ChangeTag::Equal;
    for change in marks.iter_all_changes() {
        if change.tag() != open {
            out.extend_from_slice(closing(open));
            out.extend_from_slice(match change.tag() {
                ChangeTag::Delete => b"[-",
                ChangeTag::Insert => b"{+",
                ChangeTag::Equal => b"",
            });
            open = change.tag();
        }
        out.extend_from_slice(change.value().as_bytes());
    }
    out.extend_from_slice(closing(open));
}

fn closing(tag: ChangeTag) -> &'static [u8] {
    match tag {
        ChangeTag::Delete => b"-]",
        ChangeTag::Insert => b"+}",
        ChangeTag::Equal => b"",
    }
}

#[derive(Serialize)]
struct FieldJson<'a> {
    field: &'a str,
    name: &'a str,
    old: &'a str,
    new: &'a str,
}

#[derive(Serialize)]
struct RecordJson<'a> {
    change: &'static str,
    key: String,
    label: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<FieldJson<'a>>,
}

/// The changes as JSON: `{old, new, kind, summary, records: [{change, key, label, fields}]}`. An added or a
/// removed record lists its fields that are not blank.
pub fn json(diff: &Diff<'_>, old_name: &str, new_name: &str) -> serde_json::Value {
    let layout = diff.layout();
    let field = |column: usize, old, new| {
        let Column { id, name, .. } = &layout.columns[column];
        FieldJson { field: id, name, old, new }
    };
    let records: Vec<RecordJson<'_>> = diff
        .changes
        .iter()
        .map(|change| match *change {
            Change::Added { new } => RecordJson {
                change: "added",
                key: diff.new.key(new).into_owned(),
                label: diff.new.label(new),
                fields: (0..diff.new.layout().width())
                    .filter(|column| !diff.new.field(new, *column).is_empty())
                    .map(|column| field(column, "", diff.new.field(new, column)))
                    .collect(),
            },
            Change::Removed { old } => RecordJson {
                change: "removed",
                key: diff.old.key(old).into_owned(),
                label: diff.old.label(old),
                fields: (0..diff.old.layout().width())
                    .filter(|column| !diff.old.field(old, *column).is_empty())
                    .map(|column| field(column, diff.old.field(old, column), ""))
                    .collect(),
            },
            Change::Changed { old, new } => RecordJson {
                change: "changed",
                key: diff.new.key(new).into_owned(),
                label: diff.new.label(new),
                fields: fields_that_differ(diff.old, old, diff.new, new)
                    .map(|column| {
                        field(
                            column,
                            field_or_blank(diff.old, old, column),
                            field_or_blank(diff.new, new, column),
                        )
                    })
                    .collect(),
            },
        })
        .collect();
    json!({
        "old": { "name": old_name, "layout": diff.old.layout().name() },
        "new": { "name": new_name, "layout": diff.new.layout().name() },
        "kind": layout.kind,
        "summary": diff.summary(),
        "records": records,
    })
}

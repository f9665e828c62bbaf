//! A diff as text, for people. It is written as it is made: memory does not grow with what changed.

use std::io::{self, Write};
use std::num::NonZero;

use similar::{ChangeTag, TextDiff};
use warifu_masters::change::diff::{Change, Diff, Summary, field_or_blank, fields_that_differ};
use warifu_masters::schema::{Column, ColumnType};
use warifu_rules::review::Risk;
use warifu_values::lang::Lang;
use warifu_values::number::grouped;
use warifu_values::say;

use crate::in_order::in_order;

/// Writes the changes as text to `out`: how many records there are of each fate, by column and by what is
/// risky in them, then each record with each field that differs.
///
/// `risks` are those of the same diff, riskiest first.
/// `+` is a record only in the new state, `-` only in the old one, `~` in both. Texts of some length are
/// shown once, with `[-gone-]` and `{+new+}` marked in them.
///
/// # Errors
/// Whatever `out` says.
pub fn write_text(
    diff: &Diff<'_>,
    risks: &[Risk],
    (old_name, new_name): (&str, &str),
    lang: Lang,
    out: &mut dyn Write,
) -> io::Result<()> {
    let layout = diff.layout();
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
    head.push_str(&by_column(diff, &summary, lang));
    head.push_str(&by_risk(diff, risks, lang));
    if !diff.changes.is_empty() {
        head.push('\n');
    }
    out.write_all(head.as_bytes())?;
    // One place to put a column's name together, not one for each changed field.
    let names: Vec<String> =
        layout.columns.iter().map(|column| format!("    {} {}: ", column.id, column.name)).collect();
    let pieces: Vec<&[Change]> = diff.changes.chunks(RECORDS_OF_A_PIECE).collect();
    let cores = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    in_order(&pieces, cores, |changes| records(diff, &names, changes), |text| out.write_all(&text))
}

/// The lines of so many changed records.
fn records(diff: &Diff<'_>, names: &[String], changes: &[Change]) -> Vec<u8> {
    let mut text = Vec::with_capacity(PIECE_BYTES);
    for change in changes {
        let (sign, master, row) = match *change {
            Change::Added { new } => ("+ ", diff.new, new),
            Change::Removed { old } => ("- ", diff.old, old),
            Change::Changed { new, .. } => ("~ ", diff.new, new),
        };
        for part in [sign, &master.key(row), " ", master.label(row), "\n"] {
            text.extend_from_slice(part.as_bytes());
        }
        if let Change::Changed { old, new } = *change {
            for column in fields_that_differ(diff.old, old, diff.new, new) {
                text.extend_from_slice(names[column].as_bytes());
                let (before, after) =
                    (field_or_blank(diff.old, old, column), field_or_blank(diff.new, new, column));
                push_values(&mut text, &diff.layout().columns[column], before, after);
                text.push(b'\n');
            }
        }
    }
    text
}

/// Columns by how many of the changed records differ in them, most first.
fn by_column(diff: &Diff<'_>, summary: &Summary, lang: Lang) -> String {
    if summary.fields.is_empty() {
        return String::new();
    }
    let layout = diff.layout();
    let name = |id: &str| {
        let column = layout.columns.iter().find(|column| column.id == id);
        column.map_or("", |column| column.name.as_str()).to_owned()
    };
    let lines = summary.fields.iter().map(|(id, count)| (*count, format!("{id} {}", name(id))));
    say!(lang, "\nby column, of changed records:\n", "\n項目別（変更されたレコードの数）:\n")
        + &counted(lines)
}

/// What is risky in the changes, riskiest first.
fn by_risk(diff: &Diff<'_>, risks: &[Risk], lang: Lang) -> String {
    if risks.is_empty() {
        return String::new();
    }
    let columns = &diff.layout().columns;
    let lines = risks.iter().map(|risk| {
        let kind = risk.kind;
        let column = risk.column.and_then(|at| columns.get(at));
        let column = column.map(|column| format!(" ({} {})", column.id, column.name)).unwrap_or_default();
        (risk.records(), format!("{}: {}{column}", kind.level().word(lang), kind.title(lang)))
    });
    say!(lang, "\nby risk, what to look at first:\n", "\n注意点別（先に確認すべき順）:\n") + &counted(lines)
}

/// A line for each, its number before it.
fn counted(lines: impl Iterator<Item = (usize, String)>) -> String {
    lines.map(|(count, text)| format!("  {:>7}  {text}\n", grouped(count as u64))).collect()
}

/// Reports are written in pieces of about this size.
pub(crate) const PIECE_BYTES: usize = 64 * 1024;

/// How many changed records a piece of text has: some hundred bytes each, some kilobytes at most.
const RECORDS_OF_A_PIECE: usize = 64;

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

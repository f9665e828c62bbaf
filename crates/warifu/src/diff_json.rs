//! A diff as JSON, for programs: one document, or a line for each record; `docs/diff.md` has its shape for
//! users. It is written as it is made: memory does not grow with what changed.
//!
//! The *head* says what is compared:
//! `{"schema", "old": {"name", "layout"}, "new": {"name", "layout"}, "kind", "summary", "columns"}`, where
//! `columns` gives each column's name by its id, once. A *record* is
//! `{"change", "key", "label", "fields": [{"field", "old", "new"}]}` with the columns that differ; one that
//! was added or removed has those that are not blank. The document is the head with the records as its last
//! entry, `records`, a line each. Lines are the head, then each record.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::json;
use warifu_masters::change::diff::{Change, Diff, field_or_blank, fields_that_differ};
use warifu_masters::table::Master;

use crate::diff_report::PIECE_BYTES;

/// How the head and the records stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// One JSON document.
    Document,
    /// JSON lines.
    Lines,
}

/// Writes the changes as JSON to `out`.
///
/// # Errors
/// Whatever `out` says.
pub fn write_json(
    diff: &Diff<'_>,
    old_name: &str,
    new_name: &str,
    form: Form,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut text = head(diff, old_name, new_name)?;
    if form == Form::Document {
        // The records go before the brace that closes the head.
        text.truncate(text.len() - 1);
        text.extend_from_slice(b",\"records\":[");
    }
    text.push(b'\n');
    let columns = Prefixes::new(diff);
    for (at, change) in diff.changes.iter().enumerate() {
        push_record(diff, *change, &columns, &mut text);
        if form == Form::Document && at + 1 < diff.changes.len() {
            text.push(b',');
        }
        text.push(b'\n');
        if text.len() >= PIECE_BYTES {
            out.write_all(&text)?;
            text.clear();
        }
    }
    if form == Form::Document {
        text.extend_from_slice(b"]}\n");
    }
    out.write_all(&text)
}

fn head(diff: &Diff<'_>, old_name: &str, new_name: &str) -> io::Result<Vec<u8>> {
    let columns = diff.layout().columns.iter();
    let columns: serde_json::Map<_, _> =
        columns.map(|column| (column.id.clone(), column.name.as_str().into())).collect();
    let side = |name: &str, master: &Master| json!({ "name": name, "layout": master.layout().name() });
    let head = json!({
        "schema": "warifu/diff/1",
        "old": side(old_name, diff.old),
        "new": side(new_name, diff.new),
        "kind": diff.layout().kind,
        "summary": diff.summary(),
        "columns": columns,
    });
    let mut text = Vec::with_capacity(2 * PIECE_BYTES);
    serde_json::to_writer(&mut text, &head)?;
    Ok(text)
}

/// For each column `{"field":"ID","old":"`: put together once, not for each field.
struct Prefixes(Vec<Vec<u8>>);

impl Prefixes {
    fn new(diff: &Diff<'_>) -> Self {
        let prefix = |id: &str| {
            let mut prefix = b"{\"field\":".to_vec();
            push_string(id, &mut prefix);
            prefix.extend_from_slice(b",\"old\":");
            prefix
        };
        Prefixes(diff.layout().columns.iter().map(|column| prefix(&column.id)).collect())
    }

    fn push_field(&self, column: usize, old: &str, new: &str, text: &mut Vec<u8>) {
        text.extend_from_slice(&self.0[column]);
        push_string(old, text);
        text.extend_from_slice(b",\"new\":");
        push_string(new, text);
        text.extend_from_slice(b"},");
    }
}

fn push_record(diff: &Diff<'_>, change: Change, columns: &Prefixes, text: &mut Vec<u8>) {
    let (word, master, row) = match change {
        Change::Added { new } => ("added", diff.new, new),
        Change::Removed { old } => ("removed", diff.old, old),
        Change::Changed { new, .. } => ("changed", diff.new, new),
    };
    for (name, value) in
        [("{\"change\":", word), (",\"key\":", &master.key(row)), (",\"label\":", master.label(row))]
    {
        text.extend_from_slice(name.as_bytes());
        push_string(value, text);
    }
    text.extend_from_slice(b",\"fields\":[");
    let not_blank = || (0..master.layout().width()).filter(|column| !master.bytes(row, *column).is_empty());
    match change {
        Change::Added { .. } => {
            not_blank().for_each(|column| columns.push_field(column, "", master.field(row, column), text));
        }
        Change::Removed { .. } => {
            not_blank().for_each(|column| columns.push_field(column, master.field(row, column), "", text));
        }
        Change::Changed { old, new } => {
            for column in fields_that_differ(diff.old, old, diff.new, new) {
                let before = field_or_blank(diff.old, old, column);
                columns.push_field(column, before, field_or_blank(diff.new, new, column), text);
            }
        }
    }
    if text.last() == Some(&b',') {
        text.pop();
    }
    text.extend_from_slice(b"]}");
}

/// Appends `value` as a JSON string. Nearly all hold nothing that has to be escaped.
fn push_string(value: &str, text: &mut Vec<u8>) {
    let needs_escape = |byte: &u8| *byte < 0x20 || matches!(byte, b'"' | b'\\');
    if value.as_bytes().iter().any(needs_escape) {
        let mut serializer = serde_json::Serializer::new(&mut *text);
        // Writing into memory cannot fail.
        let _ = value.serialize(&mut serializer);
    } else {
        text.push(b'"');
        text.extend_from_slice(value.as_bytes());
        text.push(b'"');
    }
}

//! The outline of a canonical text: where its shards lie, without taking its fields.
//!
//! Taking ten thousand records of 150 fields apart takes as long as reading, hashing and writing them
//! together; who changes one of them needs to know where the others stand, and no more.

use std::ops::Range;
use std::sync::Arc;

use crate::schema::{Layout, Schemas};
use crate::table::SHARD_DIGITS;

/// Where the shards of a canonical text lie in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// How many bytes the header takes, with its line end.
    pub header: usize,
    /// The shards, in key order, one right after the other.
    pub shards: Vec<Shard>,
}

/// The rows whose keys begin alike.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shard {
    /// What they begin with.
    pub prefix: String,
    /// Where the rows stand.
    pub bytes: Range<usize>,
    /// How many there are.
    pub rows: usize,
    /// Whether some row has a change class other than 0: the next differential changes it, whatever that
    /// says.
    pub is_moving: bool,
}

impl Outline {
    /// The outline of `text`, the canonical text of a master of `kind`, and the layout that its header names.
    ///
    /// `None` where lines are not rows and commas do not end fields for certain (something is in quotation
    /// marks), where a key is made of several columns, and where the header or the order of the keys is not
    /// that of a canonical text. What else the rows hold is not looked at.
    pub fn of(schemas: &Schemas, kind: &str, text: &[u8]) -> Option<(Outline, Arc<Layout>)> {
        let header = memchr::memchr(b'\n', text)? + 1;
        let layout = edition(schemas, kind, &text[..header - 1])?;
        let heads = Heads::of(&layout)?;
        let mut shards: Vec<Shard> = Vec::new();
        let (mut at, mut last): (usize, &[u8]) = (header, &[]);
        while at < text.len() {
            let line = line(&text[at..])?;
            let head = heads.read(line)?;
            if !shards.is_empty() && head.key <= last {
                return None;
            }
            let end = at + line.len();
            match shards.last_mut().filter(|shard| shard.prefix == head.prefix) {
                Some(shard) => {
                    shard.bytes.end = end;
                    shard.rows += 1;
                    shard.is_moving |= head.is_moving;
                }
                None => {
                    let prefix = head.prefix.to_owned();
                    shards.push(Shard { prefix, bytes: at..end, rows: 1, is_moving: head.is_moving });
                }
            }
            (at, last) = (end, head.key);
        }
        Some((Outline { header, shards }, layout))
    }
}

/// The edition of `kind` whose canonical header is `header`.
pub fn edition(schemas: &Schemas, kind: &str, header: &[u8]) -> Option<Arc<Layout>> {
    let known = |layout: &&Arc<Layout>| *header == *layout.canonical_header().as_bytes();
    schemas.editions(kind).into_iter().find(known).map(Arc::clone)
}

/// The first row of `text`, with its line end; none where that is not there, or where the row holds a
/// quotation mark, so that the line may not be all of it.
pub fn line(text: &[u8]) -> Option<&[u8]> {
    let end = memchr::memchr2(b'\n', b'"', text)?;
    (text[end] == b'\n').then(|| &text[..=end])
}

/// Where the beginning of a row says what it is.
#[derive(Debug, Clone, Copy)]
pub struct Heads {
    key: usize,
    class: usize,
}

/// What the beginning of a row says.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// Its key.
    pub key: &'a [u8],
    /// The first characters of that, which name its shard.
    pub prefix: &'a str,
    /// Whether its change class is another one than 0.
    pub is_moving: bool,
}

impl Heads {
    /// Of the rows of a layout whose keys are a column.
    pub fn of(layout: &Layout) -> Option<Heads> {
        let [(key, 0)] = layout.key[..] else { return None };
        Some(Heads { key, class: layout.change_class? })
    }

    /// What the row `line` says, in which nothing is in quotation marks.
    pub fn read<'a>(&self, line: &'a [u8]) -> Option<Head<'a>> {
        let (mut key, mut class) = (None, None);
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let fields = line.split(|byte| *byte == b',').take(self.key.max(self.class) + 1);
        for (column, field) in fields.enumerate() {
            if column == self.key {
                key = Some(field);
            }
            if column == self.class {
                class = Some(field);
            }
        }
        let key = key?;
        Some(Head { key, prefix: prefix(key)?, is_moving: class? != b"0" })
    }
}

/// The first characters of a key, which name its shard.
fn prefix(key: &[u8]) -> Option<&str> {
    let key = std::str::from_utf8(key).ok()?;
    let end = key.char_indices().nth(SHARD_DIGITS).map_or(key.len(), |(at, _)| at);
    Some(&key[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::read_canonical;

    const WIDTH: usize = 38;

    fn text(rows: &[(&str, &str, &str)]) -> String {
        let schemas = Schemas::built_in().unwrap();
        let mut text = format!("{}\n", schemas.layout("material-38").unwrap().canonical_header());
        for (class, key, name) in rows {
            let mut fields = vec![""; WIDTH];
            fields[..3].copy_from_slice(&[class, "T", key]);
            fields[4] = name;
            text.push_str(&format!("{}\n", fields.join(",")));
        }
        text
    }

    fn outline(text: &str) -> Option<Outline> {
        Outline::of(&Schemas::built_in().unwrap(), "material", text.as_bytes()).map(|(outline, _)| outline)
    }

    #[test]
    fn shards_lie_where_the_master_has_them() {
        let text = text(&[
            ("0", "700010000", "フィルム"),
            ("0", "700010001", ""),
            ("5", "700020000", ""),
            ("0", "700020001", "管"),
            ("0", "700030000", ""),
        ]);
        let found = outline(&text).unwrap();
        let master = read_canonical(&Schemas::built_in().unwrap(), "material", text.clone().into()).unwrap();
        let shards = master.shards();
        assert_eq!(found.shards.len(), shards.len());
        for (shard, (prefix, rows)) in found.shards.iter().zip(shards) {
            let mut canonical = Vec::new();
            master.push_canonical_rows(rows.clone(), &mut canonical);
            assert_eq!((&shard.prefix, shard.rows), (&prefix, rows.len()));
            assert_eq!(&text.as_bytes()[shard.bytes.clone()], canonical);
        }
        let moving: Vec<bool> = found.shards.iter().map(|shard| shard.is_moving).collect();
        assert_eq!(moving, [false, true, false]);
    }

    #[test]
    fn what_cannot_be_told_by_lines_has_no_outline() {
        let clean = text(&[("0", "700010000", "a"), ("0", "700020000", "b")]);
        assert!(outline(&clean).is_some());
        for wrong in [
            clean.replace(",a,", ",\"a,b\","),
            clean.replace("700020000", "700010000"),
            clean.trim_end().to_owned(),
            clean.replacen("change_class", "class", 1),
            String::new(),
        ] {
            assert_eq!(outline(&wrong), None, "{wrong:?}");
        }
    }
}

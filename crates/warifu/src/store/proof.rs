//! The proof of a part: what was kept is read once, and of these very bytes come the digest of the state
//! before, which says whether they are right, and the digest of the state after.

use std::collections::BTreeMap;
use std::io::BufRead as _;

use warifu_masters::file::{Heads, line};
use warifu_values::digest::{Digest, Hasher};

use super::kept::KeptFile;
use super::mosaic::{Rows, Since};

/// What came of reading a state that was kept.
pub(super) struct Proof {
    /// The digest of the state before, and how many records it has.
    pub(super) before: Digest,
    pub(super) records: usize,
    /// The digest of the state after.
    pub(super) after: Digest,
}

/// A shard that is not as it was kept, or does not stay so.
struct Other<'a> {
    before: Before<'a>,
    after: &'a [u8],
}

#[derive(Clone, Copy)]
enum Before<'a> {
    /// As it was kept, which must be this.
    Kept(&'a [u8]),
    /// This, whatever was kept.
    Since(&'a [u8]),
}

/// Reads `kept`, which differs in `since` from the state before, of which `part` was changed into `changed`.
/// None where a record that the next differential changes whatever it says is not in that part, where what
/// was kept of the part is something else, and where it is no canonical text with rows as `heads` reads them.
pub(super) fn prove(
    kept: KeptFile,
    heads: Heads,
    since: &Since,
    part: &Rows,
    changed: &Rows,
) -> Option<Proof> {
    let mut others: BTreeMap<&str, Other<'_>> = BTreeMap::new();
    for (prefix, shard) in since.shards() {
        let rows = shard.map_or(&[][..], |shard| &shard.rows);
        others.insert(prefix, Other { before: Before::Since(rows), after: rows });
    }
    for (prefix, rows) in part {
        let rows = rows.as_deref().unwrap_or_default();
        let other = Other { before: Before::Kept(rows), after: &[] };
        others.entry(prefix).or_insert(other).after = &[];
    }
    for (prefix, rows) in changed {
        others.get_mut(prefix.as_str())?.after = rows.as_deref().unwrap_or_default();
    }
    let mut walk = Walk {
        others: others.into_iter().peekable(),
        both: Both { before: Hasher::default(), after: None },
        records: since.records(),
        shard: String::new(),
        within: Within::Same,
        last: Vec::new(),
    };
    let KeptFile { header, mut rows, .. } = kept;
    walk.both.same(&header);
    walk.both.same(b"\n");
    let is_end = |byte: &u8| *byte == b'\n';
    let mut carried = Vec::new();
    loop {
        let piece = rows.fill_buf().ok()?;
        if piece.is_empty() {
            break;
        }
        let read = piece.len();
        // A row that two pieces share is put together by itself.
        let mut piece = piece;
        if !carried.is_empty() {
            let end = piece.iter().position(is_end).map_or(read, |end| end + 1);
            carried.extend_from_slice(&piece[..end]);
            piece = &piece[end..];
            if carried.ends_with(b"\n") {
                walk.rows(&carried, heads)?;
                carried.clear();
            }
        }
        let whole = piece.iter().rposition(is_end).map_or(0, |end| end + 1);
        walk.rows(&piece[..whole], heads)?;
        carried.extend_from_slice(&piece[whole..]);
        rows.consume(read);
    }
    if !carried.is_empty() {
        return None;
    }
    walk.end()
}

/// Where a walk over the rows is.
struct Walk<'a, I: Iterator<Item = (&'a str, Other<'a>)>> {
    others: std::iter::Peekable<I>,
    both: Both,
    records: usize,
    /// What the keys of the shard begin with that it is in.
    shard: String,
    within: Within<'a>,
    /// The key of the last row.
    last: Vec<u8>,
}

/// What the shard is that a walk is in.
#[derive(Clone, Copy)]
enum Within<'a> {
    /// One that is as it was and stays so.
    Same,
    /// One of the part: what of it is still to come.
    Part { rest: &'a [u8] },
    /// One that was another one by now.
    Past,
}

impl<'a, I: Iterator<Item = (&'a str, Other<'a>)>> Walk<'a, I> {
    /// Goes over whole rows.
    fn rows(&mut self, text: &[u8], heads: Heads) -> Option<()> {
        let (mut at, mut same_from) = (0, 0);
        while at < text.len() {
            let row = line(&text[at..])?;
            let head = heads.read(row)?;
            if head.key <= self.last.as_slice() && !self.last.is_empty() {
                return None;
            }
            self.last.clear();
            self.last.extend_from_slice(head.key);
            if head.prefix != self.shard {
                if matches!(self.within, Within::Same) {
                    self.both.same(&text[same_from..at]);
                }
                self.enter(head.prefix)?;
                same_from = at;
            }
            match &mut self.within {
                Within::Same if head.is_moving => return None,
                Within::Same => self.records += 1,
                Within::Part { rest } => {
                    *rest = rest.strip_prefix(row)?;
                    self.records += 1;
                }
                Within::Past => {}
            }
            at += row.len();
        }
        if matches!(self.within, Within::Same) {
            self.both.same(&text[same_from..]);
        }
        Some(())
    }

    /// Leaves the shard it is in, passes those that were not kept, and enters the one called `prefix`.
    fn enter(&mut self, prefix: &str) -> Option<()> {
        self.leave()?;
        while let Some((_, other)) = self.others.next_if(|(other, _)| *other < prefix) {
            self.both.not_kept(&other)?;
        }
        prefix.clone_into(&mut self.shard);
        self.within = match self.others.next_if(|(other, _)| *other == prefix) {
            None => Within::Same,
            Some((_, Other { before: Before::Since(rows), after })) => {
                self.both.differ(rows, after);
                Within::Past
            }
            Some((_, Other { before: Before::Kept(rows), after })) => {
                self.both.differ(rows, after);
                Within::Part { rest: rows }
            }
        };
        Some(())
    }

    /// A shard of the part must have been all there.
    fn leave(&mut self) -> Option<()> {
        match self.within {
            Within::Part { rest } => rest.is_empty().then_some(()),
            _ => Some(()),
        }
    }

    fn end(mut self) -> Option<Proof> {
        self.leave()?;
        for (_, other) in self.others.by_ref() {
            self.both.not_kept(&other)?;
        }
        let Both { before, after } = self.both;
        let before = before.finish();
        Some(Proof { before, records: self.records, after: after.map_or(before, Hasher::finish) })
    }
}

/// Two digests; one as long as what goes in is the same.
struct Both {
    before: Hasher,
    after: Option<Hasher>,
}

impl Both {
    fn same(&mut self, bytes: &[u8]) {
        self.before.update(bytes);
        if let Some(after) = &mut self.after {
            after.update(bytes);
        }
    }

    fn differ(&mut self, before: &[u8], after: &[u8]) {
        if before == after {
            return self.same(before);
        }
        let other = self.after.get_or_insert_with(|| self.before.clone());
        other.update(after);
        self.before.update(before);
    }

    /// A shard of which nothing was kept, so that none of it may have been expected there.
    fn not_kept(&mut self, other: &Other<'_>) -> Option<()> {
        match other.before {
            Before::Kept([]) => self.differ(&[], other.after),
            Before::Kept(_) => return None,
            Before::Since(rows) => self.differ(rows, other.after),
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use git2::Oid;
    use warifu_masters::file::edition;
    use warifu_masters::schema::Schemas;

    use super::super::kept::{Kept, ToKeep};
    use super::*;

    /// Materials, each a shard of many rows that are longer than a piece together: class and first digits.
    fn rows(class: &str, prefix: &str, name: &str) -> String {
        let row = |number: usize| {
            let mut fields = vec![""; 38];
            let key = format!("{prefix}{number:04}");
            let long = name.repeat(20);
            (fields[0], fields[1], fields[2], fields[4]) = (class, "T", &key, &long);
            format!("{}\n", fields.join(","))
        };
        (0..900).map(row).collect()
    }

    fn part(shards: &[(&str, &str)]) -> Rows {
        let shard = |(prefix, rows): &(&str, &str)| {
            ((*prefix).to_owned(), (!rows.is_empty()).then(|| rows.as_bytes().to_vec()))
        };
        shards.iter().map(shard).collect()
    }

    /// Keeps a state of these rows and proves the step from `before` to `after`.
    fn proven(
        kept: &[&str],
        before: &[(&str, &str)],
        after: &[(&str, &str)],
    ) -> Option<(Digest, usize, Digest)> {
        let folder = tempfile::tempdir().unwrap();
        let place = Kept::of(folder.path(), "r06", "material");
        let text = format!("{}{}", header(), kept.concat());
        place.begin(&ToKeep::Text(text.as_bytes())).finish(Oid::ZERO_SHA1);
        let file = place.open().unwrap();
        let layout = edition(&Schemas::built_in().unwrap(), "material", &file.header).unwrap();
        let heads = Heads::of(&layout).unwrap();
        let proof = prove(file, heads, &Since::default(), &part(before), &part(after))?;
        Some((proof.before, proof.records, proof.after))
    }

    fn header() -> String {
        let schemas = Schemas::built_in().unwrap();
        format!("{}\n", schemas.layout("material-38").unwrap().canonical_header())
    }

    fn digest(rows: &[&str]) -> Digest {
        Digest::of(format!("{}{}", header(), rows.concat()).as_bytes())
    }

    #[test]
    fn both_digests_are_those_of_the_whole() {
        let [a, b, c] = ["70001", "70002", "70003"].map(|prefix| rows("0", prefix, "針"));
        let (other, early, late) =
            (rows("5", "70002", "管"), rows("3", "70000", "a"), rows("3", "70009", "z"));
        let kept = [a.as_str(), &b, &c];
        let told = |before: &[(&str, &str)], after: &[(&str, &str)], rows: &[&str]| {
            assert_eq!(proven(&kept, before, after), Some((digest(&kept), 2_700, digest(rows))));
        };
        told(&[], &[], &kept);
        told(&[("70002", &b)], &[("70002", &other)], &[&a, &other, &c]);
        told(&[("70001", &a), ("70003", &c)], &[("70001", &a)], &[&a, &b]);
        told(
            &[("70000", ""), ("70009", "")],
            &[("70000", &early), ("70009", &late)],
            &[&early, &a, &b, &c, &late],
        );
    }

    #[test]
    fn what_is_not_what_it_was_taken_for_proves_nothing() {
        let (a, b) = (rows("0", "70001", "針"), rows("0", "70002", "針"));
        let kept = [a.as_str(), &b];
        let other = rows("5", "70002", "管");
        // The part was another one, or not there; so was a part that begins or ends as it.
        for before in [other.as_str(), "", &b[..b.len() / 2], &format!("{b}{}", &other[..other.len() / 2])] {
            assert_eq!(proven(&kept, &[("70002", before)], &[("70002", &other)]), None);
        }
        assert_eq!(proven(&kept, &[("70003", &other)], &[]), None);
        // A record that the next differential changes is outside the part.
        let moving = rows("9", "70001", "針");
        assert_eq!(proven(&[&moving, &b], &[("70002", &b)], &[("70002", &other)]), None);
        // Out of order, in quotation marks, torn.
        assert_eq!(proven(&[&b, &a], &[], &[]), None);
        assert_eq!(proven(&[&a.replacen('針', "\"", 1)], &[], &[]), None);
        assert_eq!(proven(&[&a[..a.len() - 1]], &[], &[]), None);
    }
}

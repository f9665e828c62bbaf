//! What is looked for.

use memchr::memmem::Finder;

use super::folded::{Folded, fold, letter, voiced};
use super::nearness::Nearness;
use crate::schema::{ColumnType, Layout};
use crate::table::Table;

/// Words that a record must all have, in its names or in its code.
#[derive(Debug, Clone)]
pub struct Words {
    /// Folded, and none blank.
    words: Vec<String>,
    /// All of them as one: names are compared without spaces.
    whole: String,
}

/// There is nothing to look for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoWords;

/// Columns of text that are no names of the record.
const NO_NAMES: [&str; 3] = ["unit_name", "point_table_section_no", "section"];

/// The columns that say what people call a record.
pub fn name_columns(layout: &Layout) -> Vec<usize> {
    let is_name = |column: &crate::schema::Column| {
        let is_text = matches!(column.column_type, ColumnType::Kanji | ColumnType::Kana | ColumnType::Text);
        is_text && !NO_NAMES.contains(&column.id.as_str())
    };
    (0..layout.width()).filter(|at| is_name(&layout.columns[*at])).collect()
}

impl Words {
    /// What `given` asks for; a space cuts a word in two.
    ///
    /// # Errors
    /// [`NoWords`] when nothing but spaces was given.
    pub fn new<T: AsRef<str>>(given: &[T]) -> Result<Words, NoWords> {
        let words: Vec<String> = (given.iter())
            .flat_map(|given| given.as_ref().split_whitespace())
            .map(fold)
            .filter(|word| !word.is_empty())
            .collect();
        if words.is_empty() {
            return Err(NoWords);
        }
        Ok(Words { whole: words.concat(), words })
    }

    /// How near the record in `row` comes, whose names stand in `names`; none where it lacks a word.
    pub fn nearness(&self, table: &Table, row: usize, names: &[usize]) -> Option<Nearness> {
        let key = fold(&table.key(row));
        let names: Vec<String> = names.iter().map(|column| fold(table.field(row, *column))).collect();
        let of = |word: &str| {
            let of_names = names.iter().filter_map(|name| {
                Some(match name.find(word)? {
                    0 if name.len() == word.len() => Nearness::Name,
                    0 => Nearness::BeginsName,
                    _ => Nearness::PartOfName,
                })
            });
            let of_key = key.find(word).map(|at| match at {
                0 if key.len() == word.len() => Nearness::Code,
                0 => Nearness::BeginsCode,
                _ => Nearness::PartOfCode,
            });
            of_names.chain(of_key).min()
        };
        let farthest = self.words.iter().map(|word| of(word)).max_by_key(|near| (near.is_none(), *near));
        // Words that stand together as they were given come nearer than the same ones apart.
        farthest.flatten().map(|apart| of(&self.whole).map_or(apart, |whole| whole.min(apart)))
    }

    /// The lines of `canonical`, the text of a whole master with its header, that may hold every word: no
    /// other line does. A text with quotation marks is given back whole: a line may not be a record there.
    pub fn narrowed(&self, canonical: &[u8]) -> Vec<u8> {
        let (header, lines) = canonical.split_at(header_end(canonical));
        let narrowed = self.narrowing(header).and_then(|mut narrowing| {
            let is_taken = narrowing.take(lines);
            is_taken.then(|| narrowing.finish())
        });
        narrowed.unwrap_or_else(|| canonical.to_vec())
    }

    /// The same of a text whose lines come after its `header`, some at a time; none where any line may hold
    /// every word.
    pub fn narrowing(&self, header: &[u8]) -> Option<Narrowing> {
        // A key that is put together from several fields stands in no line as it is asked for.
        let is_joined = memchr::memmem::find(header, b"pattern,serial").is_some();
        let may_be_key = |word: &str| {
            let mut bytes = word.bytes();
            (is_joined || word.contains('-'))
                && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        let words = self.words.iter().filter(|word| !may_be_key(word));
        let wanted: Vec<Wanted> = words.filter_map(|word| Wanted::new(word)).collect();
        let can_narrow = !wanted.is_empty() && !header.contains(&b'"');
        can_narrow.then(|| Narrowing { wanted, text: header.to_vec() })
    }
}

/// What is left of a master's text while its lines come: those that may hold every word.
#[derive(Debug)]
pub struct Narrowing {
    wanted: Vec<Wanted>,
    text: Vec<u8>,
}

impl Narrowing {
    /// Looks through the next whole lines; whether each of them is a record.
    #[must_use]
    pub fn take(&mut self, lines: &[u8]) -> bool {
        if memchr::memchr(b'"', lines).is_some() {
            return false;
        }
        let mut of_words = self.wanted.iter().map(|wanted| wanted.lines_of(lines));
        let first = of_words.next().unwrap_or_default();
        let holding = of_words.fold(first, |before, of_word| in_both(&before, &of_word));
        push(lines, &holding, &mut self.text);
        true
    }

    /// The header and the lines.
    pub fn finish(self) -> Vec<u8> {
        self.text
    }
}

/// The lines of `canonical`, with its header, that hold `text` as it stands: of a text with quotation marks
/// all.
pub fn lines_with(canonical: &[u8], text: &str) -> Vec<u8> {
    if text.is_empty() || canonical.contains(&b'"') {
        return canonical.to_vec();
    }
    let header = header_end(canonical);
    let mut lines = Vec::new();
    let mut from = header;
    let finder = Finder::new(text);
    while let Some(at) = finder.find(&canonical[from..]) {
        let line = line_around(canonical, from + at);
        from = line.1;
        lines.push(line);
    }
    let mut narrowed = canonical[..header].to_vec();
    push(canonical, &lines, &mut narrowed);
    narrowed
}

fn header_end(canonical: &[u8]) -> usize {
    memchr::memchr(b'\n', canonical).map_or(canonical.len(), |at| at + 1)
}

/// The line around `at`, with its line end.
fn line_around(text: &[u8], at: usize) -> (usize, usize) {
    let from = memchr::memrchr(b'\n', &text[..at]).map_or(0, |end| end + 1);
    let to = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |end| at + end + 1);
    (from, to)
}

fn push(text: &[u8], lines: &[(usize, usize)], to: &mut Vec<u8>) {
    lines.iter().for_each(|(from, end)| to.extend_from_slice(&text[*from..*end]));
}

fn in_both(one: &[(usize, usize)], other: &[(usize, usize)]) -> Vec<(usize, usize)> {
    one.iter().filter(|line| other.binary_search(line).is_ok()).copied().collect()
}

/// A word that is looked for in lines as they were written.
#[derive(Debug)]
struct Wanted {
    /// Folded.
    word: String,
    /// Its second letter, where that stands as itself.
    second: Option<char>,
    /// Its first one as it may be written in one byte, and in several.
    bytes: Vec<u8>,
    wide: Vec<Finder<'static>>,
}

impl Wanted {
    fn new(word: &str) -> Option<Wanted> {
        let mut letters = word.chars();
        let (first, second) = (letters.next()?, letters.next().filter(char::is_ascii));
        let (mut bytes, mut wide) = (Vec::new(), Vec::new());
        for raw in forms(first) {
            match raw.encode_utf8(&mut [0; 4]).as_bytes() {
                [byte] => bytes.push(*byte),
                several => wide.push(Finder::new(several).into_owned()),
            }
        }
        Some(Wanted { word: word.to_owned(), second, bytes, wide })
    }

    /// The lines of `text` that hold it, in their order.
    fn lines_of(&self, text: &[u8]) -> Vec<(usize, usize)> {
        let mut lines: Vec<(usize, usize)> = Vec::new();
        let mut look = |at: usize| {
            let is_known = lines.last().is_some_and(|(from, to)| (*from..*to).contains(&at));
            let mut letters = Folded::of(&text[at..]);
            if !is_known && self.word.chars().all(|letter| letters.next() == Some(letter)) {
                lines.push(line_around(text, at));
            }
        };
        // Most places are none already by the next letter; a space or a wide letter may still be one.
        let may_follow = |at: usize| {
            let next = text.get(at + 1).copied().filter(u8::is_ascii_alphanumeric);
            let both = self.second.zip(next);
            both.is_none_or(|(second, next)| second == char::from(next.to_ascii_lowercase()))
        };
        for byte in &self.bytes {
            memchr::memchr_iter(*byte, text).filter(|at| may_follow(*at)).for_each(&mut look);
        }
        for finder in &self.wide {
            finder.find_iter(text).for_each(&mut look);
        }
        lines.sort_unstable();
        lines.dedup();
        lines
    }
}

/// Every letter that `folded` may stand as, or begin with.
fn forms(folded: char) -> Vec<char> {
    let pieces =
        [('\u{21}', '\u{7E}'), ('\u{2010}', '\u{2015}'), ('\u{3041}', '\u{30FA}'), ('\u{FF01}', '\u{FF9F}')];
    let others = ['−', '─', '﹣', 'ー', '〜', '∼', '・', '。', '、', '「', '」'];
    let all = pieces.into_iter().flat_map(|(from, to)| from..=to).chain(others);
    let mut forms: Vec<char> = all
        .filter(|raw| {
            let Some(letter) = letter(*raw) else { return false };
            letter == folded || ['゛', '゜'].into_iter().any(|sign| voiced(letter, sign) == Some(folded))
        })
        .collect();
    forms.push(folded);
    forms.sort_unstable();
    forms.dedup();
    forms
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::read_canonical;
    use crate::schema::Schemas;
    use crate::table::Master;

    fn drugs(names: &[(&str, &str, &str)]) -> (Schemas, Vec<u8>) {
        let schemas = Schemas::built_in().unwrap();
        let layout = schemas.layout("drug-42").unwrap();
        let mut text = format!("{}\n", layout.canonical_header());
        for (code, name, kana) in names {
            let field = |id: &str| match id {
                "drug_code" => *code,
                "name" => *name,
                "kana" => *kana,
                _ => "",
            };
            let fields: Vec<_> = layout.columns.iter().map(|column| field(&column.id)).collect();
            text.push_str(&format!("{}\n", fields.join(",")));
        }
        (schemas, text.into_bytes())
    }

    fn found(words: &[&str]) -> Vec<(String, Nearness)> {
        let (schemas, text) = drugs(&[
            ("620000001", "アムロジピン錠５ｍｇ", "ｱﾑﾛｼﾞﾋﾟﾝｼﾞｮｳ5MG"),
            ("620000002", "アムロジピン", "ｱﾑﾛｼﾞﾋﾟﾝ"),
            ("620000013", "配合アムロジピン", ""),
            ("621111111", "糖衣錠", "ﾄｳｲｼﾞｮｳ"),
        ]);
        let words = Words::new(words).unwrap();
        let hits = |text: Vec<u8>| {
            let master: Master = read_canonical(&schemas, "drug", text).unwrap();
            let names = name_columns(master.layout());
            let near = |row| Some((master.key(row).into_owned(), words.nearness(&master, row, &names)?));
            (0..master.rows()).filter_map(near).collect::<Vec<_>>()
        };
        // What is cut away before parsing is never a hit.
        let narrowed = hits(words.narrowed(&text));
        assert_eq!(narrowed, hits(text));
        narrowed
    }

    #[test]
    fn a_name_is_found_however_it_is_typed_and_the_nearest_is_told() {
        for typed in ["アムロジピン", "ｱﾑﾛｼﾞﾋﾟﾝ", "あむろじぴん", "アムロ ジピン"]
        {
            let hits = found(&[typed]);
            assert_eq!(hits[0], ("620000001".to_owned(), Nearness::BeginsName), "{typed}");
            assert_eq!(hits[1], ("620000002".to_owned(), Nearness::Name), "{typed}");
            assert_eq!(hits[2].0, "620000013", "{typed}");
            assert_eq!(hits.len(), 3, "{typed}");
        }
    }

    #[test]
    fn all_words_must_be_there() {
        assert_eq!(found(&["錠", "5mg"]), [("620000001".to_owned(), Nearness::PartOfName)]);
        assert_eq!(found(&["錠", "カプセル"]), []);
        assert_eq!(found(&["アムロジピン錠", "62000"]), [("620000001".to_owned(), Nearness::BeginsCode)]);
        assert_eq!(Words::new(&[" ", "　"]).unwrap_err(), NoWords);
    }

    #[test]
    fn codes_are_found_by_their_parts() {
        assert_eq!(found(&["620000013"]), [("620000013".to_owned(), Nearness::Code)]);
        assert_eq!(found(&["６２１１"]), [("621111111".to_owned(), Nearness::BeginsCode)]);
        assert_eq!(found(&["00013"]), [("620000013".to_owned(), Nearness::PartOfCode)]);
    }

    #[test]
    fn lines_are_cut_out_by_what_they_hold() {
        let text = b"a,b\n1,x\n2,yx\n3,z\n";
        assert_eq!(lines_with(text, "x"), b"a,b\n1,x\n2,yx\n");
        assert_eq!(lines_with(text, "b"), b"a,b\n");
        assert_eq!(lines_with(b"a\n\"x\ny\"\n", "y"), b"a\n\"x\ny\"\n");
    }
}

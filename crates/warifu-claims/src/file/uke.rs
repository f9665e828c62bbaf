//! Reading a claim file (UKE): one pass over the bytes that gives a [`ClaimFile`].
//!
//! The structure is read on the raw bytes: neither the comma nor the line end can be the second byte of a
//! CP932 character, and everything the checks ask for is ASCII. The text is proven to be CP932 on the way.
//! Whatever is odd becomes an [`Irregularity`] with its line and reading goes on; nothing here panics on any
//! bytes.
//!
//! Layout: 電子レセプトの作成手引き (医科). Positions count from 1 with the record id, as there.

use warifu_masters::charset::Charset;
use warifu_values::amount::number;
use warifu_values::day::ClaimMonth;

use crate::file::claim_file::{ClaimFile, Comment, Irregularity, Item, ItemCode, ItemKind, Recorded};
use crate::finding::ClaimCode;

/// The largest claim file in bytes. A large hospital's month is below 40 MB; more is held in memory by no
/// one.
pub const FILE_LIMIT_BYTES: usize = 64 << 20;

/// The longest record in bytes. The widest, SJ, has 2,400 bytes of text; field ends are kept in 16 bits.
pub const LINE_LIMIT_BYTES: usize = 16 * 1024;

fn kind_of(id: [u8; 2]) -> Option<ItemKind> {
    match &id {
        b"SI" => Some(ItemKind::Procedure),
        b"IY" => Some(ItemKind::Drug),
        b"TO" => Some(ItemKind::Material),
        b"CO" => Some(ItemKind::Comment),
        _ => None,
    }
}

/// The position of the first of three comment pairs, and that of day 1; none for CO.
fn positions(kind: ItemKind) -> Option<(usize, usize)> {
    match kind {
        ItemKind::Procedure | ItemKind::Drug => Some((8, 14)),
        ItemKind::Material => Some((12, 18)),
        ItemKind::Comment => None,
    }
}

/// The most records of a claim file. An item has at least 43 commas, so the largest file holds a third of
/// this; without a limit, one of two-letter records would take ten times its bytes to hold.
pub const RECORDS_LIMIT: usize = FILE_LIMIT_BYTES / 16;

/// How many fields a record has; `None` for records that are not looked into.
fn width(id: [u8; 2]) -> Option<usize> {
    Some(match &id {
        b"IR" => 10,
        b"RE" => 38,
        b"HO" => 15,
        b"KO" => 12,
        b"SN" => 9,
        b"SY" => 8,
        b"SI" | b"IY" => 44,
        b"TO" => 48,
        b"CO" => 5,
        b"GO" => 4,
        _ => return None,
    })
}

/// Fields whose ends are kept: all before the days of the widest item record.
const KEPT_FIELDS: usize = 17;

/// The fields of an item's record that are asked for.
struct Fields<'a> {
    text: &'a [u8],
    ends: [u16; KEPT_FIELDS],
}

impl<'a> Fields<'a> {
    /// The field at `position` (from 1, at most 17); blank where the record is too short.
    #[inline]
    fn at(&self, position: usize) -> &'a [u8] {
        let end = usize::from(self.ends[position - 1]);
        let start = if position == 1 { 0 } else { usize::from(self.ends[position - 2]) + 1 };
        self.text.get(start..end).unwrap_or_default()
    }

    /// The comment pairs of the record that hold anything; a CO record is itself one.
    fn comments(&self, kind: ItemKind) -> impl Iterator<Item = Comment> {
        let (first, count) = positions(kind).map_or((4, 1), |(first, _)| (first, 3));
        (0..count).filter_map(move |pair| {
            let (code, text) = (self.at(first + pair * 2), self.at(first + pair * 2 + 1));
            let is_there = !code.is_empty() || !text.is_empty();
            is_there.then(|| Comment {
                code: ItemCode::parse(ItemKind::Comment, code),
                has_text: !text.is_empty(),
            })
        })
    }
}

impl ClaimFile {
    /// Reads the file's `bytes`. Too large a file and one that is not CP932 are irregular; the rest is read
    /// all the same, up to [`FILE_LIMIT_BYTES`].
    pub fn read(bytes: &[u8]) -> ClaimFile {
        let mut reader =
            Reader { bytes, at: 0, line: 0, claims: 0, open: None, file: ClaimFile::for_bytes(bytes.len()) };
        if bytes.len() > FILE_LIMIT_BYTES {
            reader.report(ClaimCode::UkeTooLarge, 1, None, || {
                (bytes.len().to_string(), FILE_LIMIT_BYTES.to_string())
            });
            reader.bytes = &bytes[..FILE_LIMIT_BYTES];
        }
        // The end mark of the specification, which few files have.
        if let [rest @ .., 0x1A] = reader.bytes {
            reader.bytes = rest;
        }
        if institution(reader.bytes).is_none() {
            reader.report(ClaimCode::UkeNoInstitution, 1, None, Default::default);
        }
        reader.check_charset();
        reader.read_records();
        reader.file
    }
}

/// The RE of the claim whose records are being read.
#[derive(Clone, Copy)]
struct Open {
    number: Option<u32>,
    line: u32,
    month: Option<ClaimMonth>,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
    claims: u32,
    open: Option<Open>,
    file: ClaimFile,
}

impl<'a> Reader<'a> {
    fn read_records(&mut self) {
        while let Some(text) = self.next_line() {
            let line = self.line;
            if line as usize > RECORDS_LIMIT {
                let rest =
                    self.bytes.get(self.at..).unwrap_or_default().split_inclusive(|byte| *byte == b'\n');
                let found = line as usize + rest.count();
                self.report(ClaimCode::UkeTooManyRecords, line, record_id(text), || {
                    (found.to_string(), RECORDS_LIMIT.to_string())
                });
                break;
            }
            if text.len() > LINE_LIMIT_BYTES {
                let length = text.len();
                self.report(ClaimCode::UkeLineTooLong, line, record_id(text), || {
                    (length.to_string(), LINE_LIMIT_BYTES.to_string())
                });
                continue;
            }
            let Some(id) = record_id(text) else {
                self.report(ClaimCode::UkeRecord, line, None, Default::default);
                continue;
            };
            if let Some(kind) = kind_of(id) {
                match self.open {
                    Some(claim) => self.item(kind, text, line, claim),
                    None => self.report(ClaimCode::UkeOutsideClaim, line, Some(id), || {
                        (String::from_utf8_lossy(&id).into_owned(), String::new())
                    }),
                }
                continue;
            }
            if id == *b"RE" {
                self.end_claim();
                self.begin_claim(text, line);
                continue;
            }
            self.check_width(id, line, || fields(text));
            if id == *b"GO" {
                self.check_total(text, line);
            }
        }
        self.end_claim();
    }

    /// The next line without its line end; `None` at the end of the file.
    fn next_line(&mut self) -> Option<&'a [u8]> {
        if self.at >= self.bytes.len() {
            return None;
        }
        let rest = &self.bytes[self.at..];
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        self.at += end + 1;
        self.line += 1;
        let text = &rest[..end];
        Some(text.strip_suffix(b"\r").unwrap_or(text))
    }

    fn begin_claim(&mut self, text: &[u8], line: u32) {
        self.claims = self.claims.saturating_add(1);
        self.check_width(*b"RE", line, || fields(text));
        let number = nth(text, 2).and_then(number);
        let month = nth(text, 4).and_then(ClaimMonth::parse);
        if month.is_none() {
            self.report(ClaimCode::UkeMonth, line, Some(*b"RE"), Default::default);
        }
        self.open = Some(Open { number, line, month });
    }

    fn end_claim(&mut self) {
        if let Some(Open { number, line, month }) = self.open.take() {
            self.file.end_claim(number, line, month);
        }
    }

    #[inline]
    fn item(&mut self, kind: ItemKind, text: &[u8], line: u32, claim: Open) {
        // A CO has no days: they begin beyond any line.
        let first_day = positions(kind).map_or(LINE_LIMIT_BYTES + 1, |(_, first_day)| first_day);
        let mut item = Item::new(kind, line);
        // Fields that are not there end where the text ends: they read as blank.
        let mut recorded = Fields { text, ends: [text.len() as u16; KEPT_FIELDS] };
        let (mut count, mut start, mut odd_day) = (0, 0, 0);
        let mut end_field = |count: usize, start: usize, end: usize| {
            if count <= KEPT_FIELDS.min(first_day - 1) {
                recorded.ends[count - 1] = end as u16;
            } else if end > start && (first_day..first_day + 31).contains(&count) {
                let day = (count - first_day) as u32;
                let digits = end - start <= 3 && text[start..end].iter().all(u8::is_ascii_digit);
                let fits = claim.month.is_none_or(|month| day < month.days());
                if digits && fits {
                    // A recorded count of 0 is no treatment.
                    item.days |= u32::from(text[start..end].iter().any(|digit| *digit != b'0')) << day;
                } else {
                    odd_day = day + 1;
                }
            }
        };
        for (at, byte) in text.iter().enumerate() {
            if *byte == b',' {
                count += 1;
                end_field(count, start, at);
                start = at + 1;
            }
        }
        count += 1;
        end_field(count, start, text.len());
        self.check_width(kind.record(), line, || count);
        if odd_day != 0 {
            self.file.push_irregular(ClaimCode::UkeDay, || Irregularity {
                code: ClaimCode::UkeDay,
                claim: claim.number,
                line,
                record: Some(kind.record()),
                month: claim.month,
                found: odd_day.to_string(),
                expected: String::new(),
            });
        }
        if kind != ItemKind::Comment {
            item.code = ItemCode::parse(kind, recorded.at(4));
            item.quantity = Recorded::parse(recorded.at(5));
            item.points = Recorded::parse(recorded.at(6));
        }
        self.file.push_item(item, recorded.comments(kind));
    }

    fn report(
        &mut self,
        code: ClaimCode,
        line: u32,
        record: Option<[u8; 2]>,
        evidence: impl FnOnce() -> (String, String),
    ) {
        self.file.push_irregular(code, || {
            let (found, expected) = evidence();
            Irregularity { code, claim: None, line, record, month: None, found, expected }
        });
    }

    fn check_width(&mut self, id: [u8; 2], line: u32, found: impl FnOnce() -> usize) {
        let Some(expected) = width(id) else { return };
        let found = found();
        if found != expected {
            self.report(ClaimCode::UkeColumns, line, Some(id), || (found.to_string(), expected.to_string()));
        }
    }

    fn check_total(&mut self, text: &[u8], line: u32) {
        let claims = self.claims;
        let total = nth(text, 2).and_then(number);
        if let Some(total) = total
            && total != claims
        {
            self.report(ClaimCode::UkeTotal, line, Some(*b"GO"), || (claims.to_string(), total.to_string()));
        }
    }

    /// Proves the text piece by piece; where a piece is not CP932, finds every line that is not.
    fn check_charset(&mut self) {
        const PIECE_BYTES: usize = 256 * 1024;
        let bytes = self.bytes;
        let (mut from, mut line) = (0, 1u32);
        while from < bytes.len() {
            let limit = bytes.len().min(from + PIECE_BYTES);
            let to = match memchr::memrchr(b'\n', &bytes[from..limit]) {
                Some(at) if limit < bytes.len() => from + at + 1,
                _ => limit,
            };
            let piece = &bytes[from..to];
            if !piece.is_ascii() && Charset::Windows31J.decode(piece).is_err() {
                for (at, text) in piece.split(|byte| *byte == b'\n').enumerate() {
                    if let Some(bad) = first_bad_bytes(text) {
                        let line = line + at as u32;
                        self.report(ClaimCode::UkeCharset, line, record_id(text), || (bad, String::new()));
                    }
                }
            }
            line += memchr::memchr_iter(b'\n', piece).count() as u32;
            from = to;
        }
    }
}

/// Which institution a claim file is of: prefecture, point table and institution code of its IR (fields 3 to
/// 5) as they stand, `12,1,0000000`; `None` when the file does not begin with an IR that has them.
pub fn institution(bytes: &[u8]) -> Option<&[u8]> {
    let line = &bytes[..memchr::memchr(b'\n', &bytes[..bytes.len().min(1024)])?];
    let mut commas = memchr::memchr_iter(b',', line);
    if record_id(line) != Some(*b"IR") {
        return None;
    }
    let from = commas.nth(1)? + 1;
    let to = commas.nth(2)?;
    let key = &line[from..to];
    let plain = key.iter().all(|byte| byte.is_ascii_digit() || *byte == b',');
    (plain && key.len() <= 32).then_some(key)
}

/// The two letters or digits before the first comma.
fn record_id(text: &[u8]) -> Option<[u8; 2]> {
    match text {
        [first, second] | [first, second, b',', ..]
            if first.is_ascii_alphanumeric() && second.is_ascii_alphanumeric() =>
        {
            Some([*first, *second])
        }
        _ => None,
    }
}

fn fields(text: &[u8]) -> usize {
    memchr::memchr_iter(b',', text).count() + 1
}

/// The field at `position`, from 1.
fn nth(text: &[u8], position: usize) -> Option<&[u8]> {
    text.split(|byte| *byte == b',').nth(position - 1)
}

/// The first bytes of a line that are no CP932. Vendor characters that merely have two codes are none: a
/// claim is never written again, so nothing can change.
fn first_bad_bytes(line: &[u8]) -> Option<String> {
    let mut from = 0;
    while from < line.len() {
        match Charset::Windows31J.decode(&line[from..]) {
            Ok(_) => return None,
            Err(bad) if bad.character.is_some() => from += bad.at + 2,
            Err(bad) => return Some(bad.bytes),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::file::claim_file::Claim;

    fn si(code: &str, quantity: &str, points: &str, day: usize) -> String {
        let mut fields = vec![String::new(); 44];
        for (position, value) in [(1, "SI"), (4, code), (5, quantity), (6, points), (7, "1")] {
            fields[position - 1] = value.to_owned();
        }
        fields[13 + day - 1] = "1".to_owned();
        fields.join(",")
    }

    fn file(month: &str, items: &[String]) -> Vec<u8> {
        let mut lines = vec!["IR,1,13,1,1234567,,,202406,00,".to_owned()];
        lines.push(format!("RE,1,1112,{month}{}", ",".repeat(34)));
        lines.extend_from_slice(items);
        lines.push("GO,1,288,99".to_owned());
        (lines.join("\r\n") + "\r\n").into_bytes()
    }

    /// How many items there are, and what is irregular.
    fn read_all(bytes: &[u8]) -> (usize, Vec<ClaimCode>) {
        let file = ClaimFile::read(bytes);
        let of_claim = |claim: Claim<'_>| {
            claim.items.iter().for_each(|item| _ = claim.comments(item).len());
            claim.items.len()
        };
        let irregular = file.irregularities().iter().map(|irregularity| irregularity.code);
        (file.claims().map(of_claim).sum(), irregular.collect())
    }

    #[test]
    fn a_clean_file_has_no_findings() {
        let bytes = file("202405", &[si("111000110", "", "288", 31)]);
        assert_eq!(read_all(&bytes), (1, vec![]));
        assert_eq!(institution(&bytes), Some(&b"13,1,1234567"[..]));
        let mut with_mark = bytes.clone();
        with_mark.push(0x1A);
        assert_eq!(read_all(&with_mark).1, []);
        let lf: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != b'\r').collect();
        assert_eq!(read_all(&lf).1, []);
    }

    #[test]
    fn fields_of_an_item_are_where_the_layout_says() {
        let mut text = si("160177770", "5", "50", 2).split(',').map(str::to_owned).collect::<Vec<_>>();
        text[7] = "810000001".to_owned();
        text[10] = "free".to_owned();
        let bytes = file("202405", &[text.join(","), "CO,,,820000001,".to_owned()]);
        let file = ClaimFile::read(&bytes);
        let claim = file.claims().next().unwrap();
        assert_eq!((file.claim_count(), claim.number, claim.line, claim.items.len()), (1, Some(1), 2, 2));
        let [item, comment] = claim.items else { panic!() };
        assert_eq!(item.code.map(ItemCode::number), Some(160_177_770));
        assert_eq!((item.quantity, item.points), (Recorded::Number(5), Recorded::Number(50)));
        assert_eq!((item.days, item.line), (0b10, 3));
        let comments = |item| {
            let of_item = claim.comments(item).iter();
            of_item.map(|comment| (comment.code.map(ItemCode::number), comment.has_text)).collect::<Vec<_>>()
        };
        assert_eq!(comments(item), [(Some(810_000_001), false), (None, true)]);
        assert_eq!(comments(comment), [(Some(820_000_001), false)]);
    }

    #[test]
    fn each_oddity_is_one_finding() {
        let one = |bytes: &[u8], code: ClaimCode| {
            assert_eq!(read_all(bytes).1, [code]);
        };
        one(&file("2405", &[]), ClaimCode::UkeMonth);
        one(&file("202406", &[si("111000110", "", "288", 31)]), ClaimCode::UkeDay);
        one(&file("202406", &["SI,11,1,111000110".to_owned()]), ClaimCode::UkeColumns);
        one(&file("202406", &["?".to_owned()]), ClaimCode::UkeRecord);
        // Found by the property below: days were looked for in a CO with more fields than it can have.
        one(&file("202406", &["CO,,,,,,,,,,,,,,,,,0".to_owned()]), ClaimCode::UkeColumns);
        assert_eq!(read_all(&file("202406", &["XX,opaque".to_owned()])).1, []);
    }

    #[test]
    fn beyond_the_limit_records_are_not_read() {
        let head = b"IR,1,13,1,1234567,,,202406,00,\nRE\n";
        let mut bytes = head.to_vec();
        bytes.extend(b"SI\n".repeat(RECORDS_LIMIT - 2));
        let full = ClaimFile::read(&bytes);
        let is_too_many = |code: &Irregularity| code.code == ClaimCode::UkeTooManyRecords;
        assert_eq!(full.claims().map(|claim| claim.items.len()).sum::<usize>(), RECORDS_LIMIT - 2);
        assert!(!full.irregularities().iter().any(is_too_many));
        let mut bytes = head.to_vec();
        bytes.extend(b"XX\n".repeat(RECORDS_LIMIT - 2));
        bytes.extend(b"SI\nRE\nSI");
        let cut = ClaimFile::read(&bytes);
        assert_eq!((cut.claim_count(), cut.claims().map(|claim| claim.items.len()).sum::<usize>()), (1, 0));
        let told = cut.irregularities().iter().find(|code| is_too_many(code)).unwrap();
        assert_eq!(
            (told.line as usize, &*told.found),
            (RECORDS_LIMIT + 1, &*(RECORDS_LIMIT + 3).to_string())
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 2_000, failure_persistence: None, ..ProptestConfig::default()
        })]

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            read_all(&bytes);
        }

        #[test]
        fn no_damage_to_a_file_makes_it_panic(
            at in 0usize..400, byte in any::<u8>(), cut in 0usize..400,
            line in "(SI|IY|TO|CO|RE|GO|[A-Z]{2})(,[0-9]{0,10}){0,60}",
        ) {
            let mut bytes = file("202406", &[si("111000110", "", "288", 3), line]);
            let at = at % bytes.len();
            bytes[at] = byte;
            bytes.truncate(bytes.len() - cut % bytes.len());
            read_all(&bytes);
        }
    }
}

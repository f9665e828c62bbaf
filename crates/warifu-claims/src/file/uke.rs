//! Reading a claim file: records grouped into claims, one claim at a time.
//!
//! The structure is read on the raw bytes: neither the comma nor the line end can be the second byte of a CP932
//! character, and everything the checks ask for is ASCII. The text is proven to be CP932 on the way. Whatever is
//! odd becomes a finding with its line and reading goes on; nothing here panics on any bytes.
//!
//! Layout: 電子レセプトの作成手引き (医科). Positions count from 1 with the record id, as there.

use crate::finding::{ClaimCode, ClaimFinding, ClaimFindings, When};
use warifu_masters::charset::Charset;
use warifu_values::amount::number;
use warifu_values::day::ClaimMonth;

/// The largest claim file in bytes. A large hospital's month is below 40 MB; more is held in memory by no one.
pub const FILE_LIMIT_BYTES: usize = 64 << 20;

/// The longest record in bytes. The widest, SJ, has 2,400 bytes of text; field ends are kept in 16 bits.
pub const LINE_LIMIT_BYTES: usize = 16 * 1024;

/// What a record of an item names: which master knows its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// SI 診療行為.
    Procedure,
    /// IY 医薬品.
    Drug,
    /// TO 特定器材.
    Material,
    /// CO コメント.
    Comment,
}

impl ItemKind {
    fn of(id: [u8; 2]) -> Option<Self> {
        match &id {
            b"SI" => Some(ItemKind::Procedure),
            b"IY" => Some(ItemKind::Drug),
            b"TO" => Some(ItemKind::Material),
            b"CO" => Some(ItemKind::Comment),
            _ => None,
        }
    }

    /// The record id.
    pub fn record(self) -> [u8; 2] {
        match self {
            ItemKind::Procedure => *b"SI",
            ItemKind::Drug => *b"IY",
            ItemKind::Material => *b"TO",
            ItemKind::Comment => *b"CO",
        }
    }

    /// The first digit of its codes.
    pub fn first_digit(self) -> u32 {
        match self {
            ItemKind::Procedure => 1,
            ItemKind::Drug => 6,
            ItemKind::Material => 7,
            ItemKind::Comment => 8,
        }
    }

    /// The position of the first of three comment pairs, and that of day 1; none for CO.
    fn positions(self) -> Option<(usize, usize)> {
        match self {
            ItemKind::Procedure | ItemKind::Drug => Some((8, 14)),
            ItemKind::Material => Some((12, 18)),
            ItemKind::Comment => None,
        }
    }
}

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

/// One SI, IY, TO or CO record.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    /// Which record.
    pub kind: ItemKind,
    /// Its line, from 1.
    pub line: u32,
    /// Bit `n - 1` is set when something is recorded for day `n` (算定日情報).
    pub days: u32,
    text: &'a [u8],
    ends: [u16; KEPT_FIELDS],
}

impl<'a> Item<'a> {
    /// The field at `position` (from 1, at most 17); blank where the record is too short.
    #[inline]
    fn field(&self, position: usize) -> &'a [u8] {
        let end = usize::from(self.ends[position - 1]);
        let start = if position == 1 { 0 } else { usize::from(self.ends[position - 2]) + 1 };
        self.text.get(start..end).unwrap_or_default()
    }

    /// The item's code, as recorded.
    #[inline]
    pub fn code(&self) -> &'a [u8] {
        self.field(4)
    }

    /// SI: the quantity (数量データ); IY and TO: the amount used. Blank when there is none.
    #[inline]
    pub fn quantity(&self) -> &'a [u8] {
        if self.kind == ItemKind::Comment { &[] } else { self.field(5) }
    }

    /// The points: on the last record of a unit (点数・回数算定単位) only.
    #[inline]
    pub fn points(&self) -> &'a [u8] {
        if self.kind == ItemKind::Comment { &[] } else { self.field(6) }
    }

    /// The comment pairs of the record: (code, whether text follows). A CO record is itself one.
    pub fn comments(&self) -> impl Iterator<Item = (&'a [u8], bool)> + use<'a> {
        let item = *self;
        let (first, count) = match self.kind.positions() {
            None => (4, 1),
            Some((first, _)) => (first, 3),
        };
        (0..count)
            .map(move |pair| (item.field(first + pair * 2), !item.field(first + pair * 2 + 1).is_empty()))
            .filter(|(code, text)| !code.is_empty() || *text)
    }
}

/// One claim: RE and its items. Kept and filled again for the next one, so that reading allocates nothing.
#[derive(Debug, Default)]
pub struct Claim<'a> {
    /// Its number in the file (RE field 2).
    pub number: Option<u32>,
    /// The line of its RE.
    pub line: u32,
    /// The treatment month; `None` when it cannot be read, which is a finding.
    pub month: Option<ClaimMonth>,
    /// Its items in order.
    pub items: Vec<Item<'a>>,
}

/// Reads a claim file claim by claim.
#[derive(Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
    claims: u32,
    release: u64,
    institution: Option<&'a [u8]>,
    /// The RE that ended the claim before: its text and line.
    next: Option<(&'a [u8], u32)>,
}

impl<'a> Reader<'a> {
    /// Begins with the file's `bytes`; findings will name `release`. Too large a file and one that is not CP932
    /// give findings here; the rest is read all the same, up to [`FILE_LIMIT_BYTES`].
    pub fn new(bytes: &'a [u8], release: u64, findings: &mut ClaimFindings) -> Self {
        let mut reader = Reader { bytes, at: 0, line: 0, claims: 0, release, institution: None, next: None };
        if bytes.len() > FILE_LIMIT_BYTES {
            reader.report(findings, ClaimCode::UkeTooLarge, 1, None, || {
                (bytes.len().to_string(), FILE_LIMIT_BYTES.to_string())
            });
            reader.bytes = &bytes[..FILE_LIMIT_BYTES];
        }
        // The end mark of the specification, which few files have.
        if let [rest @ .., 0x1A] = reader.bytes {
            reader.bytes = rest;
        }
        reader.institution = institution(reader.bytes);
        if reader.institution.is_none() {
            reader.report(findings, ClaimCode::UkeNoInstitution, 1, None, Default::default);
        }
        reader.check_charset(findings);
        reader
    }

    /// How many claims were read so far.
    pub fn claims(&self) -> u32 {
        self.claims
    }

    fn report(
        &self,
        findings: &mut ClaimFindings,
        code: ClaimCode,
        line: u32,
        record: Option<[u8; 2]>,
        evidence: impl FnOnce() -> (String, String),
    ) {
        findings.push_with(code, || {
            let (found, expected) = evidence();
            ClaimFinding {
                code,
                release: self.release,
                claim: None,
                line,
                record,
                item: None,
                name: None,
                when: None,
                series: None,
                found,
                expected,
            }
        });
    }

    /// Proves the text piece by piece; where a piece is not CP932, finds every line that is not.
    fn check_charset(&self, findings: &mut ClaimFindings) {
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
                        self.report(findings, ClaimCode::UkeCharset, line, record_id(text), || {
                            (bad, String::new())
                        });
                    }
                }
            }
            line += memchr::memchr_iter(b'\n', piece).count() as u32;
            from = to;
        }
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

    /// Fills `claim` with the next one; `false` when there is none left.
    pub fn read(&mut self, claim: &mut Claim<'a>, findings: &mut ClaimFindings) -> bool {
        claim.items.clear();
        let mut open = false;
        if let Some((text, line)) = self.next.take() {
            self.begin(claim, text, line, findings);
            open = true;
        }
        while let Some(text) = self.next_line() {
            let line = self.line;
            if text.len() > LINE_LIMIT_BYTES {
                let length = text.len();
                self.report(findings, ClaimCode::UkeLineTooLong, line, record_id(text), || {
                    (length.to_string(), LINE_LIMIT_BYTES.to_string())
                });
                continue;
            }
            let Some(id) = record_id(text) else {
                self.report(findings, ClaimCode::UkeRecord, line, None, Default::default);
                continue;
            };
            if id == *b"RE" {
                if open {
                    self.next = Some((text, line));
                    return true;
                }
                self.begin(claim, text, line, findings);
                open = true;
                continue;
            }
            if let Some(kind) = ItemKind::of(id) {
                if open {
                    let item = self.item(kind, text, line, claim, findings);
                    claim.items.push(item);
                } else {
                    self.report(findings, ClaimCode::UkeOutsideClaim, line, Some(id), || {
                        (String::from_utf8_lossy(&id).into_owned(), String::new())
                    });
                }
                continue;
            }
            self.check_width(id, line, findings, || fields(text));
            if id == *b"GO" {
                self.check_total(text, line, findings);
            }
        }
        open
    }

    fn begin(&mut self, claim: &mut Claim<'a>, text: &'a [u8], line: u32, findings: &mut ClaimFindings) {
        self.claims = self.claims.saturating_add(1);
        self.check_width(*b"RE", line, findings, || fields(text));
        claim.line = line;
        claim.number = nth(text, 2).and_then(number);
        claim.month = nth(text, 4).and_then(ClaimMonth::parse);
        if claim.month.is_none() {
            self.report(findings, ClaimCode::UkeMonth, line, Some(*b"RE"), Default::default);
        }
    }

    fn check_width(
        &self,
        id: [u8; 2],
        line: u32,
        findings: &mut ClaimFindings,
        found: impl FnOnce() -> usize,
    ) {
        let Some(expected) = width(id) else { return };
        let found = found();
        if found != expected {
            self.report(findings, ClaimCode::UkeColumns, line, Some(id), || {
                (found.to_string(), expected.to_string())
            });
        }
    }

    fn check_total(&self, text: &[u8], line: u32, findings: &mut ClaimFindings) {
        let total = nth(text, 2).and_then(number);
        if let Some(total) = total
            && total != self.claims
        {
            self.report(findings, ClaimCode::UkeTotal, line, Some(*b"GO"), || {
                (self.claims.to_string(), total.to_string())
            });
        }
    }

    #[inline]
    fn item(
        &self,
        kind: ItemKind,
        text: &'a [u8],
        line: u32,
        claim: &Claim<'_>,
        findings: &mut ClaimFindings,
    ) -> Item<'a> {
        // A CO has no days: they begin beyond any line.
        let first_day = kind.positions().map_or(LINE_LIMIT_BYTES + 1, |(_, first_day)| first_day);
        // Fields that are not there end where the text ends: they read as blank.
        let mut item = Item { kind, line, days: 0, text, ends: [text.len() as u16; KEPT_FIELDS] };
        let (mut count, mut start, mut odd_day) = (0, 0, 0);
        let mut end_field = |count: usize, start: usize, end: usize| {
            if count <= KEPT_FIELDS.min(first_day - 1) {
                item.ends[count - 1] = end as u16;
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
        self.check_width(kind.record(), line, findings, || count);
        if odd_day != 0 {
            let when = claim.month.map(When::Month);
            findings.push_with(ClaimCode::UkeDay, || ClaimFinding {
                code: ClaimCode::UkeDay,
                release: self.release,
                claim: claim.number,
                line,
                record: Some(kind.record()),
                item: None,
                name: None,
                when,
                series: None,
                found: odd_day.to_string(),
                expected: String::new(),
            });
        }
        item
    }
}

/// Which institution a claim file is of: prefecture, point table and institution code of its IR (fields 3 to 5)
/// as they stand, `12,1,0000000`; `None` when the file does not begin with an IR that has them.
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

/// The first bytes of a line that are no CP932. Vendor characters that merely have two codes are none: a claim
/// is never written again, so nothing can change.
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

    fn read_all(bytes: &[u8]) -> (usize, ClaimFindings) {
        let mut findings = ClaimFindings::new(100);
        let mut reader = Reader::new(bytes, 1, &mut findings);
        let (mut claim, mut items) = (Claim::default(), 0);
        while reader.read(&mut claim, &mut findings) {
            items += claim.items.len();
            for item in &claim.items {
                let _ = (item.code(), item.quantity(), item.points(), item.comments().count());
            }
        }
        (items, findings)
    }

    #[test]
    fn a_clean_file_has_no_findings() {
        let bytes = file("202405", &[si("111000110", "", "288", 31)]);
        let (items, findings) = read_all(&bytes);
        assert_eq!((items, findings.counts().count()), (1, 0));
        assert_eq!(institution(&bytes), Some(&b"13,1,1234567"[..]));
        let mut with_mark = bytes.clone();
        with_mark.push(0x1A);
        assert_eq!(read_all(&with_mark).1.counts().count(), 0);
        let lf: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != b'\r').collect();
        assert_eq!(read_all(&lf).1.counts().count(), 0);
    }

    #[test]
    fn fields_of_an_item_are_where_the_layout_says() {
        let bytes = file("202405", &[si("160177770", "5", "50", 2)]);
        let mut findings = ClaimFindings::new(1);
        let mut reader = Reader::new(&bytes, 1, &mut findings);
        let mut claim = Claim::default();
        assert!(reader.read(&mut claim, &mut findings));
        let item = claim.items[0];
        assert_eq!((item.code(), item.quantity(), item.points()), (&b"160177770"[..], &b"5"[..], &b"50"[..]));
        assert_eq!((item.days, item.line, claim.number), (0b10, 3, Some(1)));
        assert!(!reader.read(&mut claim, &mut findings));
    }

    #[test]
    fn each_oddity_is_one_finding() {
        let one = |bytes: &[u8], code: ClaimCode| {
            let (_, findings) = read_all(bytes);
            let counts: Vec<_> = findings.counts().collect();
            assert_eq!(counts, [(code, 1)], "{:?}", findings.list());
        };
        one(&file("2405", &[]), ClaimCode::UkeMonth);
        one(&file("202406", &[si("111000110", "", "288", 31)]), ClaimCode::UkeDay);
        one(&file("202406", &["SI,11,1,111000110".to_owned()]), ClaimCode::UkeColumns);
        one(&file("202406", &["?".to_owned()]), ClaimCode::UkeRecord);
        // Found by the property below: days were looked for in a CO with more fields than it can have.
        one(&file("202406", &["CO,,,,,,,,,,,,,,,,,0".to_owned()]), ClaimCode::UkeColumns);
        let (_, findings) = read_all(&file("202406", &["XX,opaque".to_owned()]));
        assert_eq!(findings.counts().count(), 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
            read_all(&bytes);
        }

        #[test]
        fn no_damage_to_a_file_makes_it_panic(
            at in 0usize..400, byte in any::<u8>(), cut in 0usize..400, line in "(SI|IY|TO|CO|RE|GO|[A-Z]{2})(,[0-9]{0,10}){0,60}",
        ) {
            let mut bytes = file("202406", &[si("111000110", "", "288", 3), line]);
            let at = at % bytes.len();
            bytes[at] = byte;
            bytes.truncate(bytes.len() - cut % bytes.len());
            read_all(&bytes);
        }
    }
}

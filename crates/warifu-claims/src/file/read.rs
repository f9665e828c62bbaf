//! Reading a claim file (UKE): its records in order, claim by claim, make a [`ClaimFile`].
//!
//! The structure is read on the raw bytes: neither the comma nor the line end can be the second byte of a
//! CP932 character, and everything the checks ask for is ASCII. Whatever is odd becomes an [`Irregularity`]
//! with its line and reading goes on; nothing here panics on any bytes.

use warifu_values::amount::number;
use warifu_values::day::ClaimMonth;

use super::charset;
use super::claim_file::{ClaimFile, Total};
use super::institution::institution;
use super::irregular::Irregularity;
use super::item::ItemKind;
use super::item_record::ItemRecord;
use super::limits::{FILE_LIMIT_BYTES, LINE_LIMIT_BYTES, RECORDS_LIMIT};
use super::lines::Lines;
use super::record::{fields, kind_of, nth, record_id, width};
use crate::finding::ClaimCode;

impl ClaimFile {
    /// Reads the file's `bytes`. Too large a file and one that is not CP932 are irregular; the rest is read
    /// all the same, up to [`FILE_LIMIT_BYTES`].
    pub fn read(bytes: &[u8]) -> ClaimFile {
        let mut reader = Reader { claims: 0, open: None, file: ClaimFile::for_bytes(bytes.len()) };
        let mut read = bytes;
        if bytes.len() > FILE_LIMIT_BYTES {
            reader.report(ClaimCode::UkeTooLarge, 1, None, || {
                (bytes.len().to_string(), FILE_LIMIT_BYTES.to_string())
            });
            read = &bytes[..FILE_LIMIT_BYTES];
        }
        // The end mark of the specification, which few files have.
        if let [rest @ .., 0x1A] = read {
            read = rest;
        }
        if institution(read).is_none() {
            reader.report(ClaimCode::UkeNoInstitution, 1, None, Default::default);
        }
        charset::each_odd_line(read, |line, text, bad| {
            reader.report(ClaimCode::UkeCharset, line, record_id(text), || (bad, String::new()));
        });
        reader.records(Lines::of(read));
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

struct Reader {
    claims: u32,
    open: Option<Open>,
    file: ClaimFile,
}

impl Reader {
    fn records(&mut self, mut lines: Lines<'_>) {
        while let Some((line, text)) = lines.next() {
            if line as usize > RECORDS_LIMIT {
                let found = line as usize + lines.left();
                self.report(ClaimCode::UkeTooManyRecords, line, record_id(text), || {
                    (found.to_string(), RECORDS_LIMIT.to_string())
                });
                break;
            }
            if text.len() > LINE_LIMIT_BYTES {
                self.report(ClaimCode::UkeLineTooLong, line, record_id(text), || {
                    (text.len().to_string(), LINE_LIMIT_BYTES.to_string())
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
                self.total(text, line);
            }
        }
        self.end_claim();
    }

    fn begin_claim(&mut self, text: &[u8], line: u32) {
        self.claims = self.claims.saturating_add(1);
        self.check_width(*b"RE", line, || fields(text));
        let number = nth(text, 2).and_then(number);
        let month = nth(text, 4).and_then(ClaimMonth::parse);
        self.open = Some(Open { number, line, month });
    }

    fn end_claim(&mut self) {
        if let Some(Open { number, line, month }) = self.open.take() {
            self.file.end_claim(number, line, month);
        }
    }

    #[inline]
    fn item(&mut self, kind: ItemKind, text: &[u8], line: u32, claim: Open) {
        let record = ItemRecord::read(kind, text, line, claim.month);
        self.check_width(kind.record(), line, || record.fields);
        if let Some(day) = record.odd_day {
            self.file.push_irregular(ClaimCode::UkeDay, || Irregularity {
                code: ClaimCode::UkeDay,
                claim: claim.number,
                line,
                record: Some(kind.record()),
                month: claim.month,
                found: day.to_string(),
                expected: String::new(),
            });
        }
        self.file.push_item(record.item, record.comments());
    }

    fn check_width(&mut self, id: [u8; 2], line: u32, found: impl FnOnce() -> usize) {
        let Some(expected) = width(id) else { return };
        let found = found();
        if found != expected {
            self.report(ClaimCode::UkeColumns, line, Some(id), || (found.to_string(), expected.to_string()));
        }
    }

    fn total(&mut self, text: &[u8], line: u32) {
        if let Some(recorded) = nth(text, 2).and_then(number) {
            self.file.push_total(Total { line, recorded, read: self.claims });
        }
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
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::file::claim_file::Claim;
    use crate::file::item::{ItemCode, Recorded};

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

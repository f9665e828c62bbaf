//! Reading a claim file (UKE): its records in order, claim by claim, make a [`ClaimFile`].
//!
//! The structure is read on the raw bytes: neither the comma nor the line end can be the second byte of a
//! CP932 character. Whatever is odd becomes an irregularity with its line and reading goes on; nothing here
//! panics on any bytes. A record that cannot be read takes no claim with it but its own part of it: the
//! neighbours are read as if it were whole.

use warifu_values::amount::number;

use super::charset::OddLines;
use super::claim::Total;
use super::claim_file::ClaimFile;
use super::evidence::Evidence;
use super::fields::Fields;
use super::form::{Known, Layout, Place, known};
use super::institution::institution;
use super::irregular::IRREGULARITIES_KEPT;
use super::limits::{FILE_LIMIT_BYTES, LINE_LIMIT_BYTES, RECORDS_LIMIT};
use super::lines::Lines;
use super::reading_claim::{Closed, Open};
use super::record::record_id;
use super::reporter::{At, Reporter};
use crate::finding::ClaimCode;

impl ClaimFile {
    /// Reads the file's `bytes`. Too large a file and one that is not CP932 are irregular; the rest is read
    /// all the same, up to [`FILE_LIMIT_BYTES`].
    ///
    /// Of what is irregular, the first 20,000 are kept with their places.
    pub fn read(bytes: &[u8]) -> ClaimFile {
        ClaimFile::read_keeping(bytes, IRREGULARITIES_KEPT)
    }

    /// The same; of what is irregular, the first `irregularities` are kept with their places, some hundred
    /// bytes each. Beyond, they are only counted.
    pub fn read_keeping(bytes: &[u8], irregularities: usize) -> ClaimFile {
        let mut reader = Reader::new(bytes.len(), irregularities);
        let mut read = bytes;
        if bytes.len() > FILE_LIMIT_BYTES {
            reader.to.report(ClaimCode::UkeTooLarge, At::file(1), || {
                (Evidence::count(bytes.len()), Evidence::count(FILE_LIMIT_BYTES))
            });
            read = &bytes[..FILE_LIMIT_BYTES];
            reader.is_cut = true;
        }
        // The end mark of the specification, which few files have.
        if let [rest @ .., 0x1A] = read {
            read = rest;
        }
        if institution(read).is_none() {
            reader.to.report(ClaimCode::UkeNoInstitution, At::file(1), Default::default);
        }
        reader.to.may_hold_quotes = memchr::memchr(b'"', read).is_some();
        reader.records(Lines::of(read), OddLines::of(read));
        reader.to.file
    }
}

/// What the claims since the last GO come to.
#[derive(Clone, Copy)]
struct PartOfFile {
    claims: u32,
    /// The points of its claims; `None` once one does not tell.
    points: Option<u64>,
    /// The number of the claim before.
    last_number: Option<u32>,
    is_ended: bool,
}

impl PartOfFile {
    fn begun() -> PartOfFile {
        PartOfFile { claims: 0, points: Some(0), last_number: None, is_ended: false }
    }
}

struct Reader {
    to: Reporter,
    open: Option<Open>,
    part: PartOfFile,
    /// Whether the record before could not be read: it may have been an RE.
    is_after_unread: bool,
    /// Whether records at the end are not read.
    is_cut: bool,
}

impl Reader {
    fn new(bytes: usize, irregularities: usize) -> Reader {
        let to = Reporter::new(ClaimFile::for_bytes(bytes, irregularities));
        Reader { to, open: None, part: PartOfFile::begun(), is_after_unread: false, is_cut: false }
    }

    fn records(&mut self, mut lines: Lines<'_>, mut odd: OddLines<'_>) {
        let mut last = 0;
        while let Some((line, text)) = lines.next() {
            last = line;
            if line as usize > RECORDS_LIMIT {
                let found = line as usize + lines.left();
                self.to.report(ClaimCode::UkeTooManyRecords, At::record(line, record_id(text)), || {
                    (Evidence::count(found), Evidence::count(RECORDS_LIMIT))
                });
                self.is_cut = true;
                break;
            }
            if text.len() > LINE_LIMIT_BYTES {
                self.to.report(ClaimCode::UkeLineTooLong, At::record(line, record_id(text)), || {
                    (Evidence::count(text.len()), Evidence::count(LINE_LIMIT_BYTES))
                });
                self.is_after_unread = true;
                continue;
            }
            self.is_after_unread = !self.record(line, text);
            if let Some(at) = odd.odd_at(line) {
                self.not_cp932(line, text, at);
            }
        }
        self.end_claim();
        if self.part.claims > 0 && !self.part.is_ended && !self.is_cut {
            self.to.report(ClaimCode::UkeNoTotal, At::file(last), Default::default);
        }
    }

    /// Takes in one record; whether it could be read.
    #[inline]
    fn record(&mut self, line: u32, text: &[u8]) -> bool {
        let Some(id) = record_id(text) else {
            self.to.report(ClaimCode::UkeRecord, At::file(line), Default::default);
            return false;
        };
        let Some(known) = known(id) else {
            self.to.report(ClaimCode::UkeUnknownRecord, At::record(line, Some(id)), || {
                (Evidence::Record(id), Evidence::Nothing)
            });
            return false;
        };
        match (Place::of(id), known) {
            (Place::Institution, Known::Fields(layout)) => self.institution(layout, text, line),
            (Place::Head, Known::Fields(layout)) => self.head(layout, text, line),
            (Place::Total, Known::Fields(layout)) => self.total(layout, text, line),
            (place, known) => self.in_claim(id, place, known, text, line),
        }
        true
    }

    /// Tells that the byte `at` that place of a record, and its field, are no CP932: what stands there may be
    /// half of a name, so none of it is shown.
    #[cold]
    fn not_cp932(&mut self, line: u32, text: &[u8], at: usize) {
        let id = record_id(text);
        let claim = self.open.as_ref().and_then(|open| open.begun.number);
        let place = At::record(line, id).claim(claim);
        // A comma is never the second byte of a character.
        let position = 1 + memchr::memchr_iter(b',', &text[..at]).count();
        let place = match (id.and_then(known), u8::try_from(position)) {
            (Some(Known::Fields(layout)), Ok(position)) => place.field(layout, position),
            _ => place,
        };
        self.to.report(ClaimCode::UkeCharset, place, || (Evidence::count(at + 1), Evidence::Nothing));
    }

    fn institution(&mut self, layout: &'static Layout, text: &[u8], line: u32) {
        self.to.check_form(layout, &Fields::of(text), At::record(line, Some(layout.id)));
        let is_first = line == 1 || self.part.is_ended;
        if !is_first {
            self.to.report(ClaimCode::UkeOrder, At::record(line, Some(layout.id)), || {
                (Evidence::Record(*b"RE"), Evidence::Nothing)
            });
        } else if self.part.is_ended {
            self.part = PartOfFile::begun();
        }
    }

    fn head(&mut self, layout: &'static Layout, text: &[u8], line: u32) {
        self.end_claim();
        if self.part.is_ended {
            self.to.report(ClaimCode::UkeOrder, At::record(line, Some(layout.id)), || {
                (Evidence::Record(*b"GO"), Evidence::Nothing)
            });
            self.part = PartOfFile::begun();
        }
        let fields = Fields::of(text);
        let mut open = Open::head(&fields, line);
        self.part.claims = self.part.claims.saturating_add(1);
        let at = At::record(line, Some(layout.id)).claim(open.begun.number);
        self.to.check_form(layout, &fields, at);
        if let Some(number) = open.begun.number {
            let by_place = self.part.claims;
            let follows = self.part.last_number.is_some_and(|last| last.checked_add(1) == Some(number));
            if number != by_place && !follows {
                self.to.report(ClaimCode::UkeClaimNumber, at.field(layout, 2), || {
                    (Evidence::Number(number.into()), Evidence::Number(by_place.into()))
                });
            }
        }
        self.part.last_number = open.begun.number;
        open.check_head(layout, &fields, &mut self.to);
        self.open = Some(open);
    }

    fn in_claim(&mut self, id: [u8; 2], place: Place, known: Known, text: &[u8], line: u32) {
        let is_payer = matches!(place, Place::Insurer | Place::PublicPayer);
        let begins_claim = match &self.open {
            None => is_payer && !self.part.is_ended,
            Some(open) => is_payer && open.is_beyond_payers(place, self.is_after_unread),
        };
        if begins_claim {
            // The RE between the claims is missing or could not be read.
            self.end_claim();
            self.part.claims = self.part.claims.saturating_add(1);
            self.part.last_number = None;
            self.to.report(ClaimCode::UkeClaimHead, At::record(line, Some(id)), Default::default);
            self.open = Some(Open::without_head(line));
        }
        let Some(open) = &mut self.open else {
            self.to.report(ClaimCode::UkeOutsideClaim, At::record(line, Some(id)), || {
                (Evidence::Record(id), Evidence::Nothing)
            });
            return;
        };
        open.record((id, place, known), text, line, &mut self.to);
    }

    fn total(&mut self, layout: &'static Layout, text: &[u8], line: u32) {
        self.end_claim();
        let fields = Fields::of(text);
        self.to.check_form(layout, &fields, At::record(line, Some(layout.id)));
        if let Some(recorded) = number(fields.at(2)) {
            let recorded_points = points(fields.at(3));
            let PartOfFile { claims: read, points: read_points, .. } = self.part;
            self.to.file.push_total(Total { line, recorded, read, recorded_points, read_points });
        }
        self.part = PartOfFile { is_ended: true, ..PartOfFile::begun() };
    }

    fn end_claim(&mut self) {
        let Some(open) = self.open.take() else { return };
        let Closed { begun, points } = open.close();
        let sum = self.part.points.zip(points).and_then(|(sum, points)| sum.checked_add(points));
        self.part.points = sum;
        self.to.file.end_claim(begun);
    }
}

/// The points that up to ten digits write.
fn points(field: &[u8]) -> Option<u64> {
    let is_number = !field.is_empty() && field.len() <= 10 && field.iter().all(u8::is_ascii_digit);
    is_number.then(|| field.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::file::claim::Claim;
    use crate::file::irregular::Irregularity;
    use crate::file::item::{DayCount, Recorded};
    use crate::file::quantity::Decimal;
    use crate::item_code::ItemCode;

    fn si(code: &str, quantity: &str, points: &str, day: usize) -> String {
        let mut fields = vec![String::new(); 44];
        for (position, value) in [(1, "SI"), (3, "1"), (4, code), (5, quantity), (6, points), (7, "1")] {
            fields[position - 1] = value.to_owned();
        }
        fields[13 + day - 1] = "1".to_owned();
        fields.join(",")
    }

    fn file(month: &str, items: &[String]) -> Vec<u8> {
        let mut lines = vec!["IR,1,13,1,1234567,,,202406,00,".to_owned()];
        lines.push(format!("RE,1,1112,{month},A,1,19800101{}", ",".repeat(31)));
        lines.push("HO,06132013,,,1,288,,,,,,,,,".to_owned());
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
        text[14] = "3".to_owned();
        let bytes = file("202405", &[text.join(","), "CO,,1,820000001,".to_owned()]);
        let file = ClaimFile::read(&bytes);
        let claim = file.claims().next().unwrap();
        assert_eq!((file.claim_count(), claim.number, claim.line, claim.items.len()), (1, Some(1), 2, 2));
        let [item, comment] = claim.items else { panic!() };
        assert_eq!(item.code.map(ItemCode::number), Some(160_177_770));
        let quantity = item.quantity.amount().and_then(Decimal::whole);
        assert_eq!((quantity, item.points), (Some(5), Recorded::Number(50)));
        assert_eq!((item.days, item.line), (0b10, 4));
        assert_eq!(claim.day_counts(item), [DayCount { day: 2, times: 3 }]);
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
        one(&file("202406", &["XX,opaque".to_owned()]), ClaimCode::UkeUnknownRecord);
        assert_eq!(read_all(&file("202406", &["GR,opaque".to_owned()])).1, []);
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
        bytes.extend(b"NI\n".repeat(RECORDS_LIMIT - 2));
        bytes.extend(b"SI\nRE\nSI");
        let cut = ClaimFile::read(&bytes);
        assert_eq!((cut.claim_count(), cut.claims().map(|claim| claim.items.len()).sum::<usize>()), (1, 0));
        let told = cut.irregularities().iter().find(|code| is_too_many(code)).unwrap();
        assert_eq!((told.line as usize, told.found), (RECORDS_LIMIT + 1, Evidence::count(RECORDS_LIMIT + 3)));
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
            line in "(SI|IY|TO|CO|RE|GO|HO|KO|SN|JD|MF|SY|SJ|IR|[A-Z]{2})(,[0-9]{0,10}){0,60}",
        ) {
            let mut bytes = file("202406", &[si("111000110", "", "288", 3), line]);
            let at = at % bytes.len();
            bytes[at] = byte;
            bytes.truncate(bytes.len() - cut % bytes.len());
            read_all(&bytes);
        }
    }
}

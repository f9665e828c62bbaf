//! What must hold for any input, not only for the published files.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::sync::OnceLock;

use proptest::prelude::*;
use warifu_masters::change::diff::{Change, diff, field_or_blank, fields_that_differ};
use warifu_masters::change::differential::apply;
use warifu_masters::charset::table::Table;
use warifu_masters::charset::{Charset, ucm};
use warifu_masters::file::convert::Recoding;
use warifu_masters::file::fixed::{self, Shape};
use warifu_masters::file::write::{same_records, write};
use warifu_masters::file::{Declared, read, read_canonical, read_canonical_record};
use warifu_masters::finding::Findings;
use warifu_masters::schema::{Framing, RecordEnd, Rendering, Schemas};
use warifu_masters::table::{Master, Role, fields};

/// A material record as far as these properties need one: class, name, price, some other column.
type Record = (&'static str, String, String, String);

fn record() -> impl Strategy<Value = Record> {
    let name = prop::sample::select(vec!["半切", "四ツ切", "ダイレクト", "フィルム・六ツ切", ""]);
    let price = prop::sample::select(vec!["124.00", "0.00", "9232.00", "7", ""]);
    let other = prop::sample::select(vec!["", "0", "1", "a,b", "say \"x\"", "ｱ"]);
    let class = prop::sample::select(vec!["0", "0", "0", "3", "5", "9", "1"]);
    (class, name, price, other)
        .prop_map(|(class, name, price, other)| (class, name.into(), price.into(), other.into()))
}

fn records() -> impl Strategy<Value = BTreeMap<u32, Record>> {
    prop::collection::btree_map(0u32..300, record(), 0..40)
}

/// A full of these records.
fn master(schemas: &Schemas, records: &BTreeMap<u32, Record>) -> Master {
    let layout = schemas.layout("material-38").unwrap();
    let position = |id| layout.column(id).unwrap();
    let mut text = layout.canonical_header() + "\n";
    for (code, (class, name, price, other)) in records {
        let mut row = vec![String::new(); layout.width()];
        row[position("change_class")] = (*class).to_owned();
        row[position("master_type")] = "T".to_owned();
        row[position("material_code")] = format!("7{code:08}");
        row[position("name")].clone_from(name);
        row[position("price")].clone_from(price);
        row[position("full_name")].clone_from(other);
        let quoted: Vec<String> = row
            .iter()
            .map(|field| match field.contains([',', '"']) {
                true => format!("\"{}\"", field.replace('"', "\"\"")),
                false => field.clone(),
            })
            .collect();
        text.push_str(&quoted.join(","));
        text.push('\n');
    }
    read_canonical(schemas, "material", text.into_bytes()).unwrap()
}

/// The same records in the edition without the last column.
fn narrower(schemas: &Schemas, master: &Master) -> Master {
    let layout = schemas.layout("material-37").unwrap();
    let mut text = layout.canonical_header().into_bytes();
    text.push(b'\n');
    for row in 0..master.rows() {
        let mut canonical = Vec::new();
        master.push_canonical_row(row, &mut canonical);
        let end = canonical.iter().rposition(|byte| *byte == b',').unwrap();
        text.extend_from_slice(&canonical[..end]);
        text.push(b'\n');
    }
    read_canonical(schemas, "material", text).unwrap()
}

/// Every charset there is, built once: a table takes a moment.
fn charsets() -> &'static [Charset] {
    static CHARSETS: OnceLock<Vec<Charset>> = OnceLock::new();
    CHARSETS.get_or_init(|| {
        let schemas = Schemas::built_in().unwrap();
        schemas.charset_names().map(|name| schemas.charset(name).unwrap()).collect()
    })
}

/// Text in one of the tables, or any bytes around shifts.
fn host_bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just(vec![0x0E]),
        Just(vec![0x0F]),
        Just(vec![0x40]),
        Just(vec![0xF0]),
        (0x41u8..0xFF, 0x41u8..0xFF).prop_map(|(lead, trail)| vec![lead, trail]),
        any::<u8>().prop_map(|byte| vec![byte]),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

/// Text of a master: mostly what all charsets have, in runs of any length.
fn host_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -!#-+\\--~ｱ-ﾝ、亜-熙－～∥]{0,60}",
        "[0-9,]{0,40}[亜-熙]{1,20}[0-9]{0,40}",
        "\\PC{0,20}".prop_map(|text| text.replace(['"', ','], "")),
    ]
}

/// What may stand where it should not: halves of characters, marks, line ends, shifts, other charsets.
fn hostile() -> impl Strategy<Value = Vec<u8>> {
    let pieces: [&[u8]; 16] = [
        b"\x81",
        b"\x8E",
        b"\xE3\x81",
        b"\xED\xA0\x80",
        b"\xC0\xAF",
        b"\x8F\xB0\xA1",
        b"\"",
        b",",
        b"\",\"",
        b"\r\n",
        b"\n",
        b"\x1A",
        b"\0",
        b"\xFA\x55",
        b"\xEF\xBB\xBF",
        b"\x7F",
    ];
    prop_oneof![
        prop::sample::select(pieces.to_vec()).prop_map(<[u8]>::to_vec),
        prop::collection::vec(any::<u8>(), 1..4),
    ]
}

proptest! {
    /// Every table gives back what decodes, whatever the shifts.
    #[test]
    fn host_bytes_that_decode_come_back(bytes in host_bytes()) {
        for charset in charsets() {
            if let Ok(text) = charset.decode(&bytes) {
                prop_assert_eq!(charset.encode(&text).unwrap(), bytes.as_slice());
            }
        }
    }

    /// No text of a table is a panic or needs more than its size.
    #[test]
    fn any_table_text_is_a_table_or_an_error(
        text in "(<code_set_name> x\n|<uconv_class> SBCS\n|CHARMAP\n|<U[0-9A-F]{4}>|<U[0-9A-F]{1,7}> |\
                 \\\\x[0-9A-F]{2}| \\|[0-5]|\n|END CHARMAP|\\PC){0,30}",
    ) {
        if let Ok(ucm) = ucm::parse(&text) {
            prop_assert!(ucm.mappings.len() <= text.len());
            let _ = Table::of(&ucm);
        }
    }

    /// Fixed-length records of any bytes are records or findings, and records come back as these bytes.
    #[test]
    fn any_fixed_bytes_are_records_or_findings(
        bytes in host_bytes(),
        end in prop::sample::select(vec!["", "0D25"]),
    ) {
        let schemas = Schemas::built_in().unwrap();
        let layout = schemas.layout("comment-30").unwrap();
        let shape = Shape::of(layout).unwrap();
        // So that fields are cut everywhere.
        let bytes = bytes.repeat(shape.length() / bytes.len().max(1) + 1);
        let end = RecordEnd::try_from(end.to_owned()).unwrap();
        for charset in charsets() {
            let mut findings = Findings::new();
            let records = fixed::read(layout, &shape, charset, end.as_bytes(), &bytes, &mut findings);
            if !findings.denies() {
                let Ok((master, order)) = Master::new(records.table) else { continue };
                let framing = Framing::Fixed { record_end: end.clone() };
                let final_newline = records.final_end;
                let rendering =
                    Rendering { charset: charset.clone(), framing, final_newline, header: false, order };
                prop_assert_eq!(&write(&master, &rendering).unwrap(), &bytes);
            }
        }
    }

    /// Whatever the bytes: no panic, and findings have a place inside the file.
    #[test]
    fn reading_any_bytes_ends_with_findings_or_records(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let schemas = Schemas::built_in().unwrap();
        let lines = bytes.split(|byte| *byte == b'\n').count() as u32;
        let reading = read(&schemas, bytes, &Declared::default());
        prop_assert!(reading.findings.list().iter().all(|finding| finding.line.unwrap_or(1) <= lines));
        prop_assert!(reading.master.is_some() || reading.findings.denies());
    }

    /// A row cut, joined or edited anywhere is read without a panic too.
    #[test]
    fn reading_a_damaged_file_never_panics(
        cut in 0usize..2000, at in 0usize..2000, byte in any::<u8>(), records in records(),
    ) {
        let schemas = Schemas::built_in().unwrap();
        let master = master(&schemas, &records);
        let format = schemas.format("kikin").unwrap();
        let mut bytes = write(&master, &format.rendering(false)).unwrap();
        if let Some(place) = bytes.get_mut(at) {
            *place = byte;
        }
        bytes.truncate(cut);
        let reading = read(&schemas, bytes, &Declared { format: Some(format), role: None });
        if let Some(master) = reading.master {
            let _ = fields::check(&master, Role::Full);
        }
    }

    /// From bytes to bytes a file becomes what it becomes by whole tables, wherever it is damaged; and where
    /// the quick way makes something, the other one has nothing to say.
    #[test]
    fn from_bytes_to_bytes_is_as_by_whole_tables(
        texts in prop::collection::vec(host_text(), 1..12),
        edits in prop::collection::vec((any::<prop::sample::Index>(), hostile()), 0..3),
    ) {
        let schemas = Schemas::built_in().unwrap();
        let formats = ["kikin", "kokuho", "kokuho-utf8"].map(|name| schemas.format(name).unwrap());
        for from in formats {
            let mut text = String::new();
            for (serial, one) in texts.iter().enumerate() {
                let mut fields = vec![""; 30];
                let key = format!("{serial:06}");
                fields[..5].copy_from_slice(&["0", "C", "8", "10", &key]);
                (fields[6], fields[8], fields[7]) = (one, "ｼｮｼﾝ", "初診料");
                let Framing::Csv { newline, .. } = &from.framing else { continue };
                let newline = std::str::from_utf8(newline.as_bytes()).unwrap();
                text.push_str(&format!("\"{}\"{newline}", fields.join("\",\"")));
            }
            let Ok(mut bytes) = from.charset.encode(&text) else { continue };
            for (at, hostile) in &edits {
                let at = at.index(bytes.len());
                bytes.splice(at..(at + hostile.len()).min(bytes.len()), hostile.iter().copied());
            }
            for to in formats {
                let mut out = Vec::new();
                let quick = Recoding::begin(&schemas, &bytes, from, to).and_then(|mut recoding| {
                    recoding.take(&bytes, &mut out).and_then(|()| recoding.finish())
                });
                let reading =
                    read(&schemas, bytes.clone(), &Declared { format: Some(from), role: None });
                let Some(quick) = quick else {
                    // What is whole, told from other charsets and can be written goes the quick way. A comma
                    // at an end of a field is taken for a separator at a glance, and left to the other way,
                    // as are the characters beyond U+FFFE.
                    let is_left = |one: &String| {
                        one.starts_with(',')
                            || one.ends_with(',')
                            || one.contains(|character| character > '\u{fffe}')
                    };
                    let is_told = from.name != "kokuho" && !texts.iter().any(is_left);
                    prop_assert!(!edits.is_empty() || !is_told || to.charset.encode(&text).is_err());
                    continue;
                };
                prop_assert!(reading.findings.is_empty(), "{:?}", reading.findings.list());
                let (master, rendering) = (reading.master.unwrap(), reading.rendering.unwrap());
                prop_assert_eq!((quick.rows, Some(quick.role)), (master.rows(), reading.role));
                let wanted = Rendering { order: rendering.order.clone(), ..to.rendering(rendering.header) };
                prop_assert_eq!(&write(&master, &wanted).unwrap(), &out);
            }
        }
    }

    /// decode(encode(x)) = x, and encoding refuses rather than changes.
    #[test]
    fn a_charset_gives_back_what_it_took(text in "\\PC{0,60}") {
        for charset in charsets() {
            match charset.encode(&text) {
                Ok(bytes) => prop_assert_eq!(charset.decode(&bytes).unwrap(), text.as_str()),
                Err(refused) => prop_assert!(text[refused.at..].starts_with(refused.character)),
            }
        }
    }

    /// decode gives text only when encoding it gives the bytes.
    #[test]
    fn what_decodes_comes_back(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        for charset in charsets() {
            if let Ok(text) = charset.decode(&bytes) {
                prop_assert_eq!(charset.encode(&text).unwrap(), bytes.as_slice());
            }
        }
    }

    /// read(write(x)) = x in every format, with commas and quotation marks in fields.
    #[test]
    fn every_format_gives_the_records_back(records in records()) {
        let schemas = Schemas::built_in().unwrap();
        let master = master(&schemas, &records);
        for format in schemas.formats() {
            let bytes = write(&master, &format.rendering(false)).unwrap();
            if bytes.is_empty() {
                continue;
            }
            let declared = Declared { format: Some(format), role: Some(Role::Full) };
            let reading = read(&schemas, bytes.clone(), &declared);
            let again = reading.master.unwrap();
            prop_assert!(same_records(&master, &again));
            prop_assert_eq!(write(&again, &reading.rendering.unwrap()).unwrap(), bytes);
        }
    }

    /// apply(old, differential of old and new) = new, but for what is said to be lost, and classes.
    #[test]
    fn a_differential_takes_the_older_to_the_newer(old in records(), new in records()) {
        let schemas = Schemas::built_in().unwrap();
        let (old, new) = (master(&schemas, &old), master(&schemas, &new));
        let (differential, lost) = diff(&old, &new).unwrap().differential();
        let applied = apply(&old, &differential).unwrap();
        prop_assert_eq!(applied.misfits(), 0);
        let class = new.layout().column("change_class").unwrap();
        let mut rest = 0;
        for change in &diff(&applied.state, &new).unwrap().changes {
            rest += match *change {
                Change::Changed { old, new: row } => {
                    fields_that_differ(&applied.state, old, &new, row)
                        // Of the classes only the marks matter: what is abolished has to be told.
                        .filter(|column| *column != class || matches!(new.bytes(row, class), b"9" | b"1"))
                        .count()
                }
                _ => 1,
            };
        }
        prop_assert_eq!(rest, lost.len());
    }

    /// The fields that differ are those that differ when each is asked for, in editions of other widths too.
    #[test]
    fn fields_differ_as_one_by_one(old in records(), new in records(), narrow in any::<bool>()) {
        let schemas = Schemas::built_in().unwrap();
        let (old, new) = (master(&schemas, &old), master(&schemas, &new));
        let other = if narrow { narrower(&schemas, &new) } else { new };
        for row in 0..old.rows().min(other.rows()) {
            let width = old.layout().width();
            let slow = (0..width)
                .filter(|column| field_or_blank(&old, row, *column) != field_or_blank(&other, row, *column));
            let slow: Vec<usize> = slow.collect();
            prop_assert_eq!(fields_that_differ(&old, row, &other, row).collect::<Vec<_>>(), slow.clone());
            prop_assert_eq!(fields_that_differ(&other, row, &old, row).collect::<Vec<_>>(), slow);
        }
    }

    /// One record read alone is the record read with all the others.
    #[test]
    fn a_record_is_read_alone(records in records(), other in 0u32..300) {
        let schemas = Schemas::built_in().unwrap();
        let master = master(&schemas, &records);
        for code in records.keys().copied().take(3).chain([other]) {
            let key = format!("7{code:08}");
            let alone = read_canonical_record(&schemas, "material", master.canonical(), &key).unwrap();
            let among = master.find(&key).map(|row| master.alone(row));
            prop_assert_eq!(alone.map(|one| one.canonical()), among.map(|one| one.canonical()));
        }
    }

    /// The canonical form is one: shards put together are the whole, and reading it gives the same digest.
    #[test]
    fn shards_make_up_the_canonical_form(records in records()) {
        let schemas = Schemas::built_in().unwrap();
        let master = master(&schemas, &records);
        let mut whole = (master.layout().canonical_header() + "\n").into_bytes();
        for (_, rows) in master.shards() {
            master.push_canonical_rows(rows, &mut whole);
        }
        prop_assert_eq!(&whole, &master.canonical());
        if !records.is_empty() {
            let again = read_canonical(&schemas, "material", whole).unwrap();
            prop_assert_eq!(again.canonical_digest(), master.canonical_digest());
        }
    }

    /// The order of shards does not matter: put together in any order they are the same master, and that
    /// order is given back.
    #[test]
    fn shards_in_any_order_are_the_same_master(
        records in records(), ranks in prop::collection::vec(any::<u32>(), 40),
    ) {
        let schemas = Schemas::built_in().unwrap();
        let master = master(&schemas, &records);
        let mut shards: Vec<_> = master.shards().into_iter().zip(&ranks).collect();
        shards.sort_by_key(|(_, rank)| **rank);
        let mut bytes = (master.layout().canonical_header() + "\n").into_bytes();
        for ((_, rows), _) in shards {
            master.push_canonical_rows(rows, &mut bytes);
        }
        if !records.is_empty() {
            let reading = read(&schemas, bytes.clone(), &Declared { format: None, role: Some(Role::Full) });
            let again = reading.master.unwrap();
            prop_assert_eq!(again.canonical_digest(), master.canonical_digest());
            if let Some(rendering) = reading.rendering {
                prop_assert_eq!(write(&again, &rendering).unwrap(), bytes);
            }
        }
    }
}

//! Fixed-length records of any bytes in each charset: findings, or records that come back as these bytes.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use warifu_masters::charset::Charset;
use warifu_masters::file::fixed::{self, Shape};
use warifu_masters::file::write::write;
use warifu_masters::finding::Findings;
use warifu_masters::schema::{Framing, RecordEnd, Rendering, Schemas};
use warifu_masters::table::Master;

/// Short records, so that a few bytes are several of them.
const LAYOUT: &str = r#"
kind = "toy"
edition = "4"
key = [{ column = "code" }]
column = [
    { id = "change_class", name = "変更区分", type = "digits", bytes = 1 },
    { id = "code", name = "コード", type = "alnum", bytes = 3 },
    { id = "name", name = "名称", type = "kanji", bytes = 8 },
    { id = "kana", name = "カナ", type = "kana", bytes = 4 },
]
"#;

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| {
    let schemas = Schemas::built_in().expect("built-in schemas");
    schemas.with([("layouts/toy.toml", LAYOUT)]).expect("the toy layout")
});
static CHARSETS: LazyLock<Vec<Charset>> =
    LazyLock::new(|| SCHEMAS.charset_names().filter_map(|name| SCHEMAS.charset(name)).collect());

fuzz_target!(|bytes: &[u8]| {
    let Some((&choice, bytes)) = bytes.split_first() else { return };
    let charset = &CHARSETS[usize::from(choice >> 1) % CHARSETS.len()];
    let record_end = if choice & 1 == 0 { "" } else { "0D25" };
    let framing = Framing::Fixed { record_end: RecordEnd::try_from(record_end.to_owned()).expect("hex") };
    let Framing::Fixed { record_end } = &framing else { return };
    let layout = SCHEMAS.layout("toy-4").expect("the toy layout");
    let shape = Shape::of(layout).expect("every column has its bytes");
    let mut findings = Findings::new();
    let records = fixed::read(layout, &shape, charset, record_end.as_bytes(), bytes, &mut findings);
    if findings.denies() {
        return;
    }
    let final_newline = records.final_end;
    let Ok((master, order)) = Master::new(records.table) else { return };
    if master.rows() > 0 {
        let rendering = Rendering { charset: charset.clone(), framing, final_newline, header: false, order };
        assert_eq!(write(&master, &rendering).expect("it came from these bytes"), bytes);
    }
});

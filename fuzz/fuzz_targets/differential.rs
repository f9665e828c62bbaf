//! Two states and a differential: `apply(old, diff(old, new)) = new`, and nothing panics on one that does not fit.
#![no_main]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use warifu_masters::change::chain::check_chain;
use warifu_masters::change::diff::{Change, diff, fields_that_differ};
use warifu_masters::change::differential::apply;
use warifu_masters::change::plausibility::plausibility;
use warifu_masters::change::reissue::reissue;
use warifu_masters::file::read_canonical;
use warifu_masters::schema::Schemas;
use warifu_masters::table::Master;

/// A master with one column of each sort that the code asks for.
const LAYOUT: &str = r#"
kind = "toy"
edition = "7"
label = "name"
key = [{ column = "code" }]
column = [
    { id = "change_class", name = "変更区分", type = "digits" },
    { id = "code", name = "コード", type = "text" },
    { id = "name", name = "名称", type = "text" },
    { id = "price", name = "金額", type = "decimal", decimals = 2 },
    { id = "old_price", name = "旧金額", type = "decimal", decimals = 2 },
    { id = "related_product_code", name = "関連", type = "text" },
    { id = "changed_on", name = "変更年月日", type = "date" },
]
"#;

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| {
    let schemas = Schemas::built_in().expect("built-in schemas");
    schemas.with([("layouts/toy.toml", LAYOUT)]).expect("the toy layout")
});

/// Rows from lines of six fields parted by `|`: class, code, and the rest.
fn master(text: &str) -> Master {
    let clean = |field: &str| field.replace(['"', ',', '\r'], "");
    let rows: BTreeMap<String, String> = text
        .lines()
        .filter_map(|line| {
            let mut fields: Vec<String> = line.split('|').map(clean).collect();
            fields.resize(7, String::new());
            let code = fields[1].clone();
            (!code.is_empty() && !line.chars().any(char::is_control)).then(|| (code, fields.join(",") + "\n"))
        })
        .collect();
    let layout = SCHEMAS.layout("toy-7").expect("the toy layout");
    let text = layout.canonical_header() + "\n" + &rows.into_values().collect::<String>();
    read_canonical(&SCHEMAS, "toy", text.into_bytes()).expect("sorted rows")
}

fuzz_target!(|text: &str| {
    let mut parts = text.split("\n\n");
    let [old, new, third] = [(); 3].map(|()| master(parts.next().unwrap_or_default()));
    let (differential, lost) = diff(&old, &new).expect("one kind").differential();
    let applied = apply(&old, &differential).expect("one kind");
    assert_eq!(applied.misfits(), 0);
    let mut rest = 0;
    for change in &diff(&applied.state, &new).expect("one kind").changes {
        rest += match *change {
            Change::Changed { old, new: row } => fields_that_differ(&applied.state, old, &new, row)
                .filter(|column| *column != 0 || matches!(new.bytes(row, 0), b"9" | b"1"))
                .count(),
            _ => 1,
        };
    }
    assert_eq!(rest, lost.len(), "{lost:?}");
    let _ = apply(&old, &third).map(|applied| check_chain(&applied.state, &new, Some(&old)));
    let _ = plausibility(&old, &third, Some("20240531"));
    let _ = reissue(&new, &third).map(|reissue| reissue.findings(&new, &old));
});

//! A master that nobody wrote code for: 歯式 (F), with one TOML file.

use crate::stage::{Stage, checkout};

/// The formulas by which the specification shows how a missing tooth between two abutments is written.
const FORMULAS: [(&str, &str); 3] =
    [("101430", "上顎右４番支台歯"), ("101520", "上顎右５番欠損"), ("101630", "上顎右６番支台歯")];

/// A file of them as the publisher would write it.
fn file() -> Vec<u8> {
    let row = |(code, name): &(&str, &str)| {
        format!("\"0\",\"F\",\"{code}\",\"\",\"{name}\",\"20240601\",\"99999999\"\r\n")
    };
    let text: String = FORMULAS.iter().map(row).collect();
    warifu_masters::charset::Charset::Windows31J.encode(&text).unwrap()
}

#[test]
fn a_new_master_is_one_toml_file() {
    let stage = Stage::new();
    std::fs::write(stage.path("f_20240601.txt"), file()).unwrap();
    let ran = stage.warifu("inspect f_20240601.txt").ends(0);
    assert!(ran.out.contains("not a master this program knows"), "{}", ran.out);

    let schemas = stage.path("site");
    std::fs::create_dir_all(schemas.join("layouts")).unwrap();
    let example = checkout().join("docs/examples/tooth-7.toml");
    std::fs::copy(example, schemas.join("layouts/tooth-7.toml")).unwrap();
    let ran = stage.warifu("--schemas site inspect f_20240601.txt").ends(0);
    assert!(ran.out.contains("tooth-7") && ran.out.contains("full, 3 rows"), "{}", ran.out);
    stage.warifu("--schemas site validate f_20240601.txt").ends(0);
    stage.warifu("--schemas site convert f_20240601.txt --from kikin --to kokuho -o f.euc").ends(0);
    stage.warifu("init repo --series r06=tooth:2024-06-01").ends(0);
    stage.warifu("--schemas site import --repo repo --series r06 f_20240601.txt").ends(0);
    let ran = stage.warifu("--schemas site show --repo repo 101520").ends(0);
    assert!(ran.out.contains("上顎右５番欠損"), "{}", ran.out);
    stage.warifu("--schemas site export --repo repo HEAD:tooth --original -o back.txt").ends(0);
    assert!(std::fs::read(stage.path("back.txt")).unwrap() == file());
}

//! The commands that work on files alone, on the real files.

use crate::stage::{Stage, checkout, data};

#[test]
fn inspect_tells_what_a_file_is_by_its_content() {
    let Some(data) = data("inspect on real files") else { return };
    let stage = Stage::new();
    // Its name says nothing.
    std::fs::copy(data.join("comment/c_20240531.csv"), stage.path("mail.dat")).unwrap();
    let ran = stage.warifu("inspect mail.dat").ends(0);
    insta::assert_snapshot!(ran.out, @r"
    mail.dat
      master     comment master, comment-30
      format     kikin (windows-31j, CRLF, every field quoted)
      role       differential, 38 rows
      sha256     902664502c50eed3559c448f97cb5c407f9ec13f1c5cf2b9eb730ce29ebd9e7f (7,133 bytes)
      canonical  0823e876833c2c225c4ff6ac29e51539ec4a88477789cc002d7b89e1a8d2cca1
    ");
    let ran = stage.warifu("inspect mail.dat --lang ja").ends(0);
    insta::assert_snapshot!(ran.out, @r"
    mail.dat
      マスター   コメントマスター, comment-30
      形式       kikin (windows-31j, CRLF, 全項目引用符付き)
      種別       変更分、38 行
      sha256     902664502c50eed3559c448f97cb5c407f9ec13f1c5cf2b9eb730ce29ebd9e7f (7,133 bytes)
      正準形     0823e876833c2c225c4ff6ac29e51539ec4a88477789cc002d7b89e1a8d2cca1
    ");
    let every = stage
        .warifu("inspect --json {data}/material/t_ALL20240531.csv {data}/claims/RECEIPTC_GAIRAI_SAMPLE.UKE")
        .ends(0);
    let every = every.json();
    assert_eq!(every[0]["layout"], "material-38");
    assert_eq!(every[1]["kind"], serde_json::Value::Null, "a claim file is no master, and that is said");
    assert_eq!(every[1]["findings"]["list"][0]["found"], "UKE (RECEIPTC.UKE)");
}

#[test]
fn validate_names_the_three_kana_that_were_too_long() {
    let Some(_) = data("validate on real files") else { return };
    let stage = Stage::new();
    let ran = stage.warifu("validate --format kikin {data}/procedure/s_20220325.csv --json").ends(1);
    let report = &ran.json()[0];
    assert_eq!(report["findings"]["counts"]["field/too-long"], 3);
    let first = &report["findings"]["list"][0];
    assert_eq!((first["line"].as_u64(), first["column"].as_u64()), (Some(868), Some(7)));
    assert!(ran.err.contains("s_20220325.csv:868:7:short_kana: denied field/too-long"), "{}", ran.err);
}

#[test]
fn apply_writes_the_published_full_byte_for_byte_and_says_where_one_differs() {
    let Some(data) = data("apply on real files") else { return };
    let stage = Stage::new();
    let c = "{data}/comment/c_";
    let chain = format!("apply {c}ALL20240412.csv {c}20240509.csv {c}20240524.csv {c}20240531.csv");
    let ran = stage.warifu(&format!("{chain} -o next.csv --expect {c}ALL20240531.csv")).ends(0);
    assert!(ran.out.contains("exactly this") && ran.err.is_empty(), "{}{}", ran.out, ran.err);
    let published = std::fs::read(data.join("comment/c_ALL20240531.csv")).unwrap();
    assert!(std::fs::read(stage.path("next.csv")).unwrap() == published);

    let chain = format!("apply {c}ALL20240531.csv {c}20240719.csv {c}20240726.csv");
    let ran = stage.warifu(&format!("{chain} -o summer.csv --expect {c}ALL20240726.csv --json")).ends(0);
    let counts = ran.json()["expected"]["findings"]["counts"].clone();
    assert_eq!(counts, serde_json::json!({ "chain/reset": 1 }), "{}", ran.err);

    // A differential is missing: nothing is written.
    let ran = stage
        .warifu(&format!("apply {c}ALL20240412.csv {c}20240531.csv -o x.csv --expect {c}ALL20240531.csv"))
        .ends(1);
    assert!(ran.err.contains("chain/"), "{}", ran.err);
    assert!(!stage.path("x.csv").exists());
}

#[test]
fn convert_goes_there_and_back_and_refuses_the_wrong_declaration() {
    let Some(data) = data("convert on real files") else { return };
    let stage = Stage::new();
    stage.warifu("convert {data}/drug/y_20240906.csv --from kikin --to kokuho -o y.euc").ends(0);
    stage.warifu("convert y.euc --from kokuho --to kikin -o back.csv").ends(0);
    let original = std::fs::read(data.join("drug/y_20240906.csv")).unwrap();
    assert!(std::fs::read(stage.path("back.csv")).unwrap() == original);

    let ran = stage.warifu("convert y.euc --from kikin --to kokuho-utf8 -o never.csv").ends(1);
    assert!(ran.err.contains("file/format") && ran.err.contains("kokuho (eucJP-ms)"), "{}", ran.err);
    assert!(!stage.path("never.csv").exists());
}

#[test]
fn a_differential_of_two_fulls_takes_the_older_to_the_newer() {
    let Some(_) = data("diff on real files") else { return };
    let stage = Stage::new();
    let (old, new) = ("{data}/material/t_ALL20240315.csv", "{data}/material/t_ALL20240531.csv");
    stage.warifu(&format!("diff {old} {new} --output differential -o t.csv")).ends(0);
    stage.warifu(&format!("apply {old} t.csv -o next.csv")).ends(0);
    let ran = stage.warifu(&format!("diff next.csv {new} --json")).ends(0);
    let summary = ran.json()["summary"].clone();
    assert_eq!((summary["added"].as_u64(), summary["changed"].as_u64()), (Some(0), Some(0)), "{summary}");

    let ran = stage.warifu(&format!("diff {old} {new}")).ends(0);
    let first: Vec<&str> = ran.out.lines().skip(1).take(4).collect();
    insta::assert_debug_snapshot!(first);
}

#[test]
fn a_rule_of_the_site_is_asked_of_a_full_file() {
    let stage = Stage::new();
    let demo = checkout().join("masters/demo/2024-05");
    std::fs::copy(demo.join("c_ALL20240501.csv"), stage.path("c_ALL20240501.csv")).unwrap();
    let rule = "[[rule]]\nid = \"site/no-tests\"\nkind = \"comment\"\nseverity = \"deny\"\n\
                require = \"!new.name.contains('検査')\"\ntext_en = \"names a test\"\ntext_ja = \"検査を含みます\"\n";
    std::fs::create_dir_all(stage.path("site/rules")).unwrap();
    stage.write("site/rules/comments.toml", rule);
    let ran = stage.warifu("validate c_ALL20240501.csv --schemas site --json").ends(1);
    let report = &ran.json()[0];
    let count = report["findings"]["counts"]["site/no-tests"].as_u64().unwrap();
    let first = &report["findings"]["list"][0];
    assert_eq!((first["code"].as_str(), first["rule"].as_str()), (Some("site/rule"), Some("site/no-tests")));
    assert!(count > 0 && ran.err.contains("denied site/no-tests: names a test (name "), "{}", ran.err);
    stage.write("site/rules/comments.toml", rule.replace("new.name", "new.nane"));
    let ran = stage.warifu("validate c_ALL20240501.csv --schemas site --lang ja").ends(2);
    assert!(ran.err.contains("comment masters have no column nane"), "{}", ran.err);
}

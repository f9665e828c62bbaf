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
      format     kikin (windows-31j, CRLF, every field quoted), certain
      role       differential, 38 rows
      sha256     902664502c50eed3559c448f97cb5c407f9ec13f1c5cf2b9eb730ce29ebd9e7f (7,133 bytes)
      canonical  0823e876833c2c225c4ff6ac29e51539ec4a88477789cc002d7b89e1a8d2cca1
    ");
    let ran = stage.warifu("inspect mail.dat --lang ja").ends(0);
    insta::assert_snapshot!(ran.out, @r"
    mail.dat
      マスター   コメントマスター、comment-30
      形式       kikin（windows-31j、CRLF、全項目引用符付き）、確実
      種別       変更分、38 行
      sha256     902664502c50eed3559c448f97cb5c407f9ec13f1c5cf2b9eb730ce29ebd9e7f（7,133 バイト）
      正準形     0823e876833c2c225c4ff6ac29e51539ec4a88477789cc002d7b89e1a8d2cca1
    ");
    let every = stage
        .warifu("inspect --json {data}/material/t_ALL20240531.csv {data}/claims/RECEIPTC_GAIRAI_SAMPLE.UKE")
        .ends(0);
    let every = every.json();
    assert_eq!(every["files"][0]["layout"], "material-38");
    assert_eq!(
        every["files"][1]["kind"],
        serde_json::Value::Null,
        "a claim file is no master, and that is said"
    );
    assert_eq!(every["files"][1]["findings"]["list"][0]["found"], "UKE (RECEIPTC.UKE)");
}

#[test]
fn validate_names_the_three_kana_that_were_too_long() {
    let Some(_) = data("validate on real files") else { return };
    let stage = Stage::new();
    let ran = stage.warifu("validate --format kikin {data}/procedure/s_20220325.csv --json").ends(1);
    let report = &ran.json()["files"][0];
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
    assert_eq!(counts, serde_json::json!({ "chain/date-dropped": 1 }), "{}", ran.err);

    // A differential is missing: nothing is written.
    let ran = stage
        .warifu(&format!("apply {c}ALL20240412.csv {c}20240531.csv -o x.csv --expect {c}ALL20240531.csv"))
        .ends(1);
    assert!(ran.err.contains("chain/"), "{}", ran.err);
    assert!(!stage.path("x.csv").exists());
}

#[test]
fn apply_takes_a_re_issue_in_the_place_of_what_it_repeats() {
    let Some(_) = data("apply of re-issues") else { return };
    let stage = Stage::new();
    let s = "{data}/procedure/s_";
    let chain =
        format!("apply {s}ALL20220218.csv {s}20220304.csv {s}20220311.csv {s}20220318.csv -o next.csv");
    let ran = stage.warifu(&format!("{chain} --json")).ends(0);
    let steps = ran.json()["steps"].clone();
    let count = |step: usize, code: &str| steps[step]["findings"]["counts"][code].as_u64();
    let re_issue: Vec<_> = (0..3).map(|step| count(step, "apply/re-issue")).collect();
    assert_eq!(re_issue, [None, Some(1), Some(1)]);
    assert_eq!(count(2, "apply/withdrawn"), Some(24));
    assert_eq!(count(2, "apply/new-on-existing"), None, "on the right base every row fits");
    // Only the last one counts, so without the two before it the state is the same.
    stage.warifu(&format!("apply {s}ALL20220218.csv {s}20220318.csv -o alone.csv")).ends(0);
    let [next, alone] = ["next.csv", "alone.csv"].map(|file| std::fs::read(stage.path(file)).unwrap());
    assert!(next == alone);
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
fn fixed_length_ebcdic_is_written_recognised_imported_and_given_back() {
    let Some(data) = data("EBCDIC on real files") else { return };
    let stage = Stage::new();
    let file = "{data}/procedure/s_ALL20240531.csv";
    let ran = stage.warifu(&format!("convert {file} --from kikin --to kokuho-ebcdic -o s.host")).ends(1);
    let first = "5:short_name: denied convert/overflow: 66 bytes are needed, the column has 64 [";
    assert!(ran.err.contains(first), "{}", ran.err);
    assert!(!stage.path("s.host").exists());
    let shorten = "--shorten short_name --shorten full_name";
    let ran = stage
        .warifu(&format!("convert {file} --from kikin --to kokuho-ebcdic {shorten} -o s.host --json"))
        .ends(0);
    let cut = ran.json()["shortened"].clone();
    assert_eq!(cut.as_array().unwrap().len(), 565);
    assert!(cut[0]["old"].as_str().unwrap().starts_with(cut[0]["new"].as_str().unwrap()), "{}", cut[0]);
    let ran =
        stage.warifu(&format!("convert {file} --from kikin --to kokuho-ebcdic --shorten nam -o x")).ends(2);
    assert!(ran.err.contains("no layout has a field nam"), "{}", ran.err);

    // The prices of drugs fit as they are.
    let drug = "{data}/drug/y_20240628.csv";
    stage.warifu(&format!("convert {drug} --from kikin --to kokuho-ebcdic -o y.host")).ends(0);
    let ran = stage.warifu("inspect y.host s.host --json").ends(0);
    let about = ran.json();
    for about in about["files"].as_array().unwrap() {
        assert_eq!(about["format"].as_str(), Some("kokuho-ebcdic"), "{about}");
        assert!(["certain", "likely"].contains(&about["confidence"].as_str().unwrap()), "{about}");
    }
    let (first, second) = (&about["files"][0], &about["files"][1]);
    assert_eq!((first["record_bytes"].as_u64(), second["rows"].as_u64()), (Some(686), Some(10_133)));
    stage.warifu("convert y.host --from kokuho-ebcdic --to kikin -o y.csv").ends(0);
    assert!(
        std::fs::read(stage.path("y.csv")).unwrap()
            == std::fs::read(data.join("drug/y_20240628.csv")).unwrap()
    );
    // The charset that differs from it in its kana only is told by them.
    for command in ["validate s.host --format", "convert s.host --to kikin -o x --from"] {
        let ran = stage.warifu(&format!("{command} kokuho-ebcdic-1390")).ends(1);
        assert!(ran.err.contains("file/format"), "{command} {}", ran.err);
    }

    stage.warifu("init repo --series r06=drug:2024-04-01").ends(0);
    let import = "import --repo repo --series r06 --dated 2024-03-21";
    stage
        .warifu(
            "convert {data}/drug/y_ALL20240321.csv --from kikin --to kokuho-ebcdic --shorten name \
             -o all.host",
        )
        .ends(0);
    let ran = stage.warifu(&format!("{import} all.host --format kikin")).ends(1);
    assert!(ran.err.contains("it looks like kokuho-ebcdic (ibm-1399)"), "{}", ran.err);
    let ran =
        stage.warifu(&format!("{import} {{data}}/drug/y_ALL20240321.csv --format kokuho-ebcdic")).ends(1);
    assert!(ran.err.contains("it looks like kikin (windows-31j)"), "{}", ran.err);
    stage.warifu(&format!("{import} all.host --format kokuho-ebcdic")).ends(0);
    stage.warifu("export --repo repo HEAD:drug --original -o back.host").ends(0);
    assert!(
        std::fs::read(stage.path("back.host")).unwrap() == std::fs::read(stage.path("all.host")).unwrap()
    );
    stage.warifu("export --repo repo HEAD:drug --format kokuho-ebcdic-930 -o y930.host").ends(0);
    let ran = stage.warifu("inspect y930.host").ends(0);
    assert!(
        ran.out.contains("kokuho-ebcdic-1390 (ibm-1390") || ran.out.contains("kokuho-ebcdic-930 (ibm-930"),
        "{}",
        ran.out
    );
}

/// A charset and a format of a site, as `docs/conversion.md` tells it.
#[test]
fn a_charset_of_a_site_is_one_table_file() {
    let Some(_) = data("a charset of a site") else { return };
    let stage = Stage::new();
    // The C library has none for this host; a table with other shifts stands for it.
    let table =
        std::fs::read_to_string(crate::stage::checkout().join("schemas/charsets/ibm-1399.ucm")).unwrap();
    let shifts = "<warifu:shift_double> \\x0A\\x42\n<warifu:shift_single> \\x0A\\x41\nCHARMAP\n";
    let table = table.replace("\"ibm-1399\"", "\"keis\"").replacen("CHARMAP\n", shifts, 1);
    let table: String = table.split_inclusive('\n').filter(|line| !line.contains(" \\x0A |")).collect();
    for folder in ["site/charsets", "site/formats"] {
        std::fs::create_dir_all(stage.path(folder)).unwrap();
    }
    stage.write("site/charsets/keis.ucm", table);
    stage.write(
        "site/formats/kokuho-keis.toml",
        "name = \"kokuho-keis\"\ntitle_ja = \"\"\ntitle_en = \"\"\ncharset = \"keis\"\nframing = \"fixed\"\n\
         record_end = \"0D25\"\nextension = \"keis\"\n",
    );
    let convert = "--schemas site convert {data}/drug/y_20240628.csv --from kikin";
    stage.warifu(&format!("{convert} --to kokuho-keis --shorten name -o y.keis")).ends(0);
    let ran = stage.warifu("--schemas site inspect y.keis").ends(0);
    assert!(ran.out.contains("kokuho-keis (keis, records of 686 bytes), certain"), "{}", ran.out);
    stage.write("site/charsets/keis.ucm", "<uconv_class> \"UTF-16\"\n");
    let ran = stage.warifu("--schemas site inspect y.keis").ends(2);
    assert!(ran.err.contains("charsets/keis.ucm: not a charset table: line 1: class UTF-16"), "{}", ran.err);
}

#[test]
fn a_differential_of_two_fulls_takes_the_older_to_the_newer() {
    let Some(_) = data("diff on real files") else { return };
    let stage = Stage::new();
    let (old, new) = ("{data}/material/t_ALL20240315.csv", "{data}/material/t_ALL20240531.csv");
    stage.warifu(&format!("diff {old} {new} --form differential -o t.csv")).ends(0);
    stage.warifu(&format!("apply {old} t.csv -o next.csv")).ends(0);
    let ran = stage.warifu(&format!("diff next.csv {new} --json")).ends(0);
    let summary = ran.json()["summary"].clone();
    assert_eq!((summary["added"].as_u64(), summary["changed"].as_u64()), (Some(0), Some(0)), "{summary}");

    // What became blank is written by no differential: told, and refused only where that is asked for.
    let (older, newer) = ("{data}/procedure/s_ALL20220218.csv", "{data}/procedure/s_ALL20240531.csv");
    let ran = stage.warifu(&format!("diff {older} {newer} --form differential -o s.csv")).ends(0);
    assert!(ran.err.contains("notice_ref_alpha: became blank in"), "{}", ran.err);
    stage.warifu("inspect s.csv").ends(0);
    let exact = format!("diff {older} {newer} --form differential --exact -o exact.csv");
    assert!(stage.warifu(&exact).ends(1).err.contains("nothing was written"));
    assert!(!stage.path("exact.csv").exists());

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
    let report = &ran.json()["files"][0];
    let count = report["findings"]["counts"]["site/no-tests"].as_u64().unwrap();
    let first = &report["findings"]["list"][0];
    assert_eq!((first["code"].as_str(), first["rule"].as_str()), (Some("site/rule"), Some("site/no-tests")));
    assert!(count > 0 && ran.err.contains("denied site/no-tests: names a test (name "), "{}", ran.err);
    stage.write("site/rules/comments.toml", rule.replace("new.name", "new.nane"));
    let ran = stage.warifu("validate c_ALL20240501.csv --schemas site --lang ja").ends(2);
    assert!(ran.err.contains("comment masters have no column nane"), "{}", ran.err);
}

//! Rules of a site: what they may say, what they find, and that nothing written in one stops the program.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fmt::Write as _;
use std::sync::LazyLock;

use proptest::prelude::*;
use warifu_masters::change::diff::diff;
use warifu_masters::file::read_canonical;
use warifu_masters::finding::{Code, Severity};
use warifu_masters::schema::Schemas;
use warifu_masters::table::Master;
use warifu_site_rules::SiteRules;
use warifu_values::lang::Lang;

/// A rule on procedures; `more` is further lines of its table.
fn rule(id: &str, require: &str, more: &str) -> String {
    format!(
        "[[rule]]\nid = \"{id}\"\nkind = \"procedure\"\nrequire = {require:?}\n\
         text_en = \"points rose\"\ntext_ja = \"点数が上がりました\"\n{more}\n"
    )
}

static BUILT_IN: LazyLock<Schemas> = LazyLock::new(|| Schemas::built_in().unwrap());

fn with(text: &str) -> Result<SiteRules, String> {
    let layouts: Vec<_> = BUILT_IN.layouts().collect();
    SiteRules::default().with([("rules/site.toml", text)], &layouts).map_err(|error| error.to_string())
}

/// A procedure master of (code, points).
fn procedures(rows: &[(&str, &str)]) -> Master {
    let schemas = &*BUILT_IN;
    let layout = schemas.layout("procedure-150").unwrap();
    let mut text = layout.canonical_header() + "\n";
    for (code, points) in rows {
        let field = |id: &str| match id {
            "procedure_code" => *code,
            "points" => *points,
            "short_name" => "初診料",
            _ => "",
        };
        let fields: Vec<_> = layout.columns.iter().map(|column| field(&column.id)).collect();
        writeln!(text, "{}", fields.join(",")).unwrap();
    }
    read_canonical(schemas, "procedure", text.into_bytes()).unwrap()
}

const RISE: &str = "double(new.points) <= double(old.points) * 1.3";
const IF_OLD: &str = "when = \"old != null\"\n";

#[test]
fn a_rule_over_two_versions_finds_what_breaks_it() {
    let rules = with(&rule("site/rise", RISE, IF_OLD)).unwrap();
    let old = procedures(&[("111000110", "288.00"), ("112007410", "73.00")]);
    let new = procedures(&[("111000110", "400.00"), ("112007410", "75.00"), ("113000110", "999.00")]);
    let findings = rules.check(&new, Some(&old));
    let [finding] = findings.list() else { panic!("{findings:?}") };
    assert_eq!(
        (finding.name(), finding.code, finding.severity, finding.key.as_deref(), finding.line),
        ("site/rise", Code::SiteRule, Severity::Warn, Some("111000110"), Some(2))
    );
    assert_eq!(finding.text(Lang::En), "points rose (points 400.00 <- points 288.00)");
    assert_eq!(finding.text(Lang::Ja), "点数が上がりました (points 400.00 <- points 288.00)");
    assert!(rules.check(&new, None).is_empty());
    let diff = diff(&old, &new).unwrap();
    let of_changes = rules.check_changes(&diff);
    assert_eq!(of_changes.list().len(), 1);
    assert_eq!(of_changes.list()[0].line, None);
}

#[test]
fn a_rule_that_cannot_be_evaluated_on_a_record_is_a_finding() {
    let rules = with(&rule("site/rise", RISE, "severity = \"deny\"")).unwrap();
    let master = procedures(&[("111000110", "288.00")]);
    let findings = rules.check(&master, None);
    assert_eq!(findings.counts().collect::<Vec<_>>(), [(Code::SiteNotEvaluated, 1)]);
    assert!(findings.denies(), "a rule that denies does not let pass what it cannot judge");
    assert!(findings.list()[0].text(Lang::En).contains("site/rise"), "{findings:?}");
}

#[test]
fn rules_are_counted_one_by_one() {
    let noisy = rule("site/noisy", "key == ''", "severity = \"note\"");
    let strict = rule("site/strict", "key != '111000110'", "severity = \"deny\"");
    let rules = with(&(noisy + &strict)).unwrap();
    let codes: Vec<String> = (0..300).map(|at| format!("{:09}", 111_000_110 + at)).collect();
    let rows: Vec<_> = codes.iter().map(|code| (code.as_str(), "1.00")).collect();
    let findings = rules.check(&procedures(&rows), None);
    let counts: Vec<_> = findings.counts_by_name().map(|(name, count)| format!("{name} {count}")).collect();
    assert_eq!(counts, ["site/noisy 300", "site/strict 1"]);
    assert!(findings.denies(), "a hundred notes hide no refusal");
}

#[test]
fn what_is_wrong_with_a_rule_is_named() {
    let long = format!("new.points == '{}'", "0".repeat(2_000));
    let deep = format!("{}1{} == 1", "(".repeat(40), ")".repeat(40));
    let chain = format!("{} != ''", vec!["key"; 300].join(" + "));
    let cases = [
        ("new.pionts == ''", "require: procedure masters have no column pionts"),
        ("new.points ==", "require: line 1, column "),
        ("new == null", "new stands alone"),
        ("has(old.points)", "has(old.points) says nothing"),
        ("price == ''", "nothing is called price"),
        ("new.points.matches('[0-9]*')", "there is no function matches"),
        ("[1, 2].all(x, [1, 2].all(y, x == y))", "a loop inside a loop"),
        ("Point{x: 1} == null", "there is no type Point"),
        (&long, "the limit is 2000"),
        (&deep, "brackets are open at once"),
        (&chain, "levels deep"),
    ];
    for (require, expected) in cases {
        let error = with(&rule("site/x", require, "")).unwrap_err();
        assert!(error.starts_with("rules/site.toml: rule site/x: ") && error.contains(expected), "{error}");
    }
    for (text, expected) in [
        (rule("points", "true", ""), "an id is site/"),
        (rule("site/rule", "true", ""), "an id is site/"),
        (rule("site/a", "true", "") + &rule("site/a", "true", ""), "rule site/a is there twice"),
        (rule("site/a", "true", "").replace("procedure", "procedures"), "there is no kind procedures"),
        (rule("site/a", "true", "surprise = 1"), "surprise"),
    ] {
        let error = with(&text).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn examples_are_tried_when_a_rule_is_read() {
    let example = |points: &str, holds: bool| {
        format!(
            "{IF_OLD}[[rule.example]]\nnew = {{ points = {points:?} }}\nold = {{ points = \"288.00\" }}\nholds = {holds}\n"
        )
    };
    with(&rule("site/rise", RISE, &example("300.00", true))).unwrap();
    with(&rule("site/rise", RISE, &example("400.00", false))).unwrap();
    for (points, holds, expected) in [
        ("400.00", true, "example 1: does not hold, and should"),
        ("300.00", false, "example 1: holds, and should not"),
        ("many", true, "example 1: cannot be evaluated"),
    ] {
        let error = with(&rule("site/rise", RISE, &example(points, holds))).unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
}

/// The page that says how rules are written holds rules that are right: their examples are tried here.
#[test]
fn the_rules_of_the_documentation_are_right() {
    let page = include_str!("../../../docs/rules.md");
    let blocks = page.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let text: String = blocks.filter(|block| block.contains("[[rule]]")).collect();
    let rules = with(&text).unwrap();
    let ids: Vec<_> = rules.ids().collect();
    assert_eq!(
        ids,
        ["site/comment-patterns", "site/points-rise", "site/price-rise", "site/visit-codes-stay"]
    );
    assert_eq!(text.matches("[[rule.example]]").count(), 5, "each rule has an example");
}

#[test]
fn a_column_that_an_edition_lacks_leaves_the_rule_out() {
    let text = rule("site/elective", "new.elective_care_class != '2'", "").replace("procedure", "drug");
    let rules = with(&text).unwrap();
    for (edition, expected) in [("drug-40", 0), ("drug-42", 1)] {
        let layout = BUILT_IN.layout(edition).unwrap();
        let field = |id: &str| match id {
            "drug_code" => "670000001",
            "elective_care_class" => "2",
            _ => "",
        };
        let fields: Vec<_> = layout.columns.iter().map(|column| field(&column.id)).collect();
        let text = format!("{}\n{}\n", layout.canonical_header(), fields.join(","));
        let master = read_canonical(&BUILT_IN, "drug", text.into_bytes()).unwrap();
        assert_eq!(rules.check(&master, None).list().len(), expected, "{edition}");
    }
}

/// Words of the language, right and wrong, in any order.
fn expression() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("new.points".to_owned()),
        Just("old.points".to_owned()),
        Just("old".to_owned()),
        Just("null".to_owned()),
        Just("key".to_owned()),
        Just("[1, key, 2.5]".to_owned()),
        Just("{'a': 1}".to_owned()),
        Just("9223372036854775807".to_owned()),
        Just("1e308".to_owned()),
        Just("''".to_owned()),
        Just("b'\\xff'".to_owned()),
        "[-+*/%<>=!&|?:.,()\\[\\]{}]{1,2}",
        "(double|int|uint|string|size|timestamp|matches)\\(",
        "\\.(all|exists|map|filter|contains|startsWith)\\((x, )?",
        "\\PC{0,3}",
    ];
    proptest::collection::vec(word, 0..40).prop_map(|words| words.join(" "))
}

/// Expressions that are right more often than not.
fn sound_expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("new.points".to_owned()),
        Just("old.points".to_owned()),
        Just("key".to_owned()),
        Just("null".to_owned()),
        Just("true".to_owned()),
        "-?[0-9]{1,19}",
        "[0-9]{1,3}\\.[0-9]{1,3}",
        "'[a-zあ]{0,3}'",
    ];
    leaf.prop_recursive(6, 64, 4, |inner| {
        prop_oneof![
            (inner.clone(), "(\\+|-|\\*|/|%|<|<=|>|>=|==|!=|&&|\\|\\||in)", inner.clone())
                .prop_map(|(a, operator, b)| format!("({a} {operator} {b})")),
            (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            ("(double|int|uint|string|size|-|!)", inner.clone()).prop_map(|(of, a)| format!("{of}({a})")),
            (inner.clone(), "(contains|startsWith|endsWith)", inner.clone())
                .prop_map(|(a, of, b)| format!("{a}.{of}({b})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("[{a}, {b}].exists(x, x == {c})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}][{b}]")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("{{{a}: {b}}}")),
        ]
    })
}

fn is_answered(require: &str) {
    let Ok(rules) = with(&rule("site/x", require, "")) else { return };
    let old = procedures(&[("111000110", "288.00")]);
    let new = procedures(&[("111000110", "400.00"), ("112007410", "")]);
    let findings = rules.check(&new, Some(&old));
    assert!(findings.list().len() <= 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_expression_stops_the_program(require in expression()) {
        is_answered(&require);
    }

    #[test]
    fn no_sound_expression_stops_the_program(require in sound_expression()) {
        is_answered(&require);
    }

    #[test]
    fn no_text_stops_the_program(require in "\\PC{0,60}") {
        is_answered(&require);
    }
}

/// The longest of what the limits let through, on the small stack of a thread.
#[test]
fn the_deepest_expressions_are_answered() {
    let unary = |sign: &str| format!("{}true", sign.repeat(1_900));
    let chain = |operator: &str| vec!["key"; 300].join(operator);
    for require in [
        unary("!"),
        unary("-"),
        unary("! "),
        chain(" + "),
        chain(" == "),
        chain(" && "),
        chain(" || "),
        chain("."),
        chain(" ? "),
        format!("key{}", ".x".repeat(900)),
        format!("key{}", "[0]".repeat(600)),
        format!("key{}", ".size()".repeat(250)),
        "(".repeat(1_900),
        "[".repeat(1_900),
        "{".repeat(1_900),
        "'".repeat(1_901),
        "?".repeat(1_900),
        "a ? b : ".repeat(200) + "c",
        format!("[{}].all(x, x == 1)", vec!["1"; 600].join(",")),
    ] {
        is_answered(&require);
    }
}

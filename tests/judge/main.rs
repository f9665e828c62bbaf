//! One judge for everybody: what the publishing side lets in, checks and signs, no checker of the same
//! version refuses, whatever the files say and whatever was accepted by name.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::Path;

use jiff::civil::date;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use warifu::error::Failure;
use warifu::release::{FORMATS, When, contents};
use warifu::store::{Author, Config, ImportError, ImportRequest, Store};
use warifu_checker::candidate::Candidate;
use warifu_checker::release::ReleaseContent;
use warifu_masters::finding::{Code, Severity};
use warifu_masters::schema::Schemas;
use warifu_trust::testing::{head, held as held_by};
use warifu_values::lang::{Lang, Speak as _};

/// A field that is written over: which record, which column, by what.
type Edit = (Index, Index, &'static str);

/// A record of a differential: of which record of the full, as what class, only what was edited or whole.
type Row = (Index, &'static str, bool, Vec<Edit>);

/// What comes in for one master: its full with edits, and differentials on it.
#[derive(Debug, Clone)]
struct Chain {
    prefix: char,
    full: Vec<Edit>,
    differentials: Vec<Vec<Row>>,
}

/// Right in some column and wrong in others.
const VALUES: &[&str] = &[
    "",
    "0",
    "1",
    "9",
    "3",
    "00",
    "-1",
    "12345678901",
    "1.234",
    "99999999",
    "20240601",
    "20240230",
    "20240101",
    "見本",
    "ﾐﾎﾝ",
    "ﾐﾎﾝﾐﾎﾝﾐﾎﾝﾐﾎﾝﾐﾎﾝﾐﾎﾝﾐﾎﾝﾐﾎﾝ",
    "abc",
    "114990110",
    "810990001",
];

fn edits(most: usize) -> impl Strategy<Value = Vec<Edit>> {
    prop::collection::vec((any::<Index>(), any::<Index>(), select(VALUES)), 0..most)
}

fn chain(prefix: char) -> impl Strategy<Value = Chain> {
    let row = (any::<Index>(), select(&["3", "5", "9"][..]), any::<bool>(), edits(4));
    let differential = prop::collection::vec(row, 1..4);
    let differentials = prop::collection::vec(differential, 0..3);
    (edits(3), differentials).prop_map(move |(full, differentials)| Chain { prefix, full, differentials })
}

/// The fields of a demonstration file; none holds a comma.
fn full_of(prefix: char) -> Vec<Vec<String>> {
    let file = match prefix {
        's' => "2024-06/s_ALL20240531.csv",
        'c' => "2024-06/c_ALL20240531.csv",
        't' => "2024-06/t_ALL20240531.csv",
        _ => "2024-05/y_ALL20240401.csv",
    };
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../masters/demo").join(file);
    let text = std::fs::read_to_string(path).unwrap();
    let fields = |line: &str| line.split(',').map(|field| field.trim_matches('"').to_owned()).collect();
    text.lines().map(fields).collect()
}

fn bytes_of(rows: &[Vec<String>]) -> Vec<u8> {
    let line = |row: &Vec<String>| {
        let quoted: Vec<String> = row.iter().map(|field| format!("\"{field}\"")).collect();
        quoted.join(",") + "\r\n"
    };
    rows.iter().map(line).collect::<String>().into_bytes()
}

fn edit(rows: &mut [Vec<String>], edits: &[Edit]) {
    for (row, column, value) in edits {
        let row = row.index(rows.len());
        let column = column.index(rows[row].len());
        (*value).clone_into(&mut rows[row][column]);
    }
}

/// Where the key of the master stands; a comment's is of four columns and the code.
fn is_key(prefix: char, column: usize) -> bool {
    match prefix {
        'c' => column < 6 || column == 23,
        _ => column < 3,
    }
}

fn differential(prefix: char, full: &[Vec<String>], rows: &[Row]) -> Vec<Vec<String>> {
    let made = rows.iter().enumerate().map(|(at, (of, class, whole, edits))| {
        let mut row = full[of.index(full.len())].clone();
        if !whole {
            let blank = |(column, field): (usize, &mut String)| {
                if !is_key(prefix, column) {
                    field.clear();
                }
            };
            row.iter_mut().enumerate().for_each(blank);
        }
        (*class).clone_into(&mut row[0]);
        if *class == "3" && prefix != 'c' {
            row[2] = format!("{}9{at:03}7770", &row[2][..1]);
        }
        let mut one = [row];
        edit(&mut one, edits);
        let [row] = one;
        row
    });
    made.collect()
}

/// Imports the file, accepting by name whatever refuses it; whether it was taken.
fn import(store: &Store, name: &str, bytes: &[u8]) -> bool {
    let author = Author::parse("Property <property@example.jp>").unwrap();
    let mut accept: Vec<(Code, String)> = Vec::new();
    for _ in 0..4 {
        let request = ImportRequest {
            bytes,
            name,
            series: "r06",
            kind: None,
            format: None,
            role: None,
            dated: None,
            accept: &accept,
            correction: None,
            author: Some(&author),
            now: "2024-09-01T00:00:00Z".parse().unwrap(),
        };
        let refused = match store.import(&request) {
            Ok(_) => return true,
            Err(ImportError::Refused(refused)) => refused,
            Err(error) => panic!("{name}: {error:?}"),
        };
        let before = accept.len();
        let denied = refused.findings.list().iter().filter(|finding| finding.severity == Severity::Deny);
        for finding in denied {
            if !accept.iter().any(|(code, _)| *code == finding.code) {
                accept.push((finding.code, "as it was published".to_owned()));
            }
        }
        if accept.len() == before {
            return false;
        }
    }
    false
}

/// What came of a case, so that the test can say that it asked something.
#[derive(Debug, Default, Clone, Copy)]
struct Asked {
    released: bool,
    let_pass: bool,
}

fn signers_and_checker_agree(chains: &[Chain]) -> Result<Asked, TestCaseError> {
    let folder = tempfile::tempdir().unwrap();
    let schemas = Schemas::built_in().unwrap();
    let author = Author::parse("Property <property@example.jp>").unwrap();
    let now = "2024-09-01T00:00:00Z".parse().unwrap();
    let store =
        Store::init(&folder.path().join("m"), schemas, &Config::known_series(), Some(&author), now).unwrap();
    let today = date(2024, 9, 1);
    for Chain { prefix, full: edits, differentials } in chains {
        let mut full = full_of(*prefix);
        edit(&mut full, edits);
        if !import(&store, &format!("{prefix}_ALL20240531.csv"), &bytes_of(&full)) {
            continue;
        }
        for (at, rows) in differentials.iter().enumerate() {
            let name = format!("{prefix}_20240{}15.csv", at + 7);
            import(&store, &name, &bytes_of(&differential(*prefix, &full, rows)));
        }
    }
    if store.masters("HEAD").unwrap().is_empty() {
        return Ok(Asked::default());
    }
    let checked = store.check("HEAD", today).unwrap();
    for state in &checked.states {
        // What contradicts other masters of the series is for the most part asked when all of them are there.
        let is_of_one = |code: Code| !code.as_str().starts_with("across/");
        let denied = || {
            let list = state.findings.list().iter();
            list.filter(|finding| finding.severity == Severity::Deny && is_of_one(finding.code))
        };
        prop_assert!(denied().next().is_none(), "let in, and refused by check: {:?}", denied().next());
    }
    let formats = FORMATS.map(str::to_owned);
    let held = match contents(&store, "HEAD", &formats, When::today(today)) {
        Ok(held) => held,
        // What an organisation's charset cannot hold is no release; that is asked before anybody signs.
        Err(Failure { .. }) => return Ok(Asked::default()),
    };
    let let_pass = held.masters.iter().any(|master| !master.let_pass.is_empty());
    let (manifest, bytes) = held_by(head(1, None), &held.masters);
    let content = ReleaseContent::new(manifest, bytes).unwrap();
    let built = Candidate::build(&Schemas::built_in().unwrap(), content);
    let told = built.as_ref().map(|_| String::new()).unwrap_or_else(|said| said.say(Lang::En));
    prop_assert!(built.is_ok(), "signed by both, and refused by the checker: {told}");
    Ok(Asked { released: true, let_pass })
}

#[test]
fn what_signers_let_pass_no_checker_refuses() {
    // A case is a repository and a dozen imports: some a second. PROPTEST_CASES asks more of them.
    let cases =
        if std::env::var_os("PROPTEST_CASES").is_some() { ProptestConfig::default().cases } else { 32 };
    let config = ProptestConfig {
        failure_persistence: None,
        max_shrink_iters: 300,
        ..ProptestConfig::with_cases(cases)
    };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let chains = (chain('s'), chain('c'), chain('t'), chain('y')).prop_map(|(s, c, t, y)| [s, c, t, y]);
    let count = std::cell::Cell::new((0, 0, 0));
    let outcome = runner.run(&chains, |chains| {
        let asked = signers_and_checker_agree(&chains)?;
        let (cases, released, let_pass) = count.get();
        let more = |before: u32, is: bool| before + u32::from(is);
        count.set((cases + 1, more(released, asked.released), more(let_pass, asked.let_pass)));
        Ok(())
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    let (cases, released, let_pass) = count.get();
    assert!(released * 2 > cases, "{released} of {cases} cases came to a release: too few to say anything");
    assert!(let_pass * 4 > cases, "{let_pass} of {cases} cases had something let pass: too few");
}

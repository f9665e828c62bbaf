//! What the plausibility checks say of the published differentials, and of files of another price revision.
//! Real files are read in place from `../shared/data` beside the checkout; left out where it is missing.
#![expect(clippy::disallowed_methods, reason = "tests read files")]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod published;

use std::path::Path;

use published::data;
use warifu_masters::change::differential::apply;
use warifu_masters::change::plausibility::{Plausibility, plausibility};
use warifu_masters::change::reissue::reissue;
use warifu_masters::file::{Declared, read, read_canonical};
use warifu_masters::finding::Code;
use warifu_masters::schema::Schemas;
use warifu_masters::table::Master;

fn master(data: &Path, file: &str) -> Master {
    let bytes = std::fs::read(data.join(file)).unwrap();
    read(&Schemas::built_in().unwrap(), bytes, &Declared::default()).master.unwrap()
}

/// The differentials of a folder by date, but for samples.
fn differentials(data: &Path, folder: &str) -> Vec<String> {
    let names = std::fs::read_dir(data.join(folder)).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter(|name| !name.contains("ALL") && !name.contains("sample")).collect();
    names.sort();
    names
}

/// `old values agreeing/compared, related agreeing/compared, moved range`.
fn told(judged: &Plausibility) -> String {
    let (old, related) = (judged.old_values, judged.related);
    let range = judged.movement.map(|(least, most)| format!(" ×{least:.2}–{most:.2}")).unwrap_or_default();
    format!("{}/{} {}/{} {}{range}", old.agree, old.compared, related.agree, related.compared, judged.moved)
}

const DENYING: [Code; 4] =
    [Code::BaseOldValue, Code::BaseRelatedValue, Code::BaseJump, Code::BaseMassMovement];

#[test]
fn every_published_drug_differential_is_plausible_on_its_base() {
    let Some(data) = data() else { return };
    let mut state = master(&data, "drug/y_ALL20240321.csv");
    let mut said = Vec::new();
    for name in differentials(&data, "drug") {
        let file = master(&data, &format!("drug/{name}"));
        let judged = plausibility(&state, &file, Some(&name[2..10]));
        assert!(!judged.findings.denies(), "{name}: {:?}", judged.findings.list());
        said.push(format!("{name} {}", told(&judged)));
        state = apply(&state, &file).unwrap().state;
    }
    assert_eq!(
        said,
        [
            "y_20240417.csv 0/0 3/3 0",
            "y_20240521.csv 0/0 4/4 0",
            "y_20240531.csv 0/0 0/0 0",
            "y_20240613.csv 3/3 9/9 3 ×0.92–0.97",
            "y_20240628.csv 0/0 0/0 0",
            "y_20240717.csv 6/6 0/0 6 ×0.89–0.95",
            "y_20240731.csv 0/0 0/0 0",
            "y_20240814.csv 0/0 0/0 0",
            "y_20240906.csv 0/0 0/0 0",
            "y_20240925.csv 0/0 0/0 0",
            "y_20241018.csv 8/8 0/0 8 ×0.83–0.96",
        ]
    );
}

#[test]
fn every_published_procedure_differential_of_r04_is_plausible_on_its_base() {
    let Some(data) = data() else { return };
    let mut state = master(&data, "procedure/s_ALL20220218.csv");
    let mut last: Option<(Master, Master)> = None;
    let (mut compared, mut said) = (0, Vec::new());
    let of_r04 = |name: &String| {
        let date = &name[2..10];
        date < "20240306" || matches!(date, "20240315" | "20240320" | "20240516")
    };
    for name in differentials(&data, "procedure").into_iter().filter(of_r04) {
        let file = master(&data, &format!("procedure/{name}"));
        if let Some((before, previous)) = last.take()
            && reissue(&previous, &file).is_some()
        {
            state = before;
        }
        let judged = plausibility(&state, &file, Some(&name[2..10]));
        assert!(!judged.findings.denies(), "{name}: {:?}", judged.findings.list());
        compared += judged.old_values.compared;
        if judged.moved > 0 {
            said.push(format!("{name} {}", told(&judged)));
        }
        let next = apply(&state, &file).unwrap().state;
        last = Some((std::mem::replace(&mut state, next), file));
    }
    assert_eq!(compared, 3_116, "{said:#?}");
}

/// `master` with fields written anew by `edit` (row, column).
fn rewritten(master: &Master, edit: impl Fn(usize, usize) -> Option<String>) -> Master {
    let layout = master.layout();
    let mut text = layout.canonical_header() + "\n";
    for row in 0..master.rows() {
        let field = |column| edit(row, column).unwrap_or_else(|| master.field(row, column).to_owned());
        let fields: Vec<String> = (0..layout.width()).map(field).collect();
        text.push_str(&(fields.join(",") + "\n"));
    }
    read_canonical(&Schemas::built_in().unwrap(), &layout.kind, text.into_bytes()).unwrap()
}

/// A price revision: more than half of all prices move, as in April 2025.
fn revised(price: &str, key: &str) -> String {
    let number: f64 = price.parse().unwrap();
    let part = key.bytes().map(u32::from).sum::<u32>() % 9;
    format!("{:.2}", if part < 5 { number * (0.90 + f64::from(part) / 100.0) } else { number })
}

/// The differentials of a series r07, made from the published ones of r06: the same products, but every price in
/// them (new, old, of related products) is one of the revised list. On r06's state they apply without a complaint;
/// where a row says anything of a price, it is stopped.
#[test]
fn differentials_of_a_later_price_revision_are_stopped_on_r06() {
    let Some(data) = data() else { return };
    let mut state = master(&data, "drug/y_ALL20240321.csv");
    let (mut stopped, mut silent) = (Vec::new(), Vec::new());
    for name in differentials(&data, "drug") {
        let file = master(&data, &format!("drug/{name}"));
        let layout = file.layout();
        let [price, old, related] =
            ["price", "old_price", "related_product_code"].map(|id| layout.column(id).unwrap());
        let of_r07 = rewritten(&file, |row, column| {
            // A product and what it is related to have one price, so both are revised alike.
            let belongs = file.field(row, related);
            let key = if belongs.trim_matches('0').is_empty() {
                file.key(row).into_owned()
            } else {
                belongs.to_owned()
            };
            let value = file.field(row, column);
            ((column == price || column == old) && !value.is_empty()).then(|| revised(value, &key))
        });
        let applied = apply(&state, &of_r07).unwrap();
        assert_eq!(applied.misfits(), 0, "{name}: nothing in the rule of differentials complains");
        let judged = plausibility(&state, &of_r07, Some("20250415"));
        let denied = judged.findings.denies();
        assert_eq!(denied, DENYING.iter().any(|code| judged.findings.count(*code) > 0));
        let names = if denied { &mut stopped } else { &mut silent };
        names.push(name[2..10].to_owned());
        assert!(denied || judged.findings.count(Code::BaseNoEvidence) == 1, "{name} {}", told(&judged));
        state = apply(&state, &file).unwrap().state;
    }
    assert_eq!(stopped, ["20240417", "20240521", "20240613", "20240717", "20241018"]);
    // These say nothing of a price that the base has; days and the next full are what tells.
    assert_eq!(silent, ["20240531", "20240628", "20240731", "20240814", "20240906", "20240925"]);
}

#[test]
fn a_revision_in_one_differential_is_stopped() {
    let Some(data) = data() else { return };
    let state = master(&data, "drug/y_ALL20240321.csv");
    let price = state.layout().column("price").unwrap();
    let revised = rewritten(&state, |row, column| {
        (column == price).then(|| revised(state.field(row, price), &state.key(row)))
    });
    let (differential, _) = warifu_masters::change::diff::diff(&state, &revised).unwrap().differential();
    let judged = plausibility(&state, &differential, None);
    assert_eq!(judged.findings.count(Code::BaseMassMovement), 1, "{}", told(&judged));
}

#[test]
fn a_price_ten_times_too_high_is_stopped() {
    let Some(data) = data() else { return };
    let state = master(&data, "drug/y_ALL20240321.csv");
    let file = master(&data, "drug/y_20240717.csv");
    let state =
        ["20240417", "20240521", "20240531", "20240613", "20240628"].iter().fold(state, |state, date| {
            apply(&state, &master(&data, &format!("drug/y_{date}.csv"))).unwrap().state
        });
    let price = file.layout().column("price").unwrap();
    let slipped = rewritten(&file, |row, column| {
        let value: f64 = file.field(row, price).parse().ok().filter(|_| row == 2 && column == price)?;
        Some(format!("{:.2}", value * 10.0))
    });
    let judged = plausibility(&state, &slipped, None);
    assert_eq!(judged.findings.count(Code::BaseJump), 1);
    assert!(judged.findings.denies());
}

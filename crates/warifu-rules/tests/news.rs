//! What the rules find new in a change is the same whether they see what changed or everything.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "the published files are read in place")]

#[path = "../../warifu-masters/tests/published/mod.rs"]
mod published;

use std::collections::BTreeMap;

use published::data;
use warifu_masters::change::diff::diff;
use warifu_masters::file::{Declared, read, read_canonical};
use warifu_masters::finding::{Code, Finding, Findings, Severity};
use warifu_masters::schema::Schemas;
use warifu_masters::table::Master;
use warifu_rules::consistency::{CATALOGUE, Shown, check, check_new};
use warifu_values::day::PublicationDay;

type Rows = BTreeMap<String, Vec<String>>;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

fn master<'a>(
    schemas: &Schemas,
    kind: &str,
    header: &str,
    rows: impl Iterator<Item = &'a Vec<String>>,
) -> Master {
    let mut text = format!("{header}\n");
    for row in rows {
        let quoted = |field: &String| match field.contains([',', '"']) {
            true => format!("\"{}\"", field.replace('"', "\"\"")),
            false => field.clone(),
        };
        text.push_str(&row.iter().map(quoted).collect::<Vec<_>>().join(","));
        text.push('\n');
    }
    read_canonical(schemas, kind, text.into_bytes()).unwrap()
}

/// What is found in `new` and was not in `old`: every rule asked of every record, twice. None where there is
/// so much that not all of it is kept.
fn slowly(old: &Master, new: &Master, published: Option<PublicationDay>) -> Option<Vec<Finding>> {
    let all = |master| {
        let found = check(master, published).without_lines();
        let few =
            |(code, count): (Code, u64)| count < Findings::EXAMPLES || code.severity() == Severity::Note;
        let all_kept = found.counts().all(few);
        all_kept.then_some(found)
    };
    let (known, found) = (all(old)?, all(new)?);
    let new = found.list().iter().filter(|one| one.severity > Severity::Note && !known.list().contains(one));
    Some(new.cloned().collect())
}

/// Of some records fields become what other records have there, some go, and some come in as copies.
fn changed(rows: &Rows, columns: &[usize], key: usize, dice: &mut Dice) -> Rows {
    let keys: Vec<&String> = rows.keys().collect();
    let mut changed = rows.clone();
    for _ in 0..1 + dice.below(6) {
        let (one, other) = (keys[dice.below(keys.len())], keys[dice.below(keys.len())]);
        match dice.below(8) {
            0 => {
                changed.remove(one);
            }
            1 => {
                let mut copy = rows[one].clone();
                copy[key] = format!("{}{}", &one[..6], 100 + dice.below(900));
                changed.insert(copy[key].clone(), copy);
            }
            _ => {
                let column = columns[dice.below(columns.len())];
                let value = rows[other][column].clone();
                if column != key
                    && let Some(row) = changed.get_mut(one)
                {
                    row[column] = value;
                }
            }
        }
    }
    changed
}

/// Changes a published file at random; of single fields too, since few records come or go in a differential.
fn the_same_is_found(file: &str, rounds: usize) {
    let schemas = Schemas::built_in().unwrap();
    let Some(data) = data() else { return };
    let bytes = std::fs::read(data.join(file)).unwrap();
    let old = read(&schemas, bytes, &Declared::default()).master.unwrap();
    let layout = old.layout();
    let (kind, header) = (layout.kind.clone(), layout.canonical_header());
    let key = layout.key[0].0;
    let row = |row: usize| (0..layout.width()).map(|column| old.field(row, column).to_owned()).collect();
    let rows: Rows = (0..old.rows()).map(|at| (old.key(at).into_owned(), row(at))).collect();
    // Names of other records break no rule: changing them would only leave less for what does.
    let asked = CATALOGUE.iter().filter(|rule| rule.code != Code::SetStandIn);
    let asked = asked.filter(|rule| rule.kinds.contains(&kind.as_str()));
    let mut columns: Vec<usize> =
        asked.flat_map(|rule| rule.columns).filter_map(|id| layout.position(id)).collect();
    columns.extend(layout.position("elective_care_class"));
    let published = PublicationDay::parse("20240601");
    let (mut dice, mut news, mut in_part) = (Dice(rounds as u64), 0, 0);
    for _ in 0..rounds {
        let after = changed(&rows, &columns, key, &mut dice);
        let new = master(&schemas, &kind, &header, after.values());
        let Some(expected) = slowly(&old, &new, published) else { continue };
        let whole = check_new(&diff(&old, &new).unwrap(), published, Shown::Whole).unwrap();
        assert_eq!(whole.list(), expected);
        // What differs, and one in eight of the others.
        let shown: Vec<&String> = rows
            .keys()
            .chain(after.keys())
            .filter(|key| rows.get(*key) != after.get(*key) || dice.below(8) == 0)
            .collect();
        let part = |rows: &Rows| {
            let shown: BTreeMap<_, _> =
                shown.iter().filter_map(|key| Some((*key, rows.get(*key)?))).collect();
            master(&schemas, &kind, &header, shown.into_values())
        };
        let (old, new) = (part(&rows), part(&after));
        if let Some(found) = check_new(&diff(&old, &new).unwrap(), published, Shown::Part) {
            assert_eq!(found.list(), expected);
            in_part += 1;
            news += usize::from(!expected.is_empty());
        }
    }
    assert!(in_part > 0 && news > 0, "{in_part} in part, {news} with news");
}

#[test]
fn what_is_new_in_procedures_needs_only_what_changed() {
    the_same_is_found("procedure/s_ALL20240531.csv", 12);
}

#[test]
fn what_is_new_in_drugs_needs_only_what_changed() {
    the_same_is_found("drug/y_ALL20240321.csv", 20);
}

#[test]
fn what_is_new_in_materials_needs_only_what_changed() {
    the_same_is_found("material/t_ALL20240531.csv", 48);
}

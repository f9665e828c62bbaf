//! What belongs to a record, by small masters.

use super::bonds::KEY;
use super::{BONDS, relations};
use crate::file::read_canonical;
use crate::schema::Schemas;
use crate::table::Master;

type Fields = &'static [(&'static str, &'static str)];

fn master(schemas: &Schemas, layout: &str, records: &[Fields]) -> Master {
    let layout = schemas.layout(layout).unwrap();
    let mut text = format!("{}\n", layout.canonical_header());
    for record in records {
        let value = |id: &str| record.iter().find(|(known, _)| *known == id).map_or("", |(_, value)| value);
        let fields: Vec<_> = layout.columns.iter().map(|column| value(&column.id)).collect();
        text.push_str(&format!("{}\n", fields.join(",")));
    }
    read_canonical(schemas, &layout.kind, text.into_bytes()).unwrap()
}

/// What belongs to the first record of the first master: bond and codes.
fn found(masters: &[(&str, &[Fields])]) -> Vec<(&'static str, Vec<String>)> {
    let schemas = Schemas::built_in().unwrap();
    let masters: Vec<Master> =
        masters.iter().map(|(layout, records)| master(&schemas, layout, records)).collect();
    let rows = |kind: &str, _: &str| {
        Ok::<_, std::convert::Infallible>(masters.iter().find(|one| one.layout().kind == kind).cloned())
    };
    let groups = relations(&masters[0], 0, rows).unwrap();
    let codes = |items: &[super::Item]| items.iter().map(|item| item.code.clone()).collect();
    groups.iter().map(|group| (group.bond.id, codes(&group.items))).collect()
}

#[test]
fn a_procedure_has_its_comments_ages_and_rows_of_the_points_table() {
    let found = found(&[
        (
            "procedure-150",
            &[
                &[
                    ("procedure_code", "111000110"),
                    ("age_addition_1_code", "111000370"),
                    ("age_addition_2_code", "000000000"),
                ],
                &[("procedure_code", "111000370"), ("age_addition_1_code", "0")],
                &[("procedure_code", "112000110")],
            ],
        ),
        (
            "comment-relation-30",
            &[
                &[("procedure_code", "111000110"), ("comment_code", "830000001")],
                &[("procedure_code", "111000111"), ("comment_code", "830000002")],
            ],
        ),
        (
            "points-exclusion-month-10",
            &[
                &[("procedure_code", "111000110"), ("other_code", "113010370")],
                &[("procedure_code", "113010370"), ("other_code", "111000110")],
            ],
        ),
        ("points-count-limit-14", &[&[("procedure_code", "111000110"), ("unit_code", "121")]]),
        (
            "points-auxiliary-27",
            &[
                &[("procedure_code", "111000110"), ("inclusion_group_1", "A000001")],
                &[("procedure_code", "113000110"), ("inclusion_group_2", "B000001")],
            ],
        ),
        (
            "points-inclusion-7",
            &[
                &[("group", "A000001"), ("procedure_code", "160000110")],
                &[("group", "B000001"), ("procedure_code", "111000110")],
            ],
        ),
    ]);
    let codes = |codes: &[&str]| codes.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        found,
        [
            ("comments", codes(&["830000001"])),
            ("age-additions", codes(&["111000370"])),
            ("excluded-month", codes(&["113010370"])),
            ("counted-at-most", codes(&["121"])),
            ("includes", codes(&["160000110"])),
            ("included-in", codes(&["113000110"])),
        ]
    );
}

#[test]
fn drugs_of_one_generic_name_and_diseases_of_one_successor_belong_together() {
    let drugs: [Fields; 3] = [
        &[("drug_code", "620000001"), ("generic_name_code", "2171022F1ZZZ")],
        &[("drug_code", "620000002"), ("generic_name_code", "2171022F1ZZZ")],
        &[("drug_code", "620000003")],
    ];
    assert_eq!(found(&[("drug-42", &drugs)]), [("same-generic-name", vec!["620000002".to_owned()])]);
    let diseases = found(&[
        ("disease-46", &[&[("disease_code", "2500013"), ("successor_code", "2500013")]]),
        ("former-disease-46", &[&[("disease_code", "2500001"), ("successor_code", "2500013")]]),
    ]);
    // It names itself, which is no successor.
    assert_eq!(diseases, [("replaced-former", vec!["2500001".to_owned()])]);
    let former = found(&[
        ("former-disease-46", &[&[("disease_code", "2500001"), ("successor_code", "2500013")]]),
        ("disease-46", &[&[("disease_code", "2500013")]]),
    ]);
    assert_eq!(former, [("successor", vec!["2500013".to_owned()])]);
}

/// A column that no layout has would silently give nothing.
#[test]
fn every_field_of_a_bond_is_a_column_of_its_master() {
    let schemas = Schemas::built_in().unwrap();
    let has = |kind: &str, id: &str| {
        id == KEY || schemas.layouts().any(|layout| layout.kind == kind && layout.position(id).is_some())
    };
    for bond in BONDS {
        for (kind, id) in bond.fields() {
            assert!(has(kind, id), "{}: {kind} has no {id}", bond.id);
        }
    }
}

#[test]
fn the_page_tells_every_bond() {
    let page = include_str!("../../../../docs/find.md");
    for bond in BONDS {
        assert!(page.contains(&format!("`{}`", bond.id)), "{} is not told", bond.id);
    }
}

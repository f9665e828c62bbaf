//! The layouts held against the official specification, column by column: name, mode, width and codes.
//!
//! `specification/r06.tsv` and `specification/r08.tsv` are the items of its 令和6 and 令和8 editions; what they
//! were taken from stands at their heads. `specification/points-r06.tsv` has those of the 電子点数表.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};

use warifu_masters::schema::{ColumnType, Schemas};

const R06: &str = include_str!("specification/r06.tsv");
const R08: &str = include_str!("specification/r08.tsv");
const POINTS: &str = include_str!("specification/points-r06.tsv");

/// The example of a master that a site adds.
const EXAMPLE: (&str, &str) = ("layouts/tooth-7.toml", include_str!("../../../docs/examples/tooth-7.toml"));

/// One item (項目) of a master.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Item<'a> {
    name: &'a str,
    mode: &'a str,
    bytes: u32,
    codes: BTreeSet<&'a str>,
}

/// The items of an edition by master and number.
fn items(edition: &'static str) -> BTreeMap<(&'static str, usize), Item<'static>> {
    let lines = edition.lines().filter(|line| !line.starts_with('#')).skip(1);
    let item = |line: &'static str| {
        let [master, number, name, mode, bytes, codes] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("{line}: not six fields")
        };
        let codes = codes.split(',').filter(|code| !code.is_empty()).collect();
        let item = Item { name, mode, bytes: bytes.parse().unwrap(), codes };
        ((master, number.parse().unwrap()), item)
    };
    lines.map(item).collect()
}

/// The layouts, and the edition of the specification that each is of. The relation table of 2020 is older
/// than both: its codes are fewer.
const LAYOUTS: &[(&str, &str)] = &[
    ("comment-30", R06),
    ("comment-relation-18", R06),
    ("comment-relation-30", R06),
    ("disease-46", R06),
    ("drug-35", R06),
    ("drug-40", R06),
    ("drug-42", R06),
    ("drug-42-r08", R08),
    ("former-disease-46", R08),
    ("material-37", R06),
    ("material-38", R06),
    ("material-38-r08", R08),
    ("modifier-19", R06),
    ("points-auxiliary-27", POINTS),
    ("points-count-limit-14", POINTS),
    ("points-exclusion-day-10", POINTS),
    ("points-exclusion-month-10", POINTS),
    ("points-exclusion-simultaneous-10", POINTS),
    ("points-exclusion-week-10", POINTS),
    ("points-inclusion-7", POINTS),
    ("points-inpatient-basic-8", POINTS),
    ("procedure-150", R06),
    ("procedure-150-r08", R08),
    ("tooth-7", R06),
];

/// Values that published files have or had, and the specification has not: layout, column, values.
const BEYOND: &[(&str, &str, &[&str])] = &[
    ("comment-relation-18", "condition_class", &["0", "1", "2", "3"]),
    ("material-37", "price_kind", &["3", "4"]),
    ("material-37", "old_price_kind", &["4"]),
    ("material-38", "price_kind", &["3", "4"]),
    ("material-38", "old_price_kind", &["4"]),
    ("material-38-r08", "price_kind", &["3", "4"]),
    ("points-auxiliary-27", "inclusion_unit_1", &["0", "1", "2", "3", "5", "6"]),
    ("points-auxiliary-27", "inclusion_unit_2", &["0", "1", "2", "3", "5", "6"]),
    ("points-auxiliary-27", "inclusion_unit_3", &["0", "1", "2", "3", "5", "6"]),
    ("points-count-limit-14", "unit_code", &["0"]),
    ("procedure-150", "hospital_clinic_class", &["3"]),
    ("procedure-150", "nursing_addition", &["70", "71", "72"]),
    ("procedure-150", "short_stay_surgery", &["2", "4"]),
    ("procedure-150-r08", "hospital_clinic_class", &["3"]),
    ("procedure-150-r08", "short_stay_surgery", &["2", "4"]),
];

/// 旧傷病名管理ファイル has the layout of 傷病名マスター (note 1 of page 10), and the two part its change classes: 9 says
/// that a code went from the one to the other.
const PARTED: [(&str, &[&str]); 2] =
    [("disease-46", &["0", "1", "2", "3", "5"]), ("former-disease-46", &["9"])];

/// The master in whose items the specification has a layout's.
fn master_of(kind: &str) -> &str {
    if kind == "former-disease" { "disease" } else { kind }
}

/// Lists that stand in 別紙 or in prose, so that the extract has none.
const LISTED_ELSEWHERE: &[&str] = &[
    "bundled_decline_class",
    "code_table_alpha",
    "nursing_addition",
    "tally_column_inpatient",
    "tally_column_outpatient",
    "unit_code",
];

/// A name as far as the layouts write it like the specification: they part group and item as they please.
fn plain(name: &str) -> String {
    name.chars().filter(|character| !matches!(character, ' ' | '/')).collect()
}

fn is_of_mode(column_type: ColumnType, mode: &str) -> bool {
    match mode {
        // What is never used may be anything.
        _ if column_type == ColumnType::Reserve => true,
        "numeric" => {
            use ColumnType::{Alnum, Date, Decimal, Digits};
            matches!(column_type, Digits | Decimal | Date | Alnum)
        }
        "kanji" => matches!(column_type, ColumnType::Kanji | ColumnType::Text),
        // 英数 and 英数カナ: half-width in most masters, full-width readings in those of diseases.
        _ => !matches!(column_type, ColumnType::Decimal | ColumnType::Date),
    }
}

#[test]
fn every_column_of_every_layout_is_as_the_specification_has_it() {
    let schemas = Schemas::built_in().unwrap().with([EXAMPLE]).unwrap();
    let known: Vec<String> = schemas.layouts().map(|layout| layout.name()).collect();
    assert_eq!(known, LAYOUTS.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    let mut wrong = Vec::new();
    let mut beyond = BTreeSet::new();
    for (name, edition) in LAYOUTS {
        let (layout, items) = (schemas.layout(name).unwrap(), items(edition));
        for (at, column) in layout.columns.iter().enumerate() {
            let item = &items[&(master_of(&layout.kind), at + 1)];
            let mut differs = |what: &str, found: String| {
                wrong.push(format!("{name}:{}:{} {what}: {found}, but {item:?}", at + 1, column.id));
            };
            // An item that is called like its group is written once in some layouts.
            let once = item.name.split_once('/').filter(|(group, name)| group == name).map(|(_, name)| name);
            if plain(&column.name) != plain(item.name) && Some(column.name.as_str()) != once {
                differs("name", column.name.clone());
            }
            if column.bytes != Some(item.bytes) {
                differs("bytes", format!("{:?}", column.bytes));
            }
            if !is_of_mode(column.column_type, item.mode) {
                differs("type", format!("{:?}", column.column_type));
            }
            let values: BTreeSet<&str> = layout.values(at).unwrap_or_default().into_iter().collect();
            let more: Vec<&str> = values.difference(&item.codes).copied().collect();
            let of_class = PARTED.iter().find(|(of, _)| of == name && column.id == "change_class");
            let is_newer = *name == "comment-relation-18"
                || of_class.is_some_and(|(_, part)| values == BTreeSet::from_iter(part.iter().copied()))
                || values.is_superset(&item.codes);
            let is_elsewhere = LISTED_ELSEWHERE.contains(&column.id.as_str()) && item.codes.is_empty();
            let is_unused = item.name == "予備" && values == BTreeSet::from(["0"]);
            if !is_newer {
                differs("codes", format!("{values:?}"));
            } else if !more.is_empty() && !is_elsewhere && !is_unused {
                beyond.insert((*name, column.id.clone(), more.join(",")));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    let known = BEYOND.iter().map(|(name, id, values)| (*name, (*id).to_owned(), values.join(",")));
    assert_eq!(beyond, known.collect());
}

/// Every change class of 傷病名 is in one of the two layouts that part them, and in one only.
#[test]
fn two_masters_of_one_layout_part_its_change_classes() {
    let schemas = Schemas::built_in().unwrap();
    let mut parts = BTreeSet::new();
    for (name, part) in PARTED {
        let (_, classes) = schemas.layout(name).unwrap().change_classes().unwrap();
        assert_eq!(classes, part);
        assert!(part.iter().all(|class| parts.insert(*class)), "{name}");
    }
    assert_eq!(parts, items(R06)[&("disease", 1)].codes);
}

/// What the 令和8 edition changes, item by item. Names that are only written otherwise are left out.
#[test]
fn the_edition_of_2026_differs_in_these_items() {
    let (old, new) = (items(R06), items(R08));
    let differing = new.iter().filter(|(at, item)| {
        let was = &old[*at];
        let is_reserve = |item: &Item<'_>| item.name == "予備";
        // Where the list stands in 別紙 the extract of this edition has none.
        let other_codes = was.codes != item.codes && !item.codes.is_empty();
        was.bytes != item.bytes || other_codes || is_reserve(was) != is_reserve(item)
    });
    let told: Vec<String> = differing
        .map(|((master, number), item)| {
            let was = &old[&(*master, *number)];
            let codes = |from: &Item<'_>, to: &Item<'_>| {
                from.codes.difference(&to.codes).copied().collect::<Vec<_>>().join(",")
            };
            let (gone, come) = (codes(was, item), codes(item, was));
            let names = if was.name == item.name {
                item.name.to_owned()
            } else {
                format!("{} -> {}", was.name, item.name)
            };
            format!("{master} {number} {names}: {} -> {} bytes, -[{gone}] +[{come}]", was.bytes, item.bytes)
        })
        .collect();
    let expected = [
        "drug 24 旧金額/金額種別 -> 予備: 1 -> 1 bytes, -[0,1,3,7] +[]",
        "drug 25 旧金額/旧金額 -> 予備: 13 -> 13 bytes, -[] +[]",
        "material 17 旧金額/金額種別 -> 予備: 1 -> 1 bytes, -[0,1,2,5,9] +[]",
        "material 18 旧金額/旧金額 -> 予備: 13 -> 13 bytes, -[] +[]",
        "material 38 再製造単回使用医療機器: 3 -> 3 bytes, -[] +[004]",
        "procedure 1 変更区分: 1 -> 1 bytes, -[] +[2]",
        "procedure 51 検査等実施判断グループ区分: 2 -> 2 bytes, -[] +[18]",
        "procedure 54 頸部郭清術併施加算区分 -> 頸部郭清術併施加算等区分: 1 -> 1 bytes, -[] +[2]",
        "procedure 57 旧点数/点数識別 -> 予備: 1 -> 1 bytes, -[0,1,3,4,5,6,7,8] +[]",
        "procedure 58 旧点数/旧点数 -> 予備: 10 -> 10 bytes, -[] +[]",
        "procedure 70 地域加算: 1 -> 1 bytes, -[6,7] +[]",
        "procedure 112 異動関連 -> 予備: 9 -> 9 bytes, -[] +[]",
        "procedure 131 再製造単回使用医療機器使用加算: 3 -> 3 bytes, -[] +[004]",
        "procedure 132 予備 -> 物価対応料区分: 1 -> 1 bytes, -[] +[0,1,2]",
        "procedure 133 予備 -> 物価対応料グループ区分: 1 -> 3 bytes, -[] +[]",
        "procedure 134 予備 -> 臓器移植実施体制確保加算: 1 -> 1 bytes, -[] +[0,1]",
        "procedure 135 予備 -> 内視鏡手術用支援機器加算: 1 -> 1 bytes, -[] +[0,1]",
        "procedure 136 予備 -> 遠隔電子処方箋活用加算等: 1 -> 1 bytes, -[] +[0,1,2]",
        "procedure 137 予備 -> 外科医療確保特別加算: 1 -> 1 bytes, -[] +[0,1]",
    ];
    assert_eq!(told, expected);
}

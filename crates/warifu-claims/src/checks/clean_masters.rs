//! The masters that the clean file of tests is right by, and those of the cases beside it.

use std::fmt::Write as _;
use std::sync::LazyLock;

use super::comments_due::cases as comments_due;
use super::together::cases as together;
use crate::lookup::{MasterOf, Snapshot};
use warifu_masters::file::read_canonical;
use warifu_masters::past::{Governs, Timelines};
use warifu_masters::schema::{ABOLISHED_ON, CHANGED_ON, Schemas};
use warifu_masters::table::Master;
use warifu_values::day::{PublicationDay, TreatmentDay};

/// Fields of a record by id; all else is blank.
type Fields = &'static [(&'static str, &'static str)];

const FEE: Fields = &[
    ("procedure_code", "111000110"),
    (CHANGED_ON, "20240601"),
    (ABOLISHED_ON, "99999999"),
    ("point_kind", "3"),
    ("points", "291.00"),
];
const STEPPED: Fields = &[
    ("procedure_code", "170000410"),
    (CHANGED_ON, "20240601"),
    (ABOLISHED_ON, "99999999"),
    ("point_kind", "3"),
    ("points", "85.00"),
    ("step_method", "1"),
    ("step_lower_limit", "2"),
    ("step_upper_limit", "99"),
    ("step_value", "1"),
    ("step_points", "43.00"),
    ("step_limit_error", "2"),
];
const ENDED: Fields = &[("procedure_code", "180000010"), (CHANGED_ON, "0"), (ABOLISHED_ON, "20240531")];
const LATER: Fields =
    &[("procedure_code", "180000020"), (CHANGED_ON, "20240701"), (ABOLISHED_ON, "99999999")];
const DRUG: Fields = &[
    ("drug_code", "620000001"),
    (CHANGED_ON, "20240401"),
    (ABOLISHED_ON, "99999999"),
    ("price_kind", "1"),
    ("price", "11.00"),
];
const DRUG_WITH_COMMENT: Fields = &[
    ("drug_code", "620000002"),
    (CHANGED_ON, "20240401"),
    (ABOLISHED_ON, "99999999"),
    ("price_kind", "1"),
    ("price", "11.00"),
];
const ELECTIVE_DRUG: Fields = &[
    ("drug_code", "620000003"),
    (CHANGED_ON, "20240401"),
    (ABOLISHED_ON, "99999999"),
    ("price_kind", "1"),
    ("price", "11.00"),
    ("elective_care_class", "1"),
];
const MATERIAL: Fields = &[
    ("material_code", "711000110"),
    (CHANGED_ON, "0"),
    (ABOLISHED_ON, "99999999"),
    ("price_kind", "1"),
    ("price", "350.00"),
];
/// Procedures like 初診料, each with what makes it special.
const SPECIAL: &[(&str, Fields)] = &[
    ("180000030", &[("inout_class", "1")]),
    ("180000040", &[("inout_class", "2")]),
    ("180000050", &[("elderly_class", "1")]),
    ("180000060", &[("elderly_class", "2")]),
    ("180000070", &[("dpc_class", "3")]),
    ("180000080", &[("age_lower", "75")]),
    ("180000090", &[("age_upper", "BK")]),
    ("180000100", &[("actual_days", "1")]),
    ("180000110", &[("actual_days", "2"), ("days_or_times", "1")]),
    ("180000120", &[("actual_days", "3"), ("days_or_times", "3")]),
    ("180000141", &[("outpatient_management_class", "2")]),
    ("180000142", &[("outpatient_management_class", "1")]),
    ("180000143", &[("notice_class_1", "7"), ("long_anesthesia_addition", "1")]),
    ("180000144", &[("long_anesthesia_addition", "2")]),
    ("180000145", &[("notice_class_1", "7"), ("outpatient_infection_addition", "9")]),
    ("180000146", &[("outpatient_infection_addition", "1")]),
    ("180000147", &[("notice_class_1", "7"), ("outpatient_infection_addition", "A")]),
    ("180000148", &[("outpatient_infection_addition", "2")]),
    ("180000151", &[("notice_class_1", "7"), ("age_upper", "75")]),
    ("180000152", &[("age_addition_3_code", "180000151")]),
    // An addition for some ages that nothing takes by name.
    ("180000153", &[("notice_class_1", "9"), ("age_upper", "75")]),
];
const PAID: Fields =
    &[("material_code", "711000130"), (CHANGED_ON, "0"), (ABOLISHED_ON, "99999999"), ("price_kind", "2")];
const OXYGEN: Fields = &[
    ("material_code", "711000140"),
    (CHANGED_ON, "0"),
    (ABOLISHED_ON, "99999999"),
    ("price_kind", "1"),
    ("price", "350.00"),
    ("material_kind", "2"),
    ("price_ceiling", "1"),
];
const FOR_OLD: Fields = &[
    ("material_code", "711000150"),
    (CHANGED_ON, "0"),
    (ABOLISHED_ON, "99999999"),
    ("price_kind", "1"),
    ("price", "350.00"),
    ("age_lower", "75"),
];
const FOR_YOUNG: Fields = &[
    ("material_code", "711000160"),
    (CHANGED_ON, "0"),
    (ABOLISHED_ON, "99999999"),
    ("price_kind", "1"),
    ("price", "350.00"),
    ("age_upper", "06"),
];
const COMPLETE: Fields = &[
    ("code_class", "8"),
    ("pattern", "20"),
    ("serial", "1"),
    (CHANGED_ON, "20240401"),
    (ABOLISHED_ON, "99999999"),
];
const ALSO_COMPLETE: Fields = &[
    ("code_class", "8"),
    ("pattern", "20"),
    ("serial", "2"),
    (CHANGED_ON, "20240401"),
    (ABOLISHED_ON, "99999999"),
];
const AND_COMPLETE: Fields = &[
    ("code_class", "8"),
    ("pattern", "20"),
    ("serial", "3"),
    (CHANGED_ON, "20240401"),
    (ABOLISHED_ON, "99999999"),
];
const WITH_TEXT: Fields = &[
    ("code_class", "8"),
    ("pattern", "30"),
    ("serial", "1"),
    (CHANGED_ON, "20240401"),
    (ABOLISHED_ON, "99999999"),
];
const WITH_DAY: Fields = &[
    ("code_class", "8"),
    ("pattern", "50"),
    ("serial", "1"),
    (CHANGED_ON, "20240401"),
    (ABOLISHED_ON, "99999999"),
];
const DISEASE: Fields =
    &[("disease_code", "2500013"), ("name", "ウ"), (CHANGED_ON, "20240601"), (ABOLISHED_ON, "99999999")];
/// A disease that needs a modifier, and one that needs another disease.
const OF_A_SITE: Fields = &[
    ("disease_code", "8830057"),
    ("name", "エ"),
    ("sole_use_class", "01"),
    (CHANGED_ON, "20240601"),
    (ABOLISHED_ON, "99999999"),
];
const NOT_CLAIMABLE: Fields =
    &[("disease_code", "8842173"), ("name", "イ"), ("not_claimable_class", "1"), (ABOLISHED_ON, "99999999")];
/// The same, since a day after the clean file's.
const NOT_CLAIMABLE_LATER: Fields = &[
    ("disease_code", "8842174"),
    ("not_claimable_class", "1"),
    (CHANGED_ON, "20240701"),
    (ABOLISHED_ON, "99999999"),
];
/// A disease that another one has taken the place of, and one without a successor.
const SUCCEEDED: Fields = &[
    ("disease_code", "2500001"),
    ("successor_code", "2500013"),
    (CHANGED_ON, "20230601"),
    (ABOLISHED_ON, "20240531"),
];
const FORMER: Fields = &[("disease_code", "2500002"), (CHANGED_ON, "20230601"), (ABOLISHED_ON, "20240531")];
const MODIFIER: Fields = &[("modifier_code", "8002"), (ABOLISHED_ON, "99999999")];
const ENDED_MODIFIER: Fields = &[("modifier_code", "8003"), (ABOLISHED_ON, "20240531")];

/// The masters that the clean file is right by; no material holds before 2024-06-20.
const MASTERS: &[(&str, &[Fields], &str)] = &[
    ("procedure", &[FEE, STEPPED, ENDED, LATER], "20240401"),
    ("drug", &[DRUG, DRUG_WITH_COMMENT, ELECTIVE_DRUG], "20240401"),
    ("material", &[MATERIAL, PAID, OXYGEN, FOR_OLD, FOR_YOUNG], "20240620"),
    ("comment", &[COMPLETE, ALSO_COMPLETE, AND_COMPLETE, WITH_TEXT, WITH_DAY], "20240401"),
    ("disease", &[DISEASE, OF_A_SITE, NOT_CLAIMABLE, NOT_CLAIMABLE_LATER], "20240401"),
    ("former-disease", &[SUCCEEDED, FORMER], "20240401"),
    ("modifier", &[MODIFIER, ENDED_MODIFIER], "20240401"),
];

fn master(schemas: &Schemas, kind: &str, records: &[Vec<(&str, &str)>]) -> Master {
    let layout = schemas.editions(kind).into_iter().last().unwrap();
    let mut text = layout.canonical_header() + "\n";
    for record in records {
        let mut fields = vec![""; layout.width()];
        for (id, value) in record {
            fields[layout.column(id).unwrap()] = value;
        }
        writeln!(text, "{}", fields.join(",")).unwrap();
    }
    read_canonical(schemas, kind, text.into_bytes()).unwrap()
}

pub(super) fn snapshot() -> &'static Snapshot {
    static SNAPSHOT: LazyLock<Snapshot> = LazyLock::new(made_snapshot);
    &SNAPSHOT
}

fn made_snapshot() -> Snapshot {
    let schemas = Schemas::built_in().unwrap();
    let published = PublicationDay::parse("20240401").unwrap();
    let made =
        MASTERS.iter().chain(together::MASTERS).chain(comments_due::MASTERS).map(|(kind, records, first)| {
            let mut all: Vec<_> = records.iter().map(|record| record.to_vec()).collect();
            if *kind == "procedure" {
                let special = SPECIAL.iter().map(|(code, columns)| {
                    let code = [("procedure_code", *code)];
                    [FEE, &code, columns].concat()
                });
                all.extend(special);
                let others = together::PROCEDURES.iter().chain(comments_due::PROCEDURES);
                all.extend(others.map(|record| record.to_vec()));
                // A state stands in the order of its codes; of one that is given twice the last counts.
                all.sort_by_key(|record| {
                    record.iter().rev().find(|(id, _)| *id == "procedure_code").copied()
                });
            }
            let master = master(&schemas, kind, &all);
            let governs = Governs { first: TreatmentDay::parse(first).unwrap(), last: None };
            (*kind, Timelines::of_state(governs, published, &master), master)
        });
    let made: Vec<_> = made.collect();
    let of = made.iter().map(|(kind, timelines, master)| MasterOf { series: "r06", kind, master, timelines });
    Snapshot::build(&of.collect::<Vec<_>>()).unwrap()
}

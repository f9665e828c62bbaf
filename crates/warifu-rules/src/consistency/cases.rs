//! For each rule a clean example that is broken once, and gives that finding and no other.

use super::{check, check_across, check_versions};
use warifu_masters::change::diff::diff;
use warifu_masters::file::read_canonical;
use warifu_masters::finding::{Code, Findings};
use warifu_masters::schema::Schemas;
use warifu_masters::table::Master;
use warifu_values::day::PublicationDay;

/// Fields of a record by id; those that are not named are the clean record's.
type Fields = &'static [(&'static str, &'static str)];

/// One rule broken once. Keys stand in order.
struct Case {
    code: Code,
    /// The masters it takes: a layout and the records that differ from the clean one.
    masters: &'static [(&'static str, &'static [Fields])],
    /// (master, record, field, value) of what breaks the rule.
    broken: (usize, usize, &'static str, &'static str),
}

const PROCEDURE: &str = "procedure-150";
const DRUG: &str = "drug-42";
const COMMENT: &str = "comment-30";
const MATERIAL: &str = "material-38";
const RELATION: &str = "comment-relation-18";
const DISEASE: &str = "disease-46";
const FORMER: &str = "former-disease-46";
const MODIFIER: &str = "modifier-19";
const AUXILIARY: &str = "points-auxiliary-27";
const EXCLUSION: &str = "points-exclusion-month-10";
const COUNTS: &str = "points-count-limit-14";
const INPATIENT: &str = "points-inpatient-basic-8";

const ADDITION: Fields =
    &[("procedure_code", "111000370"), ("notice_class_1", "7"), ("short_name", "幼加算")];
const SECOND_DRUG: Fields = &[("drug_code", "620000002")];
const GENERIC: Fields = &[
    ("generic_name_code", "2171022F1ZZZ"),
    ("generic_name_text", "【般】アムロジピン錠"),
    ("generic_addition_class", "1"),
];
const LONG_LISTED: Fields = &[("drug_code", "620000001"), ("price", "20.00"), ("elective_care_class", "1")];
const ELECTIVE: Fields = &[
    ("drug_code", "670000001"),
    ("price", "15.00"),
    ("elective_care_class", "2"),
    ("long_listed_related_code", "620000001"),
    ("name", "錠（選）"),
    ("name_length", "4"),
];
const EMBEDDED: Fields = &[
    ("pattern", "40"),
    ("comment_code", "840000001"),
    ("name", "前回　　月"),
    ("name_length", "5"),
    ("edit_1_position", "3"),
    ("edit_1_digits", "2"),
];
const FREE_TEXT: Fields =
    &[("pattern", "30"), ("comment_code", "830000001"), ("name", "理由；"), ("name_length", "3")];
const ABOLISHED: Fields = &[("change_class", "9"), ("abolished_on", "20240930"), ("changed_on", "20241001")];
const STEPPED: Fields = &[
    ("unit_code", "10"),
    ("unit_name", "個"),
    ("unit_name_length", "1"),
    ("step_method", "1"),
    ("step_lower_limit", "1"),
    ("step_value", "1"),
];

const FLAGGED: Fields = &[("exclusion_month", "1")];
const OTHER_FLAGGED: Fields = &[("procedure_code", "112000110"), ("exclusion_month", "1")];
const TURNED: Fields = &[("procedure_code", "112000110"), ("other_code", "111000110")];

/// What the clean record of `layout` holds; all else is blank.
fn clean(layout: &str) -> Fields {
    match layout {
        PROCEDURE => &[
            ("change_class", "0"),
            ("master_type", "S"),
            ("procedure_code", "111000110"),
            ("short_name", "初診料"),
            ("short_name_length", "3"),
            ("short_kana", "ｼｮｼﾝ"),
            ("short_kana_length", "4"),
            ("unit_code", "0"),
            ("unit_name_length", "0"),
            ("point_kind", "3"),
            ("points", "288.00"),
            ("old_point_kind", "3"),
            ("old_points", "282.00"),
            ("inout_class", "0"),
            ("tally_column_outpatient", "110"),
            ("tally_column_inpatient", "110"),
            ("step_method", "0"),
            ("step_lower_limit", "0"),
            ("step_upper_limit", "99999999"),
            ("step_value", "0"),
            ("step_points", "0.00"),
            ("step_limit_error", "0"),
            ("max_times", "0"),
            ("max_times_error", "0"),
            ("note_addition_code", "0"),
            ("note_addition_seq", "0"),
            ("notice_class_1", "1"),
            ("age_addition_1_lower", "00"),
            ("age_addition_1_upper", "00"),
            ("age_addition_1_code", "0"),
            ("code_table_alpha", "A"),
            ("code_table_section", "000"),
            ("point_table_section_no", "A000"),
            ("transfer_related_code", "0"),
            ("changed_on", "20240601"),
            ("abolished_on", "99999999"),
        ],
        DRUG => &[
            ("change_class", "0"),
            ("master_type", "Y"),
            ("drug_code", "620000001"),
            ("name", "錠"),
            ("name_length", "1"),
            ("kana", "ｼﾞｮｳ"),
            ("kana_length", "04"),
            ("unit_code", "16"),
            ("unit_name", "錠"),
            ("unit_name_length", "1"),
            ("price_kind", "1"),
            ("price", "10.10"),
            ("old_price_kind", "1"),
            ("old_price", "10.40"),
            ("related_product_code", "0"),
            ("dosage_form", "1"),
            ("changed_on", "20240401"),
            ("abolished_on", "99999999"),
            ("nhi_price_list_code", "2171022F1029"),
            ("transition_or_use_limit_on", "0"),
            ("generic_addition_class", "0"),
        ],
        DISEASE => &[
            ("change_class", "0"),
            ("master_type", "B"),
            ("disease_code", "2500013"),
            ("successor_code", "2500013"),
            ("name", "糖尿病"),
            ("name_length", "3"),
            ("short_name", "糖尿病"),
            ("short_name_length", "3"),
            ("kana", "トウニョウビョウ"),
            ("kana_length", "8"),
            ("disease_number", "20063046"),
            ("abolished_on", "99999999"),
            ("dental_short_name", "糖尿病"),
            ("dental_short_name_length", "3"),
        ],
        FORMER => &[
            ("change_class", "9"),
            ("master_type", "B"),
            ("disease_code", "2500001"),
            ("successor_code", "2500013"),
            ("name", "真性糖尿病"),
            ("name_length", "5"),
            ("short_name", "真性糖尿病"),
            ("short_name_length", "5"),
            ("kana", "シンセイトウニョウビョウ"),
            ("kana_length", "12"),
            ("abolished_on", "20030531"),
            ("successor_number", "20063046"),
            ("dental_short_name", "真性糖尿病"),
            ("dental_short_name_length", "5"),
        ],
        MODIFIER => &[
            ("change_class", "0"),
            ("master_type", "Z"),
            ("modifier_code", "8002"),
            ("name", "の疑い"),
            ("name_length", "3"),
            ("kana", "ノウタガイ"),
            ("kana_length", "5"),
            ("abolished_on", "99999999"),
            ("modifier_class", "A8000000"),
        ],
        COMMENT => &[
            ("change_class", "0"),
            ("master_type", "C"),
            ("code_class", "8"),
            ("pattern", "20"),
            ("serial", "1"),
            ("name", "妊婦"),
            ("name_length", "2"),
            ("kana", "ﾆﾝﾌﾟ"),
            ("kana_length", "04"),
            ("changed_on", "20240601"),
            ("abolished_on", "99999999"),
        ],
        MATERIAL => &[
            ("change_class", "0"),
            ("master_type", "T"),
            ("material_code", "710010001"),
            ("name", "輸血用器具"),
            ("name_length", "5"),
            ("kana", "ﾕｹﾂ"),
            ("kana_length", "3"),
            ("unit_code", "0"),
            ("unit_name_length", "0"),
            ("price_kind", "1"),
            ("price", "100.00"),
            ("old_price_kind", "1"),
            ("old_price", "90.00"),
            ("changed_on", "20240601"),
            ("transition_until", "00000000"),
            ("abolished_on", "99999999"),
        ],
        AUXILIARY => &[
            ("change_class", "0"),
            ("procedure_code", "111000110"),
            ("name", "初診料"),
            ("inclusion_unit_1", "0"),
            ("inclusion_group_1", "0"),
            ("inclusion_unit_2", "0"),
            ("inclusion_group_2", "0"),
            ("inclusion_unit_3", "0"),
            ("inclusion_group_3", "0"),
            ("exclusion_day", "0"),
            ("exclusion_month", "0"),
            ("exclusion_simultaneous", "0"),
            ("exclusion_week", "0"),
            ("inpatient_group", "000"),
            ("count_limited", "0"),
            ("changed_on", "20100401"),
            ("abolished_on", "99999999"),
        ],
        EXCLUSION => &[
            ("change_class", "0"),
            ("procedure_code", "111000110"),
            ("name", "初診料"),
            ("other_code", "112000110"),
            ("other_name", "再診料"),
            ("exclusion_class", "3"),
            ("special_condition", "0"),
            ("changed_on", "20120401"),
            ("abolished_on", "99999999"),
        ],
        COUNTS => &[
            ("change_class", "0"),
            ("procedure_code", "111000110"),
            ("name", "初診料"),
            ("unit_code", "121"),
            ("unit_name", "日"),
            ("max_times", "1"),
            ("special_condition", "0"),
            ("changed_on", "20120401"),
            ("abolished_on", "99999999"),
        ],
        INPATIENT => &[
            ("change_class", "0"),
            ("group", "001"),
            ("procedure_code", "190077070"),
            ("name", "１級地地域加算"),
            ("addition_class", "16"),
            ("changed_on", "20120401"),
            ("abolished_on", "99999999"),
        ],
        _ => &[
            ("change_class", "0"),
            ("notice_class", "1"),
            ("item_no", "1"),
            ("branch_no", "1"),
            ("procedure_code", "111000110"),
            ("comment_code", "820000001"),
            ("comment_text", "妊婦"),
            ("changed_on", "20240601"),
            ("abolished_on", "99999999"),
            ("condition_class", "01"),
            ("not_billed_reason", "0"),
            ("inout_class", "0"),
            ("times", "0"),
            ("publication_order", "1"),
        ],
    }
}

/// A case on one record of `layout`.
macro_rules! case {
    ($code:ident, $layout:expr, [$($record:expr),+], $at:literal $field:literal = $value:literal) => {
        Case { code: Code::$code, masters: &[($layout, &[$($record),+])], broken: (0, $at, $field, $value) }
    };
}

/// A case on the older and the newer state of `layout`: what is broken is in the newer one.
macro_rules! step {
    (
        $code:ident, $layout:expr, [$($old:expr),*] => [$($new:expr),*],
        $at:literal $field:literal = $value:literal
    ) => {
        Case {
            code: Code::$code,
            masters: &[($layout, &[$($old),*]), ($layout, &[$($new),*])],
            broken: (1, $at, $field, $value),
        }
    };
}

const CASES: &[Case] = &[
    case!(SetPriceZero, DRUG, [&[]], 0 "price" = "0.00"),
    case!(SetPriceZero, MATERIAL, [&[]], 0 "price" = "0"),
    case!(SetPricePurchase, MATERIAL, [&[("price_kind", "2"), ("price", "0.00")]], 0 "price" = "5.00"),
    case!(SetListPrice, DRUG, [&[], SECOND_DRUG], 1 "price" = "10.20"),
    case!(SetOldPrice, PROCEDURE, [&[]], 0 "old_points" = "0.00"),
    case!(SetOldPrice, MATERIAL, [&[]], 0 "old_price_kind" = "0"),
    case!(SetStep, PROCEDURE, [STEPPED], 0 "step_method" = "0"),
    case!(SetStepNeutral, PROCEDURE, [&[]], 0 "step_upper_limit" = "30"),
    case!(SetStepRange, PROCEDURE, [STEPPED], 0 "step_upper_limit" = "0"),
    case!(SetInOut, PROCEDURE, [&[]], 0 "inout_class" = "1"),
    case!(SetInOut, PROCEDURE, [&[]], 0 "tally_column_inpatient" = "0"),
    case!(SetMaxTimes, PROCEDURE, [&[]], 0 "max_times_error" = "1"),
    case!(SetUnitName, DRUG, [&[], SECOND_DRUG], 1 "unit_name" = "個"),
    case!(SetUnitName, DRUG, [&[]], 0 "unit_name" = "個"),
    case!(SetUnitBlank, MATERIAL, [&[]], 0 "unit_code" = "10"),
    case!(SetRelated, PROCEDURE,
        [&[("age_addition_1_upper", "06"), ("age_addition_1_code", "111000370")], ADDITION],
        0 "age_addition_1_code" = "111000371"),
    case!(SetRelated, DRUG, [&[], &[("drug_code", "620000002"), ("related_product_code", "620000001")]],
        1 "related_product_code" = "620000003"),
    case!(SetRelated, DRUG, [LONG_LISTED, ELECTIVE], 1 "long_listed_related_code" = "620000002"),
    case!(SetRelatedProduct, DRUG,
        [&[], &[("drug_code", "620000002"), ("related_product_code", "620000001")]],
        1 "nhi_price_list_code" = "2171022F1037"),
    case!(SetAgeAddition, PROCEDURE,
        [&[("age_addition_1_upper", "06"), ("age_addition_1_code", "111000370")], ADDITION],
        1 "notice_class_1" = "1"),
    case!(SetAgeRange, PROCEDURE, [&[]], 0 "age_addition_1_upper" = "06"),
    case!(SetNoteAdditionClass, PROCEDURE,
        [&[("note_addition_code", "1")],
         &[("procedure_code", "111000370"), ("note_addition_code", "1"), ("note_addition_seq", "1"),
           ("notice_class_1", "7"), ("short_name", "加算"), ("short_name_length", "2")]],
        1 "notice_class_1" = "3"),
    case!(SetNoteAdditionGroup, PROCEDURE, [&[]], 0 "note_addition_code" = "1"),
    case!(SetFacilityGap, PROCEDURE, [&[("facility_standard_1", "7")]], 0 "facility_standard_3" = "8"),
    case!(SetNoticeReference, PROCEDURE, [&[("notice_class_1", "5"), ("notice_ref_alpha", "A")]],
        0 "notice_ref_alpha" = ""),
    case!(SetSectionNumber, PROCEDURE, [&[]], 0 "point_table_section_no" = "A001"),
    case!(SetTransfer, PROCEDURE, [&[("transfer_related_code", "111000110")]],
        0 "transfer_related_code" = "111000111"),
    case!(SetNameDuplicate, PROCEDURE, [&[], ADDITION], 0 "short_name" = "幼加算"),
    case!(SetGenericParts, DRUG, [GENERIC], 0 "generic_addition_class" = "0"),
    case!(SetGenericForm, DRUG, [GENERIC], 0 "generic_name_text" = "アムロジピン錠"),
    case!(SetGenericText, DRUG, [GENERIC, &[("drug_code", "620000002"), ("generic_name_code", "2171022F1ZZZ"),
        ("generic_name_text", "【般】アムロジピン錠"), ("generic_addition_class", "1")]],
        1 "generic_name_text" = "【般】アムロジピン"),
    case!(SetGenericCode, DRUG, [GENERIC], 0 "nhi_price_list_code" = "2171023F1029"),
    case!(SetDosageForm, DRUG, [&[]], 0 "dosage_form" = "6"),
    case!(SetElective, DRUG, [LONG_LISTED, ELECTIVE], 1 "price" = "20.00"),
    case!(SetElective, DRUG, [LONG_LISTED, ELECTIVE], 0 "elective_care_class" = "0"),
    case!(SetElective, DRUG, [LONG_LISTED, ELECTIVE], 1 "long_listed_related_code" = ""),
    case!(SetTransitionOrder, DRUG, [&[("transition_or_use_limit_on", "20240930"), ("change_class", "9")]],
        0 "abolished_on" = "20240831"),
    case!(SetTransitionPast, DRUG, [&[("transition_or_use_limit_on", "20240930")]],
        0 "transition_or_use_limit_on" = "20240531"),
    case!(SetTransitionOpen, MATERIAL, [&[("transition_until", "20240930"), ("change_class", "9")]],
        0 "abolished_on" = "20240831"),
    case!(SetDateOrder, PROCEDURE, [&[("abolished_on", "00000000")]], 0 "abolished_on" = "20240531"),
    case!(SetEndUnmarked, COMMENT, [&[("change_class", "9"), ("abolished_on", "20240930")]],
        0 "change_class" = "5"),
    case!(SetLength, MATERIAL, [&[]], 0 "name_length" = "6"),
    case!(SetLength, FORMER, [&[]], 0 "dental_short_name_length" = "3"),
    case!(SetLength, MODIFIER, [&[]], 0 "kana_length" = "9"),
    case!(SetSuccessor, DISEASE, [&[]], 0 "successor_code" = "2765001"),
    case!(SetSuccessor, FORMER, [&[]], 0 "successor_code" = "2500001"),
    case!(SetAbolishedListed, DISEASE, [&[]], 0 "abolished_on" = "20250531"),
    case!(SetAbolishedListed, MODIFIER, [&[]], 0 "abolished_on" = "20250531"),
    case!(SetModifierClass, MODIFIER, [&[]], 0 "modifier_class" = "A1000000"),
    case!(SetCommentCode, COMMENT, [&[("comment_code", "820000001")]], 0 "comment_code" = "820000002"),
    case!(SetCommentEdit, COMMENT, [EMBEDDED], 0 "edit_1_position" = "4"),
    case!(SetCommentEdit, COMMENT, [&[]], 0 "edit_1_position" = "1"),
    case!(SetCommentFreeText, COMMENT, [FREE_TEXT], 0 "name" = "理由は"),
    case!(SetRelationCondition, RELATION, [&[("condition_class", "03"), ("times", "2")]], 0 "times" = "0"),
    case!(SetPointsPair, EXCLUSION, [&[], TURNED], 1 "exclusion_class" = "1"),
    case!(SetPointsPair, EXCLUSION, [&[], TURNED], 0 "special_condition" = "1"),
    case!(SetPointsPair, EXCLUSION,
        [&[("exclusion_class", "1")], &[TURNED[0], TURNED[1], ("exclusion_class", "2")]],
        0 "changed_on" = "20120402"),
    case!(SetPointsTimes, COUNTS, [&[]], 0 "max_times" = "0"),
    case!(SetPointsInclusion, AUXILIARY, [&[]], 0 "inclusion_unit_3" = "1"),
    case!(SetUnitName, COUNTS, [&[]], 0 "unit_name" = "週"),
    case!(SetDateOrder, INPATIENT, [&[("abolished_on", "20120401")]], 0 "abolished_on" = "20120331"),
    Case {
        code: Code::AcrossPointsProcedure,
        masters: &[(AUXILIARY, &[&[]]), (PROCEDURE, &[&[]])],
        broken: (0, 0, "procedure_code", "111000111"),
    },
    Case {
        code: Code::AcrossAbolished,
        masters: &[(AUXILIARY, &[&[]]), (PROCEDURE, &[&[("change_class", "9")]])],
        broken: (1, 0, "abolished_on", "20240930"),
    },
    Case {
        code: Code::AcrossPointsFlag,
        masters: &[(EXCLUSION, &[&[], TURNED]), (AUXILIARY, &[FLAGGED, OTHER_FLAGGED])],
        broken: (1, 0, "exclusion_month", "0"),
    },
    Case {
        code: Code::AcrossPointsFlag,
        masters: &[(INPATIENT, &[&[]]), (AUXILIARY, &[&[("inpatient_group", "001")]])],
        broken: (1, 0, "inpatient_group", "000"),
    },
    Case {
        code: Code::AcrossPointsFlag,
        masters: &[(COUNTS, &[&[]]), (AUXILIARY, &[&[("count_limited", "1")]])],
        broken: (1, 0, "count_limited", "0"),
    },
    Case {
        code: Code::AcrossPointsRow,
        masters: &[
            (EXCLUSION, &[&[], TURNED]),
            (AUXILIARY, &[FLAGGED, OTHER_FLAGGED, &[("procedure_code", "113000110")]]),
        ],
        broken: (1, 2, "exclusion_month", "1"),
    },
    Case {
        code: Code::AcrossPointsRow,
        masters: &[
            (INPATIENT, &[&[]]),
            (AUXILIARY, &[&[("inpatient_group", "001")], &[("procedure_code", "112000110")]]),
        ],
        broken: (1, 1, "inpatient_group", "002"),
    },
    Case {
        code: Code::AcrossPointsKind,
        masters: &[
            (EXCLUSION, &[&[], TURNED]),
            (
                AUXILIARY,
                &[
                    &[FLAGGED[0], ("exclusion_week", "1")],
                    &[OTHER_FLAGGED[0], OTHER_FLAGGED[1], ("exclusion_week", "1")],
                ],
            ),
        ],
        broken: (1, 1, "exclusion_month", "0"),
    },
    Case {
        code: Code::AcrossUnitName,
        masters: &[
            (DRUG, &[&[("unit_code", "998")]]),
            (MATERIAL, &[&[("unit_code", "998"), ("unit_name", "錠"), ("unit_name_length", "1")]]),
        ],
        broken: (1, 0, "unit_name", "個"),
    },
    Case {
        code: Code::AcrossCommentCode,
        masters: &[(RELATION, &[&[]]), (COMMENT, &[&[]])],
        broken: (0, 0, "comment_code", "820000002"),
    },
    Case {
        code: Code::AcrossCommentText,
        masters: &[(RELATION, &[&[]]), (COMMENT, &[&[]])],
        broken: (0, 0, "comment_text", "妊娠"),
    },
    Case {
        code: Code::AcrossProcedureCode,
        masters: &[(RELATION, &[&[]]), (PROCEDURE, &[&[]])],
        broken: (0, 0, "procedure_code", "111000111"),
    },
    Case {
        code: Code::AcrossAbolished,
        masters: &[(RELATION, &[&[]]), (PROCEDURE, &[&[("change_class", "9")]])],
        broken: (1, 0, "abolished_on", "20240930"),
    },
    Case {
        code: Code::AcrossSuccessor,
        masters: &[(FORMER, &[&[]]), (DISEASE, &[&[]])],
        broken: (0, 0, "successor_code", "2500014"),
    },
    Case {
        code: Code::AcrossSuccessorNumber,
        masters: &[(FORMER, &[&[]]), (DISEASE, &[&[]])],
        broken: (0, 0, "successor_number", "20063047"),
    },
    Case {
        code: Code::AcrossFormer,
        masters: &[(FORMER, &[&[("successor_code", ""), ("successor_number", "")]]), (DISEASE, &[&[]])],
        broken: (0, 0, "disease_code", "2500013"),
    },
    Case {
        code: Code::SetStandIn,
        masters: &[(PROCEDURE, &[&[]])],
        broken: (0, 0, "full_name", "初診料（●）"),
    },
    Case { code: Code::SetStandIn, masters: &[(DRUG, &[&[]])], broken: (0, 0, "name", "●") },
    Case {
        code: Code::SetStandIn,
        masters: &[(DRUG, &[GENERIC])],
        broken: (0, 0, "generic_name_text", "【般】アムロジ●ン錠"),
    },
    Case { code: Code::SetStandIn, masters: &[(COMMENT, &[&[]])], broken: (0, 0, "name", "●婦") },
    Case {
        code: Code::SetStandIn,
        masters: &[(DISEASE, &[&[]])],
        broken: (0, 0, "dental_short_name", "糖●病"),
    },
    Case {
        code: Code::SetStandIn,
        masters: &[(FORMER, &[&[]])],
        broken: (0, 0, "kana", "シンセイトウニョウビョ〓"),
    },
    Case { code: Code::SetStandIn, masters: &[(MODIFIER, &[&[]])], broken: (0, 0, "name", "の●い") },
    Case { code: Code::SetStandIn, masters: &[(MATERIAL, &[&[]])], broken: (0, 0, "full_name", "酸〓") },
    Case { code: Code::SetStandIn, masters: &[(RELATION, &[&[]])], broken: (0, 0, "procedure_name", "●") },
    Case { code: Code::SetStandIn, masters: &[(AUXILIARY, &[&[]])], broken: (0, 0, "name", "〓") },
    Case { code: Code::SetStandIn, masters: &[(COUNTS, &[&[]])], broken: (0, 0, "name", "〓") },
    Case { code: Code::SetStandIn, masters: &[(INPATIENT, &[&[]])], broken: (0, 0, "name", "●") },
    Case {
        code: Code::SetStandIn,
        masters: &[(EXCLUSION, &[&[], TURNED])],
        broken: (0, 0, "other_name", "〓"),
    },
    step!(VersionsReused, COMMENT,
        [ABOLISHED] =>
            [&[("change_class", "9"), ("abolished_on", "20240930"), ("changed_on", "20241001"),
               ("name", "産婦")]],
        0 "change_class" = "3"),
    step!(VersionsReturned, COMMENT, [ABOLISHED] => [ABOLISHED], 0 "change_class" = "5"),
    step!(VersionsRenamed, COMMENT, [&[]] => [&[]], 0 "name" = "糖尿"),
    step!(VersionsUndated, DRUG, [&[]] => [&[]], 0 "price" = "10.20"),
    step!(VersionsChangedOnBack, DRUG, [&[]] => [&[]], 0 "changed_on" = "20220401"),
    step!(VersionsEndEarlier, DRUG, [ABOLISHED] => [ABOLISHED], 0 "abolished_on" = "20240831"),
    step!(VersionsEndPast, MATERIAL, [&[("change_class", "9")]] => [&[("change_class", "9")]],
        0 "abolished_on" = "20240531"),
    Case {
        code: Code::VersionsVanished,
        masters: &[(COMMENT, &[&[], &[("serial", "2"), ("change_class", "9")]]), (COMMENT, &[&[]])],
        broken: (0, 1, "change_class", "0"),
    },
    step!(VersionsPriceKind, MATERIAL, [&[]] => [&[]], 0 "price_kind" = "5"),
];

fn master(schemas: &Schemas, layout: &str, records: &[Vec<(&str, &str)>]) -> Master {
    let layout = schemas.layout(layout).unwrap();
    let mut text = format!("{}\n", layout.canonical_header());
    for record in records {
        let value =
            |id: &str| record.iter().rev().find(|(known, _)| *known == id).map_or("", |(_, value)| value);
        let fields: Vec<_> = layout.columns.iter().map(|column| value(&column.id)).collect();
        text.push_str(&format!("{}\n", fields.join(",")));
    }
    read_canonical(schemas, &layout.kind, text.into_bytes()).unwrap()
}

/// Every rule, asked of all that the case holds.
fn found(schemas: &Schemas, case: &Case, broken: bool) -> Vec<(Code, u64)> {
    let published = PublicationDay::parse("20240601");
    let masters: Vec<Master> = (case.masters.iter().enumerate())
        .map(|(at, (layout, records))| {
            let records: Vec<Vec<_>> = (records.iter().enumerate())
                .map(|(row, fields)| {
                    let mut record = [clean(layout), *fields].concat();
                    let (master, of, field, value) = case.broken;
                    if broken && (master, of) == (at, row) {
                        assert!(schemas.layout(layout).unwrap().position(field).is_some(), "{field}");
                        record.push((field, value));
                    }
                    record
                })
                .collect();
            master(schemas, layout, &records)
        })
        .collect();
    let mut all = Findings::new();
    let is_step = case.code.as_str().starts_with("versions/");
    if is_step {
        all.extend(check_versions(&diff(&masters[0], &masters[1]).unwrap(), published));
    } else {
        masters.iter().for_each(|master| all.extend(check(master, published)));
        check_across(&masters.iter().collect::<Vec<_>>(), published)
            .into_values()
            .for_each(|some| all.extend(some));
    }
    all.counts().collect()
}

#[test]
fn a_clean_example_broken_once_gives_exactly_that_finding() {
    let schemas = Schemas::built_in().unwrap();
    for case in CASES {
        let (_, _, field, value) = case.broken;
        assert_eq!(found(&schemas, case, false), [], "{} before", case.code);
        assert_eq!(found(&schemas, case, true), [(case.code, 1)], "{} by {field} = {value:?}", case.code);
    }
}

#[test]
fn every_code_of_a_rule_has_a_rule_and_an_example() {
    let is_rule =
        |code: &Code| ["set/", "across/", "versions/"].iter().any(|group| code.as_str().starts_with(group));
    for code in Code::ALL.iter().filter(|code| is_rule(code)) {
        assert!(super::CATALOGUE.iter().any(|rule| rule.code == *code), "{code} is no rule's");
        assert!(CASES.iter().any(|case| case.code == *code), "{code} has no example");
    }
    for rule in super::CATALOGUE {
        assert!(is_rule(&rule.code), "{} is not called as a rule is", rule.code);
    }
}

#[test]
fn a_waiver_with_an_end_holds_until_then() {
    let schemas = Schemas::built_in().unwrap();
    let record =
        [clean(COMMENT), &[("pattern", "30"), ("serial", "100420"), ("name", "理由"), ("name_length", "2")]];
    let master = master(&schemas, COMMENT, &[record.concat()]);
    let severity = |day: &str| {
        let findings = check(&master, PublicationDay::parse(day));
        let [finding] = findings.list() else { panic!("{findings:?}") };
        finding.severity
    };
    assert_eq!(severity("20240531"), warifu_masters::finding::Severity::Note);
    assert_eq!(severity("20240726"), warifu_masters::finding::Severity::Warn);
    assert_eq!(severity("unknown"), warifu_masters::finding::Severity::Note);
}

/// However many records a layout waives, the one that it does not waive is found, kept and counted.
#[test]
fn what_a_layout_waives_hides_nothing() {
    let keys: Vec<String> = (0..2_000).map(|serial| format!("820{serial:06}")).collect();
    let layout = format!(
        "extends = \"{COMMENT}\"\nkind = \"comment\"\nedition = \"30\"\n\
         [[waiver]]\ncode = \"set/comment-edit\"\nkeys = {:?}\nreason = \"known\"\n",
        &keys[..1_999]
    );
    let schemas = Schemas::built_in().unwrap().with([("layouts/comment-30.toml", layout.as_str())]).unwrap();
    let records: Vec<Vec<_>> = (keys.iter())
        .map(|key| {
            let own = [("serial", &key[3..]), ("comment_code", key.as_str()), ("edit_1_position", "1")];
            [clean(COMMENT), &own].concat()
        })
        .collect();
    let findings = check(&master(&schemas, COMMENT, &records), None);
    assert_eq!((findings.count(Code::SetCommentEdit), findings.refusing()), (2_000, 1));
    let refusing =
        findings.list().iter().filter(|one| one.passed.is_none() && one.code == Code::SetCommentEdit);
    let refusing: Vec<_> = refusing.map(|one| one.key.as_deref()).collect();
    assert_eq!(refusing, [Some(keys[1_999].as_str())]);
}

//! The catalogue: every rule once, with what it asks and how the published files fare by it.

use super::catalogue_names::NAMES;
use super::catalogue_points::POINTS;
use super::rule::{Ask, Count, Rule, Seen};
use super::{across, comment, common, disease, drug, material, procedure, relation, versions};
use warifu_masters::finding::Code;

/// The diseases and the former ones that are at hand.
const DISEASES: Seen = Seen::Together(&["disease/hb_20260101.txt", "disease/b_20240601.txt"]);

/// Every rule.
pub const CATALOGUE: &[Rule] = &joined::<{ ALL_BUT_NAMES.len() + NAMES.len() }>(ALL_BUT_NAMES, NAMES);

const ALL_BUT_NAMES: &[Rule] = &joined::<{ MASTERS.len() + POINTS.len() }>(MASTERS, POINTS);

const fn joined<const N: usize>(one: &[Rule], other: &[Rule]) -> [Rule; N] {
    let mut all = [one[0]; N];
    let mut at = 1;
    while at < N {
        all[at] = if at < one.len() { one[at] } else { other[at - one.len()] };
        at += 1;
    }
    all
}

/// Those of all masters but the 電子点数表.
const MASTERS: &[Rule] = &[
    Rule {
        code: Code::SetPriceZero,
        kinds: &["drug", "material"],
        columns: &["price_kind", "price"],
        remark: "Kind 1 is a price in yen. Three items are published at 0.00 and waived.",
        counts: &[
            Count { seen: Seen::Full("drug/y_ALL20240321.csv"), held: 19637, broken: 3 },
            Count { seen: Seen::Full("material/t_ALL20240531.csv"), held: 1315, broken: 0 },
        ],
        ask: Ask::Records(common::price_zero),
    },
    Rule {
        code: Code::SetPricePurchase,
        kinds: &["material"],
        columns: &["price_kind", "price"],
        remark: "Kinds 2 and 4 are what a prefecture paid. Three items of 2019 have points and are waived.",
        counts: &[
            Count { seen: Seen::Full("material/t_ALL20240531.csv"), held: 16, broken: 0 },
            Count { seen: Seen::Full("material/t_ALL20191129.csv"), held: 18, broken: 3 },
        ],
        ask: Ask::Records(material::price_purchase),
    },
    Rule {
        code: Code::SetListPrice,
        kinds: &["drug"],
        columns: &["nhi_price_list_code", "unit_code", "price", "drug_code"],
        remark: "The unit is part of the rule: three listed products are also priced by the administration. \
                 Elective records are left out.",
        counts: &[
            Count { seen: Seen::Full("drug/y_ALL20240321.csv"), held: 19637, broken: 0 },
            Count {
                seen: Seen::State { base: "drug/y_ALL20240321.csv", last: "20241018" },
                held: 19135,
                broken: 0,
            },
        ],
        ask: Ask::Whole(drug::list_price, &["elective_care_class"]),
    },
    Rule {
        code: Code::SetOldPrice,
        kinds: &["procedure"],
        columns: &["old_point_kind", "old_points"],
        remark: "An old kind without old points is usual, hence a note; the columns become reserve in the \
                 layout of 2026.",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 10080, broken: 53 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 8472, broken: 263 },
        ],
        ask: Ask::Records(common::old_price),
    },
    Rule {
        code: Code::SetOldPrice,
        kinds: &["drug", "material"],
        columns: &["old_price_kind", "old_price"],
        remark: "As for procedures.",
        counts: &[
            Count { seen: Seen::Full("drug/y_ALL20240321.csv"), held: 19677, broken: 9 },
            Count { seen: Seen::Full("material/t_ALL20240531.csv"), held: 1317, broken: 17 },
        ],
        ask: Ask::Records(common::old_price),
    },
    Rule {
        code: Code::SetStep,
        kinds: &["procedure"],
        columns: &["step_method", "unit_code"],
        remark: "",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 10133, broken: 0 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 8735, broken: 0 },
        ],
        ask: Ask::Records(procedure::step),
    },
    Rule {
        code: Code::SetStepNeutral,
        kinds: &["procedure"],
        columns: &[
            "step_method",
            "unit_code",
            "step_lower_limit",
            "step_upper_limit",
            "step_value",
            "step_points",
            "step_limit_error",
        ],
        remark: "Neutral is zero, and 99999999 for no upper limit.",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 9663, broken: 0 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 8394, broken: 0 },
        ],
        ask: Ask::Records(procedure::step_neutral),
    },
    Rule {
        code: Code::SetStepRange,
        kinds: &["procedure"],
        columns: &["step_method", "unit_code", "step_lower_limit", "step_upper_limit", "step_value"],
        remark: "",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 470, broken: 0 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 341, broken: 0 },
        ],
        ask: Ask::Records(procedure::step_range),
    },
    Rule {
        code: Code::SetInOut,
        kinds: &["procedure"],
        columns: &["inout_class", "tally_column_outpatient", "tally_column_inpatient"],
        remark: "",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 10133, broken: 0 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 8735, broken: 0 },
        ],
        ask: Ask::Records(procedure::inpatient_outpatient),
    },
    Rule {
        code: Code::SetMaxTimes,
        kinds: &["procedure"],
        columns: &["max_times", "max_times_error"],
        remark: "",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 7832, broken: 0 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 6643, broken: 0 },
        ],
        ask: Ask::Records(procedure::max_times),
    },
    Rule {
        code: Code::SetUnitName,
        kinds: &["procedure"],
        columns: &["unit_code", "unit_name"],
        remark: "Held against the shared list of units too, widths of letters apart.",
        counts: &[Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 10133, broken: 0 }],
        ask: Ask::Whole(common::unit_name, &[]),
    },
    Rule {
        code: Code::SetUnitName,
        kinds: &["drug", "material"],
        columns: &["unit_code", "unit_name"],
        remark: "As for procedures.",
        counts: &[
            Count { seen: Seen::Full("drug/y_ALL20240321.csv"), held: 19686, broken: 0 },
            Count { seen: Seen::Full("material/t_ALL20240531.csv"), held: 1334, broken: 0 },
        ],
        ask: Ask::Whole(common::unit_name, &[]),
    },
    Rule {
        code: Code::SetUnitBlank,
        kinds: &["procedure", "drug", "material"],
        columns: &["unit_code", "unit_name"],
        remark: "",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 10133, broken: 0 },
            Count { seen: Seen::Full("drug/y_ALL20240321.csv"), held: 19686, broken: 0 },
            Count { seen: Seen::Full("material/t_ALL20240531.csv"), held: 1334, broken: 0 },
        ],
        ask: Ask::Records(common::unit_blank),
    },
    Rule {
        code: Code::SetRelated,
        kinds: &["procedure"],
        columns: &[
            "age_addition_1_code",
            "age_addition_2_code",
            "age_addition_3_code",
            "age_addition_4_code",
        ],
        remark: "The four age additions.",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 1782, broken: 0 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 1539, broken: 0 },
        ],
        ask: Ask::Referring(common::related_code),
    },
    Rule {
        code: Code::SetRelated,
        kinds: &["drug"],
        columns: &["related_product_code"],
        remark: "The unified name of a product.",
        counts: &[
            Count { seen: Seen::Full("drug/y_ALL20240321.csv"), held: 6717, broken: 0 },
            Count {
                seen: Seen::State { base: "drug/y_ALL20240321.csv", last: "20241018" },
                held: 6148,
                broken: 0,
            },
        ],
        ask: Ask::Referring(common::related_code),
    },
    Rule {
        code: Code::SetRelated,
        kinds: &["drug"],
        columns: &["long_listed_related_code"],
        remark: "The long-listed product of an elective record; no full of this edition is at hand.",
        counts: &[Count {
            seen: Seen::State { base: "drug/y_ALL20240321.csv", last: "20241018" },
            held: 1096,
            broken: 0,
        }],
        ask: Ask::Referring(common::related_code),
    },
    Rule {
        code: Code::SetRelatedProduct,
        kinds: &["drug"],
        columns: &["related_product_code", "price_kind", "price", "unit_code", "nhi_price_list_code"],
        remark: "",
        counts: &[
            Count { seen: Seen::Full("drug/y_ALL20240321.csv"), held: 6717, broken: 0 },
            Count {
                seen: Seen::State { base: "drug/y_ALL20240321.csv", last: "20241018" },
                held: 6148,
                broken: 0,
            },
        ],
        ask: Ask::Referring(drug::related_product),
    },
    Rule {
        code: Code::SetAgeAddition,
        kinds: &["procedure"],
        columns: &[
            "notice_class_1",
            "age_addition_1_code",
            "age_addition_2_code",
            "age_addition_3_code",
            "age_addition_4_code",
        ],
        remark: "",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 1782, broken: 0 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 1539, broken: 0 },
        ],
        ask: Ask::Referring(procedure::age_addition),
    },
    Rule {
        code: Code::SetAgeRange,
        kinds: &["procedure"],
        columns: &[
            "age_addition_1_code",
            "age_addition_1_lower",
            "age_addition_1_upper",
            "age_addition_2_code",
            "age_addition_2_lower",
            "age_addition_2_upper",
            "age_addition_3_code",
            "age_addition_3_lower",
            "age_addition_3_upper",
            "age_addition_4_code",
            "age_addition_4_lower",
            "age_addition_4_upper",
        ],
        remark: "Asked of each of the four slots. One addition is published without ages and waived.",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 40531, broken: 1 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 34940, broken: 0 },
        ],
        ask: Ask::Records(procedure::age_range),
    },
    Rule {
        code: Code::SetNoteAdditionClass,
        kinds: &["procedure"],
        columns: &["note_addition_code", "note_addition_seq", "notice_class_1"],
        remark: "",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 3134, broken: 0 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 2640, broken: 0 },
        ],
        ask: Ask::Records(procedure::note_addition_class),
    },
    Rule {
        code: Code::SetNoteAdditionGroup,
        kinds: &["procedure"],
        columns: &["note_addition_code", "note_addition_seq"],
        remark: "Asked of each group. One of 2022 lacks its addition and is waived.",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 317, broken: 0 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 269, broken: 1 },
        ],
        ask: Ask::Whole(procedure::note_addition_group, &[]),
    },
    Rule {
        code: Code::SetFacilityGap,
        kinds: &["procedure"],
        columns: &[
            "facility_standard_1",
            "facility_standard_2",
            "facility_standard_3",
            "facility_standard_4",
            "facility_standard_5",
            "facility_standard_6",
            "facility_standard_7",
            "facility_standard_8",
            "facility_standard_9",
        ],
        remark: "Asked of each group of slots, 1 to 6 and 7 to 9. Two records of each file are waived.",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 4738, broken: 2 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 2813, broken: 2 },
        ],
        ask: Ask::Records(procedure::facility_gap),
    },
    Rule {
        code: Code::SetNoticeReference,
        kinds: &["procedure"],
        columns: &["notice_class_1", "notice_ref_alpha"],
        remark: "Broken at large, hence a note.",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 268, broken: 128 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 416, broken: 148 },
        ],
        ask: Ask::Records(procedure::notice_reference),
    },
    Rule {
        code: Code::SetSectionNumber,
        kinds: &["procedure"],
        columns: &["point_table_section_no", "code_table_alpha", "code_table_section"],
        remark: "Where the section begins with a letter and three digits.",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 3044, broken: 0 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 2802, broken: 0 },
        ],
        ask: Ask::Records(procedure::section_number),
    },
    Rule {
        code: Code::SetTransfer,
        kinds: &["procedure"],
        columns: &["transfer_related_code"],
        remark: "Most of the codes named were abolished at the same revision, hence a note.",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 99, broken: 54 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 81, broken: 159 },
        ],
        ask: Ask::Referring(common::related_code),
    },
    Rule {
        code: Code::SetNameDuplicate,
        kinds: &["procedure"],
        columns: &["short_name"],
        remark: "Unique since 2024, not before, hence a note.",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 10133, broken: 0 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 7919, broken: 816 },
        ],
        ask: Ask::Whole(procedure::name_duplicate, &[]),
    },
    Rule {
        code: Code::SetGenericParts,
        kinds: &["drug"],
        columns: &["generic_name_code", "generic_name_text", "generic_addition_class"],
        remark: "",
        counts: &[
            Count { seen: Seen::Full("drug/y_ALL20240321.csv"), held: 19686, broken: 0 },
            Count {
                seen: Seen::State { base: "drug/y_ALL20240321.csv", last: "20241018" },
                held: 20280,
                broken: 0,
            },
        ],
        ask: Ask::Records(drug::generic_parts),
    },
    Rule {
        code: Code::SetGenericForm,
        kinds: &["drug"],
        columns: &["generic_name_code", "generic_name_text"],
        remark: "",
        counts: &[
            Count { seen: Seen::Full("drug/y_ALL20240321.csv"), held: 9199, broken: 0 },
            Count {
                seen: Seen::State { base: "drug/y_ALL20240321.csv", last: "20241018" },
                held: 9671,
                broken: 0,
            },
        ],
        ask: Ask::Records(drug::generic_form),
    },
    Rule {
        code: Code::SetGenericText,
        kinds: &["drug"],
        columns: &["generic_name_code", "generic_name_text"],
        remark: "",
        counts: &[
            Count { seen: Seen::Full("drug/y_ALL20240321.csv"), held: 9199, broken: 0 },
            Count {
                seen: Seen::State { base: "drug/y_ALL20240321.csv", last: "20241018" },
                held: 9671,
                broken: 0,
            },
        ],
        ask: Ask::Whole(drug::generic_text, &[]),
    },
    Rule {
        code: Code::SetGenericCode,
        kinds: &["drug"],
        columns: &["generic_name_code", "nhi_price_list_code"],
        remark: "Ten records are waived. Nine characters would be too strict: 138 differ.",
        counts: &[
            Count { seen: Seen::Full("drug/y_ALL20240321.csv"), held: 9189, broken: 10 },
            Count {
                seen: Seen::State { base: "drug/y_ALL20240321.csv", last: "20241018" },
                held: 9661,
                broken: 10,
            },
        ],
        ask: Ask::Records(drug::generic_code),
    },
    Rule {
        code: Code::SetDosageForm,
        kinds: &["drug"],
        columns: &["dosage_form", "nhi_price_list_code"],
        remark: "Dental drugs (form 8) are left out: 26 of them say otherwise.",
        counts: &[
            Count { seen: Seen::Full("drug/y_ALL20240321.csv"), held: 19611, broken: 0 },
            Count {
                seen: Seen::State { base: "drug/y_ALL20240321.csv", last: "20241018" },
                held: 20204,
                broken: 0,
            },
        ],
        ask: Ask::Records(drug::dosage_form),
    },
    Rule {
        code: Code::SetElective,
        kinds: &["drug"],
        columns: &["elective_care_class", "long_listed_related_code", "price", "name", "drug_code"],
        remark: "No full of this edition is at hand.",
        counts: &[Count {
            seen: Seen::State { base: "drug/y_ALL20240321.csv", last: "20241018" },
            held: 1096,
            broken: 0,
        }],
        ask: Ask::Referring(drug::elective),
    },
    Rule {
        code: Code::SetTransitionOrder,
        kinds: &["drug"],
        columns: &["transition_or_use_limit_on", "changed_on", "abolished_on"],
        remark: "",
        counts: &[
            Count { seen: Seen::Full("drug/y_ALL20240321.csv"), held: 402, broken: 0 },
            Count {
                seen: Seen::State { base: "drug/y_ALL20240321.csv", last: "20241018" },
                held: 463,
                broken: 0,
            },
        ],
        ask: Ask::Records(drug::transition_order),
    },
    Rule {
        code: Code::SetTransitionPast,
        kinds: &["drug"],
        columns: &["transition_or_use_limit_on"],
        remark: "Asked where the day of publication is known.",
        counts: &[
            Count { seen: Seen::Full("drug/y_ALL20240321.csv"), held: 402, broken: 0 },
            Count {
                seen: Seen::State { base: "drug/y_ALL20240321.csv", last: "20241018" },
                held: 463,
                broken: 0,
            },
        ],
        ask: Ask::Records(drug::transition_past),
    },
    Rule {
        code: Code::SetTransitionOpen,
        kinds: &["material"],
        columns: &["transition_until", "abolished_on"],
        remark: "",
        counts: &[Count { seen: Seen::Full("material/t_ALL20240531.csv"), held: 6, broken: 0 }],
        ask: Ask::Records(material::transition_open),
    },
    Rule {
        code: Code::SetDateOrder,
        kinds: &["procedure"],
        columns: &["change_class", "changed_on", "abolished_on"],
        remark: "Marked records begin the day after they end.",
        counts: &[Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 10133, broken: 0 }],
        ask: Ask::Records(common::date_order),
    },
    Rule {
        code: Code::SetDateOrder,
        kinds: &["drug", "comment", "material", "comment-relation"],
        columns: &["change_class", "changed_on", "abolished_on"],
        remark: "As for procedures.",
        counts: &[
            Count { seen: Seen::Full("drug/y_ALL20240321.csv"), held: 19686, broken: 0 },
            Count { seen: Seen::Full("comment/c_ALL20240726.csv"), held: 3903, broken: 0 },
            Count { seen: Seen::Full("material/t_ALL20240531.csv"), held: 1334, broken: 0 },
            Count { seen: Seen::Full("related/ck_ALL20200407.csv"), held: 5620, broken: 0 },
        ],
        ask: Ask::Records(common::date_order),
    },
    Rule {
        code: Code::SetEndUnmarked,
        kinds: &["procedure"],
        columns: &["change_class", "changed_on", "abolished_on"],
        remark: "",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 10133, broken: 0 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 8735, broken: 0 },
        ],
        ask: Ask::Records(common::end_unmarked),
    },
    Rule {
        code: Code::SetEndUnmarked,
        kinds: &["drug", "comment", "material", "comment-relation"],
        columns: &["change_class", "changed_on", "abolished_on"],
        remark: "",
        counts: &[
            Count { seen: Seen::Full("drug/y_ALL20240321.csv"), held: 19686, broken: 0 },
            Count { seen: Seen::Full("comment/c_ALL20240726.csv"), held: 3903, broken: 0 },
            Count { seen: Seen::Full("comment/c_ALL20230424.csv"), held: 3058, broken: 0 },
            Count { seen: Seen::Full("material/t_ALL20240531.csv"), held: 1334, broken: 0 },
            Count { seen: Seen::Full("related/ck_ALL20200407.csv"), held: 5620, broken: 0 },
        ],
        ask: Ask::Records(common::end_unmarked),
    },
    Rule {
        code: Code::SetLength,
        kinds: &["procedure"],
        columns: &[
            "short_name_length",
            "short_name",
            "short_kana_length",
            "short_kana",
            "unit_name_length",
            "unit_name",
        ],
        remark: "Full-width spaces at the end may be counted or not.",
        counts: &[
            Count { seen: Seen::Full("procedure/s_ALL20240531.csv"), held: 30399, broken: 0 },
            Count { seen: Seen::Full("procedure/s_ALL20220218.csv"), held: 26205, broken: 0 },
        ],
        ask: Ask::Records(common::length),
    },
    Rule {
        code: Code::SetLength,
        kinds: &["drug", "material"],
        columns: &["name_length", "name", "kana_length", "kana", "unit_name_length", "unit_name"],
        remark: "As for procedures.",
        counts: &[
            Count { seen: Seen::Full("drug/y_ALL20240321.csv"), held: 59058, broken: 0 },
            Count { seen: Seen::Full("material/t_ALL20240531.csv"), held: 4002, broken: 0 },
        ],
        ask: Ask::Records(common::length),
    },
    Rule {
        code: Code::SetLength,
        kinds: &["comment"],
        columns: &["name_length", "name", "kana_length", "kana"],
        remark: "As for procedures. Fulls of 2013 and 2019 that are not at hand broke it 19 times.",
        counts: &[Count { seen: Seen::Full("comment/c_ALL20240726.csv"), held: 7806, broken: 0 }],
        ask: Ask::Records(common::length),
    },
    Rule {
        code: Code::SetLength,
        kinds: &["disease", "former-disease"],
        columns: &[
            "name_length",
            "name",
            "short_name_length",
            "short_name",
            "kana_length",
            "kana",
            "dental_short_name_length",
            "dental_short_name",
        ],
        remark: "As for procedures.",
        counts: &[
            Count { seen: Seen::Full("disease/b_20240601.txt"), held: 109_748, broken: 0 },
            Count { seen: Seen::Full("disease/hb_20260101.txt"), held: 31_860, broken: 0 },
        ],
        ask: Ask::Records(common::length),
    },
    Rule {
        code: Code::SetLength,
        kinds: &["modifier"],
        columns: &["name_length", "name", "kana_length", "kana"],
        remark: "As for procedures.",
        counts: &[Count { seen: Seen::Full("disease/z_20240601.txt"), held: 4698, broken: 0 }],
        ask: Ask::Records(common::length),
    },
    Rule {
        code: Code::SetSuccessor,
        kinds: &["disease"],
        columns: &["disease_code", "successor_code"],
        remark: "Blank in the edition that brings a code in, or back.",
        counts: &[Count { seen: Seen::Full("disease/b_20240601.txt"), held: 27437, broken: 0 }],
        ask: Ask::Records(disease::own_successor),
    },
    Rule {
        code: Code::SetSuccessor,
        kinds: &["former-disease"],
        columns: &["disease_code", "successor_code"],
        remark: "A quarter has none.",
        counts: &[Count { seen: Seen::Full("disease/hb_20260101.txt"), held: 7965, broken: 0 }],
        ask: Ask::Records(disease::other_successor),
    },
    Rule {
        code: Code::SetAbolishedListed,
        kinds: &["disease", "modifier"],
        columns: &["abolished_on"],
        remark: "A code moves a year before its last usable day.",
        counts: &[
            Count { seen: Seen::Full("disease/b_20240601.txt"), held: 27437, broken: 0 },
            Count { seen: Seen::Full("disease/z_20240601.txt"), held: 2349, broken: 0 },
        ],
        ask: Ask::Records(disease::in_use),
    },
    Rule {
        code: Code::SetModifierClass,
        kinds: &["modifier"],
        columns: &["modifier_code", "modifier_class"],
        remark: "",
        counts: &[Count { seen: Seen::Full("disease/z_20240601.txt"), held: 2349, broken: 0 }],
        ask: Ask::Records(disease::suffix),
    },
    Rule {
        code: Code::SetCommentCode,
        kinds: &["comment"],
        columns: &["comment_code", "pattern"],
        remark: "Blank in fulls of 2018 and 2019 and in sparse rows.",
        counts: &[Count { seen: Seen::Full("comment/c_ALL20240726.csv"), held: 3903, broken: 0 }],
        ask: Ask::Records(comment::comment_code),
    },
    Rule {
        code: Code::SetCommentEdit,
        kinds: &["comment"],
        columns: &[
            "pattern",
            "name",
            "edit_1_position",
            "edit_1_digits",
            "edit_2_position",
            "edit_2_digits",
            "edit_3_position",
            "edit_3_digits",
            "edit_4_position",
            "edit_4_digits",
        ],
        remark: "",
        counts: &[Count { seen: Seen::Full("comment/c_ALL20240726.csv"), held: 3903, broken: 0 }],
        ask: Ask::Records(comment::comment_edit),
    },
    Rule {
        code: Code::SetCommentFreeText,
        kinds: &["comment"],
        columns: &["pattern", "name"],
        remark: "One comment lacked it in the spring of 2024 and is waived until the publication that put it \
                 right.",
        counts: &[
            Count { seen: Seen::Full("comment/c_ALL20240726.csv"), held: 920, broken: 0 },
            Count { seen: Seen::Full("comment/c_ALL20240531.csv"), held: 916, broken: 1 },
        ],
        ask: Ask::Records(comment::comment_free_text),
    },
    Rule {
        code: Code::SetRelationCondition,
        kinds: &["comment-relation"],
        columns: &["condition_class", "inout_class", "times"],
        remark: "",
        counts: &[Count { seen: Seen::Full("related/ck_ALL20200407.csv"), held: 5620, broken: 0 }],
        ask: Ask::Records(relation::condition),
    },
    Rule {
        code: Code::AcrossUnitName,
        kinds: &["procedure", "drug", "material"],
        columns: &["unit_code", "unit_name"],
        remark: "Asked of each code once a master.",
        counts: &[Count {
            seen: Seen::Together(&[
                "procedure/s_ALL20240531.csv",
                "drug/y_ALL20240321.csv",
                "material/t_ALL20240531.csv",
            ]),
            held: 70,
            broken: 0,
        }],
        ask: Ask::Masters(across::unit_name),
    },
    Rule {
        code: Code::AcrossCommentCode,
        kinds: &["comment-relation", "comment"],
        columns: &["comment_code"],
        remark: "The two were published eighteen months apart.",
        counts: &[Count {
            seen: Seen::Together(&["related/ck_ALL20200407.csv", "comment/c_ALL20210928.csv"]),
            held: 5544,
            broken: 76,
        }],
        ask: Ask::Masters(across::comment_code),
    },
    Rule {
        code: Code::AcrossCommentText,
        kinds: &["comment-relation", "comment"],
        columns: &["comment_code", "comment_text"],
        remark: "As above.",
        counts: &[Count {
            seen: Seen::Together(&["related/ck_ALL20200407.csv", "comment/c_ALL20210928.csv"]),
            held: 5383,
            broken: 161,
        }],
        ask: Ask::Masters(across::comment_text),
    },
    Rule {
        code: Code::AcrossProcedureCode,
        kinds: &["comment-relation", "procedure"],
        columns: &["procedure_code", "notice_class"],
        remark: "Medical relations; 199999999 stands for what cannot be named. The two were published two \
                 years apart.",
        counts: &[Count {
            seen: Seen::Together(&["related/ck_ALL20200407.csv", "procedure/s_ALL20220218.csv"]),
            held: 4731,
            broken: 58,
        }],
        ask: Ask::Masters(across::procedure_code),
    },
    Rule {
        code: Code::AcrossAbolished,
        kinds: &["comment-relation", "comment"],
        columns: &["comment_code", "abolished_on", "change_class"],
        remark: "",
        counts: &[Count {
            seen: Seen::Together(&["related/ck_ALL20200407.csv", "comment/c_ALL20210928.csv"]),
            held: 5544,
            broken: 0,
        }],
        ask: Ask::Masters(across::abolished),
    },
    Rule {
        code: Code::AcrossAbolished,
        kinds: &["comment-relation", "procedure"],
        columns: &["procedure_code", "abolished_on", "change_class"],
        remark: "",
        counts: &[Count {
            seen: Seen::Together(&["related/ck_ALL20200407.csv", "procedure/s_ALL20220218.csv"]),
            held: 4731,
            broken: 0,
        }],
        ask: Ask::Masters(across::abolished),
    },
    Rule {
        code: Code::AcrossSuccessor,
        kinds: &["former-disease", "disease"],
        columns: &["successor_code"],
        remark: "The former diseases at hand were published nineteen months after the diseases.",
        counts: &[Count { seen: DISEASES, held: 5895, broken: 93 }],
        ask: Ask::Masters(across::successor),
    },
    Rule {
        code: Code::AcrossSuccessorNumber,
        kinds: &["former-disease", "disease"],
        columns: &["successor_code", "successor_number"],
        remark: "As above.",
        counts: &[Count { seen: DISEASES, held: 5891, broken: 4 }],
        ask: Ask::Masters(across::successor_number),
    },
    Rule {
        code: Code::AcrossFormer,
        kinds: &["former-disease", "disease"],
        columns: &["disease_code", "abolished_on"],
        remark: "As above: 111 codes moved between the two.",
        counts: &[Count { seen: DISEASES, held: 7854, broken: 111 }],
        ask: Ask::Masters(across::former),
    },
    Rule {
        code: Code::VersionsReused,
        kinds: &["procedure"],
        columns: &["change_class", "short_name"],
        remark: "",
        counts: &[Count {
            seen: Seen::Steps { base: "procedure/s_ALL20220218.csv", last: "20240201" },
            held: 0,
            broken: 0,
        }],
        ask: Ask::Versions(versions::reused),
    },
    Rule {
        code: Code::VersionsReused,
        kinds: &["drug", "comment", "material"],
        columns: &["change_class", "name"],
        remark: "",
        counts: &[Count {
            seen: Seen::Steps { base: "drug/y_ALL20240321.csv", last: "20241018" },
            held: 0,
            broken: 0,
        }],
        ask: Ask::Versions(versions::reused),
    },
    Rule {
        code: Code::VersionsReturned,
        kinds: &["procedure"],
        columns: &["change_class", "short_name"],
        remark: "",
        counts: &[Count {
            seen: Seen::Steps { base: "procedure/s_ALL20220218.csv", last: "20240201" },
            held: 0,
            broken: 0,
        }],
        ask: Ask::Versions(versions::returned),
    },
    Rule {
        code: Code::VersionsReturned,
        kinds: &["drug", "comment", "material"],
        columns: &["change_class", "name"],
        remark: "",
        counts: &[Count {
            seen: Seen::Steps { base: "drug/y_ALL20240321.csv", last: "20241018" },
            held: 0,
            broken: 0,
        }],
        ask: Ask::Versions(versions::returned),
    },
    Rule {
        code: Code::VersionsRenamed,
        kinds: &["procedure"],
        columns: &["change_class", "short_name"],
        remark: "Asked of each new name.",
        counts: &[Count {
            seen: Seen::Steps { base: "procedure/s_ALL20220218.csv", last: "20240201" },
            held: 312,
            broken: 7,
        }],
        ask: Ask::Versions(versions::renamed),
    },
    Rule {
        code: Code::VersionsRenamed,
        kinds: &["drug", "comment", "material"],
        columns: &["change_class", "name"],
        remark: "Asked of each new name.",
        counts: &[
            Count {
                seen: Seen::Steps { base: "comment/c_ALL20240412.csv", last: "20240531" },
                held: 120,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "comment/c_ALL20240531.csv", last: "20240726" },
                held: 40,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "material/t_ALL20240315.csv", last: "20240531" },
                held: 0,
                broken: 0,
            },
        ],
        ask: Ask::Versions(versions::renamed),
    },
    Rule {
        code: Code::VersionsUndated,
        kinds: &["procedure"],
        columns: &["points", "changed_on"],
        remark: "Asked of each new value.",
        counts: &[Count {
            seen: Seen::Steps { base: "procedure/s_ALL20220218.csv", last: "20240201" },
            held: 712,
            broken: 0,
        }],
        ask: Ask::Versions(versions::undated),
    },
    Rule {
        code: Code::VersionsUndated,
        kinds: &["drug", "material"],
        columns: &["price", "changed_on"],
        remark: "Asked of each new value. Eight prices were corrected before they came into force.",
        counts: &[
            Count {
                seen: Seen::Steps { base: "drug/y_ALL20240321.csv", last: "20241018" },
                held: 17,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "material/t_ALL20240315.csv", last: "20240531" },
                held: 0,
                broken: 8,
            },
        ],
        ask: Ask::Versions(versions::undated),
    },
    Rule {
        code: Code::VersionsChangedOnBack,
        kinds: &["procedure", "drug", "comment", "material"],
        columns: &["changed_on"],
        remark: "Asked of each new day. The full of 20240726 does not hold the two.",
        counts: &[
            Count {
                seen: Seen::Steps { base: "procedure/s_ALL20220218.csv", last: "20240201" },
                held: 2797,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "comment/c_ALL20240412.csv", last: "20240531" },
                held: 0,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "comment/c_ALL20240531.csv", last: "20240726" },
                held: 0,
                broken: 2,
            },
            Count {
                seen: Seen::Steps { base: "drug/y_ALL20240321.csv", last: "20241018" },
                held: 1852,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "material/t_ALL20240315.csv", last: "20240531" },
                held: 0,
                broken: 0,
            },
        ],
        ask: Ask::Versions(versions::changed_on_back),
    },
    Rule {
        code: Code::VersionsEndEarlier,
        kinds: &["procedure", "drug", "comment", "material"],
        columns: &["abolished_on"],
        remark: "",
        counts: &[
            Count {
                seen: Seen::Steps { base: "procedure/s_ALL20220218.csv", last: "20240201" },
                held: 0,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "comment/c_ALL20240412.csv", last: "20240531" },
                held: 0,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "comment/c_ALL20240531.csv", last: "20240726" },
                held: 0,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "drug/y_ALL20240321.csv", last: "20241018" },
                held: 0,
                broken: 0,
            },
        ],
        ask: Ask::Versions(versions::end_earlier),
    },
    Rule {
        code: Code::VersionsEndPast,
        kinds: &["procedure", "drug", "comment", "material"],
        columns: &["abolished_on"],
        remark: "Asked of each new end, where the day of publication is known.",
        counts: &[
            Count {
                seen: Seen::Steps { base: "procedure/s_ALL20220218.csv", last: "20240201" },
                held: 1009,
                broken: 1,
            },
            Count {
                seen: Seen::Steps { base: "comment/c_ALL20240412.csv", last: "20240531" },
                held: 0,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "comment/c_ALL20240531.csv", last: "20240726" },
                held: 0,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "drug/y_ALL20240321.csv", last: "20241018" },
                held: 658,
                broken: 0,
            },
        ],
        ask: Ask::Versions(versions::end_past),
    },
    Rule {
        code: Code::VersionsVanished,
        kinds: &["procedure"],
        columns: &["change_class", "short_name"],
        remark: "Asked of each record that went.",
        counts: &[Count {
            seen: Seen::Steps { base: "procedure/s_ALL20220218.csv", last: "20240201" },
            held: 1010,
            broken: 0,
        }],
        ask: Ask::Versions(versions::vanished),
    },
    Rule {
        code: Code::VersionsVanished,
        kinds: &["drug", "comment", "material"],
        columns: &["change_class", "name"],
        remark: "Asked of each record that went.",
        counts: &[
            Count {
                seen: Seen::Steps { base: "comment/c_ALL20240412.csv", last: "20240531" },
                held: 8,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "comment/c_ALL20240531.csv", last: "20240726" },
                held: 6,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "drug/y_ALL20240321.csv", last: "20241018" },
                held: 658,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "material/t_ALL20240315.csv", last: "20240531" },
                held: 0,
                broken: 0,
            },
        ],
        ask: Ask::Versions(versions::vanished),
    },
    Rule {
        code: Code::VersionsPriceKind,
        kinds: &["procedure"],
        columns: &["point_kind", "unit_code"],
        remark: "Asked of each record that changed.",
        counts: &[Count {
            seen: Seen::Steps { base: "procedure/s_ALL20220218.csv", last: "20240201" },
            held: 6681,
            broken: 0,
        }],
        ask: Ask::Versions(versions::price_kind),
    },
    Rule {
        code: Code::VersionsPriceKind,
        kinds: &["drug", "material"],
        columns: &["price_kind", "unit_code"],
        remark: "Asked of each record that changed.",
        counts: &[
            Count {
                seen: Seen::Steps { base: "drug/y_ALL20240321.csv", last: "20241018" },
                held: 5614,
                broken: 0,
            },
            Count {
                seen: Seen::Steps { base: "material/t_ALL20240315.csv", last: "20240531" },
                held: 14,
                broken: 0,
            },
        ],
        ask: Ask::Versions(versions::price_kind),
    },
];

//! Rules on codes and names that several records share: what one refers to, adds to, or is called like.

use crate::consistency::rule::{Ask, Count, Rule, Seen};
use crate::consistency::{common, drug, procedure};
use warifu_masters::finding::Code;

/// Rules on codes and names that several records share: what one refers to, adds to, or is called like.
pub(super) const RULES: &[Rule] = &[
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
];

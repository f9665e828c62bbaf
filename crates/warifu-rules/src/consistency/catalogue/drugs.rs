//! Rules on what drugs are called and listed by.

use crate::consistency::drug;
use crate::consistency::rule::{Ask, Count, Rule, Seen};
use warifu_masters::finding::Code;

/// Rules on what drugs are called and listed by.
pub(super) const RULES: &[Rule] = &[
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
];

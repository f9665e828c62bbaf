//! Rules on lengths that a record tells of its own names.

use crate::consistency::common;
use crate::consistency::rule::{Ask, Count, Rule, Seen};
use warifu_masters::finding::Code;

/// Rules on lengths that a record tells of its own names.
pub(super) const RULES: &[Rule] = &[
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
];

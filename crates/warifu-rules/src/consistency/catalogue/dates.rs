//! Rules on days within a record.

use crate::consistency::rule::{Ask, Count, Rule, Seen};
use crate::consistency::{common, drug, material};
use warifu_masters::finding::Code;

/// Rules on days within a record.
pub(super) const RULES: &[Rule] = &[
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
];

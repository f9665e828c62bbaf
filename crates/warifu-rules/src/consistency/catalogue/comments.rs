//! Rules on comments, and on what wants them.

use crate::consistency::rule::{Ask, Count, Rule, Seen};
use crate::consistency::{comment, relation};
use warifu_masters::finding::Code;

/// Rules on comments, and on what wants them.
pub(super) const RULES: &[Rule] = &[
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
];

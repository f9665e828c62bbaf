//! Rules on diseases, former ones and modifiers.

use crate::consistency::disease;
use crate::consistency::rule::{Ask, Count, Rule, Seen};
use warifu_masters::finding::Code;

/// Rules on diseases, former ones and modifiers.
pub(super) const RULES: &[Rule] = &[
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
];

//! Rules between masters of a series.

use crate::consistency::across;
use crate::consistency::rule::{Ask, Count, Rule, Seen};
use warifu_masters::finding::Code;

/// The diseases and the former ones that are at hand.
const DISEASES: Seen = Seen::Together(&["disease/hb_20260101.txt", "disease/b_20240601.txt"]);

/// Rules between masters of a series.
pub(super) const RULES: &[Rule] = &[
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
];

//! Comments that are due: the masters that say so, and claims that have them or lack them.

use crate::checks::clean_file::{IY, RE, set};
use crate::finding::ClaimCode;
use warifu_masters::schema::{ABOLISHED_ON, CHANGED_ON};

type Fields = &'static [(&'static str, &'static str)];

/// A record of the relation table: of the procedure or drug `$code`, the comment `$comment`, 項番 `$item`, and
/// what says when it is due.
macro_rules! relation {
    ($code:literal $comment:literal $item:literal $($field:literal $value:literal),+) => {
        &[
            ("notice_class", "1"),
            ("procedure_code", $code),
            ("comment_code", $comment),
            ("item_no", $item),
            $(($field, $value),)+
            (CHANGED_ON, "20240601"),
            (ABOLISHED_ON, "99999999"),
        ]
    };
}

macro_rules! procedures {
    ($($code:literal)+) => {
        &[$(&[("procedure_code", $code), (CHANGED_ON, "20240601"), (ABOLISHED_ON, "99999999")]),+]
    };
}

pub(in crate::checks) const PROCEDURES: &[Fields] = procedures![
    "180000131" "180000132" "180000133" "180000134" "180000135" "180000136" "180000137" "180000138"
];

/// 820000001 stands in the clean claim; 820000002 and 820000003 do not.
pub(in crate::checks) const MASTERS: &[(&str, &[Fields], &str)] = &[(
    "comment-relation",
    &[
        // Either of two.
        relation!("180000131" "820000002" "0001" "condition_class" "01"),
        relation!("180000131" "820000003" "0001" "condition_class" "01"),
        // Of inpatients, and of outpatients.
        relation!("180000132" "820000002" "0002" "condition_class" "02", "inout_class" "1"),
        relation!("180000133" "820000002" "0003" "condition_class" "02", "inout_class" "2"),
        // From the third time on.
        relation!("180000134" "820000002" "0004" "condition_class" "03", "times" "003"),
        // Where something else is so; that a DPC hospital leaves out; for what was not billed.
        relation!("180000135" "820000002" "0005" "condition_class" "00"),
        relation!("180000136" "820000002" "0006" "condition_class" "11"),
        relation!("180000137" "820000002" "0007" "condition_class" "01", "not_billed_reason" "1"),
        // Two conditions, each with its own.
        relation!("180000138" "820000001" "0008" "condition_class" "01", "branch_no" "01"),
        relation!("180000138" "820000003" "0008" "condition_class" "01", "branch_no" "02"),
        relation!("620000002" "820000002" "0009" "condition_class" "01", "notice_class" "5"),
        relation!("819999999" "820000003" "0559" "condition_class" "20"),
    ],
    "20240401",
)];

/// With an SI of that code, so many times, without days, before the GO.
fn with(lines: &mut Vec<String>, code: &str, times: &str) {
    let mut fields = vec![""; 44];
    (fields[0], fields[2], fields[3], fields[5], fields[6]) = ("SI", "1", code, "0", times);
    lines.insert(lines.len() - 1, fields.join(","));
}

/// With a comment that needs no text.
fn with_comment(lines: &mut Vec<String>, code: &str) {
    lines.insert(lines.len() - 1, format!("CO,,1,{code},"));
}

/// The drug of the clean claim is subject to 選定療養, in that section.
fn elective(lines: &mut [String], section: &str) {
    set(lines, IY, 2, section);
    set(lines, IY, 4, "620000003");
}

fn inpatient(lines: &mut [String]) {
    set(lines, RE, 3, "1111");
    set(lines, RE, 9, "20240601");
}

pub(in crate::checks) type Broken = (fn(&mut Vec<String>), &'static str, &'static str);

pub(in crate::checks) fn case(code: ClaimCode) -> Option<Broken> {
    let case: Broken = match code {
        ClaimCode::CommentMissing => (|lines| with(lines, "180000131", "1"), "180000131", "820000002"),
        ClaimCode::ElectiveCommentMissing => (|lines| elective(lines, "21"), "620000003", "820000003"),
        _ => return None,
    };
    Some(case)
}

/// What each lacks: the procedure or drug, and the first comment of those that are due.
pub(in crate::checks) const WRONG: &[Broken] = &[
    (|lines| with(lines, "180000133", "1"), "180000133", "820000002"),
    (
        |lines| {
            inpatient(lines);
            with(lines, "180000132", "1");
        },
        "180000132",
        "820000002",
    ),
    (|lines| with(lines, "180000134", "3"), "180000134", "820000002"),
    // Over two records.
    (
        |lines| {
            with(lines, "180000134", "2");
            with(lines, "180000134", "1");
        },
        "180000134",
        "820000002",
    ),
    // One condition has its comment, the other does not.
    (|lines| with(lines, "180000138", "1"), "180000138", "820000003"),
    (|lines| set(lines, IY, 4, "620000002"), "620000002", "820000002"),
];

/// What has all that is due, or of which none is.
pub(in crate::checks) const RIGHT: &[fn(&mut Vec<String>)] = &[
    // Any of the group is enough, wherever it stands.
    |lines| {
        with(lines, "180000131", "1");
        with_comment(lines, "820000003");
    },
    |lines| with(lines, "180000132", "1"),
    |lines| {
        inpatient(lines);
        with(lines, "180000133", "1");
    },
    |lines| with(lines, "180000134", "2"),
    |lines| with(lines, "180000135", "1"),
    |lines| with(lines, "180000136", "9"),
    |lines| with(lines, "180000137", "1"),
    // Injections are no medication, and inpatients have no 選定療養.
    |lines| elective(lines, "31"),
    |lines| {
        inpatient(lines);
        elective(lines, "21");
    },
    |lines| {
        elective(lines, "21");
        with_comment(lines, "820000003");
    },
];

//! A comment that is due of what is billed: always (条件区分 01), on claims of inpatients or of outpatients alone
//! (02), or from so many times on (03).

use super::asked::{OfCommentsDue, Wanting};
use crate::checks::check::{About, Check, Judges};
use crate::checks::fields::{CLAIM_CLASS, COMMENT_CODES};
use crate::checks::uses::Use;
use crate::finding::ClaimCode;
use crate::lookup::relation::{COLUMNS, Relation};

pub(super) const CHECK: Check<OfCommentsDue> = Check {
    about: About {
        codes: &[ClaimCode::CommentMissing],
        fields: &[CLAIM_CLASS, "SI, IY 4 コード", "SI, IY 7 回数", "SI, IY 14–44 算定日情報", COMMENT_CODES],
        columns: COLUMNS,
        source: "コメント関連テーブル ファイル仕様説明書 3, 5, 6, 9, 14–17: 条件区分 01, 02, 03 (00, 10–13 と非算定理由は\
            対象外)",
        judges: Judges::Always,
    },
    ask: |wanting, uses, tell| {
        let table = wanting.relations.table;
        uses.fill(wanting.claim, |_, code| !table.about(code.number()).is_empty());
        for one in uses.iter() {
            let groups = table.about(one.number()).chunk_by(|row, next| row.group == next.group);
            for group in groups.filter(|group| is_due(wanting, group, one)) {
                wanting.lacks(ClaimCode::CommentMissing, group, one).into_iter().for_each(&mut *tell);
            }
        }
    },
};

/// Whether one of the comments of `group` is due of `one`, and none stands in the claim.
fn is_due(wanting: &Wanting<'_>, group: &[Relation], one: &Use) -> bool {
    let is_of_claim = |row: &Relation| {
        row.setting.is_none_or(|setting| wanting.claim.head.setting() == Some(setting))
            && row.times <= one.times.max(1)
            && wanting.holds(row, one)
    };
    group.iter().any(is_of_claim) && !group.iter().any(|row| wanting.has(row.comment))
}

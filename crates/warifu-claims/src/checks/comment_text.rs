//! The text of a comment: there where its pattern leaves something to say, and only there.

use super::asked::OfComment;
use super::check::{About, Check, Judges};
use super::wrong::Wrong;
use crate::finding::ClaimCode;

pub(super) const CHECK: Check<OfComment> = Check {
    about: About {
        codes: &[ClaimCode::CommentTextMissing, ClaimCode::CommentTextNeedless],
        fields: &["CO 5, SI 8–13, IY 8–13, TO 12–17 文字データ"],
        columns: &["pattern"],
        source: "コメントマスター 4 パターン",
        judges: Judges::Always,
    },
    ask: |of| match (of.facts.takes_text(), of.has_text) {
        (true, false) => Some(Wrong::of(ClaimCode::CommentTextMissing, of.code)),
        (false, true) => Some(Wrong::of(ClaimCode::CommentTextNeedless, of.code)),
        (true, true) | (false, false) => None,
    },
};

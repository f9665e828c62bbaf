//! The form of a code: nine digits, the first of which is that of the kind of master.

use super::asked::OfCode;
use super::check::{About, Check, Judges};
use super::fields::PROCEDURE_CODE;
use super::wrong::Wrong;
use crate::file::ItemKind;
use crate::finding::ClaimCode;

pub(super) const CHECK: Check<OfCode> = Check {
    about: About {
        codes: &[ClaimCode::CodeForm, ClaimCode::DrugCodeForm],
        fields: &[
            PROCEDURE_CODE,
            "IY 4 医薬品コード",
            "TO 4 特定器材コード",
            "CO 4, SI 8–13, IY 8–13, TO 12–17 コメントコード",
        ],
        columns: &[],
        source: "電子レセプトの作成手引き(医科); L2361",
        judges: Judges::Always,
    },
    ask: |kind, code| {
        code.is_none().then(|| {
            Wrong::plain(match kind {
                ItemKind::Drug => ClaimCode::DrugCodeForm,
                ItemKind::Procedure | ItemKind::Material | ItemKind::Comment => ClaimCode::CodeForm,
            })
        })
    },
};

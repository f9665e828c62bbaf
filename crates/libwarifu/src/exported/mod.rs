//! What C calls: releases, answers, errors. `include/warifu.h` is written from this.

mod answer;
mod error;
mod release;

pub use crate::entry::WarifuError;
pub use crate::record::{
    WARIFU_COMMENT, WARIFU_DISEASE, WARIFU_DRUG, WARIFU_MATERIAL, WARIFU_MODIFIER, WARIFU_PROCEDURE,
    WarifuQuestion,
};
pub use answer::{
    WarifuAnswer, WarifuSummary, warifu_answer_close, warifu_answer_line, warifu_answer_lines,
    warifu_answer_summary, warifu_check,
};
pub use error::{
    WARIFU_ENGLISH, WARIFU_JAPANESE, warifu_error_close, warifu_error_message, warifu_error_status,
};
pub use release::{
    WarifuRelease, WarifuSource, warifu_look_up, warifu_look_up_all, warifu_open, warifu_release_about,
    warifu_release_close, warifu_version,
};

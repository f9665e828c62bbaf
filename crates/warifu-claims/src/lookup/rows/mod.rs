//! Rows of masters whose records are about several codes together: the 電子点数表 and the コメント関連テーブル.
//!
//! A record is a row for each run of days on which it holds.

mod days;

mod by_code;
mod standing;

mod record;

pub(crate) use by_code::{ByCode, OfCode};
pub(crate) use days::Days;
pub(super) use record::{Record, rows};
pub(crate) use standing::Standing;

//! `repair`: what is damaged on a running checker's disk, what is done about it, and then that.

use std::io::{self, Write as _};

use warifu_values::lang::{Lang, Speak as _};

use crate::cli::advice::to_be_typed;
use crate::cli::arguments::{DecideAll, Repair};
use crate::cli::consent::consent;
use crate::cli::failure::Failure;
use crate::said::Said;
use crate::service::Status;
use crate::state::Decision;

/// Shows what is damaged and asks, unless told not to.
pub(super) fn repair_damage(repair: &Repair, checker: Option<&str>, lang: Lang) -> Result<Decision, Failure> {
    let Repair { decide: DecideAll { reason, remote }, yes } = repair;
    let client = remote.client();
    let status = client.status()?;
    let Status { damaged, .. } = &status;
    let mut errors = io::stderr();
    for damage in damaged {
        writeln!(errors, "{}", to_be_typed(&damage.say(lang), checker))?;
    }
    if let Some(caution) = status.repair_caution() {
        let first = Said::new(
            "say no, and first: warifu-checker freeze --reason …",
            "取りやめて、先に warifu-checker freeze --reason （理由）を実行してください",
        );
        writeln!(errors, "{}", to_be_typed(&warning(&caution.then(&first)).say(lang), checker))?;
    }
    if !damaged.is_empty() {
        consent(*yes, Said::new("left as it is", "修復を取りやめました"), lang)?;
    }
    Ok(client.repair(reason)?)
}

/// Something that is read before it is done.
pub(super) fn warning(caution: &Said) -> Said {
    Said::new(format!("WARNING: {}", caution.en), format!("【注意】{}", caution.ja))
}

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
    let Status { damaged, frozen, .. } = client.status()?;
    let mut errors = io::stderr();
    for damage in &damaged {
        writeln!(errors, "{}", to_be_typed(&damage.say(lang), checker))?;
    }
    if !damaged.is_empty() && frozen.is_none() {
        writeln!(errors, "{}", to_be_typed(&not_frozen().say(lang), checker))?;
    }
    if !damaged.is_empty() {
        consent(*yes, Said::new("left as it is", "修復を取りやめました"), lang)?;
    }
    Ok(client.repair(reason)?)
}

/// That a repair without a freeze lets releases in before anybody has compared them.
fn not_frozen() -> Said {
    Said::new(
        "WARNING: activation is not frozen: as soon as this is mended, what the channel offers may be taken \
         before anybody has compared it by voice with both sides; say no, and first: warifu-checker freeze \
         --reason …",
        "【注意】切替が凍結されていません。修復するとすぐに、両団体と口頭で照合する前に配信元のリリースを受け入れることがあります。\
         取りやめて、先に warifu-checker freeze --reason （理由）を実行してください",
    )
}

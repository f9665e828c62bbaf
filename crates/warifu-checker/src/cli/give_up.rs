//! `give-up`: what follows when a lost release is not waited for any more, and then that.

use std::io::{self, Write as _};

use warifu_values::lang::{Lang, Speak as _};

use crate::cli::advice::to_be_typed;
use crate::cli::arguments::{Decide, GiveUp};
use crate::cli::consent::consent;
use crate::cli::failure::Failure;
use crate::said::Said;
use crate::state::Decision;

/// Shows what follows and asks, unless told not to.
pub(super) fn give_up_lost(give_up: &GiveUp, checker: Option<&str>, lang: Lang) -> Result<Decision, Failure> {
    let GiveUp { decide: Decide { release, reason, remote }, yes } = give_up;
    let client = remote.client();
    let status = client.status()?;
    // Of another one, the checker says itself that it is not lost.
    if let Some(lost) = status.lost.filter(|lost| lost.installed.id.release == *release) {
        let runs = status.running.map(|running| running.id.release);
        let follows = lost.why.then(&lost.given_up(runs)).say(lang);
        writeln!(io::stderr(), "{}", to_be_typed(&follows, checker))?;
        consent(*yes, Said::new("it is waited for as before", "断念を取りやめました"), lang)?;
    }
    Ok(client.give_up(*release, reason)?)
}

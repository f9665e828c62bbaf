//! `repair`: what is damaged on a running checker's disk, what is done about it, and then that.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use warifu_values::lang::{Lang, Speak as _};
use warifu_values::say;

use crate::cli::advice::to_be_typed;
use crate::cli::arguments::{DecideAll, Repair};
use crate::cli::failure::Failure;
use crate::said::Said;
use crate::state::Decision;

/// Shows what is damaged and asks, unless told not to.
pub(super) fn repair_damage(repair: &Repair, checker: Option<&str>, lang: Lang) -> Result<Decision, Failure> {
    let Repair { decide: DecideAll { reason, remote }, yes } = repair;
    let client = remote.client();
    let damaged = client.status()?.damaged;
    let mut errors = io::stderr();
    for damage in &damaged {
        writeln!(errors, "{}", to_be_typed(&damage.say(lang), checker))?;
    }
    if !damaged.is_empty() && !yes {
        if !io::stdin().is_terminal() {
            return Err(Failure::could_not(Said::new(
                "nobody can be asked here: say --yes to have it done",
                "確認を求められません。実行するには --yes を付けてください",
            )));
        }
        write!(errors, "{}", say!(lang, "Do that? [y/N] ", "実行しますか？ [y/N] "))?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        if !matches!(answer.trim(), "y" | "Y" | "yes") {
            return Err(Failure {
                status: 1, said: Said::new("left as it is", "修復を取りやめました")
            });
        }
    }
    Ok(client.repair(reason)?)
}

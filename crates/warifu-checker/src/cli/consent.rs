//! Asking whether something is to be done that takes something away.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use warifu_usage::agreed;
use warifu_values::lang::Lang;
use warifu_values::say;

use crate::cli::failure::Failure;
use crate::said::Said;

/// Asks, unless `yes` was said already; `left` is told where the answer is no.
pub(super) fn consent(yes: bool, left: Said, lang: Lang) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !io::stdin().is_terminal() {
        return Err(Failure::could_not(Said::new(
            "nobody can be asked here: say --yes to have it done",
            "確認を求められません。実行するには --yes を付けてください",
        )));
    }
    let agreed = agreed(lang, &say!(lang, "Do that?", "実行しますか"), |question| {
        write!(io::stderr(), "{question}")?;
        let mut answer = String::new();
        io::stdin().lock().read_line(&mut answer)?;
        Ok(answer)
    })?;
    if agreed { Ok(()) } else { Err(Failure { status: 1, said: left }) }
}

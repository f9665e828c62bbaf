//! Asking before anything is signed.

use std::io::{self, BufRead as _, IsTerminal as _};

use warifu::error::{Exit, Failure};
use warifu_usage::agreed;
use warifu_values::digest::Digest;
use warifu_values::say;

use crate::cli::Context;

/// What stands for the answer where nobody can be asked.
#[derive(Debug, clap::Args)]
pub(super) struct Confirm {
    /// Sign without asking: what is shown was read before.
    #[arg(long)]
    yes: bool,
    /// Sign only what has this SHA-256, as read out by somebody who looked at it; nothing is asked then.
    #[arg(long, value_name = "SHA256", conflicts_with = "yes")]
    digest: Option<Digest>,
}

impl Confirm {
    /// Goes on when somebody said yes to what has just been shown, whose digest is `digest`.
    pub(super) fn ask(&self, context: &Context, digest: Digest) -> Result<(), Failure> {
        if let Some(told) = self.digest {
            return if told == digest {
                Ok(())
            } else {
                Err(Failure::new(
                    Exit::Trust,
                    format!("this has SHA-256 {digest}, not the one that was named; nothing was signed"),
                    format!("SHA-256 は {digest} で、指定と異なります。署名していません"),
                ))
            };
        }
        if self.yes {
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            return Err(Failure::new(
                Exit::CouldNotRun,
                "no terminal to ask whether this is to be signed; say --yes, or --digest with its SHA-256",
                "署名してよいか尋ねる端末がありません。--yes か、SHA-256 を --digest で指定してください",
            ));
        }
        let question = say!(context.lang, "Sign this?", "これに署名しますか");
        let put = |question: &str| {
            context.tell(question);
            let mut answer = String::new();
            io::stdin().lock().read_line(&mut answer)?;
            Ok(answer)
        };
        // Nothing is drawn beside the question, from before it stands there.
        let agreed = context
            .asking(|| agreed(context.lang, &question, put))
            .map_err(|error| Failure::system("cannot read the answer", "回答を読み取れません", &error))?;
        if agreed {
            Ok(())
        } else {
            Err(Failure::new(Exit::Data, "nothing was signed", "署名していません"))
        }
    }
}

//! The whole evening, from the empty folder to the table of what was counted.

use std::path::{Path, PathBuf};
use std::time::Instant;

use warifu::error::{Exit, Failure};
use warifu::interrupt::{Begun, Whole};
use warifu_values::say;

use super::scratch::Scratch;
use super::stage::{Stage, cannot};
use super::story::Story;
use super::{closing, house, monday, opening, saturday};
use crate::cli::Context;

/// Play the day in May 2022 with the real programs: two organisations, a wrong master, a swap under load.
///
/// Everything happens in a scratch folder that is removed at the end, and on this machine's own address.
/// It ends with status 0 only when every step went as told.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Leave the folder as it is at the end, to look around.
    #[arg(long)]
    keep: bool,
    /// The folder to play in, new or empty; otherwise a temporary one.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let began = Instant::now();
        let warifu = std::env::current_exe().map_err(|error| cannot(Path::new("warifu"), &error))?;
        // At Ctrl-C the step that is played ends the story, and its folder and its checker go first.
        let _whole = Whole::begin();
        let scratch = Scratch::new(self.dir.as_deref(), self.keep)?;
        let begun = Begun::of(scratch.path.display());
        let played = self.play(context, began, warifu, &scratch);
        match played.is_err() && self.keep {
            true => begun.stays(),
            false => drop((scratch, begun)),
        }
        played
    }

    fn play(
        &self,
        context: &Context,
        began: Instant,
        warifu: PathBuf,
        scratch: &Scratch,
    ) -> Result<Exit, Failure> {
        let lang = context.lang;
        let checker = warifu.with_file_name(format!("warifu-checker{}", std::env::consts::EXE_SUFFIX));
        let stage = Stage::new(lang, context.json, scratch.path.clone(), warifu, checker);
        opening::play(&stage)?;
        let mut story = Story::new(stage);
        house::play(&mut story)?;
        saturday::play(&mut story)?;
        monday::play(&mut story)?;
        // The checker ends before its folder goes.
        story.checker = None;
        closing::play(&story, began, context)?;
        if self.keep {
            let folder = story.stage.scratch.display();
            story.stage.tell(&say!(
                lang,
                "Everything is left in {folder}.",
                "すべて {folder} に残してあります。"
            ));
        }
        Ok(Exit::Done)
    }
}

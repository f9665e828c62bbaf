//! `warifu status`: where one is, what waits, and what to type next.

mod document;
mod gathered;
mod screen;
mod waiting;

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use warifu::advice::{Advised, Blank};
use warifu::error::{Exit, Failure};
use warifu::store::{OpenError, Store};
use warifu_values::say;

use super::context::Context;
use super::signing::standing::Known;
use gathered::{Asked, Asks, Gathered};

/// Show which masters are here, what came in since the last release, what waits, and what to type next.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The repository; otherwise the one that the current folder lies in.
    #[arg(long, value_name = "DIR", env = "WARIFU_REPO")]
    repo: Option<PathBuf>,
    /// The channel: what is published there is the last release. With --root.
    #[arg(long, value_name = "CHANNEL", env = "WARIFU_CHANNEL")]
    channel: Option<OsString>,
    /// The root that this side trusts.
    #[arg(long, value_name = "FILE", env = "WARIFU_ROOT")]
    root: Option<PathBuf>,
    /// The folder that remembers what was accepted last.
    #[arg(long, value_name = "DIR", env = "WARIFU_STATE")]
    state: Option<PathBuf>,
    /// What this side demands, a TOML file.
    #[arg(long, value_name = "FILE", env = "WARIFU_POLICY")]
    policy: Option<PathBuf>,
    /// Without a channel: a folder that a release was fetched into, or a release.json; believed as it is.
    #[arg(long, value_name = "PATH")]
    release: Option<PathBuf>,
    /// A draft's folder; otherwise those in this folder and beside the repository.
    #[arg(long, value_name = "DRAFT")]
    draft: Vec<PathBuf>,
    /// Every master and everything that waits, however long.
    #[arg(long)]
    all: bool,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let path = self.repo.as_deref().unwrap_or(Path::new("."));
        let store = Store::open(path, context.library.clone())?;
        self.show(&store, context)
    }

    fn show(&self, store: &Store, context: &Context) -> Result<Exit, Failure> {
        let gathered = Gathered::of(store, &self.asked(context))?;
        let waiting = waiting::of(&gathered);
        if context.json {
            context.print_json(&gathered.document(&waiting, context))?;
        } else {
            context.print(&screen::text(
                &gathered,
                &waiting,
                screen::Size::of_terminal(self.all),
                context,
            ))?;
        }
        Ok(Exit::Done)
    }

    fn asked(&self, context: &Context) -> Asked {
        let channel = self.channel.clone().zip(self.root.clone()).map(|(channel, root)| {
            let known = Known { root, state: self.state.clone(), policy: self.policy.clone() };
            Asks { channel, by: context.channel_by(), known }
        });
        Asked { channel, release: self.release.clone(), drafts: self.draft.clone() }
    }
}

/// A line without a command: where one is, in a repository; else what this is and how to begin.
pub(crate) fn bare(args: &Args, context: &Context) -> Result<Exit, Failure> {
    let path = args.repo.clone().unwrap_or_else(|| ".".into());
    match Store::open(&path, context.library.clone()) {
        Ok(store) => args.show(&store, context),
        // Named, and not there: that is no greeting's place.
        Err(error @ OpenError::NoRepository { .. }) if args.repo.is_some() => Err(error.into()),
        Err(OpenError::NoRepository { .. }) => {
            let init = context.advise(&Advised::command(&["init"]).blank(Blank::Folder));
            let clone = Advised::command(&["repo", "clone"]).blank(Blank::Repository).blank(Blank::Folder);
            let clone = context.advise(&clone);
            context.print(&say!(
                context.lang,
                "warifu versions, double-signs and publishes the masters of Japan's medical claims.\n\
                 To begin:  {init}   (or a copy: {clone})\n\
                 Help:      warifu --help; the demonstration is warifu demo\n",
                "warifu（割符）: 診療報酬マスターを版管理し、二者の署名で公開するプログラムです。\n\
                 始めるには:  {init}  （複製は {clone}）\n\
                 ヘルプ:      warifu --help（デモは warifu demo）\n"
            ))?;
            Ok(Exit::Done)
        }
        Err(error) => Err(error.into()),
    }
}

//! A draft as it lies in its folder, with every signature that was collected in it.

use std::path::{Path, PathBuf};

use warifu::error::Failure;
use warifu::interrupt::{self, Whole};
use warifu::release::trust_failure;
use warifu_channels::{DraftDirectory, DraftError};
use warifu_trust::{Halves, LeftOut, Organisation, Proposal, SignError, Tip};
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::say;
use warifu_values::text::{one_line, shown_path};

use crate::cli::Context;

/// How many files that count for nothing are named.
const NAMED: usize = 5;

/// What became of a signature that somebody brought.
pub(super) struct Taking {
    pub(super) file: PathBuf,
    /// Why it was not taken, in both languages; nothing when it was.
    pub(super) why_not: Option<[String; 2]>,
}

/// A draft, and its folder.
pub(super) struct Drafted {
    pub(super) folder: DraftDirectory,
    pub(super) proposal: Proposal,
    begun: Halves,
}

/// How far a draft has come, with its halves.
pub(super) enum Standing {
    /// It is the published release; these halves are.
    Published(Halves),
    /// It is a draft, or the published release to be signed anew; so far these halves are signed.
    Begun(Halves),
}

impl Standing {
    pub(super) fn halves(&self) -> &Halves {
        match self {
            Standing::Published(halves) | Standing::Begun(halves) => halves,
        }
    }
}

impl Drafted {
    pub(super) fn read(folder: &Path) -> Result<Self, Failure> {
        let folder = DraftDirectory::new(folder);
        let proposal = folder.read().map_err(|error| trust_failure(&error))?;
        let begun = folder.read_halves().map_err(|error| trust_failure(&error))?;
        Ok(Drafted { folder, proposal, begun })
    }

    /// Puts those of the signatures in `files` into the draft that hold; none takes the place of one that
    /// holds without holding itself.
    pub(super) fn take(&self, files: &[PathBuf], tip: &Tip) -> Result<Vec<Taking>, Failure> {
        let mut taken = Vec::new();
        let mut read = Vec::new();
        for file in files {
            match self.folder.read_signature(file) {
                Ok(one) => read.push((file, one)),
                Err(error @ DraftError::NoSignature { .. }) => {
                    let why_not = Some([Lang::En, Lang::Ja].map(|lang| error.say(lang)));
                    taken.push(Taking { file: file.clone(), why_not });
                }
                Err(error) => return Err(trust_failure(&error)),
            }
        }
        // Those of Kikin first, which Kokuho's seal.
        read.sort_by_key(|(_, one)| one.side() != Organisation::Kikin);
        let (mut beside, _) = self.folder.read_signatures(tip).map_err(|error| trust_failure(&error))?;
        let _whole = Whole::begin();
        for (file, one) in read {
            let doubt = self.begun.doubt(&one, &beside, &self.proposal, tip);
            let doubt = doubt.map_err(|error| trust_failure(&error))?;
            if doubt.is_none() {
                let file = self.folder.write_signature(&one).map_err(|error| trust_failure(&error))?;
                interrupt::wrote(shown_path(&file));
                beside.retain(|other| other.file_name() != one.file_name());
                beside.push(one);
            }
            let why_not = doubt.map(|left_out| {
                let left_out = LeftOut { file: one_line(&file.display().to_string()), ..left_out };
                [Lang::En, Lang::Ja].map(|lang| left_out.say(lang))
            });
            taken.push(Taking { file: file.clone(), why_not });
        }
        Ok(taken)
    }

    /// How far it has come on `tip`. The folder of one that was published is of use no more, but it is not
    /// to be drafted anew: it is what is published, whoever's signatures its folder has.
    pub(super) fn standing(&self, context: &Context, tip: &Tip) -> Result<Standing, Failure> {
        let halves = self.halves(context, tip)?;
        if halves.are_published(tip) {
            return Ok(Standing::Published(halves));
        }
        match (halves.tally(&self.proposal, tip), Halves::published(tip)) {
            (Err(SignError::Overtaken), Some(published))
                if tip.release() == Some(self.proposal.release()) =>
            {
                Ok(Standing::Published(published))
            }
            _ => Ok(Standing::Begun(halves)),
        }
    }

    /// The halves with every signature that counts on `tip`; what does not count is told.
    pub(super) fn halves(&self, context: &Context, tip: &Tip) -> Result<Halves, Failure> {
        let (signatures, others) = self.folder.read_signatures(tip).map_err(|error| trust_failure(&error))?;
        let collected = self.begun.collect(&signatures, &self.proposal, tip);
        let collected = collected.map_err(|error| trust_failure(&error))?;
        for left in &collected.left_out {
            context.tell(&format!("warifu: {}\n", left.say(context.lang)));
        }
        if !others.is_empty() {
            let lang = context.lang;
            let named: Vec<String> = others.iter().take(NAMED).map(|file| one_line(file)).collect();
            let more = match others.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => say!(lang, " and {more} more", " ほか {more} 件"),
            };
            let named = named.join(", ") + &more;
            context.tell(&say!(
                lang,
                "warifu: in signatures/ are files of nobody who may sign, or whose key was revoked; delete \
                 them: {named}\n",
                "warifu: signatures/ に、署名者のものでないか鍵が失効した署名があります。次のファイルを削除してください: {named}\n"
            ));
        }
        Ok(collected.halves)
    }
}

//! `warifu notice`: what a release changes, told to institutions.

use std::path::{Path, PathBuf};

use warifu::error::{Exit, Failure};
use warifu::notice::{Notice, Release, Standing, Words, page, text};
use warifu::release::{Names, PublishedRelease, changes_of_draft, read_list, trust_failure};
use warifu_channels::fetch_earlier_manifest;
use warifu_masters::past::Change;
use warifu_trust::{Manifest, ReleaseRef, Tip};
use warifu_usage::number;

use super::at::At;
use super::drafted::Drafted;
use super::told::tally;
use crate::cli::Context;

/// Codes that are told of each kind of change, where not all are asked for.
const CODES: usize = 20;

/// Write the notice (お知らせ) of a release to institutions: what changes from when, master by master; what
/// changes of the past, why, and what is to be checked again. All of it is from the release itself. A site
/// changes the sentences with notices/ja.toml in its folder of --schemas.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The number of the release; otherwise the published one.
    #[arg(value_parser = number::<u64>(1..))]
    release: Option<u64>,
    /// A draft's folder instead: to have the notice ready before it is published.
    #[arg(long, value_name = "DRAFT", conflicts_with = "release")]
    draft: Option<PathBuf>,
    #[command(flatten)]
    at: At,
    /// Tell every code; otherwise the first 20 of each kind of change, and how many more there are.
    #[arg(long)]
    all: bool,
    /// Write it to this file: .html a page to be printed, .txt text; otherwise it is shown.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// A release, read for its notice.
struct Told {
    standing: Standing,
    manifest: Manifest,
    list: Vec<Change>,
    names: Names,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let is_page = self.output.as_deref().map(is_page).transpose()?.unwrap_or_default();
        let output = context.place_of(self.output.as_ref())?;
        let words = Words::of(context.lang, &context.library.notices)?;
        let tip = self.at.tip()?;
        let published = self.at.published(context, &tip)?;
        let Told { standing, manifest, list, names } = match &self.draft {
            Some(folder) => of_draft(context, folder, &tip, published.as_ref())?,
            None => self.of_release(published.as_ref())?,
        };
        let before = self.before(&manifest)?;
        let digest = manifest.digest().map_err(|error| trust_failure(&error))?.to_string();
        let release =
            Release { standing, manifest: &manifest, digest, list: &list, names: &names, before: &before };
        let notice = Notice::of(&context.library.schemas, &release);
        let most = if self.all { usize::MAX } else { CODES };
        if context.json {
            context.print_json(&serde_json::to_value(&notice).unwrap_or_default())?;
            return Ok(Exit::Done);
        }
        let written = match is_page {
            true => page(&notice, &words, most, context.lang).into_string(),
            false => text(&notice, &words, most, context.lang),
        };
        match &output {
            Some(output) => output.write(written.as_bytes())?,
            None => context.print(&written)?,
        }
        Ok(Exit::Done)
    }

    /// The one that is asked for: the published one, or one of those whose changes it carries.
    fn of_release(&self, published: Option<&PublishedRelease>) -> Result<Told, Failure> {
        let Some(published) = published else {
            return Err(Failure::new(
                Exit::CouldNotRun,
                "nothing is published yet; name a draft with --draft",
                "まだ何も公開されていません。草案のお知らせを作る場合は --draft で指定してください",
            ));
        };
        let asked = self.release.unwrap_or(published.release().release);
        let changes = published.verified().changes();
        if asked == published.release().release {
            let list = changes.map_or_else(|| Ok(Vec::new()), |changes| read_list(changes.list))?;
            let names = published.names(&list, &[]);
            return Ok(Told {
                standing: Standing::Published,
                manifest: published.manifest().clone(),
                list,
                names,
            });
        }
        let mut earlier = changes.iter().flat_map(warifu_trust::VerifiedChanges::earlier);
        let Some((told, list)) = earlier.find(|(told, _)| told.release.release == asked) else {
            let carried = changes.iter().flat_map(warifu_trust::VerifiedChanges::earlier);
            let known = carried.map(|(told, _)| told.release.release);
            let known: Vec<String> =
                [published.release().release].into_iter().chain(known).map(|one| one.to_string()).collect();
            let known = known.join(", ");
            return Err(Failure::new(
                Exit::CouldNotRun,
                format!("the changes of release {asked} are not known here; there are those of: {known}"),
                format!(
                    "リリース {asked} の変更内容はここでは分かりません。お知らせを作れるリリース: {known}"
                ),
            ));
        };
        let list = read_list(list)?;
        let names = published.names(&list, &[]);
        Ok(Told { standing: Standing::Published, manifest: self.manifest(told.release)?, list, names })
    }

    fn manifest(&self, release: ReleaseRef) -> Result<Manifest, Failure> {
        let channel = self.at.address()?.channel();
        fetch_earlier_manifest(channel.as_ref(), release).map_err(|error| trust_failure(&error))
    }

    /// The releases that a revert takes the place of.
    fn before(&self, manifest: &Manifest) -> Result<Vec<Manifest>, Failure> {
        let Some(to) = manifest.reverts_to else { return Ok(Vec::new()) };
        let before = manifest.releases_before();
        before
            .into_iter()
            .filter(|before| before.release > to.release)
            .map(|one| self.manifest(one))
            .collect()
    }
}

fn of_draft(
    context: &Context,
    folder: &Path,
    tip: &Tip,
    published: Option<&PublishedRelease>,
) -> Result<Told, Failure> {
    let drafted = Drafted::read(folder)?;
    let draft = &drafted.proposal;
    // The published release may be drafted anew; what it says was signed by both all the same.
    let standing = match tip.release() == Some(draft.release()) {
        true => Standing::Published,
        false => Standing::Draft(tally(&drafted.halves(context, tip)?, draft, tip)?),
    };
    let (list, masters) = changes_of_draft(&context.library.schemas, draft)?;
    let names = published.map(|published| published.names(&list, &masters)).unwrap_or_default();
    Ok(Told { standing, manifest: draft.manifest().clone(), list, names })
}

/// Whether the file is to be a page; it says so by what its name ends in.
fn is_page(path: &Path) -> Result<bool, Failure> {
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("html") => Ok(true),
        Some("txt") => Ok(false),
        _ => Err(Failure::new(
            Exit::CouldNotRun,
            format!("{}: a notice is written to a .html or a .txt file", path.display()),
            format!("{}: お知らせの出力先は .html か .txt にしてください", path.display()),
        )),
    }
}

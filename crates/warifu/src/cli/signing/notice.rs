//! `warifu notice`: what a release changes, told to institutions.

use std::path::{Path, PathBuf};

use warifu::error::{Exit, Failure};
use warifu::notice::{Notice, Release, Standing, Words, page, text};
use warifu::release::{Answers, Names, PublishedRelease, changes_of_draft, read_list, trust_failure};
use warifu_channels::{fetch_earlier_manifest, fetch_published_fallback};
use warifu_masters::past::Change;
use warifu_trust::{Made, Manifest, ReleaseRef, Tip};
use warifu_usage::number;

use super::at::At;
use super::drafted::Drafted;
use super::told::tally;
use crate::cli::Context;

/// Codes that are told of each kind of change, where not all are asked for.
const CODES: usize = 20;

/// Write the notice (お知らせ) of a release to institutions: what changes from when, master by master; what
/// changes of the past, why, and what is to be checked again. Of a release that was withdrawn it is the
/// notice of that. All of it is what the release and its channel say. A site changes the sentences with
/// notices/ja.toml in its folder of --schemas.
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
    /// The masters of a draft; those of what is published are known.
    masters: Vec<Answers>,
    /// Whether every master of it is at hand.
    is_whole: bool,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let is_page = self.output.as_deref().map(is_page).transpose()?.unwrap_or_default();
        let output = context.place_of(self.output.as_ref())?;
        let words = Words::of(context.lang, &context.library.notices)?;
        let tip = self.at.tip(context)?;
        let published = self.at.published(context, &tip)?;
        let mut told = match &self.draft {
            Some(folder) => of_draft(context, folder, &tip, published.as_ref())?,
            None => self.of_release(context, published.as_ref())?,
        };
        let follows = self.withdrawn_before(context, &tip, &told.manifest)?;
        let compared_with =
            self.compare_with_last_good(context, &tip, published.as_ref(), &follows, &mut told)?;
        let Told { standing, manifest, list, names, masters, .. } = &told;
        let before = self.before(context, manifest)?;
        let digest = manifest.digest().map_err(|error| trust_failure(&error))?;
        let this = ReleaseRef { release: manifest.release, manifest: digest };
        let withdrawn = tip.statements().withdrawal(this);
        let instead = if tip.withdrawn().is_some() { tip.fallback() } else { tip.release() };
        let instead = instead.map(|instead| instead.release);
        let masters = match (&self.draft, &published) {
            (None, Some(published)) => published.masters(),
            _ => masters,
        };
        let digest = digest.to_string();
        let release = Release {
            standing: *standing,
            manifest,
            digest,
            list,
            names,
            before: &before,
            withdrawn: withdrawn.map(|made| (made, instead)),
            follows: &follows,
            compared_with,
            masters,
        };
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
            Some(output) => {
                output.write(written.as_bytes())?;
                context.tell_written(output.path());
            }
            None => context.print(&written)?,
        }
        Ok(Exit::Done)
    }

    /// The one that is asked for: the published one, or one of those whose changes it carries.
    fn of_release(&self, context: &Context, published: Option<&PublishedRelease>) -> Result<Told, Failure> {
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
            let (manifest, masters) = (published.manifest().clone(), Vec::new());
            return Ok(Told {
                standing: Standing::Published,
                manifest,
                list,
                names,
                masters,
                is_whole: true,
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
        let (manifest, masters) = (self.manifest(context, told.release)?, Vec::new());
        Ok(Told { standing: Standing::Published, manifest, list, names, masters, is_whole: false })
    }

    fn manifest(&self, context: &Context, release: ReleaseRef) -> Result<Manifest, Failure> {
        let channel = self.at.address(context)?.channel();
        fetch_earlier_manifest(channel.as_ref(), release).map_err(|error| trust_failure(&error))
    }

    /// The releases right before `manifest` that were withdrawn, the newest first.
    fn withdrawn_before(
        &self,
        context: &Context,
        tip: &Tip,
        manifest: &Manifest,
    ) -> Result<Vec<(Manifest, Made)>, Failure> {
        let (mut found, mut previous) = (Vec::new(), manifest.previous);
        while let Some((release, made)) =
            previous.and_then(|release| Some((release, tip.statements().withdrawal(release)?)))
        {
            let before = self.manifest(context, release)?;
            previous = before.previous;
            found.push((before, made.clone()));
        }
        Ok(found)
    }

    /// Puts into `told` what is new against the last release that was not withdrawn, where the channel still
    /// has that one whole; its number.
    fn compare_with_last_good(
        &self,
        context: &Context,
        tip: &Tip,
        published: Option<&PublishedRelease>,
        follows: &[(Manifest, Made)],
        told: &mut Told,
    ) -> Result<Option<u64>, Failure> {
        let last_good = follows.last().and_then(|(oldest, _)| oldest.previous);
        let Some(last_good) =
            last_good.filter(|last_good| told.is_whole && tip.fallback() == Some(*last_good))
        else {
            return Ok(None);
        };
        let channel = self.at.address(context)?.channel();
        let before =
            fetch_published_fallback(channel.as_ref(), tip).map_err(|error| trust_failure(&error))?;
        let Some(before) = before else { return Ok(None) };
        let before = PublishedRelease::read(&context.library.schemas, before)?;
        let masters = match (&self.draft, published) {
            (None, Some(published)) => published.masters(),
            _ => &told.masters,
        };
        told.list = before.changes_to(masters);
        told.names = before.names(&told.list, masters);
        Ok(Some(last_good.release))
    }

    /// The releases that a revert takes the place of.
    fn before(&self, context: &Context, manifest: &Manifest) -> Result<Vec<Manifest>, Failure> {
        let Some(to) = manifest.reverts_to else { return Ok(Vec::new()) };
        let before = manifest.releases_before();
        before
            .into_iter()
            .filter(|before| before.release > to.release)
            .map(|one| self.manifest(context, one))
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
    Ok(Told { standing, manifest: draft.manifest().clone(), list, names, masters, is_whole: true })
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

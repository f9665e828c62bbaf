use std::fs;
use std::path::PathBuf;

use clap::Subcommand;
use serde_json::json;
use warifu::error::{Exit, Failure};
use warifu::files;
use warifu::release::{RELEASE_FILE, signed_file, trust_failure};
use warifu_trust::{Form, OpenError, OpenedRelease, VerifiedRelease, find_in_release, open};
use warifu_values::digest::Digest;
use warifu_values::say;

use super::release::manifest_lines;
use super::{Trusted, channel, now};
use crate::cli::Context;

/// Verify, list and fetch what a channel holds.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Verify(Verify),
    List(List),
    Fetch(Fetch),
}

/// Verify the newest release: signatures of both organisations, order, freshness, and every byte of content.
#[derive(Debug, clap::Args)]
struct Verify {
    #[command(flatten)]
    from: From,
}

/// List the releases on offer: the current one and the one to fall back to.
#[derive(Debug, clap::Args)]
struct List {
    #[command(flatten)]
    from: From,
}

/// Write the masters of the newest release in one format, each proven to be the bytes that were signed.
#[derive(Debug, clap::Args)]
struct Fetch {
    #[command(flatten)]
    from: From,
    /// The format to write.
    #[arg(long, value_name = "FORMAT", default_value = "kikin")]
    format: String,
    /// Only this kind of master.
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// The folder to write to.
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

#[derive(Debug, clap::Args)]
struct From {
    /// The channel.
    #[arg(value_name = "CHANNEL", env = "WARIFU_CHANNEL")]
    channel: PathBuf,
    #[command(flatten)]
    trusted: Trusted,
}

impl From {
    /// Opens the newest release, and remembers it only once its content was verified too.
    fn open(&self, fetch: bool) -> Result<(OpenedRelease, Option<VerifiedRelease>), Failure> {
        let at = channel(&self.channel);
        let mut state = self.trusted.load()?;
        let opened = open(&at, &mut state, now()).map_err(|error| trust_failure(&error))?;
        let verified = match fetch {
            true => Some(opened.fetch(&at).map_err(|error| trust_failure(&error))?),
            false => None,
        };
        self.trusted.save(&state)?;
        Ok((opened, verified))
    }
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.command {
            Command::Verify(args) => args.run(context),
            Command::List(args) => args.run(context),
            Command::Fetch(args) => args.run(context),
        }
    }
}

impl Verify {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let (opened, verified) = self.from.open(true)?;
        let Some(verified) = verified else { return Ok(Exit::Done) };
        let signers = opened.signers();
        if context.json {
            context.print_json(&json!({
                "verified": true, "manifest": verified.manifest(), "expires": opened.expires(),
                "signers": { "kikin": signers.kikin, "kokuho": signers.kokuho },
            }))?;
            return Ok(Exit::Done);
        }
        let lang = context.lang;
        let (kikin, kokuho) = (signers.kikin.join(", "), signers.kokuho.join(", "));
        let mut text = manifest_lines(verified.manifest(), lang);
        text.push_str(&say!(
            lang,
            "signed by {kikin} (Kikin) and {kokuho} (Kokuho); every byte is what both signed\nfresh until {}\n",
            "署名: {kikin}（支払基金）、{kokuho}（国保中央会）。全バイトが両者の署名と一致しました\n有効期限 {}\n",
            opened.expires()
        ));
        context.print(&text)?;
        Ok(Exit::Done)
    }
}

impl List {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let (opened, _) = self.from.open(false)?;
        let at = channel(&self.from.channel);
        let current = opened.fetch_manifest(&at).map_err(|error| trust_failure(&error))?;
        let fallback = opened.fetch_fallback(&at).map_err(|error| trust_failure(&error))?;
        if context.json {
            context.print_json(&json!({
                "current": current, "fallback": fallback.as_ref().map(VerifiedRelease::manifest),
            }))?;
            return Ok(Exit::Done);
        }
        let lang = context.lang;
        let mut text = say!(lang, "current:  ", "現行: ");
        text.push_str(&manifest_lines(&current, lang));
        match &fallback {
            Some(release) => {
                text.push_str(&say!(lang, "fallback: ", "戻り先: "));
                text.push_str(&manifest_lines(release.manifest(), lang));
            }
            None => text.push_str(&say!(lang, "fallback: none\n", "戻り先: なし\n")),
        }
        context.print(&text)?;
        Ok(Exit::Done)
    }
}

impl Fetch {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let (_, verified) = self.from.open(true)?;
        let Some(verified) = verified else { return Ok(Exit::Done) };
        let wanted = |kind: &str| self.kind.as_deref().is_none_or(|wanted| wanted == kind);
        // Everything is made before anything is written.
        let mut made = Vec::new();
        for (entry, canonical) in verified.masters().filter(|(entry, _)| wanted(&entry.kind)) {
            made.push((entry, signed_file(&context.library.schemas, entry, canonical, &self.format)?));
        }
        if made.is_empty() {
            return Err(Failure::new(
                Exit::CouldNotRun,
                "the release holds no such master",
                "リリースに該当するマスターがありません",
            ));
        }
        fs::create_dir_all(&self.output).map_err(|error| {
            let folder = self.output.display();
            Failure::system(
                format_args!("cannot make {folder}"),
                format_args!("{folder} を作成できません"),
                &error,
            )
        })?;
        // What the files were made of and what was let pass: `warifu validate` judges them by it.
        files::write(&self.output.join(RELEASE_FILE), &verified.manifest().to_bytes())?;
        let mut listed = Vec::new();
        let mut text = String::new();
        for (entry, (name, bytes)) in made {
            let path = self.output.join(&name);
            files::write(&path, &bytes)?;
            let sha256 = Digest::of(&bytes);
            text.push_str(&format!("{sha256}  {}\n", path.display()));
            listed
                .push(json!({ "series": entry.series, "kind": entry.kind, "file": path, "sha256": sha256 }));
        }
        if context.json {
            context.print_json(&json!({ "release": verified.release().release, "files": listed }))?;
        } else {
            context.print(&text)?;
        }
        Ok(Exit::Done)
    }
}

/// Whether a file is part of a signed release, for `warifu inspect`.
#[derive(Debug, clap::Args)]
pub(crate) struct Membership {
    /// Also say whether the files are part of this channel's signed releases.
    #[arg(long, value_name = "DIR", requires = "root", env = "WARIFU_CHANNEL")]
    channel: Option<PathBuf>,
    /// The root that this side trusts.
    #[arg(long, value_name = "FILE", env = "WARIFU_ROOT")]
    root: Option<PathBuf>,
}

impl Membership {
    /// The signed releases to look in; none when no channel was named.
    pub(crate) fn releases(self) -> Result<Option<Vec<VerifiedRelease>>, Failure> {
        let (Some(folder), Some(root)) = (self.channel, self.root) else { return Ok(None) };
        let at = channel(&folder);
        let mut state = Trusted { root, state: None }.load()?;
        let opened = match open(&at, &mut state, now()) {
            Ok(opened) => opened,
            // Nothing is signed yet, and that is what can be said of every file.
            Err(OpenError::NothingPublished) => return Ok(Some(Vec::new())),
            Err(error) => return Err(trust_failure(&error)),
        };
        let current = opened.fetch(&at).map_err(|error| trust_failure(&error))?;
        let fallback = opened.fetch_fallback(&at).map_err(|error| trust_failure(&error))?;
        Ok(Some([current].into_iter().chain(fallback).collect()))
    }
}

/// Where the bytes with this digest stand in `releases`, in words and as JSON.
pub(crate) fn membership(
    context: &Context,
    releases: &[VerifiedRelease],
    sha256: Digest,
) -> (String, serde_json::Value) {
    let lang = context.lang;
    match releases.iter().find_map(|release| find_in_release(release, sha256)) {
        Some(found) => {
            let name = format!("{}/{}", found.master.series, found.master.kind);
            let form = match found.form {
                Form::Canonical => "canonical",
                Form::Format { name, .. } => name,
            };
            let words = say!(
                lang,
                "signed by both: release {}, {name} as {form}",
                "両者の署名あり: リリース {}、{name}（{form}）",
                found.release
            );
            (words, json!({ "release": found.release, "master": name, "form": form }))
        }
        None => {
            let words = say!(
                lang,
                "IN NO SIGNED RELEASE of this channel: do not install it",
                "署名済みリリースに含まれません。導入しないでください"
            );
            (words, serde_json::Value::Null)
        }
    }
}

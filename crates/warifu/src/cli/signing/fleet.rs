//! `warifu fleet`: what an organisation says to the other of the fleet that it runs. A checker holds no key;
//! who signs for it does so here.

use std::ffi::OsString;
use std::io::Read as _;
use std::path::PathBuf;

use clap::Subcommand;
use serde_json::{Value, json};
use warifu::error::{Exit, Failure};
use warifu::interrupt::{self, Whole};
use warifu::release::trust_failure;
use warifu_channels::{PublishChannel, Replaced};
use warifu_trust::{AreaRuns, ChannelPath, KeyCard, Receivers, limits};
use warifu_values::say;
use warifu_values::text::shown;

use super::key_source::KeySource;
use super::{address, regular};
use crate::cli::Context;
use crate::cli::settings::NamedBy;

/// Say to the other organisation what this one's fleet runs.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Sign(Sign),
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let Command::Sign(sign) = self.command;
        sign.run(context)
    }
}

/// Sign what `warifu-checker fleet statement` printed, and put it where the other organisation reads it.
#[derive(Debug, clap::Args)]
struct Sign {
    /// The statement's file; - is what is piped in.
    statement: PathBuf,
    /// Where it goes, apart from releases, one place for each area: a folder, or a URL of an S3 store.
    #[arg(long, value_name = "PLACE")]
    to: OsString,
    #[command(flatten)]
    key: KeySource,
}

/// Somebody else may write the same place at once; whoever loses each of so many times has a fault.
const TRIES: usize = 5;

/// The document that is signed, and what it says of itself.
const SCHEMA: &str = "warifu-checker/fleet-statement/1";

impl Sign {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let runs = self.read()?;
        let place = address(&self.to, &NamedBy::Line)?.publish_channel();
        let key = self.key.read(context, |_| None)?;
        let bytes = runs.sign(&key).map_err(|error| trust_failure(&error))?;
        let card = KeyCard { organisation: None, name: "own".into(), public: key.public() };
        let own = Receivers::of(vec![card]).unwrap_or_default();
        let whole = Whole::begin();
        let is_there = put(place.as_ref(), &runs, &bytes, &own)?;
        interrupt::wrote(shown(&self.to.to_string_lossy()));
        drop(whole);
        if context.json {
            let to = self.to.to_string_lossy();
            context.print_json(&json!({ "said": runs, "to": to, "newer_was_there": !is_there }))?;
            return Ok(Exit::Done);
        }
        let (area, epoch, release) = (shown(&runs.area), runs.epoch, runs.release.release);
        context.print(&match is_there {
            true => say!(
                context.lang,
                "signed: area {area} runs release {release}, epoch {epoch}\n",
                "署名しました: エリア {area}、リリース {release}、エポック {epoch}\n"
            ),
            false => say!(
                context.lang,
                "something newer is there already; it was left\n",
                "より新しいものがすでに置かれています。変更していません\n"
            ),
        })?;
        Ok(Exit::Done)
    }

    fn read(&self) -> Result<AreaRuns, Failure> {
        let bytes = if self.statement.as_os_str() == "-" {
            let mut bytes = Vec::new();
            let mut input = std::io::stdin().lock().take(limits::STATEMENT_BYTES + 1);
            input.read_to_end(&mut bytes).map_err(|error| {
                Failure::system("what is piped in cannot be read", "パイプからの入力を読めません", &error)
            })?;
            bytes
        } else {
            regular(&self.statement, limits::STATEMENT_BYTES)?
        };
        let file = shown(&self.statement.to_string_lossy());
        let refused = |why: String| {
            Failure::new(
                Exit::CouldNotRun,
                format!("{file} is not what warifu-checker fleet statement prints: {why}"),
                format!("{file} は warifu-checker fleet statement の出力ではありません: {why}"),
            )
        };
        let mut value: Value = serde_json::from_slice(&bytes).map_err(|error| refused(error.to_string()))?;
        let schema = value.as_object_mut().and_then(|members| members.remove("schema"));
        if schema != Some(SCHEMA.into()) {
            return Err(refused(format!("\"schema\": \"{SCHEMA}\"")));
        }
        serde_json::from_value(value).map_err(|error| refused(error.to_string()))
    }
}

/// Puts `bytes` there; false where something newer is that this key signed.
fn put(
    place: &(dyn PublishChannel + Send + Sync),
    runs: &AreaRuns,
    bytes: &[u8],
    own: &Receivers,
) -> Result<bool, Failure> {
    let path = ChannelPath::area();
    for _ in 0..TRIES {
        let there = place.read(&path, limits::STATEMENT_BYTES).map_err(|error| trust_failure(&error))?;
        let newer = there.as_deref().and_then(|there| AreaRuns::verify(there, own));
        if newer.is_some_and(|(there, _)| there.at > runs.at) {
            return Ok(false);
        }
        let replaced =
            place.replace(&path, there.as_deref(), bytes).map_err(|error| trust_failure(&error))?;
        if replaced == Replaced::Done {
            return Ok(true);
        }
    }
    Err(Failure::new(
        Exit::CouldNotRun,
        "somebody else writes there all the time; look who signs for this area",
        "他の処理が同じ場所に書き込み続けています。このエリアに署名している処理を確認してください",
    ))
}

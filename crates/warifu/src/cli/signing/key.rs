use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use serde_json::json;
use warifu::error::{Exit, Failure};
use warifu::files;
use warifu::release::trust_failure;
use warifu_audit::Act;
use warifu_trust::{KeyCard, Organisation, SecretKey};
use warifu_values::say;

use super::statement::Revoke;
use super::{KeySource, PassphraseSource, card, chosen};
use crate::cli::Context;

/// Make and show keys.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Generate(Generate),
    Show(Show),
    Revoke(Revoke),
    ChangePassphrase(ChangePassphrase),
}

/// Make a key: NAME.key, encrypted under a passphrase, and NAME.pub.json to hand to the others.
#[derive(Debug, clap::Args)]
struct Generate {
    /// The holder, as the others know them; also the name of the files.
    name: String,
    /// Whose person holds it; left out for the release manager's automation key.
    #[arg(long, value_enum)]
    organisation: Option<Side>,
    /// Where to put the files.
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    #[command(flatten)]
    passphrase: PassphraseSource,
}

/// Show a public key: holder, organisation, id.
#[derive(Debug, clap::Args)]
struct Show {
    /// The file NAME.pub.json.
    card: PathBuf,
}

/// Protect a key with another passphrase; the key stays the same.
#[derive(Debug, clap::Args)]
struct ChangePassphrase {
    #[command(flatten)]
    key: KeySource,
    /// Read the new passphrase from the first line of this file; otherwise it is asked for.
    #[arg(long, value_name = "FILE")]
    new_passphrase_file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Side {
    Kikin,
    Kokuho,
}

impl Args {
    /// What is written down of it.
    pub(crate) fn act(&self) -> Option<Act> {
        match &self.command {
            Command::Generate(_) | Command::Revoke(_) | Command::ChangePassphrase(_) => Some(Act::Key),
            Command::Show(_) => None,
        }
    }

    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.command {
            Command::Generate(args) => args.run(context),
            Command::Revoke(args) => args.run(context),
            Command::ChangePassphrase(args) => args.run(context),
            Command::Show(args) => {
                let card = card(&args.card)?;
                show(context, &card, None)?;
                Ok(Exit::Done)
            }
        }
    }
}

impl Generate {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let (secret_file, card_file) =
            (self.dir.join(format!("{}.key", self.name)), self.dir.join(format!("{}.pub.json", self.name)));
        if self.name.contains(['/', '\\']) || self.name.starts_with('.') {
            return Err(Failure::new(
                Exit::CouldNotRun,
                "a name without / and not beginning with . is needed: files are called after it",
                "名前に / は使えず、. で始められません（ファイル名になります）",
            ));
        }
        if let Some(file) = [&secret_file, &card_file].into_iter().find(|file| file.exists()) {
            return Err(Failure::new(
                Exit::CouldNotRun,
                format!("{} is there already; a key is never overwritten", file.display()),
                format!("{} は既にあります。鍵は上書きしません", file.display()),
            ));
        }
        let organisation = self.organisation.map(|side| match side {
            Side::Kikin => Organisation::Kikin,
            Side::Kokuho => Organisation::Kokuho,
        });
        let passphrase = self.passphrase.choose(context, &self.name)?;
        let secret = SecretKey::generate().map_err(|error| trust_failure(&error))?;
        let pem = secret.to_encrypted_pem(&passphrase).map_err(|error| trust_failure(&error))?;
        let card = KeyCard { organisation, name: self.name, public: secret.public() };
        // A card that cannot be read back is refused before anything is written.
        KeyCard::from_bytes(&card.to_bytes()).map_err(|error| trust_failure(&error))?;
        files::write_private(&secret_file, pem.as_bytes())?;
        files::write(&card_file, &card.to_bytes())?;
        show(context, &card, Some((&secret_file, &card_file)))?;
        Ok(Exit::Done)
    }
}

impl ChangePassphrase {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let secret = self.key.read(context)?;
        let file = self.key.file();
        let whose = file.display().to_string();
        let passphrase = chosen(context, &whose, self.new_passphrase_file.as_deref())?;
        let pem = secret.to_encrypted_pem(&passphrase).map_err(|error| trust_failure(&error))?;
        // Beside its place and flushed first: after a power cut the key opens with one of the two.
        let beside = file.with_extension("key-new");
        files::write_private(&beside, pem.as_bytes())?;
        std::fs::rename(&beside, file).map_err(|error| {
            let _ = std::fs::remove_file(&beside);
            Failure::system(
                format_args!("cannot write {whose}; the key is under the passphrase it had"),
                format_args!("{whose} を書き込めません。パスフレーズは元のままです"),
                &error,
            )
        })?;
        let (id, groups) = (secret.public().id(), secret.public().id().read_out());
        if context.json {
            context.print_json(&json!({ "secret": file, "key_id": id.to_string(), "key": groups }))?;
        } else {
            context.print(&say!(
                context.lang,
                "{whose}: the same key ({groups}), new passphrase; destroy copies under the old one\n",
                "{whose}: 同じ鍵（{groups}）を新しいパスフレーズで保護しました。古い控えは破棄してください\n"
            ))?;
        }
        Ok(Exit::Done)
    }
}

fn show(context: &Context, card: &KeyCard, files: Option<(&PathBuf, &PathBuf)>) -> Result<(), Failure> {
    let lang = context.lang;
    let organisation = card.organisation.map(Organisation::word);
    let id = card.public.id();
    if context.json {
        return context.print_json(&json!({
            "name": card.name, "organisation": organisation, "key_id": id.to_string(),
            "key": id.read_out(),
            "secret": files.map(|(secret, _)| secret), "card": files.map(|(_, card)| card),
        }));
    }
    let of = organisation.unwrap_or("automation");
    let (name, groups) = (&card.name, id.read_out());
    let mut text = format!("{name} ({of}), {id}\n");
    text.push_str(&say!(lang, "to be read out: {groups}\n", "読み上げ用: {groups}\n"));
    if let Some((secret, card)) = files {
        let (secret, card) = (secret.display(), card.display());
        text.push_str(&say!(
            lang,
            "{secret}: keep it, encrypted under your passphrase\n{card}: hand it to the others\n",
            "{secret}: 秘密鍵（パスフレーズで暗号化）。手元に保管\n{card}: 公開鍵。関係者に渡す\n"
        ));
    }
    context.print(&text)
}

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use serde_json::json;
use warifu::error::{Exit, Failure};
use warifu::files;
use warifu::interrupt::Whole;
use warifu::release::trust_failure;
use warifu_audit::Act;
use warifu_trust::{KeyCard, KeyError, Organisation, PublicKey, SecretKey};
use warifu_values::say;
use warifu_values::text::is_plain;

use super::card;
use super::key_source::{KeyName, KeySource};
use super::passphrase::{PassphraseSource, chosen};
use super::statement::Revoke;
use super::token::{self, Reach};
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

/// Make a key: NAME.key, encrypted under a passphrase, and NAME.pub.json to hand to the others. With --on the
/// secret half is made on a token, which it cannot leave.
#[derive(Debug, clap::Args)]
#[command(visible_alias = "new")]
struct Generate {
    /// The holder, as the others know them; also the name of the files.
    name: String,
    /// Whose person holds it; left out for the release manager's automation key.
    #[arg(long, value_enum)]
    organisation: Option<Side>,
    /// Where to put the files.
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// Make it on the token of this pkcs11: URI, such as pkcs11:token=kikin, labelled NAME or as its object=
    /// says.
    #[arg(long, value_name = "URI")]
    on: Option<String>,
    /// With --on: take the key that lies on the token, and make its card.
    #[arg(long, requires = "on")]
    existing: bool,
    #[command(flatten)]
    passphrase: PassphraseSource,
    #[command(flatten)]
    reach: Reach,
}

/// Show a public key: holder, organisation, id.
#[derive(Debug, clap::Args)]
struct Show {
    /// The file NAME.pub.json, or a pkcs11: URI of a key on a token, which asks for no PIN.
    #[arg(value_name = "KEY", value_parser = clap::value_parser!(OsString))]
    key: OsString,
    #[command(flatten)]
    reach: Reach,
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
            Command::Show(args) => args.run(context),
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
        if let Some(file) = [&card_file, &secret_file].into_iter().find(|file| file.exists()) {
            return Err(Failure::new(
                Exit::CouldNotRun,
                format!(
                    "{} is there already; a key is never overwritten, --force or not: give another name, \
                     or another folder with --dir",
                    file.display()
                ),
                format!(
                    "{} は既にあります。鍵は --force でも上書きしません。別の名前か、--dir で別のフォルダーを\
                     指定してください",
                    file.display()
                ),
            ));
        }
        // A card that could not be read back is refused before anything is made.
        if !is_plain(&self.name) {
            return Err(trust_failure(&KeyError::BadName));
        }
        let organisation = self.organisation.map(|side| match side {
            Side::Kikin => Organisation::Kikin,
            Side::Kokuho => Organisation::Kokuho,
        });
        let name = self.name;
        let made = match &self.on {
            Some(uri) => {
                let pin = self.passphrase.pin_file();
                let (public, uri) = token::make(context, (uri, &name), self.existing, &self.reach, pin)?;
                Made { public, secret: Secret::OnToken(uri) }
            }
            None => {
                let passphrase = self.passphrase.choose(context, &name)?;
                let secret = SecretKey::generate().map_err(|error| trust_failure(&error))?;
                let pem = secret.to_encrypted_pem(&passphrase).map_err(|error| trust_failure(&error))?;
                Made { public: secret.public(), secret: Secret::InFile(secret_file, pem) }
            }
        };
        let card = KeyCard { organisation, name, public: made.public };
        let whole = Whole::begin();
        if let Secret::InFile(file, pem) = &made.secret {
            files::write_private(file, pem.as_bytes())?;
        }
        context.place(&card_file)?.write(&card.to_bytes())?;
        drop(whole);
        show(context, &card, Some((&made.secret, &card_file)))?;
        Ok(Exit::Done)
    }
}

/// A key that was made.
struct Made {
    public: PublicKey,
    secret: Secret,
}

/// Where its secret half is.
enum Secret {
    /// To be written to this file.
    InFile(PathBuf, zeroize::Zeroizing<String>),
    /// On the token, under this name.
    OnToken(String),
}

impl Show {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        match KeyName::from(self.key) {
            KeyName::File(file) => show(context, &card(&file)?, None)?,
            KeyName::Token(uri) => {
                let (public, uri) = token::shown(&uri, &self.reach)?;
                let (id, groups) = (public.id(), public.id().read_out());
                if context.json {
                    context.print_json(&json!({ "token": uri, "key_id": id.to_string(), "key": groups }))?;
                } else {
                    context.print(&format!("{uri}, {id}\n{}", read_out(context, &groups)))?;
                }
            }
        }
        Ok(Exit::Done)
    }
}

impl ChangePassphrase {
    fn run(self, context: &Context) -> Result<Exit, Failure> {
        let (file, secret) = self.key.read_from_file(context)?;
        let whose = file.display().to_string();
        let passphrase = chosen(context, &whose, self.new_passphrase_file.as_deref())?;
        let pem = secret.to_encrypted_pem(&passphrase).map_err(|error| trust_failure(&error))?;
        let whole = Whole::begin();
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
        drop(whole);
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

/// A line with the groups to be read out.
fn read_out(context: &Context, groups: &str) -> String {
    say!(context.lang, "to be read out: {groups}\n", "読み上げ用: {groups}\n")
}

fn show(context: &Context, card: &KeyCard, made: Option<(&Secret, &Path)>) -> Result<(), Failure> {
    let lang = context.lang;
    let organisation = card.organisation.map(Organisation::word);
    let id = card.public.id();
    if context.json {
        let (file, token) = match made {
            Some((Secret::InFile(file, _), _)) => (Some(file), None),
            Some((Secret::OnToken(uri), _)) => (None, Some(uri)),
            None => (None, None),
        };
        return context.print_json(&json!({
            "name": card.name, "organisation": organisation, "key_id": id.to_string(),
            "key": id.read_out(),
            "secret": file, "token": token, "card": made.map(|(_, card)| card),
        }));
    }
    let of = organisation.unwrap_or("automation");
    let name = &card.name;
    let mut text = format!("{name} ({of}), {id}\n{}", read_out(context, &id.read_out()));
    if let Some((secret, card)) = made {
        text.push_str(&match secret {
            Secret::InFile(file, _) => {
                let file = file.display();
                say!(
                    lang,
                    "{file}: keep it, encrypted under your passphrase\n",
                    "{file}: 秘密鍵（パスフレーズで暗号化）。手元に保管\n"
                )
            }
            Secret::OnToken(uri) => say!(
                lang,
                "{uri}: the secret half, which stays on the token; sign with --key '{uri}'\n",
                "{uri}: 秘密鍵（トークンから取り出せません）。署名時は --key '{uri}' を指定\n"
            ),
        });
        let card = card.display();
        text.push_str(&say!(lang, "{card}: hand it to the others\n", "{card}: 公開鍵。関係者に渡す\n"));
    }
    context.print(&text)
}

//! Which key signs: a file under a passphrase, or a key on a token.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use warifu::advice::in_shell;
use warifu::error::{Exit, Failure};
use warifu_trust::{KeyId, PublicKey, SecretKey, Signer, SignerError, limits};

use super::passphrase::PassphraseSource;
use super::token::{self, Reach};
use crate::cli::Context;

/// Which key signs.
#[derive(Debug, clap::Args)]
pub(super) struct KeySource {
    /// The key: the file that `warifu key generate` wrote, or a pkcs11: URI of a key on a token, such as
    /// 'pkcs11:token=kikin;object=aoki'.
    #[arg(long, value_name = "KEY")]
    key: KeyName,
    #[command(flatten)]
    passphrase: PassphraseSource,
    #[command(flatten)]
    reach: Reach,
}

/// Where a key lies.
#[derive(Debug, Clone)]
pub(super) enum KeyName {
    /// In a file.
    File(PathBuf),
    /// On a token, by a URI that nobody has read yet.
    Token(String),
}

impl From<OsString> for KeyName {
    fn from(name: OsString) -> Self {
        match name.to_str().filter(|text| token::is_meant(text)) {
            Some(uri) => KeyName::Token(uri.to_owned()),
            None => KeyName::File(name.into()),
        }
    }
}

/// A key that was unlocked.
pub(super) struct UnlockedKey(Box<dyn Signer>);

impl UnlockedKey {
    /// The public half.
    pub(super) fn public(&self) -> PublicKey {
        self.0.public()
    }
}

impl Signer for UnlockedKey {
    fn public(&self) -> PublicKey {
        self.0.public()
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], SignerError> {
        self.0.sign(message)
    }
}

impl KeySource {
    /// The key of this name.
    pub(super) fn of(key: KeyName, passphrase: PassphraseSource, reach: Reach) -> Self {
        KeySource { key, passphrase, reach }
    }

    /// Unlocks the key. Whose it is, as `holder` says of its id, is written down with the act that runs.
    pub(super) fn read(
        &self,
        context: &Context,
        holder: impl Fn(KeyId) -> Option<String>,
    ) -> Result<UnlockedKey, Failure> {
        let key = match &self.key {
            KeyName::File(file) => UnlockedKey(Box::new(self.read_file(context, file)?)),
            KeyName::Token(uri) => {
                UnlockedKey(token::unlock(context, uri, &self.reach, self.passphrase.pin_file())?)
            }
        };
        let id = key.public().id();
        context.acts.note("key", id.read_out());
        if let Some(holder) = holder(id) {
            context.acts.note("holder", holder);
        }
        Ok(key)
    }

    /// The key's file, and the key in it, which is not on a token.
    pub(super) fn read_from_file(&self, context: &Context) -> Result<(&Path, SecretKey), Failure> {
        match &self.key {
            KeyName::File(file) => Ok((file, self.read_file(context, file)?)),
            KeyName::Token(_) => Err(Failure::new(
                Exit::CouldNotRun,
                "a key on a token is unlocked by the token's PIN; change that with the token's own tool",
                "トークンの鍵は PIN で保護されています。PIN はトークンのツールで変更してください",
            )),
        }
    }

    fn read_file(&self, context: &Context, file: &Path) -> Result<SecretKey, Failure> {
        if file.to_string_lossy().ends_with(".pub.json") {
            let file = file.display();
            return Err(Failure::new(
                Exit::CouldNotRun,
                format!("{file} is the public half of a key, for others; name the secret one (NAME.key)"),
                format!("{file} は他者に渡す公開鍵です。秘密鍵のファイル（名前.key）を指定してください"),
            ));
        }
        owner_only(file)?;
        let pem = warifu_files::read(file, limits::KEY_FILE_BYTES);
        let pem = zeroize::Zeroizing::new(pem.map_err(|error| Failure::told(Exit::CouldNotRun, &error))?);
        let pem = std::str::from_utf8(&pem).map_err(|error| {
            let file = file.display();
            Failure::system(
                format_args!("{file} is no key file"),
                format_args!("{file} は鍵ファイルではありません"),
                &error,
            )
        })?;
        self.passphrase.open(context, &file.display().to_string(), pem)
    }
}

/// Refuses a secret key that others on this machine may read or exchange.
fn owner_only(key: &Path) -> Result<(), Failure> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // What is not there is told by whoever reads it.
        let others = std::fs::metadata(key).is_ok_and(|about| about.permissions().mode() & 0o077 != 0);
        if others {
            let file = key.display();
            return Err(Failure::new(
                Exit::CouldNotRun,
                format!(
                    "others on this machine may use the secret key {file}; first run:\n  chmod 600 {}",
                    in_shell(&key.to_string_lossy())
                ),
                format!(
                    "秘密鍵 {file} を他の利用者が使えます。先に次を実行してください:\n  chmod 600 {}",
                    in_shell(&key.to_string_lossy())
                ),
            ));
        }
    }
    Ok(())
}

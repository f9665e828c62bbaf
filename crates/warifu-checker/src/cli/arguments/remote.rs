//! Which running checker is asked.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use clap::Args;

use crate::cli::client::Client;

/// Which running checker.
#[derive(Debug, Args)]
pub(in crate::cli) struct Remote {
    /// The running checker, by its state directory
    #[arg(long, value_name = "DIR", env = "WARIFU_CHECKER_STATE")]
    pub(in crate::cli) state: Option<PathBuf>,
    /// The running checker, by the socket at which it hears operators
    #[arg(long, value_name = "PATH", env = "WARIFU_CHECKER_SOCKET")]
    pub(in crate::cli) socket: Option<PathBuf>,
    /// The running checker, by its configuration file (default: /etc/warifu/checker.toml); also
    /// WARIFU_CHECKER_CONFIG
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) config: Option<PathBuf>,
    #[cfg(feature = "https")]
    #[command(flatten)]
    pub(in crate::cli) elsewhere: Elsewhere,
    /// Its client, once it is found.
    #[arg(skip)]
    pub(in crate::cli) found: OnceLock<Client>,
    /// One JSON document on stdout
    #[arg(long)]
    pub(in crate::cli) json: bool,
}

/// A checker on another machine, and who asks it.
#[cfg(feature = "https")]
#[derive(Debug, Args)]
pub(in crate::cli) struct Elsewhere {
    /// The running checker, by the URL at which it hears operators: https://HOST:PORT
    #[arg(
        long,
        value_name = "URL",
        env = "WARIFU_CHECKER_OPERATOR_URL",
        requires_all = ["client_certificate", "client_key", "authority"]
    )]
    pub(in crate::cli) operator_url: Option<String>,
    /// The operator's certificate (PEM)
    #[arg(long, value_name = "FILE", env = "WARIFU_CHECKER_CLIENT_CERTIFICATE")]
    pub(in crate::cli) client_certificate: Option<PathBuf>,
    /// Its key (PEM)
    #[arg(long, value_name = "FILE", env = "WARIFU_CHECKER_CLIENT_KEY")]
    pub(in crate::cli) client_key: Option<PathBuf>,
    /// The authority of the checker's certificate (PEM)
    #[arg(long, value_name = "FILE", env = "WARIFU_CHECKER_AUTHORITY")]
    pub(in crate::cli) authority: Option<PathBuf>,
}

impl Remote {
    /// Which one was given, as it is typed again; nothing where a variable gives it the next time too.
    pub(in crate::cli) fn given(&self) -> Option<String> {
        #[cfg(feature = "https")]
        if self.elsewhere.operator_url.is_some() {
            return self.elsewhere.given();
        }
        typed("--socket", self.socket.as_deref(), "WARIFU_CHECKER_SOCKET")
            .or_else(|| typed("--state", self.state.as_deref(), "WARIFU_CHECKER_STATE"))
            .or_else(|| typed("--config", self.config.as_deref(), "WARIFU_CHECKER_CONFIG"))
    }

    /// Its state directory, where that was given.
    pub(in crate::cli) fn state(&self) -> Option<&Path> {
        self.state.as_deref()
    }
}

#[cfg(feature = "https")]
impl Elsewhere {
    /// All that was given, as it is typed again, but for what variables give.
    fn given(&self) -> Option<String> {
        let Elsewhere { operator_url, client_certificate, client_key, authority } = self;
        let typed = [
            typed("--operator-url", operator_url.as_deref(), "WARIFU_CHECKER_OPERATOR_URL"),
            typed("--client-certificate", client_certificate.as_deref(), "WARIFU_CHECKER_CLIENT_CERTIFICATE"),
            typed("--client-key", client_key.as_deref(), "WARIFU_CHECKER_CLIENT_KEY"),
            typed("--authority", authority.as_deref(), "WARIFU_CHECKER_AUTHORITY"),
        ];
        let typed: Vec<String> = typed.into_iter().flatten().collect();
        (!typed.is_empty()).then(|| typed.join(" "))
    }
}

/// `option` with its value as it is typed; nothing where `variable` gives it too.
pub(in crate::cli) fn typed(
    option: &str,
    value: Option<&(impl AsRef<OsStr> + ?Sized)>,
    variable: &str,
) -> Option<String> {
    let value = value?.as_ref();
    let is_given = std::env::var_os(variable).as_deref() == Some(value);
    (!is_given).then(|| format!("{option} {}", in_shell(&value.to_string_lossy())))
}

/// `value` as a shell reads it back.
pub(in crate::cli) fn in_shell(value: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "/._-+:@%,=".contains(letter);
    if !value.is_empty() && value.chars().all(is_plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\'', r"'\''"))
}

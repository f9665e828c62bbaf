//! Which running checker a command asks: the one that was named, else the one of the configuration file.

use std::path::Path;

#[cfg(feature = "https")]
use crate::cli::arguments::Elsewhere;
use crate::cli::arguments::Remote;
use crate::cli::client::Client;
#[cfg(feature = "https")]
use crate::cli::client_tls::OverTls;
use crate::cli::failure::Failure;
use crate::cli::settings::in_file_of;
use crate::said::Said;
use crate::service::OperatorSocket;

impl Remote {
    /// Finds it, before anything is asked.
    pub(super) fn find(&self) -> Result<(), Failure> {
        let client = client_of(self)?;
        self.found.get_or_init(|| client);
        Ok(())
    }

    /// Its client, once it is found.
    pub(super) fn client(&self) -> Client {
        let named = || Client::at(self.socket.clone().unwrap_or_default());
        self.found.get().cloned().unwrap_or_else(named)
    }
}

/// The client of the checker that `remote` names. What is named on the line or by a variable comes before the
/// file, and a socket before a state directory.
fn client_of(remote: &Remote) -> Result<Client, Failure> {
    #[cfg(feature = "https")]
    if let Elsewhere {
        operator_url: Some(url),
        client_certificate: Some(certificate),
        client_key: Some(key),
        authority: Some(authority),
    } = &remote.elsewhere
    {
        let over_tls = OverTls::to(url, certificate, key, authority).map_err(Failure::could_not)?;
        return Ok(Client::over_tls(over_tls));
    }
    let at = |socket: Option<&Path>, state: Option<&Path>| {
        let in_state = state.map(OperatorSocket::in_state);
        socket.map(Path::to_owned).or(in_state).map(Client::at)
    };
    if let Some(client) = at(remote.socket.as_deref(), remote.state.as_deref()) {
        return Ok(client);
    }
    let found = in_file_of(remote.config.as_ref()).map_err(|fault| Failure::could_not(fault.said()))?;
    let Some(found) = found else {
        return Err(Failure::could_not(Said::new(
            "which checker? name it with --state, --socket or --config; there is no \
             /etc/warifu/checker.toml",
            "対象のチェッカーを --state、--socket、--config のいずれかで指定してください\
             （/etc/warifu/checker.toml はありません）",
        )));
    };
    let client = at(found.socket.as_deref(), found.state.as_deref());
    client.ok_or_else(|| {
        let file = found.file.display();
        Failure::could_not(Said::new(
            format!("{file} names no state and no [operators] socket: name the checker with --state"),
            format!("{file} に state も [operators] socket もありません。--state で指定してください"),
        ))
    })
}

//! Where the store is and who comes to it.

use std::fmt;
use std::time::Duration;

/// The store of a fleet, as a configuration says it.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The nodes of etcd: `https://HOST:PORT` with [`Settings::tls`], `http://HOST:PORT` without.
    pub endpoints: Vec<String>,
    /// What every key begins with: `/warifu`.
    pub prefix: String,
    /// Without it nothing is encrypted and nobody is known: for tests, and for a store behind a tunnel.
    pub tls: Option<Tls>,
    /// For who is not known by a certificate.
    pub login: Option<Login>,
    /// One endpoint is waited for so long; a call asks each of them once at most. Who gives a call up before
    /// never learns that an endpoint is dead.
    pub timeout: Duration,
}

/// How a connection is protected.
#[derive(Debug, Clone)]
pub struct Tls {
    /// Who may vouch for etcd's nodes: certificates in PEM. The system's are not asked.
    pub authorities: Vec<u8>,
    /// Who this is; etcd takes the certificate's common name for the user.
    pub identity: Option<Identity>,
}

/// A certificate with its chain, and its key.
#[derive(Clone)]
pub struct Identity {
    /// In PEM, the own one first.
    pub certificate: Vec<u8>,
    /// In PEM.
    pub key: Vec<u8>,
}

/// A user of etcd and their password.
#[derive(Clone)]
pub struct Login {
    /// Whose.
    pub user: String,
    /// Never told.
    pub password: String,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("user", &self.user).finish_non_exhaustive()
    }
}

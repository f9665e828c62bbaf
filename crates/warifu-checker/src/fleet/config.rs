//! What a member is configured with.

use std::net::SocketAddr;
#[cfg(feature = "https")]
use std::path::PathBuf;
use std::time::Duration;

use warifu_fleet::member::MemberName;

use crate::fleet::other::OtherFleet;

/// A member of an area, as a configuration says it.
#[derive(Debug, Clone)]
pub struct Config {
    /// The area.
    pub area: String,
    /// This member.
    pub name: MemberName,
    /// The store.
    pub store: warifu_etcd::Settings,
    /// Where other members ask this one.
    pub listen: SocketAddr,
    /// As they reach that: `HOST:PORT`.
    pub address: Option<String>,
    /// Whether it writes what comes next, where nobody else does.
    pub coordinates: bool,
    /// The fleet of the other organisation.
    pub other: Option<OtherFleet>,
    /// The files of the members' door, where it is over TLS.
    #[cfg(feature = "https")]
    pub door: Option<DoorFiles>,
}

/// The files by which members know each other, in PEM.
#[cfg(feature = "https")]
#[derive(Debug, Clone)]
pub struct DoorFiles {
    /// This member's.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
    /// Whose members are believed.
    pub authorities: PathBuf,
}

/// The store is waited for so long before another of its nodes is asked.
pub const STORE_TIMEOUT: Duration = Duration::from_millis(500);

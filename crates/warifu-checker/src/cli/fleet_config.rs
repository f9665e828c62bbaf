//! What `[fleet]` says, read and made sense of.

use std::path::Path;

use warifu_channels::{Address, Network, Patience};
use warifu_etcd::{Identity, Login, Settings, Tls};
use warifu_fleet::member::{MemberName, NotAName};
use warifu_trust::KeyCard;

use crate::cli::arguments::FleetOptions;
use crate::cli::failure::Failure;
#[cfg(feature = "https")]
use crate::fleet::config::DoorFiles;
use crate::fleet::config::{Config, STORE_TIMEOUT};
use crate::fleet::other::OtherFleet;
use crate::log::now;
use crate::said::Said;

/// Certificates, keys and passwords are some kilobytes.
const FILE_BYTES: u64 = 1 << 20;

/// The member that `options` say, or none: then the checker is alone.
///
/// # Errors
/// What cannot be meant, or be read.
pub(super) fn member(options: &FleetOptions) -> Result<Option<Config>, Failure> {
    let (Some(area), Some(own)) = (&options.fleet_area, &options.fleet_name) else { return Ok(None) };
    let name = name(own)?;
    let store = store(options)?;
    #[cfg(feature = "https")]
    let door = match (&options.fleet_certificate, &options.fleet_key, &options.fleet_authorities) {
        (Some(certificate), Some(key), Some(authorities)) => Some(DoorFiles {
            certificate: certificate.clone(),
            key: key.clone(),
            authorities: authorities.clone(),
        }),
        _ => None,
    };
    Ok(Some(Config {
        area: area.clone(),
        name,
        store,
        listen: options.fleet_listen,
        address: options.fleet_address.clone(),
        coordinates: options.fleet_coordinate,
        other: other(options)?,
        #[cfg(feature = "https")]
        door,
    }))
}

/// Where the other organisation says what its fleet runs, where `options` name that.
///
/// # Errors
/// The place cannot be meant, or the card cannot be read.
pub(super) fn other(options: &FleetOptions) -> Result<Option<OtherFleet>, Failure> {
    let (Some(place), Some(card)) = (&options.fleet_other, &options.fleet_other_key) else { return Ok(None) };
    let bytes = warifu_files::read(card, FILE_BYTES).map_err(|error| Failure::could_not(Said::of(&error)))?;
    let read = KeyCard::from_bytes(&bytes);
    let card = read.map_err(|error| {
        let (card, why) = (card.display(), Said::both(&error));
        Failure::could_not(Said::new(format!("{card}: {}", why.en), format!("{card}: {}", why.ja)))
    })?;
    let network = Network::from_environment(Patience::ONCE, now, |name| std::env::var_os(name));
    let network = network.map_err(|error| Failure::could_not(Said::of(&error)))?;
    let place = Address::parse(place, &network).map_err(|error| Failure::could_not(Said::of(&error)))?;
    Ok(Some(OtherFleet::new(&place, card)))
}

/// The store that `options` say.
///
/// # Errors
/// A file cannot be read.
pub(super) fn store(options: &FleetOptions) -> Result<Settings, Failure> {
    let read = |path: &Path| {
        warifu_files::read(path, FILE_BYTES).map_err(|error| Failure::could_not(Said::of(&error)))
    };
    let identity = match (&options.fleet_certificate, &options.fleet_key) {
        (Some(certificate), Some(key)) => Some(Identity { certificate: read(certificate)?, key: read(key)? }),
        _ => None,
    };
    let authorities = options.fleet_authorities.as_deref().map(read).transpose()?;
    let login = match (&options.fleet_user, &options.fleet_password_file) {
        (Some(user), Some(file)) => {
            let password = String::from_utf8_lossy(&read(file)?).trim_end_matches(['\r', '\n']).to_owned();
            Some(Login { user: user.clone(), password })
        }
        _ => None,
    };
    Ok(Settings {
        endpoints: options.fleet_store.clone(),
        prefix: options.fleet_prefix.clone(),
        tls: authorities.map(|authorities| Tls { authorities, identity }),
        login,
        timeout: STORE_TIMEOUT,
    })
}

/// A name as it was typed.
///
/// # Errors
/// It is none.
pub(super) fn name(typed: &str) -> Result<MemberName, Failure> {
    MemberName::new(typed).map_err(|NotAName| {
        Failure::could_not(Said::new(
            format!("{typed:?} is no name of a member: blank, too long, or with letters that do not show"),
            format!("{typed:?} はメンバー名に使えません（空、長すぎる、または表示できない文字を含む）"),
        ))
    })
}

//! What several commands read first: files and the site's schemas.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use warifu_channels::{Address, Channel, Floor, Mirror, Mirrors, Network, Patience};
use warifu_judging::SiteSchemas;
use warifu_masters::schema::Schemas;

use crate::calendar::Calendar;
use crate::cli::arguments::{Site, Windows};
use crate::cli::failure::Failure;
use crate::log::now;
use crate::said::Said;

/// A calendar is some kilobytes.
const CALENDAR_BYTES: u64 = 1 << 20;

/// The built-in schemas with what the site adds.
pub(super) fn schemas_of(site: &Site) -> Result<Schemas, Failure> {
    SiteSchemas::read(site.schemas.as_deref()).map(|site| site.known).map_err(Failure::could_not)
}

/// The channels that `named` lead to, by what the environment says of networks.
pub(super) fn mirrors(named: &[OsString], patience: Patience) -> Result<Mirrors, Failure> {
    mirrors_with(named, patience, |channel| channel)
}

/// The same, `watched` by somebody.
pub(super) fn mirrors_with(
    named: &[OsString],
    patience: Patience,
    watched: impl Fn(Box<dyn Channel + Send + Sync>) -> Box<dyn Channel + Send + Sync>,
) -> Result<Mirrors, Failure> {
    let network = Network::from_environment(patience, now, |name| std::env::var_os(name));
    let network = network.map_err(|error| Failure::could_not(Said::of(&error)))?;
    let mut mirrors = Vec::new();
    for channel in named {
        let address = Address::parse(channel, &network);
        let address = address.map_err(|error| Failure::could_not(Said::of(&error)))?;
        mirrors.push(Mirror::new(channel.to_string_lossy(), watched(address.channel())));
    }
    let others = mirrors.split_off(mirrors.len().min(1));
    let first = mirrors
        .pop()
        .ok_or_else(|| Failure::could_not(Said::new("no channel is named", "配信元の指定がありません")))?;
    Ok(Mirrors::new(first, others))
}

/// The files that the environment names for the way to channels.
pub(super) fn files_of_network() -> Vec<PathBuf> {
    let named = ["CA", "CERTIFICATE", "KEY", "CREDENTIALS"].map(|what| format!("WARIFU_CHANNEL_{what}"));
    named.iter().filter_map(std::env::var_os).map(PathBuf::from).collect()
}

/// What this side demands of the channel.
pub(super) fn floor(policy: Option<&Path>) -> Result<Floor, Failure> {
    Floor::read(policy).map_err(|error| Failure::could_not(Said::of(&error)))
}

/// When releases are activated.
pub(super) fn calendar_of(windows: &Windows) -> Result<Calendar, Failure> {
    let area = windows.area.as_deref();
    let calendar = match windows.calendar.as_deref() {
        None => Calendar::of_the_field(area),
        Some(none) if none == Path::new("none") => return Ok(Calendar::open()),
        Some(file) => {
            let bytes = warifu_files::read(file, CALENDAR_BYTES)
                .map_err(|error| Failure::could_not(Said::of(&error)))?;
            Calendar::parse(&String::from_utf8_lossy(&bytes), area)
        }
    };
    calendar.map_err(|error| Failure::could_not(Said::of(&error)))
}

pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| {
        let path = path.display().to_string();
        Failure::could_not(Said::about(&path, &path, &error))
    })
}

//! What several commands read first: files and the site's schemas.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use warifu_channels::{Address, Floor, Network, Patience};
use warifu_masters::schema::Schemas;

use crate::cli::arguments::Site;
use crate::cli::failure::Failure;
use crate::log::now;
use crate::said::Said;
use crate::schema_folder::schemas;

/// The built-in schemas with what the site adds.
pub(super) fn schemas_of(site: &Site) -> Result<Schemas, Failure> {
    schemas(site.schemas.as_deref()).map_err(Failure::could_not)
}

/// The channel that `channel` leads to, by what the environment says of networks.
pub(super) fn address(channel: &OsStr, patience: Patience) -> Result<Address, Failure> {
    let network = Network::from_environment(patience, now, |name| std::env::var_os(name));
    let network = network.map_err(|error| Failure::could_not(Said::of(&error)))?;
    Address::parse(channel, &network).map_err(|error| Failure::could_not(Said::of(&error)))
}

/// What this side demands of the channel.
pub(super) fn floor(policy: Option<&Path>) -> Result<Floor, Failure> {
    Floor::read(policy).map_err(|error| Failure::could_not(Said::of(&error)))
}

pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| {
        let path = path.display().to_string();
        Failure::could_not(Said::about(&path, &path, &error))
    })
}

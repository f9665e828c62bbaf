//! What several commands read first: files and the site's schemas.

use std::fs;
use std::path::Path;

use warifu_masters::schema::Schemas;

use crate::cli::arguments::Site;
use crate::cli::failure::Failure;
use crate::said::Said;
use crate::schema_folder::schemas;

/// The built-in schemas with what the site adds.
pub(super) fn schemas_of(site: &Site) -> Result<Schemas, Failure> {
    schemas(site.schemas.as_deref()).map_err(Failure::could_not)
}

pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| {
        let path = path.display().to_string();
        Failure::could_not(Said::about(&path, &path, &error))
    })
}

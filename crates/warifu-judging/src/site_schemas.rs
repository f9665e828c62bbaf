//! The schemas that releases are read by: the built-in ones, and those that a site keeps in a folder.

use std::path::Path;

use warifu_files::SchemaFolder;
use warifu_masters::schema::Schemas;
use warifu_values::digest::Digest;

use crate::said::Said;

/// The built-in schemas with those of a site, and what they were read from.
pub struct SiteSchemas {
    /// All that are known.
    pub known: Schemas,
    /// Of the names and texts of the site's.
    pub files: Digest,
}

impl SiteSchemas {
    /// The built-in schemas with those of `folder`, as `warifu --schemas` takes them: a release with a new
    /// edition or kind is read without a new program. The site's rules in it are the publishing side's and
    /// are passed over.
    ///
    /// # Errors
    /// What is wrong, for people: the folder is missing or cannot be read, or a schema in it is not right.
    pub fn read(folder: Option<&Path>) -> Result<SiteSchemas, Said> {
        let files = match folder {
            None => Vec::new(),
            Some(folder) => SchemaFolder::read(folder).map_err(|error| Said::of(&error))?.schemas,
        };
        // Plain texts can always be written into memory.
        let digest = Digest::of(&serde_json::to_vec(&files).unwrap_or_default());
        Ok(SiteSchemas { known: built_in_with(&files, folder)?, files: digest })
    }
}

/// The built-in ones with `files`, which are those of `folder`.
fn built_in_with(files: &[(String, String)], folder: Option<&Path>) -> Result<Schemas, Said> {
    let built_in = Schemas::built_in().map_err(|error| {
        Said::about("the built-in schemas are not right", "組込スキーマが不正です", &error)
    })?;
    let Some(folder) = folder else { return Ok(built_in) };
    built_in.with(files.iter().map(|(name, text)| (name.as_str(), text.as_str()))).map_err(|error| {
        let folder = folder.display();
        Said::about(
            &format!("a schema in {folder} is not right"),
            &format!("{folder} のスキーマが正しくありません"),
            &error,
        )
    })
}

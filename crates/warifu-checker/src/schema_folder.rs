//! The schemas a checker reads by: the built-in ones, and those that a site keeps in a folder.

use std::path::Path;

use warifu_files::SchemaFolder;
use warifu_masters::schema::Schemas;

use crate::said::Said;

/// The built-in schemas with those of `folder`, as `warifu --schemas` takes them: a release with a new
/// edition or kind is read without a new program. The site's rules in it are the publishing side's and are
/// passed over.
///
/// # Errors
/// What is wrong, for people: the folder is missing or cannot be read, or a schema in it is not right.
pub fn schemas(folder: Option<&Path>) -> Result<Schemas, Said> {
    let built_in = Schemas::built_in().map_err(|error| {
        Said::about("the built-in schemas are not right", "組込スキーマが不正です", &error)
    })?;
    let Some(folder) = folder else { return Ok(built_in) };
    let files = SchemaFolder::read(folder).map_err(|error| Said::of(&error))?;
    let files = files.schemas.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    built_in.with(files).map_err(|error| {
        let folder = folder.display();
        Said::about(
            &format!("a schema in {folder} is not right"),
            &format!("{folder} のスキーマが正しくありません"),
            &error,
        )
    })
}

//! The schemas a checker reads by: the built-in ones, and those that a site keeps in a folder.

use std::fs;
use std::io;
use std::path::Path;

use warifu_masters::schema::Schemas;

use crate::said::Said;

/// The built-in schemas with those of `folder`, which has `layouts/`, `formats/`, `charsets/` and `codes/` as `warifu --schemas`
/// takes them: a release with a new edition or kind is read without a new program.
///
/// # Errors
/// What is wrong, for people: the folder is missing or cannot be read, or a schema in it is not right.
pub fn schemas(folder: Option<&Path>) -> Result<Schemas, Said> {
    let built_in = Schemas::built_in().map_err(|error| {
        Said::about("the built-in schemas are not right", "組込スキーマが不正です", &error)
    })?;
    let Some(folder) = folder else { return Ok(built_in) };
    let files = files(folder)?;
    let files = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    built_in.with(files).map_err(|error| {
        let folder = folder.display();
        Said::about(
            &format!("a schema in {folder} is not right"),
            &format!("{folder} のスキーマが正しくありません"),
            &error,
        )
    })
}

/// Every schema in these folders, with its path below `folder`.
fn files(folder: &Path) -> Result<Vec<(String, String)>, Said> {
    let cannot = |path: &Path, error: &io::Error| {
        let path = path.display();
        Said::about(
            &format!("cannot read schemas in {path}"),
            &format!("{path} のスキーマを読めません"),
            error,
        )
    };
    let mut files = Vec::new();
    fs::metadata(folder).map_err(|error| cannot(folder, &error))?;
    for (part, wanted) in [("charsets", "ucm"), ("codes", "toml"), ("formats", "toml"), ("layouts", "toml")] {
        let part_folder = folder.join(part);
        if !part_folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&part_folder).map_err(|error| cannot(&part_folder, &error))? {
            let path = entry.map_err(|error| cannot(&part_folder, &error))?.path();
            if path.extension().is_some_and(|extension| extension == wanted) {
                let text = fs::read_to_string(&path).map_err(|error| cannot(&path, &error))?;
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                files.push((format!("{part}/{name}"), text));
            }
        }
    }
    files.sort();
    Ok(files)
}

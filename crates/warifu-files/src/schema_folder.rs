//! The folder in which a site keeps the schemas and rules that it adds.

use std::path::{Path, PathBuf};
use std::{fs, io};

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::regular::{self, ReadError};

/// The largest schema file: a charset table of 8 MiB is the largest that is taken.
const LIMIT_BYTES: u64 = 8 * 1024 * 1024;

/// Each part of the folder, and what its files end in.
const PARTS: [(&str, &str); 6] = [
    ("charsets", "ucm"),
    ("codes", "toml"),
    ("formats", "toml"),
    ("layouts", "toml"),
    ("notices", "toml"),
    ("rules", "toml"),
];

/// The files of a schema folder, each by its path below it (`layouts/drug-42.toml`) with its text, sorted.
#[derive(Debug, Clone, Default)]
pub struct SchemaFolder {
    /// Layouts, formats, charsets and code lists.
    pub schemas: Vec<(String, String)>,
    /// The site's rules, which only the publishing side asks.
    pub rules: Vec<(String, String)>,
    /// The site's sentences of notices.
    pub notices: Vec<(String, String)>,
}

/// Why a schema folder was not read.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.say(Lang::En))]
pub enum FolderError {
    /// It is missing, or a part of it cannot be listed.
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
    /// A file in it cannot be read.
    File(#[source] ReadError),
    /// A file in it is not UTF-8.
    NotText {
        /// The file.
        path: PathBuf,
    },
}

impl Speak for FolderError {
    fn say(&self, lang: Lang) -> String {
        match self {
            FolderError::Folder { path, .. } => {
                let path = path.display();
                say!(lang, "cannot read schemas in {path}", "{path} のスキーマを読めません")
            }
            FolderError::File(_) => say!(lang, "cannot read a schema", "スキーマを読めません"),
            FolderError::NotText { path } => {
                let path = path.display();
                say!(lang, "{path} is not UTF-8 text", "{path} は UTF-8 のテキストではありません")
            }
        }
    }
}

impl SchemaFolder {
    /// Reads `folder`, which has any of `layouts/`, `formats/`, `charsets/`, `codes/`,
    /// `notices/` and `rules/`.
    ///
    /// # Errors
    /// [`FolderError`] names what cannot be read.
    pub fn read(folder: &Path) -> Result<SchemaFolder, FolderError> {
        let cannot = |path: &Path| {
            let path = path.to_owned();
            move |source| FolderError::Folder { path, source }
        };
        fs::metadata(folder).map_err(cannot(folder))?;
        let mut found = SchemaFolder::default();
        for (part, wanted) in PARTS {
            let part_folder = folder.join(part);
            if !part_folder.is_dir() {
                continue;
            }
            for entry in fs::read_dir(&part_folder).map_err(cannot(&part_folder))? {
                let path = entry.map_err(cannot(&part_folder))?.path();
                if path.extension().is_some_and(|extension| extension == wanted) {
                    let bytes = regular::read(&path, LIMIT_BYTES).map_err(FolderError::File)?;
                    let text =
                        String::from_utf8(bytes).map_err(|_| FolderError::NotText { path: path.clone() })?;
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    let file = (format!("{part}/{name}"), text);
                    match part {
                        "rules" => found.rules.push(file),
                        "notices" => found.notices.push(file),
                        _ => found.schemas.push(file),
                    }
                }
            }
        }
        found.schemas.sort();
        found.rules.sort();
        found.notices.sort();
        Ok(found)
    }
}

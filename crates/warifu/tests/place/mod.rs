//! A repository in a temporary folder, and the real files beside the checkout.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]
#![allow(dead_code, unused_imports, reason = "each test program uses its part")]
#![allow(clippy::allow_attributes, reason = "what is unused differs from program to program")]

#[path = "../../../warifu-masters/tests/published/mod.rs"]
mod published;
pub(crate) mod shell;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
pub(crate) use published::data;
use warifu::store::{Author, Config, ImportError, ImportRequest, Imported, Store, dated_in};
use warifu_masters::finding::Code;
use warifu_masters::schema::Schemas;

/// The files of one folder in the order they go in: by date, a differential before the full of its day.
pub(crate) fn files(data: &Path, folder: &str) -> Vec<String> {
    let entries = std::fs::read_dir(data.join(folder)).unwrap();
    let mut files: Vec<String> =
        entries.map(|entry| format!("{folder}/{}", entry.unwrap().file_name().to_string_lossy())).collect();
    files.sort_by_key(|file| (dated_in(file), file.contains("ALL"), file.clone()));
    files
}

/// The name without its folder.
pub(crate) fn file_name(file: &str) -> &str {
    file.rsplit('/').next().unwrap()
}

/// 2024-06-03 09:00 in Japan.
pub(crate) fn now() -> Timestamp {
    "2024-06-03T00:00:00Z".parse().unwrap()
}

/// Who imports in tests.
pub(crate) fn author() -> Author {
    Author::parse("Warifu Test <test@example.jp>").unwrap()
}

/// A repository that goes away with its folder.
pub(crate) struct Place {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) store: Store,
}

impl Place {
    pub(crate) fn new() -> Place {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("masters");
        let schemas = Schemas::built_in().unwrap();
        let store = Store::init(&path, schemas, &Config::known_series(), Some(&author()), now()).unwrap();
        Place { folder, store }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("masters")
    }

    /// Imports a file below `data`.
    pub(crate) fn import(
        &self,
        data: &Path,
        file: &str,
        series: &str,
        accept: &[(Code, String)],
    ) -> Result<Imported, ImportError> {
        let bytes = std::fs::read(data.join(file)).unwrap();
        self.import_bytes(&bytes, file_name(file), series, accept)
    }

    pub(crate) fn import_bytes(
        &self,
        bytes: &[u8],
        name: &str,
        series: &str,
        accept: &[(Code, String)],
    ) -> Result<Imported, ImportError> {
        self.store.import(&request(bytes, name, series, accept, &author()))
    }
}

/// A request with everything left to be recognised.
pub(crate) fn request<'a>(
    bytes: &'a [u8],
    name: &'a str,
    series: &'a str,
    accept: &'a [(Code, String)],
    author: &'a Author,
) -> ImportRequest<'a> {
    let (format, role, dated) = (None, None, None);
    ImportRequest {
        bytes,
        name,
        series,
        kind: None,
        format,
        role,
        dated,
        accept,
        correction: None,
        author: Some(author),
        now: now(),
    }
}

/// Imports `files` one after the other; every one must pass.
pub(crate) fn import_all(place: &Place, data: &Path, files: &[&str], series: &str) -> Vec<Imported> {
    let import = |file: &&str| match place.import(data, file, series, &[]) {
        Ok(imported) => imported,
        Err(ImportError::Refused(refused)) => panic!("{file}: {:?}", refused.findings.list()),
        Err(error) => panic!("{file}: {error}"),
    };
    files.iter().map(import).collect()
}

/// An invented comment of a full file: serial and text.
pub(crate) fn comment(class: &str, serial: u32, text: &str) -> String {
    let length = text.chars().count();
    let fields = [
        class,
        "C",
        "8",
        "10",
        &serial.to_string(),
        &length.to_string(),
        text,
        "0",
        "",
        "0",
        "0",
        "0",
        "0",
        "0",
        "0",
        "0",
        "0",
        "0",
        "0",
        "0",
        "20240601",
        "99999999",
        &format!("81{serial:07}"),
        "",
        "",
        "",
        "",
        "",
        "",
        "",
    ];
    format!("\"{}\"\n", fields.join("\",\""))
}

/// The row of a differential that changes the text of a comment.
pub(crate) fn change(serial: u32, text: &str) -> String {
    let mut fields = vec![""; 30];
    let (serial, length) = (serial.to_string(), text.chars().count().to_string());
    fields[..5].copy_from_slice(&["5", "C", "8", "10", &serial]);
    (fields[5], fields[6], fields[20]) = (&length, text, "20240701");
    format!("\"{}\"\n", fields.join("\",\""))
}

/// A full of a few invented comments in three shards.
pub(crate) fn base() -> String {
    [
        comment("0", 1, "初診"),
        comment("0", 2, "再診"),
        comment("0", 20_001, "往診"),
        comment("0", 30_001, "入院"),
    ]
    .concat()
}

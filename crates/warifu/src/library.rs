//! What files are read and masters judged by: the schemas, and the rules that a site adds.

use std::sync::Arc;

use warifu_files::SchemaFolder;
use warifu_masters::schema::{Format, SchemaError, Schemas};
use warifu_site_rules::SiteRules;

use crate::error::{Exit, Failure};

/// Schemas and the site's own rules, which name columns of their layouts.
#[derive(Debug, Clone, Default)]
pub struct Library {
    /// Layouts, formats and charsets.
    pub schemas: Schemas,
    /// The rules of the site.
    pub site: SiteRules,
    /// The site's sentences of notices: files, each with its name.
    pub notices: Vec<(String, String)>,
}

/// The format called `name`.
///
/// # Errors
/// There is none; which there are.
pub fn known_format<'a>(schemas: &'a Schemas, name: &str) -> Result<&'a Arc<Format>, Failure> {
    schemas.format(name).ok_or_else(|| {
        let known: Vec<_> = schemas.formats().map(|format| format.name.as_str()).collect();
        let known = known.join(", ");
        Failure::new(
            Exit::CouldNotRun,
            format!("no format {name}; there are {known}"),
            format!("形式 {name} はありません（{known}）"),
        )
    })
}

/// The kind of master called `name`.
///
/// # Errors
/// There is none; which there are.
pub fn known_kind<'a>(schemas: &'a Schemas, name: &str) -> Result<&'a str, Failure> {
    let kinds = schemas.kinds();
    kinds.iter().copied().find(|kind| *kind == name).ok_or_else(|| {
        let known = kinds.join(", ");
        Failure::new(
            Exit::CouldNotRun,
            format!("no kind of master is called {name}; there are {known}"),
            format!("{name} というマスターの種類はありません。指定できるもの: {known}"),
        )
    })
}

impl Library {
    /// What is built in, with what a site keeps in a folder.
    ///
    /// # Errors
    /// [`SchemaError`] names the file and what is wrong with it.
    pub fn new(site: &SchemaFolder) -> Result<Library, SchemaError> {
        let schemas = Schemas::built_in()?.with(texts(&site.schemas))?;
        let library = Library { notices: site.notices.clone(), ..Library::from(schemas) };
        library.with_rules(&site.rules)
    }

    /// This library with more rules: (name, text). A rule of the same id replaces.
    ///
    /// # Errors
    /// [`SchemaError`] names the file and what is wrong with it.
    pub fn with_rules(self, files: &[(String, String)]) -> Result<Library, SchemaError> {
        let layouts: Vec<_> = self.schemas.layouts().collect();
        let site = self.site.with(texts(files), &layouts)?;
        Ok(Library { site, ..self })
    }
}

fn texts(files: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    files.iter().map(|(name, text)| (name.as_str(), text.as_str()))
}

impl From<Schemas> for Library {
    fn from(schemas: Schemas) -> Self {
        Library { schemas, ..Library::default() }
    }
}

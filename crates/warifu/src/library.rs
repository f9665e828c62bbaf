//! What files are read and masters judged by: the schemas, and the rules that a site adds.

use warifu_files::SchemaFolder;
use warifu_masters::schema::{SchemaError, Schemas};
use warifu_site_rules::SiteRules;

/// Schemas and the site's own rules, which name columns of their layouts.
#[derive(Debug, Clone, Default)]
pub struct Library {
    /// Layouts, formats and charsets.
    pub schemas: Schemas,
    /// The rules of the site.
    pub site: SiteRules,
}

impl Library {
    /// What is built in, with what a site keeps in a folder.
    ///
    /// # Errors
    /// [`SchemaError`] names the file and what is wrong with it.
    pub fn new(site: &SchemaFolder) -> Result<Library, SchemaError> {
        let schemas = Schemas::built_in()?.with(texts(&site.schemas))?;
        Library::from(schemas).with_rules(&site.rules)
    }

    /// This library with more rules: (name, text). A rule of the same id replaces.
    ///
    /// # Errors
    /// [`SchemaError`] names the file and what is wrong with it.
    pub fn with_rules(self, files: &[(String, String)]) -> Result<Library, SchemaError> {
        let layouts: Vec<_> = self.schemas.layouts().collect();
        let site = self.site.with(texts(files), &layouts)?;
        Ok(Library { site, schemas: self.schemas })
    }
}

fn texts(files: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    files.iter().map(|(name, text)| (name.as_str(), text.as_str()))
}

impl From<Schemas> for Library {
    fn from(schemas: Schemas) -> Self {
        Library { schemas, site: SiteRules::default() }
    }
}

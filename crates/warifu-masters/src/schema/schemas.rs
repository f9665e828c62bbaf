//! Every schema that is known, and how their files are read.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::format::{Format, FormatFile, Rendering, StoredRendering};
use super::layout::{CodeList, Layout, LayoutFile};
use crate::charset::ucm::UcmError;
use crate::charset::{Charset, TableCharset};

/// A charset by a name that no table has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no charset {name}; its table (charsets/{name}.ucm) comes with --schemas")]
pub struct NoSuchCharset {
    /// The name asked for.
    pub name: String,
}

/// A schema file is not right.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// It is not the TOML that a schema is written in.
    #[error("{file}: not a schema: {source}")]
    Syntax {
        /// The file.
        file: String,
        /// What TOML says.
        #[source]
        source: Box<toml::de::Error>,
    },
    /// It says something that cannot hold.
    #[error("{file}: {what}")]
    Content {
        /// The file.
        file: String,
        /// What does not hold.
        what: String,
    },
    /// It is not a charset table, or one that contradicts itself.
    #[error("{file}: not a charset table")]
    Charset {
        /// The file.
        file: String,
        /// The line and what is wrong with it.
        #[source]
        source: UcmError,
    },
}

/// Every layout, format and charset that is known, those built in and those a site adds.
#[derive(Debug, Clone, Default)]
pub struct Schemas {
    layouts: BTreeMap<String, Arc<Layout>>,
    formats: BTreeMap<String, Arc<Format>>,
    charsets: BTreeMap<String, Arc<TableCharset>>,
    codes: BTreeMap<String, CodeList>,
}

/// `drug-42` of `layouts/drug-42.toml`.
fn stem(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

const BUILT_IN: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/schemas.rs"));

impl Schemas {
    /// The schemas built into this library: `schemas/` of the source tree.
    ///
    /// # Errors
    /// [`SchemaError`] when a built-in file is not right, which the tests exclude.
    pub fn built_in() -> Result<Self, SchemaError> {
        let mut schemas = Schemas::default();
        let (charsets, others): (Vec<_>, Vec<_>) =
            BUILT_IN.iter().partition(|(name, _)| name.starts_with("charsets/"));
        for (file, source) in charsets {
            let name = stem(file);
            schemas.charsets.insert(name.to_owned(), Arc::new(TableCharset::built_in(name, source)));
        }
        schemas.with(others)
    }

    /// These schemas and those of `files`: (path under `schemas/`, text). A file of the same name replaces.
    ///
    /// # Errors
    /// [`SchemaError`] names the file and what is wrong with it.
    pub fn with<'a>(
        mut self,
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, SchemaError> {
        let mut layouts: Vec<(String, LayoutFile)> = Vec::new();
        let mut formats: Vec<(String, FormatFile)> = Vec::new();
        for (name, text) in files {
            let syntax = |source| SchemaError::Syntax { file: name.to_owned(), source: Box::new(source) };
            if name.starts_with("codes/") {
                self.codes.insert(stem(name).to_owned(), Arc::new(toml::from_str(text).map_err(syntax)?));
            } else if name.starts_with("charsets/") {
                self.add_charset(name, text)?;
            } else if name.starts_with("formats/") {
                formats.push((name.to_owned(), toml::from_str(text).map_err(syntax)?));
            } else {
                layouts.push((name.to_owned(), toml::from_str(text).map_err(syntax)?));
            }
        }
        for (file, format) in formats {
            let wrong = |what: String| SchemaError::Content { file: file.clone(), what };
            let Some(charset) = self.charset(&format.charset) else {
                let known: Vec<_> = self.charset_names().collect();
                let (name, known) = (&format.charset, known.join(", "));
                return Err(wrong(format!("no charset {name}; there are {known}")));
            };
            let format = format.with(charset).map_err(|what| wrong(what.to_owned()))?;
            self.formats.insert(format.name.clone(), Arc::new(format));
        }
        // A layout may extend another one that stands later in the list: go round until nothing is left.
        while !layouts.is_empty() {
            let before = layouts.len();
            let mut waiting = Vec::new();
            for (name, file) in layouts {
                match &file.extends {
                    Some(base) if !self.layouts.contains_key(base) => waiting.push((name, file)),
                    _ => {
                        let base = file.extends.as_ref().and_then(|base| self.layouts.get(base));
                        let layout = Layout::build(file, base.map(Arc::as_ref), &self.codes)
                            .map_err(|what| SchemaError::Content { file: name, what })?;
                        self.layouts.insert(layout.name(), Arc::new(layout));
                    }
                }
            }
            if waiting.len() == before {
                let (name, file) = waiting.swap_remove(0);
                let what = format!("extends {}, which is not there", file.extends.unwrap_or_default());
                return Err(SchemaError::Content { file: name, what });
            }
            layouts = waiting;
        }
        Ok(self)
    }

    fn add_charset(&mut self, file: &str, text: &str) -> Result<(), SchemaError> {
        let wrong = |source| SchemaError::Charset { file: file.to_owned(), source };
        let charset = Arc::new(TableCharset::new(text).map_err(wrong)?);
        let name = charset.name().to_owned();
        let taken = Charset::WITHOUT_TABLE.iter().any(|known| known.name() == name);
        if taken || name != stem(file) {
            let what =
                format!("its <code_set_name> is {name}: it must be the file's name, and not a built-in one");
            return Err(SchemaError::Content { file: file.to_owned(), what });
        }
        for format in self.formats.values_mut().filter(|format| format.charset.name() == name) {
            let charset = Charset::Table(Arc::clone(&charset));
            *format = Arc::new(Format { charset, ..Format::clone(format) });
        }
        self.charsets.insert(name, charset);
        Ok(())
    }

    /// Every layout, by name.
    pub fn layouts(&self) -> impl Iterator<Item = &Arc<Layout>> {
        self.layouts.values()
    }

    /// The layout called `name` (`drug-42`).
    pub fn layout(&self, name: &str) -> Option<&Arc<Layout>> {
        self.layouts.get(name)
    }

    /// These schemas for files of the layout called `name`, and of no other.
    pub fn taking(&self, name: &str) -> Option<Schemas> {
        let (name, layout) = self.layouts.get_key_value(name)?;
        let layouts = BTreeMap::from([(name.clone(), Arc::clone(layout))]);
        Some(Schemas { layouts, ..self.clone() })
    }

    /// These schemas for masters of `kind`, and of no other.
    pub fn of_kind(&self, kind: &str) -> Schemas {
        let layouts = self.layouts.iter().filter(|(_, layout)| layout.kind == kind);
        let layouts = layouts.map(|(name, layout)| (name.clone(), Arc::clone(layout))).collect();
        Schemas { layouts, ..self.clone() }
    }

    /// The kinds of master that no row tells from those of `layout`, its own among them, in alphabetical
    /// order; none where its rows tell.
    pub fn look_alikes(&self, layout: &Layout) -> Vec<&str> {
        let alike = self.layouts().filter(|other| layout.looks_like(other));
        let mut kinds: Vec<_> = alike.map(|other| other.kind.as_str()).collect();
        if !kinds.is_empty() {
            kinds.extend(self.layouts.get(&layout.name()).map(|layout| layout.kind.as_str()));
        }
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// The layouts of `kind`, narrowest first, and of one width in the order of their names.
    pub fn editions(&self, kind: &str) -> Vec<&Arc<Layout>> {
        let mut editions: Vec<_> = self.layouts().filter(|layout| layout.kind == kind).collect();
        editions.sort_by_key(|layout| layout.width());
        editions
    }

    /// Every kind of master, in alphabetical order.
    pub fn kinds(&self) -> Vec<&str> {
        let mut kinds: Vec<_> = self.layouts().map(|layout| layout.kind.as_str()).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// Every format, by name.
    pub fn formats(&self) -> impl Iterator<Item = &Arc<Format>> {
        self.formats.values()
    }

    /// The name of every charset.
    pub fn charset_names(&self) -> impl Iterator<Item = &str> {
        let without = Charset::WITHOUT_TABLE.iter().map(Charset::name);
        without.chain(self.charsets.keys().map(String::as_str))
    }

    /// The charset called `name`.
    pub fn charset(&self, name: &str) -> Option<Charset> {
        let without = Charset::WITHOUT_TABLE.into_iter().find(|charset| charset.name() == name);
        without.or_else(|| self.charsets.get(name).cloned().map(Charset::Table))
    }

    /// A rendering as it was stored, with its charset.
    ///
    /// # Errors
    /// [`NoSuchCharset`] when it was written with a table that is not known here.
    pub fn rendering(&self, stored: StoredRendering) -> Result<Rendering, NoSuchCharset> {
        match self.charset(stored.charset()) {
            Some(charset) => Ok(stored.with(charset)),
            None => Err(NoSuchCharset { name: stored.charset().to_owned() }),
        }
    }

    /// The format called `name`.
    pub fn format(&self, name: &str) -> Option<&Arc<Format>> {
        self.formats.get(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_layouts_have_the_widths_of_the_published_files() {
        let schemas = Schemas::built_in().unwrap();
        let widths: Vec<_> = schemas.layouts().map(|layout| (layout.name(), layout.width())).collect();
        let expected = [
            ("comment-30", 30),
            ("comment-relation-18", 18),
            ("comment-relation-30", 30),
            ("disease-46", 46),
            ("drug-35", 35),
            ("drug-40", 40),
            ("drug-42", 42),
            ("drug-42-r08", 42),
            ("former-disease-46", 46),
            ("material-37", 37),
            ("material-38", 38),
            ("material-38-r08", 38),
            ("modifier-19", 19),
            ("points-auxiliary-27", 27),
            ("points-count-limit-14", 14),
            ("points-exclusion-day-10", 10),
            ("points-exclusion-month-10", 10),
            ("points-exclusion-simultaneous-10", 10),
            ("points-exclusion-week-10", 10),
            ("points-inclusion-7", 7),
            ("points-inpatient-basic-8", 8),
            ("procedure-150", 150),
            ("procedure-150-r08", 150),
        ];
        assert_eq!(widths, expected.map(|(name, width)| (name.to_owned(), width)));
    }

    #[test]
    fn the_built_in_charsets_are_what_their_files_are_called() {
        let schemas = Schemas::built_in().unwrap();
        for (file, source) in BUILT_IN.iter().filter(|(file, _)| file.starts_with("charsets/")) {
            assert_eq!(TableCharset::new(source).unwrap().name(), stem(file));
            assert!(matches!(schemas.charset(stem(file)), Some(Charset::Table(_))), "{file}");
        }
        assert_eq!(schemas.charset_names().count(), 7);
    }

    #[test]
    fn a_meaning_may_depend_on_another_column() {
        let schemas = Schemas::built_in().unwrap();
        let layout = schemas.layout("procedure-150").unwrap();
        let at = layout.column("imaging_surgery_support_addition").unwrap();
        let base = layout.meaning(at, "1", |_| "1".to_owned()).unwrap();
        let addition = layout.meaning(at, "1", |_| "7".to_owned()).unwrap();
        assert!(base.contains("算定可能") && addition.contains("加算自体"), "{base} / {addition}");
    }

    #[test]
    fn a_missing_column_is_named() {
        let schemas = Schemas::built_in().unwrap();
        let error = schemas.layout("drug-40").unwrap().column("elective_care_class").unwrap_err();
        assert_eq!(
            error.to_string(),
            "layout drug-40 has no column elective_care_class; code that needs it cannot read this master"
        );
    }

    const FORMAT: &str = "name = \"h\"\ntitle_ja = \"\"\ntitle_en = \"\"\ncharset = \"jef\"\n\
                          extension = \"h\"\nframing = \"fixed\"\n";

    #[test]
    fn a_charset_of_a_site_is_there_for_its_formats() {
        let rows: String = (0..=9).map(|digit| format!("<U003{digit}> \\xF{digit} |0\n")).collect();
        let table = format!("<code_set_name> \"jef\"\n<uconv_class> \"EBCDIC_STATEFUL\"\nCHARMAP\n{rows}");
        let files = |rows: &str| {
            let table = format!("{table}{rows}END CHARMAP\n");
            let files = [("formats/h.toml", FORMAT), ("charsets/jef.ucm", &table)];
            Schemas::built_in().unwrap().with(files)
        };
        let schemas = files("<U0020> \\x40 |0\n").unwrap();
        assert_eq!(schemas.format("h").unwrap().charset.encode("20 4").unwrap(), b"\xF2\xF0\x40\xF4");
        // Without a blank there is no padding.
        assert!(files("").unwrap_err().to_string().contains("blank"));
    }

    const REPLACING: &str = "kind = \"a\"\nedition = \"1\"\n[[key]]\ncolumn = \"b\"\n\
                             [[column]]\nid = \"b\"\nreplaces = \"c\"\nname = \"\"\ntype = \"text\"\n";

    #[test]
    fn a_faulty_schema_names_its_file() {
        let wrong = [
            ("layouts/a.toml", "kind = \"a\"\nedition = \"1\"\n", "has no key"),
            ("layouts/b.toml", "kind = \"b\"\nedition = \"1\"\nextends = \"c-9\"\n", "extends c-9"),
            ("layouts/d.toml", "kind = 1\n", "not a schema"),
            ("layouts/i.toml", REPLACING, "column b replaces c, which is not there"),
            ("charsets/e.ucm", "<uconv_class> \"X\"\n", "e.ucm: not a charset table"),
            ("charsets/f.ucm", "<code_set_name> g\n<uconv_class> SBCS\nCHARMAP\nEND CHARMAP\n", "is g"),
            ("formats/h.toml", FORMAT, "no charset jef"),
        ];
        for (name, text, expected) in wrong {
            let error = Schemas::default().with([(name, text)]).unwrap_err().to_string();
            assert!(error.starts_with(name) && error.contains(expected), "{error}");
        }
    }
}

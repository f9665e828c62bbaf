//! Schemas: the layouts of the masters and the formats of the organisations, as data.
//!
//! A *layout* is the column table of one *kind* of master in one *edition* (drug had 35, then 40, then 42
//! columns). It is a TOML file under `schemas/layouts/`; a new edition or a new master is one more file and no
//! Rust. The same holds for formats and for the charsets they are in. Code that needs a column asks for it by field id, once, and gets a clear error when it is not there.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::charset::ucm::UcmError;
use crate::charset::{Charset, TableCharset};
use crate::finding::Code;
use crate::format::{Format, FormatFile, Rendering, StoredRendering};
use crate::site::SiteRules;
use warifu_values::day::PublicationDay;

/// The field id of the change class (変更区分) in every layout that has one.
pub const CHANGE_CLASS: &str = "change_class";
/// The field id of the date a change applies from (変更年月日).
pub const CHANGED_ON: &str = "changed_on";
/// The field id of the last usable date (廃止年月日).
pub const ABOLISHED_ON: &str = "abolished_on";

/// What a column's values look like. Blank is always allowed here: differentials are sparse rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// ASCII digits.
    Digits,
    /// A decimal number.
    Decimal,
    /// YYYYMMDD, or one of the column's `also` values.
    Date,
    /// ASCII letters, digits, signs and blanks.
    Alnum,
    /// Half-width characters: ASCII and JIS X 0201 kana.
    Kana,
    /// Full-width characters only.
    Kanji,
    /// Any characters.
    Text,
    /// 予備: not in use yet; any ASCII.
    Reserve,
}

/// The meaning of one value of a code list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Meaning {
    /// The same in every row.
    One(String),
    /// By the values of the column named in `values_depend_on` (`"1,3,5"` -> meaning).
    By(BTreeMap<String, String>),
}

/// One column of a layout.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// The field id: English, stable, what commands and code call the column.
    pub id: String,
    /// 項目名 as the layout gives it.
    pub name: String,
    /// What its values look like.
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    /// The most bytes a value may take in Shift JIS; `None` where the layout's width is not known.
    pub bytes: Option<u32>,
    /// The bytes the column takes in a fixed-length record, where that is not `bytes`.
    pub fixed_bytes: Option<u32>,
    /// The exact number of characters, where there is one.
    pub length: Option<u32>,
    /// The most digits after the point of a decimal.
    #[serde(default)]
    pub decimals: u32,
    /// Values a date column holds besides dates, such as 99999999.
    #[serde(default)]
    pub also: Vec<String>,
    /// Never blank in a published full file.
    #[serde(default)]
    pub required: bool,
    /// The code list under `schemas/codes/` that the column takes its values from.
    pub codes: Option<String>,
    /// The code list, where the column has its own.
    #[serde(default)]
    pub values: BTreeMap<String, Meaning>,
    /// The column that tells which of several meanings a value has.
    pub values_depend_on: Option<String>,
    /// What real files show beyond the layout.
    pub note: Option<String>,
}

/// One part of a record's key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyPart {
    /// The column's field id.
    pub column: String,
    /// Filled with zeros on the left to this many digits.
    #[serde(default)]
    pub zero_fill: usize,
}

/// Records that are known to break a consistency rule, and why that is right.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The finding's code.
    pub code: String,
    /// The records' keys.
    pub keys: Vec<String>,
    /// Why.
    pub reason: String,
    /// The last day of publication that it holds for, as YYYY-MM-DD, where a later file put it right.
    #[serde(default, deserialize_with = "day")]
    pub until: Option<PublicationDay>,
}

fn day<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<PublicationDay>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let day = PublicationDay::parse(&text);
    day.map(Some).ok_or_else(|| serde::de::Error::custom(format!("{text:?} is no day, such as 2024-05-31")))
}

/// A layout file as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct LayoutFile {
    kind: String,
    edition: String,
    extends: Option<String>,
    name_ja: Option<String>,
    name_en: Option<String>,
    master_type: Option<String>,
    file_prefix: Option<String>,
    label: Option<String>,
    header: Option<String>,
    other_order: Option<String>,
    #[serde(default)]
    key_separator: String,
    #[serde(default)]
    key: Vec<KeyPart>,
    #[serde(default)]
    waiver: Vec<Waiver>,
    #[serde(default)]
    column: Vec<Column>,
}

/// The column table of one kind of master in one edition.
#[derive(Debug, Clone)]
pub struct Layout {
    /// The kind of master (`procedure`): the name of its folder and of its entry in a release.
    pub kind: String,
    /// The edition (`150`); with the kind it names the layout: `procedure-150`.
    pub edition: String,
    /// マスター名.
    pub name_ja: String,
    /// The master's name in English.
    pub name_en: String,
    /// What column 2 (マスター種別) holds in every row; `None` where the master has no such column.
    pub master_type: Option<String>,
    /// What its file names begin with.
    pub file_prefix: String,
    /// The column that names a record to people.
    pub label: Option<usize>,
    /// The header line that published files of this master carry, if any.
    pub header: Option<String>,
    /// A column that published files are sorted by when they are not sorted by key.
    pub other_order: Option<usize>,
    /// What stands between the parts of a key.
    pub key_separator: String,
    /// The key: column positions (from 0) and zero fill.
    pub key: Vec<(usize, usize)>,
    /// The columns.
    pub columns: Vec<Column>,
    /// Known exceptions to consistency rules.
    pub waivers: Vec<Waiver>,
    /// The code lists of columns that name one, by position.
    shared_codes: BTreeMap<usize, Arc<BTreeMap<String, String>>>,
}

impl Layout {
    /// `kind-edition`.
    pub fn name(&self) -> String {
        format!("{}-{}", self.kind, self.edition)
    }

    /// The number of columns.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The position (from 0) of the column called `id`, if the layout has it.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.id == id)
    }

    /// The position of the column called `id`.
    ///
    /// # Errors
    /// [`NoSuchColumn`] when the layout has none: code that needs it cannot work on this edition.
    pub fn column(&self, id: &str) -> Result<usize, NoSuchColumn> {
        self.position(id).ok_or_else(|| NoSuchColumn { layout: self.name(), id: id.to_owned() })
    }

    /// Whether the record with `key` is known to break the rule behind `code` in what was published on
    /// `published`; where that is not known, a waiver with an end holds.
    pub fn waives(&self, code: Code, key: &str, published: Option<PublicationDay>) -> bool {
        let concerns = |waiver: &&Waiver| {
            let ended = waiver.until.zip(published).is_some_and(|(until, published)| published > until);
            waiver.code == code.as_str() && !ended
        };
        self.waivers.iter().filter(concerns).any(|waiver| waiver.keys.iter().any(|known| known == key))
    }

    /// The canonical header line: field ids, without a line end.
    pub fn canonical_header(&self) -> String {
        let ids: Vec<_> = self.columns.iter().map(|column| column.id.as_str()).collect();
        ids.join(",")
    }

    /// The values that the column at `position` may hold, if it has a code list.
    pub fn values(&self, position: usize) -> Option<Vec<&str>> {
        if let Some(codes) = self.shared_codes.get(&position) {
            return Some(codes.keys().map(String::as_str).collect());
        }
        let values = &self.columns[position].values;
        (!values.is_empty()).then(|| values.keys().map(String::as_str).collect())
    }

    /// What `value` of the column at `position` means; `other` gives the value of another column of the row.
    pub fn meaning(&self, position: usize, value: &str, other: impl Fn(usize) -> String) -> Option<&str> {
        if let Some(codes) = self.shared_codes.get(&position) {
            return codes.get(value).map(String::as_str);
        }
        let column = &self.columns[position];
        match column.values.get(value)? {
            Meaning::One(text) => Some(text),
            Meaning::By(meanings) => {
                let decider = other(self.position(column.values_depend_on.as_deref()?)?);
                meanings
                    .iter()
                    .find(|(when, _)| when.split(',').any(|value| value == decider))
                    .map(|(_, text)| text.as_str())
            }
        }
    }

    /// What the unit code `code` is called, if `schemas/codes/unit.toml` has it.
    pub fn shared_code(&self, position: usize, code: &str) -> Option<&str> {
        self.shared_codes.get(&position)?.get(code).map(String::as_str)
    }
}

/// Code asked a layout for a column that it does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("layout {layout} has no column {id}; code that needs it cannot read this master")]
pub struct NoSuchColumn {
    /// The layout's name.
    pub layout: String,
    /// The field id asked for.
    pub id: String,
}

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

/// Every layout, format and charset that is known, those built in and those a site adds, and the site's rules.
#[derive(Debug, Clone, Default)]
pub struct Schemas {
    layouts: BTreeMap<String, Arc<Layout>>,
    formats: BTreeMap<String, Arc<Format>>,
    charsets: BTreeMap<String, Arc<TableCharset>>,
    codes: BTreeMap<String, Arc<BTreeMap<String, String>>>,
    site: SiteRules,
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
        let mut rules = Vec::new();
        let mut formats: Vec<(String, FormatFile)> = Vec::new();
        for (name, text) in files {
            let syntax = |source| SchemaError::Syntax { file: name.to_owned(), source: Box::new(source) };
            if name.starts_with("rules/") {
                rules.push((name, text));
            } else if name.starts_with("codes/") {
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
                        let layout = self.build(&name, file)?;
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
        let known: Vec<_> = self.layouts.values().collect();
        self.site = std::mem::take(&mut self.site).with(rules, &known)?;
        Ok(self)
    }

    /// The rules of the site.
    pub fn site_rules(&self) -> &SiteRules {
        &self.site
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

    fn build(&self, name: &str, file: LayoutFile) -> Result<Layout, SchemaError> {
        let wrong = |what: String| SchemaError::Content { file: name.to_owned(), what };
        let base = file.extends.as_ref().and_then(|base| self.layouts.get(base)).map(Arc::as_ref);
        let mut columns = base.map(|base| base.columns.clone()).unwrap_or_default();
        for column in file.column {
            match columns.iter_mut().find(|known| known.id == column.id) {
                Some(known) => *known = column,
                None => columns.push(column),
            }
        }
        let position = |id: &str| {
            columns.iter().position(|column| column.id == id).ok_or_else(|| wrong(format!("no column {id}")))
        };
        let key = if file.key.is_empty() {
            base.map(|base| base.key.clone()).unwrap_or_default()
        } else {
            let part = |part: &KeyPart| Ok((position(&part.column)?, part.zero_fill));
            file.key.iter().map(part).collect::<Result<_, _>>()?
        };
        if key.is_empty() {
            return Err(wrong("has no key: say which columns name a record with [[key]]".to_owned()));
        }
        let plain = |id: &str| {
            let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
            !id.is_empty() && id.chars().all(allowed)
        };
        if let Some(column) = columns.iter().find(|column| !plain(&column.id)) {
            return Err(wrong(format!("column id {:?} is not made of a-z, 0-9, _ and -", column.id)));
        }
        if !plain(&file.kind) || !plain(&file.edition) {
            return Err(wrong("kind and edition are made of a-z, 0-9, _ and -".to_owned()));
        }
        let mut shared_codes = BTreeMap::new();
        for (at, column) in columns.iter().enumerate() {
            if let Some(list) = &column.codes {
                let codes = self.codes.get(list).ok_or_else(|| wrong(format!("no code list {list}")))?;
                shared_codes.insert(at, Arc::clone(codes));
            }
            if let Some(decider) = &column.values_depend_on {
                position(decider)?;
            }
        }
        let label = match (&file.label, base) {
            (Some(id), _) => Some(position(id)?),
            (None, base) => base.and_then(|base| base.label),
        };
        let other_order = match (&file.other_order, base) {
            (Some(id), _) => Some(position(id)?),
            (None, base) => base.and_then(|base| base.other_order),
        };
        let inherit = |own: Option<String>, of: fn(&Layout) -> &String| {
            own.or_else(|| base.map(|base| of(base).clone())).unwrap_or_else(|| file.kind.clone())
        };
        Ok(Layout {
            name_ja: inherit(file.name_ja, |base| &base.name_ja),
            name_en: inherit(file.name_en, |base| &base.name_en),
            file_prefix: inherit(file.file_prefix, |base| &base.file_prefix),
            master_type: file.master_type.or_else(|| base.and_then(|base| base.master_type.clone())),
            header: file.header.or_else(|| base.and_then(|base| base.header.clone())),
            key_separator: if file.key.is_empty() {
                base.map(|base| base.key_separator.clone()).unwrap_or_default()
            } else {
                file.key_separator
            },
            waivers: base
                .map(|base| base.waivers.clone())
                .unwrap_or_default()
                .into_iter()
                .chain(file.waiver)
                .collect(),
            kind: file.kind,
            edition: file.edition,
            label,
            other_order,
            key,
            columns,
            shared_codes,
        })
    }

    /// Every layout, by name.
    pub fn layouts(&self) -> impl Iterator<Item = &Arc<Layout>> {
        self.layouts.values()
    }

    /// The layout called `name` (`drug-42`).
    pub fn layout(&self, name: &str) -> Option<&Arc<Layout>> {
        self.layouts.get(name)
    }

    /// The layouts of `kind`, narrowest first.
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
            ("drug-35", 35),
            ("drug-40", 40),
            ("drug-42", 42),
            ("material-37", 37),
            ("material-38", 38),
            ("procedure-150", 150),
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

    const FORMAT: &str = "name = \"h\"\ntitle_ja = \"\"\ntitle_en = \"\"\ncharset = \"jef\"\nextension = \"h\"\n\
                          framing = \"fixed\"\n";

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

    #[test]
    fn a_faulty_schema_names_its_file() {
        let wrong = [
            ("layouts/a.toml", "kind = \"a\"\nedition = \"1\"\n", "has no key"),
            ("layouts/b.toml", "kind = \"b\"\nedition = \"1\"\nextends = \"c-9\"\n", "extends c-9"),
            ("layouts/d.toml", "kind = 1\n", "not a schema"),
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

//! Layouts: the column table of one kind of master in one edition.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::finding::Code;
use warifu_values::day::{EffectiveDate, PublicationDay};
use warifu_values::lang::Lang;
use warifu_values::text::plain;

/// The field id of the change class (変更区分) in every layout that has one.
pub const CHANGE_CLASS: &str = "change_class";
/// The field id of the date a change applies from (変更年月日).
pub const CHANGED_ON: &str = "changed_on";
/// The field id of the last usable date (廃止年月日).
pub const ABOLISHED_ON: &str = "abolished_on";
/// The field id of the date a record was listed on (収載年月日), in masters that have it.
pub const LISTED_ON: &str = "listed_on";

/// Whether a record of change class `class` is marked as gone from the next publication on: 9 (廃止) or 1 (抹消).
pub fn is_marked(class: &[u8]) -> bool {
    matches!(class, b"9" | b"1")
}

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

/// A code list under `schemas/codes/`: value to name.
pub(super) type CodeList = Arc<BTreeMap<String, String>>;

/// The meaning of one value of a code list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Meaning {
    /// The same in every row.
    One(String),
    /// By the values of the column named in `values_depend_on` (`"1,3,5"` -> meaning).
    By(BTreeMap<String, String>),
}

/// Whether a release may change a field for days that have been; the strictest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MayChange {
    /// Never: it says what the code means, and a code is not used again for something else.
    Never,
    /// From a day to come on; for days that have been only where each code is accepted by name.
    Forward,
    /// Also for days that have been, accepted with all of its kind: what is corrected now and then.
    #[default]
    Correctable,
}

/// One column of a layout.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// The field id: English, stable, what commands and code call the column.
    pub id: String,
    /// The column of the extended layout whose place it takes, where that has another id.
    pub replaces: Option<String>,
    /// 項目名 as the layout gives it.
    pub name: String,
    /// What its values look like.
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    /// The most bytes a value may take in Shift JIS, and the room that it has in a fixed-length record;
    /// `None` where nobody says. The layouts that are built in have those of the official specification.
    pub bytes: Option<u32>,
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
    /// Only fulls carry it: differentials leave it blank, and so may a state that was made of them.
    #[serde(default)]
    pub only_in_fulls: bool,
    /// Whether a release may change the field for days that have been.
    #[serde(default)]
    pub may_change: MayChange,
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
    #[serde(deserialize_with = "plain")]
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

fn first_day<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<EffectiveDate>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let day = EffectiveDate::parse(&text);
    day.map(Some).ok_or_else(|| serde::de::Error::custom(format!("{text:?} is no day, such as 2026-06-01")))
}

/// A layout file as it is written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LayoutFile {
    kind: String,
    edition: String,
    pub(super) extends: Option<String>,
    #[serde(default, deserialize_with = "first_day")]
    since: Option<EffectiveDate>,
    name_ja: Option<String>,
    name_en: Option<String>,
    master_type: Option<String>,
    file_prefix: Option<String>,
    label: Option<String>,
    header: Option<String>,
    other_order: Option<String>,
    only_fulls: Option<bool>,
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
    /// The first day of the oldest series that is published in it; `None` for the first edition of a width.
    pub since: Option<EffectiveDate>,
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
    /// The header line that published files of this master carry, if any; a layout file writes "" for none
    /// where the layout that it extends has one.
    pub header: Option<String>,
    /// A column that published files are sorted by when they are not sorted by key.
    pub other_order: Option<usize>,
    /// 変更区分, where the master has it.
    pub change_class: Option<usize>,
    /// Whether it is published whole each time, so that a file is a full whatever its change classes are.
    pub only_fulls: bool,
    /// What stands between the parts of a key.
    pub key_separator: String,
    /// The key: column positions (from 0) and zero fill.
    pub key: Vec<(usize, usize)>,
    /// The columns.
    pub columns: Vec<Column>,
    /// Known exceptions to consistency rules.
    pub waivers: Vec<Waiver>,
    /// The code lists of columns that name one, by position.
    shared_codes: BTreeMap<usize, CodeList>,
}

impl Layout {
    /// `kind-edition`.
    pub fn name(&self) -> String {
        format!("{}-{}", self.kind, self.edition)
    }

    /// What the master is called in that language.
    pub fn master_name(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.name_en,
            Lang::Ja => &self.name_ja,
        }
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

    /// Why the record with `key` is known to break the rule behind `code` in what was published on
    /// `published`; where that is not known, a waiver with an end holds.
    pub fn waiver(&self, code: Code, key: &str, published: Option<PublicationDay>) -> Option<&Waiver> {
        let concerns = |waiver: &&Waiver| {
            let ended = waiver.until.zip(published).is_some_and(|(until, published)| published > until);
            waiver.code == code.as_str() && !ended
        };
        self.waivers.iter().filter(concerns).find(|waiver| waiver.keys.iter().any(|known| known == key))
    }

    /// Where the change class stands, and those that the layout lists. Of two masters whose rows are alike in
    /// all else, such as 傷病名 and the file of former codes, they tell whose a row is.
    pub fn change_classes(&self) -> Option<(usize, Vec<&str>)> {
        let at = self.change_class?;
        Some((at, self.values(at)?))
    }

    /// Whether rows of one may be rows of the other: two editions of a master with as many columns.
    pub fn is_like(&self, other: &Layout) -> bool {
        self.kind == other.kind
            && self.width() == other.width()
            && self.header == other.header
            && (&self.key, &self.key_separator) == (&other.key, &other.key_separator)
    }

    /// Whether no row tells the one from the other: masters of two kinds with the same columns and the same
    /// change classes.
    pub fn looks_like(&self, other: &Layout) -> bool {
        self.kind != other.kind
            && self.change_classes() == other.change_classes()
            && (&self.master_type, &self.header) == (&other.master_type, &other.header)
            && self.canonical_header() == other.canonical_header()
    }

    /// Whether `value` says nothing in the column at `position`, which is one that is not in use.
    pub fn is_unused(&self, position: usize, value: &str) -> bool {
        value.is_empty() || self.values(position).is_some_and(|values| values.contains(&value))
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

    /// The layout that `file` writes, on top of the `base` that it extends, with its columns' lists from
    /// `codes`.
    ///
    /// # Errors
    /// What cannot hold.
    pub(super) fn build(
        file: LayoutFile,
        base: Option<&Layout>,
        codes: &BTreeMap<String, CodeList>,
    ) -> Result<Layout, String> {
        let mut columns = base.map(|base| base.columns.clone()).unwrap_or_default();
        for column in file.column {
            let place = column.replaces.as_ref().unwrap_or(&column.id);
            match columns.iter_mut().find(|known| known.id == *place) {
                Some(known) => *known = column,
                None if column.replaces.is_some() => {
                    return Err(format!("column {} replaces {place}, which is not there", column.id));
                }
                None => columns.push(column),
            }
        }
        let position = |id: &str| {
            columns.iter().position(|column| column.id == id).ok_or_else(|| format!("no column {id}"))
        };
        let key = if file.key.is_empty() {
            base.map(|base| base.key.clone()).unwrap_or_default()
        } else {
            let part = |part: &KeyPart| Ok::<_, String>((position(&part.column)?, part.zero_fill));
            file.key.iter().map(part).collect::<Result<_, String>>()?
        };
        if key.is_empty() {
            return Err("has no key: say which columns name a record with [[key]]".to_owned());
        }
        let plain = |id: &str| {
            let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
            !id.is_empty() && id.chars().all(allowed)
        };
        if let Some(column) = columns.iter().find(|column| !plain(&column.id)) {
            return Err(format!("column id {:?} is not made of a-z, 0-9, _ and -", column.id));
        }
        if !plain(&file.kind) || !plain(&file.edition) {
            return Err("kind and edition are made of a-z, 0-9, _ and -".to_owned());
        }
        let mut shared_codes = BTreeMap::new();
        for (at, column) in columns.iter().enumerate() {
            if let Some(list) = &column.codes {
                let codes = codes.get(list).ok_or_else(|| format!("no code list {list}"))?;
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
            header: file
                .header
                .or_else(|| base.and_then(|base| base.header.clone()))
                .filter(|header| !header.is_empty()),
            only_fulls: file.only_fulls.or(base.map(|base| base.only_fulls)).unwrap_or_default(),
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
            since: file.since,
            label,
            other_order,
            change_class: columns.iter().position(|column| column.id == CHANGE_CLASS),
            key,
            columns,
            shared_codes,
        })
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

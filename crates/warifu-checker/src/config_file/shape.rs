//! What a file may hold.

use crate::said::Said;

/// What a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Number,
    /// Text: a path, an address, a name.
    Text,
    /// One text or several.
    Texts,
    /// A command: the program, then its arguments.
    Command,
}

/// One key.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// What else somebody may call it.
    pub(crate) also: Option<String>,
}

/// Keys that stand together.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    /// None for what stands before all sections.
    pub(crate) name: Option<String>,
    /// `[[name]]`, as often as wanted.
    pub(crate) is_many: bool,
    pub(crate) keys: Vec<Key>,
}

/// All of it.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    pub(crate) sections: Vec<Section>,
}

impl Section {
    /// With these keys.
    pub(crate) fn of(name: Option<&str>, keys: &[(&str, Kind)]) -> Section {
        let key = |(name, kind): &(&str, Kind)| Key { name: (*name).to_owned(), kind: *kind, also: None };
        Section { name: name.map(ToOwned::to_owned), is_many: false, keys: keys.iter().map(key).collect() }
    }

    pub(crate) fn key(&self, name: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// As it stands in a file.
    pub(crate) fn head(&self) -> Option<String> {
        let name = self.name.as_deref()?;
        Some(if self.is_many { format!("[[{name}]]") } else { format!("[{name}]") })
    }
}

impl Shape {
    pub(crate) fn section(&self, name: Option<&str>) -> Option<&Section> {
        self.sections.iter().find(|section| section.name.as_deref() == name)
    }
}

/// A key of a section as it is told.
pub(crate) fn place(section: Option<&str>, key: &str) -> String {
    section.map_or_else(|| key.to_owned(), |section| format!("[{section}] {key}"))
}

/// That nothing says what a key is that nothing goes without, and where to write it.
pub(crate) fn missing(section: Option<&str>, key: &str) -> Said {
    let place = place(section, key);
    match section {
        Some(section) => Said::new(
            format!("{place} is missing: write {key} = … below [{section}]"),
            format!("{place} がありません。[{section}] の下に {key} = … を書いてください"),
        ),
        None => Said::new(
            format!("{place} is missing: write {key} = … before all sections"),
            format!("{place} がありません。どのセクションよりも前に {key} = … を書いてください"),
        ),
    }
}

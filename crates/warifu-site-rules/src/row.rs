//! One record and its version before, as an expression sees them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use cel::common::types::{CelBool, CelNull, CelString};
use cel::common::value::CowVal;
use cel::context::VariableResolver;

use warifu_masters::table::Master;

/// The columns that an expression names, by field id. A version of a narrower edition lacks some: they are blank.
pub(super) type Columns = BTreeMap<String, Option<usize>>;

/// A record and its version before.
pub(super) struct Row<'a> {
    pub(super) key: Cow<'a, str>,
    pub(super) new: Version<'a>,
    pub(super) old: Version<'a>,
}

/// One version of a record.
pub(super) enum Version<'a> {
    /// There is none.
    None,
    /// A row of a master, with the columns that are asked for.
    Record(&'a Master, usize, &'a Columns),
    /// Fields as an example gives them; the others are blank.
    Example(&'a BTreeMap<String, String>),
}

impl Version<'_> {
    fn field(&self, id: &str) -> Option<&str> {
        match self {
            Version::None => None,
            Version::Record(master, row, columns) => {
                let column = columns.get(id)?;
                Some(column.map_or("", |column| master.field(*row, column)))
            }
            Version::Example(fields) => Some(fields.get(id).map_or("", String::as_str)),
        }
    }

    /// The fields that the rule asks for, for people.
    pub(super) fn evidence(&self) -> String {
        match self {
            Version::Record(_, _, columns) => {
                let told = columns.keys().map(|id| format!("{id} {}", self.field(id).unwrap_or_default()));
                told.collect::<Vec<_>>().join(", ")
            }
            _ => String::new(),
        }
    }
}

/// `new.points` and the like are asked for by their whole names, so that no map of a record is ever made.
impl VariableResolver for Row<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        if let Some(id) = variable.strip_prefix("new.") {
            return self.new.field(id).map(|field| CowVal::owned(CelString::from(field)));
        }
        if let Some(id) = variable.strip_prefix("old.") {
            return self.old.field(id).map(|field| CowVal::owned(CelString::from(field)));
        }
        match (variable, &self.old) {
            ("key", _) => Some(CowVal::owned(CelString::from(self.key.as_ref()))),
            // Only ever compared with null: expression.rs lets nothing else through.
            ("old", Version::None) => Some(CowVal::owned(CelNull)),
            ("old", _) => Some(CowVal::owned(CelBool::from(true))),
            _ => None,
        }
    }
}

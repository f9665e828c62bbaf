//! What belongs to a record of the repository, over the masters of its series.

use std::collections::HashMap;

use warifu_masters::relations::{Group, relations};

use super::error::StoreError;
use super::repository::Store;
use super::revision::Record;
use super::texts::Text;

impl Store {
    /// What belongs to `record` in the masters of its series that its commit holds.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when a master cannot be read.
    pub fn related(&self, record: &Record) -> Result<Vec<Group>, StoreError> {
        let mut masters = self.masters(&record.at.commit)?;
        masters.retain(|at| at.series == record.at.series);
        let mut texts: HashMap<String, Option<Text<'_>>> = HashMap::new();
        relations(&record.shard, record.row, |kind, value| {
            if !texts.contains_key(kind) {
                let at = masters.iter().rfind(|at| at.kind == kind);
                texts.insert(kind.to_owned(), at.map(|at| self.text(at)).transpose()?);
            }
            texts.get(kind).and_then(Option::as_ref).map(|text| text.with(value)).transpose()
        })
    }
}

//! What the publications of a series said of the record, in the order in which they came.

use super::row::Row;
use warifu_values::day::{EffectiveDate, PublicationDay, TreatmentDay};

/// What one publication says of the record. `V` names the publication; nothing here looks into it.
#[derive(Debug, Clone)]
pub struct Said<V> {
    /// Which publication.
    pub by: V,
    /// When it came out.
    pub published: PublicationDay,
    /// The record after it; none when it holds no such record.
    pub row: Option<Row>,
}

/// What the publications of one series say of the record.
#[derive(Debug, Clone)]
pub struct Line<V> {
    /// The series (`r06`).
    pub series: String,
    /// From which day the series governs this kind of master.
    pub effective: EffectiveDate,
    /// The last day it governs, where that is declared.
    pub until: Option<TreatmentDay>,
    pub(super) said: Vec<Said<V>>,
}

impl<V> Line<V> {
    /// A series of which nothing is held yet.
    pub fn new(series: impl Into<String>, effective: EffectiveDate, until: Option<TreatmentDay>) -> Self {
        Line { series: series.into(), effective, until, said: Vec::new() }
    }

    /// Takes the next publication, in the order in which they were taken in. The oldest one that is held must
    /// be given even when it holds no such record; later ones that say nothing new are passed over.
    pub fn push(&mut self, said: Said<V>) {
        if self.is_news(said.row.as_ref()) {
            self.said.push(said);
        }
    }

    /// Whether `row`, after the next publication, is not what the last one left.
    pub fn is_news(&self, row: Option<&Row>) -> bool {
        match (self.said.last().map(|last| &last.row), row) {
            (Some(None), None) => false,
            (Some(Some(old)), Some(new)) => !old.repeats(new),
            _ => true,
        }
    }

    /// What was said, oldest first.
    pub fn said(&self) -> &[Said<V>] {
        &self.said
    }
}

/// Names one [`Said`] of a [`Timeline`](super::Timeline).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    pub(super) line: usize,
    pub(super) said: usize,
}

//! What holds for a code from one day on.

use warifu_values::day::TreatmentDay;

/// What holds for a code from one day on, until its next version begins: sixteen bytes that lie in one line
/// of a cache, as every lookup reads one that no cache knows.
#[derive(Debug, Clone, Copy)]
#[repr(align(16))]
pub(super) struct Version {
    pub(super) code: u32,
    pub(super) first: TreatmentDay,
    /// Of what was abolished; else the first day.
    last: TreatmentDay,
    /// The number of the record in the lower bits, [`NO_RECORD`] for none; how it stands in the two highest.
    standing_and_record: u32,
}

/// What holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// The version's record is in force.
    InForce,
    /// It could last be used on that day.
    Abolished(TreatmentDay),
    /// The series lists the code on other days.
    Unknown,
    /// No publication tells.
    NotKnown,
}

/// No record at all.
const NO_RECORD: u32 = (1 << 30) - 1;

/// How it stands, in the two highest bits. In force is 0: then all bits are the record's.
const ABOLISHED: u32 = 1 << 30;
const UNKNOWN: u32 = 2 << 30;
const NOT_KNOWN: u32 = 3 << 30;

impl Version {
    /// In force with `record`.
    pub(super) fn in_force(code: u32, first: TreatmentDay, record: u32) -> Version {
        Version::of(code, first, Standing::InForce, Some(record))
    }

    /// Not in force; `record` tells the name.
    pub(super) fn of(code: u32, first: TreatmentDay, standing: Standing, record: Option<u32>) -> Version {
        let (bits, last) = match standing {
            Standing::InForce => (0, first),
            Standing::Abolished(last) => (ABOLISHED, last),
            Standing::Unknown => (UNKNOWN, first),
            Standing::NotKnown => (NOT_KNOWN, first),
        };
        // A master has fewer records than bytes, and a file at most 2^30 of these.
        let record = record.map_or(NO_RECORD, |record| record.min(NO_RECORD));
        Version { code, first, last, standing_and_record: bits | record }
    }

    /// What holds.
    pub(super) fn standing(&self) -> Standing {
        match self.standing_and_record & !NO_RECORD {
            ABOLISHED => Standing::Abolished(self.last),
            UNKNOWN => Standing::Unknown,
            NOT_KNOWN => Standing::NotKnown,
            _ => Standing::InForce,
        }
    }

    /// The record in force.
    #[inline]
    pub(super) fn record_in_force(&self) -> Option<u32> {
        (self.standing_and_record <= NO_RECORD).then_some(self.standing_and_record)
    }

    /// The record in force; where none is, the one that tells the name, if any.
    pub(super) fn record(&self) -> Option<u32> {
        Some(self.standing_and_record & NO_RECORD).filter(|record| *record != NO_RECORD)
    }
}

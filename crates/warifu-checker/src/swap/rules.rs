//! What a release is let in by, as it may change while claims are judged: the gates and the calendar.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::calendar::Calendar;
use crate::swap::gates::Gates;

/// The gates and the calendar.
#[derive(Debug)]
pub(super) struct Rules {
    gates: ArcSwap<Gates>,
    calendar: ArcSwap<Calendar>,
}

impl Rules {
    /// These gates, at any time.
    pub(super) fn of(gates: Gates) -> Rules {
        Rules { gates: ArcSwap::from_pointee(gates), calendar: ArcSwap::from_pointee(Calendar::open()) }
    }

    /// What a release must pass now.
    pub(super) fn gates(&self) -> Gates {
        **self.gates.load()
    }

    /// When it may be activated, as far as is known now.
    pub(super) fn calendar(&self) -> Arc<Calendar> {
        self.calendar.load_full()
    }

    pub(super) fn pass(&self, gates: Gates) {
        self.gates.store(Arc::new(gates));
    }

    pub(super) fn keep_to(&self, calendar: Calendar) {
        self.calendar.store(Arc::new(calendar));
    }
}

//! A store with a linear order of writes, as etcd keeps it: revisions, transactions that compare, leases.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::armed::ArmedView;
use crate::coordinator::Change;
use crate::desired::{Desired, Seen};
use crate::member::MemberName;
use crate::node::{Arm, StoreView};
use crate::release::{Epoch, Revision};
use crate::report::Report;

#[derive(Debug)]
pub(super) struct Store {
    newest: Revision,
    seen: Seen,
    armed: BTreeMap<Epoch, BTreeMap<MemberName, Revision>>,
    reports: BTreeMap<MemberName, (Report, u64)>,
    pub(super) writes: u64,
    pub(super) reads: u64,
}

impl Store {
    pub(super) fn new(record: Desired) -> Self {
        let seen = Seen { revision: Revision(1), record: Arc::new(record) };
        Store {
            newest: Revision(1),
            seen,
            armed: BTreeMap::new(),
            reports: BTreeMap::new(),
            writes: 0,
            reads: 0,
        }
    }

    fn written(&mut self) -> Revision {
        self.writes += 1;
        self.newest = Revision(self.newest.0 + 1);
        self.newest
    }

    pub(super) fn read(&mut self) -> StoreView {
        self.reads += 1;
        let epoch = self.seen.record.last();
        let armed = self.seen.record.pending().map(|_| ArmedView {
            epoch,
            count: self.armed.get(&epoch).map_or(0, BTreeMap::len),
            as_of: self.newest,
        });
        StoreView { seen: self.seen.clone(), armed }
    }

    /// Announcements whose leases hold at `now`.
    pub(super) fn alive(&self, now: u64) -> BTreeMap<MemberName, Report> {
        let alive = self.reports.iter().filter(|(_, (_, until))| *until > now);
        alive.map(|(name, (report, _))| (name.clone(), report.clone())).collect()
    }

    pub(super) fn change(&mut self, change: &Change) -> bool {
        let newer = |none: &crate::armed::NoMajority| {
            let keys = self.armed.get(&none.epoch());
            keys.is_some_and(|keys| keys.values().any(|revision| *revision > none.as_of()))
        };
        if self.seen.revision != change.expects || change.none_armed.as_ref().is_some_and(newer) {
            return false;
        }
        let revision = self.written();
        self.seen = Seen { revision, record: Arc::new(change.record.clone()) };
        true
    }

    pub(super) fn arm(&mut self, arm: &Arm) -> bool {
        if self.seen.revision != arm.expects {
            return self.armed.get(&arm.epoch).is_some_and(|keys| keys.contains_key(&arm.member));
        }
        let keys = self.armed.entry(arm.epoch).or_default();
        if !keys.contains_key(&arm.member) {
            let revision = self.written();
            self.armed.entry(arm.epoch).or_default().insert(arm.member.clone(), revision);
        }
        true
    }

    pub(super) fn report(&mut self, name: &MemberName, report: Report, until: u64) {
        let changed = self.reports.get(name).is_none_or(|(known, _)| *known != report);
        self.reports.insert(name.clone(), (report, until));
        if changed {
            self.written();
        }
    }

    pub(super) fn seen(&self) -> &Seen {
        &self.seen
    }
}

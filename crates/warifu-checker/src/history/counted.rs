//! What is counted while claims are judged: by release and code, without a lock and without memory.

use std::array;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use warifu_claims::{ClaimCode, ClaimFindings, Tally};

const CODES: usize = ClaimCode::ALL.len();

/// The counters of every release that judges, or judged lately.
#[derive(Debug, Default)]
pub struct Counted {
    releases: ArcSwap<Vec<Arc<OfRelease>>>,
    /// Held where the list changes: once for each release, and once a minute.
    changing: Mutex<()>,
}

#[derive(Debug)]
struct OfRelease {
    release: u64,
    files: AtomicU64,
    claims: AtomicU64,
    items: AtomicU64,
    findings: [AtomicU64; CODES],
}

/// What a release judged: since the start, or more than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// The release.
    pub release: u64,
    /// Claim files.
    pub files: u64,
    /// Claims in them.
    pub claims: u64,
    /// Items and comments that were looked up.
    pub items: u64,
    findings: [u64; CODES],
}

impl OfRelease {
    fn new(release: u64) -> Self {
        OfRelease {
            release,
            files: AtomicU64::new(0),
            claims: AtomicU64::new(0),
            items: AtomicU64::new(0),
            findings: array::from_fn(|_| AtomicU64::new(0)),
        }
    }

    fn take(&self, tally: &Tally, findings: &ClaimFindings) {
        self.claims.fetch_add(tally.claims, Ordering::Relaxed);
        self.items.fetch_add(tally.items, Ordering::Relaxed);
        for (code, count) in findings.counts() {
            self.findings[code as usize].fetch_add(count, Ordering::Relaxed);
        }
        self.files.fetch_add(1, Ordering::Relaxed);
    }

    fn totals(&self) -> Totals {
        Totals {
            release: self.release,
            files: self.files.load(Ordering::Relaxed),
            claims: self.claims.load(Ordering::Relaxed),
            items: self.items.load(Ordering::Relaxed),
            findings: array::from_fn(|code| self.findings[code].load(Ordering::Relaxed)),
        }
    }
}

impl Counted {
    /// Counts a file that `release` judged.
    pub fn take(&self, release: u64, tally: &Tally, findings: &ClaimFindings) {
        let has = |of: &&Arc<OfRelease>| of.release == release;
        if let Some(of_release) = self.releases.load().iter().find(has) {
            return of_release.take(tally, findings);
        }
        self.add(release).take(tally, findings);
    }

    #[cold]
    fn add(&self, release: u64) -> Arc<OfRelease> {
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let there = self.releases.load();
        if let Some(of_release) = there.iter().find(|of| of.release == release) {
            return Arc::clone(of_release);
        }
        let new = Arc::new(OfRelease::new(release));
        let more = there.iter().cloned().chain([Arc::clone(&new)]).collect();
        self.releases.store(Arc::new(more));
        new
    }

    /// What each release judged since the start.
    pub fn totals(&self) -> Vec<Totals> {
        self.releases.load().iter().map(|of| of.totals()).collect()
    }

    /// Nobody asks for these any more, and they have been counted for the last time.
    pub(super) fn forget(&self, idle: &[u64]) {
        if idle.is_empty() {
            return;
        }
        let _changing = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let left = self.releases.load().iter().filter(|of| !idle.contains(&of.release)).cloned().collect();
        self.releases.store(Arc::new(left));
    }
}

impl Totals {
    /// Of a release that judged nothing yet.
    pub fn of(release: u64) -> Totals {
        Totals { release, files: 0, claims: 0, items: 0, findings: [0; CODES] }
    }

    /// Every code that occurred, with its count.
    pub fn findings(&self) -> impl Iterator<Item = (ClaimCode, u64)> + '_ {
        let counts = ClaimCode::ALL.iter().map(|code| (*code, self.findings[*code as usize]));
        counts.filter(|(_, count)| *count > 0)
    }

    /// Adds findings.
    #[cfg(test)]
    pub(super) fn add(&mut self, code: ClaimCode, more: u64) {
        self.findings[code as usize] += more;
    }

    /// Whether nothing was judged.
    pub fn is_nothing(&self) -> bool {
        *self == Totals::of(self.release)
    }

    /// What came since `before`.
    #[must_use]
    pub(super) fn since(&self, before: &Totals) -> Totals {
        Totals {
            release: self.release,
            files: self.files.saturating_sub(before.files),
            claims: self.claims.saturating_sub(before.claims),
            items: self.items.saturating_sub(before.items),
            findings: array::from_fn(|code| self.findings[code].saturating_sub(before.findings[code])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_threads_count_and_nothing_is_lost_while_releases_come() {
        let counted = Counted::default();
        let tally = Tally { claims: 2, items: 3 };
        let findings = ClaimFindings::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..4000).for_each(|at| counted.take(at / 100, &tally, &findings)));
            }
        });
        let totals = counted.totals();
        assert_eq!(totals.len(), 40);
        assert!(totals.iter().all(|of| (of.files, of.claims, of.items) == (400, 800, 1200)), "{totals:?}");
        let mut before = Totals::of(0);
        before.files = 399;
        assert_eq!(totals[0].since(&before).files, 1);
        counted.forget(&[totals[0].release]);
        assert_eq!(counted.totals().len(), 39);
    }
}

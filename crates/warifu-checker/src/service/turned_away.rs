//! Since when institutions wait that were turned away: when they come again, they have waited longer than who
//! comes for the first time.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::service::queue::Whose;
use crate::service::sender::Sender;

/// Who has not come again for so long does not wait any more.
const FORGOTTEN: Duration = Duration::from_secs(30 * 60);

/// So many are remembered: some megabytes. Others come as for the first time.
const MOST: usize = 1 << 16;

/// Looking for room takes milliseconds: so often it is done at most.
const BETWEEN_LOOKS: Duration = Duration::from_secs(60);

/// A longer name is none of an institution, and not remembered.
const LONGEST_NAME: usize = 32;

/// Those who were turned away.
#[derive(Debug, Default)]
pub struct TurnedAway {
    all: Mutex<All>,
}

#[derive(Debug, Default)]
struct All {
    by_institution: HashMap<(Sender, Box<[u8]>), Waits>,
    /// When it was full and room was looked for last.
    looked: Option<Instant>,
}

/// When it first came, and last.
#[derive(Debug, Clone, Copy)]
struct Waits {
    first: Instant,
    last: Instant,
}

impl TurnedAway {
    fn all(&self) -> MutexGuard<'_, All> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Since when who comes at `now` waits.
    pub fn since(&self, whose: &Whose, now: Instant) -> Instant {
        match self.all().by_institution.get(&key(whose)) {
            Some(waits) if now.saturating_duration_since(waits.last) < FORGOTTEN => waits.first.min(now),
            _ => now,
        }
    }

    /// Who has waited `since` is turned away at `now`.
    pub fn note(&self, whose: &Whose, since: Instant, now: Instant) {
        if whose.institution.len() > LONGEST_NAME {
            return;
        }
        let mut all = self.all();
        let All { by_institution, looked } = &mut *all;
        if let Some(waits) = by_institution.get_mut(&key(whose)) {
            *waits = Waits { first: since, last: now };
            return;
        }
        let is_over = |since: Instant, time| now.saturating_duration_since(since) >= time;
        if by_institution.len() >= MOST && looked.is_none_or(|looked| is_over(looked, BETWEEN_LOOKS)) {
            by_institution.retain(|_, waits| !is_over(waits.last, FORGOTTEN));
            *looked = Some(now);
        }
        if by_institution.len() < MOST {
            by_institution.insert(key(whose), Waits { first: since, last: now });
        }
    }

    /// Its turn has come.
    pub fn forget(&self, whose: &Whose) {
        self.all().by_institution.remove(&key(whose));
    }
}

fn key(whose: &Whose) -> (Sender, Box<[u8]>) {
    (whose.sender, whose.institution.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(institution: &str) -> Whose {
        Whose { sender: Sender::Operator, institution: institution.as_bytes().into() }
    }

    #[test]
    fn who_comes_again_waits_since_the_first_time_until_it_is_its_turn() {
        let (turned_away, start) = (TurnedAway::default(), Instant::now());
        let at = |minutes: u64| start + Duration::from_secs(minutes * 60);
        let (a, b) = (of("a"), of("b"));
        assert_eq!(turned_away.since(&a, at(0)), at(0));
        turned_away.note(&a, at(0), at(0));
        assert_eq!(turned_away.since(&a, at(20)), at(0));
        assert_eq!(turned_away.since(&b, at(20)), at(20));
        turned_away.note(&a, at(0), at(20));
        assert_eq!(turned_away.since(&a, at(45)), at(0), "it has come meanwhile");
        assert_eq!(turned_away.since(&a, at(51)), at(51), "nobody waits that does not come");
        turned_away.forget(&a);
        assert_eq!(turned_away.since(&a, at(21)), at(21));
    }

    #[test]
    fn a_flood_of_names_is_not_remembered_without_end() {
        let (turned_away, start) = (TurnedAway::default(), Instant::now());
        for at in 0..MOST + 10 {
            turned_away.note(&of(&at.to_string()), start, start);
        }
        let later = start + Duration::from_secs(60);
        assert_eq!(turned_away.since(&of("0"), later), start);
        assert_eq!(turned_away.since(&of(&(MOST + 1).to_string()), later), later);
        assert_eq!(turned_away.all().by_institution.len(), MOST);
        let much_later = start + FORGOTTEN;
        turned_away.note(&of("new"), much_later, much_later);
        assert_eq!(turned_away.all().by_institution.len(), 1);
        turned_away.note(&of(&"x".repeat(LONGEST_NAME + 1)), much_later, much_later);
        assert_eq!(turned_away.all().by_institution.len(), 1);
    }
}

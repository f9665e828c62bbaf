//! What many may look at is made by one at a time, and given again while it is young: whoever looks however
//! often takes little from the claims.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use tokio::time::timeout;
use warifu_values::lang::Lang;

/// So long what was made is given again.
const YOUNG: Duration = Duration::from_secs(1);

/// So long somebody waits for those who came before.
const WAITS: Duration = Duration::from_secs(2);

/// What is looked at: its path, and the language where it has one.
pub(crate) type Looked = (&'static str, Option<Lang>);

/// What was made lately.
#[derive(Debug)]
pub(crate) struct Lately {
    young: Duration,
    waits: Duration,
    making: Arc<tokio::sync::Mutex<()>>,
    made: Mutex<BTreeMap<Key, (Instant, Bytes)>>,
    count: AtomicU64,
}

/// Why there is nothing to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotGiven {
    /// Too many look: come again.
    Busy,
    /// Making it broke off.
    Broken,
}

impl Lately {
    /// For a door at which everybody looks.
    pub(crate) fn of_watchers() -> Arc<Lately> {
        Lately::with(YOUNG, WAITS)
    }

    /// For a door at which whoever commands sees what came of it: nothing is given twice.
    pub(crate) fn of_operators() -> Arc<Lately> {
        Lately::with(Duration::ZERO, WAITS)
    }

    fn with(young: Duration, waits: Duration) -> Arc<Lately> {
        let making = Arc::default();
        Arc::new(Lately { young, waits, making, made: Mutex::default(), count: AtomicU64::new(0) })
    }

    /// How often something was made.
    pub(crate) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// What is at `looked`: as it was made lately, or as `make` makes it now.
    ///
    /// # Errors
    /// [`NotGiven`].
    pub(crate) async fn given(
        self: &Arc<Self>,
        looked: Looked,
        make: impl FnOnce() -> Bytes + Send + 'static,
    ) -> Result<Bytes, NotGiven> {
        if let Some(young) = self.young(looked) {
            return Ok(young);
        }
        let turn = timeout(self.waits, Arc::clone(&self.making).lock_owned());
        let turn = turn.await.map_err(|_| NotGiven::Busy)?;
        // Who came before may have made it.
        if let Some(young) = self.young(looked) {
            return Ok(young);
        }
        let lately = Arc::clone(self);
        let making = tokio::task::spawn_blocking(move || {
            // It stays this one's turn also when nobody waits for it any more.
            let _turn = turn;
            lately.count.fetch_add(1, Ordering::Relaxed);
            let made = make();
            if !lately.young.is_zero() {
                let mut all = lately.made.lock().unwrap_or_else(PoisonError::into_inner);
                all.insert(key(looked), (Instant::now(), made.clone()));
            }
            made
        });
        making.await.map_err(|_| NotGiven::Broken)
    }

    fn young(&self, looked: Looked) -> Option<Bytes> {
        let all = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, made) = all.get(&key(looked))?;
        (at.elapsed() < self.young).then(|| made.clone())
    }
}

/// What was looked at, in an order.
type Key = (&'static str, Option<bool>);

fn key((path, lang): Looked) -> Key {
    (path, lang.map(|lang| lang == Lang::Ja))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const LONG: Duration = Duration::from_secs(600);

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
    }

    #[test]
    fn a_flood_is_given_the_same_bytes_that_were_made_once() {
        runtime().block_on(async {
            let lately = Lately::with(LONG, LONG);
            let (go, gate) = mpsc::channel::<()>();
            let gate = Arc::new(Mutex::new(gate));
            let looking: Vec<_> = (0..100)
                .map(|at: u8| {
                    let (lately, gate) = (Arc::clone(&lately), Arc::clone(&gate));
                    tokio::spawn(async move {
                        let make = move || {
                            let _ = gate.lock().unwrap().recv();
                            Bytes::from(vec![at])
                        };
                        lately.given(("/", Some(Lang::Ja)), make).await.unwrap()
                    })
                })
                .collect();
            tokio::task::yield_now().await;
            drop(go);
            let mut given = Vec::new();
            for looks in looking {
                given.push(looks.await.unwrap());
            }
            assert!(given.iter().all(|bytes| *bytes == given[0]), "{given:?}");
            assert_eq!(lately.count(), 1);
            lately.given(("/", Some(Lang::En)), Bytes::new).await.unwrap();
            lately.given(("/metrics", None), Bytes::new).await.unwrap();
            assert_eq!(lately.count(), 3, "what is another is made");
        });
    }

    #[test]
    fn who_leaves_does_not_let_a_second_one_begin_and_who_waits_too_long_is_told() {
        runtime().block_on(async {
            let lately = Lately::with(Duration::ZERO, Duration::from_millis(20));
            let (go, gate) = mpsc::channel::<()>();
            let (began, begun) = tokio::sync::oneshot::channel();
            let first = {
                let lately = Arc::clone(&lately);
                tokio::spawn(async move {
                    let make = move || {
                        let _ = began.send(());
                        let _ = gate.recv();
                        Bytes::new()
                    };
                    lately.given(("/", None), make).await
                })
            };
            begun.await.unwrap();
            first.abort();
            assert!(first.await.unwrap_err().is_cancelled());
            for _ in 0..3 {
                let second = lately.given(("/", None), || panic!("two at once")).await;
                assert_eq!(second, Err(NotGiven::Busy));
            }
            drop(go);
            let started = Instant::now();
            while lately.given(("/", None), || Bytes::from_static(b"anew")).await.is_err() {
                assert!(started.elapsed() < Duration::from_secs(30), "its turn never ends");
            }
            let broken = lately.given(("/", None), || panic!("on the way")).await;
            assert_eq!(broken, Err(NotGiven::Broken));
            assert!(lately.given(("/", None), Bytes::new).await.is_ok());
            assert_eq!(lately.count(), 4);
        });
    }
}

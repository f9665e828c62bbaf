//! Work on all cores whose results come in the order of what was given, with few of them waiting.

use std::any::Any;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Mutex, PoisonError, mpsc};

/// Results of each core that may wait for an earlier one.
const AHEAD: usize = 8;

type Done<T> = (usize, Result<T, Box<dyn Any + Send>>);

/// Does `work` on each of `items` on so many cores; `take` gets the results in the order of the items.
///
/// # Errors
/// The first of `take`; nothing more is begun then.
pub(crate) fn in_order<I: Sync, T: Send, E>(
    items: &[I],
    cores: NonZeroUsize,
    work: impl Fn(&I) -> T + Sync,
    mut take: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let (to_do, jobs) = mpsc::channel::<usize>();
    let (done, results) = mpsc::channel::<Done<T>>();
    let jobs = Mutex::new(jobs);
    std::thread::scope(|scope| {
        // Dropped when this closure ends, in whatever way: then the workers end.
        let (to_do, results) = (to_do, results);
        for _ in 0..cores.get() {
            let (jobs, work, done) = (&jobs, &work, done.clone());
            scope.spawn(move || {
                loop {
                    let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Some((at, item)) = next.ok().and_then(|at| Some((at, items.get(at)?))) else {
                        return;
                    };
                    // One that panics is told like a result, or its place would be waited for for ever.
                    let one = catch_unwind(AssertUnwindSafe(|| work(item)));
                    if done.send((at, one)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(done);
        let mut waiting = BTreeMap::new();
        let (mut given, mut taken) = (0, 0);
        while taken < items.len() {
            while given < items.len().min(taken + cores.get() * AHEAD) && to_do.send(given).is_ok() {
                given += 1;
            }
            match waiting.remove(&taken) {
                Some(one) => {
                    take(one)?;
                    taken += 1;
                }
                None => match results.recv() {
                    Ok((at, Ok(one))) => drop(waiting.insert(at, one)),
                    Ok((_, Err(panic))) => resume_unwind(panic),
                    Err(_) => break,
                },
            }
        }
        Ok(())
    })
}

/// What `work` makes of each of `items`, on all cores, in their order.
pub(crate) fn all_in_order<I: Sync, T: Send>(items: &[I], work: impl Fn(&I) -> T + Sync) -> Vec<T> {
    let cores = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let mut all = Vec::with_capacity(items.len());
    let Ok(()) = in_order(items, cores, work, |one| {
        all.push(one);
        Ok::<(), Infallible>(())
    });
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    const CORES: NonZeroUsize = NonZeroUsize::new(4).unwrap();

    #[test]
    fn results_come_in_the_order_of_what_was_given() {
        let items: Vec<u64> = (0..1_000).collect();
        let slow_first = |item: &u64| {
            // Some are far more work than those after them.
            let steps = if item.is_multiple_of(16) { 20_000 } else { 1 };
            (*item, (0..steps).fold(*item, |sum, step| sum.wrapping_mul(31).wrapping_add(step)))
        };
        let mut taken = Vec::new();
        let done: Result<(), ()> = in_order(&items, CORES, slow_first, |(item, _)| {
            taken.push(item);
            Ok(())
        });
        assert_eq!((done, taken), (Ok(()), items));
    }

    #[test]
    fn the_first_error_ends_it() {
        let items: Vec<u64> = (0..1_000).collect();
        let mut taken = 0;
        let done = in_order(
            &items,
            CORES,
            |item| *item,
            |item| {
                taken += 1;
                if item == 5 { Err("five") } else { Ok(()) }
            },
        );
        assert_eq!((done, taken), (Err("five"), 6));
    }

    #[test]
    #[should_panic(expected = "at seven")]
    fn a_panic_in_the_work_is_passed_on() {
        let items: Vec<u64> = (0..1_000).collect();
        let work = |item: &u64| assert_ne!(*item, 7, "at seven");
        let _: Result<(), ()> = in_order(&items, CORES, work, |()| Ok(()));
    }
}

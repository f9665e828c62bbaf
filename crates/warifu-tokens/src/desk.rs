//! The thread in which a module works: what it is asked is waited for only so long.
//!
//! A module is code of others, and what it does with a driver, a reader or a network can hang for ever. Rust
//! cannot end a thread that is in the middle of C; so whoever waited goes on, says so, and the program ends
//! with it.

use std::cell::Cell;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::token_error::TokenError;

type Job<T> = Box<dyn FnOnce(&mut T) + Send>;

/// Something that lives in a thread of its own and is asked there.
pub(crate) struct Desk<T> {
    jobs: Option<mpsc::Sender<Job<T>>>,
    patience: Duration,
    /// It did not answer once; it is not asked again.
    silent: Cell<bool>,
    ended: mpsc::Receiver<()>,
}

impl<T: 'static> Desk<T> {
    /// Begins with what `make` makes; nobody waits longer than `patience` for this or any answer.
    pub(crate) fn open(
        patience: Duration,
        make: impl FnOnce() -> Result<T, TokenError> + Send + 'static,
    ) -> Result<Self, TokenError> {
        let (jobs, to_do) = mpsc::channel::<Job<T>>();
        let (made, is_made) = mpsc::channel();
        let (ending, ended) = mpsc::channel();
        let work = move || {
            match make() {
                Ok(mut held) => {
                    let _ = made.send(Ok(()));
                    for job in to_do {
                        job(&mut held);
                    }
                }
                Err(error) => drop(made.send(Err(error))),
            }
            let _ = ending.send(());
        };
        let started = thread::Builder::new().name("pkcs11".into()).spawn(work);
        started.map_err(|error| TokenError::Refused { cause: error.to_string() })?;
        let desk = Desk { jobs: Some(jobs), patience, silent: Cell::new(false), ended };
        desk.wait(&is_made)??;
        Ok(desk)
    }

    /// Asks, and waits for the answer.
    pub(crate) fn ask<A: Send + 'static>(
        &self,
        question: impl FnOnce(&mut T) -> Result<A, TokenError> + Send + 'static,
    ) -> Result<A, TokenError> {
        let (answer, answered) = mpsc::channel();
        let job: Job<T> = Box::new(move |held| drop(answer.send(question(held))));
        match &self.jobs {
            Some(jobs) if !self.silent.get() => drop(jobs.send(job)),
            _ => return Err(self.is_silent()),
        }
        self.wait(&answered)?
    }

    fn wait<A>(&self, answered: &mpsc::Receiver<A>) -> Result<A, TokenError> {
        answered.recv_timeout(self.patience).map_err(|error| {
            self.silent.set(true);
            match error {
                RecvTimeoutError::Timeout => self.is_silent(),
                RecvTimeoutError::Disconnected => {
                    TokenError::Refused { cause: "the module ended in the middle of its work".into() }
                }
            }
        })
    }

    fn is_silent(&self) -> TokenError {
        TokenError::Silent { seconds: self.patience.as_secs() }
    }
}

/// What lives in the thread is closed before the program goes on: a module that is still at work while the
/// program ends can bring it down.
impl<T> Drop for Desk<T> {
    fn drop(&mut self) {
        self.jobs = None;
        if !self.silent.get() {
            let _ = self.ended.recv_timeout(self.patience);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_comes_from_the_thread_and_what_is_in_it_is_closed_first() {
        let (told, dropped) = mpsc::channel();
        struct Tells(mpsc::Sender<()>, u32);
        impl Drop for Tells {
            fn drop(&mut self) {
                let _ = self.0.send(());
            }
        }
        let desk = Desk::open(Duration::from_secs(60), move || Ok(Tells(told, 1))).unwrap();
        for expected in 2..5 {
            let answer = desk.ask(|held| {
                held.1 += 1;
                Ok(held.1)
            });
            assert_eq!(answer, Ok(expected));
        }
        drop(desk);
        assert_eq!(dropped.try_recv(), Ok(()));
    }

    #[test]
    fn what_hangs_is_left_and_not_asked_again() {
        let (hold, held) = mpsc::channel::<()>();
        let mut desk = Desk::open(Duration::from_secs(60), || Ok(())).unwrap();
        desk.patience = Duration::from_millis(20);
        let silent = Err(TokenError::Silent { seconds: 0 });
        // Hangs until the test is over.
        let hangs = move |(): &mut ()| held.recv().map_err(|_| TokenError::Gone);
        assert_eq!(desk.ask(hangs), silent);
        assert_eq!(desk.ask(|()| Ok(())), silent);
        drop(desk);
        drop(hold);
    }

    #[test]
    fn what_breaks_is_an_error() {
        let made = Desk::<()>::open(Duration::from_secs(60), || Err(TokenError::Gone));
        assert!(matches!(made, Err(TokenError::Gone)));
    }
}

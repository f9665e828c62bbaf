//! Several places read as one: a file that one lacks comes from the next. It is what it is by its digest,
//! which stands in its name, wherever it lies.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use warifu_trust::{ChannelPath, FetchError, Refusal};
use warifu_values::digest::Digest;

use crate::channel::Channel;
use crate::channel_error::ChannelError;
use crate::look::Look;
use crate::read::ReadError;

/// Places that are asked for each file in turn, from the one on that gave the last. Only for files that are
/// called by their digest: of all else, what one look reads must be of one place.
pub(crate) struct Joined<'a> {
    places: Vec<Place<'a>>,
    /// Which gave the last file.
    gave: AtomicUsize,
}

/// One place in the course of one look.
struct Place<'a> {
    channel: &'a dyn Channel,
    /// Its own time begins when it is first asked: who is slow takes none of another's.
    look: OnceLock<Look>,
    /// What was amiss first. Patches, which nobody needs, do not count.
    amiss: Mutex<Option<Amiss>>,
}

struct Amiss {
    error: ReadError<FetchError>,
    /// It gives no answer, and is not asked again.
    is_silent: bool,
}

impl<'a> Joined<'a> {
    /// These places, in the order in which they are asked first.
    pub(crate) fn of(channels: impl IntoIterator<Item = &'a dyn Channel>) -> Self {
        let place = |channel| Place { channel, look: OnceLock::new(), amiss: Mutex::default() };
        Joined { places: channels.into_iter().map(place).collect(), gave: AtomicUsize::new(0) }
    }

    /// Which place gave the last file, and what was amiss with each, by their positions here.
    pub(crate) fn finish(self) -> (usize, Vec<Option<ReadError<FetchError>>>) {
        let amiss = |place: Place<'_>| {
            let amiss = place.amiss.into_inner().unwrap_or_else(PoisonError::into_inner);
            amiss.map(|amiss| amiss.error)
        };
        (self.gave.into_inner(), self.places.into_iter().map(amiss).collect())
    }
}

impl Place<'_> {
    /// The file, where this place gives the very one.
    fn file(&self, path: &ChannelPath, limit_bytes: u64, look: &Look) -> Option<Vec<u8>> {
        let amiss = || self.amiss.lock().unwrap_or_else(PoisonError::into_inner);
        if amiss().as_ref().is_some_and(|amiss| amiss.is_silent) {
            return None;
        }
        let found = self.channel.read_in(path, limit_bytes, self.look.get_or_init(|| look.part()));
        let file = || path.to_string();
        let error = match found {
            Ok(Some(bytes)) if path.content_digest() == Some(Digest::of(&bytes)) => return Some(bytes),
            Ok(Some(_)) => ReadError::Verdict(Refusal::Mismatch { file: file() }.into()),
            Ok(None) => ReadError::Verdict(FetchError::Missing { path: path.clone() }),
            Err(ChannelError::TooLong { .. }) => {
                ReadError::Verdict(Refusal::TooLong { file: file(), limit_bytes }.into())
            }
            Err(error) => ReadError::Unreachable(error),
        };
        // What was given up because nobody waits for it is nobody's fault.
        if !path.is_spare() && !look.is_over() {
            let is_silent = matches!(error, ReadError::Unreachable(_));
            let mut amiss = amiss();
            match &mut *amiss {
                Some(before) => before.is_silent |= is_silent,
                None => *amiss = Some(Amiss { error, is_silent }),
            }
        }
        None
    }
}

impl Channel for Joined<'_> {
    /// None when no place gives it; [`Joined::finish`] says why.
    fn read_in(
        &self,
        path: &ChannelPath,
        limit_bytes: u64,
        look: &Look,
    ) -> Result<Option<Vec<u8>>, ChannelError> {
        let (first, count) = (self.gave.load(Ordering::Relaxed), self.places.len());
        for at in (0..count).map(|step| (first + step) % count) {
            if let Some(bytes) = self.places[at].file(path, limit_bytes, look) {
                self.gave.store(at, Ordering::Relaxed);
                return Ok(Some(bytes));
            }
        }
        Ok(None)
    }

    fn ahead(&self, path: &ChannelPath) -> bool {
        self.places.iter().any(|place| place.channel.ahead(path))
    }
}

//! The releases before one that is verified: each manifest names the one before it by its digest, so that it
//! is known from wherever it comes.

use warifu::error::Failure;
use warifu::release::trust_failure;
use warifu_channels::{Channel, ReadError, fetch_earlier_manifest};
use warifu_trust::{FetchError, Manifest, ReleaseRef};

/// So many releases back it is looked: ten years of a release a month.
const MOST: u32 = 120;

/// The manifests before one, the newest first, as far back as a channel has them.
pub(super) struct Before<'a> {
    channel: &'a dyn Channel,
    next: Option<ReleaseRef>,
    left: u32,
}

impl<'a> Before<'a> {
    /// Those before `manifest`, which is verified.
    pub(super) fn of(channel: &'a dyn Channel, manifest: &Manifest) -> Self {
        Before { channel, next: manifest.previous, left: MOST }
    }

    /// The newest of those that are left; a channel need not have it.
    pub(super) fn left(&self) -> Option<ReleaseRef> {
        self.next
    }
}

impl Iterator for Before<'_> {
    type Item = Result<Manifest, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        let release = self.next.filter(|_| self.left > 0)?;
        self.left -= 1;
        match fetch_earlier_manifest(self.channel, release) {
            Ok(manifest) => {
                self.next = manifest.previous;
                Some(Ok(manifest))
            }
            Err(ReadError::Verdict(FetchError::Missing { .. })) => {
                self.left = 0;
                None
            }
            Err(error) => Some(Err(trust_failure(&error))),
        }
    }
}

//! An answer as it is taken: in pieces, and counted until the last one is.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Bytes, HttpBody};
use http_body::{Frame, SizeHint};

use crate::service::budget::Share;

/// Handed over at once; more would lie in the connection's buffer instead of here.
const PIECE_BYTES: usize = 32 << 10;

/// What is left of an answer.
#[derive(Debug)]
pub(super) struct Unread {
    left: Bytes,
    share: Share,
}

impl Unread {
    /// All of `lines`, counted in `share`, which has nothing yet. They are there already, so they are counted
    /// also where there is no room: then no further file is judged until they are gone.
    pub(super) fn new(lines: Vec<u8>, mut share: Share) -> Self {
        share.take(lines.len());
        Unread { left: lines.into(), share }
    }
}

impl HttpBody for Unread {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left.is_empty() {
            return Poll::Ready(None);
        }
        let piece = self.left.len().min(PIECE_BYTES);
        let piece = self.left.split_to(piece);
        if self.left.is_empty() {
            self.share.give_back();
        }
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.len() as u64)
    }
}

//! A claim file as it comes in: as much memory as has arrived, as much time as its pace earns it.

use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use http_body::Frame;
use http_body_util::BodyExt as _;
use tokio::time::timeout_at;
use warifu_claims::FILE_LIMIT_BYTES;
use warifu_trust::UnixSeconds;

use crate::log::now;
use crate::said::Said;
use crate::service::activity::InFlight;
use crate::service::budget::Share;
use crate::service::http_service::Service;
use crate::service::limits::Limits;
use crate::service::metrics::Ending;
use crate::service::reply::{error, refuse_too_large};
use crate::service::unpack::{NotUnpacked, Unpack};

/// The first record tells the institution.
const FIRST_RECORD_BYTES: usize = 1024;

/// So much passes unread of what a sender goes on sending: also what is larger than a claim file may be.
const UNREAD_BYTES: usize = 4 * FILE_LIMIT_BYTES;

/// A claim file that is coming.
#[derive(Debug)]
pub(super) struct Receiving {
    coming: Coming,
    form: Form,
    promised: Option<usize>,
    share: Share,
    at: UnixSeconds,
    has_ended: bool,
}

/// What comes over the line.
#[derive(Debug)]
struct Coming {
    body: Body,
    came: usize,
    began: Instant,
    limits: Limits,
    /// Its request is in flight as long as it comes.
    _in_flight: Option<Arc<InFlight>>,
}

#[derive(Debug)]
enum Form {
    Plain(Vec<u8>),
    Packed(Box<Unpack>),
}

/// A claim file that is there.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) bytes: Vec<u8>,
    /// Counted as long as it is in memory.
    pub(super) share: Share,
    /// When it began to come: by this, and not by when its turn comes, it is told which release judges it.
    pub(super) at: UnixSeconds,
}

/// Why none came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotReceived {
    TooLarge,
    EndedEarly,
    TooSlow,
    NoRoom,
    UnknownForm,
    Damaged,
    Swollen,
}

impl NotReceived {
    /// How it is counted.
    fn ending(self) -> Ending {
        match self {
            NotReceived::TooLarge | NotReceived::Swollen => Ending::TooLarge,
            NotReceived::EndedEarly => Ending::EndedEarly,
            NotReceived::TooSlow => Ending::TooSlow,
            NotReceived::NoRoom => Ending::TooManyComing,
            NotReceived::UnknownForm | NotReceived::Damaged => Ending::Unreadable,
        }
    }
}

impl From<NotUnpacked> for NotReceived {
    fn from(why: NotUnpacked) -> Self {
        match why {
            NotUnpacked::Damaged => NotReceived::Damaged,
            NotUnpacked::Swollen => NotReceived::Swollen,
        }
    }
}

/// Whether what comes is compressed.
///
/// # Errors
/// [`NotReceived::UnknownForm`]: by something else than gzip.
fn is_packed(headers: &HeaderMap) -> Result<bool, NotReceived> {
    let mut packed = false;
    for value in headers.get_all(header::CONTENT_ENCODING) {
        let name = value.to_str().unwrap_or_default().trim().to_ascii_lowercase();
        match &*name {
            "" | "identity" => {}
            "gzip" | "x-gzip" if !packed => packed = true,
            _ => return Err(NotReceived::UnknownForm),
        }
    }
    Ok(packed)
}

impl Receiving {
    /// Begins with `request`, of which nothing is read yet.
    ///
    /// # Errors
    /// [`NotReceived`]: what it promises is not taken, and passes unread if it comes all the same.
    pub(super) fn begin(mut request: Request, share: Share, limits: Limits) -> Result<Self, NotReceived> {
        let in_flight = request.extensions_mut().remove();
        let headers = request.headers();
        let promised = headers.get(header::CONTENT_LENGTH);
        let promised = promised.and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        let is_too_large = promised.is_some_and(|promised| promised > FILE_LIMIT_BYTES);
        let packed = if is_too_large { Err(NotReceived::TooLarge) } else { is_packed(headers) };
        let waits_for_an_answer = headers.contains_key(header::EXPECT);
        let body = request.into_body();
        let coming = Coming { body, came: 0, began: Instant::now(), limits, _in_flight: in_flight };
        let form = match packed {
            Ok(true) => Form::Packed(Box::new(Unpack::new(FILE_LIMIT_BYTES, limits.unpacked_ratio))),
            Ok(false) => Form::Plain(Vec::new()),
            Err(why) => {
                // Who asks first is not asked to go on.
                if !waits_for_an_answer {
                    coming.pass_unread();
                }
                return Err(why);
            }
        };
        Ok(Receiving { coming, form, promised, share, at: now(), has_ended: false })
    }

    /// How many bytes come, as far as that is promised or known.
    pub(super) fn expected_bytes(&self) -> usize {
        self.bytes().len().max(self.promised.unwrap_or_default())
    }

    /// What is there.
    pub(super) fn bytes(&self) -> &[u8] {
        match &self.form {
            Form::Plain(bytes) => bytes,
            Form::Packed(unpack) => unpack.bytes(),
        }
    }

    /// Waits until the first record is there, or everything, or enough to see that it is none.
    ///
    /// # Errors
    /// [`NotReceived`].
    pub(super) async fn first_record(&mut self) -> Result<(), NotReceived> {
        while !self.has_ended && self.bytes().len() < FIRST_RECORD_BYTES && !self.bytes().contains(&b'\n') {
            self.more().await?;
        }
        Ok(())
    }

    /// Waits for all of it.
    ///
    /// # Errors
    /// [`NotReceived`].
    pub(super) async fn all_of_it(&mut self) -> Result<(), NotReceived> {
        while !self.has_ended {
            self.more().await?;
        }
        Ok(())
    }

    /// What came.
    ///
    /// # Errors
    /// [`NotReceived`].
    pub(super) fn whole(self) -> Result<Received, NotReceived> {
        let bytes = match self.form {
            Form::Plain(bytes) => bytes,
            Form::Packed(unpack) => unpack.finish()?,
        };
        Ok(Received { bytes, share: self.share, at: self.at })
    }

    /// Lets what is still coming pass unread.
    pub(super) fn discard(self) {
        if !self.has_ended {
            self.coming.pass_unread();
        }
    }

    async fn more(&mut self) -> Result<(), NotReceived> {
        let Some(frame) = self.coming.next().await? else {
            self.has_ended = true;
            return Ok(());
        };
        let Ok(came) = frame.into_data() else { return Ok(()) };
        let before = self.bytes().len();
        match &mut self.form {
            Form::Plain(bytes) => {
                if came.len() > FILE_LIMIT_BYTES - bytes.len() {
                    return Err(NotReceived::TooLarge);
                }
                self.share.grow(came.len()).map_err(|_| NotReceived::NoRoom)?;
                // Twice what arrived at most, and no more than was promised.
                if bytes.capacity() - bytes.len() < came.len() {
                    let doubled = came.len().max(bytes.len());
                    let promised =
                        self.promised.map_or(doubled, |promised| promised.saturating_sub(bytes.len()));
                    bytes.reserve_exact(doubled.min(promised).max(came.len()));
                }
                bytes.extend_from_slice(&came);
            }
            Form::Packed(unpack) => {
                // In pieces, so that what a little becomes is counted before it is much.
                let mut counted = before;
                for piece in came.chunks(4096) {
                    unpack.take(piece)?;
                    let now = unpack.bytes().len();
                    self.share.grow(now - counted).map_err(|_| NotReceived::NoRoom)?;
                    counted = now;
                    tokio::task::coop::consume_budget().await;
                }
            }
        }
        Ok(())
    }
}

impl Coming {
    /// The next of it; nothing at its end.
    async fn next(&mut self) -> Result<Option<Frame<Bytes>>, NotReceived> {
        let by = self.began + self.limits.time_for(self.came, self.limits.body_ms);
        let frame = timeout_at(by.into(), self.body.frame()).await.map_err(|_| NotReceived::TooSlow)?;
        let frame = frame.transpose().map_err(|_| NotReceived::EndedEarly)?;
        self.came += frame.as_ref().and_then(Frame::data_ref).map_or(0, Bytes::len);
        Ok(frame)
    }

    /// Takes it from the line, while its sender is already being answered: many senders look for an answer
    /// only when all is sent, and would find a broken line instead.
    fn pass_unread(mut self) {
        tokio::spawn(async move {
            while self.came <= UNREAD_BYTES && matches!(self.next().await, Ok(Some(_))) {}
        });
    }
}

impl Service {
    /// Says why `coming` was not received.
    pub(super) async fn refuse_coming(self: &Arc<Self>, coming: Receiving, why: NotReceived) -> Response {
        if !matches!(why, NotReceived::EndedEarly | NotReceived::TooSlow) {
            coming.discard();
        }
        self.refuse_received(why).await
    }

    /// Says why nothing was received.
    pub(super) async fn refuse_received(self: &Arc<Self>, why: NotReceived) -> Response {
        let ending = why.ending();
        if ending != Ending::TooManyComing {
            self.measured.ended(ending);
        }
        match why {
            NotReceived::TooLarge => refuse_too_large(),
            NotReceived::EndedEarly => {
                error(StatusCode::BAD_REQUEST, Said::new("the body ended early", "本文が途中で切れました"))
            }
            NotReceived::TooSlow => {
                error(StatusCode::REQUEST_TIMEOUT, Said::new("the body came too slowly", "受信が遅すぎます"))
            }
            NotReceived::NoRoom => {
                let (en, ja) = ("too many claim files are being received", "受信中のファイルが多すぎます");
                self.turn_away(ending, en, ja).await
            }
            NotReceived::UnknownForm => error(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                Said::new(
                    "of compressed claim files only those of gzip are read",
                    "圧縮した請求ファイルは gzip 形式だけを受け付けます",
                ),
            ),
            NotReceived::Damaged => error(
                StatusCode::BAD_REQUEST,
                Said::new("what came is no whole gzip", "gzip として読めないか、途中で切れています"),
            ),
            NotReceived::Swollen => error(
                StatusCode::PAYLOAD_TOO_LARGE,
                Said::new(
                    "unpacked, it is more than a claim file may be",
                    "展開後の大きさが請求ファイルの上限を超えます",
                ),
            ),
        }
    }
}

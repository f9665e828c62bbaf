//! One connection: its requests are answered, and it is cut when something takes too long.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::header;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::watch;
use tokio::time::{sleep_until, timeout};

use crate::log::now;
use crate::service::activity::{Activity, Answering, Overdue, Watched};
use crate::service::dated::date;
use crate::service::head::{TOO_LATE, head_bytes, too_long};
use crate::service::http_service::Service;
use crate::service::limits::Limits;
use crate::service::operator_named::Operator;
use crate::service::seats::Place;
use crate::service::sender::Sender;

/// hyper wants as much at least; what goes beyond the limit is refused when it is read.
const LEAST_HEAD_BYTES: usize = 8 << 10;

/// So long what still comes passes unread, behind an answer that would be lost with it.
const PASSES: Duration = Duration::from_secs(1);

/// What a connection of HTTP/2 takes, which carries many requests at once ([`Limits::connections`]).
#[cfg(feature = "https")]
mod http2 {
    /// Requests at once.
    pub(super) const REQUESTS: u32 = 32;
    /// The head of each, unpacked; less where the limit is less.
    pub(super) const HEAD_BYTES: u32 = 16 << 10;
    /// Written ahead for each.
    pub(super) const AHEAD_BYTES: usize = 16 << 10;
    /// Read ahead of all of them together.
    pub(super) const READ_BYTES: u32 = 256 << 10;
}

/// What a connection is served by.
pub(super) struct Served {
    pub(super) router: Router,
    pub(super) service: Arc<Service>,
    pub(super) ends: watch::Receiver<bool>,
}

impl Clone for Served {
    fn clone(&self) -> Self {
        Served { router: self.router.clone(), service: Arc::clone(&self.service), ends: self.ends.clone() }
    }
}

/// Who is at the other end of a connection.
pub(super) struct Who {
    pub(super) sender: Sender,
    /// For the log of acts, where it commands.
    pub(super) operator: Operator,
}

impl From<Sender> for Who {
    fn from(sender: Sender) -> Who {
        Who { sender, operator: Operator::default() }
    }
}

/// What was agreed on for a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Speaks {
    Http1,
    #[cfg(feature = "https")]
    Http2,
}

/// Serves one connection, to its end or until something takes too long.
pub(super) async fn serve<T>(stream: T, speaks: Speaks, who: Who, place: Place, served: Served)
where
    T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let Place { share: _share, activity } = place;
    let Served { router, service, ends } = served;
    let limits = *activity.limits();
    let router = TowerToHyperService::new(router);
    let of_requests = Arc::clone(&activity);
    let answers = service_fn(move |mut request: Request<Incoming>| {
        let in_flight = of_requests.begin();
        request.extensions_mut().insert(who.sender);
        request.extensions_mut().insert(who.operator.clone());
        // Whoever takes the body takes this with it; else it goes with the request.
        request.extensions_mut().insert(Arc::new(of_requests.begin()));
        let version = request.version();
        let is_taken = head_bytes(&request) <= limits.head_bytes;
        let answered = is_taken.then(|| router.call(request.map(Body::new)));
        async move {
            let mut response = match answered {
                None => too_long(version),
                Some(answered) => {
                    let Ok(response) = answered.await;
                    response
                }
            };
            if let Some(date) = date(now()) {
                response.headers_mut().insert(header::DATE, date);
            }
            Ok::<Response<Answering>, Infallible>(response.map(|body| Answering::new(body, in_flight)))
        }
    });
    let io = TokioIo::new(stream);
    let is_over = match speaks {
        Speaks::Http1 => {
            // Whatever comes while nothing is in flight is of a request.
            let io = Watched::new(io, Some(Arc::clone(&activity)));
            let mut connection = http1_by(&limits).serve_connection(io, answers);
            let ends_it = |connection: Pin<&mut _>| http1::Connection::graceful_shutdown(connection);
            let is_over = until_over(Pin::new(&mut connection), ends_it, &activity, ends).await;
            if is_over == Err(Overdue::Head) {
                let stream = connection.into_parts().io.into_inner().into_inner();
                // Apart: few need the room for it.
                Box::pin(tell_too_late(stream)).await;
            }
            is_over
        }
        #[cfg(feature = "https")]
        Speaks::Http2 => {
            // With HTTP/2 it may be a ping, or one that a client answers. Apart: whoever speaks HTTP/1 has no
            // room for it.
            let mut connection =
                Box::pin(http2_by(&limits).serve_connection(Watched::new(io, None), answers));
            let ends_it = |connection: Pin<&mut _>| {
                hyper::server::conn::http2::Connection::graceful_shutdown(connection);
            };
            until_over(connection.as_mut(), ends_it, &activity, ends).await
        }
    };
    if is_over.is_err_and(|overdue| overdue != Overdue::Idle && overdue != Overdue::End) {
        service.cut.fetch_add(1, Ordering::Relaxed);
    }
}

/// Sees `connection` through, which takes no further request once `ends_it` was called. When it should end by
/// `ends`, it is; what takes too long is told.
async fn until_over<C: Future>(
    mut connection: Pin<&mut C>,
    ends_it: impl Fn(Pin<&mut C>),
    activity: &Activity,
    mut ends: watch::Receiver<bool>,
) -> Result<(), Overdue> {
    let mut look = activity.check(Instant::now()).unwrap_or_else(|_| Instant::now());
    let mut is_ending = false;
    loop {
        tokio::select! {
            _ = connection.as_mut() => return Ok(()),
            () = sleep_until(look.into()) => look = activity.check(Instant::now())?,
            _ = ends.changed(), if !is_ending => {
                is_ending = true;
                activity.ends(Instant::now());
                ends_it(connection.as_mut());
                look = activity.check(Instant::now()).unwrap_or_else(|_| Instant::now());
            }
        }
    }
}

/// Tells that the head of a request did not end in time. What still comes passes unread for a moment: closed
/// before that, the system would take the answer back.
async fn tell_too_late(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let told = async {
        stream.write_all(TOO_LATE).await?;
        stream.shutdown().await?;
        let mut passes = [0; 1024];
        while stream.read(&mut passes).await? > 0 {}
        Ok::<(), io::Error>(())
    };
    // Who is gone need not be told.
    let _ = timeout(PASSES, told).await;
}

fn http1_by(limits: &Limits) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder.max_buf_size(limits.head_bytes.max(LEAST_HEAD_BYTES)).auto_date_header(false);
    builder
}

#[cfg(feature = "https")]
fn http2_by(limits: &Limits) -> hyper::server::conn::http2::Builder<hyper_util::rt::TokioExecutor> {
    let mut builder = hyper::server::conn::http2::Builder::new(hyper_util::rt::TokioExecutor::new());
    builder
        .auto_date_header(false)
        .max_concurrent_streams(http2::REQUESTS)
        .max_header_list_size(u32::try_from(limits.head_bytes).unwrap_or(u32::MAX).min(http2::HEAD_BYTES))
        .max_send_buf_size(http2::AHEAD_BYTES)
        .initial_stream_window_size(http2::READ_BYTES)
        .initial_connection_window_size(http2::READ_BYTES);
    builder
}

//! What comes with a command is a few kilobytes: it is read whole before anything is done with it, and who
//! does not send it in time is cut, so that no half command keeps operators out.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::Response;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tokio::time::timeout;

use crate::said::Said;
use crate::service::activity::InFlight;
use crate::service::http_service::Service;
use crate::service::reply::error;

/// The longest that any command takes.
pub(super) const LONGEST_BYTES: usize = 16 << 10;

/// Lets through what has come whole.
pub(super) async fn only_whole(
    State(service): State<Arc<Service>>,
    mut request: Request,
    next: Next,
) -> Response {
    let coming: Option<Arc<InFlight>> = request.extensions_mut().remove();
    let limits = service.limits();
    let (parts, body) = request.into_parts();
    let whole = Limited::new(body, LONGEST_BYTES).collect();
    let came = timeout(limits.time_for(LONGEST_BYTES, limits.body_ms), whole).await;
    drop(coming);
    let (status, why) = match came {
        Ok(Ok(whole)) => return next.run(Request::from_parts(parts, Body::from(whole.to_bytes()))).await,
        Ok(Err(cause)) if cause.is::<LengthLimitError>() => (
            StatusCode::PAYLOAD_TOO_LARGE,
            Said::new(
                format!("a command may have {LONGEST_BYTES} bytes"),
                format!("操作の本文の上限は {LONGEST_BYTES} バイトです"),
            ),
        ),
        Ok(Err(_)) => {
            (StatusCode::BAD_REQUEST, Said::new("the command ended early", "操作の本文が途中で切れました"))
        }
        Err(_) => (
            StatusCode::REQUEST_TIMEOUT,
            Said::new("the command came too slowly", "操作の受信に時間がかかりすぎています"),
        ),
    };
    error(status, why)
}

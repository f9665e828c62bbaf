//! What the service answers besides findings and its status.

use std::borrow::Cow;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_judging::too_large;

use crate::said::Said;
use crate::service::lately::NotGiven;

/// An error as the service answers it.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct ServiceError {
    /// Why.
    pub error: Said,
    /// A stable code of that, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Cow<'static, str>>,
}

/// What `POST /fall-back` answers.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub struct FellBack {
    /// The release that runs now.
    pub release: u64,
    /// What could not be written of it: until it is, a restart may find the release that was left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_written: Option<Said>,
}

pub(super) fn error(status: StatusCode, error: Said) -> Response {
    refused(status, ServiceError { error, code: None })
}

pub(super) fn refused(status: StatusCode, error: ServiceError) -> Response {
    (status, Json(error)).into_response()
}

/// That what somebody looks for could not be gathered.
fn not_gathered() -> Response {
    let why = Said::new("the state could not be told", "状態を表示できませんでした");
    error(StatusCode::INTERNAL_SERVER_ERROR, why)
}

/// That there is nothing to show, and why.
pub(crate) fn not_given(why: NotGiven) -> Response {
    match why {
        NotGiven::Broken => not_gathered(),
        NotGiven::Busy => {
            let said =
                Said::new("too many look at once; come again", "閲覧が集中しています。再試行してください");
            let mut response = error(StatusCode::SERVICE_UNAVAILABLE, said);
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            response
        }
    }
}

pub(super) fn refuse_too_large() -> Response {
    error(StatusCode::PAYLOAD_TOO_LARGE, too_large())
}

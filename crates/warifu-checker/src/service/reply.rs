//! What the service answers besides findings and its status.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use warifu_claims::FILE_LIMIT_BYTES;

use crate::said::Said;

/// An error as the service answers it.
#[derive(Debug, Serialize, Deserialize)]
pub struct ServiceError {
    /// Why.
    pub error: Said,
}

/// What `POST /fall-back` answers.
#[derive(Debug, Serialize, Deserialize)]
pub struct FellBack {
    /// The release that runs now.
    pub release: u64,
    /// What could not be written of it: until it is, a restart may find the release that was left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_written: Option<Said>,
}

pub(super) fn error(status: StatusCode, error: Said) -> Response {
    (status, Json(ServiceError { error })).into_response()
}

/// That what somebody looks for could not be gathered.
pub(crate) fn not_gathered() -> Response {
    let why = Said::new("the state could not be told", "状態を表示できませんでした");
    error(StatusCode::INTERNAL_SERVER_ERROR, why)
}

/// That a claim file is larger than what is read.
pub(crate) fn too_large() -> Said {
    Said::new(
        format!("a claim file may have {FILE_LIMIT_BYTES} bytes"),
        format!("請求ファイルの上限は {FILE_LIMIT_BYTES} バイトです"),
    )
}

pub(super) fn refuse_too_large() -> Response {
    error(StatusCode::PAYLOAD_TOO_LARGE, too_large())
}

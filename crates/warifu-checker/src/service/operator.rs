//! `POST /swap`, `/fall-back`, `/confirm` and `/give-up`: the commands of an operator. No door but the
//! operators' socket leads here.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use tokio::task::JoinError;
use warifu_trust::UnixSeconds;

use crate::log::now;
use crate::said::Said;
use crate::service::http_service::Service;
use crate::service::reply::{FellBack, error};
use crate::state::{Decision, Reason};
use crate::swap::{NotDecided, NothingBefore, Outcome, Swapper, Wanted};

/// A decision is a number and a reason.
const DECISION_BYTES: usize = 16 << 10;

/// What follows `/swap?`.
#[derive(Deserialize)]
pub(super) struct Asked {
    release: Option<u64>,
}

pub(super) async fn swap(
    State(service): State<Arc<Service>>,
    Query(Asked { release }): Query<Asked>,
) -> Response {
    let swapper = Arc::clone(&service.swapper);
    let wanted = release.map_or(Wanted::Newest, Wanted::Release);
    let polled = tokio::task::spawn_blocking(move || swapper.poll(now(), wanted)).await;
    let outcome = polled.unwrap_or_else(|_| Outcome::Unavailable {
        why: Said::new("the candidate could not be built", "候補を作成できませんでした"),
    });
    let status = match outcome.exit_status() {
        0 => StatusCode::OK,
        2 if matches!(outcome, Outcome::Unavailable { .. }) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::CONFLICT,
    };
    (status, Json(outcome)).into_response()
}

pub(super) async fn fall_back(State(service): State<Arc<Service>>) -> Response {
    let swapper = Arc::clone(&service.swapper);
    let why = Said::new("an operator fell back", "運用者の操作");
    let fell = tokio::task::spawn_blocking(move || swapper.fall_back(why, None, now())).await;
    told(fell)
}

/// What an operator decides: of which release, and why.
#[derive(Deserialize)]
pub(super) struct Decide {
    release: u64,
    reason: Reason,
}

pub(super) async fn confirm(service: State<Arc<Service>>, request: Request) -> Response {
    decide(service, request, Swapper::confirm).await
}

pub(super) async fn give_up(service: State<Arc<Service>>, request: Request) -> Response {
    decide(service, request, Swapper::give_up).await
}

/// Reads what is decided and lets the swapper do it.
async fn decide(
    State(service): State<Arc<Service>>,
    request: Request,
    decides: fn(&Swapper, u64, Reason, UnixSeconds) -> Result<Decision, NotDecided>,
) -> Response {
    let body = axum::body::to_bytes(request.into_body(), DECISION_BYTES).await.unwrap_or_default();
    let Decide { release, reason } = match serde_json::from_slice(&body) {
        Ok(decide) => decide,
        Err(cause) => {
            let why = Said::about("that decides nothing", "判断の内容を読めません", &cause);
            return error(StatusCode::BAD_REQUEST, why);
        }
    };
    let swapper = Arc::clone(&service.swapper);
    match tokio::task::spawn_blocking(move || decides(&swapper, release, reason, now())).await {
        Ok(Ok(decision)) => Json(decision).into_response(),
        Ok(Err(why)) => error(StatusCode::CONFLICT, why.said()),
        Err(_) => error(StatusCode::INTERNAL_SERVER_ERROR, broken_off()),
    }
}

/// What came of falling back; a panic on the way is no answer about releases.
fn told(fell: Result<Result<u64, NothingBefore>, JoinError>) -> Response {
    match fell {
        Ok(Ok(release)) => Json(FellBack { release }).into_response(),
        Ok(Err(NothingBefore)) => error(
            StatusCode::CONFLICT,
            Said::new(
                "there is no confirmed release before this one",
                "戻せる確定済みのリリースがありません",
            ),
        ),
        Err(_) => error(StatusCode::INTERNAL_SERVER_ERROR, broken_off()),
    }
}

fn broken_off() -> Said {
    Said::new(
        "that broke off; the status says which release runs",
        "処理が中断しました。稼働中のリリースは status で確認してください",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_not_told_as_nothing_before() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let fell = runtime.block_on(async {
            tokio::task::spawn_blocking(|| -> Result<u64, NothingBefore> { panic!("on the way") }).await
        });
        assert_eq!(told(fell).status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(told(Ok(Err(NothingBefore))).status(), StatusCode::CONFLICT);
        assert_eq!(told(Ok(Ok(1))).status(), StatusCode::OK);
    }
}

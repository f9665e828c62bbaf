//! What an operator commands. No door but the operators' own leads here; who it was is written down.

use std::error::Error;
use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::task::JoinError;
use warifu_trust::UnixSeconds;
use warifu_values::lang::Lang;

use crate::acts::by;
use crate::cause::Cause;
use crate::log::now;
use crate::operator_name::shown;
use crate::said::Said;
use crate::service::http_service::Service;
use crate::service::operator_named::Operator;
use crate::service::reply::{FellBack, error};
use crate::service::whole_body::LONGEST_BYTES;
use crate::state::{Decision, Reason};
use crate::swap::{NotDecided, NotFallenBack, Outcome, Swapper, Wanted};

/// A decision is a number and a reason.
pub(super) const DECISION_BYTES: usize = LONGEST_BYTES;

/// What follows `/swap?` and `/fall-back?`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    release: Option<u64>,
}

pub(super) async fn swap(
    State(service): State<Arc<Service>>,
    Extension(operator): Extension<Operator>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let release = match asked {
        Ok(Query(Asked { release })) => release,
        Err(cause) => return no_number(&cause),
    };
    let swapper = Arc::clone(&service.swapper);
    let wanted = release.map_or(Wanted::Newest, Wanted::Release);
    let polled =
        tokio::task::spawn_blocking(move || by(operator.name(), || swapper.poll(now(), wanted))).await;
    let outcome = polled.unwrap_or_else(|_| Outcome::Unavailable {
        cause: Cause::Later,
        why: Said::new("the candidate could not be built", "候補を作成できませんでした"),
    });
    let status = match outcome.exit_status() {
        0 => StatusCode::OK,
        2 if matches!(outcome, Outcome::Unavailable { .. }) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::CONFLICT,
    };
    (status, Json(outcome)).into_response()
}

pub(super) async fn fall_back(
    State(service): State<Arc<Service>>,
    asked: Result<Query<Asked>, QueryRejection>,
    Extension(operator): Extension<Operator>,
) -> Response {
    let release = match asked {
        Ok(Query(Asked { release })) => release,
        Err(cause) => return no_number(&cause),
    };
    let swapper = Arc::clone(&service.swapper);
    let why = fell_back_by(operator.name());
    let fell = tokio::task::spawn_blocking(move || {
        let release = by(operator.name(), || match release {
            None => swapper.fall_back_by_hand(why, now()),
            Some(release) => swapper.fall_back_to(release, why, now()),
        })?;
        Ok(FellBack { release, not_written: swapper.record_not_written().map(|it| it.why) })
    });
    told(fell.await)
}

/// That an operator fell back, and who it was.
fn fell_back_by(operator: Option<&str>) -> Said {
    let (en, ja) = match operator {
        Some(name) => (format!(" ({})", shown(name, Lang::En)), format!("（{}）", shown(name, Lang::Ja))),
        None => Default::default(),
    };
    Said::new(format!("an operator fell back{en}"), format!("運用者の操作{ja}"))
}

/// What an operator decides of a release, and why.
#[derive(Deserialize, JsonSchema)]
pub(super) struct OfOne {
    /// Which one.
    release: u64,
    /// Why, in the operator's words.
    reason: Reason,
}

/// What an operator decides of all releases, and why.
#[derive(Deserialize, JsonSchema)]
pub(super) struct OfAll {
    /// Why, in the operator's words.
    reason: Reason,
}

pub(super) async fn confirm(service: State<Arc<Service>>, request: Request) -> Response {
    decide(service, request, |swapper, of: OfOne, at| swapper.confirm(of.release, of.reason, at)).await
}

pub(super) async fn give_up(service: State<Arc<Service>>, request: Request) -> Response {
    decide(service, request, |swapper, of: OfOne, at| swapper.give_up(of.release, of.reason, at)).await
}

pub(super) async fn unhold(service: State<Arc<Service>>, request: Request) -> Response {
    decide(service, request, |swapper, of: OfOne, at| swapper.unhold(of.release, of.reason, at)).await
}

pub(super) async fn freeze(service: State<Arc<Service>>, request: Request) -> Response {
    decide(service, request, |swapper, of: OfAll, at| swapper.freeze(of.reason, at)).await
}

pub(super) async fn thaw(service: State<Arc<Service>>, request: Request) -> Response {
    decide(service, request, |swapper, of: OfAll, at| swapper.thaw(of.reason, at)).await
}

pub(super) async fn repair(service: State<Arc<Service>>, request: Request) -> Response {
    decide(service, request, |swapper, of: OfAll, at| swapper.repair(of.reason, at)).await
}

pub(super) async fn forget_claims(service: State<Arc<Service>>, operator: Extension<Operator>) -> Response {
    ask(service, operator, Swapper::forget_claims).await
}

pub(super) async fn replay(service: State<Arc<Service>>, operator: Extension<Operator>) -> Response {
    ask(service, operator, Swapper::replay).await
}

/// Asks the swapper for something that decides nothing.
async fn ask<T: Serialize + Send + 'static>(
    State(service): State<Arc<Service>>,
    Extension(operator): Extension<Operator>,
    asks: fn(&Swapper, UnixSeconds) -> Result<T, Said>,
) -> Response {
    let swapper = Arc::clone(&service.swapper);
    match tokio::task::spawn_blocking(move || by(operator.name(), || asks(&swapper, now()))).await {
        Ok(Ok(value)) => Json(value).into_response(),
        Ok(Err(why)) => error(StatusCode::CONFLICT, why),
        Err(_) => error(StatusCode::INTERNAL_SERVER_ERROR, broken_off()),
    }
}

/// Reads what is decided and lets the swapper do it.
async fn decide<D: DeserializeOwned + Send + 'static>(
    State(service): State<Arc<Service>>,
    request: Request,
    decides: fn(&Swapper, D, UnixSeconds) -> Result<Decision, NotDecided>,
) -> Response {
    let operator: Operator = request.extensions().get().cloned().unwrap_or_default();
    let body = axum::body::to_bytes(request.into_body(), DECISION_BYTES).await.unwrap_or_default();
    let decide: D = match serde_json::from_slice(&body) {
        Ok(decide) => decide,
        Err(cause) => {
            let why = Said::about("that decides nothing", "判断の内容を読めません", &cause);
            return error(StatusCode::BAD_REQUEST, why);
        }
    };
    let swapper = Arc::clone(&service.swapper);
    let decided = move || by(operator.name(), || decides(&swapper, decide, now()));
    match tokio::task::spawn_blocking(decided).await {
        Ok(Ok(decision)) => Json(decision).into_response(),
        Ok(Err(why)) => error(StatusCode::CONFLICT, why.said()),
        Err(_) => error(StatusCode::INTERNAL_SERVER_ERROR, broken_off()),
    }
}

/// What came of falling back; a panic on the way is no answer about releases.
fn told(fell: Result<Result<FellBack, NotFallenBack>, JoinError>) -> Response {
    match fell {
        Ok(Ok(back)) => Json(back).into_response(),
        Ok(Err(why)) => error(StatusCode::CONFLICT, why.said()),
        Err(_) => error(StatusCode::INTERNAL_SERVER_ERROR, broken_off()),
    }
}

fn no_number(cause: &QueryRejection) -> Response {
    // Each cause of it repeats the one behind it.
    let mut last: &(dyn Error + 'static) = cause;
    while let Some(behind) = last.source() {
        last = behind;
    }
    let why = Said::about(
        "that names no release: only release=N may follow the ?, with the number of a release",
        "リリース番号を読めません。? の後に指定できるのは release=番号 だけです",
        last,
    );
    error(StatusCode::BAD_REQUEST, why)
}

fn broken_off() -> Said {
    Said::new(
        "that broke off; the status says which release runs",
        "処理が中断しました。稼働中のリリースは warifu-checker status で確認してください",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_not_told_as_nothing_before() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let fell = runtime.block_on(async {
            tokio::task::spawn_blocking(|| -> Result<FellBack, NotFallenBack> { panic!("on the way") }).await
        });
        assert_eq!(told(fell).status(), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(
            told(Ok(Err(NotFallenBack::NothingBefore { runs: None, there: Vec::new() }))).status(),
            StatusCode::CONFLICT
        );
        assert_eq!(told(Ok(Ok(FellBack { release: 1, not_written: None }))).status(), StatusCode::OK);
    }
}

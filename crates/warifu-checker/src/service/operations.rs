//! What each request at a door is, for programs: docs/openapi.json is made from it. What people see is
//! described by the page.

use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::Serialize;
use warifu_claims::{ClaimFinding, FILE_LIMIT_BYTES};
use warifu_judging::Summary;

use crate::history::History;
use crate::said::Said;
use crate::service::health::Health;
use crate::service::metrics::CONTENT_TYPE;
use crate::service::openapi::{Body, Operation, Query, Takes};
use crate::service::operator::{DECISION_BYTES, OfAll, OfOne};
use crate::service::reply::FellBack;
use crate::service::status::{OnTrial, Status};
use crate::state::{Decision, Forgotten};
use crate::swap::Outcome;
use crate::trial::Replayed;

/// A line of the answer to a claim file.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it tells what lines there are; they are written one by one")]
enum AnswerLine {
    /// Any line but the last.
    Finding(ClaimFinding),
    /// The last line.
    Summary(Summary),
}

pub(super) fn check() -> Operation {
    Operation::new(
        "check",
        "Judges a claim file by the release that runs.",
        "請求ファイルを稼働中のリリースで点検します。",
    )
    .takes(Takes::ClaimFile { limit_bytes: FILE_LIMIT_BYTES })
    .answers(
        StatusCode::OK,
        Body::lines::<AnswerLine>(),
        "A line for each finding, and the summary as the last line.",
        "指摘ごとに 1 行、最後の行は集計です。",
    )
    .with_header("warifu-release", "The release that judged.", "点検に使ったリリース")
    .refuses(
        StatusCode::BAD_REQUEST,
        "The body ended early, or is no whole gzip.",
        "本文が途中で切れたか、gzip として読めません。",
    )
    .refuses(StatusCode::REQUEST_TIMEOUT, "The body came too slowly.", "受信に時間がかかりすぎています。")
    .refuses(
        StatusCode::PAYLOAD_TOO_LARGE,
        "It is more than a claim file may be.",
        "上限を超える大きさです。",
    )
    .refuses(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "It is compressed by something else than gzip.",
        "gzip 以外で圧縮されています。",
    )
    .refuses(StatusCode::INTERNAL_SERVER_ERROR, "It could not be judged.", "点検できませんでした。")
    .turns_away(
        "No release runs yet, the queue is full, too much is being received, or too many answers were not \
             taken.",
        "リリース未取得、待ち行列が一杯、受信中または未受領の結果が多すぎる、のいずれかです。",
    )
}

pub(super) fn health() -> Operation {
    Operation::new("health", "What judges, for senders.", "送信者向けの稼働状態").answers(
        StatusCode::OK,
        Body::json::<Health>(),
        "What judges.",
        "稼働状態",
    )
}

pub(super) fn livez() -> Operation {
    Operation::new("livez", "Whether the process answers.", "プロセスの応答確認").answers(
        StatusCode::OK,
        Body::Nothing,
        "It does.",
        "応答しています。",
    )
}

pub(super) fn readyz() -> Operation {
    Operation::new("readyz", "Whether claims are taken.", "請求を受け付けているかの確認")
        .answers(StatusCode::OK, Body::json::<Health>(), "They are.", "受け付けています。")
        .answers(
            StatusCode::SERVICE_UNAVAILABLE,
            Body::json::<Health>(),
            "They are not: no release runs, or the checker ends.",
            "リリース未取得か終了処理中のため、受け付けていません。",
        )
}

/// The document itself.
pub(super) fn openapi() -> Operation {
    Operation::new(
        "openapi",
        "This document, as far as it is about this door.",
        "この文書のうち、この窓口に関する部分",
    )
    .answers(StatusCode::OK, Body::json::<serde_json::Value>(), "The document.", "文書")
}

/// Something of what the checker says of itself, which is made by one at a time.
pub(crate) fn look(operation: Operation, body: Body, en: &str, ja: &str) -> Operation {
    operation
        .answers(StatusCode::OK, body, en, ja)
        .refuses(
            StatusCode::INTERNAL_SERVER_ERROR,
            "What was asked for could not be gathered.",
            "状態の取得に失敗しました。",
        )
        .turns_away("Too many look at once.", "閲覧の要求が多すぎます。")
}

pub(super) fn status() -> Operation {
    let operation = Operation::new("status", "Everything that is to be known now.", "現在の状態のすべて");
    look(operation, Body::json::<Status>(), "The status.", "状態")
}

pub(super) fn on_trial() -> Operation {
    let operation = Operation::new(
        "onTrial",
        "The last replay and the watch on probation, with all their codes.",
        "直近の再点検と観察期間の比較（全コード）",
    );
    look(operation, Body::json::<OnTrial>(), "What was compared.", "比較結果")
}

pub(super) fn history() -> Operation {
    let operation = Operation::new(
        "history",
        "Findings over time, and what became of releases.",
        "指摘件数の推移とリリースの経過",
    );
    look(operation, Body::json::<History>(), "The history.", "履歴")
}

pub(super) fn metrics() -> Operation {
    let operation =
        Operation::new("metrics", "What Prometheus reads (docs/metrics.md).", "Prometheus 用の計測値");
    look(operation, Body::Text(CONTENT_TYPE), "The metrics.", "計測値")
}

/// A release by its number, where one is asked for.
fn release(en: &str, ja: &str) -> Query {
    Query::of::<u64>("release", Said::new(en, ja))
}

const NO_NUMBER: (&str, &str) = ("The release is no number.", "release が番号ではありません。");
const BROKE_OFF: (&str, &str) = ("It broke off.", "処理の中断");
const NOT_DONE: (&str, &str) = ("It is not done, and why.", "実行しなかった理由");

pub(super) fn swap() -> Operation {
    Operation::new("swap", "Looks at the channel now.", "配信元を今すぐ確認します。")
        .asks(release("Take this release or none.", "このリリースだけを受け入れます。"))
        .answers(
            StatusCode::OK,
            Body::json::<Outcome>(),
            "A release judges from now on, waits for its instant, or is the one that runs.",
            "切り替えたか、切替日時を待つか、変更がありません。",
        )
        .refuses(StatusCode::BAD_REQUEST, NO_NUMBER.0, NO_NUMBER.1)
        .answers(
            StatusCode::CONFLICT,
            Body::json::<Outcome>(),
            "It was refused, is held, has expired or is not offered.",
            "拒否、保留、期限切れ、または配信されていません。",
        )
        .answers(
            StatusCode::SERVICE_UNAVAILABLE,
            Body::json::<Outcome>(),
            "The channel could not be looked at.",
            "配信元を確認できません。",
        )
}

pub(super) fn fall_back() -> Operation {
    Operation::new(
        "fallBack",
        "Returns to the previous confirmed release.",
        "前の確定済みリリースへ戻します。",
    )
    .asks(release("Return to this one.", "このリリースへ戻します。"))
    .answers(StatusCode::OK, Body::json::<FellBack>(), "What judges now.", "点検に使うリリース")
    .refuses(StatusCode::BAD_REQUEST, NO_NUMBER.0, NO_NUMBER.1)
    .refuses(StatusCode::CONFLICT, NOT_DONE.0, NOT_DONE.1)
    .refuses(StatusCode::INTERNAL_SERVER_ERROR, BROKE_OFF.0, BROKE_OFF.1)
}

/// A decision with a reason, of which `T` is what is decided.
fn decision<T: JsonSchema>(name: &'static str, en: &str, ja: &str) -> Operation {
    Operation::new(name, en, ja)
        .takes(Takes::json::<T>(DECISION_BYTES))
        .answers(StatusCode::OK, Body::json::<Decision>(), "As it is written down.", "記録した判断")
        .refuses(StatusCode::BAD_REQUEST, "It decides nothing.", "判断として読めない本文です。")
        .refuses(StatusCode::CONFLICT, NOT_DONE.0, NOT_DONE.1)
        .refuses(StatusCode::INTERNAL_SERVER_ERROR, BROKE_OFF.0, BROKE_OFF.1)
}

pub(super) fn confirm() -> Operation {
    decision::<OfOne>("confirm", "Confirms the release on probation.", "観察期間中のリリースを確定します。")
}

pub(super) fn give_up() -> Operation {
    decision::<OfOne>("giveUp", "Waits no longer for a lost release.", "失われたリリースを断念します。")
}

pub(super) fn unhold() -> Operation {
    decision::<OfOne>("unhold", "Lets a held release be taken again.", "保留を解除します。")
}

pub(super) fn freeze() -> Operation {
    decision::<OfAll>("freeze", "Activates nothing until thawed.", "切替を凍結します。")
}

pub(super) fn thaw() -> Operation {
    decision::<OfAll>("thaw", "Activates releases again.", "凍結を解除します。")
}

pub(super) fn repair() -> Operation {
    decision::<OfAll>("repair", "Mends what is damaged on disk.", "ディスク上の破損を修復します。")
}

/// Something that decides nothing.
fn asks(operation: Operation, body: Body, en: &str, ja: &str) -> Operation {
    operation
        .answers(StatusCode::OK, body, en, ja)
        .refuses(StatusCode::CONFLICT, NOT_DONE.0, NOT_DONE.1)
        .refuses(StatusCode::INTERNAL_SERVER_ERROR, BROKE_OFF.0, BROKE_OFF.1)
}

pub(super) fn replay() -> Operation {
    let operation = Operation::new(
        "replay",
        "Judges the kept claim files again by what runs and by the release before it.",
        "保存した請求ファイルを、稼働中と直前のリリースで再点検します。",
    );
    asks(operation, Body::json::<Replayed>(), "What that gave.", "再点検の結果")
}

pub(super) fn forget_claims() -> Operation {
    let operation =
        Operation::new("forgetClaims", "Deletes the kept claim files.", "保存した請求ファイルを削除します。");
    asks(operation, Body::json::<Forgotten>(), "What is gone.", "削除したもの")
}

/// What every command that takes something can be answered at the operators' door.
pub(super) fn only_whole(operation: Operation) -> Operation {
    if !operation.takes_something() {
        return operation;
    }
    operation
        .refuses(
            StatusCode::REQUEST_TIMEOUT,
            "The command came too slowly.",
            "操作の受信に時間がかかりすぎています。",
        )
        .refuses(
            StatusCode::PAYLOAD_TOO_LARGE,
            "It is more than a command may be.",
            "操作の本文が上限を超えています。",
        )
}

/// What every request at a door that pages of others could lead to can be answered.
pub(super) fn only_meant(operation: Operation) -> Operation {
    operation.refuses(
        StatusCode::FORBIDDEN,
        "The door was asked for by a name that is not its own, or by a page of another site.",
        "この窓口の名前ではないか、別のサイトのページからの要求です。",
    )
}

//! What each request for the page is, for programs.

use axum::http::StatusCode;

use crate::page::exchanged::{COMMAND_BYTES, Came, Command, Renewed};
use crate::said::Said;
use crate::service::{Body, Operation, Query, Takes, look};

const HTML: &str = "text/html; charset=utf-8";

/// In the language that is asked for.
fn spoken(operation: Operation) -> Operation {
    let lang = Said::new(
        "en or ja; else the first that the browser wants and the page has.",
        "en または ja。省略時はブラウザーの言語設定に従います。",
    );
    operation.asks(Query::of::<String>("lang", lang))
}

/// Something that is made of the state.
fn made(operation: Operation, body: Body) -> Operation {
    look(spoken(operation), body, "As it is now.", "現在の内容")
}

pub(super) fn whole() -> Operation {
    made(Operation::new("page", "The page, for people.", "運用者向けのページ"), Body::Text(HTML))
}

pub(super) fn report() -> Operation {
    let operation =
        Operation::new("report", "The report with all codes, for people.", "全コードを含むレポート");
    made(operation, Body::Text(HTML))
}

pub(super) fn renewed() -> Operation {
    let operation = Operation::new("pageParts", "What of the page is renewed.", "ページのうち更新される部分");
    made(operation, Body::json::<Renewed>())
}

pub(super) fn style() -> Operation {
    Operation::new("pageStyle", "Its style.", "ページのスタイル").answers(
        StatusCode::OK,
        Body::Text("text/css; charset=utf-8"),
        "The style.",
        "スタイル",
    )
}

pub(super) fn script() -> Operation {
    Operation::new("pageScript", "Its script.", "ページのスクリプト").answers(
        StatusCode::OK,
        Body::Text("text/javascript; charset=utf-8"),
        "The script.",
        "スクリプト",
    )
}

pub(super) fn act() -> Operation {
    let answers = [
        (StatusCode::OK, "What came of it.", "実行結果"),
        (StatusCode::BAD_REQUEST, "It is no command.", "操作として読めない本文です。"),
        (StatusCode::CONFLICT, "The state is not the one that was seen.", "表示時の状態と異なります。"),
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, "It is no JSON.", "JSON ではありません。"),
        (StatusCode::INTERNAL_SERVER_ERROR, "It broke off.", "操作が完了しませんでした。"),
    ];
    let operation = Operation::new("act", "A command of the page.", "ページからの操作");
    let operation = spoken(operation).takes(Takes::json::<Command>(COMMAND_BYTES));
    answers.into_iter().fold(operation, |operation, (status, en, ja)| {
        operation.answers(status, Body::json::<Came>(), en, ja)
    })
}

//! The page over HTTP: itself, what renews it, its style and script, and the one way in which it commands.

use std::fmt;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use serde::Deserialize;
use serde_json::{Value, json};
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::say;

use crate::page::acts::{Act, offered};
use crate::page::document::{Shown, document, parts, report_document, title};
use crate::page::exchanged::{COMMAND_BYTES, Came, Command, Renewed};
use crate::page::operations;
use crate::page::report::STYLE;
use crate::page::seen::Seen;
use crate::said::Said;
use crate::service::{Described, FellBack, Lately, Routes, ServiceError, not_given};
use crate::state::{Decision, Forgotten};
use crate::swap::Outcome;
use crate::trial::Replayed;

const SCRIPT: &str = include_str!("page.js");

/// What a command answers: some codes that turned.
const ANSWER_BYTES: usize = 64 << 20;

/// Nothing but what comes from where the page came from, and nothing of it inside of another page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src \
                      data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Whether the page has buttons.
pub enum Buttons {
    /// It has none: for whoever may look only.
    Hidden,
    /// It has, and they lead to these routes of the operators' door.
    Leading(Router),
}

impl fmt::Debug for Buttons {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Buttons::Hidden => "Hidden",
            Buttons::Leading(_) => "Leading",
        })
    }
}

/// What the page is asked of.
struct Page {
    seen: Box<dyn Fn() -> Seen + Send + Sync>,
    commands: Option<Router>,
    lately: Arc<Lately>,
}

/// `/`, what belongs to it, and `/report`.
pub fn routes(seen: impl Fn() -> Seen + Send + Sync + 'static, buttons: Buttons) -> Router {
    routes_by(seen, buttons, Lately::of_operators())
}

/// The same, of which `lately` says what is made anew.
pub(crate) fn routes_by(
    seen: impl Fn() -> Seen + Send + Sync + 'static,
    buttons: Buttons,
    lately: Arc<Lately>,
) -> Router {
    let commands = match buttons {
        Buttons::Hidden => None,
        Buttons::Leading(commands) => Some(commands),
    };
    let with_buttons = if commands.is_some() { WithButtons::Yes } else { WithButtons::No };
    table(with_buttons).router().with_state(Arc::new(Page { seen: Box::new(seen), commands, lately }))
}

/// Whether the page has buttons, for whoever has none to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WithButtons {
    /// It has.
    Yes,
    /// It has none.
    No,
}

/// What the routes of the page are.
pub(crate) fn described(with_buttons: WithButtons) -> Vec<Described> {
    table(with_buttons).described()
}

fn table(with_buttons: WithButtons) -> Routes<Arc<Page>> {
    let looked_at = Routes::new()
        .get("/", whole, operations::whole())
        .get("/page.json", renewed, operations::renewed())
        .get("/page.css", style, operations::style())
        .get("/page.js", script, operations::script())
        .get("/report", report, operations::report());
    match with_buttons {
        WithButtons::No => looked_at,
        WithButtons::Yes => looked_at.post("/act", act, operations::act()),
    }
}

/// What follows `?`.
#[derive(Deserialize)]
struct Asked {
    lang: Option<String>,
}

/// The language that was asked for, else the first that the browser wants and the page has.
fn lang(asked: Result<Query<Asked>, QueryRejection>, headers: &HeaderMap) -> Lang {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let wanted = wanted.unwrap_or_default().split(',').map(str::trim);
    let asked = asked.ok().and_then(|Query(asked)| asked.lang);
    asked.as_deref().into_iter().chain(wanted).find_map(Lang::from_locale).unwrap_or_default()
}

impl Page {
    /// What is shown at `path`, made where no claim waits for it.
    async fn made(
        self: Arc<Self>,
        path: &'static str,
        lang: Lang,
        show: fn(Shown<'_>) -> Bytes,
    ) -> Result<Bytes, Response> {
        let lately = Arc::clone(&self.lately);
        let make = move || {
            let seen = (self.seen)();
            show(Shown { seen: &seen, lang, with_buttons: self.commands.is_some() })
        };
        lately.given((path, Some(lang)), make).await.map_err(not_given)
    }
}

async fn whole(
    State(page): State<Arc<Page>>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let show = |shown: Shown<'_>| document(shown).into_string().into();
    page.made("/", lang(asked, &headers), show).await.map(html_answer)
}

async fn report(
    State(page): State<Arc<Page>>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let show = |shown: Shown<'_>| report_document(shown).into_string().into();
    page.made("/report", lang(asked, &headers), show).await.map(html_answer)
}

async fn renewed(
    State(page): State<Arc<Page>>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let show = |shown: Shown<'_>| {
        let parts = parts(shown).into_iter().map(|part| (part.id, part.shown.into_string())).collect();
        let renewed =
            Renewed { at: shown.seen.status.at.said_exactly(shown.lang), title: title(shown), parts };
        // Texts can always be written into memory.
        serde_json::to_vec(&renewed).unwrap_or_default().into()
    };
    let bytes = page.made("/page.json", lang(asked, &headers), show).await?;
    let mut answer = bytes.into_response();
    let kind = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(header::CONTENT_TYPE, kind);
    guarded(answer.headers_mut());
    Ok(answer)
}

async fn style() -> Response {
    text("text/css; charset=utf-8", STYLE)
}

async fn script() -> Response {
    text("text/javascript; charset=utf-8", SCRIPT)
}

fn text(kind: &'static str, text: &'static str) -> Response {
    let mut answer = text.into_response();
    answer.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    guarded(answer.headers_mut());
    answer
}

fn html_answer(html: Bytes) -> Response {
    let mut answer = html.into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
    guarded(headers);
    answer
}

/// No copy is kept, nothing is guessed, nobody is told where somebody came from, and no other site has it.
fn guarded(headers: &mut HeaderMap) {
    for (name, value) in [
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

async fn act(
    State(page): State<Arc<Page>>,
    asked: Result<Query<Asked>, QueryRejection>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let lang = lang(asked, &headers);
    let (status, came) = match page.act(request, &headers, lang).await {
        Ok(came) => (StatusCode::OK, came),
        Err((status, why)) => (status, Came { done: false, said: why.say(lang) }),
    };
    let mut answer = (status, Json(came)).into_response();
    guarded(answer.headers_mut());
    answer
}

impl Page {
    /// Does what the page asks for, when the state is still the one that was seen.
    async fn act(
        self: &Arc<Self>,
        request: Request,
        headers: &HeaderMap,
        lang: Lang,
    ) -> Result<Came, (StatusCode, Said)> {
        // A form of another page can send every other kind of content.
        let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if kind.split(';').next().map(str::trim) != Some("application/json") {
            let why = Said::new("a command comes as JSON", "操作は JSON で送ってください");
            return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, why));
        }
        let (parts, body) = request.into_parts();
        let bytes = axum::body::to_bytes(body, COMMAND_BYTES).await.unwrap_or_default();
        let command: Command = serde_json::from_slice(&bytes).map_err(|cause| {
            (StatusCode::BAD_REQUEST, Said::about("that is no command", "操作の内容を読めません", &cause))
        })?;
        let page = Arc::clone(self);
        let seen = tokio::task::spawn_blocking(move || (page.seen)()).await;
        let seen = seen.map_err(|_| (StatusCode::INTERNAL_SERVER_ERROR, broken_off()))?;
        let Command { act, release, stands_on, reason } = command;
        let is_offered = offered(&seen.status, lang)
            .iter()
            .any(|now| now.act == act && now.release == release && now.stands_on == stands_on);
        let (true, Some(commands)) = (is_offered, &self.commands) else {
            let why = Said::new(
                "the state has changed since you looked, so nothing was done; read again what will happen",
                "表示後に状態が変わったため、実行しませんでした。内容をもう一度確認してください",
            );
            return Err((StatusCode::CONFLICT, why));
        };
        let decides = match (act.needs_reason(), release) {
            (false, _) => Value::Null,
            (true, release) => json!({ "release": release, "reason": reason.unwrap_or_default().trim() }),
        };
        let body = if decides.is_null() { Body::empty() } else { Body::from(decides.to_string()) };
        // What decides nothing names its release in the address.
        let of = release.filter(|_| !act.needs_reason()).map(|release| format!("?release={release}"));
        let mut request = Request::post(format!("{}{}", act.route(), of.unwrap_or_default()))
            .header(header::CONTENT_TYPE, "application/json")
            .body(body)
            .map_err(|_| (StatusCode::INTERNAL_SERVER_ERROR, broken_off()))?;
        // Who it is goes on with it.
        *request.extensions_mut() = parts.extensions;
        let answered = TowerToHyperService::new(commands.clone()).call(request).await;
        let answer = match answered {
            Ok(answer) => answer,
            Err(never) => match never {},
        };
        let bytes = axum::body::to_bytes(answer.into_body(), ANSWER_BYTES).await.unwrap_or_default();
        Ok(came_of(act, &bytes, lang))
    }
}

fn broken_off() -> Said {
    Said::new("the command broke off; see what runs", "操作が中断しました。稼働状態を確認してください")
}

/// What the answer of a command says to people.
fn came_of(act: Act, bytes: &Bytes, lang: Lang) -> Came {
    let done = |said: String| Some(Came { done: true, said });
    let came = match act {
        Act::Swap => read::<Outcome>(bytes).map(|outcome| Came {
            done: outcome.exit_status() == 0,
            said: outcome.said().map_or_else(
                || say!(lang, "The channel has nothing new.", "配信元に新しいリリースはありません。"),
                |said| said.say(lang),
            ),
        }),
        Act::FallBack => read::<FellBack>(bytes).and_then(|FellBack { release, not_written, .. }| {
            let said = say!(lang, "Release {release} judges again.", "リリース {release} で点検しています。");
            let not_written = not_written.map(|why| why.say(lang));
            let not_written = not_written.map(|why| {
                say!(
                    lang,
                    " It could not be written to disk yet: {why}",
                    "まだディスクに記録できていません: {why}"
                )
            });
            done(said + &not_written.unwrap_or_default())
        }),
        Act::Replay => read::<Replayed>(bytes)
            .map(|report| Came { done: report.refusal().is_none(), said: report.why.say(lang) }),
        Act::ForgetClaims => read::<Forgotten>(bytes).and_then(|forgotten| done(forgotten.say(lang))),
        Act::Confirm | Act::Unhold | Act::Freeze | Act::Thaw | Act::Repair | Act::GiveUp => {
            read::<Decision>(bytes).and_then(|decision| done(decision.say(lang)))
        }
    };
    let refused = || read::<ServiceError>(bytes).map(|it| Came { done: false, said: it.error.say(lang) });
    came.or_else(refused).unwrap_or_else(|| Came { done: false, said: broken_off().say(lang) })
}

fn read<T: for<'de> Deserialize<'de>>(bytes: &Bytes) -> Option<T> {
    serde_json::from_slice(bytes).ok()
}

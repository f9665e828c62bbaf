//! The page over HTTP: itself, what renews it, its style and script, and the one way in which it commands.

use std::fmt;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use hyper::service::Service as _;
use hyper_util::service::TowerToHyperService;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::say;

use crate::page::acts::{Act, offered};
use crate::page::document::{Shown, document, parts, report_document, title};
use crate::page::report::STYLE;
use crate::page::seen::Seen;
use crate::said::Said;
use crate::service::{FellBack, ServiceError, not_gathered};
use crate::state::{Decision, Forgotten};
use crate::swap::Outcome;
use crate::trial::Replayed;

const SCRIPT: &str = include_str!("page.js");

/// What commands take of whoever has a command.
const COMMAND_BYTES: usize = 16 << 10;

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
}

/// `/`, what belongs to it, and `/report`.
pub fn routes(seen: impl Fn() -> Seen + Send + Sync + 'static, buttons: Buttons) -> Router {
    let commands = match buttons {
        Buttons::Hidden => None,
        Buttons::Leading(commands) => Some(commands),
    };
    let mut router = Router::new()
        .route("/", get(whole))
        .route("/page.json", get(renewed))
        .route("/page.css", get(style))
        .route("/page.js", get(script))
        .route("/report", get(report));
    if commands.is_some() {
        router = router.route("/act", post(act));
    }
    router.with_state(Arc::new(Page { seen: Box::new(seen), commands }))
}

/// What follows `?`.
#[derive(Deserialize)]
struct Asked {
    lang: Option<String>,
}

impl Asked {
    /// The language that was asked for, else the first that the browser wants and the page has.
    fn lang(&self, headers: &HeaderMap) -> Lang {
        let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let wanted = wanted.unwrap_or_default().split(',').map(str::trim);
        self.lang.as_deref().into_iter().chain(wanted).find_map(Lang::from_locale).unwrap_or_default()
    }
}

impl Page {
    async fn seen(self: &Arc<Self>) -> Result<Seen, Response> {
        let page = Arc::clone(self);
        tokio::task::spawn_blocking(move || (page.seen)()).await.map_err(|_| not_gathered())
    }

    fn shown<'a>(&self, seen: &'a Seen, lang: Lang) -> Shown<'a> {
        Shown { seen, lang, with_buttons: self.commands.is_some() }
    }
}

async fn whole(State(page): State<Arc<Page>>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    match page.seen().await {
        Ok(seen) => html_answer(document(page.shown(&seen, asked.lang(&headers))).into_string()),
        Err(failed) => failed,
    }
}

async fn report(State(page): State<Arc<Page>>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    match page.seen().await {
        Ok(seen) => html_answer(report_document(page.shown(&seen, asked.lang(&headers))).into_string()),
        Err(failed) => failed,
    }
}

async fn renewed(State(page): State<Arc<Page>>, Query(asked): Query<Asked>, headers: HeaderMap) -> Response {
    let seen = match page.seen().await {
        Ok(seen) => seen,
        Err(failed) => return failed,
    };
    let shown = page.shown(&seen, asked.lang(&headers));
    let parts: Map<String, Value> =
        parts(shown).into_iter().map(|part| (part.id.to_owned(), part.shown.into_string().into())).collect();
    let at = seen.status.at.to_string();
    let mut answer = Json(json!({ "at": at, "title": title(shown), "parts": parts })).into_response();
    guarded(answer.headers_mut());
    answer
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

fn html_answer(html: String) -> Response {
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

/// A command as the page sends it.
#[derive(Deserialize)]
struct Command {
    act: Act,
    release: Option<u64>,
    /// What was seen when it was given.
    stands_on: String,
    reason: Option<String>,
}

/// What came of a command, in words.
#[derive(Serialize)]
struct Came {
    done: bool,
    said: String,
}

async fn act(
    State(page): State<Arc<Page>>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
    request: Request,
) -> Response {
    let lang = asked.lang(&headers);
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
        let seen = self.seen().await.map_err(|_| (StatusCode::INTERNAL_SERVER_ERROR, broken_off()))?;
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

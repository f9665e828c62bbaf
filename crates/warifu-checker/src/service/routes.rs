//! Which request leads where, by the door that it came through.

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::page::{self, Buttons, WithButtons};
use crate::service::check_claims::check;
use crate::service::health::{health, livez, readyz};
use crate::service::http_service::Service;
use crate::service::lately::Lately;
use crate::service::metrics::CONTENT_TYPE;
use crate::service::openapi::{AtDoor, Described, Routes, document, printed};
use crate::service::operations;
use crate::service::operator::{
    confirm, fall_back, forget_claims, freeze, give_up, repair, replay, swap, thaw, unhold,
};
use crate::service::packed::Packed;
use crate::service::reply::not_given;
use crate::service::same_site::{Names, only_own};
use crate::service::whole_body::only_whole;

/// At the door of claims. Nothing here changes anything, or tells of load, reasons and decisions.
pub(super) fn for_claims(service: Arc<Service>) -> Router {
    of_claims().router().with_state(service)
}

fn of_claims() -> Routes<Arc<Service>> {
    Routes::new()
        .post("/check", check, operations::check())
        .get("/status", health, operations::health())
        .and(for_balancers())
}

/// At the operators' door.
pub(super) fn for_operators(service: Arc<Service>) -> Router {
    told(AtDoor::Operators);
    let shown = Shown { service: Arc::clone(&service), lately: Lately::of_operators() };
    let looks = looks_of_operators().router().with_state(Arc::new(shown));
    let commands = commands().router().with_state(Arc::clone(&service));
    let sees = Arc::clone(&service);
    let page = page::routes(move || sees.seen(), Buttons::Leading(commands.clone()));
    let names = Arc::new(Names::OfOperators);
    let whole = from_fn_with_state(service, only_whole);
    looks.merge(commands).merge(page).layer(whole).layer(from_fn_with_state(names, only_own))
}

fn looks_of_operators() -> Routes<Arc<Shown>> {
    looks().get("/report.json", report_json, operations::on_trial())
}

fn commands() -> Routes<Arc<Service>> {
    Routes::new()
        .post("/swap", swap, operations::swap())
        .post("/fall-back", fall_back, operations::fall_back())
        .post("/confirm", confirm, operations::confirm())
        .post("/give-up", give_up, operations::give_up())
        .post("/unhold", unhold, operations::unhold())
        .post("/freeze", freeze, operations::freeze())
        .post("/thaw", thaw, operations::thaw())
        .post("/repair", repair, operations::repair())
        .post("/replay", replay, operations::replay())
        .post("/forget-claims", forget_claims, operations::forget_claims())
        .and(for_balancers())
        .get("/openapi.json", || told_to_programs(AtDoor::Operators), operations::openapi())
}

/// At the door of those who watch, which is called so: everything that can be looked at, and no command.
pub(super) fn for_watchers(service: Arc<Service>, names: &[String]) -> Router {
    told(AtDoor::Watchers);
    let lately = Arc::clone(&service.watched);
    let shown = Shown { service: Arc::clone(&service), lately: Arc::clone(&lately) };
    let looks = looks().router().with_state(Arc::new(shown));
    let others = others_of_watchers().router().with_state(Arc::clone(&service));
    let page = page::routes_by(move || service.seen(), Buttons::Hidden, lately);
    let names = Arc::new(Names::of_watchers(names));
    looks.merge(others).merge(page).layer(from_fn_with_state(names, only_own))
}

fn others_of_watchers() -> Routes<Arc<Service>> {
    for_balancers().get("/openapi.json", || told_to_programs(AtDoor::Watchers), operations::openapi())
}

/// What operators and those who watch may look at.
fn looks() -> Routes<Arc<Shown>> {
    Routes::new()
        .get("/status", status, operations::status())
        .get("/history.json", history, operations::history())
        .get("/metrics", metrics, operations::metrics())
}

fn for_balancers() -> Routes<Arc<Service>> {
    Routes::new().get("/livez", livez, operations::livez()).get("/readyz", readyz, operations::readyz())
}

/// What the routes at a door are.
fn described(door: AtDoor) -> Vec<Described> {
    let all = match door {
        AtDoor::Claims => return of_claims().described(),
        AtDoor::Operators => {
            let page = page::described(WithButtons::Yes);
            let all = [looks_of_operators().described(), commands().described(), page].concat();
            all.into_iter().map(|one| one.and(operations::only_whole)).collect()
        }
        AtDoor::Watchers => {
            let page = page::described(WithButtons::No);
            [looks().described(), others_of_watchers().described(), page].concat()
        }
    };
    all.into_iter().map(|one| one.and(operations::only_meant)).collect()
}

/// The OpenAPI document of these doors.
pub(crate) fn interface(doors: &[AtDoor]) -> String {
    let doors: Vec<_> = doors.iter().map(|door| (*door, described(*door))).collect();
    printed(&document(&doors))
}

/// That of one door, made once: before the door opens, that no claim waits for it. Few ever ask, so that it
/// is kept packed.
fn told(door: AtDoor) -> Vec<u8> {
    static TOLD: [OnceLock<Packed>; AtDoor::ALL.len()] = [const { OnceLock::new() }; AtDoor::ALL.len()];
    TOLD[door as usize].get_or_init(|| Packed::of(interface(&[door]).as_bytes())).bytes()
}

async fn told_to_programs(door: AtDoor) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, JSON)], told(door))
}

/// What is shown at a door.
struct Shown {
    service: Arc<Service>,
    lately: Arc<Lately>,
}

/// What is gathered of the service where no claim waits for it.
async fn gathered(
    shown: Arc<Shown>,
    path: &'static str,
    kind: &'static str,
    gather: impl FnOnce(&Service) -> Bytes + Send + 'static,
) -> Result<impl IntoResponse, Response> {
    let service = Arc::clone(&shown.service);
    let bytes = shown.lately.given((path, None), move || gather(&service)).await.map_err(not_given)?;
    Ok(([(header::CONTENT_TYPE, kind)], bytes))
}

const JSON: &str = "application/json";

fn json(value: &impl Serialize) -> Bytes {
    // Plain values can always be written into memory.
    serde_json::to_vec(value).unwrap_or_default().into()
}

async fn status(State(shown): State<Arc<Shown>>) -> Result<impl IntoResponse, Response> {
    gathered(shown, "/status", JSON, |service| json(&service.status())).await
}

async fn report_json(State(shown): State<Arc<Shown>>) -> Result<impl IntoResponse, Response> {
    gathered(shown, "/report.json", JSON, |service| json(&service.on_trial())).await
}

async fn history(State(shown): State<Arc<Shown>>) -> Result<impl IntoResponse, Response> {
    gathered(shown, "/history.json", JSON, |service| json(&service.history())).await
}

async fn metrics(State(shown): State<Arc<Shown>>) -> Result<impl IntoResponse, Response> {
    gathered(shown, "/metrics", CONTENT_TYPE, |service| service.metrics().into()).await
}

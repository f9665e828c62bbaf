//! Whether a request at the door of operators or of those who watch was meant for it. A browser that may
//! speak to a checker also shows pages of others: what these make it send is refused, and so is a name of
//! theirs that leads here.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::said::Said;
use crate::service::authority::{Authority, Name};
use crate::service::reply::error;
use crate::service::sender::Sender;

/// How a door is called, besides by addresses and `localhost`.
#[derive(Debug)]
pub(super) enum Names {
    /// That of operators: not at all.
    OfOperators,
    /// That of those who watch.
    OfWatchers(Vec<Name>),
}

/// Lets through what is meant for this door.
pub(super) async fn only_own(State(names): State<Arc<Names>>, request: Request, next: Next) -> Response {
    // Over TLS the certificate vouches for the name; by the socket a browser comes through a tunnel.
    let vouched = matches!(request.extensions().get(), Some(Sender::Certificate(_)));
    match is_meant(
        request.method(),
        request.headers(),
        request.uri().authority().map(axum::http::uri::Authority::as_str),
        vouched,
        &names,
    ) {
        Ok(()) => next.run(request).await,
        Err(why) => error(StatusCode::FORBIDDEN, why),
    }
}

/// Whether a request was meant for this door; `vouched` where TLS vouches for its name. Who asks for nobody
/// by name is no browser.
fn is_meant(
    method: &Method,
    headers: &HeaderMap,
    authority: Option<&str>,
    vouched: bool,
    names: &Names,
) -> Result<(), Said> {
    // HTTP/2 has the name elsewhere.
    let told = headers.get_all(header::HOST).iter().map(HeaderValue::as_bytes);
    let mut asked_for = Vec::new();
    for told in told.chain(authority.map(str::as_bytes)) {
        let known = Authority::of(told)
            .filter(|it| vouched || it.name.is_nobody_elses() || names.know(&it.name))
            .ok_or_else(|| names.refuse(&String::from_utf8_lossy(told)))?;
        asked_for.push(known);
    }
    if method == Method::GET || method == Method::HEAD {
        return Ok(());
    }
    let is_own = |origin: &HeaderValue| {
        let origin = origin.as_bytes();
        let of = origin.strip_prefix(b"http://").or_else(|| origin.strip_prefix(b"https://"));
        let of = of.and_then(Authority::of);
        of.is_some_and(|of| !asked_for.is_empty() && asked_for.iter().all(|it| *it == of))
    };
    let is_here = |site: &HeaderValue| site == "same-origin" || site == "none";
    let origins = headers.get_all(header::ORIGIN);
    if origins.iter().count() <= 1
        && origins.iter().all(is_own)
        && headers.get_all("sec-fetch-site").iter().all(is_here)
    {
        return Ok(());
    }
    Err(Said::new(
        "a page of another site sent this command: nothing was done",
        "別のサイトのページから送られた操作のため、実行しませんでした",
    ))
}

impl Names {
    /// Of those who watch, as they were given: what is no name is nobody's.
    pub(super) fn of_watchers(given: &[String]) -> Names {
        let named = given.iter().filter_map(|name| Some(Authority::of(name.as_bytes())?.name));
        Names::OfWatchers(named.collect())
    }

    fn know(&self, name: &Name) -> bool {
        match self {
            Names::OfOperators => false,
            Names::OfWatchers(names) => names.contains(name),
        }
    }

    fn refuse(&self, host: &str) -> Said {
        let no_name = Said::new(
            format!("{host} is no name of this door"),
            format!("{host} はこの窓口の名前ではありません"),
        );
        no_name.then(&match self {
            Names::OfOperators => Said::new("ask for localhost", "localhost を指定してください"),
            Names::OfWatchers(_) => Said::new(
                "ask for its address, or give it the name by --watch-name",
                "アドレスを指定するか、--watch-name で名前を登録してください",
            ),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meant(method: &Method, vouched: bool, lines: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        is_meant(method, &headers, None, vouched, &Names::OfOperators).is_ok()
    }

    #[test]
    fn pages_of_others_command_nothing() {
        let (get, post) = (Method::GET, Method::POST);
        let own = ("host", "localhost:8080");
        assert!(meant(&post, false, &[own]), "a program says no origin");
        assert!(meant(&post, false, &[own, ("origin", "http://localhost:8080")]));
        assert!(meant(&post, true, &[("host", "checker.example"), ("origin", "https://checker.example")]));
        for origin in
            ["http://evil.example", "null", "http://localhost:9090", "http://localhost:8080.evil.example"]
        {
            assert!(!meant(&post, false, &[own, ("origin", origin)]), "{origin}");
        }
        assert!(!meant(&post, false, &[own, ("origin", "http://localhost:8080"), ("origin", "null")]));
        assert!(!meant(&post, false, &[own, ("sec-fetch-site", "cross-site")]));
        assert!(!meant(&post, false, &[own, ("sec-fetch-site", "same-site")]));
        assert!(meant(&get, false, &[own, ("sec-fetch-site", "cross-site")]), "a link may lead here");
    }

    #[test]
    fn a_name_of_others_that_leads_here_is_no_name_of_this_door() {
        let get = &Method::GET;
        for host in ["evil.example", "evil.example:8080", "127.0.0.1.evil.example", "evil", "evil.", ""] {
            assert!(!meant(get, false, &[("host", host)]), "{host}");
        }
        for host in ["localhost", "localhost.", "a.localhost:1", "127.0.0.1:80", "[::1]:80"] {
            assert!(meant(get, false, &[("host", host)]), "{host}");
        }
        assert!(meant(get, false, &[]), "no browser leaves it out");
        assert!(meant(get, true, &[("host", "checker.example")]) && !meant(get, true, &[("host", "a b")]));
    }

    /// What is no authority is refused, and not passed over: a name that cannot be read was none before.
    #[test]
    fn a_name_in_disguise_is_none_of_this_door() {
        for host in
            ["[::1].evil.example", "evil。example", "localhost@evil.example", "localhost evil.example"]
        {
            let headers =
                HeaderMap::from_iter([(header::HOST, HeaderValue::from_bytes(host.as_bytes()).unwrap())]);
            let meant = is_meant(&Method::GET, &headers, None, false, &Names::OfOperators);
            assert!(meant.unwrap_err().en.starts_with(host), "{host}");
        }
        let both = [("host", "localhost"), ("host", "evil.example")];
        assert!(!meant(&Method::GET, false, &both));
        let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("localhost"))]);
        let elsewhere = Some("evil.example");
        assert!(is_meant(&Method::GET, &headers, elsewhere, false, &Names::OfOperators).is_err());
        let own = ("host", "localhost:8080");
        for origin in
            ["http://localhost:8080/", "ftp://localhost:8080", "http://u@localhost:8080", "//localhost:8080"]
        {
            assert!(!meant(&Method::POST, false, &[own, ("origin", origin)]), "{origin}");
        }
        assert!(!meant(&Method::POST, false, &[("origin", "http://localhost")]), "of nobody");
        let twice = [own, ("sec-fetch-site", "none"), ("sec-fetch-site", "cross-site")];
        assert!(!meant(&Method::POST, false, &twice));
    }

    #[test]
    fn those_who_watch_ask_by_names_that_were_given() {
        let names = Names::of_watchers(&["checker1.example".to_owned()]);
        let meant = |host: &str| {
            let headers = HeaderMap::from_iter([(header::HOST, host.parse().unwrap())]);
            is_meant(&Method::GET, &headers, None, false, &names)
        };
        for host in ["checker1.example:9090", "Checker1.Example.", "10.0.0.1:9090", "localhost"] {
            assert_eq!(meant(host), Ok(()), "{host}");
        }
        for host in ["evil.example", "checker1.example.evil.example", "achecker1.example"] {
            let why = meant(host).unwrap_err();
            assert!(why.en.contains("--watch-name") && why.ja.contains("--watch-name"), "{why:?}");
        }
    }
}

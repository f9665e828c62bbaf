//! Whether a request at the door of operators or of those who watch was meant for it. A browser that may
//! speak to a checker also shows pages of others: what these make it send is refused, and so is a name of
//! theirs that leads here.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::said::Said;
use crate::service::reply::error;
use crate::service::sender::Sender;

/// How a door is called, besides by addresses and by names that nobody else can have.
#[derive(Debug)]
pub(super) enum Names {
    /// That of operators: not at all.
    OfOperators,
    /// That of those who watch.
    OfWatchers(Vec<String>),
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

/// Whether a request was meant for this door; `vouched` where TLS vouches for its name.
fn is_meant(
    method: &Method,
    headers: &HeaderMap,
    authority: Option<&str>,
    vouched: bool,
    names: &Names,
) -> Result<(), Said> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    // HTTP/2 has the name elsewhere.
    let host = text(header::HOST).or(authority).unwrap_or_default();
    if !vouched && !is_no_name_of_others(host) && !names.know(host) {
        return Err(names.refuse(host));
    }
    if method == Method::GET || method == Method::HEAD {
        return Ok(());
    }
    let of_host = |origin: &str| origin.split_once("://").is_some_and(|(_, of)| of == host);
    let is_own = text(header::ORIGIN).is_none_or(of_host)
        && !headers.get_all(header::ORIGIN).iter().skip(1).any(|_| true);
    let fetched = headers.get("sec-fetch-site").map(axum::http::HeaderValue::as_bytes);
    if is_own && fetched.is_none_or(|site| site == b"same-origin" || site == b"none") {
        return Ok(());
    }
    Err(Said::new(
        "a page of another site sent this command: nothing was done",
        "別のサイトのページから送られた操作のため、実行しませんでした",
    ))
}

impl Names {
    fn know(&self, host: &str) -> bool {
        match self {
            Names::OfOperators => false,
            Names::OfWatchers(names) => names.iter().any(|name| bare(name).eq_ignore_ascii_case(bare(host))),
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

/// A name without its port.
fn bare(host: &str) -> &str {
    host.rsplit_once(':').map_or(host, |(name, _)| name).trim_end_matches('.')
}

/// An address, or a name without a dot: nobody else can make one of these lead here.
fn is_no_name_of_others(host: &str) -> bool {
    if host.starts_with('[') {
        return true;
    }
    let name = bare(host);
    name.parse::<std::net::Ipv4Addr>().is_ok() || !name.contains('.') || name.ends_with(".localhost")
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
        for host in ["evil.example", "evil.example:8080", "127.0.0.1.evil.example"] {
            assert!(!meant(&Method::GET, false, &[("host", host)]), "{host}");
        }
        for host in ["localhost", "localhost.", "a.localhost:1", "warifu-checker", "127.0.0.1:80", "[::1]:80"]
        {
            assert!(meant(&Method::GET, false, &[("host", host)]), "{host}");
        }
    }
    #[test]
    fn those_who_watch_ask_by_names_that_were_given() {
        let names = Names::OfWatchers(vec!["checker1.example".to_owned()]);
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

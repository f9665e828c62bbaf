//! Whether a request at the operators' door was meant for it. A browser that may speak to a checker also
//! shows pages of others: what these make it send is refused, and so is a name of theirs that leads here.

use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::said::Said;
use crate::service::reply::error;
use crate::service::sender::Sender;

/// Lets through what is meant for this door.
pub(super) async fn only_own(request: Request, next: Next) -> Response {
    // Over TLS the certificate vouches for the name; by the socket a browser comes through a tunnel.
    let vouched = matches!(request.extensions().get(), Some(Sender::Certificate(_)));
    match is_meant(
        request.method(),
        request.headers(),
        request.uri().authority().map(axum::http::uri::Authority::as_str),
        vouched,
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
) -> Result<(), Said> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    // HTTP/2 has the name elsewhere.
    let host = text(header::HOST).or(authority).unwrap_or_default();
    if !vouched && !is_no_name_of_others(host) {
        return Err(Said::new(
            format!("{host} is no name of this door: ask for localhost"),
            format!("{host} はこの窓口の名前ではありません。localhost を指定してください"),
        ));
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

/// An address, or a name without a dot: nobody else can make one of these lead here.
fn is_no_name_of_others(host: &str) -> bool {
    if host.starts_with('[') {
        return true;
    }
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).trim_end_matches('.');
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
        is_meant(method, &headers, None, vouched).is_ok()
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
}

//! What a browser sends because another site told it to goes no further than this.
//!
//! Whoever can reach the operators' socket with a browser (a forwarded port) has it open for every page that
//! the browser shows: a page from elsewhere could post a command, or, with a name that leads here, even read
//! the answers. A program that is no browser sends none of these heads and is let through.

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::said::Said;
use crate::service::ServiceError;

/// Lets a request on that nobody else's page made.
pub(crate) async fn same_site_only(request: Request, next: Next) -> Response {
    match judge(request.method(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(error) => (StatusCode::FORBIDDEN, Json(ServiceError { error })).into_response(),
    }
}

/// Whether a request with these heads is of our own page, or of no page at all.
fn judge(method: &Method, headers: &HeaderMap) -> Result<(), Said> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let host = text(header::HOST.as_str());
    if !host.is_none_or(is_of_no_site) {
        return Err(Said::new(
            "this door is reached by the name of this machine (localhost), not by that of a site",
            "この窓口には localhost など、このマシンの名前で接続してください",
        ));
    }
    if matches!(*method, Method::GET | Method::HEAD) {
        return Ok(());
    }
    let is_ours = match (text("sec-fetch-site"), text(header::ORIGIN.as_str())) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, None) => true,
        (None, Some(origin)) => origin.split_once("://").is_some_and(|(_, of)| Some(of) == host),
    };
    if is_ours {
        return Ok(());
    }
    Err(Said::new(
        "a page of another site asked for this; nothing was done",
        "別のサイトのページからの要求のため、実行しませんでした",
    ))
}

/// Whether `host` cannot be the name of somebody else's site that was made to lead here: an address, or a
/// name without a dot, which nobody can register.
fn is_of_no_site(host: &str) -> bool {
    if host.starts_with('[') {
        return true;
    }
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).trim_end_matches('.');
    let is_address = name.parse::<std::net::IpAddr>().is_ok();
    is_address || !name.contains('.') || name.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;

    use super::*;

    fn asks(method: Method, heads: &[(&str, &str)]) -> bool {
        let heads =
            heads.iter().map(|(name, value)| (name.parse::<HeaderName>().unwrap(), value.parse().unwrap()));
        judge(&method, &heads.collect()).is_ok()
    }

    #[test]
    fn no_page_of_another_site_commands_or_reads_anything() {
        let local = ("host", "localhost:8080");
        assert!(asks(Method::POST, &[]));
        assert!(asks(Method::POST, &[("host", "warifu-checker")]));
        assert!(asks(Method::POST, &[local, ("origin", "http://localhost:8080")]));
        assert!(asks(Method::POST, &[local, ("sec-fetch-site", "same-origin"), ("origin", "https://proxy")]));
        assert!(!asks(Method::POST, &[local, ("origin", "https://evil.example")]));
        assert!(!asks(Method::POST, &[local, ("origin", "http://localhost:9999")]));
        assert!(!asks(Method::POST, &[local, ("origin", "null")]));
        assert!(!asks(Method::POST, &[local, ("sec-fetch-site", "cross-site")]));
        assert!(!asks(Method::POST, &[local, ("sec-fetch-site", "same-site")]));
        // Somebody follows a link to the page.
        assert!(asks(Method::GET, &[local, ("sec-fetch-site", "cross-site")]));
        // A name of theirs that leads to this machine.
        let bound = ("host", "evil.example:8080");
        assert!(!asks(Method::GET, &[bound, ("sec-fetch-site", "same-origin")]));
        assert!(!asks(Method::POST, &[bound, ("origin", "http://evil.example:8080")]));
        for host in ["127.0.0.1:8080", "[::1]:8080", "10.1.2.3", "checker", "a.localhost:1", "localhost."] {
            assert!(asks(Method::GET, &[("host", host)]), "{host}");
        }
    }
}

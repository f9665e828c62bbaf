//! How long the head of a request is: what reads it goes beyond its limit by as much as comes at once.

use axum::body::Body;
use axum::http::{HeaderValue, Request, Response, StatusCode, Version, header};

/// What stands on the lines of a head besides names and values: ` `, ` HTTP/1.1` and the ends of lines.
const OF_REQUEST_LINE_BYTES: usize = 1 + 9 + 2;
const OF_LINE_BYTES: usize = 2 + 2;

/// How long the head of `request` is, as HTTP/1.1 writes it.
pub(super) fn head_bytes<T>(request: &Request<T>) -> usize {
    let uri = request.uri();
    let target = uri.scheme_str().map_or(0, |scheme| scheme.len() + "://".len())
        + uri.authority().map_or(0, |authority| authority.as_str().len())
        + uri.path_and_query().map_or(0, |path| path.as_str().len());
    let lines = request.headers().iter();
    let lines: usize = lines.map(|(name, value)| name.as_str().len() + value.len() + OF_LINE_BYTES).sum();
    request.method().as_str().len() + target + OF_REQUEST_LINE_BYTES + lines + "\r\n".len()
}

/// That the head of a request of this version is too long. What may come after it is not waited for.
pub(super) fn too_long(version: Version) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    if version < Version::HTTP_2 {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// That the head of a request did not end in time, as it is written over HTTP/1.
pub(super) const TOO_LATE: &[u8] =
    b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_as_long_as_it_is_written() {
        for written in [
            "GET / HTTP/1.1\r\n\r\n",
            "POST /check?a=b HTTP/1.1\r\nhost: localhost\r\nx-one: 1\r\nx-one: 22\r\nempty: \r\n\r\n",
            "GET http://localhost:8080/status HTTP/1.1\r\nhost: localhost:8080\r\n\r\n",
        ] {
            let mut lines = written.lines();
            let line: Vec<&str> = lines.next().unwrap().split(' ').collect();
            let mut request = Request::builder().method(line[0]).uri(line[1]);
            for (name, value) in lines.filter_map(|line| line.split_once(": ")) {
                request = request.header(name, value);
            }
            assert_eq!(head_bytes(&request.body(()).unwrap()), written.len(), "{written}");
        }
    }
}

//! The signature of a request to S3: AWS Signature Version 4, of one request with its body.

use hmac::{KeyInit as _, Mac as _};
use sha2::Sha256;
use warifu_trust::UnixSeconds;
use warifu_values::digest::Digest;

use super::settings::Login;

type Hmac = hmac::Hmac<Sha256>;

/// What of a request is signed.
pub(super) struct Signed<'a> {
    pub(super) method: &'a str,
    /// As the server sees it in `Host`.
    pub(super) host: &'a str,
    /// The path with its escapes, beginning with `/`.
    pub(super) path: &'a str,
    pub(super) region: &'a str,
    pub(super) body: &'a [u8],
    /// Names in small letters, ascending; they come between `host` and `x-amz-`.
    pub(super) headers: &'a [(&'static str, String)],
}

/// The headers that a request of `login` carries at `now`.
///
/// Source: "Create a signed AWS API request", AWS Identity and Access Management User Guide.
pub(super) fn sign(signed: &Signed<'_>, login: &Login, now: UnixSeconds) -> Vec<(&'static str, String)> {
    let instant = now.rfc3339().replace(['-', ':'], "");
    let day = &instant[..8];
    let payload = Digest::of(signed.body).to_string();
    let mut headers = vec![("host", signed.host.to_owned())];
    headers.extend(signed.headers.iter().cloned());
    headers.push(("x-amz-content-sha256", payload.clone()));
    headers.push(("x-amz-date", instant.clone()));
    headers.extend(login.session.iter().map(|session| ("x-amz-security-token", session.clone())));

    let names: Vec<_> = headers.iter().map(|(name, _)| *name).collect();
    let names = names.join(";");
    let lines: String = headers.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
    let request = format!("{}\n{}\n\n{lines}\n{names}\n{payload}", signed.method, signed.path);
    let scope = format!("{day}/{}/s3/aws4_request", signed.region);
    let text = format!("AWS4-HMAC-SHA256\n{instant}\n{scope}\n{}", Digest::of(request.as_bytes()));
    let mut key = format!("AWS4{}", login.secret).into_bytes();
    for part in [day, signed.region, "s3", "aws4_request"] {
        key = mac(&key, part);
    }
    let signature: String = mac(&key, &text).iter().map(|byte| format!("{byte:02x}")).collect();
    let credential = format!("{}/{scope}", login.name);
    // The client writes `Host` itself.
    headers.remove(0);
    headers.push((
        "authorization",
        format!("AWS4-HMAC-SHA256 Credential={credential},SignedHeaders={names},Signature={signature}"),
    ));
    headers
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::new_from_slice(key).expect("a key of any length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example "GET Object" of AWS's own documentation of signatures in headers, to the last digit.
    #[test]
    fn the_documented_example_has_the_documented_signature() {
        let login = Login {
            name: "AKIAIOSFODNN7EXAMPLE".into(),
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
            session: None,
        };
        let signed = Signed {
            method: "GET",
            host: "examplebucket.s3.amazonaws.com",
            path: "/test.txt",
            region: "us-east-1",
            body: b"",
            headers: &[("range", "bytes=0-9".into())],
        };
        let now: UnixSeconds = "2013-05-24T00:00:00Z".parse().unwrap();
        let headers = sign(&signed, &login, now);
        let (_, authorization) = headers.last().unwrap();
        assert!(
            authorization.ends_with("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
            "{authorization}"
        );
        assert!(headers.iter().all(|(name, _)| *name != "host"));
    }
}

//! A certificate that has expired: claims are judged on, and everybody who looks is told.

use std::path::Path;

use axum::http::Method;
use warifu_checker::cause::Cause;
use warifu_checker::cli::Client;
use warifu_checker::log::now;
use warifu_trust::UnixSeconds;
use warifu_values::lang::{Lang, Speak as _};

use crate::killed::published;
use crate::over_tls::{At, Running, curl, serve};
use crate::tls::{certificate, certificates, dated};
use crate::world::{claim_file, until};

/// What a client is answered that looks at certificates as curl is told to.
fn answered(running: &Running, certificates: &Path, looks: &[&str]) -> String {
    let url = format!("https://{}/check", running.address(At::Claims));
    curl(certificates, &[&["--data-binary", "@file.uke", &url], looks].concat())
}

#[test]
fn an_expired_certificate_is_told_everywhere_and_claims_are_judged_on() {
    let (folder, certificates) = (tempfile::tempdir().unwrap(), certificates());
    let (at, of_tls) = (folder.path(), certificates.path());
    drop(published(at));
    std::fs::write(of_tls.join("file.uke"), claim_file(1, 1)).unwrap();
    let yesterday = UnixSeconds::new(now().seconds() - 86_400);
    dated(of_tls, "house", "server", UnixSeconds::new(yesterday.seconds() - 86_400), yesterday);
    let checked = || {
        let output = serve(at, of_tls, &[At::Claims]).arg("--check-config").output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let (status, _, error) = checked();
    assert_eq!(status, Some(2), "{error}");
    assert!(error.contains("certificate 1 in ") && error.contains("server.pem expired at "), "{error}");

    let running = Running::start(serve(at, of_tls, &[At::Claims]));
    until("told", || running.told("certificate.invalid").len() == 1);
    let client = Client::at(at.join("state/operator.sock"));
    let status = client.status().unwrap();
    assert_eq!(status.certificates.iter().map(|it| it.cause).collect::<Vec<_>>(), [Cause::Certificate]);
    for (lang, word) in [(Lang::En, "CERTIFICATE NOT VALID: "), (Lang::Ja, "証明書無効: ")] {
        assert!(status.say(lang).contains(word), "{}", status.say(lang));
    }
    assert!(status.in_a_line(Lang::En).ends_with(", certificate not valid"));
    let metrics = client.text(Method::GET, "/metrics", String::new()).unwrap();
    assert!(metrics.contains("warifu_amiss{cause=\"certificate\"} 1\n"), "{metrics}");
    let page = client.text(Method::GET, "/?lang=en", String::new()).unwrap();
    assert!(page.contains("Certificate not valid"), "{page}");
    // Who looks sends nothing; who does not is answered.
    assert_eq!(answered(&running, of_tls, &["--cacert", "house.pem"]), "000");
    assert_eq!(answered(&running, of_tls, &["--insecure"]), "200");

    // One that ends in two days.
    certificate(of_tls, "house", "server");
    let (status, out, error) = checked();
    assert_eq!((status, &*error), (Some(0), ""));
    assert!(out.contains("server.pem expires at "), "{out}");
    running.hang_up();
    until("told of the other", || !running.told("certificate.due").is_empty());
    let causes: Vec<Cause> = client.status().unwrap().certificates.iter().map(|it| it.cause).collect();
    assert_eq!((causes, running.told("certificate.invalid").len()), (vec![Cause::CertificateDue], 1));
    assert_eq!(answered(&running, of_tls, &["--cacert", "house.pem"]), "200");
}

/// A certificate that expired, or does not hold yet, was laid in the place of one that holds: that one goes
/// on, as where a key is not that of its certificate, and everybody is told at which door.
#[test]
fn a_certificate_that_holds_does_not_give_way_to_one_that_does_not() {
    let (folder, certificates) = (tempfile::tempdir().unwrap(), certificates());
    let (at, of_tls) = (folder.path(), certificates.path());
    drop(published(at));
    std::fs::write(of_tls.join("file.uke"), claim_file(1, 1)).unwrap();
    let running = Running::start(serve(at, of_tls, &[At::Claims, At::Operators]));
    running.address(At::Operators);
    let client = Client::at(at.join("state/operator.sock"));
    let day = |days: i64| UnixSeconds::new(now().seconds() + days * 86_400);
    let spoilt: [(&dyn Fn(), &str); 3] = [
        (&|| dated(of_tls, "house", "server", day(-2), day(-1)), "server.pem expired at "),
        (&|| dated(of_tls, "house", "server", day(1), day(9)), "server.pem does not hold before "),
        (
            &|| assert!(std::fs::copy(of_tls.join("one.key"), of_tls.join("server.key")).unwrap() > 0),
            "the key is not",
        ),
    ];
    for (times, (spoil, why)) in (1..).zip(spoilt) {
        spoil();
        running.hang_up();
        until("told", || running.told("configuration.unusable").len() == times);
        let told = running.told("configuration.unusable").pop().unwrap();
        assert!(told.contains("[tls] ") && told.contains("[operators] ") && told.contains(why), "{told}");
        let status = client.status().unwrap();
        assert!(status.configuration.is_some_and(|not| not.ja.contains("[operators] ")), "{why}");
        assert!(status.certificates.iter().all(|amiss| amiss.cause == Cause::CertificateDue), "{why}");
        assert_eq!(answered(&running, of_tls, &["--cacert", "house.pem"]), "200", "{why}");
    }
}

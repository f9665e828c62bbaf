//! What people are told of a certificate: who it is for, and when it holds. Nothing is trusted by it; the
//! chain was verified before, or will be.

use warifu_trust::UnixSeconds;
use x509_cert::Certificate;
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::der::Decode as _;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::der::oid::db::rfc4519::{
    COMMON_NAME, COUNTRY_NAME, ORGANIZATION_NAME, ORGANIZATIONAL_UNIT_NAME,
};
use x509_cert::time::Time;

/// The attributes of a subject that are told.
const NAMES: &[(ObjectIdentifier, &str)] =
    &[(COMMON_NAME, "CN"), (ORGANIZATIONAL_UNIT_NAME, "OU"), (ORGANIZATION_NAME, "O"), (COUNTRY_NAME, "C")];

/// A subject is not told longer.
const CHARS: usize = 200;

/// The subject of a certificate in DER, as `CN=…, O=…`; none where it has no such names.
pub(super) fn subject_of(der: &[u8]) -> Option<String> {
    let certificate = Certificate::from_der(der).ok()?;
    let names = certificate.tbs_certificate.subject.0.iter().flat_map(|together| together.0.iter());
    let told: Vec<_> = names.filter_map(named).collect();
    let told: String = told.join(", ").chars().take(CHARS).collect();
    (!told.is_empty()).then_some(told)
}

fn named(AttributeTypeAndValue { oid, value }: &AttributeTypeAndValue) -> Option<String> {
    let (_, name) = NAMES.iter().find(|(known, _)| known == oid)?;
    let text = String::from_utf8_lossy(value.value());
    let plain: String = text.chars().filter(|it| !it.is_control()).collect();
    Some(format!("{name}={plain}"))
}

/// From when and until when a certificate in DER holds; none where it is no certificate. One that never ends
/// (99991231235959Z) is said to end with the last instant that there is here.
pub(super) fn holds(der: &[u8]) -> Option<(UnixSeconds, UnixSeconds)> {
    let validity = Certificate::from_der(der).ok()?.tbs_certificate.validity;
    let instant =
        |time: Time| UnixSeconds::new(i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX));
    Some((instant(validity.not_before), instant(validity.not_after)))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use x509_cert::der::asn1::{GeneralizedTime, UtcTime};
    use x509_cert::der::{DateTime, Encode as _};

    use super::*;

    /// A certificate of openssl's, in DER.
    fn made(subject: &str) -> Vec<u8> {
        let folder = tempfile::tempdir().unwrap();
        let how = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -utf8 -outform DER -days 2 \
                   -keyout key -out it";
        let made = Command::new("openssl")
            .args(how.split_whitespace())
            .args(["-subj", subject])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        std::fs::read(folder.path().join("it")).unwrap()
    }

    /// The same, from and until other instants.
    fn within(der: &[u8], from: Time, until: Time) -> Vec<u8> {
        let mut certificate = Certificate::from_der(der).unwrap();
        certificate.tbs_certificate.validity.not_before = from;
        certificate.tbs_certificate.validity.not_after = until;
        certificate.to_der().unwrap()
    }

    #[test]
    fn who_a_certificate_is_for_and_when_it_holds_is_told_as_it_is_written() {
        let of = made("/C=JP/O=支払基金/OU=night/CN=one~/L=nowhere");
        let at = |year, month, day| DateTime::new(year, month, day, 12, 30, 59).unwrap();
        let general = |date| Time::GeneralTime(GeneralizedTime::from_date_time(date));
        let utc = |date| Time::UtcTime(UtcTime::from_date_time(date).unwrap());
        for (ends, told) in [
            (utc(at(2027, 4, 1)), "2027-04-01T12:30:59Z".parse().unwrap()),
            (general(at(2051, 4, 1)), "2051-04-01T12:30:59Z".parse().unwrap()),
            (Time::INFINITY, UnixSeconds::LAST),
        ] {
            let der = within(&of, utc(at(2026, 4, 1)), ends);
            assert_eq!(subject_of(&der).as_deref(), Some("C=JP, O=支払基金, OU=night, CN=one~"));
            let from = "2026-04-01T12:30:59Z".parse().unwrap();
            assert_eq!(holds(&der), Some((from, told)));
            for end in 0..der.len() {
                assert_eq!((subject_of(&der[..end]), holds(&der[..end])), (None, None), "cut at {end}");
            }
        }
        let at = of.windows(4).rposition(|bytes| bytes == b"one~").unwrap();
        let rings = [&of[..at], b"one\x07", &of[at + 4..]].concat();
        assert_eq!(subject_of(&rings).as_deref(), Some("C=JP, O=支払基金, OU=night, CN=one"));
        let long = made(&format!("/CN={}", "x".repeat(60)).repeat(4));
        assert_eq!(subject_of(&long).unwrap().chars().count(), CHARS);
        assert_eq!(subject_of(&made("/L=nowhere")), None);
    }

    #[test]
    fn what_is_no_certificate_tells_nothing() {
        for bytes in
            [&b""[..], b"0", b"\x30\x82", b"\x30\x84\xff\xff\xff\xff", b"\x30\x02\x30\x00", &[0x30; 64]]
        {
            assert_eq!((subject_of(bytes), holds(bytes)), (None, None), "{bytes:?}");
        }
    }
}

//! Until when a certificate holds: the one field of X.509 that operators are told. Nothing is trusted by it.

use warifu_trust::UnixSeconds;

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// The `notAfter` of a certificate in DER; none where it is not as RFC 5280, section 4.1 has it.
pub(super) fn not_after(certificate: &[u8]) -> Option<UnixSeconds> {
    let (certificate, _) = of_kind(certificate, SEQUENCE)?;
    let (signed, _) = of_kind(certificate, SEQUENCE)?;
    // Version, serial number, algorithm and issuer come before.
    let (first, mut rest) = element(signed)?;
    if first.kind == VERSION {
        (_, rest) = element(rest)?;
    }
    for _ in 0..2 {
        (_, rest) = element(rest)?;
    }
    let (validity, _) = of_kind(rest, SEQUENCE)?;
    let (_, after) = element(validity)?;
    let (time, _) = element(after)?;
    let text = std::str::from_utf8(time.content).ok()?;
    let text = match time.kind {
        // Two digits of a year are of 1950 to 2049.
        UTC_TIME if text.get(..2)? < "50" => format!("20{text}"),
        UTC_TIME => format!("19{text}"),
        GENERALIZED_TIME => text.to_owned(),
        _ => return None,
    };
    let part = |from: usize, to: usize| text.get(from..to);
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let (hour, minute, second) = (part(8, 10)?, part(10, 12)?, part(12, 14)?);
    format!("{year}-{month}-{day}T{hour}:{minute}:{second}{}", part(14, text.len())?).parse().ok()
}

struct Element<'a> {
    kind: u8,
    content: &'a [u8],
}

/// The first element of `bytes`, and what follows it.
fn element(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (&kind, rest) = bytes.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        0x81..=0x84 => {
            let (length, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            (length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)), rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((Element { kind, content }, rest))
}

fn of_kind(bytes: &[u8], kind: u8) -> Option<(&[u8], &[u8])> {
    element(bytes).filter(|(element, _)| element.kind == kind).map(|(element, rest)| (element.content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn der(kind: u8, content: &[u8]) -> Vec<u8> {
        let length = u8::try_from(content.len()).unwrap();
        let head = if length < 0x80 { vec![kind, length] } else { vec![kind, 0x81, length] };
        [&head[..], content].concat()
    }

    fn certificate(version: bool, kind: u8, until: &str) -> Vec<u8> {
        let validity = [der(UTC_TIME, b"250101000000Z"), der(kind, until.as_bytes())].concat();
        let version = if version { der(VERSION, &der(2, &[2])) } else { Vec::new() };
        let fields = [version, der(2, &[1; 20]), der(SEQUENCE, &[0; 8]), der(SEQUENCE, &[0; 60])].concat();
        let signed = der(SEQUENCE, &[fields, der(SEQUENCE, &validity)].concat());
        der(SEQUENCE, &[signed, vec![0; 4]].concat())
    }

    #[test]
    fn the_end_of_a_certificate_is_read_in_both_forms_and_nothing_is_read_of_others() {
        let at = |text: &str| Some(text.parse().unwrap());
        for version in [true, false] {
            let of = |kind, text| not_after(&certificate(version, kind, text));
            assert_eq!(of(UTC_TIME, "270401123059Z"), at("2027-04-01T12:30:59Z"));
            assert_eq!(of(UTC_TIME, "990401123059Z"), at("1999-04-01T12:30:59Z"));
            assert_eq!(of(GENERALIZED_TIME, "20510401000000Z"), at("2051-04-01T00:00:00Z"));
            assert_eq!(of(UTC_TIME, "27é401123059Z"), None);
            assert_eq!(of(0x16, "270401123059Z"), None);
        }
        let whole = certificate(true, UTC_TIME, "270401123059Z");
        for end in 0..whole.len() {
            assert_eq!(not_after(&whole[..end]), None, "cut at {end}");
        }
    }
}

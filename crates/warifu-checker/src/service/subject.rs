//! Who a certificate is for, read from its DER: the names in its subject. The chain was verified before; this
//! is for people who read a log.

/// The tag of a sequence, and of a version, which may come first.
const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xa0;
const SET: u8 = 0x31;

/// The attributes that are told, by the last byte of 2.5.4.x.
const NAMES: &[(u8, &str)] = &[(3, "CN"), (11, "OU"), (10, "O"), (6, "C")];

/// A subject is not told longer.
const CHARS: usize = 200;

/// One value: its tag and its content.
type Value<'a> = (u8, &'a [u8]);

/// The subject of a certificate, as `CN=…, O=…`; none where it has no such names.
pub(super) fn subject_of(certificate: &[u8]) -> Option<String> {
    let ((_, certificate), _) = value(certificate)?;
    let ((_, mut signed), _) = value(certificate)?;
    if *signed.first()? == VERSION {
        signed = value(signed)?.1;
    }
    // Number, algorithm, issuer and validity come before the subject.
    for _ in 0..4 {
        signed = value(signed)?.1;
    }
    let ((tag, mut names), _) = value(signed)?;
    let mut told = Vec::new();
    while tag == SEQUENCE && !names.is_empty() {
        let ((set, mut parts), rest) = value(names)?;
        names = rest;
        while set == SET && !parts.is_empty() {
            let ((_, part), others) = value(parts)?;
            parts = others;
            let ((_, of), text) = value(part)?;
            let ((_, text), _) = value(text)?;
            let &[0x55, 0x04, last] = of else { continue };
            if let Some((_, name)) = NAMES.iter().find(|(known, _)| *known == last) {
                let plain = String::from_utf8_lossy(text).chars().filter(|it| !it.is_control()).collect();
                let plain: String = plain;
                told.push(format!("{name}={plain}"));
            }
        }
    }
    let told: String = told.join(", ").chars().take(CHARS).collect();
    (!told.is_empty()).then_some(told)
}

/// The first value in `bytes`, and what comes after it.
fn value(bytes: &[u8]) -> Option<(Value<'_>, &[u8])> {
    let (&tag, bytes) = bytes.split_first()?;
    let (&first, mut bytes) = bytes.split_first()?;
    let mut length = usize::from(first);
    if first & 0x80 != 0 {
        let (digits, rest) = bytes.split_at_checked(usize::from(first & 0x7f))?;
        if digits.len() > 4 {
            return None;
        }
        length = digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit));
        bytes = rest;
    }
    let (content, rest) = bytes.split_at_checked(length)?;
    Some(((tag, content), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_has_no_subject() {
        for bytes in
            [&b""[..], b"0", b"\x30\x82", b"\x30\x84\xff\xff\xff\xff", b"\x30\x02\x30\x00", &[0x30; 64]]
        {
            assert_eq!(subject_of(bytes), None, "{bytes:?}");
        }
    }
}

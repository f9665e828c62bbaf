//! What a file is that was given as a claim file and is none, or is one in another encoding: hundreds of
//! findings say so only to those who know.

use std::path::Path;

use crate::said::Said;

/// What is told of `bytes`, the file at `path`, before its findings; nothing where they look like claims.
pub(super) fn other_than_claims(path: &Path, bytes: &[u8]) -> Option<Said> {
    let path = path.display();
    let (en, ja) = Other::of(bytes)?.told();
    Some(Said::new(format!("{path} {en}"), format!("{path} {ja}")))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Other {
    Empty,
    Packed,
    Utf16,
    Utf8,
    NoClaimFile,
}

impl Other {
    fn of(bytes: &[u8]) -> Option<Other> {
        let starts_with = |start: &[u8]| bytes.starts_with(start);
        if bytes.is_empty() {
            return Some(Other::Empty);
        }
        if starts_with(b"PK\x03\x04") || starts_with(b"\x1f\x8b") || starts_with(b"7z\xbc\xaf\x27\x1c") {
            return Some(Other::Packed);
        }
        if starts_with(b"\xff\xfe")
            || starts_with(b"\xfe\xff")
            || starts_with(b"I\0R\0")
            || starts_with(b"\0I\0R")
        {
            return Some(Other::Utf16);
        }
        if starts_with(b"\xef\xbb\xbf") || is_japanese_utf8(bytes) {
            return Some(Other::Utf8);
        }
        (!starts_with(b"IR")).then_some(Other::NoClaimFile)
    }

    fn told(self) -> (&'static str, &'static str) {
        match self {
            Other::Empty => (
                "is empty: have the receipt computer write the claim file again",
                "は空です。レセプトコンピューターから請求ファイルを出力し直してください",
            ),
            Other::Packed => (
                "is a compressed file: unpack it, and give the claim file in it (such as RECEIPTC.UKE)",
                "は圧縮ファイルです。展開して、中の請求ファイル（RECEIPTC.UKE など）を指定してください",
            ),
            Other::Utf16 => (
                "is a text in UTF-16, and claim files are in Shift JIS: have the receipt computer write it \
                 again; most of what follows comes of that",
                "は UTF-16 で保存されていますが、請求ファイルの文字コードは Shift JIS です。レセプトコンピューターから\
                 出力し直してください。以下の指摘の多くはこのためです",
            ),
            Other::Utf8 => (
                "is a text in UTF-8, as editors save it, and claim files are in Shift JIS: have the receipt \
                 computer write it again; most of what follows comes of that",
                "は UTF-8 で保存されています（エディターで保存し直した可能性があります）が、請求ファイルの文字コードは \
                 Shift JIS です。レセプトコンピューターから出力し直してください。以下の指摘の多くはこのためです",
            ),
            Other::NoClaimFile => (
                "does not begin as a claim file does (with an IR record): see whether it is the right file \
                 (such as RECEIPTC.UKE)",
                "は請求ファイルではないようです（先頭が IR レコードではありません）。対象のファイル（RECEIPTC.UKE など）か\
                 確認してください",
            ),
        }
    }
}

/// Whether it is UTF-8 with kana or kanji, to its end or to where it was cut off. What is Shift JIS and reads
/// as UTF-8 all the same, pairs of half-width katakana, has none of these.
fn is_japanese_utf8(bytes: &[u8]) -> bool {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) if error.error_len().is_none() => {
            std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default()
        }
        Err(_) => return false,
    };
    text.chars()
        .any(|it| matches!(it, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ff01}'..='\u{ff9f}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLAIMS: &str =
        "IR,1,13,1,1234567,,見本診療所,202406,00,0312345678\r\nRE,1,1112,202406,見本　花子,2\r\n";

    fn said(bytes: &[u8]) -> Option<Other> {
        Other::of(bytes)
    }

    #[test]
    fn a_claim_file_in_another_encoding_or_another_file_is_told_by_what_it_is() {
        let shift_jis =
            b"IR,1,13,1,1234567,,\x8c\xa9\x96\x7b\x90\x66\x97\xc3,202406\r\nRE,1,1112,202406,\x8c\xa9";
        assert_eq!(said(shift_jis), None);
        assert_eq!(said(&shift_jis[..21]), None, "cut off within a character");
        // Half-width katakana in pairs that are characters of UTF-8 as well.
        assert_eq!(said(b"IR,1,13,1,1234567,,\xc3\xb1\xc4\xb2,202406"), None);

        let utf8 = CLAIMS.as_bytes();
        assert_eq!(said(utf8), Some(Other::Utf8));
        assert_eq!(said(&utf8[..30]), Some(Other::Utf8), "cut off within a character");
        assert_eq!(said(&[b"\xef\xbb\xbf", utf8].concat()), Some(Other::Utf8));
        let utf16: Vec<u8> = CLAIMS.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(said(&utf16), Some(Other::Utf16));
        assert_eq!(said(b""), Some(Other::Empty));
        assert_eq!(said(b"PK\x03\x04..."), Some(Other::Packed));
        assert_eq!(said(b"\x1f\x8b\x08"), Some(Other::Packed));
        assert_eq!(said(b"\"0\",\"S\",\"111000110\"\r\n"), Some(Other::NoClaimFile));
        let told = other_than_claims(Path::new("a.uke"), utf8).unwrap();
        assert!(told.ja.starts_with("a.uke は UTF-8 で保存されています"), "{told:?}");
    }
}

//! The text of a comment as its pattern wants it: the digits of a day, a time, a number, codes
//! (マスターファイル仕様説明書 別紙6-1).
//!
//! Only the digits at the beginning are asked; what stands after them is the institution's. A number
//! (pattern 42) may have a sign, so it is asked only where digits begin it.

use super::asked::OfComment;
use super::check::{About, Check, Judges};
use super::wrong::{Shown, Wrong};
use crate::file::TextShape;
use crate::finding::ClaimCode;
use crate::lookup::Comment;

pub(super) const CHECK: Check<OfComment> = Check {
    about: About {
        codes: &[ClaimCode::CommentTextForm],
        fields: &["CO 5, SI 8–13, IY 8–13, TO 12–17 文字データ"],
        columns: &["pattern", "edit_1_digits", "edit_2_digits", "edit_3_digits", "edit_4_digits"],
        source: "マスターファイル仕様説明書 別紙6-1, 6-2: コメントマスター 4, 11, 13, 15, 17",
        judges: Judges::Always,
    },
    ask: |of| {
        // That there is none is another check's.
        let is_wrong = !of.text.is_blank() && !is_of_pattern(of.facts, &of.text);
        let expected = Shown::Number(of.facts.pattern.into());
        is_wrong.then_some(Wrong { code: ClaimCode::CommentTextForm, found: Shown::Code(of.code), expected })
    },
};

/// Whether a text begins as its pattern wants it.
fn is_of_pattern(comment: &Comment, text: &TextShape) -> bool {
    let (digits, number) = (text.digits(), |from, count| text.number(from, count).unwrap_or(u64::MAX));
    let is_time = |from| number(from, 2) < 24 && number(from + 2, 2) < 60;
    match comment.pattern {
        31 => digits == 9 && number(0, 1) == 1,
        40 => comment.digits == 0 || digits == usize::from(comment.digits),
        42 => digits == 0 || text.is_digits() || text.decimals().is_some(),
        50 => digits == 7 && is_day_of_era(number(0, 7)),
        51 => digits == 4 && is_time(0),
        52 => digits == 5,
        53 => digits == 6 && (1..=31).contains(&number(0, 2)) && is_time(2),
        // Eight places of a number, one of which may be the point.
        80 => (digits == 15 || digits == 14 && !text.is_digits()) && is_day_of_era(number(0, 7)),
        90 => text.is_digits() && digits.is_multiple_of(4),
        _ => true,
    }
}

/// Whether that writes a day GYYMMDD; a month, where DD is 00, and a year, where MM is 00 too.
fn is_day_of_era(number: u64) -> bool {
    let (era, year, month, day) =
        (number / 1_000_000, number / 10_000 % 100, number / 100 % 100, number % 100);
    let days = match month {
        0 => 0,
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    (1..=5).contains(&era) && year > 0 && month <= 12 && day <= days
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::ClaimFile;
    use warifu_masters::charset::Charset;

    fn is_right(pattern: u8, digits: u8, text: &str) -> bool {
        let lines = format!("RE,1,1112,202406\nCO,,1,8{pattern:02}000001,{text}\n");
        let file = ClaimFile::read(&Charset::Windows31J.encode(&lines).unwrap());
        let claim = file.claims().next().unwrap();
        let [comment] = claim.comments(&claim.items[0]) else { panic!("{text}") };
        is_of_pattern(&Comment { pattern, digits }, &comment.text)
    }

    /// 別紙6-1 has the first text of each; the published sample adds what it means after a slash.
    #[test]
    fn a_text_begins_as_its_pattern_wants_it() {
        for (pattern, right, wrong) in [
            (31, &["１４０００５６１０"][..], &["１４０００５６１", "６２０００００１０"][..]),
            (42, &["３", "１２．５", "－５"], &["３ｋｇ", "１．２．３"]),
            (
                50,
                &["５０２０９１１", "５０２０９１１／前回", "５０２０９００"],
                &["５０２０９３１", "５０２０９", "昨日", "５０２１３０１"],
            ),
            (51, &["０５４５"], &["２５４５", "０５６０", "５４５"]),
            (52, &["０００７５", "０００３０／診療"], &["７５"]),
            (53, &["０１１１１１"], &["０１１１６１", "３２１１１１", "００１１１１"]),
            (
                80,
                &["５０４１１０１００００１０．５", "５０４１１０１０００００１０５"],
                &["５０４１１０１１０", "５０４１３０１００００１０．５"],
            ),
            (90, &["２０５６１０６６"], &["２０５６１０６", "右足"]),
            (30, &["右"], &[]),
        ] {
            for text in right {
                assert!(is_right(pattern, 0, text), "{pattern} {text}");
            }
            for text in wrong {
                assert!(!is_right(pattern, 0, text), "{pattern} {text}");
            }
        }
        // 外泊　　日 has room for two digits (columns 10 and 11).
        assert!(is_right(40, 2, "０６") && is_right(40, 0, "６") && !is_right(40, 2, "６"));
    }
}

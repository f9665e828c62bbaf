//! Names as they are compared.

/// Half-width kana from U+FF66 on, as the full-width letters that they are.
const WIDE: [char; 58] = [
    'ヲ', 'ァ', 'ィ', 'ゥ', 'ェ', 'ォ', 'ャ', 'ュ', 'ョ', 'ッ', 'ー', 'ア', 'イ', 'ウ', 'エ', 'オ', 'カ',
    'キ', 'ク', 'ケ', 'コ', 'サ', 'シ', 'ス', 'セ', 'ソ', 'タ', 'チ', 'ツ', 'テ', 'ト', 'ナ', 'ニ', 'ヌ',
    'ネ', 'ノ', 'ハ', 'ヒ', 'フ', 'ヘ', 'ホ', 'マ', 'ミ', 'ム', 'メ', 'モ', 'ヤ', 'ユ', 'ヨ', 'ラ', 'リ',
    'ル', 'レ', 'ロ', 'ワ', 'ン', '゛', '゜',
];

/// `name` as it is compared: without spaces, in one width, one kana, one size.
pub fn fold(name: &str) -> String {
    Folded::of(name.as_bytes()).collect()
}

/// One letter alone; none for a space. A sign for a voiced sound is a letter here: [`Folded`] puts it to the
/// one before.
pub(super) fn letter(raw: char) -> Option<char> {
    let wide = match raw {
        '\u{FF66}'..='\u{FF9F}' => WIDE[raw as usize - 0xFF66],
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(raw as u32 - 0xFEE0).unwrap_or(raw),
        '\u{3041}'..='\u{3096}' => char::from_u32(raw as u32 + 0x60).unwrap_or(raw),
        '\u{3099}' | '\u{309B}' => '゛',
        '\u{309A}' | '\u{309C}' => '゜',
        '･' => '・',
        '｡' => '。',
        '､' => '、',
        '｢' => '「',
        '｣' => '」',
        _ => raw,
    };
    match wide {
        ' ' | '\u{3000}' | '\u{A0}' | '\t' => None,
        'ー' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '─' | '﹣' => Some('-'),
        '〜' | '～' | '∼' => Some('~'),
        'ァ' | 'ィ' | 'ゥ' | 'ェ' | 'ォ' | 'ッ' | 'ャ' | 'ュ' | 'ョ' | 'ヮ' => {
            char::from_u32(wide as u32 + 1)
        }
        'ヵ' => Some('カ'),
        'ヶ' => Some('ケ'),
        _ => Some(wide.to_ascii_lowercase()),
    }
}

/// `kana` with a sign for a voiced sound behind it as one letter, where there is one.
pub(super) fn voiced(kana: char, sign: char) -> Option<char> {
    let later = |by: u32| char::from_u32(kana as u32 + by);
    match (kana, sign) {
        ('ウ', '゛') => Some('ヴ'),
        (
            'カ' | 'キ' | 'ク' | 'ケ' | 'コ' | 'サ' | 'シ' | 'ス' | 'セ' | 'ソ' | 'タ' | 'チ' | 'ツ' | 'テ'
            | 'ト',
            '゛',
        )
        | ('ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ', '゛') => later(1),
        ('ハ' | 'ヒ' | 'フ' | 'ヘ' | 'ホ', '゜') => later(2),
        _ => None,
    }
}

/// The folded letters of bytes in UTF-8, one after the other; ends where they are none.
pub(super) struct Folded<'a> {
    rest: &'a [u8],
    held: Option<char>,
}

impl<'a> Folded<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Folded { rest: bytes, held: None }
    }

    fn letter(&mut self) -> Option<char> {
        if let Some(held) = self.held.take() {
            return Some(held);
        }
        loop {
            let raw = match *self.rest.first()? {
                ascii @ 0..=0x7F => {
                    self.rest = &self.rest[1..];
                    char::from(ascii)
                }
                first => {
                    let length = 2 + usize::from(first >= 0xE0) + usize::from(first >= 0xF0);
                    let (bytes, rest) = self.rest.split_at_checked(length)?;
                    self.rest = rest;
                    std::str::from_utf8(bytes).ok()?.chars().next()?
                }
            };
            if let Some(letter) = letter(raw) {
                return Some(letter);
            }
        }
    }
}

impl Iterator for Folded<'_> {
    type Item = char;

    fn next(&mut self) -> Option<char> {
        let letter = self.letter()?;
        // Only kana are voiced, and what follows an ASCII letter need not be looked at.
        if !('ァ'..='ヺ').contains(&letter) {
            return Some(letter);
        }
        match self.letter() {
            Some(next) => match voiced(letter, next) {
                Some(one) => Some(one),
                None => {
                    self.held = Some(next);
                    Some(letter)
                }
            },
            None => Some(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_one_name_to_people_is_one_name_here() {
        for alike in [
            &["アムロジピン錠５ｍｇ", "ｱﾑﾛｼﾞﾋﾟﾝ錠5MG", "あむろじぴん錠 5mg", "アムロシ゛ヒ゜ン錠　５ｍｇ"][..],
            &["ヴォリコナゾール", "ｳﾞｵﾘｺﾅｿﾞ-ﾙ", "ゔおりこなぞーる", "ヴオリコナゾ－ル", "ヴオリコナゾ―ル"],
            &["検査（１回・２回）", "検査(1回･2回)"],
            &["一ヶ月", "一ケ月", "一ｹ月"],
        ] {
            for name in alike {
                assert_eq!(fold(name), fold(alike[0]), "{name}");
            }
        }
        for (one, other) in [("ハ", "バ"), ("糖尿病", "糖尿"), ("ビール", "ビル"), ("1", "l")] {
            assert_ne!(fold(one), fold(other));
        }
    }
}

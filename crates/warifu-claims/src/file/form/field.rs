//! The form of one field: which characters, how many bytes, whether it must be there.
//!
//! Source: 記録条件仕様(医科用), "モード, 最大バイト, 項目形式".

use warifu_values::amount::number;
use warifu_values::day::ClaimMonth;

use crate::file::burden::Burden;
use crate::file::dates::calendar_day;
use crate::file::head::ClaimClass;

/// Which characters a field is written in (モード).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// 数字: half-width digits.
    Digits,
    /// 英数: half-width characters.
    Latin,
    /// 漢字: full-width characters.
    Kanji,
    /// 英数 or 漢字, not both in one field.
    Text,
    /// A day of the calendar: YYYYMMDD, or GYYMMDD as written until 2020.
    Day,
    /// A month: YYYYMM, or GYYMM as written until 2020.
    Month,
    /// Not looked into: it is reserved (予備), or a check of its own judges it.
    Open,
}

/// Which values a field may hold, where the layout lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Values {
    /// Whatever its mode allows.
    Any,
    /// One of these.
    OneOf(&'static [&'static str]),
    /// A number from the first to the last.
    Numbers(u32, u32),
    /// A レセプト種別 of the medical table.
    ClaimClass,
    /// A 負担区分.
    Burden,
}

impl Values {
    fn hold(self, bytes: &[u8]) -> bool {
        match self {
            Values::Any => true,
            Values::OneOf(values) => values.iter().any(|value| value.as_bytes() == bytes),
            Values::Numbers(first, last) => {
                number(bytes).is_some_and(|value| (first..=last).contains(&value))
            }
            Values::ClaimClass => ClaimClass::parse(bytes).is_some(),
            Values::Burden => Burden::parse(bytes).is_some(),
        }
    }

    /// As a finding shows them.
    pub fn shown(self) -> String {
        match self {
            Values::Any => String::new(),
            Values::OneOf(values) => values.join(", "),
            Values::Numbers(first, last) => format!("{first}-{last}"),
            Values::ClaimClass => "11xx-14xx".to_owned(),
            Values::Burden => "1-7, 9, B, C, E, G-Z".to_owned(),
        }
    }
}

/// One field of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name in the layout.
    pub name: &'static str,
    /// Its characters.
    pub mode: Mode,
    /// How many bytes it has at most; with `is_fixed`, exactly.
    pub bytes: u16,
    /// Whether it has just so many (固定).
    pub is_fixed: bool,
    /// Whether it may not be left out.
    pub is_required: bool,
    /// What it may hold.
    pub values: Values,
}

impl Field {
    const fn of(name: &'static str, mode: Mode, bytes: u16) -> Field {
        Field { name, mode, bytes, is_fixed: false, is_required: false, values: Values::Any }
    }

    pub(super) const fn digits(name: &'static str, bytes: u16) -> Field {
        Field::of(name, Mode::Digits, bytes)
    }

    pub(super) const fn latin(name: &'static str, bytes: u16) -> Field {
        Field::of(name, Mode::Latin, bytes)
    }

    pub(super) const fn kanji(name: &'static str, bytes: u16) -> Field {
        Field::of(name, Mode::Kanji, bytes)
    }

    pub(super) const fn text(name: &'static str, bytes: u16) -> Field {
        Field::of(name, Mode::Text, bytes)
    }

    pub(super) const fn day(name: &'static str) -> Field {
        Field::of(name, Mode::Day, 8)
    }

    pub(super) const fn month(name: &'static str) -> Field {
        Field::of(name, Mode::Month, 6)
    }

    /// A field that a check of its own judges.
    pub(super) const fn open(name: &'static str, bytes: u16) -> Field {
        Field::of(name, Mode::Open, bytes)
    }

    pub(super) const fn reserved(bytes: u16) -> Field {
        Field::of("予備", Mode::Open, bytes)
    }

    pub(super) const fn fixed(self) -> Field {
        Field { is_fixed: true, ..self }
    }

    pub(super) const fn required(self) -> Field {
        Field { is_required: true, ..self }
    }

    pub(super) const fn one_of(self, values: Values) -> Field {
        Field { values, ..self }
    }

    /// What is wrong with `bytes` as this field.
    #[inline]
    pub(in crate::file) fn fault(&self, bytes: &[u8]) -> Option<Fault> {
        if bytes.is_empty() {
            return self.is_required.then_some(Fault::Missing);
        }
        match self.mode {
            Mode::Open => return None,
            Mode::Day => return (!is_day(bytes)).then_some(Fault::Day),
            Mode::Month => return (!is_month(bytes)).then_some(Fault::Day),
            _ => {}
        }
        if bytes.len() > usize::from(self.bytes) {
            return Some(Fault::TooLong);
        }
        let fits = match self.mode {
            Mode::Digits => bytes.iter().all(u8::is_ascii_digit),
            Mode::Latin => bytes.iter().all(|byte| is_half_width(*byte)),
            Mode::Kanji => is_full_width(bytes),
            Mode::Text => bytes.iter().all(|byte| is_half_width(*byte)) || is_full_width(bytes),
            Mode::Day | Mode::Month | Mode::Open => true,
        };
        if !fits {
            return Some(Fault::Mode);
        }
        if self.is_fixed && bytes.len() < usize::from(self.bytes) {
            return Some(Fault::TooShort);
        }
        (!self.values.hold(bytes)).then_some(Fault::Value)
    }
}

/// What is wrong with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::file) enum Fault {
    Missing,
    TooLong,
    TooShort,
    Mode,
    Value,
    Day,
}

/// JIS X 0201: what is printed, and half-width kana.
fn is_half_width(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7E | 0xA1..=0xDF)
}

/// Nothing but characters of two bytes.
fn is_full_width(bytes: &[u8]) -> bool {
    let lead = |byte: u8| matches!(byte, 0x81..=0x9F | 0xE0..=0xFC);
    bytes.len().is_multiple_of(2) && bytes.chunks_exact(2).all(|character| lead(character[0]))
}

fn is_day(bytes: &[u8]) -> bool {
    calendar_day(bytes).is_some()
}

fn is_month(bytes: &[u8]) -> bool {
    ClaimMonth::parse(bytes).is_some()
}

//! Which payers an item belongs to (負担区分).

use super::codes::digit;

/// The payers of a claim in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PayerKind {
    /// 医療保険 (HO).
    Insurance,
    /// 第１ to 第４公費 (KO), from 1.
    Public(u8),
}

impl PayerKind {
    /// The record that it is in.
    pub fn record(self) -> [u8; 2] {
        match self {
            PayerKind::Insurance => *b"HO",
            PayerKind::Public(_) => *b"KO",
        }
    }

    /// The payer that 負担者種別 names: 1 insurance, 2 to 5 公費 1 to 4.
    pub(super) fn parse(field: &[u8]) -> Option<PayerKind> {
        match digit(field)? {
            1 => Some(PayerKind::Insurance),
            kind @ 2..=5 => Some(PayerKind::Public(kind - 1)),
            _ => None,
        }
    }
}

/// Who pays an item (負担区分): one letter or digit, read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Burden {
    /// Bit 0 insurance, bits 1 to 4 公費 1 to 4.
    payers: u8,
}

impl Burden {
    /// The payers that `field` names. Source: 記録条件仕様(医科用), 別表21.
    #[inline]
    pub fn parse(field: &[u8]) -> Option<Burden> {
        let payers = match field {
            b"1" => 0b00001,
            b"5" => 0b00010,
            b"6" => 0b00100,
            b"B" => 0b01000,
            b"C" => 0b10000,
            b"2" => 0b00011,
            b"3" => 0b00101,
            b"E" => 0b01001,
            b"G" => 0b10001,
            b"7" => 0b00110,
            b"H" => 0b01010,
            b"I" => 0b10010,
            b"J" => 0b01100,
            b"K" => 0b10100,
            b"L" => 0b11000,
            b"4" => 0b00111,
            b"M" => 0b01011,
            b"N" => 0b10011,
            b"O" => 0b01101,
            b"P" => 0b10101,
            b"Q" => 0b11001,
            b"R" => 0b01110,
            b"S" => 0b10110,
            b"T" => 0b11010,
            b"U" => 0b11100,
            b"V" => 0b01111,
            b"W" => 0b10111,
            b"X" => 0b11011,
            b"Y" => 0b11101,
            b"Z" => 0b11110,
            b"9" => 0b11111,
            _ => return None,
        };
        Some(Burden { payers })
    }

    /// Whether `payer` is one of them.
    #[inline]
    pub fn is_of(self, payer: PayerKind) -> bool {
        let bit = match payer {
            PayerKind::Insurance => 1,
            PayerKind::Public(at) => 1u8.checked_shl(at.into()).unwrap_or(0),
        };
        self.payers & bit != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each set of payers has one code: 31 of them, and none twice.
    #[test]
    fn every_set_of_payers_has_its_own_code() {
        let codes = (b'0'..=b'9').chain(b'A'..=b'Z').filter_map(|code| Burden::parse(&[code]));
        let mut sets: Vec<u8> = codes.map(|burden| burden.payers).collect();
        sets.sort_unstable();
        assert_eq!(sets, (1..32).collect::<Vec<u8>>());
        let of = Burden::parse(b"H").unwrap();
        let payers = [PayerKind::Insurance, PayerKind::Public(1), PayerKind::Public(2), PayerKind::Public(3)];
        assert_eq!(payers.map(|payer| of.is_of(payer)), [false, true, false, true]);
    }
}

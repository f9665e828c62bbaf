//! What a claim names by a code: which master knows it, and the code, which says of which master it is.

use std::fmt;

use warifu_values::amount::number;

/// What a field of a claim names: which master knows its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// SI 診療行為.
    Procedure,
    /// IY 医薬品.
    Drug,
    /// TO 特定器材.
    Material,
    /// CO コメント.
    Comment,
    /// SY 傷病名.
    Disease,
    /// SY 修飾語.
    Modifier,
}

impl ItemKind {
    /// All of them.
    pub const ALL: [ItemKind; 6] = [
        ItemKind::Procedure,
        ItemKind::Drug,
        ItemKind::Material,
        ItemKind::Comment,
        ItemKind::Disease,
        ItemKind::Modifier,
    ];

    /// The master that lists its codes. Of diseases it is that of those in use; former ones have their own.
    pub fn master(self) -> &'static str {
        match self {
            ItemKind::Procedure => "procedure",
            ItemKind::Drug => "drug",
            ItemKind::Material => "material",
            ItemKind::Comment => "comment",
            ItemKind::Disease => "disease",
            ItemKind::Modifier => "modifier",
        }
    }

    /// The record id.
    pub fn record(self) -> [u8; 2] {
        match self {
            ItemKind::Procedure => *b"SI",
            ItemKind::Drug => *b"IY",
            ItemKind::Material => *b"TO",
            ItemKind::Comment => *b"CO",
            ItemKind::Disease | ItemKind::Modifier => *b"SY",
        }
    }

    /// Whether its records have points, and so belong to a unit (点数・回数算定単位).
    pub fn has_points(self) -> bool {
        match self {
            ItemKind::Procedure | ItemKind::Drug | ItemKind::Material => true,
            ItemKind::Comment | ItemKind::Disease | ItemKind::Modifier => false,
        }
    }

    /// How many digits its codes have.
    pub fn digits(self) -> usize {
        match self {
            ItemKind::Procedure | ItemKind::Drug | ItemKind::Material | ItemKind::Comment => 9,
            ItemKind::Disease => 7,
            ItemKind::Modifier => 4,
        }
    }

    /// The first digit of its codes, where they have one.
    fn first_digit(self) -> Option<u8> {
        match self {
            ItemKind::Procedure => Some(b'1'),
            ItemKind::Drug => Some(b'6'),
            ItemKind::Material => Some(b'7'),
            ItemKind::Comment => Some(b'8'),
            ItemKind::Disease | ItemKind::Modifier => None,
        }
    }
}

/// A code of one kind: as many digits as that kind has, not all of them 0, and begun as that kind begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemCode {
    kind: ItemKind,
    number: u32,
}

impl ItemCode {
    /// 未コード化傷病名: the name of the disease stands in the claim.
    pub const UNCODED_DISEASE: ItemCode = ItemCode { kind: ItemKind::Disease, number: 999 };

    /// The code that `field` writes, when it is one of `kind`.
    #[inline]
    pub fn parse(kind: ItemKind, field: &[u8]) -> Option<ItemCode> {
        let is_begun = kind.first_digit().is_none_or(|digit| field.first() == Some(&digit));
        let number = number(field).filter(|code| is_begun && field.len() == kind.digits() && *code != 0)?;
        Some(ItemCode { kind, number })
    }

    /// That of a disease that a master has.
    pub(crate) fn of_disease(number: u32) -> ItemCode {
        ItemCode { kind: ItemKind::Disease, number }
    }

    /// Of which kind it is.
    #[inline]
    pub fn kind(self) -> ItemKind {
        self.kind
    }

    /// The code as a number; what it names, only its kind tells.
    #[inline]
    pub fn number(self) -> u32 {
        self.number
    }
}

impl fmt::Display for ItemCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:0digits$}", self.number, digits = self.kind.digits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_written_as_its_kind_writes_it() {
        let read = |kind, field: &str| ItemCode::parse(kind, field.as_bytes()).map(|code| code.to_string());
        for (kind, field) in [
            (ItemKind::Procedure, "111000110"),
            (ItemKind::Comment, "820000001"),
            (ItemKind::Disease, "0000999"),
            (ItemKind::Disease, "8848176"),
            (ItemKind::Modifier, "0001"),
        ] {
            assert_eq!(read(kind, field).as_deref(), Some(field));
        }
        for (kind, field) in [
            (ItemKind::Drug, "111000110"),
            (ItemKind::Disease, "0000000"),
            (ItemKind::Disease, "250001"),
            (ItemKind::Disease, "25000130"),
            (ItemKind::Modifier, "807"),
            (ItemKind::Modifier, "80a0"),
        ] {
            assert_eq!(read(kind, field), None, "{field}");
        }
        let disease = ItemCode::parse(ItemKind::Disease, b"0008070");
        assert_ne!(disease, ItemCode::parse(ItemKind::Modifier, b"8070"));
    }
}

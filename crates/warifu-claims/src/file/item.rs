//! The items of a claim as values: SI, IY, TO and CO records, already read.

use warifu_values::amount::number;

use crate::item_code::{ItemCode, ItemKind};

use super::burden::Burden;
use super::quantity::Quantity;
use super::text_shape::TextShape;

/// What a field for a whole number holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// Nothing.
    Blank,
    /// One to nine digits.
    Number(u32),
    /// Something else.
    Other,
}

impl Recorded {
    /// What `field` holds.
    #[inline]
    pub fn parse(field: &[u8]) -> Recorded {
        match field {
            b"" => Recorded::Blank,
            digits => number(digits).map_or(Recorded::Other, Recorded::Number),
        }
    }
}

/// A comment of an item, or one that stands alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Comment {
    /// Its code; `None` when what stands there is none.
    pub code: Option<ItemCode>,
    /// Whether text (文字データ) follows it.
    pub has_text: bool,
    /// The shape of that text.
    pub text: TextShape,
}

/// How often an item was done on one day (算定日情報).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayCount {
    /// The day of the month, from 1.
    pub day: u8,
    /// How many times, from 1.
    pub times: u16,
}

/// What a TO records beside the amount used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnMaterial {
    /// 単位コード.
    pub unit: Option<u16>,
    /// 単価, in yen.
    pub unit_price_yen: Quantity,
    /// Whether a name stands there (特定器材名称).
    pub has_name: bool,
    /// Whether a product stands there (商品名及び規格又はサイズ).
    pub has_product: bool,
}

/// Where an item belongs among the services (診療識別): 11 初診 … 99.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Section(u8);

impl Section {
    /// The two digits that `field` writes.
    #[inline]
    pub fn parse(field: &[u8]) -> Option<Section> {
        let section = number(field).filter(|_| field.len() == 2)?;
        u8::try_from(section).ok().map(Section)
    }

    /// It as a number.
    pub fn number(self) -> u8 {
        self.0
    }
}

/// Which of a file's comments, or of its day counts, an item has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct PartAt {
    pub(super) first: u32,
    pub(super) count: u8,
}

/// One SI, IY, TO or CO record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item {
    /// Which record.
    pub kind: ItemKind,
    /// Its line, from 1.
    pub line: u32,
    /// Bit `n - 1` is set when something is recorded for day `n` (算定日情報).
    pub days: u32,
    /// Its code; `None` when what stands there is none. A CO has it as its comment.
    pub code: Option<ItemCode>,
    /// SI: the quantity (数量データ); IY and TO: the amount used. Blank in a CO.
    pub quantity: Quantity,
    /// The points: on the last record of a unit (点数・回数算定単位) only. Blank in a CO.
    pub points: Recorded,
    /// How many times (回数); 0 where none is recorded or it is no number, 65,535 where there are more.
    pub times: u16,
    /// Its section (診療識別): the one that it records, or that the first record of its group does.
    pub section: Option<Section>,
    /// Whether it records its section, and so begins a group.
    pub begins_group: bool,
    /// Who pays it (負担区分).
    pub burden: Option<Burden>,
    pub(super) comments: PartAt,
    pub(super) day_counts: PartAt,
    /// Which of a file's own materials a TO is, plus one.
    pub(super) material: u32,
}

impl Item {
    /// An item without comments.
    pub(super) fn new(kind: ItemKind, line: u32) -> Item {
        Item {
            kind,
            line,
            days: 0,
            code: None,
            quantity: Quantity::Blank,
            points: Recorded::Blank,
            times: 0,
            section: None,
            begins_group: false,
            burden: None,
            comments: PartAt::default(),
            day_counts: PartAt::default(),
            material: 0,
        }
    }
}

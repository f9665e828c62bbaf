//! The levels: what becomes of a claim for a fault.

/// What becomes of a claim for a fault, as the 受付・事務点検 ASP ranks it. Where the code of the ASP is not known,
/// the level is that of what the fault makes useless: the file, one claim, or an item of it.
/// Source: 受付・事務点検ASPに係るチェック一覧(医科).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// An error of the institution or the file: all of it is sent again (1000s).
    L1,
    /// An error of one claim: it is sent again (2000s).
    L2,
    /// Needs attention; the claim is returned (3000s).
    L3,
    /// Needs attention; assessed, returned or corrected (4000s).
    L4,
    /// Only told: processed as right (4800s).
    L48,
    /// A check by the 電子点数表 (7000s).
    L7,
}

impl Level {
    /// All of them, in the order of the list.
    pub const ALL: [Level; 6] = [Level::L1, Level::L2, Level::L3, Level::L4, Level::L48, Level::L7];

    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::L1 => "L1",
            Level::L2 => "L2",
            Level::L3 => "L3",
            Level::L4 => "L4",
            Level::L48 => "L48",
            Level::L7 => "L7",
        }
    }

    /// The level that a code of the ASP has.
    pub fn of_asp(code: &str) -> Option<Level> {
        let number = code.strip_prefix('L').filter(|digits| digits.len() == 4)?;
        match number.as_bytes() {
            [b'1', ..] => Some(Level::L1),
            [b'2', ..] => Some(Level::L2),
            [b'3', ..] => Some(Level::L3),
            [b'4', b'8', ..] => Some(Level::L48),
            [b'4', ..] => Some(Level::L4),
            [b'7', ..] => Some(Level::L7),
            _ => None,
        }
    }
}

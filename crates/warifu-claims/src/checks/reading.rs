//! What reading says of the form of a file by itself: only what is well formed becomes a value to ask.

use super::check::{About, AskedOf, ByReading, Check, Judges};
use crate::finding::ClaimCode;
use crate::item_code::ItemKind;

/// The first field of each record.
const RECORD_ID: &str = "レコード識別情報";

/// Where the form of a claim file is written.
const LAYOUT: &str = "電子レセプトの作成手引き(医科), 記録条件仕様(医科用)";

pub(super) const LIMITS: Check<ByReading> = Check {
    about: About {
        codes: &[ClaimCode::UkeTooLarge, ClaimCode::UkeTooManyRecords, ClaimCode::UkeLineTooLong],
        fields: &[],
        columns: &[],
        source: "a limit of the checker's own",
        judges: Judges::Always,
    },
    ask: ByReading(AskedOf::File),
};

pub(super) const INSTITUTION: Check<ByReading> = Check {
    about: About {
        codes: &[ClaimCode::UkeNoInstitution],
        fields: &["IR 3 都道府県", "IR 4 点数表", "IR 5 医療機関コード"],
        columns: &[],
        source: LAYOUT,
        judges: Judges::Always,
    },
    ask: ByReading(AskedOf::File),
};

pub(super) const CHARSET: Check<ByReading> = Check {
    about: About {
        codes: &[ClaimCode::UkeCharset],
        fields: &[],
        columns: &[],
        source: LAYOUT,
        judges: Judges::Always,
    },
    ask: ByReading(AskedOf::Record),
};

pub(super) const RECORD: Check<ByReading> = Check {
    about: About {
        codes: &[
            ClaimCode::UkeRecord,
            ClaimCode::UkeUnknownRecord,
            ClaimCode::UkeOutsideClaim,
            ClaimCode::UkeColumns,
            ClaimCode::UkeQuote,
        ],
        fields: &[RECORD_ID],
        columns: &[],
        source: LAYOUT,
        judges: Judges::Always,
    },
    ask: ByReading(AskedOf::Record),
};

pub(super) const ORDER: Check<ByReading> = Check {
    about: About {
        codes: &[
            ClaimCode::UkeOrder,
            ClaimCode::UkeClaimHead,
            ClaimCode::UkeRecordCount,
            ClaimCode::UkeNoTotal,
        ],
        fields: &[RECORD_ID],
        columns: &[],
        source: LAYOUT,
        judges: Judges::Always,
    },
    ask: ByReading(AskedOf::Record),
};

pub(super) const NUMBER: Check<ByReading> = Check {
    about: About {
        codes: &[ClaimCode::UkeClaimNumber],
        fields: &["RE 2 レセプト番号"],
        columns: &[],
        source: LAYOUT,
        judges: Judges::Always,
    },
    ask: ByReading(AskedOf::Claim),
};

pub(super) const FORM: Check<ByReading> = Check {
    about: About {
        codes: &[
            ClaimCode::UkeFieldMissing,
            ClaimCode::UkeFieldWidth,
            ClaimCode::UkeFieldLength,
            ClaimCode::UkeFieldDigits,
            ClaimCode::UkeFieldHalfWidth,
            ClaimCode::UkeFieldFullWidth,
            ClaimCode::UkeFieldMixed,
            ClaimCode::UkeFieldValue,
        ],
        fields: &["IR", "RE", "HO", "KO", "SN", "JD", "MF", "SY", "SI", "IY", "TO", "CO", "SJ", "GO"],
        columns: &[],
        source: LAYOUT,
        judges: Judges::Always,
    },
    ask: ByReading(AskedOf::Record),
};

pub(super) const DATES: Check<ByReading> = Check {
    about: About {
        codes: &[
            ClaimCode::UkeDate,
            ClaimCode::UkeEraDate,
            ClaimCode::UkeDateAfterMonth,
            ClaimCode::UkeBirthAfterMonth,
        ],
        fields: &["IR 8 請求年月", "RE 4 診療年月", "RE 7 生年月日", "RE 9 入院年月日", "SY 3 診療開始日"],
        columns: &[],
        source: "電子レセプトの作成手引き(医科); L4800",
        judges: Judges::Always,
    },
    ask: ByReading(AskedOf::Claim),
};

pub(super) const COMMENT_PAIRS: Check<ByReading> = Check {
    about: About {
        codes: &[ClaimCode::UkeCommentPairs],
        fields: &["SI, IY 8–13, TO 12–17 コメントコード, 文字データ"],
        columns: &[],
        source: LAYOUT,
        judges: Judges::Always,
    },
    ask: ByReading(AskedOf::Items(&[ItemKind::Procedure, ItemKind::Drug, ItemKind::Material])),
};

pub(super) const DAYS: Check<ByReading> = Check {
    about: About {
        codes: &[ClaimCode::UkeDay, ClaimCode::UkeTimes, ClaimCode::UkeUnitTimes],
        fields: &["RE 4 診療年月", "SI, IY, TO 7 回数", "SI, IY 14–44, TO 18–48 算定日情報"],
        columns: &[],
        source: LAYOUT,
        judges: Judges::Always,
    },
    ask: ByReading(AskedOf::Items(&[ItemKind::Procedure, ItemKind::Drug, ItemKind::Material])),
};

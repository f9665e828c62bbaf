//! What reading says of the form of a file by itself: only what is well formed becomes a value to ask.

use super::check::{About, AskedOf, ByReading, Check, Judges};
use crate::file::ItemKind;
use crate::finding::ClaimCode;

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
        codes: &[ClaimCode::UkeRecord, ClaimCode::UkeOutsideClaim, ClaimCode::UkeColumns],
        fields: &["レコード識別情報"],
        columns: &[],
        source: LAYOUT,
        judges: Judges::Always,
    },
    ask: ByReading(AskedOf::Record),
};

pub(super) const DAYS: Check<ByReading> = Check {
    about: About {
        codes: &[ClaimCode::UkeDay],
        fields: &["RE 4 診療年月", "SI, IY 14–44, TO 18–48 算定日情報"],
        columns: &[],
        source: LAYOUT,
        judges: Judges::Always,
    },
    ask: ByReading(AskedOf::Items(&[ItemKind::Procedure, ItemKind::Drug, ItemKind::Material])),
};

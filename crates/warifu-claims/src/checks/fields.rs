//! Fields that several checks read, as a catalogue shows them: record, position, and the name of the layout.

/// The class of a claim.
pub(super) const CLAIM_CLASS: &str = "RE 3 レセプト種別";

/// The code of a procedure.
pub(super) const PROCEDURE_CODE: &str = "SI 4 診療行為コード";

/// How often a procedure was done in all.
pub(super) const PROCEDURE_TIMES: &str = "SI 7 回数";

/// On which days a procedure was done, and how often.
pub(super) const PROCEDURE_DAYS: &str = "SI 14–44 算定日情報";

/// The code of a drug.
pub(super) const DRUG_CODE: &str = "IY 4 医薬品コード";

/// The codes of comments, alone and of items.
pub(super) const COMMENT_CODES: &str = "CO 4, SI 8–13, IY 8–13, TO 12–17 コメントコード";

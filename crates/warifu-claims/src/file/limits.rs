//! How much of a claim file is read.

/// The largest claim file in bytes. A large hospital's month is below 40 MB; more is held in memory by no
/// one.
pub const FILE_LIMIT_BYTES: usize = 64 << 20;

/// The longest record in bytes. The widest, SJ, has 2,400 bytes of text; field ends are kept in 16 bits.
pub const LINE_LIMIT_BYTES: usize = 16 * 1024;

/// The most records of a claim file. An item other than CO has at least 43 commas, so the largest file holds
/// a third of this; without a limit, one of two-letter records would take ten times its bytes to hold.
pub const RECORDS_LIMIT: usize = FILE_LIMIT_BYTES / 16;

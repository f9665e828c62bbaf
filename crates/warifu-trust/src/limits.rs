//! How much is read of anything, and why no more.
//!
//! Every limit is applied before the bytes are parsed, so a hostile channel can cost at most this much
//! memory.

/// A `root.json`. 30 keys with names are about 10 kB; python-tuf's default is the same number.
pub const ROOT_BYTES: u64 = 512_000;

/// A `timestamp.json`: one entry and a few signatures, about 0.5 kB. python-tuf's default.
pub const TIMESTAMP_BYTES: u64 = 16_384;

/// A `snapshot.json`: one entry and up to a dozen signatures, below 4 kB.
pub const SNAPSHOT_BYTES: u64 = 64_000;

/// A `targets.json`: two releases of at most [`FILES`] files, about 230 bytes each.
pub const TARGETS_BYTES: u64 = 1_000_000;

/// A manifest, for who makes it as for who reads it. [`MASTERS`] entries in four formats are 0.4 MB and
/// [`EARLIER`] lists 15 kB; [`ACCEPTED`] classes with a sentence each are 0.8 MB, and [`LET_PASS`] records of
/// one master under one finding 0.3 MB (25 bytes a record). Findings with long reasons of their own come to
/// it earlier (400 characters in Japanese: about 1,400 of them).
pub const MANIFEST_BYTES: u64 = 2_000_000;

/// One compressed blob. The largest real one is 0.6 MB; room for a hundred times that.
pub const BLOB_BYTES: u64 = 64 << 20;

/// The canonical bytes of one master, or of its timelines. The largest real ones are 6.2 MB (drugs of r06)
/// and 7.3 MB (their timelines after eleven differentials): nine times that. A reader holds up to nine bytes
/// for each of hostile timelines, so one of them costs at most 0.6 GB.
pub const CANONICAL_BYTES: u64 = 64 << 20;

/// The canonical bytes of all masters of one release and of their timelines together: two releases must fit
/// in a checker's memory. Two real series are 27 MB; five, which is ten years, with drugs' timelines of two
/// years each, about 150 MB. `[release] keep_series_years` leaves older ones out.
pub const RELEASE_BYTES: u64 = 256 << 20;

/// The lists of what a release and those before it changed, together. Who changes 35,000 records in five
/// fields each writes 15 MB, who leaves a whole series out 1.5 MB, in an ordinary month it is 0.1 MB; a
/// checker reads them beside two releases, once.
pub const CHANGES_BYTES: u64 = 24 << 20;

/// Lists of earlier releases that a release carries: two years of monthly ones that a checker may have
/// skipped.
pub const EARLIER: usize = 24;

/// Classes of changes of the past that are accepted in one release. Kinds of master times fields times ways
/// to change are some hundreds, but amounts are accepted code by code: from r04 to r06 the points of 1,623
/// procedures changed, which is what it takes to correct a whole revision for days that have been. One that
/// begins on the declared first day of a series needs a class for each kind (`<kind>/series`) or none.
pub const ACCEPTED: usize = 2_000;

/// The base-two logarithm of the window that a blob may ask its reader to hold: 128 MiB, zstd's own default.
pub const WINDOW_LOG: u32 = 27;

/// Masters in one release. There are 5 kinds and rarely more than 3 series at once.
pub const MASTERS: usize = 256;

/// Blobs of one release: of each master and its timelines, of what it changes, and of what those before did.
pub const BLOBS: usize = 2 * MASTERS + 1 + EARLIER;

/// Files of one release: its blobs and its manifest.
pub const FILES: usize = BLOBS + 1;

/// Patches that a release lists beside its files, one for each file that has one before it; of more, the
/// first ones.
pub const PATCHES: usize = 128;

/// Formats of one master. Four profiles ship.
pub const FORMATS: usize = 16;

/// Findings let pass in one master, and the keys that they name, together. Published masters have a dozen.
/// All of a manifest is held to [`MANIFEST_BYTES`] too.
pub const LET_PASS: usize = 10_000;

/// Records that the emergency corrections of one master name, together: they are small.
pub const CORRECTED: usize = 1_000;

/// Emergencies whose post-review a manifest may name as owed.
pub const OWED: usize = 256;

/// New root versions walked in one go (python-tuf's default); one a year is expected.
pub const ROOT_ROTATIONS: u64 = 256;

/// Signatures in one metadata file; more signers than that are no longer a quorum but a crowd.
pub const SIGNATURES: usize = 64;

/// A title, reason, holder's or file name, in characters: something that fits on a screen.
pub const TEXT_CHARS: usize = warifu_values::text::CHARS;

/// A key card or an encrypted secret key; both are below 1 kB.
pub const KEY_FILE_BYTES: u64 = 16_384;

/// The fewest characters of a passphrase that is chosen from now on.
pub const PASSPHRASE_CHARS: usize = 12;

/// The stored state, as texts in JSON, where a character takes two bytes at most (line breaks, quotation
/// marks): one of each file, every statement that there may be, and 8 MiB for the roots, which are
/// [`ROOT_ROTATIONS`] of 16 kB each, and both organisations made them.
pub const STATE_BYTES: u64 = 2 * (TIMESTAMP_BYTES + SNAPSHOT_BYTES + TARGETS_BYTES)
    + (2 * STATEMENTS + STATEMENTS_OF_KEYS) * (2 * STATEMENT_BYTES + 128)
    + (8 << 20);

/// The highest version of a metadata file: the last whole number that every reader of JSON holds exactly
/// (RFC 8259, section 6), and far above what a channel comes to. Versions begin at 1.
pub const VERSION: u64 = (1 << 53) - 1;

/// Versions that are looked through where `timestamp.json` is lost: a signature a week for forty years.
pub const REBUILDING: u64 = 2_048;

/// Versions above the published one that are looked at for what an interrupted publication left behind.
pub const LEFTOVERS: u64 = 64;

/// A statement: a DSSE envelope around one short in-toto statement.
pub const STATEMENT_BYTES: u64 = 16_384;

/// Statements under one organisation's name. They are rare: a withdrawal is an accident.
pub const STATEMENTS: u64 = 256;

/// Statements under one key's own name, when those of its organisation are used up: enough to take a stolen
/// key and what it signed away, until both change the root.
pub const STATEMENTS_OF_KEY: u64 = 16;

/// Statements under keys' own names that are remembered, all keys together: those of 64 keys, more than ever
/// sign.
pub const STATEMENTS_OF_KEYS: u64 = 64 * STATEMENTS_OF_KEY;

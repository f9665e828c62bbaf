//! The folder of published files beside the checkout, for tests.

use std::io::Write as _;
use std::path::PathBuf;

/// The folder; none, and a line that says so, where it is missing.
pub(crate) fn data() -> Option<PathBuf> {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    if !data.is_dir() {
        // Past the test harness's capture, so that nobody believes these ran.
        let _ = writeln!(std::io::stderr(), "left out: real files, no folder {}", data.display());
        return None;
    }
    Some(data)
}

//! The JSON documents that commands print: each says by which schema it is read.

use serde_json::{Value, json};
use warifu::error::Failure;
use warifu::findings::FindingsJson;
use warifu_usage::{Documents, code_of, error};

/// Those of this program.
pub(super) const DOCUMENTS: Documents = Documents::of("warifu").with_later(&[
    // Since each warning and each change of a root is told in both languages, by a code.
    ("release changes", 2),
    ("release draft", 2),
    ("release renew", 2),
    ("release revert", 2),
    ("release review", 2),
    ("release show", 2),
    ("release sign", 2),
    ("trust show", 2),
]);

/// `document`, or one of its own where there is none, with how the command ended that could not be done.
pub(super) fn with_error(document: Option<Value>, failure: &Failure, advised: &[String]) -> Value {
    let status = failure.exit.code();
    let mut error = error(code_of(status), failure, advised);
    if !failure.findings.is_empty() {
        error["found_in"] = failure.found_in.as_deref().into();
        error["findings"] = json!(FindingsJson::new(&failure.findings));
    }
    DOCUMENTS.ended(document, status, error)
}

//! What a finding means for the operation that made it.

use serde::{Deserialize, Serialize};
use warifu_values::lang::Lang;

/// What a finding means for the operation that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; nothing to do.
    Note,
    /// Look at it; the operation goes on.
    Warn,
    /// The data is refused (exit status 1) unless the finding is accepted by name, with a reason;
    /// some can never be ([`Code::is_absolute`](super::Code::is_absolute)).
    Deny,
}

impl Severity {
    /// One word for people.
    pub fn word(self, lang: Lang) -> &'static str {
        match (self, lang) {
            (Severity::Note, Lang::En) => "note",
            (Severity::Warn, Lang::En) => "warning",
            (Severity::Deny, Lang::En) => "denied",
            (Severity::Note, Lang::Ja) => "参考",
            (Severity::Warn, Lang::Ja) => "警告",
            (Severity::Deny, Lang::Ja) => "拒否",
        }
    }
}

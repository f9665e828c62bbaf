//! What operators decide, and why: kept in the record, so that who comes next sees it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_trust::UnixSeconds;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::state::reason::Reason;

/// What an operator may decide that no gate does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decided {
    /// A release on probation counts as confirmed.
    Confirmed,
    /// A lost release is not waited for.
    GivenUp,
    /// A held release may be taken again.
    Unheld,
    /// No release is activated until further notice.
    Frozen,
    /// Releases are activated again.
    Thawed,
    /// What was damaged on disk is mended, and releases are taken again.
    Repaired,
}

/// What an operator decided, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Decision {
    /// What.
    pub decided: Decided,
    /// Of which release; none where it is about all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<u64>,
    /// Why, in the operator's words.
    pub reason: Reason,
    /// When.
    pub at: UnixSeconds,
}

impl Speak for Decision {
    fn say(&self, lang: Lang) -> String {
        let Decision { decided, release, reason, at } = self;
        let (reason, at, release) = (reason.as_str(), at.said(lang), release.unwrap_or_default());
        match decided {
            Decided::Confirmed => say!(
                lang,
                "an operator confirmed release {release} at {at}: {reason}",
                "運用者がリリース {release} を確定しました（{at}）: {reason}"
            ),
            Decided::GivenUp => say!(
                lang,
                "an operator gave up release {release}, which was lost, at {at}: {reason}",
                "運用者が、失われたリリース {release} の復旧を断念しました（{at}）: {reason}"
            ),
            Decided::Unheld => say!(
                lang,
                "an operator lifted the hold of release {release} at {at}: {reason}",
                "運用者がリリース {release} の保留を解除しました（{at}）: {reason}"
            ),
            Decided::Frozen => say!(
                lang,
                "an operator froze activation at {at}: {reason}",
                "運用者がリリースの切替を凍結しました（{at}）: {reason}"
            ),
            Decided::Thawed => say!(
                lang,
                "an operator thawed activation at {at}: {reason}",
                "運用者が切替の凍結を解除しました（{at}）: {reason}"
            ),
            Decided::Repaired => say!(
                lang,
                "an operator had the state folder repaired at {at}: {reason}",
                "運用者が状態フォルダーを修復しました（{at}）: {reason}"
            ),
        }
    }
}

//! What is said before a command that lets releases in again.

use crate::cause::Cause;
use crate::said::Said;
use crate::service::status::whole::Status;
use crate::state::Decided;
use crate::swap::Outcome;

impl Status {
    /// Before what is damaged is mended: that releases come in at once, where nobody froze activation.
    pub fn repair_caution(&self) -> Option<Said> {
        (!self.damaged.is_empty() && self.frozen.is_none()).then(|| {
            Said::new(
                "activation is not frozen: as soon as this is mended, what the channel offers may be taken \
                 before anybody has compared it by voice with both sides",
                "切替が凍結されていません。修復するとすぐに、両団体と口頭で照合する前に配信元のリリースを受け入れることがあります",
            )
        })
    }

    /// Before activation is thawed: that something is damaged still.
    pub fn thaw_damaged_caution(&self) -> Option<Said> {
        (!self.damaged.is_empty()).then(|| {
            Said::new(
                "something is damaged still, and releases are taken as soon as it is mended",
                "破損がまだ残っています。このまま修復すると、すぐにリリースを受け入れます",
            )
        })
    }

    /// The same, that it was repaired meanwhile: what comes was to be compared first.
    pub fn thaw_repaired_caution(&self) -> Option<Said> {
        let frozen = self.frozen.as_ref()?;
        let mut since = self.decisions.iter().filter(|decision| decision.at >= frozen.at);
        since.any(|decision| decision.decided == Decided::Repaired).then(|| {
            Said::new(
                "what was damaged was repaired while this was frozen: thaw only after the number and the \
                 digest of the channel's release were compared by telephone with both organisations",
                "凍結中に破損を修復しています。配信元のリリースの番号とダイジェストを両団体と電話で照合してから解除してください",
            )
        })
    }

    /// The same, that several operators froze it.
    pub fn thaw_of_several_caution(&self) -> Option<Said> {
        let several = self.frozen.as_ref()?.also.len() + 1;
        (several > 1).then(|| {
            Said::new(
                format!(
                    "it was frozen {several} times, and thawing ends all of it: ask everybody named here \
                     first"
                ),
                format!(
                    "{several} 回凍結されており、解除するとすべて終わります。先に、ここに名前のある全員に確かめてください"
                ),
            )
        })
    }

    /// The release that waits for nothing but the thaw.
    pub fn waits_for_thaw(&self) -> Option<u64> {
        match self.looked()? {
            Outcome::Held { release, cause: Cause::Frozen, .. } => Some(*release),
            _ => None,
        }
    }
}

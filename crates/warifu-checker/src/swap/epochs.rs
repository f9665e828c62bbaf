//! What a fleet says of the release that judges: the one thing that a swap asks of it. What a fleet is, and
//! how it comes to say so, is not known here.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use warifu_values::digest::Digest;

use crate::area_seen::InArea;
use crate::said::Said;

/// Why a checker does not judge, whatever it has in memory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotReady {
    /// A stable code, as `fleet/cut-off`.
    pub code: Cow<'static, str>,
    /// For people.
    pub why: Said,
}

/// The epochs of the area that a checker belongs to.
pub trait Epochs: Send + Sync {
    /// The manifest of the release that judges what is received now. Asked for each claim file: it waits for
    /// no lock and no disk.
    ///
    /// # Errors
    /// Why nothing does here.
    fn standing(&self) -> Result<Digest, NotReady>;

    /// What the area is called.
    fn area(&self) -> &str;

    /// What this member knows of it, for people. Not asked for a claim file.
    fn in_area(&self) -> InArea;

    /// The release that this member runs in the shadow before its area moves to it: claims are judged by it
    /// too, and nobody is answered by it. Asked for each claim file.
    fn pilots(&self) -> Option<Digest>;

    /// What is in memory changed. It does not wait for what follows from that.
    fn changed(&self);
}

/// That a member does not move alone, and what to type instead.
pub(super) fn the_area_moves(area: &str) -> Said {
    Said::new(
        format!(
            "this checker is a member of the area {area}, which moves as one: warifu-checker fleet fall-back \
             --reason …, or warifu-checker fleet advance --reason …"
        ),
        format!(
            "このチェッカーはエリア {area} のメンバーで、切替はエリア全体で行われます。\
             warifu-checker fleet fall-back --reason （理由）、または warifu-checker fleet advance \
             --reason （理由）を使用してください"
        ),
    )
}

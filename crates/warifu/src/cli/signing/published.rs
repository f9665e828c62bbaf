//! That the release of a draft is published, and what there is to do with it then.

use warifu::advice::Advised;
use warifu_trust::Proposal;
use warifu_values::lang::Lang;
use warifu_values::say;

use crate::cli::Context;

/// That the release of a draft is published, and what there is to do with it.
pub(super) fn is_published(context: &Context, proposal: &Proposal) -> String {
    let show = context.advise(&Advised::command(&["release", "show"]));
    format!("{}\n  {show}", published_already(proposal, context.lang))
}

pub(super) fn published_already(proposal: &Proposal, lang: Lang) -> String {
    let release = proposal.release().release;
    say!(
        lang,
        "release {release} is published, signed by both; who has taken it is told by:",
        "リリース {release} は両団体が署名し、公開済みです。受領状況は次のコマンドで確認できます:"
    )
}

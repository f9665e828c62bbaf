//! What came of a channel, and whether by patches: told beside the result.

use serde_json::json;
use warifu_trust::Transfer;
use warifu_values::say;

use crate::cli::Context;

/// As part of a document.
pub(super) fn transfer_json(transfer: &Transfer) -> serde_json::Value {
    let useless: Vec<_> = transfer.useless.iter().map(ToString::to_string).collect();
    json!({
        "bytes": transfer.bytes, "whole": transfer.whole, "patched": transfer.patched,
        "on_hand": transfer.on_hand, "useless_patches": useless,
    })
}

/// In words, where something came otherwise than whole. A patch that both signed and that is of no use means
/// that the channel is damaged, or was made so; what is written is right all the same.
pub(super) fn tell_transfer(context: &Context, transfer: &Transfer) {
    let Transfer { bytes, whole, patched, on_hand, useless } = transfer;
    for path in useless {
        context.tell(&say!(
            context.lang,
            "warifu: the patch {path} does not give what was signed, or is not there; the whole file was \
             fetched instead\n",
            "warifu: 差分 {path} がないか、署名された内容になりません。全体を取得しました\n"
        ));
    }
    if patched + on_hand > 0 {
        context.tell(&say!(
            context.lang,
            "{bytes} bytes fetched: {patched} by patch, {whole} whole, {on_hand} there already\n",
            "取得 {bytes} バイト（差分 {patched}、全体 {whole}、取得済み {on_hand}）\n"
        ));
    }
}

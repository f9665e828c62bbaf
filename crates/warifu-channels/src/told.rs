//! How a release came, in words for people: the same wherever one is fetched.

use warifu_trust::{ChannelPath, Transfer};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

/// A release that came, and how.
#[derive(Debug, Clone, Copy)]
pub struct Came<'a> {
    /// Its number.
    pub release: u64,
    /// How it came.
    pub transfer: &'a Transfer,
}

impl<'a> Came<'a> {
    /// Its patches that were of no use.
    pub fn useless(&self) -> impl Iterator<Item = UselessPatch<'a>> + use<'a> {
        self.transfer.useless.iter().map(UselessPatch)
    }
}

impl Speak for Came<'_> {
    fn say(&self, lang: Lang) -> String {
        let Came { release, transfer: Transfer { bytes, whole, patched, on_hand, .. } } = self;
        say!(
            lang,
            "release {release} came in {bytes} bytes: {patched} by patch, {whole} whole, {on_hand} on hand",
            "リリース {release}: 取得 {bytes} バイト（差分 {patched}、全体 {whole}、既存 {on_hand}）"
        )
    }
}

/// A patch that both signed and that was of no use. The channel is damaged, or was made so; what came is
/// right all the same.
#[derive(Debug, Clone, Copy)]
pub struct UselessPatch<'a>(&'a ChannelPath);

impl Speak for UselessPatch<'_> {
    fn say(&self, lang: Lang) -> String {
        let path = self.0;
        say!(
            lang,
            "the patch {path} does not give what was signed, or is not to be had; the whole file came \
             instead",
            "差分 {path} を取得できないか、署名された内容になりません。全体を取得しました"
        )
    }
}

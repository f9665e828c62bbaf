//! What can be wrong with a table of roles.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::error::spoken_error;
use crate::organisation::Organisation;

/// One reason why a table of roles would not give the dual control it promises.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RootFault {
    /// The file does not have the shape of a root here; the text says where.
    Shape(String),
    /// A role has no key.
    NoKeys {
        /// The TUF role.
        role: &'static str,
    },
    /// A threshold is zero, or more than the role has keys.
    Threshold {
        /// The TUF role.
        role: &'static str,
        /// The threshold.
        threshold: u32,
        /// How many keys the role has.
        keys: u32,
    },
    /// Fewer officers than this could change the root without the consent that a release needs.
    RootThreshold {
        /// The threshold.
        threshold: u32,
        /// The least that is sound for these keys.
        least: u32,
    },
    /// A release threshold is below what this node was told to demand.
    BelowPolicy {
        /// Whose.
        organisation: Organisation,
        /// The threshold.
        threshold: u32,
        /// What the node demands.
        least: u32,
    },
    /// The same raw key stands twice.
    SameKey {
        /// Who hold it.
        holders: String,
    },
    /// One person's name stands on two keys.
    SamePerson {
        /// The name.
        name: String,
    },
    /// A role lists the same key id twice, or one that has no key.
    KeyList {
        /// The TUF role.
        role: &'static str,
    },
    /// A key is listed for the other organisation's role, or for none.
    WrongOrganisation {
        /// The holder.
        holder: String,
        /// The TUF role in which the key stands.
        role: &'static str,
    },
    /// The timestamp key is also a person's key.
    TimestampIsPerson {
        /// The holder.
        holder: String,
    },
    /// A key is of a type other than Ed25519, weak, or written unusually.
    BadKey {
        /// The key id.
        keyid: String,
    },
    /// A key id is not the digest of its key.
    KeyId {
        /// The key id as written.
        keyid: String,
    },
    /// A key stands in no role, or a holder has no key, or a name cannot be shown.
    Holder {
        /// The key id.
        keyid: String,
    },
}

impl Speak for RootFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            RootFault::Shape(what) => say!(lang, "unexpected shape: {what}", "形式が不正です: {what}"),
            RootFault::NoKeys { role } => {
                say!(lang, "the role {role} has no key", "役割 {role} に鍵がありません")
            }
            RootFault::Threshold { role, threshold, keys } => say!(
                lang,
                "the role {role} needs {threshold} signatures of {keys} keys",
                "役割 {role} の必要署名数 {threshold} は鍵の数 {keys} に合いません"
            ),
            RootFault::RootThreshold { threshold, least } => say!(
                lang,
                "the root needs {threshold} signatures, but with fewer than {least} one organisation could \
                 change it without enough of the other's consent",
                "ルートの必要署名数は {threshold} ですが、{least} 未満では一方の団体が他方の十分な同意なしに変更できてしまいます"
            ),
            RootFault::BelowPolicy { organisation, threshold, least } => {
                let name = organisation.say(lang);
                say!(
                    lang,
                    "{name} would sign with {threshold}, but this node demands {least}",
                    "{name}の必要署名数は {threshold} ですが、この装置は {least} を要求しています"
                )
            }
            RootFault::SameKey { holders } => {
                say!(lang, "the same key is held by {holders}", "同じ鍵が重複しています: {holders}")
            }
            RootFault::SamePerson { name } => say!(
                lang,
                "{name} has two keys, and would count as two people; give namesakes different names",
                "{name} が鍵を二つ持ち、二人と数えられてしまいます。同姓同名の場合は区別できる名前にしてください"
            ),
            RootFault::KeyList { role } => say!(
                lang,
                "the role {role} lists a key twice or one that does not exist",
                "役割 {role} の鍵一覧に重複または存在しない鍵があります"
            ),
            RootFault::WrongOrganisation { holder, role } => say!(
                lang,
                "the key of {holder} does not belong to the organisation that holds the role {role}",
                "{holder} の鍵は役割 {role} を持つ団体のものではありません"
            ),
            RootFault::TimestampIsPerson { holder } => say!(
                lang,
                "the timestamp key is also the person's key of {holder}; an automation key must not approve",
                "タイムスタンプの鍵が {holder} の個人鍵と同じです。自動処理の鍵で承認することはできません"
            ),
            RootFault::BadKey { keyid } => say!(
                lang,
                "the key {keyid} is no sound Ed25519 key",
                "鍵 {keyid} は適正な Ed25519 鍵ではありません"
            ),
            RootFault::KeyId { keyid } => say!(
                lang,
                "the key id {keyid} is not the digest of its key",
                "鍵ID {keyid} が鍵のダイジェストと一致しません"
            ),
            RootFault::Holder { keyid } => say!(
                lang,
                "the key {keyid} stands in no role, has no holder, or its holder's name cannot be shown",
                "鍵 {keyid} に役割または保持者がないか、保持者名を表示できません"
            ),
        }
    }
}

/// A table of roles that is refused, with every reason found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnsoundRoot(
    /// At least one.
    pub Vec<RootFault>,
);

impl Speak for UnsoundRoot {
    fn say(&self, lang: Lang) -> String {
        let reasons: Vec<String> = self.0.iter().map(|fault| fault.say(lang)).collect();
        let reasons = reasons.join(&say!(lang, "; ", "。"));
        say!(
            lang,
            "this root is not accepted: {reasons}; make it again with other keys or thresholds",
            "このルートは受け付けられません: {reasons}。鍵または必要署名数を改めて作り直してください"
        )
    }
}

spoken_error!(UnsoundRoot, |_| true, |_| None);

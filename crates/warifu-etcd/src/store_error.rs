//! Why the store did not do what was asked.

use std::fmt;
use std::time::Duration;

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::damaged::Damaged;

/// Why the store did not do what was asked. A write that ends with [`StoreError::Unreachable`] may have taken
/// place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StoreError {
    /// What it was configured with cannot be meant: which part, as it stands there.
    Settings(String),
    /// A certificate or key is of no use for TLS: in words of the library.
    Tls(String),
    /// No endpoint answered.
    Unreachable {
        /// Each that was asked, and why not.
        endpoints: Vec<(String, Unreached)>,
    },
    /// The store knows neither certificate nor password.
    Login {
        /// Which endpoint said so.
        endpoint: String,
    },
    /// Who asked may not do this.
    Denied {
        /// To what.
        key: String,
        /// Which endpoint said so.
        endpoint: String,
    },
    /// The lease has ended, and with it what was announced under it.
    LeaseGone,
    /// A value cannot be what it should be.
    Damaged(Damaged),
    /// The store takes no more.
    Full {
        /// Which endpoint said so.
        endpoint: String,
    },
    /// Nobody founded this area.
    NoArea {
        /// The key of its record.
        key: String,
    },
}

/// Why one endpoint gave no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreached {
    /// There was none in time.
    Silent(Duration),
    /// There is no connection: in words of the system.
    NoConnection(String),
    /// There is no trust: in words of the library for TLS.
    NotTrusted(String),
    /// The nodes of etcd have no leader now.
    NoLeader,
    /// It could not: in words of its own.
    Failed(String),
}

impl StoreError {
    /// Its stable code.
    pub fn code(&self) -> &'static str {
        match self {
            StoreError::Settings(_) => "fleet/store-settings",
            StoreError::Tls(_) => "fleet/store-tls",
            StoreError::Unreachable { endpoints } => {
                let all = |is: fn(&Unreached) -> bool| endpoints.iter().all(|(_, why)| is(why));
                if all(|why| matches!(why, Unreached::NotTrusted(_))) {
                    "fleet/store-not-trusted"
                } else if endpoints.iter().any(|(_, why)| *why == Unreached::NoLeader) {
                    "fleet/store-no-leader"
                } else {
                    "fleet/store-unreachable"
                }
            }
            StoreError::Login { .. } => "fleet/store-login",
            StoreError::Denied { .. } => "fleet/store-denied",
            StoreError::LeaseGone => "fleet/store-lease-gone",
            StoreError::Damaged(damaged) => damaged.code(),
            StoreError::Full { .. } => "fleet/store-full",
            StoreError::NoArea { .. } => "fleet/store-no-area",
        }
    }
}

impl Speak for Unreached {
    fn say(&self, lang: Lang) -> String {
        match self {
            Unreached::Silent(waited) => {
                let millis = waited.as_millis();
                say!(lang, "no answer within {millis} ms", "{millis} ミリ秒以内に応答なし")
            }
            Unreached::NoConnection(why) => say!(lang, "no connection: {why}", "接続不可: {why}"),
            Unreached::NotTrusted(why) => {
                say!(lang, "its certificate or ours is not accepted: {why}", "証明書の相互認証に失敗: {why}")
            }
            Unreached::NoLeader => say!(lang, "etcd has no leader now", "etcd にリーダーがいません"),
            Unreached::Failed(why) => say!(lang, "it says: {why}", "etcd の返答: {why}"),
        }
    }
}

impl Speak for StoreError {
    fn say(&self, lang: Lang) -> String {
        match self {
            StoreError::Settings(what) => say!(
                lang,
                "the fleet's store cannot be reached by {what}; endpoints are https://HOST:PORT with \
                 certificates and http://HOST:PORT without, a prefix begins with a slash, and the name of an \
                 area has none",
                "フリートの保管先の設定 {what} は使えません。接続先は証明書ありなら https://ホスト:ポート、なしなら \
                 http://ホスト:ポート とし、プレフィックスは / で始め、エリア名に / を含めないでください"
            ),
            StoreError::Tls(why) => say!(
                lang,
                "the certificates for the fleet's store are of no use ({why}); see that they and the key are \
                 in PEM and belong together",
                "フリートの保管先用の証明書を使えません。PEM 形式で、秘密鍵と対になっているか確認してください（詳細: {why}）"
            ),
            StoreError::Unreachable { endpoints } => {
                let each = endpoints.iter().map(|(url, why)| format!("{url}: {}", why.say(lang)));
                let each = each.collect::<Vec<_>>().join("; ");
                say!(
                    lang,
                    "the fleet's store does not answer ({each}); see whether most of etcd's nodes run and \
                     can be reached: until then no epoch changes",
                    "フリートの保管先が応答しません（{each}）。etcd の過半数のノードが動作し、接続できるか確認してください。\
                     それまでエポックは変わりません"
                )
            }
            StoreError::Login { endpoint } => say!(
                lang,
                "{endpoint} does not know who asks; see that the certificate's common name or the login is a \
                 user of etcd",
                "{endpoint} が利用者を認証できません。証明書のコモンネームまたはログインが etcd のユーザーか確認してください"
            ),
            StoreError::Denied { key, endpoint } => say!(
                lang,
                "{endpoint} does not let this user use {key}; see the user's roles in etcd",
                "{endpoint} がこのユーザーによる {key} の利用を許可していません。etcd のロールを確認してください"
            ),
            StoreError::LeaseGone => say!(
                lang,
                "the lease in the fleet's store has ended, and what was announced under it is gone; announce \
                 anew under another",
                "フリートの保管先のリースが切れ、その告知も消えました。新しいリースで告知し直してください"
            ),
            StoreError::Damaged(damaged) => damaged.say(lang),
            StoreError::Full { endpoint } => say!(
                lang,
                "{endpoint} takes no more: etcd's quota is used up; compact and defragment it, then disarm \
                 its alarm",
                "{endpoint} の etcd が容量の上限に達しました。圧縮とデフラグを行い、アラームを解除してください"
            ),
            StoreError::NoArea { key } => say!(
                lang,
                "there is no {key} in the fleet's store; see the area's name, or found the area",
                "フリートの保管先に {key} がありません。エリア名を確認するか、エリアを設立してください"
            ),
        }
    }
}

impl From<Damaged> for StoreError {
    fn from(damaged: Damaged) -> StoreError {
        StoreError::Damaged(damaged)
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

impl std::error::Error for StoreError {}

//! What a network did instead of answering, in words for people.

use std::io;

use warifu_files::{os_error, tls_error};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

/// What a network did instead of answering.
#[derive(Debug)]
pub enum Fault {
    /// No connection, or one that was cut, again and again.
    NoAnswer {
        /// Why.
        why: NoAnswer,
    },
    /// It sent less than the lowest rate.
    Slow,
    /// It is not who it must be, or does not take us for who we are.
    Tls {
        /// What the library says.
        why: String,
    },
    /// It does not let us.
    Forbidden {
        /// 401 or 403.
        status: u16,
    },
    /// It answers that it cannot, again and again.
    Status {
        /// The status.
        status: u16,
    },
    /// It answered what makes no sense here.
    Strange {
        /// What.
        what: String,
    },
}

/// Why no answer came.
#[derive(Debug)]
pub enum NoAnswer {
    /// The system says so.
    System(io::Error),
    /// Nobody knows the name.
    NoHost,
    /// It kept silent for as long as it may.
    Silent(WaitedFor),
    /// A library says so, in English.
    Library(String),
}

/// What was waited for of a place that kept silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitedFor {
    /// Where its name leads.
    Name,
    /// A connection, TLS included.
    Connection,
    /// The beginning of an answer.
    Answer,
    /// The rest of one.
    Rest,
}

impl Speak for WaitedFor {
    fn say(&self, lang: Lang) -> String {
        match self {
            WaitedFor::Name => say!(
                lang,
                "the name server does not answer in time",
                "名前の問い合わせに時間内の応答がありません"
            ),
            WaitedFor::Connection => {
                say!(lang, "no connection in time, TLS included", "接続が時間内に確立しません（TLS を含む）")
            }
            WaitedFor::Answer => {
                say!(lang, "it is there and does not answer in time", "接続後、時間内に応答が始まりません")
            }
            WaitedFor::Rest => say!(lang, "it stops in the middle of an answer", "応答が途中で止まります"),
        }
    }
}

impl NoAnswer {
    /// Whether the machine is there and nobody listens: that is known at once.
    pub(super) fn is_refused(&self) -> bool {
        matches!(self, NoAnswer::System(error) if error.kind() == io::ErrorKind::ConnectionRefused)
    }
}

impl Speak for NoAnswer {
    fn say(&self, lang: Lang) -> String {
        match self {
            NoAnswer::System(error) => os_error(error, lang),
            NoAnswer::Silent(waited_for) => waited_for.say(lang),
            NoAnswer::NoHost => say!(lang, "the name is not known", "名前が見つかりません"),
            NoAnswer::Library(text) => match lang {
                Lang::En => text.clone(),
                Lang::Ja => format!("「{text}」"),
            },
        }
    }
}

/// Which of the settings of the network cannot be used for a place, and why: known before anything is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unusable(pub(crate) String);

impl Speak for Fault {
    fn say(&self, lang: Lang) -> String {
        match self {
            Fault::NoAnswer { why } => {
                let why = why.say(lang);
                say!(
                    lang,
                    "no answer ({why}); check the network, the proxy and the address, and try again",
                    "応答がありません（{why}）。ネットワーク、プロキシ、アドレスを確認し、再試行してください"
                )
            }
            Fault::Slow => say!(
                lang,
                "it sends too slowly; try again, or take another mirror",
                "転送が遅すぎます。再試行するか、別のミラーを使ってください"
            ),
            Fault::Tls { why } => {
                let why = tls_error(why, lang);
                say!(
                    lang,
                    "no secure connection ({why}); check WARIFU_CHANNEL_CA, the certificate and this \
                     machine's clock",
                    "安全な接続ができません（{why}）。WARIFU_CHANNEL_CA、証明書、この装置の時計を確認してください"
                )
            }
            Fault::Forbidden { status } => say!(
                lang,
                "access refused (status {status}); check the credentials and what they may do there",
                "アクセスが拒否されました（ステータス {status}）。認証情報と権限を確認してください"
            ),
            Fault::Status { status } => say!(
                lang,
                "the server answers with status {status}; look at its log, and try again",
                "サーバーがステータス {status} を返しました。サーバーのログを確認し、再試行してください"
            ),
            Fault::Strange { what } => say!(
                lang,
                "the answer makes no sense ({what}); is this address the channel's?",
                "応答が正しくありません（{what}）。配信元のアドレスか確認してください"
            ),
        }
    }
}

//! Why a token gave no key or no signature.

use std::path::PathBuf;

use cryptoki::error::{Error, RvError};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::pin::Stands;

/// Why a token gave no key or no signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenError {
    /// There is no module at this path.
    NoModule {
        /// The path.
        path: PathBuf,
    },
    /// What lies there cannot be loaded or begun with.
    NotAModule {
        /// The path.
        path: PathBuf,
        /// What the system or the module says.
        cause: String,
    },
    /// The module gave no answer in time.
    Silent {
        /// How long it was waited for.
        seconds: u64,
    },
    /// No token is there that the URI means.
    NoToken {
        /// Those that are there, by label and serial number.
        there: Vec<String>,
    },
    /// The URI means several tokens.
    ManyTokens {
        /// These.
        meant: Vec<String>,
    },
    /// The PIN is wrong.
    WrongPin {
        /// How it stands now.
        stands: Stands,
    },
    /// The token is locked: too many wrong PINs were given.
    Locked,
    /// The token wants its PIN set or changed first.
    PinToBeSet,
    /// The URI names neither an object nor an id.
    NoName,
    /// The token holds no such key.
    NoKey {
        /// The labels of the keys that it holds.
        there: Vec<String>,
    },
    /// The token holds several such keys.
    ManyKeys {
        /// Their ids, as a URI has them.
        ids: Vec<String>,
    },
    /// The public half is not on the token, or there are several.
    NoPublicHalf,
    /// The key is none of Ed25519.
    NotEd25519 {
        /// What it is, as PKCS#11 names it.
        what: String,
    },
    /// The token makes no keys of Ed25519.
    MakesNoEd25519,
    /// The key wants its PIN again before each signature.
    AlwaysAsks,
    /// A key of this name is on the token already.
    KeyIsThere,
    /// The token made a key that could be taken from it.
    CouldLeave,
    /// The token was taken out, or another one was put in.
    Gone,
    /// The module says no, in its own words.
    Refused {
        /// Its words.
        cause: String,
    },
}

impl TokenError {
    /// What a call of the module failed with.
    pub(crate) fn of(error: &Error) -> Self {
        let Error::Pkcs11(code, _) = error else { return TokenError::Refused { cause: error.to_string() } };
        match code {
            RvError::DeviceRemoved
            | RvError::TokenNotPresent
            | RvError::TokenNotRecognized
            | RvError::SessionClosed
            | RvError::SessionHandleInvalid
            | RvError::SlotIdInvalid => TokenError::Gone,
            RvError::PinLocked => TokenError::Locked,
            RvError::PinExpired | RvError::UserPinNotInitialized => TokenError::PinToBeSet,
            // Its number alone: PKCS#11's own texts are paragraphs.
            code => TokenError::Refused { cause: format!("{code:?}") },
        }
    }
}

impl Speak for TokenError {
    fn say(&self, lang: Lang) -> String {
        match self {
            TokenError::NoModule { path } => {
                let path = path.display();
                say!(
                    lang,
                    "there is no PKCS#11 module at {path}; give the path of the library that came with the \
                     token",
                    "{path} に PKCS#11 モジュールがありません。トークン付属のライブラリのパスを指定してください"
                )
            }
            TokenError::NotAModule { path, cause } => {
                let path = path.display();
                say!(
                    lang,
                    "{path} cannot be used as a PKCS#11 module: {cause}",
                    "{path} を PKCS#11 モジュールとして使えません: {cause}"
                )
            }
            TokenError::Silent { seconds } => say!(
                lang,
                "the PKCS#11 module gave no answer within {seconds} seconds: look whether the token waits \
                 for a button or its keypad; --pkcs11-wait SECONDS waits longer",
                "PKCS#11 モジュールが {seconds} 秒以内に応答しません。トークンがボタンやキーパッドの操作を待っていないか確認して\
                 ください（--pkcs11-wait 秒 で延長できます）"
            ),
            TokenError::NoToken { there } if there.is_empty() => {
                say!(lang, "no token is there; put it in", "トークンがありません。挿入してください")
            }
            TokenError::NoToken { there } => {
                let there = there.join(", ");
                say!(
                    lang,
                    "the token that the URI names is not there; there are: {there}",
                    "URI のトークンがありません。現在あるのは: {there}"
                )
            }
            TokenError::ManyTokens { meant } => {
                let meant = meant.join(", ");
                say!(
                    lang,
                    "the URI means several tokens ({meant}); say which by serial=",
                    "URI に当てはまるトークンが複数あります（{meant}）。serial= で指定してください"
                )
            }
            TokenError::WrongPin { stands: Stands::Well | Stands::Mistyped } => say!(
                lang,
                "the PIN is wrong; the token counts wrong ones and locks after a few",
                "PIN が違います。誤りが続くとトークンはロックされます"
            ),
            TokenError::WrongPin { stands: Stands::LastTry } => say!(
                lang,
                "the PIN is wrong, and one try is left: another wrong one locks the token",
                "PIN が違います。残りは 1 回で、次に誤るとトークンはロックされます"
            ),
            TokenError::WrongPin { stands: Stands::Locked } | TokenError::Locked => say!(
                lang,
                "the token is locked after too many wrong PINs; unlock it with its own tool (the security \
                 officer's PIN or PUK), or sign with another person's key",
                "PIN の誤りが続いたためトークンがロックされています。トークンのツール（SO PIN または PUK）で解除するか、別の\
                 担当者の鍵で署名してください"
            ),
            TokenError::PinToBeSet => say!(
                lang,
                "the token wants its PIN set or changed first, with its own tool",
                "先にトークンのツールで PIN を設定または変更してください"
            ),
            TokenError::NoName => say!(
                lang,
                "the pkcs11: URI names no key; add object=LABEL or id=%01",
                "pkcs11: URI に鍵の指定がありません。object=ラベル または id=%01 を加えてください"
            ),
            TokenError::NoKey { there } => {
                let there = if there.is_empty() { "-".to_owned() } else { there.join(", ") };
                say!(
                    lang,
                    "the token holds no such key; the keys that it holds: {there}",
                    "トークンにその鍵がありません。ある鍵: {there}"
                )
            }
            TokenError::ManyKeys { ids } => {
                let ids = ids.join(", ");
                say!(
                    lang,
                    "the token holds several keys of this name; say which by one of: {ids}",
                    "同じ名前の鍵が複数あります。次のいずれかで指定してください: {ids}"
                )
            }
            TokenError::NoPublicHalf => say!(
                lang,
                "the public half of the key is not on the token, or not just once; put it there with the \
                 token's own tool",
                "鍵の公開側がトークンに無いか、一つに定まりません。トークンのツールで格納してください"
            ),
            TokenError::NotEd25519 { what } => say!(
                lang,
                "keys that sign releases are of Ed25519, and this one is {what}; make another on the token",
                "署名鍵は Ed25519 に限られますが、この鍵は {what} です。トークンに別の鍵を作成してください"
            ),
            TokenError::MakesNoEd25519 => say!(
                lang,
                "this token makes no keys of Ed25519 (CKM_EC_EDWARDS_KEY_PAIR_GEN and CKM_EDDSA), and \
                 keys that sign releases are of nothing else; ECDSA and RSA do not count",
                "このトークンは Ed25519 の鍵を作れません（CKM_EC_EDWARDS_KEY_PAIR_GEN、CKM_EDDSA）。署名鍵は Ed25519 に限られ、\
                 ECDSA や RSA は使えません"
            ),
            TokenError::AlwaysAsks => say!(
                lang,
                "this key wants its PIN before each signature (CKA_ALWAYS_AUTHENTICATE), which this program \
                 cannot give; use a key without",
                "この鍵は署名のたびに PIN を要求します（CKA_ALWAYS_AUTHENTICATE）。対応していないため、別の鍵を使ってください"
            ),
            TokenError::KeyIsThere => say!(
                lang,
                "a key of this name is on the token already; a key is never overwritten: give another \
                 object=, or take it as it is with --existing",
                "同じ名前の鍵がトークンに既にあります。鍵は上書きしません。別の object= を指定するか、--existing でその鍵を使って\
                 ください"
            ),
            TokenError::CouldLeave => say!(
                lang,
                "the token made a key that could be read out of it; it was destroyed again: use another",
                "トークンが取り出し可能な鍵を作成したため破棄しました。別のトークンを使ってください"
            ),
            TokenError::Gone => say!(
                lang,
                "the token is gone: it was pulled out, or another one was put in; put it in and start again",
                "トークンがなくなりました（抜かれたか、別のものに替わりました）。挿入し直してもう一度実行してください"
            ),
            TokenError::Refused { cause } => {
                say!(lang, "the token refused: {cause}", "トークンが拒否しました: {cause}")
            }
        }
    }
}

impl std::fmt::Display for TokenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.say(Lang::En))
    }
}

impl std::error::Error for TokenError {}

//! Why a key could not be made, read or opened.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::error::spoken_error;
use crate::limits;

/// Why a key could not be made, read or opened.
#[derive(Debug)]
pub enum KeyError {
    /// The passphrase is empty or blank.
    EmptyPassphrase,
    /// The passphrase that was chosen is too short.
    ShortPassphrase,
    /// The passphrase does not open this key file (or the file was changed).
    WrongPassphrase,
    /// The file holds a secret key that nothing protects.
    NotEncrypted,
    /// The file is no PKCS#8 "ENCRYPTED PRIVATE KEY" in PEM.
    NotASecretKeyFile,
    /// The file asks for another or a far costlier derivation than this crate writes.
    UnusualProtection,
    /// The key is of another type than Ed25519.
    NotEd25519,
    /// No 32-byte Ed25519 point as 64 lower-case hexadecimal digits, or a weak one.
    NoPublicKey,
    /// A secret key was given where a public one is to be handed on.
    SecretGiven,
    /// The file is no key card; the text says where.
    NotACard(String),
    /// The holder's name is empty, too long or holds control characters.
    BadName,
    /// The operating system gave no randomness.
    NoRandomness(getrandom::Error),
    /// The protection could not be computed.
    Protection(pkcs8::Error),
}

impl Speak for KeyError {
    fn say(&self, lang: Lang) -> String {
        match self {
            KeyError::EmptyPassphrase => say!(
                lang,
                "the passphrase is empty; choose one, because whoever finds the file could sign",
                "パスフレーズが空です。ファイルを見つけた人が署名できてしまうため、必ず設定してください"
            ),
            KeyError::ShortPassphrase => say!(
                lang,
                "the passphrase is shorter than {} characters; choose a longer one, such as four words",
                "パスフレーズは {} 文字以上にしてください（四つの単語など）",
                limits::PASSPHRASE_CHARS
            ),
            KeyError::WrongPassphrase => say!(
                lang,
                "the passphrase does not open this key file; try again",
                "パスフレーズが違うため鍵ファイルを開けません。もう一度入力してください"
            ),
            KeyError::NotEncrypted => say!(
                lang,
                "this secret key is not protected by a passphrase; protect it with `openssl pkcs8 -topk8 \
                 -scrypt`",
                "この秘密鍵はパスフレーズで保護されていません。`openssl pkcs8 -topk8 -scrypt` で保護してください"
            ),
            KeyError::NotASecretKeyFile => say!(
                lang,
                "not a secret key file (PEM \"ENCRYPTED PRIVATE KEY\")",
                "秘密鍵ファイル（PEM 形式の \"ENCRYPTED PRIVATE KEY\"）ではありません"
            ),
            KeyError::UnusualProtection => say!(
                lang,
                "the key file's protection is of a kind or cost that is not accepted; write it again with \
                 scrypt N=16384 and AES-256-CBC",
                "鍵ファイルの保護方式または計算量を受け付けられません。scrypt N=16384 と AES-256-CBC で作り直してください"
            ),
            KeyError::NotEd25519 => {
                say!(lang, "the key is not an Ed25519 key", "鍵の種類が Ed25519 ではありません")
            }
            KeyError::NoPublicKey => say!(
                lang,
                "not an Ed25519 public key (64 lower-case hexadecimal digits)",
                "Ed25519 公開鍵（小文字の16進64桁）ではありません"
            ),
            KeyError::SecretGiven => say!(
                lang,
                "this is the SECRET key, which must not be passed on; name its key card, the file of the \
                 public key (.pub.json)",
                "これは秘密鍵です。他人に渡してはいけません。公開鍵カード（.pub.json）を指定してください"
            ),
            KeyError::NotACard(what) => {
                say!(lang, "not a key card: {what}", "公開鍵カードではありません: {what}")
            }
            KeyError::BadName => say!(
                lang,
                "the holder's name must be 1 to {} characters without control characters",
                "保持者名は制御文字を含まない1〜{}文字にしてください",
                limits::TEXT_CHARS
            ),
            KeyError::NoRandomness(_) => {
                say!(lang, "the operating system gave no randomness", "OS から乱数を得られませんでした")
            }
            KeyError::Protection(_) => {
                say!(lang, "the key file could not be protected", "鍵ファイルを保護できませんでした")
            }
        }
    }
}

spoken_error!(KeyError, |_| false, |error| match error {
    KeyError::NoRandomness(source) => Some(source),
    KeyError::Protection(source) => Some(source),
    _ => None,
});

//! What the operating system says, for people: it speaks English alone.

use std::io;

use warifu_values::lang::Lang;
use warifu_values::say;

use crate::tls_error::known_tls_error;

/// `error` in words; one that this project made itself has words of its own, which are kept.
pub fn os_error(error: &io::Error, lang: Lang) -> String {
    let Some(kind) = of_kind(error.kind(), lang) else {
        // A handshake of TLS that fails is such an error, too.
        return known_tls_error(&error.to_string(), lang).unwrap_or_else(|| error.to_string());
    };
    // Where a temporary file could not be made or written, the system's words come with that file's name,
    // which tells nobody anything: callers name the file that was meant.
    let own = error.get_ref().filter(|own| !own.to_string().contains("(os error "));
    match (own, lang) {
        (None, _) => kind,
        (Some(own), Lang::En) => own.to_string(),
        (Some(own), Lang::Ja) => format!("{kind}（{own}）"),
    }
}

/// None where the system's own words say more.
fn of_kind(kind: io::ErrorKind, lang: Lang) -> Option<String> {
    use io::ErrorKind as Kind;
    Some(match kind {
        Kind::NotFound => {
            say!(lang, "there is no such file or folder", "ファイルまたはフォルダーがありません")
        }
        Kind::PermissionDenied => {
            say!(lang, "this account may not do that", "この利用者には権限がありません")
        }
        Kind::AlreadyExists => say!(lang, "it is there already", "既に存在します"),
        Kind::IsADirectory => say!(lang, "it is a folder", "フォルダーです"),
        Kind::NotADirectory => {
            say!(lang, "a part of the path is no folder", "パスの途中がフォルダーではありません")
        }
        Kind::DirectoryNotEmpty => say!(lang, "the folder is not empty", "フォルダーが空ではありません"),
        Kind::StorageFull => say!(lang, "the disk is full", "ディスクの空きがありません"),
        Kind::QuotaExceeded => say!(lang, "this account's share of the disk is full", "割当容量を超えました"),
        Kind::ReadOnlyFilesystem => {
            say!(lang, "the disk can only be read", "読み取り専用のディスクです")
        }
        Kind::FileTooLarge => say!(lang, "the file would be too large", "ファイルが大きすぎます"),
        Kind::CrossesDevices => {
            say!(lang, "it cannot be moved to another disk", "別のディスクへは移動できません")
        }
        Kind::ResourceBusy | Kind::ExecutableFileBusy => {
            say!(lang, "something else is using it", "他で使用中です")
        }
        Kind::TimedOut => say!(lang, "no answer in time", "時間内に応答がありません"),
        Kind::ConnectionRefused => {
            say!(lang, "nobody listens there", "接続先で待ち受けているプログラムがありません")
        }
        Kind::ConnectionReset | Kind::ConnectionAborted | Kind::NotConnected => {
            say!(lang, "the connection was cut", "接続が切れました")
        }
        Kind::HostUnreachable | Kind::NetworkUnreachable | Kind::NetworkDown => {
            say!(lang, "the network does not lead there", "ネットワークが届きません")
        }
        Kind::AddrInUse => {
            say!(lang, "another program listens there already", "他のプログラムが既に使用しています")
        }
        Kind::AddrNotAvailable => {
            say!(lang, "this machine does not have the address", "この端末にないアドレスです")
        }
        Kind::BrokenPipe => say!(lang, "nobody reads it any more", "読み取り側が終了しました"),
        Kind::UnexpectedEof => say!(lang, "it ends too early", "途中で終わっています"),
        Kind::InvalidFilename => {
            say!(lang, "the name cannot be a file's", "ファイル名として使えません")
        }
        Kind::OutOfMemory => say!(lang, "not enough memory", "メモリが足りません"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_is_told_in_both_languages() {
        let missing = std::fs::read("/nowhere/at/all").unwrap_err();
        assert_eq!(os_error(&missing, Lang::En), "there is no such file or folder");
        assert_eq!(os_error(&missing, Lang::Ja), "ファイルまたはフォルダーがありません");
        let own = io::Error::new(io::ErrorKind::TimedOut, "nothing came of it within 60s");
        assert_eq!(os_error(&own, Lang::En), "nothing came of it within 60s");
        assert_eq!(os_error(&own, Lang::Ja), "時間内に応答がありません（nothing came of it within 60s）");
        let full = "No space left on device (os error 28) at path \"/state/.tmpW4Oc1o\"";
        let full = io::Error::new(io::ErrorKind::StorageFull, full);
        assert_eq!(os_error(&full, Lang::En), "the disk is full");
        assert_eq!(os_error(&full, Lang::Ja), "ディスクの空きがありません");
        let expired = io::Error::new(io::ErrorKind::InvalidData, "invalid peer certificate: Expired");
        assert_eq!(os_error(&expired, Lang::Ja), "相手の証明書の有効期限が切れています");
        let unknown = io::Error::from_raw_os_error(95);
        assert_eq!(os_error(&unknown, Lang::Ja), unknown.to_string());
    }
}

//! What the operating system says, for people: it speaks English alone.

use std::io;

use warifu_values::lang::Lang;
use warifu_values::say;

use crate::tls_error::known_tls_error;

/// What a disk says that is broken (`EIO` of Linux and macOS); it has no kind of its own.
const INPUT_OUTPUT: i32 = 5;

/// `error` in words; one that this project made itself has words of its own, which are kept.
pub fn os_error(error: &io::Error, lang: Lang) -> String {
    if let Some(of_system) = wrapped(error) {
        return os_error(&of_system, lang);
    }
    if error.raw_os_error() == Some(INPUT_OUTPUT) {
        return say!(
            lang,
            "the disk fails to read or to write ({error})",
            "ディスクの読み書きでエラーが発生しました（{error}）"
        );
    }
    let Some(kind) = of_kind(error.kind(), lang) else {
        // A handshake of TLS that fails is such an error, too.
        return known_tls_error(&error.to_string(), lang).unwrap_or_else(|| error.to_string());
    };
    match (error.get_ref(), lang) {
        (None, _) => kind,
        (Some(own), Lang::En) => own.to_string(),
        (Some(own), Lang::Ja) => format!("{kind}（{own}）"),
    }
}

/// What the system said, where it comes with the name of a temporary file that could not be made or written.
/// That tells nobody anything and is another each time: callers name the file that was meant.
fn wrapped(error: &io::Error) -> Option<io::Error> {
    let own = error.get_ref()?.to_string();
    let (number, _) = own.split_once("(os error ")?.1.split_once(')')?;
    number.parse().ok().map(io::Error::from_raw_os_error)
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
        let expired = io::Error::new(io::ErrorKind::InvalidData, "invalid peer certificate: Expired");
        assert_eq!(os_error(&expired, Lang::Ja), "相手の証明書の有効期限が切れています");
        let unknown = io::Error::from_raw_os_error(95);
        assert_eq!(os_error(&unknown, Lang::Ja), unknown.to_string());
    }

    /// The name is another at each try: told with it, the same fault would be news each time.
    #[test]
    fn the_name_of_a_temporary_file_is_not_told() {
        let wrapped = |errno| {
            let source = io::Error::from_raw_os_error(errno);
            io::Error::new(source.kind(), format!("{source} at path \"/state/.tmpW4Oc1o\""))
        };
        let (full, broken, other) = (wrapped(28), wrapped(5), wrapped(95));
        assert_eq!(os_error(&full, Lang::En), "the disk is full");
        assert_eq!(os_error(&full, Lang::Ja), "ディスクの空きがありません");
        for lang in [Lang::En, Lang::Ja] {
            for error in [&full, &broken, &other] {
                assert!(!os_error(error, lang).contains(".tmp"), "{}", os_error(error, lang));
            }
        }
        assert!(os_error(&broken, Lang::En).starts_with("the disk fails to read or to write ("));
        assert!(os_error(&broken, Lang::Ja).starts_with("ディスクの読み書きでエラー"));
        // As one comes from where no file can be made.
        let none = tempfile::NamedTempFile::new_in("/nowhere/at/all").unwrap_err();
        assert_eq!(os_error(&none, Lang::En), "there is no such file or folder");
    }
}

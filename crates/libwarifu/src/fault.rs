//! Why a call was not done: a status, and a sentence in both languages. Every message of this library stands
//! here; what is below it brings its own.

use warifu_judging::NotTaken;
use warifu_judging::said::Said;

use crate::status::WarifuStatus;

/// Why a call was not done. One pointer, so that a call that is done hands no room for it on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault(Box<Why>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Why {
    status: WarifuStatus,
    said: Said,
}

impl Fault {
    pub(crate) fn new(status: WarifuStatus, said: Said) -> Fault {
        Fault(Box::new(Why { status, said }))
    }

    pub(crate) fn status(&self) -> WarifuStatus {
        self.0.status
    }

    pub(crate) fn said(&self) -> &Said {
        &self.0.said
    }

    fn misuse(en: impl Into<String>, ja: impl Into<String>) -> Fault {
        Fault::new(WarifuStatus::Misuse, Said::new(en, ja))
    }

    #[cold]
    pub(crate) fn null(what: &str) -> Fault {
        Fault::misuse(
            format!("{what} is a null pointer: hand in what the header says"),
            format!("{what} がヌルポインターです。ヘッダーに書かれたものを渡してください"),
        )
    }

    #[cold]
    pub(crate) fn unaligned(what: &str) -> Fault {
        Fault::misuse(
            format!("{what} points to no place where such a value can lie: hand in the address of one"),
            format!(
                "{what} の指す位置には、その型の値を置けません（アラインメント違反）。その型の変数のアドレスを渡してください"
            ),
        )
    }

    #[cold]
    pub(crate) fn no_such_handle(what: &str) -> Fault {
        Fault::misuse(
            format!("{what} is a handle of another kind, or was closed: hand in an open one"),
            format!("{what} は別の種類のハンドルか、閉じたハンドルです。開いているものを渡してください"),
        )
    }

    pub(crate) fn not_utf8(what: &str) -> Fault {
        Fault::new(
            WarifuStatus::NotUtf8,
            Said::new(
                format!("{what} is not UTF-8: hand it in as UTF-8"),
                format!("{what} が UTF-8 ではありません。UTF-8 で渡してください"),
            ),
        )
    }

    #[cold]
    pub(crate) fn no_kind(kind: u32) -> Fault {
        Fault::misuse(
            format!(
                "{kind} is no kind of master: WARIFU_PROCEDURE, _DRUG, _MATERIAL, _COMMENT, _DISEASE or \
                 _MODIFIER"
            ),
            format!(
                "{kind} というマスター種別はありません。WARIFU_PROCEDURE、_DRUG、_MATERIAL、_COMMENT、\
                 _DISEASE、_MODIFIER のいずれかを渡してください"
            ),
        )
    }

    #[cold]
    pub(crate) fn no_code(code: u32) -> Fault {
        Fault::misuse(
            format!(
                "{code} is no code of at most nine digits: write it as a number, without what is no digit"
            ),
            format!("{code} は 9 桁以内のコードではありません。数値で渡してください"),
        )
    }

    #[cold]
    pub(crate) fn no_day(day: u32) -> Fault {
        Fault::misuse(
            format!("{day} is no day from 1926 to 2999: write it as the number YYYYMMDD"),
            format!("{day} は 1926 年から 2999 年までの日付ではありません。数値 YYYYMMDD で渡してください"),
        )
    }

    #[cold]
    pub(crate) fn too_many(what: &str, count: usize) -> Fault {
        Fault::misuse(
            format!("{what} cannot be {count} values: hand in how many lie there"),
            format!("{what} が {count} 個あることはありえません。実際の個数を渡してください"),
        )
    }

    /// The same of one of several, counted from 0.
    #[cold]
    pub(crate) fn at(self, index: usize) -> Fault {
        let Why { status, said: Said { en, ja } } = *self.0;
        Fault::new(status, Said::new(format!("asked[{index}]: {en}"), format!("asked[{index}]: {ja}")))
    }

    pub(crate) fn no_language(language: u32) -> Fault {
        Fault::misuse(
            format!("{language} is no language: WARIFU_ENGLISH or WARIFU_JAPANESE"),
            format!("{language} という言語はありません。WARIFU_ENGLISH か WARIFU_JAPANESE を渡してください"),
        )
    }

    pub(crate) fn no_line(index: usize, lines: usize) -> Fault {
        Fault::misuse(
            format!("the answer has no line {index}: it has {lines}, counted from 0"),
            format!("回答に {index} 番の行はありません。行は 0 から数えて {lines} 行です"),
        )
    }

    pub(crate) fn empty_file() -> Fault {
        Fault::misuse(
            "the claim file is empty: hand in the bytes of one (RECEIPTC.UKE)",
            "請求ファイルが空です。請求ファイル（RECEIPTC.UKE）の内容を渡してください",
        )
    }

    pub(crate) fn too_large() -> Fault {
        Fault::new(WarifuStatus::TooLarge, warifu_judging::too_large())
    }

    pub(crate) fn here(said: Said) -> Fault {
        Fault::new(WarifuStatus::Here, said)
    }

    pub(crate) fn broken() -> Fault {
        Fault::new(
            WarifuStatus::Broken,
            Said::new(
                "this is a fault of libwarifu: close what took part, and report it with what was called",
                "libwarifu の不具合です。関係したハンドルを閉じ、呼び出しの内容を添えて報告してください",
            ),
        )
    }
}

impl From<NotTaken> for Fault {
    fn from(why: NotTaken) -> Fault {
        match why {
            NotTaken::Unavailable(said) => Fault::new(WarifuStatus::Unavailable, said),
            NotTaken::Stale(said) => Fault::new(WarifuStatus::Expired, said),
            NotTaken::Refused(said) => Fault::new(WarifuStatus::Refused, said),
        }
    }
}

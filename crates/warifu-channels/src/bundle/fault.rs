//! What is wrong with a file that should be a bundle.

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

/// What is wrong with a file that should be a bundle. It is told before anything of the file is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BundleFault {
    /// It is not one zstd frame: something else, damaged, cut short, or with bytes hidden after it.
    Compression,
    /// A member's head is not byte for byte what a bundle has: a link, a device, another owner, a name that
    /// no file of a channel has.
    Member {
        /// Which, counted from 1.
        number: usize,
    },
    /// A member is longer than a file of its name may be, or all are together.
    TooLong {
        /// Which, counted from 1.
        number: usize,
    },
    /// Names do not ascend.
    Order {
        /// Which, counted from 1.
        number: usize,
    },
    /// It does not end as a bundle does.
    End,
    /// A name is too long to be in a bundle.
    Name {
        /// It.
        name: String,
    },
}

impl Speak for BundleFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            BundleFault::Compression => say!(
                lang,
                "it is not one undamaged zstd frame; was it copied whole?",
                "1個の正常な zstd フレームではありません。コピーが完全か確認してください"
            ),
            BundleFault::Member { number } => say!(
                lang,
                "member {number} is no file of a channel",
                "{number} 番目の要素が配信元のファイルではありません"
            ),
            BundleFault::TooLong { number } => {
                say!(lang, "member {number} is too long", "{number} 番目の要素が長すぎます")
            }
            BundleFault::Order { number } => say!(
                lang,
                "member {number} does not follow the one before in order",
                "{number} 番目の要素の順序が正しくありません"
            ),
            BundleFault::End => {
                say!(lang, "it does not end as a bundle does", "終わりがバンドルの形式になっていません")
            }
            BundleFault::Name { name } => {
                say!(lang, "the name {name} is too long for it", "名前 {name} が長すぎます")
            }
        }
    }
}

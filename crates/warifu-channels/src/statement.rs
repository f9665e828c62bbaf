//! Saying something alone: the next free number, which is bounded for everybody.

use warifu_trust::{ChannelPath, Speaker, StatementFile, UnixSeconds, limits};
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use crate::channel::{Created, PublishChannel};
use crate::channel_error::ChannelError;

/// How far two people's clocks may lie apart.
const APART_DAYS: u32 = 1;

/// Puts what one organisation says alone on the channel, after all that it said before: under its name, or
/// when these numbers are used up, under that of the key that signed. Readers hear it at their next look.
///
/// # Errors
///
/// [`StatementNotPublished`].
pub fn publish_statement(
    channel: &dyn PublishChannel,
    statement: &StatementFile,
    now: UnixSeconds,
) -> Result<(), StatementNotPublished> {
    let made = statement.made();
    if made.at > now.plus_days(APART_DAYS) {
        return Err(StatementNotPublished::FromTheFuture { at: made.at, now });
    }
    // From the first on, whatever is known: readers of this very channel stop where one is missing.
    for speaker in [Speaker::Of(made.organisation), Speaker::Key(made.key)] {
        for number in 1..=speaker.last() {
            let path = ChannelPath::statement(speaker, number);
            match channel.create(&path, statement.bytes())? {
                Created::New => return Ok(()),
                // A colleague said something meanwhile, or this was written and the answer was lost.
                Created::Existed => match channel.read(&path, limits::STATEMENT_BYTES) {
                    Ok(found) if found.as_deref() == Some(statement.bytes()) => return Ok(()),
                    Ok(_) | Err(ChannelError::TooLong { .. }) => {}
                    // Whether it is this one is not known: to go on could say it twice.
                    Err(error) => return Err(error.into()),
                },
            }
        }
    }
    Err(StatementNotPublished::UsedUp { by: made.by.clone() })
}

/// Why a statement is not on the channel.
#[derive(Debug)]
pub enum StatementNotPublished {
    /// The channel failed: it may be there or not.
    Unreachable(ChannelError),
    /// It is dated after today.
    FromTheFuture {
        /// When it says that it was made.
        at: UnixSeconds,
        /// What this clock shows.
        now: UnixSeconds,
    },
    /// Neither under the organisation's name nor under the key's own is there another number.
    UsedUp {
        /// Who signed.
        by: String,
    },
}

impl From<ChannelError> for StatementNotPublished {
    fn from(error: ChannelError) -> Self {
        StatementNotPublished::Unreachable(error)
    }
}

impl Speak for StatementNotPublished {
    fn say(&self, lang: Lang) -> String {
        match self {
            StatementNotPublished::Unreachable(error) => {
                let error = error.say(lang);
                say!(
                    lang,
                    "{error}; it may be on the channel or not: say the same again, which does no harm",
                    "{error}。掲示されたかどうか不明です。同じ操作をやり直してください（掲示済みでも害はありません）"
                )
            }
            StatementNotPublished::FromTheFuture { at, now } => say!(
                lang,
                "the statement is dated {at}, and it is {now}: set the clock of whoever signed, and sign it \
                 again",
                "表明の日時は {at} ですが、現在は {now} です。署名した端末の時計を合わせ、署名し直してください",
                at = at.said_exactly(lang),
                now = now.said_exactly(lang)
            ),
            StatementNotPublished::UsedUp { by } => say!(
                lang,
                "all numbers for statements are used up, also those of the key of {by}: let a colleague \
                 say it with another key, and then change the root",
                "表明の番号は {by} の鍵の分も含めて使い切られています。同僚の別の鍵で行い、その後ルートを更新してください"
            ),
        }
    }
}

warifu_trust::spoken_error!(
    StatementNotPublished,
    |error| matches!(error, StatementNotPublished::FromTheFuture { .. }),
    |error| match error {
        StatementNotPublished::Unreachable(error) => std::error::Error::source(error),
        _ => None,
    }
);

//! How the judgement of one use of a code turned.

use warifu_values::lang::{Lang, Speak};

/// What one snapshot says of one use of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Judged {
    /// Nothing is wrong with it.
    Right,
    /// It is wrong.
    Error,
    /// The masters held do not tell.
    Unjudged,
}

/// How the judgement of one use turned, from the older release to the newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Turn {
    /// It was right.
    RightToError,
    /// It was wrong.
    ErrorToRight,
    /// It is wrong in both, but not for the same reason.
    ErrorToOther,
    /// It was right, and cannot be judged any more.
    RightToUnjudged,
    /// It was wrong, and cannot be judged any more.
    ErrorToUnjudged,
    /// It could not be judged, and is right.
    UnjudgedToRight,
    /// It could not be judged, and is wrong.
    UnjudgedToError,
}

impl Turn {
    /// Every turn.
    pub const ALL: [Turn; 7] = [
        Turn::RightToError,
        Turn::ErrorToRight,
        Turn::ErrorToOther,
        Turn::RightToUnjudged,
        Turn::ErrorToUnjudged,
        Turn::UnjudgedToRight,
        Turn::UnjudgedToError,
    ];

    /// The turn between two judgements, if they are two; `same_reason` when both are errors for one reason.
    pub(super) fn between(old: Judged, new: Judged, same_reason: bool) -> Option<Turn> {
        match (old, new) {
            (Judged::Error, Judged::Error) if !same_reason => Some(Turn::ErrorToOther),
            (Judged::Right, Judged::Right)
            | (Judged::Unjudged, Judged::Unjudged)
            | (Judged::Error, Judged::Error) => None,
            (Judged::Right, Judged::Error) => Some(Turn::RightToError),
            (Judged::Error, Judged::Right) => Some(Turn::ErrorToRight),
            (Judged::Right, Judged::Unjudged) => Some(Turn::RightToUnjudged),
            (Judged::Error, Judged::Unjudged) => Some(Turn::ErrorToUnjudged),
            (Judged::Unjudged, Judged::Right) => Some(Turn::UnjudgedToRight),
            (Judged::Unjudged, Judged::Error) => Some(Turn::UnjudgedToError),
        }
    }

    /// The word in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Turn::RightToError => "right-to-error",
            Turn::ErrorToRight => "error-to-right",
            Turn::ErrorToOther => "error-to-other-error",
            Turn::RightToUnjudged => "right-to-unjudged",
            Turn::ErrorToUnjudged => "error-to-unjudged",
            Turn::UnjudgedToRight => "unjudged-to-right",
            Turn::UnjudgedToError => "unjudged-to-error",
        }
    }
}

impl Speak for Turn {
    fn say(&self, lang: Lang) -> String {
        let ja = match self {
            Turn::RightToError => "正から誤り",
            Turn::ErrorToRight => "誤りから正",
            Turn::ErrorToOther => "別の理由の誤り",
            Turn::RightToUnjudged => "正から判定不能",
            Turn::ErrorToUnjudged => "誤りから判定不能",
            Turn::UnjudgedToRight => "判定不能から正",
            Turn::UnjudgedToError => "判定不能から誤り",
        };
        match lang {
            Lang::En => self.as_str().to_owned(),
            Lang::Ja => ja.to_owned(),
        }
    }
}

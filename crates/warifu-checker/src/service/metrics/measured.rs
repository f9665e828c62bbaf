//! What is measured of requests.

use std::array;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::said::Said;
use crate::service::metrics::histogram::Histogram;

macro_rules! endings {
    ($($variant:ident $name:literal $doc:literal;)+) => {
        /// What came of a claim file.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(in crate::service) enum Ending { $(#[doc = $doc] $variant),+ }

        impl Ending {
            /// All of them.
            pub(in crate::service) const ALL: &'static [Ending] = &[$(Ending::$variant),+];

            /// The label.
            pub(in crate::service) fn as_str(self) -> &'static str {
                match self { $(Ending::$variant => $name),+ }
            }
        }
    };
}

endings! {
    Judged "judged" "It was answered.";
    QueueFull "queue_full" "Turned away: the queue was full.";
    TooManyComing "too_many_coming" "Turned away: too much was being received.";
    NotTaken "answers_not_taken" "Turned away: too many answers were not taken.";
    NotReady "not_ready" "Turned away: the fleet lets this checker judge nothing now.";
    NoRelease "no_release" "Turned away: no release judges yet.";
    TooLarge "too_large" "Refused: it is larger than a claim file may be, packed or not.";
    EndedEarly "ended_early" "Refused: it ended before it was whole.";
    TooSlow "too_slow" "Refused: it came too slowly.";
    Unreadable "unreadable" "Refused: packed otherwise than by gzip, or damaged so.";
    Failed "failed" "It could not be judged: a fault of the checker.";
}

impl Ending {
    /// For people.
    pub(in crate::service) fn said(self) -> Said {
        let (en, ja) = match self {
            Ending::Judged => ("answered", "応答"),
            Ending::QueueFull => ("queue full", "待ち行列が一杯"),
            Ending::TooManyComing => ("too much was being received", "受信中のファイルが過多"),
            Ending::NotTaken => ("too many answers not taken", "未受領の結果が過多"),
            Ending::NotReady => ("not ready in its fleet", "フリートで待機中"),
            Ending::NoRelease => ("no release", "稼働リリースなし"),
            Ending::TooLarge => ("too large", "サイズ超過"),
            Ending::EndedEarly => ("ended before it was whole", "途中で終了"),
            Ending::TooSlow => ("came too slowly", "受信が低速"),
            Ending::Unreadable => ("packed unreadably", "圧縮形式が不正"),
            Ending::Failed => ("fault of the checker", "チェッカーの異常"),
        };
        Said::new(en, ja)
    }
}

/// What is measured of requests.
#[derive(Debug)]
pub(in crate::service) struct Measured {
    endings: [AtomicU64; Ending::ALL.len()],
    pub(in crate::service) waiting: Histogram,
    pub(in crate::service) judging: Histogram,
    pub(in crate::service) whole: Histogram,
}

impl Default for Measured {
    fn default() -> Self {
        let endings = array::from_fn(|_| AtomicU64::new(0));
        Measured {
            endings,
            waiting: Histogram::default(),
            judging: Histogram::default(),
            whole: Histogram::default(),
        }
    }
}

impl Measured {
    /// A claim file came to this.
    pub(in crate::service) fn ended(&self, ending: Ending) {
        self.endings[ending as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// How many came to this.
    pub(in crate::service) fn count(&self, ending: Ending) -> u64 {
        self.endings[ending as usize].load(Ordering::Relaxed)
    }
}

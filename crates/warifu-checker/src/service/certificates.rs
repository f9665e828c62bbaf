//! The certificates that the doors go by, and which of them do not hold, or not for long. They are used all
//! the same: there are clients that do not look, and claims that would be turned away are judged by nobody.

use std::path::PathBuf;

use warifu_trust::UnixSeconds;

use crate::cause::{Amiss, Cause};
use crate::said::Said;

/// So long before its end a certificate is told of: ordering one takes days.
const DAYS_BEFORE: u32 = 14;

/// Whose a certificate is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whose {
    /// The checker's, or of one between it and its authority: clients look at it.
    Own,
    /// An authority's, by which clients are known. Its own end is looked at by nobody.
    Authority,
}

/// A certificate in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InUse {
    pub(super) whose: Whose,
    pub(super) file: PathBuf,
    /// Its place in the file, from 1.
    pub(super) position: usize,
    pub(super) from: UnixSeconds,
    pub(super) until: UnixSeconds,
}

impl InUse {
    /// What is amiss with it `now`.
    pub(super) fn amiss(&self, now: UnixSeconds) -> Option<Amiss> {
        let InUse { whose, file, position, from, until } = self;
        let file = file.display();
        let told = |cause, en: String, ja: String| {
            let why = Said::new(
                format!("certificate {position} in {file} {en}"),
                format!("{file} の {position} 番目の証明書{ja}"),
            );
            Some(Amiss::new(cause, why))
        };
        match whose {
            Whose::Own if now >= *until => told(
                Cause::Certificate,
                format!("expired at {until}"),
                format!("は {until} に有効期限が切れました"),
            ),
            Whose::Own if now < *from => told(
                Cause::Certificate,
                format!("does not hold before {from}"),
                format!("は {from} まで有効になりません"),
            ),
            Whose::Authority if now >= *until => told(
                Cause::CertificateDue,
                format!("is of an authority and expired at {until}: whom it certified is still let in"),
                format!(
                    "（認証局）は {until} に有効期限が切れました。その発行先の接続は引き続き受け付けます"
                ),
            ),
            Whose::Own | Whose::Authority if now.plus_days(DAYS_BEFORE) >= *until => told(
                Cause::CertificateDue,
                format!("expires at {until}"),
                format!("は {until} に有効期限が切れます"),
            ),
            Whose::Own | Whose::Authority => None,
        }
    }
}

/// What is amiss `now` with any of `certificates`, the gravest first.
pub(super) fn amiss(certificates: &[InUse], now: UnixSeconds) -> Vec<Amiss> {
    let mut all: Vec<Amiss> = certificates.iter().filter_map(|it| it.amiss(now)).collect();
    all.sort_by_key(|amiss| amiss.cause);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_hold_is_told_and_what_ends_soon_two_weeks_before() {
        let (from, until) = (UnixSeconds::new(1_780_000_000), UnixSeconds::new(1_790_000_000));
        let of = |whose| InUse { whose, file: "tls/server.pem".into(), position: 2, from, until };
        let cause = |whose, at: i64| of(whose).amiss(UnixSeconds::new(at)).map(|amiss| amiss.cause);
        let (fortnight, end) = (14 * 86_400, until.seconds());
        for (at, own, authority) in [
            (from.seconds() - 1, Some(Cause::Certificate), None),
            (from.seconds(), None, None),
            (end - fortnight - 1, None, None),
            (end - fortnight, Some(Cause::CertificateDue), Some(Cause::CertificateDue)),
            (end - 1, Some(Cause::CertificateDue), Some(Cause::CertificateDue)),
            (end, Some(Cause::Certificate), Some(Cause::CertificateDue)),
        ] {
            assert_eq!((cause(Whose::Own, at), cause(Whose::Authority, at)), (own, authority), "{at}");
        }
        let both = [of(Whose::Authority), of(Whose::Own)];
        let told = amiss(&both, until);
        assert_eq!(
            told.iter().map(|it| it.cause).collect::<Vec<_>>(),
            [Cause::Certificate, Cause::CertificateDue]
        );
        let why = &told[0].why;
        assert!(why.en.starts_with("certificate 2 in tls/server.pem expired at 2026-"), "{why:?}");
        assert!(why.ja.starts_with("tls/server.pem の 2 番目の証明書は 2026-"), "{why:?}");
    }
}

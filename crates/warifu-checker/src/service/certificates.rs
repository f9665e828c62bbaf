//! The certificates that the doors go by, and which of them do not hold, or not for long. They are used all
//! the same: there are clients that do not look, and claims that would be turned away are judged by nobody.

use std::path::PathBuf;

use warifu_trust::UnixSeconds;
use warifu_values::lang::Lang;

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
        let (from_ja, until_ja) = (from.said(Lang::Ja), until.said(Lang::Ja));
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
                format!("は {until_ja} に有効期限が切れました"),
            ),
            Whose::Own if now < *from => told(
                Cause::Certificate,
                format!("does not hold before {from}"),
                format!("は {from_ja} まで有効になりません"),
            ),
            Whose::Authority if now >= *until => told(
                Cause::CertificateDue,
                format!("is of an authority and expired at {until}: whom it certified is still let in"),
                format!(
                    "（認証局）は {until_ja} に有効期限が切れました。その発行先の接続は引き続き受け付けます"
                ),
            ),
            Whose::Own | Whose::Authority if now.plus_days(DAYS_BEFORE) >= *until => told(
                Cause::CertificateDue,
                format!("expires at {until}"),
                format!("は {until_ja} に有効期限が切れます"),
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

/// Why the certificates `new` do not take the place of `old` ones `now`: they do not hold, and the old ones
/// do, or last longer.
pub(super) fn not_in_place_of(new: &[InUse], old: &[InUse], now: UnixSeconds) -> Option<Said> {
    let own = |of: &InUse| of.whose == Whose::Own;
    let wrong = |of: &[InUse]| {
        let wrong = of.iter().filter(|it| own(it)).filter_map(|it| it.amiss(now));
        wrong.filter(|amiss| amiss.cause == Cause::Certificate).map(|amiss| amiss.why).next()
    };
    let until = |of: &[InUse]| of.iter().filter(|it| own(it)).map(|it| it.until).min();
    let why = wrong(new)?;
    let goes_on = match wrong(old) {
        None => Said::new("the one before holds, and is used on", "有効な以前の証明書を使い続けます"),
        Some(_) if until(old) > until(new) => Said::new(
            "the one before does not hold either and lasts longer, so that it is used on",
            "以前の証明書も有効期間外ですが、期限がより後のため使い続けます",
        ),
        Some(_) => return None,
    };
    Some(why.then(&goes_on))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_hold_takes_the_place_of_nothing_that_does_or_lasts_longer() {
        let of = |from, until| {
            let (from, until) = (UnixSeconds::new(from), UnixSeconds::new(until));
            [InUse { whose: Whose::Own, file: "server.pem".into(), position: 1, from, until }]
        };
        let kept = |new: [InUse; 1], old: [InUse; 1]| {
            not_in_place_of(&new, &old, UnixSeconds::new(100)).map(|why| why.en)
        };
        let (good, other, ended) = (of(0, 200), of(50, 150), of(0, 90));
        for taken in [(&good, &other), (&good, &ended), (&other, &good), (&ended, &ended)] {
            assert_eq!(kept(taken.0.clone(), taken.1.clone()), None);
        }
        assert_eq!(kept(of(110, 300), ended.clone()), None, "of two that do not hold, it lasts longer");
        for not_yet_or_no_more in [ended.clone(), of(110, 300)] {
            let why = kept(not_yet_or_no_more, good.clone()).unwrap();
            assert!(why.ends_with("the one before holds, and is used on"), "{why}");
        }
        let why = kept(of(0, 80), ended.clone()).unwrap();
        assert!(why.contains("lasts longer"), "{why}");
        // Nobody looks at the end of an authority.
        let [mut authority] = ended;
        authority.whose = Whose::Authority;
        let [own] = good.clone();
        assert_eq!(not_in_place_of(&[own, authority], &good, UnixSeconds::new(100)), None);
    }

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
        assert!(why.ja.starts_with("tls/server.pem の 2 番目の証明書は 令和8年"), "{why:?}");
    }
}

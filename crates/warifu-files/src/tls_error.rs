//! What a library of TLS says, for people: it speaks English alone, in the names of its source.

use warifu_values::lang::Lang;
use warifu_values::say;

/// `text` in words, where it is of the kinds that occur; else itself, as what the library said.
pub fn tls_error(text: &str, lang: Lang) -> String {
    known_tls_error(text, lang).unwrap_or_else(|| say!(lang, "TLS: \"{text}\"", "TLS:「{text}」"))
}

/// `text` in words, where it is of the kinds that occur.
pub(crate) fn known_tls_error(text: &str, lang: Lang) -> Option<String> {
    if let Some((_, alert)) = text.split_once("received fatal alert: ") {
        return of_alert(alert, lang);
    }
    if let Some((_, certificate)) = text.split_once("invalid peer certificate: ") {
        return of_certificate(certificate, lang);
    }
    let says = |words: &str| text.contains(words);
    if says("peer sent no certificates") {
        return Some(say!(lang, "the other side shows no certificate", "相手が証明書を提示しません"));
    }
    if says("received corrupt message") {
        return Some(say!(
            lang,
            "the other side does not speak TLS: is this an http address?",
            "相手が TLS に対応していません。http のアドレスではありませんか"
        ));
    }
    says("peer is incompatible").then(|| no_common(lang))
}

fn no_common(lang: Lang) -> String {
    say!(
        lang,
        "both sides know no version or cipher of TLS in common",
        "双方が対応する TLS の版または暗号方式がありません"
    )
}

/// What the other side says of the certificate that it was shown, or not.
fn of_alert(alert: &str, lang: Lang) -> Option<String> {
    Some(match alert {
        "CertificateRequired" => say!(
            lang,
            "the other side wants a certificate, and none was shown",
            "相手がクライアント証明書を求めていますが、提示していません"
        ),
        "CertificateExpired" => say!(
            lang,
            "the certificate that was shown has expired, says the other side",
            "提示した証明書の有効期限が切れていると相手が判断しました"
        ),
        "CertificateRevoked" => say!(
            lang,
            "the certificate that was shown is revoked, says the other side",
            "提示した証明書は失効していると相手が判断しました"
        ),
        "UnknownCA" => say!(
            lang,
            "the other side does not know the authority of the certificate that was shown",
            "提示した証明書の認証局を相手が信頼していません"
        ),
        "BadCertificate" | "CertificateUnknown" | "UnsupportedCertificate" | "DecryptError" => say!(
            lang,
            "the other side does not take the certificate that was shown",
            "提示した証明書を相手が受け付けません"
        ),
        "AccessDenied" => say!(lang, "the other side does not let us in", "相手が接続を許可しません"),
        "HandshakeFailure" | "ProtocolVersion" | "InsufficientSecurity" => no_common(lang),
        _ => return None,
    })
}

/// What is wrong with the certificate of the other side.
fn of_certificate(what: &str, lang: Lang) -> Option<String> {
    // The longer words first: some begin another way, and tell instants or names.
    let begins = |words: &[&str]| words.iter().any(|word| what.starts_with(word));
    Some(if begins(&["certificate expired", "Expired"]) {
        say!(lang, "the other side's certificate has expired", "相手の証明書の有効期限が切れています")
    } else if begins(&["certificate not valid yet", "NotValidYet"]) {
        say!(
            lang,
            "the other side's certificate does not hold yet",
            "相手の証明書はまだ有効期間に入っていません"
        )
    } else if begins(&["certificate not valid for name", "NotValidForName"]) {
        say!(
            lang,
            "the other side's certificate is for another name",
            "相手の証明書の名前が接続先と一致しません"
        )
    } else if begins(&["UnknownIssuer"]) {
        say!(
            lang,
            "the other side's certificate is of no authority that is believed here",
            "相手の証明書は、信頼する認証局が発行したものではありません"
        )
    } else if begins(&["Revoked"]) {
        say!(lang, "the other side's certificate is revoked", "相手の証明書は失効しています")
    } else if begins(&["certificate does not allow", "InvalidPurpose"]) || what.contains("CaUsedAsEndEntity")
    {
        say!(
            lang,
            "the other side's certificate is not made for this use",
            "相手の証明書は、この用途のものではありません"
        )
    } else if begins(&["BadSignature", "BadEncoding", "UnsupportedSignatureAlgorithm"]) {
        say!(
            lang,
            "the other side's certificate is damaged, or signed in a way that is not known here",
            "相手の証明書が壊れているか、署名方式に対応していません"
        )
    } else {
        return None;
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the library writes them, with and without what others put before.
    #[test]
    fn the_kinds_that_occur_are_told_in_both_languages() {
        for (text, en, ja) in [
            ("invalid peer certificate: Expired", "has expired", "期限が切れて"),
            (
                "rustls: invalid peer certificate: certificate expired: verification time 1795336000 (UNIX), \
                 but certificate is not valid after 1 (2 seconds ago)",
                "has expired",
                "期限が切れて",
            ),
            ("io: invalid peer certificate: UnknownIssuer", "no authority", "信頼する認証局"),
            (
                "invalid peer certificate: certificate not valid for name \"a\"; certificate is only valid \
                 for b",
                "another name",
                "一致しません",
            ),
            ("invalid peer certificate: Other(OtherError(CaUsedAsEndEntity))", "this use", "この用途"),
            ("received fatal alert: CertificateRequired", "none was shown", "提示していません"),
            ("received fatal alert: UnknownCA", "does not know the authority", "信頼していません"),
            ("received corrupt message of type InvalidContentType", "does not speak TLS", "TLS に対応して"),
            ("peer sent no certificates", "no certificate", "提示しません"),
        ] {
            let (english, japanese) = (tls_error(text, Lang::En), tls_error(text, Lang::Ja));
            assert!(english.contains(en) && japanese.contains(ja), "{text}: {english} {japanese}");
            assert!(!japanese.replace("TLS", "").contains(|it: char| it.is_ascii_uppercase()), "{japanese}");
        }
    }

    #[test]
    fn what_is_not_known_is_told_as_what_it_is() {
        assert_eq!(tls_error("handshake not complete", Lang::En), "TLS: \"handshake not complete\"");
        assert_eq!(tls_error("received fatal alert: New", Lang::Ja), "TLS:「received fatal alert: New」");
        assert_eq!(known_tls_error("the disk is full", Lang::En), None);
    }
}

//! TLS: which authorities are believed, and who we are.

use std::sync::Arc;

use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, TlsProvider, parse_pem};

use super::Network;
use super::fault::Unusable;
use super::settings::Identity;

/// By the settings of `network`; without authorities of its own, those of the public web are believed.
pub(super) fn config(network: &Network) -> Result<TlsConfig, Unusable> {
    let roots = match &network.authorities_pem {
        Some(pem) => RootCerts::Specific(Arc::new(certificates(pem, "WARIFU_CHANNEL_CA")?)),
        None => RootCerts::WebPki,
    };
    let config = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .root_certs(roots)
        .client_cert(network.identity.as_ref().map(client).transpose()?)
        .unversioned_rustls_crypto_provider(Arc::new(rustls_graviola::default_provider()));
    Ok(config.build())
}

fn client(identity: &Identity) -> Result<ClientCert, Unusable> {
    let chain = certificates(&identity.certificates_pem, "WARIFU_CHANNEL_CERTIFICATE")?;
    let key = PrivateKey::from_pem(&identity.key_pem)
        .map_err(|_| Unusable("WARIFU_CHANNEL_KEY holds no key in PEM".into()))?;
    Ok(ClientCert::new_with_certs(&chain, key))
}

fn certificates(pem: &[u8], variable: &str) -> Result<Vec<Certificate<'static>>, Unusable> {
    let wrong = || Unusable(format!("{variable} holds no certificate in PEM"));
    let items: Vec<_> = parse_pem(pem).collect::<Result<_, _>>().map_err(|_| wrong())?;
    let certificates = items.into_iter().filter_map(|item| match item {
        PemItem::Certificate(certificate) => Some(certificate),
        _ => None,
    });
    let certificates: Vec<_> = certificates.collect();
    if certificates.is_empty() { Err(wrong()) } else { Ok(certificates) }
}

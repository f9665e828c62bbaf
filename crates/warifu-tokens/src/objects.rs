//! The objects of a key on a token: its secret half, its public half, and how both are made.

use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use warifu_trust::PublicKey;
use warifu_values::digest::Digest;

use crate::held::Held;
use crate::token_error::TokenError;
use crate::uri::TokenUri;

/// How many keys are told of where the one that is meant is not there.
const TOLD: usize = 8;

/// The two halves of a key on a token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    pub(crate) secret: ObjectHandle,
    pub(crate) public: PublicKey,
}

fn of(error: Error) -> TokenError {
    TokenError::of(&error)
}

/// The secret half that `uri` names, and the public one beside it.
pub(crate) fn pair(session: &Session, uri: &TokenUri) -> Result<Pair, TokenError> {
    let secret = only(session, ObjectClass::PRIVATE_KEY, uri)?;
    let wanted = [AttributeType::KeyType, AttributeType::Id, AttributeType::Label];
    let about = session.get_attributes(secret, &wanted).map_err(of)?;
    let (mut beside, mut label) = (None, None);
    for attribute in about {
        match attribute {
            Attribute::KeyType(KeyType::EC_EDWARDS) => {}
            Attribute::KeyType(other) => return Err(TokenError::NotEd25519 { what: other.to_string() }),
            Attribute::Id(id) if !id.is_empty() => beside = Some(Attribute::Id(id)),
            Attribute::Label(text) => label = Some(Attribute::Label(text)),
            _ => {}
        }
    }
    // Not every token knows the attribute; one that does not, never asks.
    let asks = session.get_attributes(secret, &[AttributeType::AlwaysAuthenticate]).unwrap_or_default();
    if asks.contains(&Attribute::AlwaysAuthenticate(true)) {
        return Err(TokenError::AlwaysAsks);
    }
    let class = Attribute::Class(ObjectClass::PUBLIC_KEY);
    let template = [class, beside.or(label).ok_or(TokenError::NoPublicHalf)?];
    match session.find_objects(&template).map_err(of)?.as_slice() {
        [half] => Ok(Pair { secret, public: point(session, *half)? }),
        _ => Err(TokenError::NoPublicHalf),
    }
}

/// The public half that `uri` names; nobody need be logged in for it.
pub(crate) fn public_half(session: &Session, uri: &TokenUri) -> Result<PublicKey, TokenError> {
    point(session, only(session, ObjectClass::PUBLIC_KEY, uri)?)
}

/// The one key of this class that `uri` names.
fn only(session: &Session, class: ObjectClass, uri: &TokenUri) -> Result<ObjectHandle, TokenError> {
    let mut template = vec![Attribute::Class(class)];
    template.extend(uri.object().map(|label| Attribute::Label(label.as_bytes().to_vec())));
    template.extend(uri.id().map(|id| Attribute::Id(id.to_vec())));
    if template.len() == 1 {
        return Err(TokenError::NoName);
    }
    let found = session.find_objects(&template).map_err(of)?;
    match found.as_slice() {
        [one] => Ok(*one),
        [] => {
            let all = session.find_objects(&template[..1]).map_err(of)?;
            let told = |attribute| match attribute {
                Attribute::Label(label) => Some(String::from_utf8_lossy(&label).into_owned()),
                _ => None,
            };
            Err(TokenError::NoKey { there: told_of(session, &all, AttributeType::Label, told) })
        }
        several => {
            let told = |attribute| match attribute {
                Attribute::Id(id) => {
                    Some(id.iter().fold("id=".to_owned(), |text, byte| format!("{text}%{byte:02X}")))
                }
                _ => None,
            };
            Err(TokenError::ManyKeys { ids: told_of(session, several, AttributeType::Id, told) })
        }
    }
}

fn told_of(
    session: &Session,
    objects: &[ObjectHandle],
    what: AttributeType,
    told: impl Fn(Attribute) -> Option<String>,
) -> Vec<String> {
    let attributes =
        objects.iter().take(TOLD).filter_map(|object| session.get_attributes(*object, &[what]).ok());
    attributes.flatten().filter_map(told).collect()
}

/// The key of a public half: its 32 bytes, as they are or in the DER string that PKCS#11 has around a point.
fn point(session: &Session, half: ObjectHandle) -> Result<PublicKey, TokenError> {
    let attributes = session.get_attributes(half, &[AttributeType::KeyType, AttributeType::EcPoint]);
    let mut bytes = None;
    for attribute in attributes.map_err(of)? {
        match attribute {
            Attribute::KeyType(KeyType::EC_EDWARDS) => {}
            Attribute::KeyType(other) => return Err(TokenError::NotEd25519 { what: other.to_string() }),
            Attribute::EcPoint(point) => bytes = Some(point),
            _ => {}
        }
    }
    let bytes = bytes.ok_or(TokenError::NoPublicHalf)?;
    let raw = match bytes.as_slice() {
        [0x04, 32, raw @ ..] | [0x03, 33, 0, raw @ ..] => raw,
        raw => raw,
    };
    let what = || TokenError::NotEd25519 { what: format!("a point of {} bytes", bytes.len()) };
    let raw: &[u8; 32] = raw.try_into().map_err(|_| what())?;
    PublicKey::from_bytes(raw).map_err(|_| what())
}

/// Makes the pair that `uri` names, which cannot leave the token.
pub(crate) fn make(held: &Held, uri: &TokenUri) -> Result<Pair, TokenError> {
    let mechanisms = held.module.get_mechanism_list(held.slot).map_err(of)?;
    let able = [MechanismType::ECC_EDWARDS_KEY_PAIR_GEN, MechanismType::EDDSA];
    if !able.iter().all(|mechanism| mechanisms.contains(mechanism)) {
        return Err(TokenError::MakesNoEd25519);
    }
    // One that may write; it is logged in as the first one is.
    let session = &held.module.open_rw_session(held.slot).map_err(of)?;
    for class in [ObjectClass::PRIVATE_KEY, ObjectClass::PUBLIC_KEY] {
        match only(session, class, uri) {
            Err(TokenError::NoKey { .. }) => {}
            Ok(_) | Err(TokenError::ManyKeys { .. }) => return Err(TokenError::KeyIsThere),
            Err(error) => return Err(error),
        }
    }
    let label = uri.object().ok_or(TokenError::NoName)?.as_bytes().to_vec();
    let id = uri.id().map_or_else(|| Digest::of(&label).as_bytes()[..8].to_vec(), <[u8]>::to_vec);
    let secret = [
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
        Attribute::Label(label.clone()),
        Attribute::Id(id.clone()),
    ];
    let public = |curve: &[u8]| {
        [
            Attribute::Token(true),
            Attribute::Private(false),
            Attribute::Verify(true),
            Attribute::EcParams(curve.to_vec()),
            Attribute::Label(label.clone()),
            Attribute::Id(id.clone()),
        ]
    };
    let generate =
        |curve: &[u8]| session.generate_key_pair(&Mechanism::EccEdwardsKeyPairGen, &public(curve), &secret);
    // id-Ed25519 (RFC 8410) as newer tokens want it; the name of the curve as PKCS#11 3.0 had it at first.
    let made = match generate(b"\x06\x03\x2b\x65\x70") {
        Err(Error::Pkcs11(code, _)) if is_about_the_curve(code) => generate(b"\x13\x0cedwards25519"),
        made => made,
    };
    let (half, secret) = made.map_err(of)?;
    let stays = || -> Result<Pair, TokenError> {
        let wanted = [AttributeType::Sensitive, AttributeType::Extractable];
        let about = session.get_attributes(secret, &wanted).map_err(of)?;
        let stays =
            about.contains(&Attribute::Sensitive(true)) && about.contains(&Attribute::Extractable(false));
        if stays { Ok(Pair { secret, public: point(session, half)? }) } else { Err(TokenError::CouldLeave) }
    };
    stays().inspect_err(|_| {
        // What is of no use is not left behind.
        let _ = session.destroy_object(secret);
        let _ = session.destroy_object(half);
    })
}

fn is_about_the_curve(code: RvError) -> bool {
    matches!(
        code,
        RvError::CurveNotSupported
            | RvError::DomainParamsInvalid
            | RvError::AttributeValueInvalid
            | RvError::TemplateInconsistent
            | RvError::FunctionFailed
            | RvError::GeneralError
    )
}

/// The signature over `message`.
pub(crate) fn sign(session: &Session, secret: ObjectHandle, message: &[u8]) -> Result<[u8; 64], TokenError> {
    // Pure Ed25519 (RFC 8032): PKCS#11 has it by leaving the parameters out.
    let ed25519 = Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Ed25519));
    let signature = session.sign(&ed25519, secret, message).map_err(of)?;
    let long = signature.len();
    let cause = format!("a signature of {long} bytes");
    signature.try_into().map_err(|_| TokenError::Refused { cause })
}

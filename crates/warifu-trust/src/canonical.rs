//! JSON without ambiguity: one meaning per text when read, one text per value when signed.
//!
//! Reading refuses what two parsers could understand differently (a key twice, a fraction, an exponent);
//! writing is the canonical form that TUF signatures cover, OLPC canonical JSON as securesystemslib does it
//! (TUF specification 1.0, section 4.2.1): sorted keys, no spaces, only `"` and `\` escaped.

use std::fmt;

use serde::de::{DeserializeOwned, DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Why bytes are no JSON that this crate signs or believes.
#[derive(Debug, thiserror::Error)]
#[error("not unambiguous JSON")]
pub(crate) struct NotStrictJson(#[from] serde_json::Error);

/// Reads one JSON value. Refused: a key that occurs twice in an object, any number that is not a whole one
/// within 64 bits, bytes that are not UTF-8, anything after the value, more than 128 levels.
pub(crate) fn parse_strict(bytes: &[u8]) -> Result<Value, NotStrictJson> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Strict.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

/// [`parse_strict`], then into `T`.
pub(crate) fn from_slice<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, NotStrictJson> {
    Ok(serde_json::from_value(parse_strict(bytes)?)?)
}

/// What was wrong, in the parser's own words.
pub(crate) fn cause(error: &NotStrictJson) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

/// The canonical bytes of `value`, which signatures cover.
///
/// Values made or read here hold no fractions, so `None` never comes of them; it is an `Option` because
/// a caller could build such a value.
pub(crate) fn to_bytes(value: &Value) -> Option<Vec<u8>> {
    sigstore_tuf::canonical_json::to_canonical_bytes(value).ok()
}

/// Reads a value and refuses what is ambiguous on the way.
struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(Strict)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON of whole numbers, texts, lists and objects with distinct keys")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(Number::from(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(Number::from(value)))
    }

    fn visit_f64<E: serde::de::Error>(self, _: f64) -> Result<Value, E> {
        Err(E::custom("a number that is not a whole one"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Strict)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(Strict)?;
            if object.insert(key.clone(), value).is_some() {
                return Err(A::Error::custom(format_args!("the key {key:?} occurs twice in one object")));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_key_twice_is_refused() {
        assert!(parse_strict(br#"{"a":1,"b":{"c":1,"c":2}}"#).is_err());
        assert!(parse_strict(br#"{"a":1,"\u0061":2}"#).is_err());
    }

    #[test]
    fn fractions_and_exponents_are_refused() {
        for text in ["1.0", "1e3", "-0.5", "[18446744073709551616]"] {
            assert!(parse_strict(text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(parse_strict(b"18446744073709551615").unwrap(), Value::from(u64::MAX));
    }

    #[test]
    fn nothing_may_follow_and_depth_is_bounded() {
        assert!(parse_strict(b"{} {}").is_err());
        assert!(parse_strict("[".repeat(100_000).as_bytes()).is_err());
        assert!(parse_strict(b"\"\xff\"").is_err());
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<u64>().prop_map(Value::from),
            // Control characters stand raw in the canonical form, which is then no JSON text any more.
            "[ -~ぁ-ん]{0,8}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[a-z\"]{0,4}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_canonical_form_means_the_same_and_is_a_fixed_point(value in values()) {
            let bytes = to_bytes(&value).unwrap();
            let again = parse_strict(&bytes).unwrap();
            prop_assert_eq!(to_bytes(&again).unwrap(), bytes);
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse_strict(&bytes);
        }
    }
}

//! How a key on a token is named: a `pkcs11:` URI (RFC 7512), read strictly.
//!
//! Off-spec: what this crate does not know in a URI is refused instead of passed over, because nobody is to
//! sign by another key than the one that was meant; and a PIN in it (`pin-value`) is refused, because command
//! lines are seen by others and kept.

use std::fmt;
use std::path::{Path, PathBuf};

use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

/// The name of a key on a token.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TokenUri {
    token: Option<String>,
    serial: Option<String>,
    manufacturer: Option<String>,
    model: Option<String>,
    object: Option<String>,
    id: Option<Vec<u8>>,
    module: Option<PathBuf>,
    pin_source: Option<PathBuf>,
}

/// What a URI begins with.
const SCHEME: &str = "pkcs11:";

/// Why a text is no name of a key on a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UriFault {
    /// It does not begin with `pkcs11:`.
    Scheme,
    /// An attribute that is not known here.
    Unknown {
        /// Its name.
        name: String,
    },
    /// An attribute that stands twice.
    Twice {
        /// Its name.
        name: String,
    },
    /// An attribute's value that cannot be.
    Value {
        /// Its name.
        name: String,
    },
    /// A PIN stands in it.
    PinValue,
}

impl TokenUri {
    /// Reads `pkcs11:token=…;serial=…;object=…;id=%01?module-path=…&pin-source=file:…`; any of it may be left
    /// out.
    ///
    /// # Errors
    /// [`UriFault`].
    pub fn parse(text: &str) -> Result<Self, UriFault> {
        let scheme = text.get(..SCHEME.len()).filter(|scheme| scheme.eq_ignore_ascii_case(SCHEME));
        let named = scheme.map(|scheme| &text[scheme.len()..]).ok_or(UriFault::Scheme)?;
        let (path, query) = named.split_once('?').unwrap_or((named, ""));
        let mut uri = TokenUri::default();
        let mut seen = Vec::new();
        let attributes = path.split(';').chain(query.split('&')).filter(|attribute| !attribute.is_empty());
        for attribute in attributes {
            let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            if name == "pin-value" {
                return Err(UriFault::PinValue);
            }
            if seen.contains(&name) {
                return Err(UriFault::Twice { name: name.to_owned() });
            }
            seen.push(name);
            uri.set(name, value)?;
        }
        Ok(uri)
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), UriFault> {
        let wrong = || UriFault::Value { name: name.to_owned() };
        let bytes = decoded(value).filter(|bytes| !bytes.is_empty()).ok_or_else(wrong)?;
        if name == "id" {
            self.id = Some(bytes);
            return Ok(());
        }
        let text = String::from_utf8(bytes).map_err(|_| wrong())?;
        if text.contains(char::is_control) {
            return Err(wrong());
        }
        match name {
            "token" => self.token = Some(text),
            "serial" => self.serial = Some(text),
            "manufacturer" => self.manufacturer = Some(text),
            "model" => self.model = Some(text),
            "object" => self.object = Some(text),
            "type" if ["private", "public"].contains(&text.as_str()) => {}
            "module-path" => self.module = Some(text.into()),
            "pin-source" => {
                let file = text.strip_prefix("file:").unwrap_or(&text);
                // `file:///x` names the same as `file:/x`.
                let file = file.strip_prefix("//").filter(|rest| rest.starts_with('/')).unwrap_or(file);
                self.pin_source = Some(file.starts_with('/').then(|| file.into()).ok_or_else(wrong)?);
            }
            "type" => return Err(wrong()),
            _ => return Err(UriFault::Unknown { name: name.to_owned() }),
        }
        Ok(())
    }

    /// The module that it names.
    pub fn module(&self) -> Option<&Path> {
        self.module.as_deref()
    }

    /// The file that it names for the PIN.
    pub fn pin_source(&self) -> Option<&Path> {
        self.pin_source.as_deref()
    }

    /// The key's label.
    pub fn object(&self) -> Option<&str> {
        self.object.as_deref()
    }

    /// The key's id on the token.
    pub fn id(&self) -> Option<&[u8]> {
        self.id.as_deref()
    }

    /// The same token, the key labelled `object` where it names none.
    #[must_use]
    pub fn with_object(self, object: &str) -> Self {
        TokenUri { object: self.object.or_else(|| Some(object.to_owned())), ..self }
    }

    /// Whether a token with these names is meant.
    pub(crate) fn is_of(&self, label: &str, serial: &str, manufacturer: &str, model: &str) -> bool {
        let names = [
            (&self.token, label),
            (&self.serial, serial),
            (&self.manufacturer, manufacturer),
            (&self.model, model),
        ];
        names.into_iter().all(|(wanted, is)| wanted.as_deref().is_none_or(|wanted| wanted == is))
    }
}

/// The value without its escapes; none when one of them is none.
fn decoded(value: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let digit = |digit: u8| char::from(digit).to_digit(16);
            bytes.push(u8::try_from(digit(digits[0])? * 16 + digit(digits[1])?).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    Some(bytes)
}

/// The token and the key, as a URI; neither the module nor where the PIN lies.
impl fmt::Display for TokenUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:[]@!$'()*+,=&".contains(&byte);
        let mut between = SCHEME;
        let text = |text: &Option<String>| text.as_ref().map(|text| text.as_bytes().to_vec());
        let attributes = [
            ("token", text(&self.token)),
            ("manufacturer", text(&self.manufacturer)),
            ("model", text(&self.model)),
            ("serial", text(&self.serial)),
            ("object", text(&self.object)),
        ];
        for (name, value) in attributes {
            let Some(value) = value else { continue };
            write!(f, "{between}{name}=")?;
            between = ";";
            // What is not ASCII is left as people read it.
            for part in String::from_utf8_lossy(&value).chars() {
                match u8::try_from(part) {
                    Ok(byte) if byte.is_ascii() && !is_plain(byte) => write!(f, "%{byte:02X}")?,
                    _ => write!(f, "{part}")?,
                }
            }
        }
        if let Some(id) = &self.id {
            write!(f, "{between}id=")?;
            between = ";";
            id.iter().try_for_each(|byte| write!(f, "%{byte:02X}"))?;
        }
        if between == SCHEME { f.write_str(SCHEME) } else { Ok(()) }
    }
}

impl Speak for UriFault {
    fn say(&self, lang: Lang) -> String {
        match self {
            UriFault::Scheme => say!(
                lang,
                "a key on a token is named by a URI such as pkcs11:token=kikin;object=aoki",
                "トークンの鍵は pkcs11:token=kikin;object=aoki のような URI で指定してください"
            ),
            UriFault::Unknown { name } => say!(
                lang,
                "{name} is not understood in a pkcs11: URI; known are token, serial, manufacturer, model, \
                 object, id and type, and after ? module-path and pin-source",
                "pkcs11: URI の {name} は使えません。使えるのは token、serial、manufacturer、model、object、id、type と、\
                 ? の後の module-path、pin-source です"
            ),
            UriFault::Twice { name } => {
                say!(lang, "{name} stands twice in the pkcs11: URI", "pkcs11: URI に {name} が二つあります")
            }
            UriFault::Value { name } => say!(
                lang,
                "the value of {name} in the pkcs11: URI cannot be read (% and two digits stand for a byte; a \
                 pin-source is file:/PATH)",
                "pkcs11: URI の {name} の値を読めません（% と 16 進 2 桁で 1 バイト。pin-source は file:/パス）"
            ),
            UriFault::PinValue => say!(
                lang,
                "a PIN does not belong on the command line, where others see it and it is kept: leave \
                 pin-value out (it is asked for), or name a file with pin-source=file:/PATH; change this PIN \
                 now",
                "PIN をコマンド行に書かないでください（他者に見え、履歴に残ります）。pin-value を外す（入力を求めます）か、\
                 pin-source=file:/パス でファイルを指定してください。この PIN は変更してください"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_named_as_rfc_7512_has_it() {
        let text = "pkcs11:token=My%20token;object=青木;id=%01%fF;type=private\
                    ?module-path=/usr/lib/x.so&pin-source=file:///run/pin";
        let uri = TokenUri::parse(text).unwrap();
        assert_eq!(uri.object(), Some("青木"));
        assert_eq!(uri.id(), Some(&[1, 255][..]));
        assert_eq!(uri.module(), Some(Path::new("/usr/lib/x.so")));
        assert_eq!(uri.pin_source(), Some(Path::new("/run/pin")));
        assert_eq!(uri.to_string(), "pkcs11:token=My%20token;object=青木;id=%01%FF");
        assert!(uri.is_of("My token", "1", "m", "x") && !uri.is_of("my token", "1", "m", "x"));
        let shown = TokenUri { module: None, pin_source: None, ..uri };
        assert_eq!(TokenUri::parse(&shown.to_string()).unwrap(), shown);
        // Letters of Latin-1 are not ASCII either.
        let shown = TokenUri { object: Some("José".into()), ..shown };
        assert_eq!(TokenUri::parse(&shown.to_string()).unwrap(), shown);
        assert_eq!(TokenUri::parse("PKCS11:").unwrap().to_string(), "pkcs11:");
    }

    #[test]
    fn what_is_not_understood_names_no_key() {
        let fault = |text: &str| TokenUri::parse(text).unwrap_err();
        let named = |name: &str| name.to_owned();
        assert_eq!(fault("aoki.key"), UriFault::Scheme);
        assert_eq!(fault("pkcs11:objekt=a"), UriFault::Unknown { name: named("objekt") });
        assert_eq!(fault("pkcs11:object=a;object=b"), UriFault::Twice { name: named("object") });
        for value in ["object=", "object=%4", "object=%zz", "object=%FF", "object=a%0Ab", "type=cert"] {
            let name = named(value.split('=').next().unwrap());
            assert_eq!(fault(&format!("pkcs11:{value}")), UriFault::Value { name }, "{value}");
        }
        for source in ["|/bin/cat", "http://pin", "file:pin", "pin"] {
            let fault = fault(&format!("pkcs11:object=a?pin-source={source}"));
            assert_eq!(fault, UriFault::Value { name: named("pin-source") });
        }
    }

    #[test]
    fn a_pin_in_it_is_refused_and_not_repeated() {
        for text in ["pkcs11:object=a?pin-value=4711", "pkcs11:object=a;pin-value=4711"] {
            let fault = TokenUri::parse(text).unwrap_err();
            assert_eq!(fault, UriFault::PinValue);
            assert!(!fault.say(Lang::En).contains("4711") && !format!("{fault:?}").contains("4711"));
        }
    }
}

use std::path::Path;
use std::time::Duration;

use warifu::error::{Exit, Failure};
use warifu::interrupt::{self, Whole};
use warifu::release::trust_failure;
use warifu_tokens::{Denied, OpenToken, Pin, Stands, Token, TokenError, TokenUri};
use warifu_trust::{PublicKey, Signer, limits, prove};
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::say;

use super::super::passphrase::{ATTEMPTS, Secret, asked, first_line, first_line_of};
use super::reach::Reach;
use crate::cli::Context;

fn failed(error: &TokenError) -> Failure {
    Failure::because(Exit::CouldNotRun, error)
}

fn parsed(uri: &str) -> Result<TokenUri, Failure> {
    TokenUri::parse(uri).map_err(|fault| Failure::because(Exit::CouldNotRun, &fault))
}

/// The token that `uri` means, still locked.
fn found(uri: &TokenUri, reach: &Reach) -> Result<Token, Failure> {
    let module = uri.module().or(reach.pkcs11_module.as_deref()).ok_or_else(|| {
        Failure::new(
            Exit::CouldNotRun,
            "no PKCS#11 module is named; give the library that came with the token with --pkcs11-module, \
             WARIFU_PKCS11_MODULE or module-path in the URI",
            "PKCS#11 モジュールの指定がありません。トークン付属のライブラリを --pkcs11-module、WARIFU_PKCS11_MODULE または \
             URI の module-path で指定してください",
        )
    })?;
    Token::find(uri, module, Duration::from_secs(reach.pkcs11_wait)).map_err(|error| failed(&error))
}

/// The PIN in `file`. One that the URI names is a regular file: a URI may come from somebody else, and a pipe
/// would be waited for without end.
fn pin_in(file: &Path, uri: &TokenUri) -> Result<String, Failure> {
    if uri.pin_source().is_none() {
        return first_line(file);
    }
    let bytes = warifu_files::read(file, limits::KEY_FILE_BYTES);
    let bytes = bytes.map_err(|error| Failure::told(Exit::CouldNotRun, &error))?;
    Ok(first_line_of(&zeroize::Zeroizing::new(bytes)))
}

/// The token, unlocked by a PIN from `file` or asked for. After a typo it is asked for again, but never where
/// the next wrong one would lock the token.
fn open(context: &Context, uri: &TokenUri, reach: &Reach, file: Option<&Path>) -> Result<OpenToken, Failure> {
    let lang = context.lang;
    let mut token = found(uri, reach)?;
    let file = uri.pin_source().or(file);
    for attempt in 1.. {
        let last_try = token.stands() == Stands::LastTry;
        let pin = match (token.has_keypad(), file) {
            (true, _) => {
                let label = token.label();
                let asks = say!(
                    lang,
                    "type the PIN of {label} on its keypad\n",
                    "{label} のキーパッドで PIN を入力してください\n"
                );
                context.tell(&asks);
                None
            }
            // What a program gives again and again is not what the last try is for.
            (false, Some(file)) if last_try => {
                let file = file.display();
                return Err(Failure::new(
                    Exit::CouldNotRun,
                    format!(
                        "one try is left before the token locks; the PIN of {file} was not given: type it \
                         yourself, without the file"
                    ),
                    format!(
                        "残り 1 回の誤りでトークンがロックされるため、{file} の PIN は使いません。ファイルを指定せずに入力してください"
                    ),
                ));
            }
            (false, Some(file)) => Some(Pin::new(pin_in(file, uri)?)),
            (false, None) => {
                let (label, serial) = (token.label(), token.serial());
                let last = if last_try {
                    say!(lang, " (LAST TRY before it locks)", "（最後の 1 回。誤るとロックされます）")
                } else {
                    String::new()
                };
                Some(Pin::new(asked(
                    context,
                    Secret::Pin,
                    say!(
                        lang,
                        "PIN of the token {label}, {serial}{last}: ",
                        "トークン {label}（{serial}）の PIN{last}: "
                    ),
                )?))
            }
        };
        match token.log_in(pin).map_err(|denied| *denied) {
            Ok(open) => return Ok(open),
            Err(Denied { token: again, why: why @ TokenError::WrongPin { stands } })
                if file.is_none()
                    && attempt < ATTEMPTS
                    && matches!(stands, Stands::Well | Stands::Mistyped) =>
            {
                context.tell(&format!("warifu: {}\n", why.say(lang)));
                token = again;
            }
            // Which file: one that is named for everything may hold another token's PIN.
            Err(Denied { why: why @ TokenError::WrongPin { .. }, .. }) if let Some(file) = file => {
                let told = |lang| format!("{}: {}", file.display(), why.say(lang));
                return Err(Failure::new(Exit::CouldNotRun, told(Lang::En), told(Lang::Ja)));
            }
            Err(Denied { why, .. }) => return Err(failed(&why)),
        }
    }
    Err(failed(&TokenError::WrongPin { stands: token.stands() }))
}

/// The key that `uri` names, its token unlocked by a PIN from `file` or asked for.
pub(crate) fn unlock(
    context: &Context,
    uri: &str,
    reach: &Reach,
    file: Option<&Path>,
) -> Result<Box<dyn Signer>, Failure> {
    let uri = parsed(uri)?;
    let key = open(context, &uri, reach, file)?.key(&uri).map_err(|error| failed(&error))?;
    context.acts.note("token", &uri);
    Ok(Box::new(key))
}

/// Makes the key that `uri` names, or one labelled `name`, on its token; or takes the one that is there, when
/// it `exists`. Its public half is proven before it is handed on.
pub(crate) fn make(
    context: &Context,
    (uri, name): (&str, &str),
    exists: bool,
    reach: &Reach,
    file: Option<&Path>,
) -> Result<(PublicKey, String), Failure> {
    let uri = parsed(uri)?;
    let uri = if exists { uri } else { uri.with_object(name) };
    let token = open(context, &uri, reach, file)?;
    let whole = Whole::begin();
    let key = if exists { token.key(&uri) } else { token.make(&uri) };
    let key = key.map_err(|error| failed(&error))?;
    if !exists {
        interrupt::wrote(&uri);
    }
    drop(whole);
    prove(&key).map_err(|error| trust_failure(&error))?;
    context.acts.note("key", key.public().id().read_out());
    context.acts.note("token", &uri);
    Ok((key.public(), uri.to_string()))
}

/// The public half of the key that `uri` names, which asks for no PIN, and its name.
pub(crate) fn shown(uri: &str, reach: &Reach) -> Result<(PublicKey, String), Failure> {
    let uri = parsed(uri)?;
    let public = found(&uri, reach)?.public_key(&uri).map_err(|error| failed(&error))?;
    Ok((public, uri.to_string()))
}

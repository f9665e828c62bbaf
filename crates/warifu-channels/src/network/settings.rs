//! How the network is reached, as values: time limits, proxy, certificates, credentials.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use warifu_trust::UnixSeconds;
use warifu_values::lang::{Lang, Speak};
use warifu_values::say;

use super::trying_again::TryingAgain;

/// A file of certificates, a key or credentials: bundles of all public authorities are about 0.25 MB.
const FILE_BYTES: u64 = 2 << 20;

/// How long is waited for what can be done without, beside what its bytes take.
const SPARE: Duration = Duration::from_secs(10);

/// How long is waited for what, before it counts as a drop, and how long drops are outlasted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patience {
    /// For a connection, TLS included.
    pub connect: Duration,
    /// For the next byte of an answer that has begun, and for its beginning.
    pub read: Duration,
    /// Below this many bytes in a second, over the time of `read`, an answer is no answer.
    pub lowest_bytes_per_second: u64,
    /// The first pause before another attempt; each is twice the one before, and none longer than
    /// `longest_pause`.
    pub first_pause: Duration,
    /// See `first_pause`.
    pub longest_pause: Duration,
    /// Given up when nothing came for so long, after the place has answered once.
    pub outlasts: Duration,
    /// Given up when nothing came for so long, and the place never answered: its name may be wrong.
    pub first_answer: Duration,
    /// And given up when nobody listened there for so long: no name is looked for and no line is slow.
    pub refused: Duration,
    /// One answer takes no longer, whatever comes: who sends on and on is given up, too.
    pub whole: Duration,
    /// One look, of many answers, takes no longer than this and what its bytes take at
    /// `lowest_bytes_per_second`: whoever lets each answer take as long as it may holds nobody up.
    pub look: Duration,
}

impl Patience {
    /// For a person who waits: a drop of one minute is outlasted, and a name that is wrong soon told.
    pub const ONCE: Patience = Patience {
        connect: Duration::from_secs(10),
        read: Duration::from_secs(20),
        lowest_bytes_per_second: 4096,
        first_pause: Duration::from_millis(200),
        longest_pause: Duration::from_secs(10),
        outlasts: Duration::from_secs(120),
        first_answer: Duration::from_secs(5),
        refused: Duration::from_secs(10),
        whole: Duration::from_secs(3600),
        look: Duration::from_secs(600),
    };

    /// For a script that nobody watches: a drop is outlasted also when it begins before the first answer, but
    /// not for long where nobody listens.
    pub const UNATTENDED: Patience = Patience { first_answer: Patience::ONCE.outlasts, ..Patience::ONCE };

    /// For who looks again by itself soon.
    pub const POLLING: Patience = Patience {
        connect: Duration::from_secs(5),
        read: Duration::from_secs(5),
        lowest_bytes_per_second: 16_384,
        outlasts: Duration::from_secs(10),
        first_answer: Duration::from_secs(5),
        whole: Duration::from_secs(1800),
        look: Duration::from_secs(30),
        ..Patience::ONCE
    };

    /// The same for who gives up after `longest` without an answer, or with one that comes too slowly.
    fn at_most(self, longest: Duration) -> Patience {
        Patience {
            connect: self.connect.min(longest),
            read: self.read.min(longest),
            outlasts: longest,
            first_answer: longest,
            // Who says for how long knows what he waits for.
            refused: longest,
            // Several answers may each wait so long.
            look: self.look.max(longest * 2),
            ..self
        }
    }

    /// The same for what can be done without and is no longer than `limit_bytes`: the whole is asked for in
    /// its place, with all the patience. What comes at the lowest rate there may be comes to its end: on a
    /// slow line the whole would take longer still.
    pub(crate) fn with_what_is_spare(&self, limit_bytes: u64) -> Patience {
        let bytes_take = Duration::from_secs(limit_bytes.div_ceil(self.lowest_bytes_per_second.max(1)));
        Patience {
            outlasts: self.outlasts.min(SPARE),
            first_answer: self.first_answer.min(SPARE),
            whole: self.whole.min(SPARE.saturating_add(bytes_take)),
            ..self.clone()
        }
    }
}

/// A certificate of one's own and its key, to be recognised by.
#[derive(Clone)]
#[cfg_attr(not(feature = "https"), expect(dead_code, reason = "only TLS asks for it"))]
pub(crate) struct Identity {
    pub(crate) certificates_pem: Vec<u8>,
    pub(crate) key_pem: Vec<u8>,
}

/// A name and a secret.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Login {
    pub(crate) name: String,
    pub(crate) secret: String,
    /// The token of a session, where S3's credentials are for a while.
    pub(crate) session: Option<String>,
}

/// Whoever is told that a place does not answer.
pub(crate) type Tells = Arc<dyn Fn(&TryingAgain<'_>) + Send + Sync>;

/// How the network is reached. It prints no secret.
#[derive(Clone)]
pub struct Network {
    pub(crate) patience: Patience,
    pub(crate) tells: Option<Tells>,
    pub(crate) clock: fn() -> UnixSeconds,
    pub(crate) proxy: Option<String>,
    pub(crate) secure_proxy: Option<String>,
    pub(crate) no_proxy: Option<String>,
    #[cfg_attr(not(feature = "https"), expect(dead_code, reason = "only TLS asks for it"))]
    pub(crate) authorities_pem: Option<Vec<u8>>,
    #[cfg_attr(not(feature = "https"), expect(dead_code, reason = "only TLS asks for it"))]
    pub(crate) identity: Option<Identity>,
    pub(crate) login: Option<Login>,
    pub(crate) token: Option<String>,
    pub(crate) s3_endpoint: Option<String>,
    pub(crate) s3_region: String,
    pub(crate) s3_login: Option<Login>,
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Network").field("patience", &self.patience).finish_non_exhaustive()
    }
}

impl Network {
    /// Without proxy, certificates and credentials of its own. `clock` is asked when S3's requests are
    /// signed.
    pub fn plain(patience: Patience, clock: fn() -> UnixSeconds) -> Self {
        Network {
            patience,
            tells: None,
            clock,
            proxy: None,
            secure_proxy: None,
            no_proxy: None,
            authorities_pem: None,
            identity: None,
            login: None,
            token: None,
            s3_endpoint: None,
            s3_region: "us-east-1".into(),
            s3_login: None,
        }
    }

    /// Who waits is told by `tells` when a place does not answer and is asked again: once, until it answers.
    #[must_use]
    pub fn telling(self, tells: impl Fn(&TryingAgain<'_>) + Send + Sync + 'static) -> Self {
        Network { tells: Some(Arc::new(tells)), ..self }
    }

    /// The same for a place that somebody else named: no certificate, login or token of the user's is shown
    /// there.
    #[must_use]
    pub fn anonymous(self) -> Self {
        Network { identity: None, login: None, token: None, s3_login: None, ..self }
    }

    /// What the environment says, asked by `variable`; docs/channels.md lists the names.
    ///
    /// # Errors
    ///
    /// [`NetworkError`]: a variable is no text, or a file that one names cannot be used.
    pub fn from_environment(
        patience: Patience,
        clock: fn() -> UnixSeconds,
        variable: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, NetworkError> {
        let path = |name: &str| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let text = |names: &[&'static str]| {
            let mut found = names.iter().filter_map(|name| Some((*name, variable(name)?)));
            match found.find(|(_, value)| !value.is_empty()) {
                Some((name, value)) => {
                    value.into_string().map(Some).map_err(|_| NetworkError::NoText { variable: name })
                }
                None => Ok(None),
            }
        };
        let patience = match text(&["WARIFU_CHANNEL_PATIENCE"])? {
            Some(seconds) => {
                let seconds = seconds.parse().ok().filter(|seconds| (1..=86_400).contains(seconds));
                patience.at_most(Duration::from_secs(seconds.ok_or(NetworkError::NoPatience)?))
            }
            None => patience,
        };
        let everywhere = text(&["WARIFU_CHANNEL_PROXY", "ALL_PROXY", "all_proxy"])?;
        let own = text(&["WARIFU_CHANNEL_PROXY"])?;
        let or = |named: Option<String>| own.clone().or(named).or_else(|| everywhere.clone());
        let identity = match path("WARIFU_CHANNEL_CERTIFICATE") {
            Some(certificates) => {
                let key = path("WARIFU_CHANNEL_KEY").ok_or(NetworkError::NoKey)?;
                Some(Identity { certificates_pem: read(&certificates)?, key_pem: read(&key)? })
            }
            None => None,
        };
        let (login, token) = match path("WARIFU_CHANNEL_CREDENTIALS") {
            Some(file) => credentials(&file)?,
            None => (None, None),
        };
        let s3_login = match text(&["AWS_ACCESS_KEY_ID"])? {
            Some(name) => {
                let secret = text(&["AWS_SECRET_ACCESS_KEY"])?.unwrap_or_default();
                Some(Login { name, secret, session: text(&["AWS_SESSION_TOKEN"])? })
            }
            None => match path("AWS_SHARED_CREDENTIALS_FILE") {
                Some(file) => {
                    let profile = text(&["AWS_PROFILE"])?.unwrap_or_else(|| "default".into());
                    Some(profile_of(&file, &profile)?)
                }
                None => None,
            },
        };
        Ok(Network {
            // curl's rule: HTTP_PROXY in capitals can be set by who asks a CGI program, so it is not read.
            proxy: or(text(&["http_proxy"])?),
            secure_proxy: or(text(&["HTTPS_PROXY", "https_proxy"])?),
            no_proxy: text(&["NO_PROXY", "no_proxy"])?,
            authorities_pem: path("WARIFU_CHANNEL_CA").map(|file| read(&file)).transpose()?,
            identity,
            login,
            token,
            s3_endpoint: text(&["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"])?,
            s3_region: text(&["AWS_REGION", "AWS_DEFAULT_REGION"])?.unwrap_or_else(|| "us-east-1".into()),
            s3_login,
            ..Network::plain(patience, clock)
        })
    }
}

fn read(file: &Path) -> Result<Vec<u8>, NetworkError> {
    warifu_files::read(file, FILE_BYTES).map_err(NetworkError::File)
}

/// A line `bearer TOKEN`, or `NAME:SECRET`.
fn credentials(file: &Path) -> Result<(Option<Login>, Option<String>), NetworkError> {
    let wrong = || NetworkError::Credentials { file: file.to_owned() };
    let text = String::from_utf8(read(file)?).map_err(|_| wrong())?;
    let line = text.trim();
    if line.is_empty() || line.chars().any(char::is_control) {
        return Err(wrong());
    }
    if let Some(token) = line.strip_prefix("bearer ") {
        return Ok((None, Some(token.trim().to_owned())));
    }
    let (name, secret) = line.split_once(':').ok_or_else(wrong)?;
    Ok((Some(Login { name: name.to_owned(), secret: secret.to_owned(), session: None }), None))
}

/// The profile of an AWS credentials file.
fn profile_of(file: &Path, profile: &str) -> Result<Login, NetworkError> {
    let wrong = || NetworkError::Credentials { file: file.to_owned() };
    let text = String::from_utf8(read(file)?).map_err(|_| wrong())?;
    let lines = text.lines().map(str::trim);
    let of =
        lines.skip_while(|line| line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) != Some(profile));
    let of: Vec<_> = of.skip(1).take_while(|line| !line.starts_with('[')).collect();
    let value = |name: &str| {
        let mut pairs = of.iter().filter_map(|line| line.split_once('='));
        pairs.find(|(key, _)| key.trim() == name).map(|(_, value)| value.trim().to_owned())
    };
    Ok(Login {
        name: value("aws_access_key_id").ok_or_else(wrong)?,
        secret: value("aws_secret_access_key").ok_or_else(wrong)?,
        session: value("aws_session_token"),
    })
}

/// Why the settings of the network cannot be used.
#[derive(Debug)]
pub enum NetworkError {
    /// A variable of the environment is no text.
    NoText {
        /// Its name.
        variable: &'static str,
    },
    /// How long a channel is waited for is no number of seconds.
    NoPatience,
    /// A certificate without its key.
    NoKey,
    /// A file that is named cannot be read.
    File(warifu_files::ReadError),
    /// A file of credentials does not have the form that it must have.
    Credentials {
        /// The file.
        file: PathBuf,
    },
}

impl Speak for NetworkError {
    fn say(&self, lang: Lang) -> String {
        match self {
            NetworkError::NoText { variable } => say!(
                lang,
                "the variable {variable} is no text; set it anew",
                "環境変数 {variable} が文字列ではありません。設定し直してください"
            ),
            NetworkError::NoPatience => say!(
                lang,
                "WARIFU_CHANNEL_PATIENCE is no whole number of seconds from 1 to 86400",
                "WARIFU_CHANNEL_PATIENCE が 1 から 86400 までの秒数ではありません"
            ),
            NetworkError::NoKey => say!(
                lang,
                "WARIFU_CHANNEL_CERTIFICATE names a certificate, but WARIFU_CHANNEL_KEY names no key for it",
                "WARIFU_CHANNEL_CERTIFICATE の証明書に対する鍵が WARIFU_CHANNEL_KEY に指定されていません"
            ),
            NetworkError::File(error) => error.say(lang),
            NetworkError::Credentials { file } => {
                let file = file.display();
                say!(
                    lang,
                    "{file} holds no credentials as docs/channels.md describes them",
                    "{file} の認証情報が docs/channels.md の形式になっていません"
                )
            }
        }
    }
}

warifu_trust::spoken_error!(NetworkError, |_| false, |error| match error {
    NetworkError::File(error) => std::error::Error::source(error),
    _ => None,
});

#[cfg(test)]
mod tests {
    use super::*;

    fn from(pairs: &[(&str, &str)]) -> Result<Network, NetworkError> {
        let of = |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| value.into());
        Network::from_environment(Patience::ONCE, || UnixSeconds::new(0), of)
    }

    #[test]
    fn a_proxy_is_for_its_scheme_and_the_channels_own_goes_before() {
        let of = |pairs| {
            let network = from(pairs).unwrap();
            (network.proxy, network.secure_proxy)
        };
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(of(&[]), (None, None));
        assert_eq!(of(&[("HTTPS_PROXY", "http://p:1"), ("HTTP_PROXY", "x")]), (None, some("http://p:1")));
        assert_eq!(of(&[("http_proxy", "h"), ("ALL_PROXY", "a")]), (some("h"), some("a")));
        let own = &[("WARIFU_CHANNEL_PROXY", "own"), ("HTTPS_PROXY", "p"), ("http_proxy", "h")];
        assert_eq!(of(own), (some("own"), some("own")));
    }

    #[test]
    fn what_can_be_done_without_is_waited_for_as_long_as_its_bytes_take() {
        let of = |bytes| Patience::ONCE.with_what_is_spare(bytes);
        let whole = |bytes| of(bytes).whole.as_secs();
        assert_eq!([whole(0), whole(1), whole(4096), whole(4_096_000)], [10, 11, 11, 1010]);
        assert_eq!(of(u64::MAX).whole, Patience::ONCE.whole, "and never longer than anything else");
        assert_eq!((of(u64::MAX).outlasts, of(0).first_answer), (SPARE, Patience::ONCE.first_answer));
    }

    #[test]
    fn who_waits_says_for_how_long() {
        let of = |seconds: &str| from(&[("WARIFU_CHANNEL_PATIENCE", seconds)]).map(|it| it.patience);
        let one = of("1").unwrap();
        let second = Duration::from_secs(1);
        assert_eq!((one.connect, one.read, one.outlasts, one.first_answer), (second, second, second, second));
        let hour = of("3600").unwrap();
        assert_eq!((hour.read, hour.outlasts), (Patience::ONCE.read, Duration::from_secs(3600)));
        for wrong in ["0", "-1", "1.5", "soon", "86401", "99999999999999999999"] {
            assert!(matches!(of(wrong), Err(NetworkError::NoPatience)), "{wrong}");
        }
    }

    #[test]
    fn credentials_come_from_files_and_are_never_printed() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            crate::whole::write_whole(&path, text.as_bytes(), crate::whole::Overwrite::Yes).unwrap();
            path.into_os_string().into_string().unwrap()
        };
        let network = from(&[("WARIFU_CHANNEL_CREDENTIALS", &file("basic", "kenta:hush\n"))]).unwrap();
        assert_eq!(network.login.as_ref().unwrap().secret, "hush");
        assert!(!format!("{network:?}").contains("hush"));
        let network = from(&[("WARIFU_CHANNEL_CREDENTIALS", &file("token", "bearer hush"))]).unwrap();
        assert_eq!(network.token.as_deref(), Some("hush"));
        assert!(from(&[("WARIFU_CHANNEL_CREDENTIALS", &file("none", "hush"))]).is_err());

        let profiles = "[other]\naws_access_key_id = no\n[site]\naws_access_key_id = AK\n\
                        aws_secret_access_key = SK\n";
        let profiles = file("aws", profiles);
        let site = [("AWS_SHARED_CREDENTIALS_FILE", profiles.as_str()), ("AWS_PROFILE", "site")];
        let login = from(&site).unwrap().s3_login.unwrap();
        assert_eq!((login.name.as_str(), login.secret.as_str(), login.session), ("AK", "SK", None));
        assert!(from(&site[..1]).is_err(), "no profile default");
        assert!(matches!(from(&[("WARIFU_CHANNEL_CERTIFICATE", "c.pem")]), Err(NetworkError::NoKey)));
    }
}

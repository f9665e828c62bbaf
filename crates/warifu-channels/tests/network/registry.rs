//! What a registry's answers make of credentials, with a registry that a test wrote.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use warifu_channels::{Address, ChannelError, Fault, PublishError, carry};
use warifu_trust::ChannelPath;

use crate::served::settings;

/// What the test's login is sent as.
const LOGIN: &str = "Basic a2VudGE6aHVzaA==";

/// The method and path of each question, and the credentials that came with it.
type Asked = Arc<Mutex<Vec<(String, Option<String>)>>>;

/// A server on which `answer` says, for method, path and credentials, what follows `HTTP/1.1 `.
fn answering(answer: impl Fn(&str, &str, Option<&str>) -> String + Send + Sync + 'static) -> (String, Asked) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (asked, answer) = (Asked::default(), Arc::new(answer));
    let noted = Arc::clone(&asked);
    // It ends with the test's process.
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (noted, answer) = (Arc::clone(&noted), Arc::clone(&answer));
            std::thread::spawn(move || {
                let _ended = converse(&stream.unwrap(), &noted, answer.as_ref());
            });
        }
    });
    (address, asked)
}

fn converse(
    mut stream: &TcpStream,
    noted: &Mutex<Vec<(String, Option<String>)>>,
    answer: &dyn Fn(&str, &str, Option<&str>) -> String,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream);
    loop {
        let (mut line, mut login, mut length) = (String::new(), None, 0);
        if lines.read_line(&mut line)? == 0 {
            return Ok(());
        }
        loop {
            let mut header = String::new();
            lines.read_line(&mut header)?;
            let Some((name, value)) = header.trim_end().split_once(':') else { break };
            match name.to_ascii_lowercase().as_str() {
                "authorization" => login = Some(value.trim().to_owned()),
                "content-length" => length = value.trim().parse().unwrap(),
                _ => {}
            }
        }
        lines.read_exact(&mut vec![0; length])?;
        let mut words = line.split(' ');
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        noted.lock().unwrap().push((format!("{method} {path}"), login.clone()));
        let answer = answer(method, path, login.as_deref());
        stream.write_all(format!("HTTP/1.1 {answer}Content-Length: 0\r\n\r\n").as_bytes())?;
    }
}

/// A registry that wants the login, and sends what is uploaded to `location`.
fn registry(location: String) -> (String, Asked) {
    answering(move |method, path, login| match (login, method) {
        (Some(LOGIN), "HEAD") => "404 x\r\n".into(),
        (Some(LOGIN), "POST") => format!("202 x\r\nLocation: {location}\r\n"),
        (Some(LOGIN), "PUT") if path.contains("/manifests/") || path.starts_with("/up?") => {
            "201 x\r\n".into()
        }
        _ => "401 x\r\nWWW-Authenticate: Basic realm=\"registry\"\r\n".into(),
    })
}

/// Carries one file to the registry at `address`, with the login.
fn carried(address: &str) -> Result<(), PublishError> {
    let folder = tempfile::tempdir().unwrap();
    let credentials = folder.path().join("credentials");
    std::fs::File::create(&credentials).unwrap().write_all(b"kenta:hush").unwrap();
    let network = settings(&[("WARIFU_CHANNEL_CREDENTIALS", credentials.to_str().unwrap())]);
    let to = Address::parse(format!("oci+http://{address}/masters:live"), &network).unwrap();
    carry(&BTreeMap::from([(ChannelPath::root(1), b"root".to_vec())]), &to)
}

/// The uploads among what was asked, and the credentials of each.
fn uploads(asked: &Asked) -> Vec<Option<String>> {
    let asked = asked.lock().unwrap();
    asked.iter().filter(|(line, _)| line.starts_with("PUT /up?")).map(|(_, login)| login.clone()).collect()
}

#[test]
fn the_registry_gets_the_login_also_where_it_lets_things_be_uploaded() {
    let (address, asked) = registry("/up?a=b".into());
    carried(&address).unwrap();
    assert_eq!(uploads(&asked), [Some(LOGIN.to_owned()), Some(LOGIN.to_owned())]);
}

#[test]
fn nobody_else_gets_the_login() {
    let (other, asked) = answering(|_, _, _| "201 x\r\n".into());
    // The second is another name of this machine, so another authority.
    for location in [other.clone(), other.replace("127.0.0.1", "localhost"), format!("hush@{other}")] {
        asked.lock().unwrap().clear();
        let (address, at_registry) = registry(format!("http://{location}/up?a=b"));
        carried(&address).unwrap();
        let with_login = |(_, login): &&(String, Option<String>)| login.as_deref() == Some(LOGIN);
        assert!(at_registry.lock().unwrap().iter().filter(with_login).count() > 3);
        let uploads = uploads(&asked);
        assert_eq!(uploads.len(), 2, "{location}");
        assert!(uploads.iter().all(|login| login.as_deref() != Some(LOGIN)), "{location}: {uploads:?}");
    }
}

#[test]
fn nobody_else_gets_the_login_by_asking_for_it() {
    let (other, asked) =
        answering(|_, _, _| "401 x\r\nWWW-Authenticate: Basic realm=\"registry\"\r\n".into());
    let (address, _) = registry(format!("http://{other}/up?a=b"));
    let refused = carried(&address).unwrap_err();
    let forbidden = matches!(
        &refused,
        PublishError::Unreachable(ChannelError::Remote { fault: Fault::Forbidden { status: 401 }, .. })
    );
    assert!(forbidden, "{refused:?}");
    assert_eq!(uploads(&asked), [None]);
}

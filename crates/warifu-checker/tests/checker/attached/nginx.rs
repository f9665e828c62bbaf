//! nginx, which serves what the link names.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::attached::process::{Attach, asked, until};
use crate::attached::site::draft;
use crate::killed::{PROGRAM, publish_unsigned, published};
use crate::line::Draft;

/// nginx, which serves what the link names.
struct Nginx {
    child: Child,
    port: u16,
}

impl Nginx {
    /// None where it is not installed; a failure then when nothing may be left out.
    fn start(at: &Path) -> Option<Nginx> {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let dir = at.display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("    {name}_temp_path {dir}/temporary;\n"))
            .concat();
        // It reads the files as whoever runs this test.
        let user = if fs::metadata("/proc/self").is_ok_and(|it| std::os::unix::fs::MetadataExt::uid(&it) == 0)
        {
            "user root;\n"
        } else {
            ""
        };
        let conf = format!(
            r#"{user}daemon off;
pid {dir}/nginx.pid;
error_log {dir}/error.log;
events {{}}
http {{
    access_log off;
{temporary}    server {{
        listen 127.0.0.1:{port};
        root {dir}/current;
        include {dir}/rules.conf;
    }}
}}
"#
        );
        fs::write(at.join("nginx.conf"), conf).unwrap();
        fs::write(at.join("rules.conf"), "").unwrap();
        let mut started = Command::new("nginx");
        started
            .arg("-c")
            .arg(at.join("nginx.conf"))
            .arg("-e")
            .arg(at.join("error.log"))
            .stderr(Stdio::null());
        match started.spawn() {
            Ok(child) => Some(Nginx { child, port }),
            Err(error) => {
                assert!(std::env::var_os("WARIFU_TEST_ALL").is_none(), "nginx: {error}");
                None
            }
        }
    }

    fn page(&self, path: &str) -> Option<Vec<u8>> {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut response = agent.get(format!("http://127.0.0.1:{}{path}", self.port)).call().ok()?;
        (response.status() == 200).then(|| response.body_mut().read_to_vec().unwrap())
    }

    /// When it is told to read its rules again, nginx starts new workers and lets the old ones end: until
    /// these have heard of it, one of them may take a question, also after a new one has answered a probe.
    fn until_it_says(&self, version: &str) {
        let started = Instant::now();
        loop {
            let says = self.page("/version").map(|page| String::from_utf8(page).unwrap());
            if says.as_deref() == Some(version) {
                return;
            }
            assert!(started.elapsed() < Duration::from_secs(60), "never {version}: {says:?}");
            std::thread::yield_now();
        }
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let pid = self.child.id().to_string();
        // Its workers end with it.
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let _ = self.child.wait();
    }
}

/// Writes a rule by what the release holds, and lets nginx read it; dies with who asks where it is told to.
const RELOAD: &str = r#"
set -e
cd "$(dirname "$0")"
if [ -f die ]; then rm die; kill -9 $PPID; fi
if grep -q 190000012 "$WARIFU_FOLDER"/kikin/*; then
    echo "no_such_directive on;" >rules.conf
else
    echo "location = /version { return 200 'release $WARIFU_RELEASE.'; }" >rules.conf
fi
exec nginx -c "$PWD/nginx.conf" -e "$PWD/error.log" -s reload
"#;

#[test]
fn nginx_serves_cleared_releases_and_keeps_what_works() {
    let directory = tempfile::tempdir().unwrap();
    let at = directory.path();
    let Some(nginx) = Nginx::start(at) else { return };
    let (world, channel, line) = published(at);
    // The first of the channel was signed in no format that anybody can be given.
    let publish = |number: u64| {
        let Draft { masters, .. } = draft(number);
        publish_unsigned(&world, channel.as_ref(), &line, line.unsigned("2024-05-31", masters));
    };
    fs::write(at.join("reload.sh"), RELOAD).unwrap();
    let (script, port) = (at.join("reload.sh").display().to_string(), nginx.port);
    let config = format!(
        r#"
state = "state"
poll_seconds = 1
watch_seconds = 1
calendar = "none"
alert = ["touch", "{}/alerted"]
[from]
channel = ["{}/channel"]
root = "root.json"
[place]
folder = "releases"
link = "current"
formats = ["kikin", "kokuho"]
[reload]
command = ["/bin/sh", "{script}"]
[[probe]]
http = "http://127.0.0.1:{port}/version"
contains = "release {{release}}."
tries = 100
pause_ms = 100
"#,
        at.display(),
        at.display()
    );
    fs::write(at.join("attach.toml"), config).unwrap();
    let mut checks = Command::new(PROGRAM);
    checks.args(["attach", "--check-config", "--config"]).arg(at.join("attach.toml"));
    assert!(checks.output().unwrap().status.success() && !at.join("state").exists());
    // Numbers here are those of the channel: 2 is refused by nginx for a code in it.
    publish(1);
    let mut attach = Attach::start(at);
    until(at, "release 2", |status| status.running.as_ref().is_some_and(|it| it.id.release == 2));
    nginx.until_it_says("release 2.");
    let served = nginx.page("/kokuho/s_r06_ALL.euc").unwrap();
    assert_eq!(served, fs::read(at.join("current/kokuho/s_r06_ALL.euc")).unwrap());

    // nginx does not read it: everything as it was.
    publish(2);
    let status = until(at, "held", |status| status.held.len() == 1);
    assert_eq!((status.held[0].id.release, status.state.as_str()), (3, "confirmed"));
    assert!(status.held[0].why.en.contains("no_such_directive"), "{}", status.held[0].why.en);
    nginx.until_it_says("release 2.");
    assert_eq!(status.attached.unwrap().trouble, None);

    publish(3);
    until(at, "release 4", |status| {
        status.state == "confirmed" && status.running.as_ref().is_some_and(|it| it.id.release == 4)
    });
    nginx.until_it_says("release 4.");
    // What is said is of the program: nothing of claims, which do not come here.
    let status = until(at, "seen to", |status| status.attached.as_ref().is_some_and(|it| !it.is_changing));
    let text = warifu_values::lang::Speak::say(&status, warifu_values::lang::Lang::En);
    assert!(text.contains("the attached program works with release 4, in step since "), "{text}");
    assert!(text.contains("  told to read it last at ") && text.contains("  asked last at "), "{text}");
    assert!(!text.contains("claim") && !text.contains("replay"), "{text}");
    for command in [&["forget-claims"][..], &["replay"]] {
        let refused = asked(at, command);
        let why = String::from_utf8(refused.stderr).unwrap();
        assert!(!refused.status.success() && why.contains("no claims come here"), "{command:?}: {why}");
    }
    let back = asked(at, &["fall-back", "2"]);
    assert_eq!(back.status.code(), Some(0));
    nginx.until_it_says("release 2.");
    let before = String::from_utf8(back.stderr).unwrap();
    assert!(before.contains("release 4 goes and release 2"), "{before}");
    let wrong = asked(at, &["fall-back", "9"]);
    assert_eq!(wrong.status.code(), Some(1));

    // Killed while nginx reads the next one: the next start goes on.
    fs::write(at.join("die"), "").unwrap();
    publish(4);
    assert!(!attach.0.wait().unwrap().success());
    attach = Attach::start(at);
    until(at, "release 5", |status| {
        status.state == "confirmed" && status.running.as_ref().is_some_and(|it| it.id.release == 5)
    });
    nginx.until_it_says("release 5.");

    // nginx is gone: going back is not all done, and that is said and tried again.
    drop(nginx);
    assert_eq!(asked(at, &["fall-back"]).status.code(), Some(0));
    let status = asked(at, &["status"]);
    let text = String::from_utf8(status.stdout).unwrap();
    assert!(text.contains("OUT OF STEP") && status.status.code() == Some(1), "{text}");
    assert!(at.join("alerted").exists());
    drop(attach);
}

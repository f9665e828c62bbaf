//! A headless Chromium that is driven over a pipe: what a page shows, says on its console and asks for, and
//! what keys do on it.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// An answer takes milliseconds; a machine under load some more.
const LIMIT: Duration = Duration::from_secs(60);

/// Opens its pipes as the browser expects them. A pipe with a name opens when both sides do.
const WITH_PIPES: &str = "exec \"$@\" 3<\"$PIPE_IN\" 4>\"$PIPE_OUT\"";

/// A browser with one page.
pub(crate) struct Chromium {
    child: Child,
    to: File,
    from: mpsc::Receiver<Value>,
    next: u64,
    session: Option<String>,
    /// What happened since the page was opened.
    events: Vec<Value>,
    _profile: TempDir,
}

/// How a page is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) width: u32,
    pub(crate) dark: bool,
    pub(crate) with_script: bool,
}

impl Chromium {
    /// The browser that `WARIFU_TEST_CHROMIUM` names, else one on the path; `None`, and a line that says so,
    /// where there is none.
    pub(crate) fn start(what: &str) -> Option<Chromium> {
        let named = std::env::var_os("WARIFU_TEST_CHROMIUM").map(PathBuf::from);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let on_path = ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| {
            std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
        });
        let Some(program) = named.filter(|file| file.is_file()).or(on_path) else {
            assert!(std::env::var_os("WARIFU_TEST_ALL").is_none(), "{what}: no chromium on this machine");
            let _ = writeln!(std::io::stderr(), "left out: {what}: no chromium on this machine");
            return None;
        };
        let profile = TempDir::new().unwrap();
        let pipes = ["in", "out"].map(|name| profile.path().join(name));
        assert!(Command::new("mkfifo").args(&pipes).status().unwrap().success());
        let child = Command::new("sh")
            .args(["-c", WITH_PIPES, "sh"])
            .arg(program)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            // No name is ever resolved: neither a page nor the browser for itself reaches anybody.
            .args(["--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"])
            .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
            .args(["--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", profile.path().join("profile").display()))
            .env("PIPE_IN", &pipes[0])
            .env("PIPE_OUT", &pipes[1])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let to = File::options().write(true).open(&pipes[0]).unwrap();
        let out = File::open(&pipes[1]).unwrap();
        let (tell, from) = mpsc::channel();
        std::thread::spawn(move || {
            for message in BufReader::new(out).split(0).map_while(Result::ok) {
                let Ok(value) = serde_json::from_slice(&message) else { return };
                if tell.send(value).is_err() {
                    return;
                }
            }
        });
        let (next, session, events) = (1, None, Vec::new());
        let mut browser = Chromium { child, to, from, next, session, events, _profile: profile };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attached = json!({ "targetId": target["targetId"], "flatten": true });
        let session = browser.call("Target.attachToTarget", attached);
        browser.session = session["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page.enable", "Runtime.enable", "Log.enable", "Network.enable"] {
            browser.call(domain, json!({}));
        }
        Some(browser)
    }

    /// What the browser answers.
    #[track_caller]
    pub(crate) fn call(&mut self, method: &str, params: Value) -> Value {
        let id = self.next;
        self.next += 1;
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        self.to.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            let mut answer = self.from.recv_timeout(LIMIT).expect("the browser answers");
            if answer["id"] == id {
                assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
                return answer["result"].take();
            }
            self.events.push(answer);
        }
    }

    /// Opens `url` so.
    pub(crate) fn open(&mut self, url: &str, language: &str, window: Window) {
        let Window { width, dark, with_script } = window;
        self.call(
            "Emulation.setDeviceMetricsOverride",
            json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false }),
        );
        let scheme = if dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        self.call("Emulation.setEmulatedMedia", json!({ "features": features }));
        self.call("Emulation.setScriptExecutionDisabled", json!({ "value": !with_script }));
        self.call("Network.setExtraHTTPHeaders", json!({ "headers": { "Accept-Language": language } }));
        self.events.clear();
        self.call("Page.navigate", json!({ "url": url }));
        self.wait("Page.loadEventFired");
    }

    fn wait(&mut self, event: &str) {
        while !self.events.iter().any(|it| it["method"] == event) {
            let next = self.from.recv_timeout(LIMIT).expect("the page loads");
            self.events.push(next);
        }
    }

    /// What `script` comes to on the page.
    #[track_caller]
    pub(crate) fn evaluate(&mut self, script: &str) -> Value {
        let params = json!({ "expression": script, "returnByValue": true, "awaitPromise": true });
        let mut result = self.call("Runtime.evaluate", params);
        assert!(result["exceptionDetails"].is_null(), "{}", result["exceptionDetails"]);
        result["result"]["value"].take()
    }

    /// Waits until `script` is true.
    #[track_caller]
    pub(crate) fn until(&mut self, script: &str) {
        let started = Instant::now();
        while self.evaluate(script) != true {
            assert!(started.elapsed() < LIMIT, "never {script}");
        }
    }

    /// Presses a key: `Tab`, `Enter`, `Escape`.
    pub(crate) fn press(&mut self, key: &str) {
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            "Escape" => 27,
            other => panic!("{other}"),
        };
        let mut down = json!({ "type": "keyDown", "key": key, "code": key, "windowsVirtualKeyCode": code });
        if key == "Enter" {
            down["text"] = "\r".into();
        }
        self.call("Input.dispatchKeyEvent", down.clone());
        down["type"] = "keyUp".into();
        self.call("Input.dispatchKeyEvent", down);
    }

    /// Types a text where the focus is.
    pub(crate) fn types(&mut self, text: &str) {
        self.call("Input.insertText", json!({ "text": text }));
    }

    /// Nothing went wrong on the page, and it asked nobody but `origin`.
    #[track_caller]
    pub(crate) fn is_in_order(&mut self, origin: &str) {
        let of = |method: &str| {
            let method = method.to_owned();
            self.events.iter().filter(move |event| event["method"] == *method)
        };
        let wrong = ["Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"];
        let wrong: Vec<&Value> = wrong.into_iter().flat_map(of).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        for asked in of("Network.requestWillBeSent") {
            let url = asked["params"]["request"]["url"].as_str().unwrap();
            assert!(url.starts_with(origin) || url == "data:,", "{url}");
        }
    }

    /// Where `WARIFU_TEST_SCREENSHOTS` names a folder, the whole page as a picture in it.
    pub(crate) fn picture(&mut self, name: &str) {
        let Some(folder) = std::env::var_os("WARIFU_TEST_SCREENSHOTS") else { return };
        let params = json!({ "format": "png", "captureBeyondViewport": true });
        let shot = self.call("Page.captureScreenshot", params);
        let bytes = from_base64(shot["data"].as_str().unwrap());
        std::fs::write(PathBuf::from(folder).join(format!("{name}.png")), bytes).unwrap();
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn from_base64(text: &str) -> Vec<u8> {
    let sextet = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b'=').collect();
    let groups = digits.chunks(4).flat_map(|group| {
        let bits = group.iter().fold(0_u32, |bits, byte| bits << 6 | u32::from(sextet(*byte)));
        let bits = bits << (6 * (4 - group.len()));
        bits.to_be_bytes()[1..group.len()].to_vec()
    });
    groups.collect()
}

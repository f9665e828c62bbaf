//! A headless Chromium: what a page shows, what it says on the console, what it asks of the network.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use tempfile::TempDir;

use crate::stage::not_installed;

/// One page takes a second; a machine under load some more.
const LIMIT: Duration = Duration::from_secs(120);

/// A browser that opens each page in a new profile.
pub(crate) struct Browser {
    program: PathBuf,
}

/// A page after its script has run.
pub(crate) struct Shown {
    /// The document as it then was.
    pub(crate) dom: String,
    /// What was said on the console: errors, and what the page was kept from doing.
    pub(crate) console: Vec<String>,
    /// Every address on a network that the page, not the browser for itself, asked for.
    pub(crate) asked: Vec<String>,
}

impl Browser {
    /// The browser that `WARIFU_TEST_CHROMIUM` names, else one on the path; `None`, and a line that says so,
    /// where there is none.
    pub(crate) fn find(what: &str) -> Option<Browser> {
        let named = std::env::var_os("WARIFU_TEST_CHROMIUM").map(PathBuf::from);
        let path = std::env::var_os("PATH").unwrap_or_default();
        let on_path = || {
            ["chromium", "chromium-browser", "google-chrome"].iter().find_map(|name| {
                std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
            })
        };
        let program = named.filter(|file| file.is_file()).or_else(on_path);
        if program.is_none() {
            not_installed(what, "no chromium on this machine");
        }
        program.map(|program| Browser { program })
    }

    /// Opens `page` with `choices` behind the `#`, in a window `width` wide.
    pub(crate) fn open(&self, page: &Path, choices: &str, width: u32) -> Shown {
        let log = tempfile::NamedTempFile::new().unwrap();
        let window = format!("--window-size={width},1000");
        let log_option = format!("--log-net-log={}", log.path().display());
        let (dom, messages) = self.run(&["--dump-dom", &window, &log_option], page, choices);
        let console = messages.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect();
        let network = std::fs::read_to_string(log.path()).unwrap();
        let value = |line: &str, name: &str| {
            let rest = line.split(&format!("\"{name}\":\"")).nth(1)?;
            Some(rest.split('"').next().unwrap_or_default().to_owned())
        };
        // One event on each line. What the browser wants for itself has no origin.
        let asked = network
            .lines()
            .filter(|line| value(line, "initiator").is_some_and(|from| from != "not an origin"))
            .filter_map(|line| value(line, "url"))
            .collect();
        Shown { dom, console, asked }
    }

    /// Prints `page` to the PDF file `to`.
    pub(crate) fn print(&self, page: &Path, choices: &str, to: &Path) {
        let to = format!("--print-to-pdf={}", to.display());
        self.run(&["--no-pdf-header-footer", &to], page, choices);
    }

    /// How many pages a PDF file has that was printed so.
    pub(crate) fn pages(paper: &Path) -> usize {
        let bytes = std::fs::read(paper).unwrap();
        let page = b"/Type /Page";
        let is_page = |at: &[u8]| at.starts_with(page) && !at[page.len()].is_ascii_alphabetic();
        bytes.windows(page.len() + 1).filter(|at| is_page(at)).count()
    }

    /// Standard output and standard error of one run, which is killed when it takes too long.
    fn run(&self, options: &[&str], page: &Path, choices: &str) -> (String, String) {
        let profile = TempDir::new().unwrap();
        let mut child = Command::new(&self.program)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
            // No name is ever resolved: neither a page nor the browser for itself reaches anybody.
            .args(["--host-resolver-rules=MAP * ~NOTFOUND", "--disable-background-networking"])
            .args(["--disable-component-update", "--disable-sync"])
            .args(["--disable-dev-shm-usage", "--enable-logging=stderr", "--virtual-time-budget=5000"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(options)
            .arg(format!("file://{}{choices}", page.display()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Both are read to their ends beside each other; the channel tells when that is done.
        let (done, ends) = mpsc::channel();
        let mut outs: Vec<Box<dyn std::io::Read + Send>> =
            vec![Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for (which, mut out) in outs.drain(..).enumerate() {
            let done = done.clone();
            std::thread::spawn(move || {
                let mut bytes = Vec::new();
                let _ = out.read_to_end(&mut bytes);
                let _ = done.send((which, String::from_utf8_lossy(&bytes).into_owned()));
            });
        }
        let mut texts = [String::new(), String::new()];
        for _ in 0..2 {
            let Ok((which, text)) = ends.recv_timeout(LIMIT) else {
                let _ = child.kill();
                let _ = child.wait();
                panic!("the browser did not end within {LIMIT:?}");
            };
            texts[which] = text;
        }
        assert!(child.wait().unwrap().success(), "{}", texts[1]);
        let [out, err] = texts;
        (out, err)
    }
}

impl Shown {
    /// The attribute `data-NAME` of the document's root element.
    #[track_caller]
    pub(crate) fn data(&self, name: &str) -> &str {
        let root = self.dom.split("<html").nth(1).and_then(|rest| rest.split('>').next()).unwrap();
        let value = root.split(&format!("data-{name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        value.unwrap_or_else(|| panic!("no data-{name}: <html{root}>; {:?}", self.console))
    }

    /// The same as a number.
    #[track_caller]
    pub(crate) fn number(&self, name: &str) -> u64 {
        self.data(name).parse().unwrap()
    }

    /// The document without the data that its script was given: what people see of it.
    pub(crate) fn seen(&self) -> String {
        let (before, rest) = self.dom.split_once("<script type=\"application/json\"").unwrap();
        before.to_owned() + rest.rsplit_once("</script>").unwrap().1
    }
}

//! From a repository to a running checker: drafted, reviewed, signed by both, published, fetched by a stock
//! client, swapped under load, fallen back from, and still there after `kill -9`.

use std::process::Command;

use crate::stage::{Beginning, Stage, data, not_installed};

pub(crate) const PLACE: &str = "--channel channel --root root.json";

/// Two repositories, two signers a side, a root that both sides' officers signed.
pub(crate) fn house(stage: &Stage) {
    static HOUSE: Beginning = Beginning::new();
    HOUSE.lay(stage, founded);
}

fn founded(stage: &Stage) {
    for (name, side) in [("aoki", "kikin"), ("abe", "kikin"), ("baba", "kokuho"), ("bito", "kokuho")] {
        let ran = stage.warifu(&format!("key generate {name} --organisation {side}")).ends(0);
        assert!(!ran.out.contains("PRIVATE KEY") && !ran.err.contains("PRIVATE KEY"));
    }
    stage.warifu("key generate ci").ends(0);
    stage
        .warifu(
            "trust init --kikin aoki.pub.json --kikin abe.pub.json --kokuho baba.pub.json --kokuho \
             bito.pub.json --timestamp ci.pub.json -o root.draft.json",
        )
        .ends(0);
    stage.warifu("trust sign root.draft.json --key aoki.key").ends(0);
    stage.warifu("trust finish root.draft.json -o root.json").ends(3);
    for officer in ["abe", "bito"] {
        stage.warifu(&format!("trust sign root.draft.json --key {officer}.key")).ends(0);
    }
    stage.warifu("trust finish root.draft.json -o root.json --channel channel").ends(0);
}

/// Kikin's repository, and Kokuho's own clone of it.
fn repositories(stage: &Stage) {
    let series = "--series r02=procedure:2020-04-01 \
                  --series r06=procedure:2024-06-01,drug:2024-04-01,comment:2024-06-01,material:2024-06-01";
    stage.warifu(&format!("init kikin {series}")).ends(0);
    clone(stage);
}

pub(crate) fn clone(stage: &Stage) {
    let cloned = Command::new("git")
        .args(["clone", "--quiet", "kikin", "kokuho"])
        .current_dir(stage.path("."))
        .status()
        .is_ok_and(|status| status.success());
    assert!(cloned, "git clones our repository");
}

pub(crate) fn draft(stage: &Stage, draft: &str) {
    stage.warifu(&format!("release draft --repo kikin {PLACE} --title {draft} -o {draft}")).ends(0);
}

/// Procedures of r06 in both repositories, and published.
pub(crate) fn published_procedures(stage: &Stage) {
    static PUBLISHED: Beginning = Beginning::new();
    PUBLISHED.lay(stage, first_published);
    // A clone remembers where it is from.
    let from = stage.path("kikin").display().to_string();
    stage.git("kokuho", &["remote", "set-url", "origin", &from]);
}

fn first_published(stage: &Stage) {
    house(stage);
    stage.warifu("init kikin --series r06=procedure:2024-06-01").ends(0);
    clone(stage);
    stage.warifu("import --repo kikin --series r06 {data}/procedure/s_ALL20240531.csv").ends(0);
    pull(stage);
    draft(stage, "first");
    signed_and_published(stage, "first");
}

/// Every class of what the next release changes for days that have been.
pub(crate) fn classes_of_the_past(stage: &Stage) -> String {
    let ran = stage.warifu(&format!("release changes --repo kikin {PLACE} --json")).ends(0);
    let changes: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(changes["never"], serde_json::json!([]));
    let classes: Vec<&String> = changes["classes"].as_object().unwrap().keys().collect();
    classes.into_iter().map(String::as_str).collect::<Vec<_>>().join(",")
}

/// A draft with all that it changes for days that have been accepted by name.
pub(crate) fn draft_accepting(stage: &Stage, draft: &str) {
    let classes = classes_of_the_past(stage);
    let accepted = format!("--accept-past {classes} --reason revision --source notice-1");
    stage
        .warifu(&format!("release draft --repo kikin {PLACE} --title {draft} -o {draft} {accepted}"))
        .ends(0);
}

pub(crate) fn sign(stage: &Stage, draft: &str, repo: &str, key: &str, status: i32) {
    stage.warifu(&format!("release sign {draft} --repo {repo} {PLACE} --key {key}.key")).ends(status);
}

pub(crate) fn publish(stage: &Stage, draft: &str, status: i32) {
    stage.warifu(&format!("release publish {draft} {PLACE} --key ci.key")).ends(status);
}

/// A draft that one person of each side signs, published.
pub(crate) fn signed_and_published(stage: &Stage, draft: &str) {
    sign(stage, draft, "kikin", "aoki", 0);
    sign(stage, draft, "kokuho", "baba", 0);
    publish(stage, draft, 0);
}

pub(crate) fn pull(stage: &Stage) {
    let pulled = Command::new("git")
        .args(["-C", "kokuho", "pull", "--quiet", "--ff-only"])
        .current_dir(stage.path("."))
        .status()
        .unwrap();
    assert!(pulled.success());
}

#[test]
fn the_whole_road_on_real_masters() {
    let Some(data) = data("the whole road on real masters") else { return };
    let stage = Stage::new();
    house(&stage);
    repositories(&stage);

    // The last procedures of the 2020 series, for the sample claims of 2021; other masters of 2024 beside
    // them.
    let first = [
        ("r02", "procedure/s_ALL20220218.csv"),
        ("r06", "drug/y_ALL20240321.csv"),
        ("r06", "comment/c_ALL20240531.csv"),
    ];
    for (series, file) in first {
        stage.warifu(&format!("import --repo kikin --series {series} {{data}}/{file}")).ends(0);
    }
    let again = stage.warifu("import --repo kikin --series r06 {data}/comment/c_ALL20240531.csv").ends(0);
    assert!(again.err.contains("import/already-there"), "{}", again.err);
    pull(&stage);

    draft(&stage, "first");
    // The procedures of 2020 govern up to the day before the next series begins, though it is not held yet.
    let shown = stage.warifu(&format!("release show first {PLACE} --json")).ends(0);
    let shown: serde_json::Value = serde_json::from_str(&shown.out).unwrap();
    let governs = |at: usize| shown["manifest"]["masters"][at]["governs"].clone();
    let on = |from: &str| serde_json::json!({ "from": from });
    assert_eq!(governs(0), serde_json::json!({ "from": "2020-04-01", "until": "2024-05-31" }));
    assert_eq!((governs(1), governs(2)), (on("2024-06-01"), on("2024-04-01")));
    sign(&stage, "first", "kokuho", "baba", 3);
    sign(&stage, "first", "kikin", "ci", 3);
    sign(&stage, "first", "kikin", "aoki", 0);
    publish(&stage, "first", 3);
    let review = stage.warifu(&format!("release review first --repo kokuho {PLACE}")).ends(0);
    assert!(review.out.contains("the same, byte for byte"), "{}", review.out);
    sign(&stage, "first", "kokuho", "bito", 0);
    publish(&stage, "first", 0);

    // The published file is known by its bytes, another full that came by mail is not; a differential never
    // is.
    let known = stage.warifu(&format!("inspect {PLACE} {{data}}/procedure/s_ALL20220218.csv")).ends(0);
    assert!(known.out.contains("release 1, r02/procedure as kikin"), "{}", known.out);
    let mail = stage.warifu(&format!("inspect {PLACE} {{data}}/comment/c_20240719.csv")).ends(0);
    assert!(mail.out.contains("a differential goes into the repository"), "{}", mail.out);
    let mail = stage.warifu(&format!("inspect {PLACE} {{data}}/comment/c_ALL20240726.csv")).ends(0);
    assert!(mail.out.contains("IN NO SIGNED RELEASE"), "{}", mail.out);
    // Who has not fetched the draft's commit is told how; who publishes twice is told so.
    let twice = stage.warifu(&format!("--lang ja release publish first {PLACE} --key ci.key")).ends(0);
    assert!(twice.out.contains("リリース 1 は公開済みです"), "{}", twice.out);
    stage.git("kikin", &["commit", "--quiet", "--allow-empty", "--message", "not pulled"]);
    let next =
        stage.warifu(&format!("release draft --repo kikin {PLACE} --title unpulled -o unpulled")).ends(0);
    let told = format!("warifu release sign --repo kikin {PLACE} unpulled --key KEY");
    assert!(next.out.contains(&told), "{}", next.out);
    let behind = stage.warifu(&format!("release review unpulled --repo kokuho {PLACE}")).ends(2);
    assert!(behind.err.contains("repo fetch --repo kokuho"), "{}", behind.err);

    let checker = stage.serve("--poll 3600");
    let sample = std::fs::read(data.join("claims/RECEIPTC_GAIRAI_SAMPLE.UKE")).unwrap();
    let (release, lines) = checker.check(&sample);
    assert_eq!(release, 1);
    // Two 111014070 and five 113033370, abolished before the oldest publication that is held: what was listed
    // in 2021 it does not tell.
    let not_told = lines.iter().filter(|line| line["code"] == "claim/not-yet-in-force");
    assert_eq!(not_told.map(|line| &line["expected"]).collect::<Vec<_>>(), ["2022-02-18"; 7]);
    assert!(lines.iter().all(|line| line["release"] == 1));

    // The next release, swapped in while claims are judged.
    let second = [("r06", "comment/c_20240719.csv"), ("r06", "material/t_ALL20240531.csv")];
    for (series, file) in second {
        stage.warifu(&format!("import --repo kikin --series {series} {{data}}/{file}")).ends(0);
    }
    pull(&stage);
    draft_accepting(&stage, "second");
    sign(&stage, "second", "kikin", "abe", 0);
    sign(&stage, "second", "kokuho", "baba", 0);
    publish(&stage, "second", 0);
    let judged = std::thread::scope(|scope| {
        let (checker, sample) = (&checker, &sample);
        let load: Vec<_> = (0..2)
            .map(|_| scope.spawn(move || (0..40).map(|_| checker.check(sample)).collect::<Vec<_>>()))
            .collect();
        let swap = stage.run("warifu-checker", &format!("swap --socket {}", checker.socket)).ends(0);
        assert!(swap.out.contains('2'), "{}", swap.out);
        load.into_iter().flat_map(|load| load.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(judged.len(), 80);
    for (release, lines) in &judged {
        assert!(lines.iter().all(|line| line["release"] == *release), "one answer, one release");
    }
    assert_eq!(checker.check(&sample).0, 2);

    stage.run("warifu-checker", &format!("fall-back --socket {}", checker.socket)).ends(0);
    assert_eq!(checker.check(&sample).0, 1);
    let status = checker.status();
    assert!(status.to_string().contains("held"), "{status}");

    // kill -9, and the channel gone: the last good release runs on.
    checker.kill();
    std::fs::rename(stage.path("channel"), stage.path("away")).unwrap();
    let checker = stage.serve("--poll 3600");
    assert_eq!(checker.check(&sample).0, 1);
}

#[test]
fn a_stock_client_takes_what_both_signed_and_refuses_one_side() {
    let what = "python-tuf against our channel";
    let Some(_) = data(what) else { return };
    let Some(python) = std::env::var_os("WARIFU_TEST_PYTHON") else {
        not_installed(what, "no Python with tuf named in WARIFU_TEST_PYTHON");
        return;
    };
    let stage = Stage::new();
    house(&stage);
    repositories(&stage);
    stage.warifu("import --repo kikin --series r06 {data}/material/t_ALL20240531.csv").ends(0);
    pull(&stage);
    draft(&stage, "first");
    sign(&stage, "first", "kikin", "aoki", 0);
    sign(&stage, "first", "kokuho", "baba", 0);
    publish(&stage, "first", 0);

    let server = Server::start(&python, &stage);
    let fetch = |work: &str, target: &str| {
        let output = Command::new(&python)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/road/stock_client.py"))
            .arg(&server.url)
            .arg(stage.path("root.json"))
            .arg(stage.path(work))
            .arg(target)
            .output()
            .unwrap();
        (output.status.code().unwrap(), String::from_utf8_lossy(&output.stdout).trim().to_owned())
    };
    let (status, digest) = fetch("client", "release-1.json");
    assert_eq!((status, digest.len()), (0, 64), "{digest}");

    // The half of Kokuho taken away: its signatures are emptied, as one side alone could publish.
    let snapshot = stage.path("channel/metadata/1.snapshot.json");
    let text = std::fs::read_to_string(&snapshot).unwrap();
    let mut document: serde_json::Value = serde_json::from_str(&text).unwrap();
    document["signatures"] = serde_json::json!([]);
    std::fs::write(&snapshot, document.to_string()).unwrap();
    let (status, refusal) = fetch("new-client", "release-1.json");
    assert_eq!(status, 3, "{refusal}");
    // Ours too, when it comes new; who remembers what both signed does not ask for it again.
    let ours = stage.warifu("channel verify channel --root root.json --state fresh").ends(3);
    assert!(ours.err.contains("warifu: "), "{}", ours.err);
}

/// Python's own file server on a free port of loopback.
pub(crate) struct Server {
    child: std::process::Child,
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn start(python: &std::ffi::OsStr, stage: &Stage) -> Self {
        use std::io::BufRead as _;
        let serve = "import http.server,sys\n\
            h=http.server.ThreadingHTTPServer(('127.0.0.1',0),http.server.SimpleHTTPRequestHandler)\n\
            print(h.server_port,flush=True)\nh.serve_forever()";
        let mut child = Command::new(python)
            .args(["-c", serve])
            .current_dir(stage.path("channel"))
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let mut port = String::new();
        std::io::BufReader::new(child.stdout.take().unwrap()).read_line(&mut port).unwrap();
        Server { child, url: format!("http://127.0.0.1:{}", port.trim()) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

//! What those who watch see: metrics that a parser reads and documents name, and no command.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use serde_json::Value;
use warifu_checker::cause::Cause;
use warifu_checker::history::{Did, History};
use warifu_checker::log::{Event, Level, now};
use warifu_checker::service::{METRICS, MetricKind};
use warifu_checker::swap::{Gates, Wanted};

use crate::line::release;
use crate::masters::{bad, good};
use crate::world::{Checker, claim_file};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A checker that judged by release 1, fell back from 2 and turned something away, and what is seen of it.
fn watched() -> (Checker, Agent) {
    let checker = Checker::with(Gates::default(), 4);
    let agent = Agent { at: checker.watched(), agent: agent() };
    assert_eq!(checker.check(&claim_file(1, 3)).status, 503, "no release");
    checker.shelf.offer(release(1, &good()));
    checker.swapper.poll(now(), Wanted::Newest);
    let wrong = String::from_utf8(claim_file(1, 3)).unwrap().replace(",100,", ",101,");
    assert_eq!(checker.check(wrong.as_bytes()).status, 200);
    assert_eq!(checker.check(&claim_file(2, 3)).status, 200);
    (checker, agent)
}

struct Agent {
    at: std::net::SocketAddr,
    agent: ureq::Agent,
}

fn agent() -> ureq::Agent {
    // Whoever sends a body that nobody takes finds the connection closed: each request has its own.
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_idle_connections(0);
    config.build().into()
}

impl Agent {
    fn get(&self, path: &str) -> (u16, String) {
        let mut response = self.agent.get(format!("http://{}{path}", self.at)).call().unwrap();
        (response.status().as_u16(), response.body_mut().read_to_string().unwrap())
    }

    fn samples(&self) -> BTreeMap<String, f64> {
        read_exposition(&self.get("/metrics").1)
    }
}

/// Reads exposition format 0.0.4 as strictly as its document has it, and gives the samples.
fn read_exposition(text: &str) -> BTreeMap<String, f64> {
    let mut samples = BTreeMap::new();
    let mut of: Option<(String, String)> = None;
    let mut helped = BTreeSet::new();
    assert!(text.ends_with('\n'));
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let name = help.split_once(' ').unwrap().0;
            assert!(helped.insert(name.to_owned()), "{name} is told twice");
            continue;
        }
        if let Some(kind) = line.strip_prefix("# TYPE ") {
            let (name, kind) = kind.split_once(' ').unwrap();
            assert!(helped.contains(name), "{line}");
            of = Some((name.to_owned(), kind.to_owned()));
            continue;
        }
        let (sample, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("{line}"));
        let (name, labels) = match sample.split_once('{') {
            Some((name, labels)) => (name, labels.strip_suffix('}').unwrap()),
            None => (sample, ""),
        };
        for label in labels.split("\",").filter(|label| !label.is_empty()) {
            let (key, value) = label.split_once("=\"").unwrap_or_else(|| panic!("{line}"));
            assert!(key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{line}");
            assert!(!value.contains('\n'), "{line}");
        }
        let (metric, kind) = of.as_ref().unwrap();
        match &**kind {
            "histogram" => {
                let suffix = name.strip_prefix(metric.as_str()).unwrap();
                assert!(["_bucket", "_sum", "_count"].contains(&suffix), "{line}");
            }
            _ => assert_eq!(name, metric, "{line}"),
        }
        let value: f64 = value.parse().unwrap_or_else(|_| panic!("{line}"));
        assert!(samples.insert(sample.to_owned(), value).is_none(), "{line} stands twice");
    }
    // Buckets only grow, and the last is the count.
    for metric in METRICS.iter().filter(|metric| metric.kind == MetricKind::Histogram) {
        let name = metric.name;
        let mut buckets: Vec<(f64, f64)> = samples
            .iter()
            .filter_map(|(sample, count)| {
                let le = sample.strip_prefix(&format!("{name}_bucket{{le=\""))?.strip_suffix("\"}")?;
                Some((if le == "+Inf" { f64::INFINITY } else { le.parse().unwrap() }, *count))
            })
            .collect();
        buckets.sort_by(|one, other| one.0.total_cmp(&other.0));
        assert!(buckets.is_sorted_by(|one, other| one.1 <= other.1), "{name}: {buckets:?}");
        assert_eq!(buckets.last().unwrap().1, samples[&format!("{name}_count")]);
    }
    samples
}

#[test]
fn metrics_tell_what_was_judged_and_what_was_turned_away() {
    let (checker, agent) = watched();
    let samples = agent.samples();
    let is = |sample: &str, value: f64| {
        assert_eq!(samples.get(sample), Some(&value), "{sample} of {samples:#?}");
    };
    is("warifu_ready", 1.0);
    is("warifu_release_number", 1.0);
    is("warifu_channel_release_number", 1.0);
    is("warifu_claim_files_total{outcome=\"judged\"}", 2.0);
    is("warifu_claim_files_total{outcome=\"no_release\"}", 1.0);
    is("warifu_claims_total", 6.0);
    is("warifu_claim_files_judged_total{release=\"1\"}", 2.0);
    is("warifu_judging_seconds_count", 2.0);
    is("warifu_waiting_seconds_count", 3.0);
    is("warifu_request_seconds_count", 2.0);
    is("warifu_queue_capacity", 4.0);
    assert!(samples["warifu_snapshots_bytes"] > 0.0 && samples["process_resident_memory_bytes"] > 1e6);
    let findings = samples.iter().filter(|(sample, _)| sample.starts_with("warifu_findings_total{"));
    // Twelve units with points of their own, and in three claims the sum of them.
    assert_eq!(findings.map(|(_, count)| count).sum::<f64>(), 15.0, "{samples:#?}");
    // Whatever comes, no more releases have labels than can judge.
    for number in 2..6 {
        checker.shelf.offer(release(number, &good()));
        checker.swapper.poll(now(), Wanted::Newest);
        assert_eq!(checker.check(&claim_file(1, 3)).release, Some(number));
    }
    let releases: BTreeSet<String> = agent
        .samples()
        .into_keys()
        .filter_map(|sample| Some(sample.strip_prefix("warifu_claim_files_judged_total{")?.to_owned()))
        .collect();
    assert!(releases.len() <= 2, "{releases:?}");
}

#[test]
fn every_metric_is_exposed_and_nothing_else() {
    let (_checker, agent) = watched();
    let text = agent.get("/metrics").1;
    let told: Vec<&str> =
        text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let known: BTreeSet<&str> = METRICS.iter().map(|metric| metric.name).collect();
    assert_eq!(told.iter().copied().collect::<BTreeSet<_>>(), known);
    assert_eq!(told.len(), known.len());
}

/// Whatever stands at this door looks, and commands nothing.
#[test]
fn who_watches_commands_nothing() {
    let (checker, agent) = watched();
    for path in ["/swap", "/fall-back", "/freeze", "/thaw", "/unhold", "/repair", "/forget-claims", "/check"]
    {
        let asked =
            agent.agent.post(format!("http://{}{path}", agent.at)).send("{\"reason\":\"x\"}").unwrap();
        assert_eq!(asked.status().as_u16(), 404, "{path}");
    }
    for path in ["/metrics", "/status", "/history.json", "/livez", "/readyz"] {
        assert_eq!(agent.get(path).0, 200, "{path}");
        let asked = agent.agent.post(format!("http://{}{path}", agent.at)).send_empty().unwrap();
        assert_eq!(asked.status().as_u16(), 405, "{path}");
    }
    assert_eq!(checker.status().frozen, None);
    // The door of claims tells nothing of it.
    let at_claims = Agent { at: checker.address, agent: self::agent() };
    for path in ["/metrics", "/history.json"] {
        assert_eq!(at_claims.get(path).0, 404, "{path}");
    }
}

#[test]
fn the_history_tells_findings_by_code_and_what_became_of_releases() {
    let (checker, agent) = watched();
    checker.shelf.offer(release(2, &bad()));
    checker.swapper.poll(now(), Wanted::Newest);
    checker.swapper.fall_back(warifu_checker::said::Said::new("it is wrong", "誤り"), None, now()).unwrap();
    let history: History = serde_json::from_str(&agent.get("/history.json").1).unwrap();
    let day = history.days.last().unwrap();
    assert_eq!(day.releases[0].release, Some(1));
    assert_eq!((day.releases[0].files, day.releases[0].claims), (2, 6));
    assert_eq!(day.releases[0].findings.values().sum::<u64>(), 15);
    let acts: Vec<Did> = history.acts.iter().map(|act| act.act).collect();
    assert_eq!(acts, [Did::Started, Did::Activated, Did::Activated, Did::FellBack]);
    let back = history.acts.last().unwrap();
    assert_eq!((back.release, back.from), (Some(1), Some(2)));
}

/// Writes `text` to a document, or compares it: `WARIFU_WRITE_DOCS=1` writes it anew.
fn document(name: &str, text: &str) {
    let path = root().join("docs").join(name);
    if std::env::var_os("WARIFU_WRITE_DOCS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == text,
        "docs/{name} is out of date; WARIFU_WRITE_DOCS=1 cargo test -p warifu-checker watched"
    );
}

#[test]
fn every_metric_is_documented() {
    let mut text = "# Metrics / メトリクス

What a checker tells Prometheus at `/metrics`, on the operators' socket and at `--watch-listen`. Written from
the code (`WARIFU_WRITE_DOCS=1 cargo test -p warifu-checker watched`) and compared with it in every run.
Counters begin at 0 when the checker starts. Alerts: `packaging/prometheus/warifu-alerts.yml`; dashboard:
`packaging/grafana/warifu-checker.json`.

| metric | kind | labels | what it says | 内容 |
|---|---|---|---|---|
"
    .to_owned();
    for metric in METRICS {
        let labels = metric.labels.iter().map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
        let (name, kind, en, ja) = (metric.name, metric.kind.as_str(), metric.en, metric.ja);
        text += &format!("| `{name}` | {kind} | {labels} | {en} | {ja} |\n");
    }
    text += "
`outcome` of `warifu_claim_files_total` is `judged`; or, turned away with a 503, `queue_full`,
`too_many_coming`, `answers_not_taken` or `no_release`; or, refused, `too_large`, `ended_early`, `too_slow` or
`unreadable`; or `failed`, which is a fault of the checker.

`release` is at most the release that judges and the one before it, and `code` one of
[claims.md](claims.md): the number of series has a bound.
";
    text += "
`cause` of `warifu_amiss` is one of these; the status, the page and the log say the same of it:

| cause | in a word | 表示 |
|---|---|---|
";
    for cause in Cause::ALL {
        let (label, word) = (cause.label(), cause.word());
        text += &format!("| `{label}` | {} | {} |\n", word.en, word.ja);
    }
    document("metrics.md", &text);
}

#[test]
fn every_event_is_documented() {
    let mut text = "# Events / イベント

What a checker writes to stderr, one line each: with `--log human` (the default) in the operator's language
with the time in Japan, with `--log json` one JSON object with `at` (RFC 3339, UTC), `level`, `event`,
`message` and the number of the `release` where there is one. `--log-level warn` leaves out what is only
`info`. The names stay; the messages may change. Nothing of a claim is ever in a line. Written from the code
(`WARIFU_WRITE_DOCS=1 cargo test -p warifu-checker watched`) and compared with it in every run.

`error`: act now. `warn`: look into it today. `info`: nothing to do.

| event | level | when | いつ |
|---|---|---|---|
"
    .to_owned();
    for event in Event::ALL {
        let level = match event.level() {
            Level::Error => "error",
            Level::Warn => "warn",
            Level::Info => "info",
        };
        text += &format!("| `{}` | {level} | {} | {} |\n", event.name(), event.en(), event.ja());
    }
    document("events.md", &text);
}

/// The words of `text` that look like names of our metrics.
fn metrics_in(text: &str) -> BTreeSet<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let is_ours =
        |word: &&str| (word.starts_with("warifu_") || word.starts_with("process_")) && !word.ends_with('_');
    words.filter(is_ours).map(str::to_owned).collect()
}

#[test]
fn alerts_and_dashboard_name_only_what_is_measured() {
    let mut known: BTreeSet<String> = BTreeSet::new();
    for metric in METRICS {
        known.insert(metric.name.to_owned());
        if metric.kind == MetricKind::Histogram {
            known.extend(["_bucket", "_sum", "_count"].map(|suffix| format!("{}{suffix}", metric.name)));
        }
    }
    let mut used = BTreeSet::new();
    for file in ["packaging/prometheus/warifu-alerts.yml", "packaging/grafana/warifu-checker.json"] {
        let text = std::fs::read_to_string(root().join(file)).unwrap();
        let names = metrics_in(&text);
        let unknown: Vec<_> = names.difference(&known).collect();
        assert!(unknown.is_empty() && !names.is_empty(), "{file}: {unknown:?}");
        used.extend(names);
    }
    assert!(used.len() > 20, "{used:?}");
    let dashboard = std::fs::read_to_string(root().join("packaging/grafana/warifu-checker.json")).unwrap();
    let dashboard: Value = serde_json::from_str(&dashboard).unwrap();
    assert!(dashboard["panels"].as_array().unwrap().len() >= 12);
}

/// Whoever asks for the page and the metrics as fast as they can have them made about once a second for each
/// language, and all who ask meanwhile have the same bytes.
#[test]
fn a_flood_of_looks_has_little_made() {
    let (checker, agent) = watched();
    let before = checker.service.made_for_watchers();
    let started = Instant::now();
    let answered = AtomicU64::new(0);
    let different = std::thread::scope(|scope| {
        let looks = || {
            let mut seen = BTreeSet::new();
            for _ in 0..12 {
                for path in ["/", "/?lang=ja", "/page.json", "/report", "/metrics", "/status"] {
                    // Some are not let in: more come from this address than may.
                    let asked = agent.agent.get(format!("http://{}{path}", agent.at)).call();
                    let Ok(mut response) = asked else { continue };
                    let status = response.status();
                    assert!(status == 200 || status == 503, "{path}: {status}");
                    seen.extend(response.body_mut().read_to_string());
                    answered.fetch_add(1, Ordering::Relaxed);
                }
            }
            seen
        };
        let all: Vec<_> = (0..8).map(|_| scope.spawn(looks)).collect();
        let seen: BTreeSet<String> = all.into_iter().flat_map(|looks| looks.join().unwrap()).collect();
        seen.len() as u64
    });
    // Six different things, each at the begin and at most once in each second after that.
    let most = 6 * (started.elapsed().as_secs() + 2);
    let (made, answered) = (checker.service.made_for_watchers() - before, answered.into_inner());
    assert!(answered > 100, "hardly anybody was answered: {answered}");
    assert!(made <= most, "{made} were made for {answered} looks; at most {most}");
    // What was made, and what says that too many look.
    assert!(different <= made + 1, "{different} answers, and {made} were made");
}

/// A name of somebody else that leads here: their page could read what is told.
#[test]
fn those_who_watch_are_answered_by_names_of_the_door_alone() {
    let (_checker, agent) = watched();
    let ask = |path: &str, host: &str| {
        let asked = agent.agent.get(format!("http://{}{path}", agent.at)).header("host", host).call();
        asked.unwrap().status().as_u16()
    };
    for path in ["/", "/metrics", "/status", "/page.json", "/openapi.json", "/livez"] {
        assert_eq!(ask(path, "evil.example"), 403, "{path}");
        assert_eq!(ask(path, "evil.example:9090"), 403, "{path}");
        assert_eq!(ask(path, "localhost:9090"), 200, "{path}");
        assert_eq!(ask(path, &agent.at.to_string()), 200, "{path}");
        assert_eq!(ask(path, "watched.example:9090"), 200, "{path}");
    }
}

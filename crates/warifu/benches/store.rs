//! The store's gates on the published procedure master: import of a version (G6), difference of two adjacent
//! versions (G5), blame of one record over 127 versions (G8), and which record was in force on a day. Run
//! with `cargo bench -p warifu --bench store`; needs the real files in `../shared/data` beside the checkout.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench tells its numbers")]
#![expect(clippy::disallowed_methods, reason = "a bench makes the files that others read")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use warifu::store::{Author, Config, ImportError, ImportRequest, Imported, Store};
use warifu_masters::change::diff::diff;
use warifu_masters::file::write::write;
use warifu_masters::file::{Declared, read};
use warifu_masters::finding::Code;
use warifu_masters::schema::Schemas;
use warifu_masters::table::fields;
use warifu_masters::timeline::Standing;
use warifu_values::day::TreatmentDay;

/// Elapsed time, and the time the processor was at work for it: on a shared machine only that one can be
/// compared.
struct Watch(Instant, Duration);

impl Watch {
    fn start() -> Watch {
        Watch(Instant::now(), processor_time())
    }

    fn read(&self) -> Time {
        Time(processor_time() - self.1, self.0.elapsed())
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Time(Duration, Duration);

impl std::fmt::Display for Time {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:>9.2?} of processor, {:>9.2?} elapsed", self.0, self.1)
    }
}

/// Zero where the system does not tell.
fn processor_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    Duration::from_nanos(stat.split(' ').next().and_then(|text| text.parse().ok()).unwrap_or(0))
}

const VERSIONS: usize = 127;

fn main() {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/procedure");
    if !data.is_dir() {
        println!("left out: no folder {}", data.display());
        return;
    }
    let schemas = Schemas::built_in().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let author = Author::parse("Bench <bench@example.jp>").unwrap();
    let now = Timestamp::from_second(1_717_372_800).unwrap();
    let path = folder.path().join("masters");
    let store = Store::init(&path, schemas.clone(), &Config::known_series(), Some(&author), now).unwrap();
    let accept = [(Code::ImportOlder, "bench".to_owned())];
    let import = |bytes: &[u8], name: &str| -> Result<Imported, ImportError> {
        let (format, role, dated) = (None, None, None);
        let author = Some(&author);
        store.import(&ImportRequest {
            bytes,
            name,
            series: "r06",
            kind: None,
            format,
            role,
            dated,
            accept: &accept,
            correction: None,
            author,
            now,
        })
    };

    let full = std::fs::read(data.join("s_ALL20240531.csv")).unwrap();
    let watch = Watch::start();
    import(&full, "s_ALL20240531.csv").unwrap();
    println!("import of the first full         {}", watch.read());
    let watch = Watch::start();
    let reading = read(&schemas, full, &Declared::default());
    let master = reading.master.unwrap();
    fields::check(&master, reading.role.unwrap());
    println!("  of which reading, validation   {}", watch.read());
    let watch = Watch::start();
    write(&master, &reading.rendering.unwrap()).unwrap();
    println!("  of which the way back          {}", watch.read());

    for file in ["s_20240621", "s_20240628", "s_20240726", "s_20240801", "s_20240823", "s_20240902"] {
        let bytes = std::fs::read(data.join(format!("{file}.csv"))).unwrap();
        let watch = Watch::start();
        let done = import(&bytes, &format!("{file}.csv")).unwrap();
        println!("import of {file} ({} changed)  {}", done.record.counts.changed, watch.read());
    }
    // Then invented ones: each changes the points of one record far from the one that is blamed.
    let mut times: Vec<Time> = Vec::new();
    let layout = schemas.layout("procedure-150").unwrap();
    let points = layout.column("points").unwrap();
    for version in 7..VERSIONS {
        let row = (version * 83) % master.rows();
        let mut fields = vec![String::new(); layout.width()];
        (fields[0], fields[1]) = ("5".to_owned(), "S".to_owned());
        // A hundredth part of it more: a larger movement would be refused.
        let whole = master.field(row, points).split('.').next().unwrap_or_default();
        (fields[2], fields[points]) = (master.key(row).into_owned(), format!("{whole}.{:02}", version % 100));
        let bytes = format!("\"{}\"\r\n", fields.join("\",\""));
        let watch = Watch::start();
        import(bytes.as_bytes(), "s_20241001.csv").unwrap();
        times.push(watch.read());
    }
    println!("import of one changed record     {} (median)", median(&mut times));

    let state = store.state(&store.at("HEAD:procedure").unwrap()).unwrap();
    let format = schemas.format("kikin").unwrap();
    let bytes = write(&state, &format.rendering(false)).unwrap();
    let watch = Watch::start();
    import(&bytes, "s_ALL20241001.csv").unwrap();
    println!("import of a full on the chain    {}", watch.read());

    let mut times = Vec::new();
    for step in 1..60 {
        let watch = Watch::start();
        let at = |text: String| store.at(&text).unwrap();
        let (old, new) = (at(format!("HEAD~{}:procedure", step + 1)), at(format!("HEAD~{step}:procedure")));
        let pair = store.pair(&old, &new).unwrap();
        let changes = diff(&pair.old, &pair.new).unwrap().changes.len();
        times.push(watch.read());
        assert!(changes <= 2);
    }
    println!("difference of adjacent versions  {} (median)", median(&mut times));

    stock_git(folder.path(), &bytes, &master.canonical());

    let at = store.at("HEAD:procedure").unwrap();
    let mut times = Vec::new();
    for _ in 0..21 {
        let watch = Watch::start();
        assert_eq!(store.blame(&at, "111000110").unwrap().unwrap().fields.len(), layout.width());
        times.push(watch.read());
    }
    println!("blame over {VERSIONS} versions         {} (median)", median(&mut times));
    let day = TreatmentDay::parse("2024-06-01").unwrap();
    let mut times = Vec::new();
    for _ in 0..21 {
        // As a command does: nothing is cached yet.
        let store = Store::open(&path, schemas.clone()).unwrap();
        let watch = Watch::start();
        let lives = store.lives("HEAD", "111000110").unwrap();
        assert!(matches!(lives[0].timeline.on(day).period.standing, Standing::InForce { .. }));
        times.push(watch.read());
    }
    println!("the record in force on a day     {} (median)", median(&mut times));
    let watch = Watch::start();
    store.state(&at).unwrap();
    println!("loading a state                  {}", watch.read());
    let watch = Watch::start();
    assert_eq!(store.log().unwrap().len(), VERSIONS + 1);
    println!("log                              {}", watch.read());
}

/// What a git user would run instead of an import: `git add` and `git commit` of the whole file.
fn stock_git(folder: &std::path::Path, full: &[u8], other: &[u8]) {
    let folder = folder.join("stock");
    std::fs::create_dir(&folder).unwrap();
    let git = |args: &[&str]| {
        let identity = ["-c", "user.name=bench", "-c", "user.email=bench@example.jp"];
        let done = std::process::Command::new("git").current_dir(&folder).args(identity).args(args).output();
        done.is_ok_and(|output| output.status.success())
    };
    if !git(&["init", "--quiet"]) {
        println!("left out: no git on this machine");
        return;
    }
    let mut times = Vec::new();
    for version in 0..11u8 {
        // A line of its own, so that no two versions are the same blob.
        let bytes = [if version % 2 == 0 { full } else { other }, &[b'0' + version, b'\n']].concat();
        std::fs::write(folder.join("s.csv"), bytes).unwrap();
        let watch = Watch::start();
        assert!(git(&["add", "s.csv"]) && git(&["commit", "--quiet", "-m", "version"]));
        times.push(Time(Duration::ZERO, watch.read().1));
    }
    println!("stock git add + commit of a full {} (median)", median(&mut times));
}

fn median(times: &mut [Time]) -> Time {
    times.sort();
    times[times.len() / 2]
}

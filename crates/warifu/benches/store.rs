//! The store's gates on the published procedure master: import of a version (G6), difference of two adjacent
//! versions (G5), blame of one record over 127 versions (G8). Run with `cargo bench -p warifu --bench store`;
//! needs the real files in `../shared/data` beside the checkout.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench tells its numbers")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use warifu::store::{Author, Config, ImportRequest, Imported, Store, StoreError};
use warifu_masters::diff::diff;
use warifu_masters::finding::Code;
use warifu_masters::read::{Declared, read};
use warifu_masters::schema::Schemas;
use warifu_masters::validate::validate;
use warifu_masters::write::write;

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
    let import = |bytes: &[u8], name: &str| -> Result<Imported, StoreError> {
        let (format, role, dated) = (None, None, None);
        let author = Some(&author);
        store.import(&ImportRequest {
            bytes,
            name,
            series: "r06",
            format,
            role,
            dated,
            accept: &accept,
            author,
            now,
        })
    };

    let full = std::fs::read(data.join("s_ALL20240531.csv")).unwrap();
    let started = Instant::now();
    import(&full, "s_ALL20240531.csv").unwrap();
    println!("import of the first full         {:>8.2?}", started.elapsed());
    let started = Instant::now();
    let reading = read(&schemas, full, &Declared::default());
    let master = reading.master.unwrap();
    validate(&master, reading.role.unwrap());
    println!("  of which reading, validation   {:>8.2?}", started.elapsed());
    let started = Instant::now();
    write(&master, &reading.rendering.unwrap()).unwrap();
    println!("  of which the way back          {:>8.2?}", started.elapsed());

    for file in ["s_20240621", "s_20240628", "s_20240726", "s_20240801", "s_20240823", "s_20240902"] {
        let bytes = std::fs::read(data.join(format!("{file}.csv"))).unwrap();
        let started = Instant::now();
        let done = import(&bytes, &format!("{file}.csv")).unwrap();
        println!("import of {file} ({} changed)  {:>8.2?}", done.record.counts.changed, started.elapsed());
    }
    // Then invented ones: each changes the points of one record far from the one that is blamed.
    let mut times: Vec<Duration> = Vec::new();
    let layout = schemas.layout("procedure-150").unwrap();
    let points = layout.column("points").unwrap();
    for version in 7..VERSIONS {
        let row = (version * 83) % master.rows();
        let mut fields = vec![String::new(); layout.width()];
        (fields[0], fields[1]) = ("5".to_owned(), "S".to_owned());
        (fields[2], fields[points]) = (master.key(row).into_owned(), format!("{version}.00"));
        let bytes = format!("\"{}\"\r\n", fields.join("\",\""));
        let started = Instant::now();
        import(bytes.as_bytes(), "s_20241001.csv").unwrap();
        times.push(started.elapsed());
    }
    println!("import of one changed record     {:>8.2?} (median)", median(&mut times));

    let state = store.state(&store.at("HEAD:procedure").unwrap()).unwrap();
    let format = schemas.format("kikin").unwrap();
    let bytes = write(&state, &format.rendering(false)).unwrap();
    let started = Instant::now();
    import(&bytes, "s_ALL20241001.csv").unwrap();
    println!("import of a full on the chain    {:>8.2?}", started.elapsed());

    let mut times = Vec::new();
    for step in 1..60 {
        let started = Instant::now();
        let at = |text: String| store.at(&text).unwrap();
        let (old, new) = (at(format!("HEAD~{}:procedure", step + 1)), at(format!("HEAD~{step}:procedure")));
        let pair = store.pair(&old, &new).unwrap();
        let changes = diff(&pair.old, &pair.new).unwrap().changes.len();
        times.push(started.elapsed());
        assert!(changes <= 2);
    }
    println!("difference of adjacent versions  {:>8.2?} (median)", median(&mut times));

    let at = store.at("HEAD:procedure").unwrap();
    let mut times = Vec::new();
    for _ in 0..21 {
        let started = Instant::now();
        assert_eq!(store.blame(&at, "111000110").unwrap().len(), layout.width());
        times.push(started.elapsed());
    }
    println!("blame over {VERSIONS} versions         {:>8.2?} (median)", median(&mut times));
    let started = Instant::now();
    store.state(&at).unwrap();
    println!("loading a state                  {:>8.2?}", started.elapsed());
    let started = Instant::now();
    assert_eq!(store.log().unwrap().len(), VERSIONS + 1);
    println!("log                              {:>8.2?}", started.elapsed());
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times[times.len() / 2]
}

//! Counts what the published differentials change for days that have been, by class: the table in
//! `docs/past.md`. `cargo run --release -p warifu --example past_counts -- ../shared/data`
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measure, run by hand")]

use std::collections::BTreeMap;
use std::path::Path;

use warifu::store::{Author, Config, ImportRequest, Series, Store, dated_in};
use warifu_masters::finding::Code;
use warifu_masters::past::{Change, Heading, MasterOf, Timelines, compare};
use warifu_masters::schema::Schemas;
use warifu_masters::table::Master;
use warifu_values::day::TreatmentDay;

/// The files of one chain, oldest first.
fn chain(data: &Path, folder: &str, full: &str, keep: impl Fn(u32) -> bool) -> Vec<String> {
    let entries = std::fs::read_dir(data.join(folder)).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let day = |name: &str| name.get(2..10)?.parse::<u32>().ok();
    let mut files: Vec<_> = names.filter(|name| day(name).is_some_and(&keep)).collect();
    files.sort();
    files.insert(0, full.to_owned());
    files.into_iter().map(|name| format!("{folder}/{name}")).collect()
}

fn main() {
    let data = std::env::args().nth(1).unwrap_or_else(|| "../shared/data".to_owned());
    let data = Path::new(&data);
    let folder = tempfile::tempdir().unwrap();
    let author = Author::parse("Warifu <warifu@example.jp>").unwrap();
    let now = "2024-12-01T00:00:00Z".parse().unwrap();
    let mut series = Config::known_series();
    for (name, kind, first) in [("r06", "comment", "2024-06-01"), ("r06", "material", "2024-06-01")] {
        let of: &mut Series = series.entry(name.to_owned()).or_default();
        of.effective.entry(kind.to_owned()).or_insert_with(|| first.parse().unwrap());
    }
    let path = folder.path().join("masters");
    let store = Store::init(&path, Schemas::built_in().unwrap(), &series, Some(&author), now).unwrap();
    let is_r04 = |day: u32| day < 20240306 || [20240315, 20240320, 20240516].contains(&day);
    let chains = [
        ("r04", "procedure", chain(data, "procedure", "s_ALL20220218.csv", is_r04)),
        (
            "r06",
            "procedure",
            chain(data, "procedure", "s_ALL20240531.csv", |day| (20240601..20250101).contains(&day)),
        ),
        ("r06", "drug", chain(data, "drug", "y_ALL20240321.csv", |_| true)),
        (
            "r06",
            "comment",
            chain(data, "comment", "c_ALL20240412.csv", |day| (20240413..20250101).contains(&day)),
        ),
        ("r06", "material", chain(data, "material", "t_ALL20240315.csv", |day| day == 20240531)),
    ];
    let accept = [(Code::FieldTooLong, "corrected by its re-issue".to_owned())];
    let mut totals: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let (mut files, mut with_some, mut past, mut all) = (0, 0, 0, 0);
    for (series, kind, chain) in chains {
        let mut before: Option<(Master, Timelines)> = None;
        for file in chain {
            let bytes = std::fs::read(data.join(&file)).unwrap();
            let name = file.rsplit('/').next().unwrap();
            let (format, role, dated) = (None, None, None);
            let author = Some(&author);
            let request = ImportRequest {
                bytes: &bytes,
                name,
                series,
                kind: None,
                format,
                role,
                dated,
                accept: &accept,
                correction: None,
                author,
                now,
            };
            if let Err(error) = store.import(&request) {
                println!("{file}: {error}");
                continue;
            }
            let at = store.at(&format!("HEAD:{series}/{kind}")).unwrap();
            let state = store.state(&at).unwrap();
            let timelines = store.timelines(&at, &state).unwrap();
            if let Some((old_state, old)) = &before {
                let of = |master, timelines| MasterOf { series, kind, master, timelines };
                let changes = compare(&[of(old_state, old)], &[of(&state, &timelines)]);
                let published = dated_in(name).unwrap().strftime("%Y%m%d").to_string();
                let published = TreatmentDay::parse(&published).unwrap();
                let reaches_back = |change: &&Change| change.days.heading(published) != Heading::Future;
                let of_past: Vec<_> = changes.iter().filter(reaches_back).collect();
                let mut classes: BTreeMap<String, usize> = BTreeMap::new();
                for change in &of_past {
                    let class =
                        change.class(store.schemas()).map_or("never".to_owned(), |class| class.to_string());
                    *classes.entry(class).or_default() += 1;
                }
                println!("{file}: {} changes, {} of the past {classes:?}", changes.len(), of_past.len());
                for (class, count) in classes {
                    let of = totals.entry(class).or_default();
                    *of = (of.0 + count, of.1 + 1);
                }
                files += 1;
                with_some += usize::from(!of_past.is_empty());
                past += of_past.len();
                all += changes.len();
            }
            before = Some((state, timelines));
        }
    }
    println!("{files} differentials, {with_some} with changes of the past; {past} of {all} changes");
    for (class, (count, files)) in totals {
        println!("| `{class}` | {count} | {files} |");
    }
}

//! The catalogue's counts are what its rules say of the published files.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "the published files are read in place")]

#[path = "../../warifu-masters/tests/published/mod.rs"]
mod published;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use published::data;
use warifu_masters::change::diff::diff;
use warifu_masters::change::differential::apply;
use warifu_masters::file::{Declared, read};
use warifu_masters::finding::Severity;
use warifu_masters::schema::Schemas;
use warifu_masters::table::Master;
use warifu_rules::consistency::{CATALOGUE, Of, Rule, Seen, check};
use warifu_values::day::PublicationDay;

/// Files that a later one replaces whole, or that belong to the series before: no part of a chain.
const LEFT_OUT: [&str; 8] =
    ["20220304", "20220311", "20220318", "20220325", "20230414", "20240315", "20240320", "20240516"];

/// Of the 電子点数表 no published file was at hand.
const NOT_AT_HAND: [&str; 2] = ["points-inclusion", "points-exclusion-day"];

/// The exclusion tables are told apart by who gives them only.
fn kind(path: &str) -> Option<String> {
    let exclusion = path.strip_prefix("points-table/03-")?.trim_end_matches(".csv");
    Some(format!("points-{}", exclusion[2..].replace('_', "-")))
}

fn day(path: &str) -> PublicationDay {
    if path.starts_with("points-table/") {
        return PublicationDay::parse("20251201").unwrap();
    }
    let stem = path.trim_end_matches(".csv").trim_end_matches(".txt");
    PublicationDay::parse(&stem[stem.len() - 8..]).unwrap()
}

/// Published files and the states they make, each read once.
struct Published {
    data: PathBuf,
    schemas: Schemas,
    fulls: BTreeMap<String, Master>,
    chains: BTreeMap<(String, String), Vec<(PublicationDay, Master)>>,
}

impl Published {
    fn read(&self, path: &Path) -> Master {
        read(&self.schemas, std::fs::read(path).unwrap(), &Declared::default()).master.unwrap()
    }

    fn load_full(&mut self, path: &str) {
        if !self.fulls.contains_key(path) {
            let of_kind = kind(path).map(|kind| self.schemas.of_kind(&kind));
            let bytes = std::fs::read(self.data.join(path)).unwrap();
            let schemas = of_kind.as_ref().unwrap_or(&self.schemas);
            let master = read(schemas, bytes, &Declared::default()).master.unwrap();
            self.fulls.insert(path.to_owned(), master);
        }
    }

    /// The full `base` and the state after each differential up to `last`.
    fn load_chain(&mut self, base: &str, last: &str) {
        let key = (base.to_owned(), last.to_owned());
        if self.chains.contains_key(&key) {
            return;
        }
        let folder = self.data.join(base).parent().unwrap().to_owned();
        let mut files: Vec<String> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| !name.contains("ALL") && !name.contains("sample"))
            .filter(|name| !LEFT_OUT.iter().any(|day| name.contains(day)))
            .filter(|name| day(base) < day(name) && day(name) <= PublicationDay::parse(last).unwrap())
            .collect();
        files.sort();
        assert!(day(files.last().unwrap()) == PublicationDay::parse(last).unwrap(), "{base} {last}");
        let mut states = vec![(day(base), self.read(&self.data.join(base)))];
        for file in &files {
            let differential = self.read(&folder.join(file));
            let state = apply(&states.last().unwrap().1, &differential).unwrap().state;
            states.push((day(file), state));
        }
        self.chains.insert(key, states);
    }

    fn load(&mut self, seen: &Seen) {
        match seen {
            Seen::Full(path) => self.load_full(path),
            Seen::State { base, last } | Seen::Steps { base, last } => self.load_chain(base, last),
            Seen::Together(paths) => paths.iter().for_each(|path| self.load_full(path)),
        }
    }

    /// How many subjects of `seen` keep and break `rule`.
    fn count(&self, rule: &Rule, seen: &Seen) -> (u64, u64) {
        let chain = |base: &str, last: &str| &self.chains[&(base.to_owned(), last.to_owned())];
        let mut tallies = Vec::new();
        match seen {
            Seen::Full(path) => tallies.push(rule.ask(Of::Master(&self.fulls[*path]), Some(day(path)))),
            Seen::State { base, last } => {
                let (day, state) = chain(base, last).last().unwrap();
                tallies.push(rule.ask(Of::Master(state), Some(*day)));
            }
            Seen::Together(paths) => {
                let masters: Vec<_> = paths.iter().map(|path| &self.fulls[*path]).collect();
                tallies.push(rule.ask(Of::Masters(&masters), None));
            }
            Seen::Steps { base, last } => {
                for step in chain(base, last).windows(2) {
                    let diff = diff(&step[0].1, &step[1].1).unwrap();
                    tallies.push(rule.ask(Of::Versions(&diff), Some(step[1].0)));
                }
            }
        }
        // An edition in the middle of a chain may bring the columns; one of them must have been asked.
        assert!(tallies.iter().any(Option::is_some), "{} cannot be asked of {seen:?}", rule.code);
        let tallies = tallies.into_iter().flatten();
        tallies.fold((0, 0), |(held, broken), tally| {
            let here: u64 = tally.findings.values().map(|findings| findings.count(rule.code)).sum();
            (held + tally.asked - here, broken + here)
        })
    }
}

#[test]
fn every_count_of_the_catalogue_is_what_the_published_files_give() {
    let Some(data) = data() else { return };
    let schemas = Schemas::built_in().unwrap();
    let mut published = Published { data, schemas, fulls: BTreeMap::new(), chains: BTreeMap::new() };
    let mut wrong = Vec::new();
    for (at, rule) in CATALOGUE.iter().enumerate() {
        let is_at_hand = !rule.kinds.iter().any(|kind| NOT_AT_HAND.contains(kind));
        assert!(!rule.counts.is_empty() || !is_at_hand, "{} was counted nowhere", rule.code);
        for (which, count) in rule.counts.iter().enumerate() {
            published.load(&count.seen);
            let (held, broken) = published.count(rule, &count.seen);
            if (held, broken) != (count.held, count.broken) {
                wrong.push(format!("{at}.{which} {} {:?} {held} {broken}", rule.code, count.seen));
            }
        }
    }
    assert!(wrong.is_empty(), "the catalogue says otherwise:\n{}", wrong.join("\n"));
}

/// No full file that was published is refused, and neither is any state of the chains.
#[test]
fn nothing_that_was_published_is_refused_by_a_rule() {
    let Some(data) = data() else { return };
    let schemas = Schemas::built_in().unwrap();
    let mut published = Published { data, schemas, fulls: BTreeMap::new(), chains: BTreeMap::new() };
    for folder in ["procedure", "drug", "comment", "material", "related", "disease"] {
        for entry in std::fs::read_dir(published.data.join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.contains("ALL") || folder == "disease" {
                let path = format!("{folder}/{name}");
                let findings = check(&published.read(&published.data.join(&path)), Some(day(&path)));
                assert!(!findings.denies(), "{path}: {:?}", findings.list());
            }
        }
    }
    for entry in std::fs::read_dir(published.data.join("points-table")).unwrap() {
        let path = format!("points-table/{}", entry.unwrap().file_name().into_string().unwrap());
        published.load_full(&path);
        let findings = check(&published.fulls[&path], Some(day(&path)));
        assert!(findings.is_empty(), "{path}: {:?}", findings.list());
    }
    let chains = CATALOGUE.iter().flat_map(|rule| rule.counts).filter_map(|count| match count.seen {
        Seen::State { base, last } | Seen::Steps { base, last } => Some((base, last)),
        _ => None,
    });
    for (base, last) in chains {
        published.load_chain(base, last);
    }
    for ((base, _), states) in &published.chains {
        for (day, state) in states {
            let findings = check(state, Some(*day));
            let denied: Vec<_> =
                findings.list().iter().filter(|finding| finding.severity == Severity::Deny).collect();
            assert!(denied.is_empty(), "{base} on {day}: {denied:?}");
        }
    }
}

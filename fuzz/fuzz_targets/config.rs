//! `warifu.toml`: what is taken in says for each series and kind since when it is in force, and answers.
#![no_main]

use libfuzzer_sys::fuzz_target;
use warifu::store::Config;
use warifu_masters::finding::Findings;

fuzz_target!(|text: &str| match Config::parse(text) {
    Ok(config) => {
        for (name, series) in &config.series {
            for kind in &series.kinds {
                let first = series.effective.get(kind).expect("a first day for each kind");
                assert!(config.last_day(name, kind).is_none_or(|last| last >= *first), "{name} {kind}");
            }
        }
        config.waive("drug", &mut Findings::new(), jiff::civil::date(2024, 6, 1));
    }
    // What is wrong is told in words, also where it stands between two bytes of a character.
    Err(error) => assert!(error.to_string().starts_with("warifu.toml")),
});

//! The published chains through the store. Real files are read in place from `../shared/data` beside the
//! checkout; left out where it is missing.

mod place;

use place::{Place, data, file_name, import_all};
use warifu::store::{ImportRequest, Imported, StoreError};
use warifu_masters::finding::Code;

/// Differentials of procedure that came before the files of r06: what r04 is made of. Left out are the
/// re-issues of March 2022 that the next one repeats, and 20230414, which 20230424 replaces.
fn r04_procedure(files: Vec<String>) -> Vec<String> {
    let left_out = ["20220304", "20220311", "20220318", "20220325", "20230414"];
    let r06 =
        ["20240306", "20240321", "20240329", "20240412", "20240426", "20240501", "20240517", "20240524"];
    let keep = |file: &String| {
        let date = &file[file.len() - 12..file.len() - 4];
        date < "20240530" && !left_out.contains(&date) && !r06.contains(&date)
    };
    files.into_iter().filter(keep).collect()
}

#[test]
fn probe() {
    let Some(data) = data() else { return };
    let started = std::time::Instant::now();
    let place = Place::new();
    let show = |file: &str, done: &Result<Imported, StoreError>| match done {
        Ok(done) => {
            let counts: Vec<_> =
                done.findings.counts().map(|(code, count)| format!("{code}×{count}")).collect();
            eprintln!("{file} {:?} {}", done.record.counts, counts.join(" "));
        }
        Err(StoreError::Refused { findings, .. }) => {
            eprintln!("{file} REFUSED");
            for finding in findings.list().iter().take(12) {
                eprintln!("    {} {} {}", finding.code, finding.place(), finding.text(Default::default()));
            }
        }
        Err(error) => eprintln!("{file} {error}"),
    };
    let mut files = r04_procedure(place::files(&data, "procedure"));
    files.retain(|file| !file.contains("ALL2024"));
    for file in &files {
        let done = place.import(&data, file, "r04", &[]);
        show(file, &done);
    }
    for kind in ["comment", "drug", "material"] {
        for file in place::files(&data, kind) {
            let done = place.import(&data, &file, "r06", &[]);
            show(&file, &done);
        }
    }
    for file in place::files(&data, "procedure") {
        if file.as_str() >= "procedure/s_20240306" {
            let done = place.import(&data, &file, "r06", &[]);
            show(&file, &done);
        }
    }
    eprintln!("{:?}", started.elapsed());
    let _ = (ImportRequest::clone, import_all, file_name, Code::ALL);
}

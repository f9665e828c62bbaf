//! Where the time of `validate` goes, stage by stage, on the three large published files. By hand:
//! `cargo bench -p warifu-masters --bench stages`. Prints the median of eleven runs of each stage.
#![expect(clippy::disallowed_methods, reason = "a benchmark reads files and the clock")]

use std::path::PathBuf;
use std::time::Instant;

use warifu_masters::charset::Charset;
use warifu_masters::file::convert::convert;
use warifu_masters::file::write;
use warifu_masters::file::{Declared, read, read_canonical};
use warifu_masters::schema::Schemas;
use warifu_masters::table::{Role, fields};
use warifu_rules::consistency;
use warifu_values::digest::Digest;

#[expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
fn main() {
    let data = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let names = ["procedure/s_ALL20240531.csv", "drug/y_ALL20240321.csv", "comment/c_ALL20230801.csv"];
    let files: Vec<Vec<u8>> = names.iter().filter_map(|name| std::fs::read(data.join(name)).ok()).collect();
    if files.len() < names.len() {
        println!("no published files in {}", data.display());
        return;
    }
    let schemas = Schemas::built_in().expect("built-in schemas");
    let masters: Vec<_> = files
        .iter()
        .map(|bytes| read(&schemas, bytes.clone(), &Declared::default()))
        .map(|reading| (reading.master.expect("a master"), reading.rendering.expect("regular")))
        .collect();
    let stage = |name: &str, work: &dyn Fn()| {
        let mut times: Vec<f64> = (0..11)
            .map(|_| {
                let start = Instant::now();
                work();
                start.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        println!("{name:32} {:8.2} ms", times[5]);
    };
    stage("schemas", &|| drop(Schemas::built_in()));
    stage("sha256 of the bytes", &|| {
        files.iter().for_each(|bytes| {
            std::hint::black_box(Digest::of(bytes));
        });
    });
    stage("decode with proof", &|| files.iter().for_each(|bytes| drop(Charset::Windows31J.decode(bytes))));
    let texts: Vec<String> =
        files.iter().map(|bytes| Charset::Windows31J.decode(bytes).expect("a published file")).collect();
    stage("encode to eucJP-ms", &|| texts.iter().for_each(|text| drop(Charset::EucJpMs.encode(text))));
    let kikin = schemas.format("kikin").expect("built in");
    let shorten = ["short_name", "full_name", "name", "kana"].map(str::to_owned);
    for to in ["kokuho", "kokuho-utf8", "kokuho-ebcdic"] {
        let format = schemas.format(to).expect("built in");
        stage(&format!("convert to {to} with proof"), &|| {
            files.iter().for_each(|bytes| drop(convert(&schemas, bytes, kikin, format, &shorten)));
        });
    }
    stage("read (decode, parse, order)", &|| {
        files.iter().for_each(|bytes| drop(read(&schemas, bytes.clone(), &Declared::default())));
    });
    stage("validate", &|| masters.iter().for_each(|(master, _)| drop(fields::check(master, Role::Full))));
    stage("consistency", &|| masters.iter().for_each(|(master, _)| drop(consistency::check(master, None))));
    stage("canonical digest", &|| {
        masters.iter().for_each(|(master, _)| {
            std::hint::black_box(master.canonical_digest());
        });
    });
    let canonical: Vec<_> =
        masters.iter().map(|(master, _)| (master.layout().kind.clone(), master.canonical())).collect();
    stage("read the canonical form", &|| {
        canonical.iter().for_each(|(kind, text)| drop(read_canonical(&schemas, kind, text.clone())));
    });
    stage("write as it came", &|| masters.iter().for_each(|(master, how)| drop(write::write(master, how))));
}

//! What a reader of timelines and lists of changes takes of memory, whatever was sent: counted.

use peak_alloc::PeakAlloc;
use warifu_masters::file::read_canonical;
use warifu_masters::past::{Timelines, read_changes};
use warifu_masters::schema::Schemas;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// The most bytes that `work` holds at once for each byte of `text`.
fn bytes_a_byte(text: &str, work: impl FnOnce(&[u8])) -> f64 {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    work(text.as_bytes());
    (MEMORY.peak_usage() - before) as f64 / text.len() as f64
}

/// One test: the counter is one for all threads.
#[test]
fn no_text_of_the_past_takes_a_multiple_of_itself() {
    let schemas = Schemas::built_in().unwrap();
    let layout = schemas.editions("procedure")[0].clone();
    let state =
        read_canonical(&schemas, "procedure", format!("{}\n", layout.canonical_header()).into_bytes());
    let state = state.unwrap();
    let timelines = |periods: &[String], records: &str| {
        let head = "timelines,1\ngoverns,20240601,\nknown-from,20240601\nperiods,";
        format!("{head}{}\n{}{records}", periods.len(), periods.concat())
    };
    let gone = |at: usize| format!("{at:07},20240601,gone,,\n");
    let of_record = |at: usize| format!("{at:07},20240601,record,{},\n", at + 1);
    let blank = ",".repeat(layout.width() - 1);
    let records = |rows: usize, row: &dyn Fn(usize) -> String| {
        let rows_text: String = (0..rows).map(row).collect();
        format!("records,{},{rows}\n{}\n{rows_text}", layout.edition, layout.canonical_header())
    };
    let row = |at: usize| {
        let mut fields: Vec<String> = blank.split(',').map(str::to_owned).collect();
        fields[layout.key[0].0] = format!("{at:07}");
        fields.join(",") + "\n"
    };
    let quoted = |at: usize| format!("\"\",{}", row(at).split_once(',').unwrap().1);
    let many = |of: &dyn Fn(usize) -> String, count: usize| (0..count).map(of).collect::<Vec<_>>();
    for (name, text, most) in [
        ("many codes", timelines(&many(&gone, 200_000), ""), 4.0),
        (
            "a count that is a lie",
            timelines(&many(&gone, 1), "").replace("periods,1", "periods,4000000000"),
            50.0,
        ),
        ("a record that is not there", timelines(&[format!("1,20240601,record,{},\n", u32::MAX)], ""), 50.0),
        ("blank records", timelines(&many(&of_record, 10_000), &records(10_000, &row)), 10.0),
        ("quoted records", timelines(&many(&of_record, 10_000), &records(10_000, &quoted)), 12.0),
    ] {
        let taken = bytes_a_byte(&text, |bytes| drop(Timelines::read(&schemas, &state, bytes)));
        println!("timelines, {name}: {taken:.1}");
        assert!(taken <= most, "{name}: {taken:.1} bytes a byte");
    }
    let head = "kind,code,what,first,last,old,new,published\n";
    let line = |at: usize| format!("a,{at:06},b,20240601,,,1,\n");
    let list: String = [head.to_owned()].into_iter().chain((0..100_000).map(line)).collect();
    let taken = bytes_a_byte(&list, |bytes| assert_eq!(read_changes(bytes).unwrap().len(), 100_000));
    println!("changes: {taken:.1}");
    assert!(taken <= 10.0, "changes: {taken:.1} bytes a byte");
}

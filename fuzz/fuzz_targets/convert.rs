//! A file converted the quick way is what it is by whole tables: decoded with proof, encoded, and back to the
//! same bytes.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use warifu_masters::file::convert::Recoding;
use warifu_masters::file::write::write;
use warifu_masters::file::{Declared, read};
use warifu_masters::schema::{Format, Rendering, Schemas};

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| Schemas::built_in().expect("built-in schemas"));

const FORMATS: [&str; 3] = ["kikin", "kokuho", "kokuho-utf8"];

fn format(name: &str) -> &'static Format {
    SCHEMAS.format(name).expect("built in")
}

fuzz_target!(|bytes: &[u8]| {
    for from in FORMATS {
        for to in FORMATS {
            let (from, to) = (format(from), format(to));
            let Some(mut recoding) = Recoding::begin(&SCHEMAS, bytes, from, to) else { continue };
            let mut out = Vec::new();
            let taken = recoding.take(bytes, &mut out);
            let (Some(()), Some(recoded)) = (taken, recoding.finish()) else { continue };
            let text = from.charset.decode(bytes).expect("it was recoded");
            let newline = |text: &str| text.replace("\r\n", "\n");
            let again = to.charset.decode(&out).expect("it was proven to be text");
            assert_eq!(newline(&again), newline(&text));
            assert_eq!(recoded.rows, text.lines().count());
            // By whole tables it is the same, and nothing would have been said.
            let declared = Declared { format: Some(from), role: None };
            let reading = read(&SCHEMAS, bytes.to_vec(), &declared);
            assert!(reading.findings.is_empty());
            let (master, rendering) = (reading.master.expect("regular"), reading.rendering.expect("regular"));
            let wanted = Rendering { order: rendering.order, ..to.rendering(rendering.header) };
            assert_eq!(write(&master, &wanted).expect("it was proven to be text"), out);
        }
    }
});

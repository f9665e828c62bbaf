//! A charset table from a site: it parses or says where not, and what it decodes comes back.
#![no_main]

use libfuzzer_sys::fuzz_target;
use warifu_masters::charset::table::Table;
use warifu_masters::charset::ucm;
use warifu_masters::schema::Schemas;

fuzz_target!(|text: &str| {
    let Ok(parsed) = ucm::parse(text) else { return };
    assert!(parsed.mappings.len() <= text.len());
    if Table::of(&parsed).is_err() {
        return;
    }
    // Under its own name, as a site's file.
    let name = text.lines().find_map(|line| line.strip_prefix("<code_set_name>"));
    let name = name.unwrap_or_default().split('#').next().unwrap_or_default().trim().trim_matches('"');
    let file = format!("charsets/{name}.ucm");
    let Ok(schemas) = Schemas::default().with([(file.as_str(), text)]) else { return };
    let Some(charset) = schemas.charset(name) else { return };
    for lead in 0..=0xFFu8 {
        for bytes in [vec![lead], vec![lead, 0x40], vec![0x0E, lead, 0xA1, 0x0F]] {
            if let Ok(text) = charset.decode(&bytes) {
                assert_eq!(charset.encode(&text).expect("it was just decoded"), bytes);
            }
        }
    }
});

//! A claim file from outside.
#![no_main]

use libfuzzer_sys::fuzz_target;
use warifu_claims::institution;
use warifu_claims::{Claim, ClaimFindings, Reader};

fuzz_target!(|bytes: &[u8]| {
    let mut findings = ClaimFindings::new(100);
    let _ = institution(bytes);
    let mut reader = Reader::new(bytes, 1, &mut findings);
    let mut claim = Claim::default();
    while reader.read(&mut claim, &mut findings) {}
});

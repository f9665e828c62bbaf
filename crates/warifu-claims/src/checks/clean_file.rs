//! A claim file that nothing is wrong with, for tests: its lines, where each stands, and fields made another.

/// A record of so many fields, those of the given positions filled.
pub(in crate::checks) fn record(width: usize, filled: &[(usize, &str)]) -> String {
    let mut fields = vec![""; width];
    for (position, value) in filled {
        fields[position - 1] = value;
    }
    fields.join(",")
}

/// The lines of a file that nothing is wrong with: a disease that is suspected (の疑い), 初診料 on the
/// 25th with both comments, a stepped procedure on two days, a drug without days, a material, and a comment
/// by itself.
pub(in crate::checks) fn clean() -> Vec<String> {
    let re = [(1, "RE"), (2, "1"), (3, "1112"), (4, "202406"), (5, "A"), (6, "1"), (7, "19800229")];
    let fee = [
        (1, "SI"),
        (3, "1"),
        (4, "111000110"),
        (6, "291"),
        (7, "1"),
        (8, "820000001"),
        (10, "830000001"),
        (11, "a"),
        (38, "1"),
    ];
    let stepped =
        [(1, "SI"), (3, "1"), (4, "170000410"), (5, "4"), (6, "171"), (7, "3"), (14, "1"), (43, "2")];
    vec![
        "IR,1,13,1,1234567,,,202406,00,".to_owned(),
        record(38, &re),
        record(15, &[(1, "HO"), (2, "06132013"), (5, "3"), (6, "877")]),
        "SY,2500013,20240601,1,8002,,01,".to_owned(),
        record(44, &fee),
        record(44, &stepped),
        record(44, &[(1, "IY"), (3, "1"), (4, "620000001"), (5, "2.5"), (6, "3"), (7, "1")]),
        record(48, &[(1, "TO"), (3, "1"), (4, "711000110"), (5, "2"), (6, "70"), (7, "1"), (42, "1")]),
        "CO,,1,830000001,a".to_owned(),
        "GO,1,877,99".to_owned(),
    ]
}

pub(in crate::checks) const IR: usize = 0;
pub(in crate::checks) const RE: usize = 1;
pub(in crate::checks) const HO: usize = 2;
pub(in crate::checks) const SY: usize = 3;
pub(in crate::checks) const SI: usize = 4;
pub(in crate::checks) const SI_STEPPED: usize = 5;
pub(in crate::checks) const IY: usize = 6;
pub(in crate::checks) const TO: usize = 7;
pub(in crate::checks) const CO: usize = 8;
pub(in crate::checks) const GO: usize = 9;

/// Makes the field at `position` of that line `value`.
pub(in crate::checks) fn set(lines: &mut [String], line: usize, position: usize, value: &str) {
    let mut fields: Vec<&str> = lines[line].split(',').collect();
    fields[position - 1] = value;
    lines[line] = fields.join(",");
}

//! Numbers as people read them.

/// A number that is read, not computed with.
pub(super) fn short(number: f64) -> String {
    match number {
        number if number >= 1000.0 => grouped(number.round() as u64),
        number if number >= 10.0 || number == 0.0 => format!("{number:.0}"),
        number => format!("{number:.1}"),
    }
}

/// `1,234,567`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

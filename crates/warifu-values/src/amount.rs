//! Numbers as masters and claims write them: ASCII digits, amounts with at most two decimals.

/// The number that ASCII `digits` write; `None` when they are not one to nine digits.
#[inline]
pub fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() || digits.len() > 9 {
        return None;
    }
    digits.iter().try_fold(0u32, |number, digit| {
        let value = digit.wrapping_sub(b'0');
        (value < 10).then(|| number * 10 + u32::from(value))
    })
}

/// The first amount in hundredths that no column can write: ten digits before the point are the most.
pub const AMOUNT_END_HUNDREDTHS: u64 = 1_000_000_000_000;

/// A decimal in hundredths: points, yen, quantities. **A blank amount is 0**, as masters write columns that
/// they do not use; where a blank says something else (a differential's blank is "unchanged"), ask before
/// calling.
///
/// `None` when it is no decimal, has more than two digits after the point, or reaches
/// [`AMOUNT_END_HUNDREDTHS`].
#[inline]
pub fn hundredths(field: &[u8]) -> Option<u64> {
    if field.is_empty() {
        return Some(0);
    }
    let (whole, fraction) = match field.iter().position(|byte| *byte == b'.') {
        Some(point) => (&field[..point], &field[point + 1..]),
        None => (field, &b"0"[..]),
    };
    let digits = |text: &[u8]| {
        text.iter().try_fold(0u64, |number, digit| {
            let value = digit.is_ascii_digit().then(|| u64::from(digit - b'0'))?;
            number.checked_mul(10)?.checked_add(value)
        })
    };
    let fraction = match fraction.len() {
        1 => digits(fraction)? * 10,
        2 => digits(fraction)?,
        _ => return None,
    };
    if whole.is_empty() {
        return None;
    }
    let amount = digits(whole)?.checked_mul(100)?.checked_add(fraction)?;
    (amount < AMOUNT_END_HUNDREDTHS).then_some(amount)
}

/// Blank, or nothing but zeros and a point.
#[inline]
pub fn is_zero(field: &[u8]) -> bool {
    field.iter().all(|byte| matches!(byte, b'0' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_compare_as_numbers_however_they_are_written() {
        assert_eq!(hundredths(b"288.00"), Some(28_800));
        assert_eq!(hundredths(b"0288.5"), hundredths(b"288.50"));
        assert_eq!(hundredths(b"9232"), Some(923_200));
        assert_eq!(hundredths(b"70"), Some(7_000));
        assert_eq!(hundredths(b"9999999999.99"), Some(AMOUNT_END_HUNDREDTHS - 1));
        for not in [".", "5.", ".5", "1.234", "-1", "1,0", "1.x", "10000000000", "99999999999999999999"] {
            assert_eq!(hundredths(not.as_bytes()), None, "{not}");
        }
    }

    #[test]
    fn a_blank_amount_is_zero() {
        assert_eq!(hundredths(b""), Some(0));
        assert!(is_zero(b"") && is_zero(b"0.00") && !is_zero(b"0.01"));
    }
}

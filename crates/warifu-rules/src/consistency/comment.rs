//! コメント: the code and its parts, where numbers go in the text, free text.

use super::report::Report;
use warifu_values::amount::number;

/// The nine-digit code is made of class, pattern and number. Blank in some editions of the file.
pub(super) fn comment_code(report: &mut Report<'_>) {
    let [code, _pattern] = report.columns();
    for row in report.rows() {
        let (whole, key) = (report.field(row, code), report.master.key(row));
        if !whole.is_empty() {
            report.hold(row, code, whole == key, || key.into_owned());
        }
    }
}

/// Pattern 40, and no other, has numbers to fill in: each in full-width spaces of the text, one after the other.
pub(super) fn comment_edit(report: &mut Report<'_>) {
    let [pattern, name, slots @ ..]: [usize; 10] = report.columns();
    for row in report.rows() {
        let numbers = slots.map(|slot| match report.bytes(row, slot) {
            b"" => 0,
            digits => number(digits).unwrap_or(u32::MAX) as usize,
        });
        let pattern_here = report.field(row, pattern);
        let used = numbers.iter().any(|number| *number != 0);
        if pattern_here != "40" && !used {
            report.asked += 1;
            continue;
        }
        let holds = pattern_here == "40" && used && fit(&numbers, report.field(row, name));
        report.hold_found(row, slots[0], holds, || {
            let shown: Vec<_> = numbers.chunks(2).map(|slot| format!("{}+{}", slot[0], slot[1])).collect();
            (shown.join(" "), pattern_here.to_owned())
        });
    }
}

/// Whether `slots`, pairs of a position (from 1) and a number of digits, lie in spaces of `text`, in order, the
/// unused ones (0, 0) last.
fn fit(slots: &[usize], text: &str) -> bool {
    let mut end = 0;
    let mut unused = false;
    slots.chunks_exact(2).all(|slot| {
        let (position, digits) = (slot[0], slot[1]);
        if position == 0 && digits == 0 {
            unused = true;
            return true;
        }
        let in_order = !unused && position > end && digits > 0;
        let Some(last) = position.checked_add(digits).filter(|_| in_order) else { return false };
        end = last - 1;
        let mut places = text.chars().skip(position - 1);
        places.by_ref().take(digits).filter(|place| *place == '\u{3000}').count() == digits
    })
}

/// Text that free text follows ends in ；.
pub(super) fn comment_free_text(report: &mut Report<'_>) {
    let [pattern, name] = report.columns();
    for row in report.rows() {
        if report.bytes(row, pattern) == b"30" {
            let text = report.field(row, name);
            report.hold_found(row, name, text.ends_with('；'), || {
                (text.chars().next_back().map(String::from).unwrap_or_default(), String::new())
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::fit;

    #[test]
    fn numbers_go_into_spaces_of_the_text_one_after_the_other() {
        let text = "前回　　年　月";
        assert!(fit(&[3, 2, 6, 1, 0, 0, 0, 0], text));
        for wrong in [
            [1, 2, 0, 0, 0, 0, 0, 0],
            [3, 3, 0, 0, 0, 0, 0, 0],
            [6, 1, 3, 2, 0, 0, 0, 0],
            [0, 0, 3, 2, 0, 0, 0, 0],
            [3, 0, 0, 0, 0, 0, 0, 0],
            [9, 1, 0, 0, 0, 0, 0, 0],
            [usize::MAX, 1, 0, 0, 0, 0, 0, 0],
        ] {
            assert!(!fit(&wrong, text), "{wrong:?}");
        }
    }
}

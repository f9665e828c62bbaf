//! Re-issues: a differential that repeats the one before it, with additions and corrections.
//!
//! Before a revision the publisher issues the same differential again and again, each time whole (`s_20220304`,
//! `0311`, `0318`, `0325`, `0331`). Such a file belongs onto the state *before* the one it repeats: applied to
//! the state after it, its new rows are there already, and a row that it silently leaves out would stay.

use std::cmp::Ordering;

use crate::finding::{Code, Finding, Findings};
use crate::schema::CHANGE_CLASS;
use crate::table::Master;

/// What a re-issue repeats of the differential before, and what it withdraws.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reissue {
    /// Rows of the one before that it repeats, by key and class.
    pub repeated: usize,
    /// Rows of the one before that it leaves out: withdrawn without a word.
    pub withdrawn: Vec<usize>,
}

impl Reissue {
    /// That it is one, and each row that it withdraws; `previous` is the differential it repeats, `state` the one that
    /// made, which has the records' names.
    pub fn findings(&self, previous: &Master, state: &Master) -> Findings {
        let mut findings = Findings::new();
        findings.push(Finding::new(Code::ApplyReissue).found(self.repeated).expected(previous.rows()));
        for row in &self.withdrawn {
            findings.push_with(Code::ApplyWithdrawn, || {
                let key = previous.key(*row);
                let label = state.find(&key).map_or("", |row| state.label(row));
                Finding::new(Code::ApplyWithdrawn).found(label).key(key)
            });
        }
        findings
    }
}

/// Whether `next` is a re-issue of `previous`, the differential published right before it.
///
/// What tells is impossible in a row of publications: a record cannot be new twice, nor abolished twice. Where
/// `previous` has such rows (class 3, 9, 1), more than half of them must come again with the same class; in the
/// published files it is 99.8% to 100% of them in the five re-issues, and none in all others. Where it only
/// changes records, more than half of its rows must come again field by field. In either case more than half of all
/// rows come again.
pub fn reissue(previous: &Master, next: &Master) -> Option<Reissue> {
    let (before, after) = (previous.layout(), next.layout());
    let class = before.position(CHANGE_CLASS)?;
    if before.kind != after.kind || after.position(CHANGE_CLASS) != Some(class) {
        return None;
    }
    let same_width = before.width() == after.width();
    let once_only = |row: usize| previous.bytes(row, class) != b"5";
    let (mut once, mut once_again, mut same, mut repeated) = (0, 0, 0, 0);
    let mut withdrawn = Vec::new();
    let mut to = 0;
    for row in 0..previous.rows() {
        once += usize::from(once_only(row));
        while to < next.rows() && next.key(to).cmp(&previous.key(row)) == Ordering::Less {
            to += 1;
        }
        if to == next.rows() || next.key(to) != previous.key(row) {
            withdrawn.push(row);
            continue;
        }
        if next.bytes(to, class) == previous.bytes(row, class) {
            repeated += 1;
            once_again += usize::from(once_only(row));
            same += usize::from(same_width && previous.same_row(row, next, to));
        }
    }
    let again = if once > 0 {
        once_again * 2 > once && repeated * 2 > previous.rows()
    } else {
        same * 2 > previous.rows()
    };
    again.then_some(Reissue { repeated, withdrawn })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file::{Declared, read};
    use crate::schema::Schemas;

    /// A differential of comments, each (class, serial, text).
    fn differential(rows: &[(&str, &str, &str)]) -> Master {
        let mut text = String::new();
        for (class, serial, name) in rows {
            let mut fields = vec![""; 30];
            fields[..5].copy_from_slice(&[class, "C", "8", "10", serial]);
            fields[6] = name;
            text.push_str(&format!("\"{}\"\r\n", fields.join("\",\"")));
        }
        read(&Schemas::built_in().unwrap(), text.into_bytes(), &Declared::default()).master.unwrap()
    }

    #[test]
    fn new_and_abolished_rows_that_come_again_make_a_re_issue() {
        let first = differential(&[("3", "1", "一"), ("5", "2", "二"), ("9", "3", ""), ("3", "4", "四")]);
        let again = differential(&[("3", "1", "壱"), ("5", "2", "弐"), ("9", "3", ""), ("3", "5", "五")]);
        assert_eq!(reissue(&first, &again), Some(Reissue { repeated: 3, withdrawn: vec![3] }));
    }

    #[test]
    fn changing_what_was_just_new_is_no_re_issue() {
        let first = differential(&[("3", "1", "一"), ("3", "2", "二")]);
        assert_eq!(reissue(&first, &differential(&[("5", "1", "壱"), ("5", "2", "弐")])), None);
        assert_eq!(reissue(&first, &differential(&[("9", "1", ""), ("3", "3", "三")])), None);
    }

    #[test]
    fn one_row_that_comes_again_among_many_changes_is_no_re_issue() {
        let first = differential(&[("3", "1", "一"), ("5", "2", "二"), ("5", "3", "三"), ("5", "4", "四")]);
        assert_eq!(reissue(&first, &differential(&[("3", "1", "一"), ("5", "9", "九")])), None);
    }

    #[test]
    fn changes_alone_must_come_again_field_by_field() {
        let first = differential(&[("5", "1", "一"), ("5", "2", "二"), ("5", "3", "三")]);
        assert_eq!(
            reissue(&first, &differential(&[("5", "1", "壱"), ("5", "2", "弐"), ("5", "3", "参")])),
            None
        );
        let again = differential(&[("5", "1", "一"), ("5", "2", "二"), ("5", "4", "四")]);
        assert_eq!(reissue(&first, &again), Some(Reissue { repeated: 2, withdrawn: vec![2] }));
    }
}

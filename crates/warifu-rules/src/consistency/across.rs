//! Rules between the masters of one series: one unit list for all, what the comment relations refer to, and
//! what became of former diseases.

use std::collections::BTreeMap;

use super::report::{OPEN, Report};
use warifu_masters::finding::{Code, Findings};
use warifu_masters::schema::is_marked;
use warifu_masters::table::Master;
use warifu_values::day::PublicationDay;

/// One rule at work on several masters.
pub(super) struct Across<'a> {
    pub(super) code: Code,
    pub(super) columns: &'static [&'static str],
    /// The rule's masters that are there, in the order in which the catalogue names their kinds.
    pub(super) masters: Vec<&'a Master>,
    pub(super) published: Option<PublicationDay>,
    pub(super) asked: u64,
    pub(super) findings: BTreeMap<String, Findings>,
}

impl<'a> Across<'a> {
    /// A report on `master`, with the rule's columns; `None` when its edition lacks one.
    pub(super) fn report(&self, master: &'a Master) -> Option<Report<'a>> {
        let positions = self.columns.iter().map(|id| master.layout().position(id));
        let columns = positions.collect::<Option<Vec<_>>>()?;
        let mut report = Report::new(self.code, master, columns, self.published);
        report.has_lines = false;
        Some(report)
    }

    pub(super) fn take(&mut self, report: Report<'_>) {
        self.asked += report.asked;
        if !report.findings.is_empty() {
            let kind = report.master.layout().kind.clone();
            self.findings.entry(kind).or_default().extend(report.findings);
        }
    }

    /// Asks `holds` of each record of the first master, with what it refers to in the second one.
    pub(super) fn references(&mut self, ask: impl Fn(&mut Report<'a>, usize, Option<usize>, &'a Master)) {
        let [first, second] = self.masters[..] else { return };
        let Some(mut report) = self.report(first) else { return };
        // Neighbouring relations refer to one record.
        let mut last: Option<(&str, Option<usize>)> = None;
        for row in report.rows() {
            let code = report.field(row, report.columns[0]);
            let target = match last {
                Some((known, target)) if known == code => target,
                _ => second.find(code),
            };
            last = Some((code, target));
            ask(&mut report, row, target, second);
        }
        self.take(report);
    }
}

/// One unit code has one name in all masters. Within one master that is another rule.
pub(super) fn unit_name(across: &mut Across<'_>) {
    let mut known: BTreeMap<&str, (&str, usize)> = BTreeMap::new();
    for (at, master) in across.masters.clone().into_iter().enumerate() {
        let Some(mut report) = across.report(master) else { continue };
        let [code, name] = report.columns();
        let mut own: BTreeMap<&str, usize> = BTreeMap::new();
        for row in report.rows() {
            own.entry(report.field(row, code)).or_insert(row);
        }
        for (code_here, row) in own {
            let name_here = report.field(row, name);
            let (first, of) = *known.entry(code_here).or_insert((name_here, at));
            report.hold_found(row, name, first == name_here || of == at, || {
                (code_here.to_owned(), format!("{name_here} / {first}"))
            });
        }
        across.take(report);
    }
}

/// The comment that a relation asks for is in the comment master.
pub(super) fn comment_code(across: &mut Across<'_>) {
    across.references(|report, row, target, _| {
        let [comment] = report.columns();
        report.hold(row, comment, target.is_some(), String::new);
    });
}

/// The comment's text is the one that the relation shows.
pub(super) fn comment_text(across: &mut Across<'_>) {
    across.references(|report, row, target, comments| {
        let [_, text] = report.columns();
        let Some(target) = target else { return };
        let there = comments.label(target);
        report.hold(row, text, report.field(row, text) == there, || there.to_owned());
    });
}

/// The procedure of a medical relation is in the procedure master.
pub(super) fn procedure_code(across: &mut Across<'_>) {
    across.references(|report, row, target, _| {
        let [procedure, notice] = report.columns();
        let is_medical = report.bytes(row, notice) == b"1";
        if is_medical && report.bytes(row, procedure) != UNNAMED {
            report.hold(row, procedure, target.is_some(), String::new);
        }
    });
}

/// Stands for procedures that cannot be named.
const UNNAMED: &[u8] = b"199999999";

/// What a relation in force refers to does not end before it does.
pub(super) fn abolished(across: &mut Across<'_>) {
    across.references(|report, row, target, other| {
        let [code, end, class] = report.columns();
        let Some(target) = target else { return };
        let Some(other_end) = other.layout().position(warifu_masters::schema::ABOLISHED_ON) else { return };
        let ends = other.field(target, other_end);
        let in_force = report.bytes(row, end) == OPEN && !is_marked(report.bytes(row, class));
        report.hold(row, code, !in_force || ends.as_bytes() == OPEN, || ends.to_owned());
    });
}

/// The code in a former disease's place is one in use.
pub(super) fn successor(across: &mut Across<'_>) {
    across.references(|report, row, target, _| {
        let [successor] = report.columns();
        if !report.bytes(row, successor).is_empty() {
            report.hold(row, successor, target.is_some(), String::new);
        }
    });
}

/// The number (病名管理番号) in a former disease's place is that of the code there.
pub(super) fn successor_number(across: &mut Across<'_>) {
    across.references(|report, row, target, diseases| {
        let [_, number] = report.columns();
        let Some((target, there)) = target.zip(diseases.layout().position("disease_number")) else { return };
        let there = diseases.field(target, there);
        report.hold(row, number, report.field(row, number) == there, || there.to_owned());
    });
}

/// A former disease is not one in use as well.
pub(super) fn former(across: &mut Across<'_>) {
    across.references(|report, row, target, _| {
        let [code, end] = report.columns();
        let master = report.master;
        report.hold(row, code, target.is_none(), || master.field(row, end).to_owned());
    });
}

//! One rule: what it asks of which masters, and how often it was kept and broken in what was published.

use std::ops::Range;

use super::across::Across;
use super::report::Report;
use super::subject::{Of, Tally};
use super::versions::Versions;
use warifu_masters::finding::Code;
use warifu_masters::table::Master;
use warifu_values::day::PublicationDay;

/// One rule.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// What it is called when it is broken. Rules of several kinds of master may share a code.
    pub code: Code,
    /// The kinds of master it is for. Of a rule between masters: which ones, the one that refers first.
    pub kinds: &'static [&'static str],
    /// The columns it asks for, of (for a rule between masters) the first kind.
    pub columns: &'static [&'static str],
    /// Why it is as it is; may be empty.
    pub remark: &'static str,
    /// How many records of published files keep and break it.
    pub counts: &'static [Count],
    pub(super) ask: Ask,
}

/// How often a rule was kept and broken in what was published.
#[derive(Debug, Clone, Copy)]
pub struct Count {
    /// Where.
    pub seen: Seen,
    /// How many subjects kept it.
    pub held: u64,
    /// How many broke it, waived ones included.
    pub broken: u64,
}

/// What of the published files a rule was counted on. Paths are below the folder of published files.
#[derive(Debug, Clone, Copy)]
pub enum Seen {
    /// A full file.
    Full(&'static str),
    /// The state that the differentials up to the one of day `last` make of the full `base`.
    State {
        /// The full file.
        base: &'static str,
        /// YYYYMMDD.
        last: &'static str,
    },
    /// Full files of several kinds together.
    Together(&'static [&'static str]),
    /// Each step of the chain of differentials from the full `base` to the one of day `last`.
    Steps {
        /// The full file.
        base: &'static str,
        /// YYYYMMDD.
        last: &'static str,
    },
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Ask {
    /// Of each record by itself: what it finds there, it finds whatever the other records hold.
    Records(fn(&mut Report<'_>)),
    /// Of each record with what it refers to: may be asked of a part of the rows after another.
    Referring(fn(&mut Report<'_>)),
    /// Of records among each other: asked of all rows at once. Besides the rule's columns it looks at these,
    /// where the edition has them.
    Whole(fn(&mut Report<'_>), &'static [&'static str]),
    Masters(fn(&mut Across<'_>)),
    Versions(fn(&mut Versions<'_>)),
}

impl Rule {
    /// Whether it is one between masters that an import of `kind` has to read other masters for. The rule on
    /// units is asked of whole releases only: at import each master is held against the shared list of units
    /// instead.
    pub(super) fn is_asked_at_import(&self, kind: &str) -> bool {
        matches!(self.ask, Ask::Masters(_)) && self.kinds.len() == 2 && self.kinds.contains(&kind)
    }

    /// Begins to ask the rule of `master`; `None` when it is not for such masters, or the edition lacks a
    /// column.
    pub(super) fn begin<'a>(
        &self,
        master: &'a Master,
        published: Option<PublicationDay>,
    ) -> Option<Report<'a>> {
        matches!(self.ask, Ask::Records(_) | Ask::Referring(_) | Ask::Whole(..))
            .then(|| self.positions(master))
            .flatten()
            .map(|columns| Report::new(self.code, master, columns, published))
    }

    /// Goes on with the records in `rows`, in order. A rule on records among each other is asked of all of
    /// them when the first ones come.
    pub(super) fn go_on(&self, report: &mut Report<'_>, rows: Range<usize>) {
        match self.ask {
            Ask::Records(ask) | Ask::Referring(ask) => {
                report.rows = rows;
                ask(report);
            }
            Ask::Whole(ask, _) if rows.start == 0 => ask(report),
            _ => {}
        }
    }

    /// Whether what the rule finds in a record depends on that record alone.
    pub(super) fn is_of_single_records(&self) -> bool {
        matches!(self.ask, Ask::Records(_))
    }

    /// Whether the rule, which is about records of one master, looks at the column called `id`.
    pub(super) fn looks_at(&self, id: &str) -> bool {
        let also = match self.ask {
            Ask::Whole(_, also) => also,
            _ => &[],
        };
        self.columns.contains(&id) || also.contains(&id)
    }

    /// Asks the rule of `of`; `None` when it is not for that, or an edition lacks one of its columns.
    pub fn ask(&self, of: Of<'_>, published: Option<PublicationDay>) -> Option<Tally> {
        match (self.ask, of) {
            (Ask::Records(_) | Ask::Referring(_) | Ask::Whole(..), Of::Master(master)) => {
                let mut report = self.begin(master, published)?;
                self.go_on(&mut report, 0..master.rows());
                Some(tally([report]))
            }
            (Ask::Masters(ask), Of::Masters(masters)) => {
                let of_kind =
                    |kind: &&str| masters.iter().copied().find(|master| master.layout().kind == *kind);
                let masters: Vec<_> = self.kinds.iter().filter_map(of_kind).collect();
                // Two that belong together are both needed; of a list that many share, any two.
                if masters.len() < 2 {
                    return None;
                }
                let mut across = Across {
                    code: self.code,
                    columns: self.columns,
                    masters,
                    published,
                    asked: 0,
                    findings: std::collections::BTreeMap::new(),
                };
                ask(&mut across);
                Some(Tally { asked: across.asked, findings: across.findings })
            }
            (Ask::Versions(ask), Of::Versions(diff)) => {
                let new = self.positions(diff.new)?;
                let report = Report::new(self.code, diff.new, new, published);
                let gone = Report::new(self.code, diff.old, self.positions(diff.old)?, published);
                let mut versions = Versions { diff, report, gone };
                // A state was put together from several files.
                (versions.report.has_lines, versions.gone.has_lines) = (false, false);
                ask(&mut versions);
                Some(tally([versions.report, versions.gone]))
            }
            _ => None,
        }
    }

    /// The positions of the rule's columns in `master`, when it is of one of its kinds and has them all.
    fn positions(&self, master: &Master) -> Option<Vec<usize>> {
        let layout = master.layout();
        let positions = self.columns.iter().map(|id| layout.position(id));
        self.kinds.contains(&layout.kind.as_str()).then(|| positions.collect()).flatten()
    }
}

fn tally<const N: usize>(reports: [Report<'_>; N]) -> Tally {
    let mut tally = Tally::default();
    for report in reports {
        tally.asked += report.asked;
        if !report.findings.is_empty() {
            let kind = report.master.layout().kind.clone();
            tally.findings.entry(kind).or_default().extend(report.findings);
        }
    }
    tally
}

//! What two releases judge differently: changes, the classes by which they are accepted, and their one form.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use warifu_values::day::{PublicationDay, TreatmentDay};
use warifu_values::judgement::PastClass;

use crate::schema::{MayChange, Schemas};
use crate::table::push_minimal;

/// Treatment days, from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Days {
    /// The first.
    pub first: TreatmentDay,
    /// The last; none when there is no end.
    pub last: Option<TreatmentDay>,
}

impl Days {
    /// Whether `day` is among them.
    pub fn hold(&self, day: TreatmentDay) -> bool {
        self.first <= day && self.last.is_none_or(|last| day <= last)
    }

    /// Where they lie when the days before `past_before` are past.
    pub fn heading(&self, past_before: TreatmentDay) -> Heading {
        match self.last {
            Some(last) if last < past_before => Heading::Past,
            _ if self.first < past_before => Heading::PastAndFuture,
            _ => Heading::Future,
        }
    }
}

/// Where the days of a change lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Heading {
    /// All of them have been.
    Past,
    /// Some have been.
    PastAndFuture,
    /// None has been.
    Future,
}

/// One thing that is judged differently on some days.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The kind of master.
    pub kind: String,
    /// The code; blank when it is every code that stands in no file.
    pub key: String,
    /// What is different.
    pub what: What,
    /// On which days.
    pub days: Days,
    /// When the newest publication came out that says so; none when none does.
    pub published: Option<PublicationDay>,
}

/// What is different.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Whether a record is in force, or why none is.
    Cover {
        /// Before.
        old: Cover,
        /// After.
        new: Cover,
    },
    /// A field of the record in force.
    Field {
        /// Its field id.
        id: String,
        /// Before; blank where the edition did not have it.
        old: String,
        /// After.
        new: String,
    },
}

/// Whether a record is in force, or why none is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cover {
    /// No series that is held governs the days.
    NoSeries,
    /// No publication that is held speaks of them.
    NotKnown,
    /// One is.
    InForce,
    /// The series does not list the code.
    NotListed,
    /// It could last be used on that day.
    Abolished(TreatmentDay),
    /// Its entry was taken back.
    Withdrawn,
    /// It is not in the files any more.
    Gone,
}

impl Cover {
    const WORDS: [(&'static str, Cover); 6] = [
        ("no-series", Cover::NoSeries),
        ("not-known", Cover::NotKnown),
        ("in-force", Cover::InForce),
        ("not-listed", Cover::NotListed),
        ("withdrawn", Cover::Withdrawn),
        ("gone", Cover::Gone),
    ];

    fn parse(text: &str) -> Option<Cover> {
        if let Some(last) = text.strip_prefix("abolished ") {
            return TreatmentDay::parse(last).filter(|_| last.len() == 8).map(Cover::Abolished);
        }
        Self::WORDS.iter().find(|(word, _)| *word == text).map(|(_, cover)| *cover)
    }
}

impl fmt::Display for Cover {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cover::Abolished(last) => write!(f, "abolished {}", last.as_number()),
            other => {
                let word = Self::WORDS.iter().find(|(_, cover)| cover == other);
                f.write_str(word.map_or("", |(word, _)| word))
            }
        }
    }
}

/// What can be different besides the fields of a record, as classes name it: the days of a series, and
/// whether a record is in force.
pub const COVER_CLASSES: [&str; 5] = [SERIES, WITHDRAWN, COVER_LOST, COVER_GAINED, COVER_OTHER];

const SERIES: &str = "series";
const WITHDRAWN: &str = "withdrawn";
const COVER_LOST: &str = "cover-lost";
const COVER_GAINED: &str = "cover-gained";
const COVER_OTHER: &str = "cover";

impl Change {
    /// What is different, as the list has it: a field id, or `(cover)`.
    pub fn subject(&self) -> &str {
        match &self.what {
            What::Cover { .. } => COVER,
            What::Field { id, .. } => id,
        }
    }

    /// Before and after, as the list has them.
    pub fn values(&self) -> (Cow<'_, str>, Cow<'_, str>) {
        match &self.what {
            What::Cover { old, new } => (old.to_string().into(), new.to_string().into()),
            What::Field { old, new, .. } => (old.into(), new.into()),
        }
    }

    /// Under what it is accepted for the past; none when it never can be: the field says what the code means,
    /// and a code is not used again.
    pub fn class(&self, schemas: &Schemas) -> Option<PastClass> {
        let Change { kind, key, .. } = self;
        let of_all = |subject: &str| PastClass::of_all(kind, subject);
        Some(match &self.what {
            What::Cover { .. } if key.is_empty() => of_all(SERIES),
            // Not the code's doing: a series goes, comes, or governs other days.
            What::Cover { new: Cover::NoSeries, .. } | What::Cover { old: Cover::NoSeries, .. } => {
                of_all(SERIES)
            }
            What::Cover { new: Cover::Withdrawn, .. } => of_all(WITHDRAWN),
            What::Cover { old: Cover::InForce, .. } => of_all(COVER_LOST),
            What::Cover { new: Cover::InForce, .. } => of_all(COVER_GAINED),
            What::Cover { .. } => of_all(COVER_OTHER),
            What::Field { id, .. } => match may_change(schemas, kind, id) {
                MayChange::Never => return None,
                MayChange::Forward => PastClass::of_code(kind, id, key),
                MayChange::Correctable => of_all(id),
            },
        })
    }

    fn order(&self, other: &Change) -> Ordering {
        let place = |change: &Change| (change.days.first, change.days.last);
        (&self.kind, &self.key, self.subject())
            .cmp(&(&other.kind, &other.key, other.subject()))
            .then_with(|| place(self).cmp(&place(other)))
    }
}

/// What the layouts of `kind` say of the field: the strictest of all editions. Of what no layout knows,
/// nobody said that it may be corrected: each code is asked for.
pub fn may_change(schemas: &Schemas, kind: &str, id: &str) -> MayChange {
    let editions = schemas.editions(kind);
    let of = |layout: &&std::sync::Arc<crate::schema::Layout>| {
        layout.position(id).map(|column| layout.columns[column].may_change)
    };
    editions.iter().filter_map(of).min().unwrap_or(MayChange::Forward)
}

/// Stands for the cover where a field id would.
const COVER: &str = "(cover)";

const HEAD: &str = "kind,code,what,first,last,old,new,published";

/// Brings `changes` into the order of their one form.
pub(super) fn sort(changes: &mut [Change]) {
    changes.sort_by(Change::order);
}

/// The one form of `changes`, which stand in their order: CSV with a header, UTF-8, LF, minimal quoting.
pub fn write_changes(changes: &[Change]) -> Vec<u8> {
    let mut out = Vec::with_capacity(64 + changes.len() * 80);
    out.extend_from_slice(HEAD.as_bytes());
    out.push(b'\n');
    changes.iter().for_each(|change| change.push_line(&mut out));
    out
}

impl Change {
    /// Its line of the list.
    fn push_line(&self, out: &mut Vec<u8>) {
        let change = self;
        let Change { kind, key, days, published, .. } = change;
        let (old, new) = change.values();
        let first = days.first.as_number().to_string();
        let last = days.last.map(|last| last.as_number().to_string()).unwrap_or_default();
        let published = published.map(|day| day.as_number().to_string()).unwrap_or_default();
        let fields = [kind, key, change.subject(), &first, &last, &old, &new, &published];
        for (at, field) in fields.into_iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            push_minimal(field, out);
        }
        out.push(b'\n');
    }
}

/// The bytes are no list of changes in its one form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: not a change as the list has it")]
pub struct NotChanges {
    /// The line, from 1.
    pub line: usize,
}

/// Reads what [`write_changes`] wrote.
///
/// # Errors
/// [`NotChanges`], also when they are not in their one form or order.
pub fn read_changes(bytes: &[u8]) -> Result<Vec<Change>, NotChanges> {
    let text = std::str::from_utf8(bytes).map_err(|_| NotChanges { line: 1 })?;
    let mut rest =
        text.strip_prefix(HEAD).and_then(|rest| rest.strip_prefix('\n')).ok_or(NotChanges { line: 1 })?;
    // No line is shorter than its commas and its first day, so no more is taken than there is to read.
    let mut changes: Vec<Change> = Vec::with_capacity(memchr::memchr_iter(b'\n', rest.as_bytes()).count());
    let mut form = Vec::with_capacity(256);
    while !rest.is_empty() {
        let line = changes.len() + 2;
        let (fields, after) = record(rest).ok_or(NotChanges { line })?;
        let change = change(&fields).ok_or(NotChanges { line })?;
        // In order, and no day told of twice.
        let follows = |last: &Change| {
            last.order(&change) == Ordering::Less
                && ((&last.kind, &last.key, last.subject()) != (&change.kind, &change.key, change.subject())
                    || last.days.last.is_some_and(|last| last < change.days.first))
        };
        if !changes.last().is_none_or(follows) {
            return Err(NotChanges { line });
        }
        // What is not canonical in a field would be another form of the same change.
        form.clear();
        change.push_line(&mut form);
        if form != rest.as_bytes()[..rest.len() - after.len()] {
            return Err(NotChanges { line });
        }
        changes.push(change);
        rest = after;
    }
    Ok(changes)
}

fn change(fields: &[Cow<'_, str>]) -> Option<Change> {
    let [kind, key, subject, first, last, old, new, published] = fields else { return None };
    let day = |text: &str| TreatmentDay::parse(text).filter(|_| text.len() == 8);
    let days = Days {
        first: day(first)?,
        last: match last.as_ref() {
            "" => None,
            last => Some(day(last)?),
        },
    };
    let published = match published.as_ref() {
        "" => None,
        day => Some(PublicationDay::parse(day)?),
    };
    let what = if subject == COVER {
        What::Cover { old: Cover::parse(old)?, new: Cover::parse(new)? }
    } else {
        What::Field { id: subject.to_string(), old: old.to_string(), new: new.to_string() }
    };
    let is_ordered = days.last.is_none_or(|last| days.first <= last);
    let differs = old != new && !subject.is_empty() && is_ordered;
    // Of codes that stand in no file, only why there is nothing can change.
    let of_none = |cover: &Cover| matches!(cover, Cover::NoSeries | Cover::NotKnown | Cover::NotListed);
    let can_be = match &what {
        What::Cover { old, new } => !key.is_empty() || (of_none(old) && of_none(new)),
        What::Field { .. } => !key.is_empty(),
    };
    (differs && can_be).then(|| Change {
        kind: kind.to_string(),
        key: key.to_string(),
        what,
        days,
        published,
    })
}

/// The fields of the first record of `text`, and what comes after its line end.
fn record(text: &str) -> Option<(Vec<Cow<'_, str>>, &str)> {
    let (mut fields, mut rest) = (Vec::with_capacity(8), text);
    loop {
        let (field, after) = match rest.strip_prefix('"') {
            Some(quoted) => {
                let mut end = 0;
                loop {
                    end += quoted[end..].find('"')?;
                    if quoted[end + 1..].starts_with('"') {
                        end += 2;
                    } else {
                        break;
                    }
                }
                (Cow::Owned(quoted[..end].replace("\"\"", "\"")), &quoted[end + 1..])
            }
            None => {
                let end = rest.find([',', '\n'])?;
                (Cow::Borrowed(&rest[..end]), &rest[end..])
            }
        };
        fields.push(field);
        match after.as_bytes().first()? {
            b',' => rest = &after[1..],
            b'\n' => return Some((fields, &after[1..])),
            _ => return None,
        }
    }
}

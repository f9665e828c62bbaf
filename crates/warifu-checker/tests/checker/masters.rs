//! Masters of a few lines, with the timelines that follow from their publications.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use warifu_masters::file::{read_canonical, write::write};
use warifu_masters::past::{self, Timelines, TimelinesBuilder};
use warifu_masters::schema::{ColumnType, Layout, Schemas};
use warifu_masters::table::Master;
use warifu_masters::timeline::{Line, Row, Said};
use warifu_trust::{Content, FormatFile, Governs, MasterContent};
use warifu_values::day::{EffectiveDate, PublicationDay, TreatmentDay, dashed};
use warifu_values::judgement::Basis;

pub(crate) static SCHEMAS: LazyLock<Schemas> = LazyLock::new(|| Schemas::built_in().unwrap());

/// The codes that the claims here use.
pub(crate) const CODES: [u32; 4] = [111000110, 112007410, 113001810, 120002910];

pub(crate) fn day(text: &str) -> TreatmentDay {
    TreatmentDay::parse(text).unwrap()
}

/// A procedure, as a publication has it.
#[derive(Debug, Clone)]
pub(crate) struct Procedure {
    code: u32,
    fields: BTreeMap<&'static str, String>,
}

impl Procedure {
    /// Since 2024-06-01, until further notice.
    pub(crate) fn new(code: u32, points: &str) -> Procedure {
        let procedure = Procedure { code, fields: BTreeMap::new() };
        procedure.with("points", points).with("changed_on", "20240601").with("abolished_on", "99999999")
    }

    pub(crate) fn with(mut self, id: &'static str, value: &str) -> Procedure {
        self.fields.insert(id, value.to_owned());
        self
    }

    pub(crate) fn since(self, day: &str) -> Procedure {
        self.with("changed_on", day)
    }

    pub(crate) fn until(self, day: &str) -> Procedure {
        self.with("abolished_on", day)
    }

    fn line(&self, layout: &Layout) -> String {
        let mut fields: Vec<String> = (0..layout.width()).map(|at| plausible(layout, at)).collect();
        let code = format!("{:09}", self.code);
        let always = [
            ("master_type", "S"),
            ("procedure_code", &*code),
            ("short_name", "診療行為"),
            ("point_kind", "3"),
            ("step_method", "0"),
            ("note_addition_seq", "0"),
            ("bundled_test", "0"),
            ("unit_code", "0"),
            ("inout_class", "0"),
            ("tally_column_outpatient", "110"),
            ("tally_column_inpatient", "110"),
        ];
        let own = self.fields.iter().map(|(id, value)| (*id, &**value));
        for (id, value) in always.into_iter().chain(own) {
            fields[layout.column(id).unwrap()] = value.to_owned();
        }
        fields.join(",") + "\n"
    }
}

/// A value that a full file may hold in this column.
fn plausible(layout: &Layout, at: usize) -> String {
    let column = &layout.columns[at];
    if !column.required {
        return String::new();
    }
    if let Some(first) = layout.values(at).and_then(|values| values.first().map(|value| (*value).to_owned()))
    {
        return first;
    }
    let length = column.length.unwrap_or(1) as usize;
    match column.column_type {
        ColumnType::Digits | ColumnType::Reserve => "0".repeat(length),
        ColumnType::Decimal => "0.00".to_owned(),
        ColumnType::Date => column.also.first().cloned().unwrap_or_else(|| "20240601".to_owned()),
        ColumnType::Alnum => "A".repeat(length),
        ColumnType::Kana => "ｱ".repeat(length),
        ColumnType::Kanji | ColumnType::Text => "亜".repeat(length),
    }
}

/// A series of procedures: the days that it governs, and what was published of it, the oldest first.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    name: &'static str,
    governs: past::Governs,
    published: Vec<(PublicationDay, Vec<Procedure>)>,
}

impl Series {
    pub(crate) fn new(name: &'static str, first: &str, last: Option<&str>) -> Series {
        let governs = past::Governs { first: day(first), last: last.map(day) };
        Series { name, governs, published: Vec::new() }
    }

    /// The series of June 2024.
    pub(crate) fn r06() -> Series {
        Series::new("r06", "20240601", None)
    }

    /// On `day` these procedures were published, all that there are.
    pub(crate) fn published(mut self, day: &str, procedures: &[Procedure]) -> Series {
        let mut procedures = procedures.to_vec();
        procedures.sort_by_key(|procedure| procedure.code);
        self.published.push((PublicationDay::parse(day).unwrap(), procedures));
        self
    }

    /// The same series, of which it is known by now when it ends.
    pub(crate) fn ends(mut self, last: &str) -> Series {
        self.governs.last = Some(day(last));
        self
    }

    /// As a release carries it: the newest state, and every day of every code.
    pub(crate) fn master(&self) -> MasterContent {
        let layout = SCHEMAS.editions("procedure").into_iter().next().unwrap();
        let state = |procedures: &[Procedure]| {
            let lines = procedures.iter().map(|procedure| procedure.line(layout));
            let text = layout.canonical_header() + "\n" + &lines.collect::<String>();
            read_canonical(&SCHEMAS, "procedure", text.into_bytes()).unwrap()
        };
        let states: Vec<(PublicationDay, Master)> =
            self.published.iter().map(|(day, procedures)| (*day, state(procedures))).collect();
        let (known_from, newest) = (states[0].0.treatment(), &states[states.len() - 1].1);
        let mut lines: BTreeMap<String, Line<()>> = BTreeMap::new();
        for (_, state) in &states {
            for row in 0..state.rows() {
                let effective = EffectiveDate::from(self.governs.first);
                let line = || Line::new(self.name, effective, self.governs.last);
                lines.entry(state.key(row).into_owned()).or_insert_with(line);
            }
        }
        let mut builder = TimelinesBuilder::new(self.governs, known_from, newest);
        for (key, mut line) in lines {
            for (published, state) in &states {
                let row = state.find(&key).map(|row| Row::of(state, row));
                line.push(Said { by: (), published: *published, row });
            }
            builder.push(&key, line);
        }
        let timelines = builder.finish().canonical();
        let text = |day: TreatmentDay| dashed(day.as_number());
        let past::Governs { first, last } = self.governs;
        let governs = Governs { from: text(first), until: last.map(text) };
        content(self.name, newest, governs, timelines)
    }
}

/// A master as a release carries it.
pub(crate) fn content(series: &str, state: &Master, governs: Governs, timelines: Vec<u8>) -> MasterContent {
    MasterContent {
        series: series.into(),
        kind: state.layout().kind.clone(),
        edition: state.layout().edition.clone(),
        rows: state.rows() as u64,
        canonical: state.canonical(),
        formats: formats(),
        governs,
        timelines,
        made_of: Basis::Full,
        published: None,
        let_pass: Vec::new(),
        corrections: Vec::new(),
    }
}

/// The state that `master` carries, and what it says by itself of the days that it governs.
fn days_of(schemas: &Schemas, master: &MasterContent) -> Option<(Master, Timelines)> {
    let state = read_canonical(schemas, &master.kind, master.canonical.clone()).ok()?;
    let Governs { from, until } = &master.governs;
    let governs = past::Governs { first: day(from), last: until.as_deref().map(day) };
    let timelines = Timelines::of_state(governs, PublicationDay::parse(from).unwrap(), &state);
    Some((state, timelines))
}

/// The same by the built-in layouts, of a master that can be read.
pub(crate) fn days_of_built_in(master: &MasterContent) -> (Master, Timelines) {
    days_of(&SCHEMAS, master).unwrap()
}

/// The same with the timelines that its records give; without, when they cannot be read.
pub(crate) fn with_timelines(schemas: &Schemas, mut master: MasterContent) -> MasterContent {
    let days = days_of(schemas, &master);
    master.timelines = days.map(|(_, timelines)| timelines.canonical()).unwrap_or_default();
    master
}

/// A format, which no checker reads.
pub(crate) fn formats() -> BTreeMap<String, FormatFile> {
    let Content { sha256, bytes } = Content::of(b"");
    [("kikin".into(), FormatFile { file_name: "s.csv".into(), sha256, bytes })].into()
}

/// A procedure master of (code, points), in force since 2024-06-01.
pub(crate) fn procedures(rows: &[(u32, &str)]) -> MasterContent {
    series("r06", "2024-06-01", None, rows)
}

/// One of a series that governs these days, all of whose rows begin with them.
pub(crate) fn series(
    name: &'static str,
    first: &str,
    until: Option<&str>,
    rows: &[(u32, &str)],
) -> MasterContent {
    let digits = first.replace('-', "");
    let rows = rows.iter().map(|(code, points)| Procedure::new(*code, points).since(&digits));
    Series::new(name, first, until).published(first, &rows.collect::<Vec<_>>()).master()
}

/// The right points for every code.
pub(crate) fn good() -> Vec<(u32, &'static str)> {
    CODES.iter().map(|code| (*code, "100.00")).collect()
}

/// Every price wrong, as in May 2022.
pub(crate) fn bad() -> Vec<(u32, &'static str)> {
    CODES.iter().map(|code| (*code, "7.00")).collect()
}

/// `master` with the files that a program beside a checker is given, as both organisations sign them.
pub(crate) fn with_files(mut master: MasterContent) -> MasterContent {
    let state = read_canonical(&SCHEMAS, &master.kind, master.canonical.clone()).unwrap();
    let file = |name: &str| {
        let format = SCHEMAS.format(name).unwrap();
        let bytes = write(&state, &format.rendering(state.layout().header.is_some())).unwrap();
        let Content { sha256, bytes } = Content::of(&bytes);
        let file_name = format!("s_{}_ALL.{}", master.series, format.extension);
        (name.to_owned(), FormatFile { file_name, sha256, bytes })
    };
    master.formats = ["kikin", "kokuho"].map(file).into();
    master
}

//! A master as a release carries it, read back: the one reader of what both organisations signed.

use warifu_values::lang::{Lang, Speak, counted};
use warifu_values::say;

use super::form::NotTimelines;
use super::timelines::{Governs, Timelines};
use crate::file::read_canonical;
use crate::finding::{Finding, Findings, Severity};
use crate::schema::Schemas;
use crate::table::Master;

/// A master as a release carries it: what its manifest says, and the bytes.
#[derive(Debug, Clone)]
pub struct Carried<'a> {
    /// The series (`r06`).
    pub series: &'a str,
    /// The kind (`procedure`).
    pub kind: &'a str,
    /// The layout's edition, as it is told to people.
    pub edition: &'a str,
    /// The first and the last day that it governs, `2026-06-01`.
    pub governs: (&'a str, Option<&'a str>),
    /// The newest state, in canonical form: UTF-8, LF, with a header of field ids.
    pub canonical: Vec<u8>,
    /// Every day of every code, as [`Timelines::canonical`] writes them.
    pub timelines: &'a [u8],
}

/// A master of a release that cannot be read.
#[derive(Debug)]
pub struct NotReadable {
    /// Its series.
    pub series: String,
    /// Its kind.
    pub kind: String,
    /// Why.
    pub why: WhyNotReadable,
}

/// Why a master of a release cannot be read.
#[derive(Debug)]
pub enum WhyNotReadable {
    /// No layout of its kind has its columns.
    UnknownLayout {
        /// The edition that the manifest names.
        edition: String,
    },
    /// What is found in its bytes.
    Denied(Findings),
    /// The timelines are not in their form, or not of this master.
    Timelines(NotTimelines),
    /// The timelines govern other days than the manifest says.
    OtherDays,
}

impl Carried<'_> {
    /// The newest state and every day of it. Nothing is passed over: it is read whole or not at all.
    ///
    /// # Errors
    /// [`NotReadable`], for people.
    pub fn read(self, schemas: &Schemas) -> Result<(Master, Timelines), NotReadable> {
        let Carried { series, kind, edition, governs, canonical, timelines } = self;
        let not = |why| NotReadable { series: series.to_owned(), kind: kind.to_owned(), why };
        if !is_known(schemas, kind, &canonical) {
            return Err(not(WhyNotReadable::UnknownLayout { edition: edition.to_owned() }));
        }
        let state = read_canonical(schemas, kind, canonical);
        let state = state.map_err(|findings| not(WhyNotReadable::Denied(findings)))?;
        let timelines = Timelines::read(schemas, &state, timelines);
        let timelines = timelines.map_err(|error| not(WhyNotReadable::Timelines(error)))?;
        let Governs { first, last } = timelines.governs();
        let last = last.map(|last| last.to_string());
        if (first.to_string().as_str(), last.as_deref()) != governs {
            return Err(not(WhyNotReadable::OtherDays));
        }
        Ok((state, timelines))
    }
}

/// Whether a layout of `kind` has the columns that `canonical` begins with.
fn is_known(schemas: &Schemas, kind: &str, canonical: &[u8]) -> bool {
    let header = canonical.split(|byte| *byte == b'\n').next().unwrap_or_default();
    schemas.editions(kind).iter().any(|layout| layout.canonical_header().as_bytes() == header)
}

/// How many findings deny, and the first of them, for people.
pub fn say_denied(findings: &Findings, lang: Lang) -> String {
    let first = findings.list().iter().find(|finding| finding.severity == Severity::Deny);
    let place = first.map(Finding::place).unwrap_or_default();
    let code = first.map(|finding| finding.code.as_str()).unwrap_or_default();
    let text = first.map(|finding| finding.text(lang)).unwrap_or_default();
    let count = findings.refusing();
    let counted = counted(count, "finding");
    say!(
        lang,
        "denied by {counted}; the first is {code} at {place}: {text}",
        "拒否の指摘が {count} 件あります。最初は {code}（{place}）: {text}"
    )
}

impl Speak for NotReadable {
    fn say(&self, lang: Lang) -> String {
        let NotReadable { series, kind, why } = self;
        match why {
            WhyNotReadable::UnknownLayout { edition } => say!(
                lang,
                "{series}/{kind}: the layout of kind {kind}, edition {edition}, is not known here; add its \
                 TOML file to layouts/ of a folder named with --schemas",
                "{series}/{kind}: 種類 {kind}、版 {edition} のレイアウトが未登録です。--schemas で指定したフォルダーの \
                 layouts/ に TOML を追加してください"
            ),
            WhyNotReadable::Denied(findings) => {
                format!("{series}/{kind}: {}", say_denied(findings, lang))
            }
            WhyNotReadable::Timelines(error) => say!(
                lang,
                "{series}/{kind}: the timelines cannot be read: {error}",
                "{series}/{kind}: 期間表を読めません: {error}"
            ),
            WhyNotReadable::OtherDays => say!(
                lang,
                "{series}/{kind}: the timelines are of other days than the manifest says",
                "{series}/{kind}: 期間表の適用期間がマニフェストと一致しません"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use warifu_values::day::{PublicationDay, TreatmentDay};

    /// What comes of a procedure whose timelines govern the days from June 2024 on.
    fn read(governs: (&str, Option<&str>), change: impl Fn(&mut Carried<'_>)) -> String {
        let schemas = Schemas::built_in().unwrap();
        let layout = schemas.editions("procedure").into_iter().next().unwrap();
        let mut fields = vec![""; layout.width()];
        fields[layout.column("procedure_code").unwrap()] = "111000110";
        let canonical = format!("{}\n{}\n", layout.canonical_header(), fields.join(",")).into_bytes();
        let state = read_canonical(&schemas, "procedure", canonical.clone()).unwrap();
        let days = Governs { first: TreatmentDay::parse("20240601").unwrap(), last: None };
        let published = PublicationDay::parse("20240520").unwrap();
        let timelines = Timelines::of_state(days, published, &state).canonical();
        let (series, kind, edition) = ("r06", "procedure", "2024-06");
        let mut carried = Carried { series, kind, edition, governs, canonical, timelines: &timelines };
        change(&mut carried);
        carried.read(&schemas).map_or_else(|why| why.say(Lang::En), |_| "read".to_owned())
    }

    #[test]
    fn a_master_is_read_whole_or_not_at_all() {
        let right = ("2024-06-01", None);
        assert_eq!(read(right, |_| {}), "read");
        let told = |change: &dyn Fn(&mut Carried<'_>)| read(right, change);
        assert!(told(&|of| of.canonical[0] = b'x').contains("layout of kind procedure, edition 2024-06"));
        assert!(told(&|of| of.canonical.extend(b"x\n")).starts_with("r06/procedure: denied by"));
        assert!(told(&|of| of.timelines = b"").contains("timelines cannot be read"));
        for other in [("2024-06-02", None), ("2024-06-01", Some("2026-05-31"))] {
            assert!(read(other, |_| {}).contains("of other days than the manifest says"));
        }
    }
}

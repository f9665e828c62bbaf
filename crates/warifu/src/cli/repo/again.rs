//! The commands that bring files in again: what was taken back, and what belongs before it.

use jiff::civil::Date;
use warifu::advice::Advised;
use warifu::store::ImportRecord;
use warifu::store::dated_in;
use warifu_masters::schema::Schemas;

/// A file to be brought in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Again {
    /// Where it is, as the command line may name it.
    pub(super) path: String,
    pub(super) series: String,
    /// Its kind of master, where its rows do not tell.
    pub(super) kind: Option<String>,
    /// Its day of publication, where its name does not tell.
    pub(super) dated: Option<Date>,
    /// Why it is an emergency correction, where it is one.
    pub(super) correction: Option<String>,
    /// Findings to accept, each with the reason.
    pub(super) accepted: Vec<(String, String)>,
}

impl Again {
    /// The file that an import took in, at `path`.
    pub(super) fn of(record: &ImportRecord, series: &str, path: String) -> Again {
        let accepted = record.accepted.iter().map(|one| (one.code.clone(), one.reason.clone())).collect();
        let dated = (dated_in(&record.name) != Some(record.dated)).then_some(record.dated);
        let (series, correction) = (series.to_owned(), record.correction.clone());
        Again { path, series, kind: None, dated, correction, accepted }
    }
}

/// The kind of master of the file that an import took in, where it must be said because no row tells.
pub(super) fn kind_to_say(schemas: &Schemas, record: &ImportRecord) -> Option<String> {
    let layout = schemas.layout(&record.edition)?;
    (!schemas.look_alikes(layout).is_empty()).then(|| layout.kind.clone())
}

/// The commands that bring `files` in, in their order.
pub(super) fn imports(files: &[Again]) -> Vec<Advised> {
    let together = |a: &Again, b: &Again| {
        let of = |one: &Again| (one.series.clone(), one.kind.clone(), one.dated, one.correction.clone());
        of(a) == of(b) && a.accepted == b.accepted
    };
    let command = |files: &[Again]| {
        let mut import = Advised::command(&["import"]);
        if let Some(Again { series, kind, dated, correction, accepted, .. }) = files.first() {
            import = import.word("--series").word(series);
            if let Some(kind) = kind {
                import = import.word("--kind").word(kind);
            }
            if let Some(dated) = dated {
                import = import.word("--dated").word(dated);
            }
            if let Some(reason) = correction {
                import = import.word("--correction").word(reason);
            }
            for (code, reason) in accepted {
                import = import.word("--accept").word(format!("{code}={reason}"));
            }
        }
        files.iter().fold(import, |import, file| import.word(&file.path))
    };
    files.chunk_by(together).map(command).collect()
}

/// The command that gets the file that an import took in out of the repository, into `path`.
pub(super) fn export(revision: String, path: &str) -> Advised {
    Advised::command(&["export"]).word(revision).word("--original").word("-o").word(path)
}

#[cfg(test)]
mod tests {
    use warifu_values::lang::Lang;

    use super::*;

    #[test]
    fn files_that_need_the_same_go_together() {
        let file = |path: &str, dated: Option<&str>, accepted: &[(&str, &str)]| Again {
            path: path.to_owned(),
            series: "r06".to_owned(),
            kind: path.starts_with("03").then(|| "points-exclusion-week".to_owned()),
            dated: dated.map(|day| day.parse().unwrap()),
            correction: None,
            accepted: accepted.iter().map(|(code, why)| ((*code).to_owned(), (*why).to_owned())).collect(),
        };
        let files = [
            file("a b.csv", None, &[]),
            file("c_20240701.csv", None, &[]),
            file("03-4_20240701.csv", None, &[]),
            file("new.csv", Some("2024-07-02"), &[("import/base-unjustified", "it's known")]),
        ];
        let said: Vec<String> = imports(&files)
            .iter()
            .map(|import| import.words(Lang::En).collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(
            said,
            [
                "--series r06 'a b.csv' c_20240701.csv",
                "--series r06 --kind points-exclusion-week 03-4_20240701.csv",
                "--series r06 --dated 2024-07-02 --accept 'import/base-unjustified=it'\\''s known' new.csv",
            ]
        );
    }
}

//! The commands that bring files in again: what was taken back, and what belongs before it.

use jiff::civil::Date;
use warifu::store::ImportRecord;
use warifu::store::dated_in;

/// A file to be brought in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Again {
    /// Where it is, as the command line may name it.
    pub(super) path: String,
    pub(super) series: String,
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
        Again { path, series: series.to_owned(), dated, correction: record.correction.clone(), accepted }
    }
}

/// The commands that bring `files` in, in their order; `repo` as `--repo` names it.
pub(super) fn imports(repo: Option<&str>, files: &[Again]) -> Vec<String> {
    let together = |a: &Again, b: &Again| {
        (&a.series, a.dated, &a.accepted, &a.correction) == (&b.series, b.dated, &b.accepted, &b.correction)
    };
    let command = |files: &[Again]| {
        let mut words = command("import", repo);
        let Some(first) = files.first() else { return words.join(" ") };
        words.extend(["--series".to_owned(), word(&first.series)]);
        words.extend(first.dated.map(|dated| format!("--dated {dated}")));
        words.extend(first.correction.iter().map(|reason| format!("--correction {}", word(reason))));
        for (code, reason) in &first.accepted {
            words.push(format!("--accept {}", word(&format!("{code}={reason}"))));
        }
        words.extend(files.iter().map(|file| word(&file.path)));
        words.join(" ")
    };
    files.chunk_by(together).map(command).collect()
}

/// The first words of a command on `repo`.
pub(super) fn command(name: &str, repo: Option<&str>) -> Vec<String> {
    let mut words = vec!["warifu".to_owned(), name.to_owned()];
    words.extend(repo.map(|repo| format!("--repo {}", word(repo))));
    words
}

/// `text` as one word of a shell.
pub(super) fn word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-:=+,@%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_need_the_same_go_together() {
        let file = |path: &str, dated: Option<&str>, accepted: &[(&str, &str)]| Again {
            path: path.to_owned(),
            series: "r06".to_owned(),
            dated: dated.map(|day| day.parse().unwrap()),
            correction: None,
            accepted: accepted.iter().map(|(code, why)| ((*code).to_owned(), (*why).to_owned())).collect(),
        };
        let files = [
            file("a b.csv", None, &[]),
            file("c_20240701.csv", None, &[]),
            file("new.csv", Some("2024-07-02"), &[("import/base-unjustified", "it's known")]),
        ];
        let said = imports(Some("in/repo"), &files);
        assert_eq!(
            said,
            [
                "warifu import --repo in/repo --series r06 'a b.csv' c_20240701.csv",
                "warifu import --repo in/repo --series r06 --dated 2024-07-02 \
                 --accept 'import/base-unjustified=it'\\''s known' new.csv",
            ]
        );
    }
}

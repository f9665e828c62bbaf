//! What happened so far: the running checker, and what the last table will say.

use std::fs;
use std::time::Instant;

use warifu::error::Failure;
use warifu_values::lang::counted;
use warifu_values::say;

use super::checker::{Answer, Checker, Tally, post};
use super::content;
use super::stage::{Show, Stage, cannot, unexpected};

/// The story so far.
pub(super) struct Story {
    pub(super) stage: Stage,
    pub(super) checker: Option<Checker>,
    pub(super) counted: Counted,
}

/// What the last table says.
#[derive(Default)]
pub(super) struct Counted {
    pub(super) tally: Tally,
    pub(super) swaps: u32,
    /// Starts of a checker, and those that only a power cut made necessary.
    pub(super) starts: u32,
    pub(super) power_cuts: u32,
    pub(super) refusals: u32,
    pub(super) conversions: u32,
}

impl Story {
    pub(super) fn new(stage: Stage) -> Self {
        Story { stage, checker: None, counted: Counted::default() }
    }

    /// The running checker's address.
    pub(super) fn url(&self) -> Result<String, Failure> {
        let running = self.checker.as_ref().map(|checker| checker.url.clone());
        running.ok_or_else(no_checker)
    }

    /// A published file in Kikin's format, as it arrives, under `to`.
    pub(super) fn receive(&mut self, from: &str, to: &str, show: Show) -> Result<(), Failure> {
        let path = self.stage.at(to);
        let folder = path.parent().unwrap_or(&path);
        fs::create_dir_all(folder).map_err(|error| cannot(folder, &error))?;
        let published = content::FOLDER;
        self.stage
            .warifu(&format!("convert {published}/{from} --from kokuho-utf8 --to kikin -o {to}"))
            .showing(show)
            .run()?;
        self.counted.conversions += 1;
        Ok(())
    }

    /// Says that files came in by conversions that were not shown.
    pub(super) fn received(&self, files: &str) {
        self.stage.print("\n");
        self.stage.noted(&say!(
            self.stage.lang,
            "{files}: put into Kikin's format by `warifu convert`, as in act 1",
            "{files}: 1 と同じく warifu convert で支払基金形式に変換"
        ));
    }

    /// Sends a claim file, shows the answer, and holds it to what is expected.
    pub(super) fn send(&mut self, file: &str, release: u64, errors: u64) -> Result<(), Failure> {
        let Answer { claims, errors, unjudged, .. } = self.send_quietly(file, release, errors)?;
        let (claims_en, errors_en) = (counted(claims, "claim"), counted(errors, "error"));
        self.stage.noted(&say!(
            self.stage.lang,
            "POST /check {file}: {claims_en}, {errors_en}, {unjudged} not judged, by release {release}",
            "POST /check {file}: {claims} 件、エラー {errors}、判定不能 {unjudged}、リリース {release}"
        ));
        Ok(())
    }

    /// Sends a claim file and holds the answer to what is expected: the release and the number of errors.
    pub(super) fn send_quietly(&mut self, file: &str, release: u64, errors: u64) -> Result<Answer, Failure> {
        let url = self.url()?;
        let path = self.stage.at(file);
        let bytes = fs::read(&path).map_err(|error| cannot(&path, &error))?;
        let began = Instant::now();
        let answer = post(&url, &bytes);
        let mut tally = Tally::default();
        tally.count(answer, began.elapsed());
        self.counted.tally.add(&tally);
        let Some(answer) = answer else {
            return Err(unexpected(
                format_args!("{file} was not answered"),
                format_args!("{file} の応答がありません"),
            ));
        };
        if (answer.release, answer.errors, answer.unjudged) != (release, errors, 0) {
            let errors_en = counted(errors, "error");
            return Err(unexpected(
                format_args!("{file}: expected {errors_en} by release {release}, got {answer:?}"),
                format_args!("{file}: リリース {release} でエラー {errors} のはずが {answer:?}"),
            ));
        }
        Ok(answer)
    }
}

/// That the story needs a checker and none runs.
pub(super) fn no_checker() -> Failure {
    unexpected("no checker runs", "チェッカーが稼働していません")
}

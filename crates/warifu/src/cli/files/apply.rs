use std::path::PathBuf;

use serde_json::json;
use warifu::error::{Exit, Failure};
use warifu::findings::FindingsJson;
use warifu_masters::change::differential::apply;
use warifu_masters::change::plausibility::plausibility;
use warifu_masters::change::reissue::reissue;
use warifu_masters::file::write::write;
use warifu_masters::finding::{Code, Finding, Findings};
use warifu_masters::table::{Master, Role};
use warifu_values::digest::Digest;
use warifu_values::number::grouped;
use warifu_values::say;
use warifu_values::text::shown_path;

use super::{load, refused};
use crate::cli::Context;
use crate::cli::findings_as::FindingsAs;

/// Apply differentials to a full file, in the order given, and write the next full.
///
/// A differential does not say which full it belongs to: that is for you to know, and `--expect` to prove.
/// One that repeats the differential before it (a re-issue) is applied in its place.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The full file to start from.
    base: PathBuf,
    /// The differentials, oldest first.
    #[arg(required = true)]
    differentials: Vec<PathBuf>,
    /// Where to write the next full.
    #[arg(short, long, value_name = "OUT")]
    output: PathBuf,
    /// The format to write.
    #[arg(long, value_name = "FORMAT", default_value = "kikin")]
    format: String,
    /// The published full that must come out; differences are findings, by kind.
    #[arg(long, value_name = "FULL")]
    expect: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) given: FindingsAs,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let lang = context.lang;
        let output = context.place(&self.output)?;
        let format = context.format(&self.format)?;
        let (base, mut state) = load(context, &self.base, None, None)?;
        if base.role != Some(Role::Full) {
            return Err(Failure::refused(
                format!("{} is a differential; the first file must be a full one", shown_path(&self.base)),
                format!("{} は変更分です。最初のファイルは全件にしてください", shown_path(&self.base)),
                Findings::new(),
            ));
        }
        // What the full before the differentials had is a reason for what the next full sets back.
        let first = self.expect.is_some().then(|| state.clone());
        let mut steps = Vec::new();
        let mut text = String::new();
        let mut before = self.base.clone();
        // The last differential and the state it was applied to, where a re-issue of it belongs.
        let mut last: Option<(Master, Master)> = None;
        let steps_done = context.steps(self.differentials.len());
        for file in &self.differentials {
            steps_done.say(file.display().to_string());
            let (reading, differential) = load(context, file, None, None)?;
            let mut findings = Findings::new();
            if reading.role == Some(Role::Full) {
                findings.push(Finding::new(Code::ApplyFull));
                context.findings(file, &findings);
                return Err(refused(file));
            }
            if self.expect.is_none() {
                findings.push(Finding::new(Code::ApplyAssumed).expected(before.display()));
            }
            if let Some((older, previous)) = last.take()
                && let Some(reissue) = reissue(&previous, &differential)
            {
                findings.extend(reissue.findings(&previous, &state));
                state = older;
            }
            let applied = match apply(&state, &differential) {
                Ok(applied) => applied,
                Err(error) => {
                    findings.push(error.finding());
                    context.findings(file, &findings);
                    return Err(refused(file));
                }
            };
            let (added, changed, abolished, dropped) =
                (applied.added, applied.changed, applied.abolished, applied.dropped);
            findings.extend(applied.findings);
            let mut doubts = plausibility(&state, &differential, None).findings;
            // The base is what the caller says it is: what speaks against it is told, and does not refuse.
            doubts.only_warn(&[
                Code::BaseOldValue,
                Code::BaseRelatedValue,
                Code::BaseJump,
                Code::BaseMassMovement,
            ]);
            findings.extend(doubts);
            context.findings(file, &findings);
            if findings.denies() {
                return Err(refused(file));
            }
            text.push_str(&say!(
                lang,
                "{}: {added} new, {changed} changed, {abolished} abolished, {dropped} dropped\n",
                "{}: 新規 {added}、変更 {changed}、廃止 {abolished}、削除 {dropped}\n",
                shown_path(file)
            ));
            steps.push(json!({
                "file": file, "new": added, "changed": changed, "abolished": abolished, "dropped": dropped,
                "findings": FindingsJson::new(&findings),
            }));
            last = Some((std::mem::replace(&mut state, applied.state), differential));
            before.clone_from(file);
            steps_done.done_one();
        }
        drop(steps_done);
        let mut chain = None;
        if let Some(expected) = &self.expect {
            let (_, full) = load(context, expected, None, Some(Role::Full))?;
            let findings = warifu_masters::change::chain::check_chain(&state, &full, first.as_ref());
            context.findings(expected, &findings);
            chain = Some((expected, findings));
        }
        let bytes =
            write(&state, &format.rendering(state.layout().header.is_some())).map_err(|findings| {
                context.findings(&self.output, &findings);
                refused(&self.output)
            })?;
        let denied = chain.as_ref().is_some_and(|(_, findings)| findings.denies());
        if !denied {
            output.write(&bytes)?;
        }
        let (digest, rows) = (Digest::of(&bytes), state.rows());
        if context.json {
            context.print_json(&json!({
                "written": !denied, "file": self.output, "format": format.name, "rows": rows,
                "layout": state.layout().name(), "sha256": digest,
                "canonical_sha256": state.canonical_digest(), "steps": steps,
                "expected": chain.as_ref().map(|(file, findings)| json!({
                    "file": file, "findings": FindingsJson::new(findings),
                })),
            }))?;
        } else {
            let rows = grouped(rows as u64);
            if let Some((file, findings)) = &chain
                && findings.is_empty()
            {
                text.push_str(&say!(lang, "{}: exactly this\n", "{}: 完全に一致\n", shown_path(file)));
            }
            if denied {
                text.push_str(&say!(lang, "nothing was written\n", "出力していません\n"));
            } else {
                let output = shown_path(&self.output);
                text.push_str(&say!(
                    lang,
                    "{output}: {rows} rows, sha256 {digest}\n",
                    "{output}: {rows} 行、sha256 {digest}\n"
                ));
            }
            context.print(&text)?;
        }
        Ok(if denied { Exit::Data } else { Exit::Done })
    }
}

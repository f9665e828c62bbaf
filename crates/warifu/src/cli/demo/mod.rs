//! `warifu demo`: the day in May 2022 that this toolkit must prevent, played with the real programs.
//!
//! [`stage`] runs commands and holds them to what the story expects; [`content`] is what it plays with;
//! [`checker`] is the running checker and the claims sent to it. The acts: [`house`] (how both sides set up),
//! [`saturday`] (the corrected file that goes past the formal route), [`monday`] (swap, refusal, fall back).
//!
//! Nothing is mocked: what is not a command line below is a claim file sent over loopback.

mod checker;
mod content;
mod house;
mod monday;
mod saturday;
mod stage;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use serde_json::json;
use warifu::error::{Exit, Failure};
use warifu::files;
use warifu_values::lang::{Lang, counted};
use warifu_values::say;

use super::Context;
use checker::{Checker, Tally, post};
use stage::{Stage, cannot, cannot_run, surprise, unexpected};

/// Play the day in May 2022 with the real programs: two organisations, a wrong master, a swap under load.
///
/// Everything happens in a scratch folder that is removed at the end, and on this machine's own address.
/// It ends with status 0 only when every step went as told.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Leave the folder as it is at the end, to look around.
    #[arg(long)]
    keep: bool,
    /// The folder to play in, new or empty; otherwise a temporary one.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

/// The story so far.
struct Story {
    stage: Stage,
    checker: Option<Checker>,
    counted: Counted,
}

/// What the last table says.
#[derive(Default)]
struct Counted {
    tally: Tally,
    swaps: u32,
    /// Starts of a checker, and those that only a power cut made necessary.
    starts: u32,
    power_cuts: u32,
    refusals: u32,
    conversions: u32,
}

impl Args {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let began = Instant::now();
        let lang = context.lang;
        let warifu = std::env::current_exe().map_err(|error| cannot(Path::new("warifu"), &error))?;
        let scratch = Scratch::new(self.dir.as_deref(), self.keep)?;
        let checker = warifu.with_file_name(format!("warifu-checker{}", std::env::consts::EXE_SUFFIX));
        let stage = Stage::new(lang, context.json, scratch.path.clone(), warifu, checker);
        opening(&stage)?;
        if !stage.checker.is_file() {
            build_checker(&stage)?;
        }
        let mut story = Story { stage, checker: None, counted: Counted::default() };
        house::play(&mut story)?;
        saturday::play(&mut story)?;
        monday::play(&mut story)?;
        // The checker ends before its folder goes.
        story.checker = None;
        closing(&story, began, context)?;
        if self.keep {
            let folder = story.stage.scratch.display();
            story.stage.tell(&say!(
                lang,
                "Everything is left in {folder}.",
                "すべて {folder} に残してあります。"
            ));
        }
        Ok(Exit::Done)
    }
}

/// The folder of the story; removed at the end, whatever the end is.
struct Scratch {
    path: PathBuf,
    keep: bool,
}

impl Scratch {
    fn new(wanted: Option<&Path>, keep: bool) -> Result<Self, Failure> {
        let Some(wanted) = wanted else {
            let made = tempfile::Builder::new().prefix("warifu-demo-").tempdir();
            let made = made.map_err(|error| cannot(&std::env::temp_dir(), &error))?;
            return Ok(Scratch { path: made.keep(), keep });
        };
        fs::create_dir_all(wanted).map_err(|error| cannot(wanted, &error))?;
        let mut entries = fs::read_dir(wanted).map_err(|error| cannot(wanted, &error))?;
        if entries.next().is_some() {
            let folder = wanted.display();
            return Err(Failure::new(
                Exit::CouldNotRun,
                format!("{folder} is not empty; the demonstration wants a folder of its own"),
                format!("{folder} は空ではありません。デモ専用のフォルダーを指定してください"),
            ));
        }
        let path = fs::canonicalize(wanted).map_err(|error| cannot(wanted, &error))?;
        Ok(Scratch { path, keep })
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !self.keep {
            // What cannot be removed is in the temporary folder, where the system cleans up.
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

fn opening(stage: &Stage) -> Result<(), Failure> {
    let lang = stage.lang;
    stage.tell(&say!(
        lang,
        "In May 2022 three masters had wrong settings. A corrected file went from Kikin to Kokuho by e-mail on a \
         Sunday, in Kikin's OS format, past the formal route, and was not converted properly. On Monday the \
         checkers gave masses of false errors, were stopped, and some 14,000 institutions could not claim in \
         time.",
        "2022年5月、3つのマスターに設定誤りがありました。訂正ファイルは日曜日に、支払基金のOS形式のまま、正式な経路を\
         通らずメールで国保中央会へ渡り、正しく変換されませんでした。月曜日、チェッカーは大量の誤エラーを出して停止し、\
         約1万4千の医療機関が期限までに請求できませんでした。"
    ));
    stage.tell(&say!(
        lang,
        "This is that day again, with Warifu. Each line after $ is a real command; the masters and claims are \
         small and invented. It happens in {}.",
        "同じ日を Warifu でやり直します。$ の行はすべて実際のコマンドです。マスターと請求は架空の小さなものです。\
         場所は {} です。",
        stage.scratch.display()
    ));
    content::lay_out(&stage.scratch)?;
    let passphrase = stage.at("passphrase.txt");
    files::write(&passphrase, b"only for the demonstration\n")?;
    let home = stage.at("home");
    fs::create_dir_all(&home).map_err(|error| cannot(&home, &error))?;
    let set: Vec<String> =
        stage::ENVIRONMENT.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    stage.typed(&format!("export {}", set.join(" ")));
    Ok(())
}

/// Builds the checker beside this program, when this program was run from its source tree by cargo.
fn build_checker(stage: &Stage) -> Result<(), Failure> {
    let missing = || {
        let checker = stage.checker.display();
        Failure::new(
            Exit::CouldNotRun,
            format!("{checker} is not there; install warifu-checker beside warifu"),
            format!("{checker} がありません。warifu-checker を warifu と同じ場所に置いてください"),
        )
    };
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let target = stage.checker.parent().and_then(Path::parent);
    let (Some(cargo), Some(target), true) =
        (std::env::var_os("CARGO"), target, workspace.join("Cargo.toml").is_file())
    else {
        return Err(missing());
    };
    stage.tell(&say!(
        stage.lang,
        "The checker is not built yet; cargo does that first.",
        "チェッカーがまだないため、先に cargo でビルドします。"
    ));
    let mut words = vec!["build"];
    if !cfg!(debug_assertions) {
        words.push("--release");
    }
    words.extend(["-p", "warifu-checker"]);
    let line = format!("cargo {} --target-dir {}", words.join(" "), target.display());
    stage.typed(&line);
    let mut command = Command::new(&cargo);
    command.args(&words).arg("--target-dir").arg(target).current_dir(&workspace);
    let status = command.status().map_err(|error| cannot_run(Path::new(&cargo), &error))?;
    if !status.success() {
        return Err(surprise(&line, Exit::Done, status.code()));
    }
    if stage.checker.is_file() { Ok(()) } else { Err(missing()) }
}

impl Story {
    /// The running checker's address.
    fn url(&self) -> Result<String, Failure> {
        let running = self.checker.as_ref().map(|checker| checker.url.clone());
        running.ok_or_else(|| unexpected("no checker runs", "チェッカーが稼働していません"))
    }

    /// A published file in Kikin's format, as it arrives, under `to`.
    fn receive(&mut self, from: &str, to: &str, show: stage::Show) -> Result<(), Failure> {
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
    fn received(&self, files: &str) {
        self.stage.print("\n");
        self.stage.noted(&say!(
            self.stage.lang,
            "{files}: put into Kikin's format by `warifu convert`, as in act 1",
            "{files}: 1 と同じく warifu convert で支払基金形式に変換"
        ));
    }

    /// Sends a claim file, shows the answer, and holds it to what is expected.
    fn send(&mut self, file: &str, release: u64, errors: u64) -> Result<(), Failure> {
        let checker::Answer { claims, errors, unjudged, .. } = self.send_quietly(file, release, errors)?;
        let (claims_en, errors_en) = (counted(claims, "claim"), counted(errors, "error"));
        self.stage.noted(&say!(
            self.stage.lang,
            "POST /check {file}: {claims_en}, {errors_en}, {unjudged} not judged, by release {release}",
            "POST /check {file}: {claims} 件、エラー {errors}、判定不能 {unjudged}、リリース {release}"
        ));
        Ok(())
    }

    /// Sends a claim file and holds the answer to what is expected: the release and the number of errors.
    fn send_quietly(&mut self, file: &str, release: u64, errors: u64) -> Result<checker::Answer, Failure> {
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

fn closing(story: &Story, began: Instant, context: &Context) -> Result<(), Failure> {
    let Counted { tally, swaps, starts, power_cuts, refusals, conversions } = &story.counted;
    let restarts = starts.saturating_sub(1 + power_cuts);
    let lang = story.stage.lang;
    let by_release: Vec<String> = tally
        .by_release
        .iter()
        .map(|(release, files)| say!(lang, "{files} by release {release}", "リリース {release} で {files}"))
        .collect();
    if context.json {
        let by_release: std::collections::BTreeMap<String, u64> =
            tally.by_release.iter().map(|(release, files)| (release.to_string(), *files)).collect();
        context.print_json(&json!({
            "claim_files": tally.files(), "by_release": by_release, "claims": tally.claims,
            "failed": tally.failed, "swaps": swaps, "restarts": restarts, "refusals": refusals, "conversions": conversions,
            "seconds": began.elapsed().as_secs(),
        }))?;
    }
    story.stage.title(&say!(lang, "The day in numbers", "この日のまとめ"));
    let by_release = by_release.join(say!(lang, ", ", "、").as_str());
    let (files, slowest) = (tally.files(), tally.slowest.as_millis());
    let lines = [
        (
            say!(lang, "claim files answered", "応答した請求ファイル"),
            say!(lang, "{files} ({by_release})", "{files}（{by_release}）"),
        ),
        (say!(lang, "claims in them", "うちレセプト"), tally.claims.to_string()),
        (say!(lang, "not answered", "応答なし"), tally.failed.to_string()),
        (say!(lang, "longest wait", "最長応答"), format!("{slowest} ms")),
        (
            say!(lang, "changes of release", "リリースの切替"),
            say!(lang, "{swaps} (to release 2 and back)", "{swaps}（リリース 2 へ、そして戻し）"),
        ),
        (say!(lang, "restarts for them", "切替のための再起動"), restarts.to_string()),
        (say!(lang, "wrong things refused", "誤りの拒否"), refusals.to_string()),
        (
            say!(lang, "conversions", "形式変換"),
            say!(lang, "{conversions}, each proven both ways", "{conversions} 回（すべて往復検証済み）"),
        ),
        (say!(lang, "seconds", "所要秒数"), began.elapsed().as_secs().to_string()),
    ];
    let mut text = String::new();
    for (name, value) in &lines {
        text.push_str(&format!("{}  {value}\n", padded(name, if lang == Lang::En { 22 } else { 20 })));
    }
    story.stage.heard(&text);
    Ok(())
}

/// `text` filled with blanks to a width of half-width characters.
fn padded(text: &str, to: usize) -> String {
    let fill = to.saturating_sub(text.chars().map(stage::width).sum());
    format!("{text}{}", " ".repeat(fill))
}

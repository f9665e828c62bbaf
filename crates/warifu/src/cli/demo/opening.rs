//! What the day was, and everything that must be there before it begins again.

use std::fs;
use std::path::Path;
use std::process::Command;

use warifu::error::{Exit, Failure};
use warifu::files;
use warifu_values::say;

use super::content;
use super::stage::{ENVIRONMENT, Stage, cannot, cannot_run, surprise};

pub(super) fn play(stage: &Stage) -> Result<(), Failure> {
    let lang = stage.lang;
    stage.tell(&say!(
        lang,
        "In May 2022 three masters had wrong settings. A corrected file went from Kikin to Kokuho by e-mail \
         on a Sunday, in Kikin's OS format, past the formal route, and was not converted properly. On Monday \
         the checkers gave masses of false errors, were stopped, and some 14,000 institutions could not \
         claim in time.",
        "2022年5月、3つのマスターに設定誤りがありました。訂正ファイルは日曜日に、支払基金のOS形式のまま、正式な経路を\
         通らずメールで国保中央会へ渡り、正しく変換されませんでした。月曜日、チェッカーは大量の誤エラーを出して停止し、\
         約1万4千の医療機関が期限までに請求できませんでした。"
    ));
    stage.tell(&say!(
        lang,
        "This is that day again, with Warifu. Each line after $ is a real command; the masters and claims \
         are small and invented. It happens in {}.",
        "同じ日を Warifu でやり直します。$ の行はすべて実際のコマンドです。マスターと請求は架空の小さなものです。\
         場所は {} です。",
        stage.scratch.display()
    ));
    content::lay_out(&stage.scratch)?;
    let passphrase = stage.at("passphrase.txt");
    files::write(&passphrase, b"only for the demonstration\n")?;
    let home = stage.at("home");
    fs::create_dir_all(&home).map_err(|error| cannot(&home, &error))?;
    let set: Vec<String> = ENVIRONMENT.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
    stage.typed(&format!("export {}", set.join(" ")));
    if stage.checker.is_file() { Ok(()) } else { build_checker(stage) }
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
    // Who runs it tells where that is; what was built names no folder.
    let from_cargo = std::env::var_os("CARGO").zip(std::env::var_os("CARGO_MANIFEST_DIR"));
    let target = stage.checker.parent().and_then(Path::parent);
    let (Some((cargo, package)), Some(target)) = (from_cargo, target) else { return Err(missing()) };
    let workspace = Path::new(&package).join("../..");
    if !workspace.join("Cargo.toml").is_file() {
        return Err(missing());
    }
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

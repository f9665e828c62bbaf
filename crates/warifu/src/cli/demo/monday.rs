//! Acts 5 to 7: the swap under load, a bad release that both signed, falling back, and a power cut.

use std::fs;

use warifu::error::{Exit, Failure};
use warifu_values::say;

use super::checker::{Checker, Load};
use super::deeds::{SERVE, fetch_at_kokuho, publish, sign};
use super::stage::{Show, cannot, unexpected};
use super::story::{Story, no_checker};

/// Files judged by the new release before it counts as proven (the checker's own default).
const PROBATION_FILES: u64 = 50;

pub(super) fn play(story: &mut Story) -> Result<(), Failure> {
    review(story)?;
    swap_under_load(story)?;
    claims_of_june(story)?;
    both_err(story)?;
    fall_back(story)?;
    power_cut(story)
}

fn review(story: &mut Story) -> Result<(), Failure> {
    let stage = &story.stage;
    let lang = stage.lang;
    stage.title(&say!(lang, "5. Both sign, and the swap", "5. 両者の署名と切替"));
    stage.tell(&say!(
        lang,
        "Kokuho's officer on duty fetches the commits, looks at what changes, recomputes and signs.",
        "国保中央会の当番の責任者がコミットを取得し、変更内容を確認し、再計算して署名します。"
    ));
    fetch_at_kokuho(stage)?;
    stage
        .warifu("diff HEAD:r04/procedure HEAD:r06/procedure --repo kokuho")
        .showing(Show::First(10))
        .run()?;
    stage.warifu("release review draft-2 --repo kokuho").showing(Show::Last(2)).run()?;
    sign(stage, "draft-2", "kokuho", "kokuho-b")
}

fn swap_under_load(story: &mut Story) -> Result<(), Failure> {
    let lang = story.stage.lang;
    let url = story.url()?;
    story.stage.tell(&say!(
        lang,
        "Monday, 08:00. Institutions are sending claims while release 2 is published; the checker finds it, \
         replays recent claims through it, and swaps by one pointer.",
        "月曜日 8 時。医療機関が請求を送り続けるなかでリリース 2 を公開します。チェッカーはこれを見つけ、直近の請求で\
         再点検してから、ポインタ 1 つで切り替えます。"
    ));
    let mut files = Vec::new();
    for name in ["claims/202405-clinic-a.uke", "claims/202405-hospital-b.uke"] {
        let path = story.stage.at(name);
        files.push(fs::read(&path).map_err(|error| cannot(&path, &error))?);
    }
    let load = Load::start(&url, files);
    load.wait_for(20, 1)?;
    publish(&story.stage, "draft-2")?;
    load.wait_for(PROBATION_FILES + 10, 2)?;
    let tally = load.finish();
    let by = |release: u64| tally.by_release.get(&release).copied().unwrap_or_default();
    let (old, new, failed, slowest) = (by(1), by(2), tally.failed, tally.slowest.as_millis());
    story.stage.print("\n");
    story.stage.noted(&say!(
        lang,
        "meanwhile {old} claim files were answered by release 1, then {new} by release 2; {failed} failed",
        "この間、リリース 1 が {old} ファイル、続いてリリース 2 が {new} ファイルに応答。失敗 {failed}"
    ));
    story.stage.noted(&say!(
        lang,
        "findings in them: {}; longest wait {slowest} ms",
        "指摘 {} 件、最長応答 {slowest} ms",
        tally.findings
    ));
    if failed > 0 || tally.findings > 0 {
        return Err(unexpected("the swap was noticed", "切替の影響が出ました"));
    }
    story.counted.tally.add(&tally);
    story.counted.swaps += 1;
    let stage = &story.stage;
    stage.checker("status --state state").run()?;
    stage.tell(&say!(
        lang,
        "What institutions are told is written from the release itself, and invents nothing.",
        "医療機関へのお知らせも、リリースそのものから作成します。書き加えるものはありません。"
    ));
    stage.warifu("notice").showing(Show::First(14)).run()?;
    Ok(())
}

fn claims_of_june(story: &mut Story) -> Result<(), Failure> {
    let lang = story.stage.lang;
    story.stage.tell(&say!(
        lang,
        "Claims for June are judged by the points of June, those for May still by the points of May.",
        "6 月診療分は 6 月の点数で、5 月診療分は引き続き 5 月の点数で判定されます。"
    ));
    story.send("claims/202405-clinic-a.uke", 2, 0)?;
    for _ in 0..4 {
        story.send_quietly("claims/202406-clinic-a.uke", 2, 0)?;
        story.send_quietly("claims/202406-hospital-b.uke", 2, 0)?;
    }
    story.send("claims/202406-clinic-a.uke", 2, 0)?;
    story.send("claims/202406-hospital-b.uke", 2, 0)?;
    story.stage.noted(&say!(lang, "and both of June four times more", "6 月分はさらに 4 回ずつ"));
    story.stage.tell(&say!(
        lang,
        "An institution that still claims 288 points for a first visit is told so; that error is real.",
        "初診料を旧点数の 288 点で請求した医療機関には、正しくエラーを返します。"
    ));
    story
        .stage
        .checker("check claims/202406-clinic-c-old-points.uke --state state")
        .expecting(Exit::Data)
        .run()?;
    story.stage.tell(&say!(
        lang,
        "Kokuho's other systems get the same release in Kokuho's format, each file proven to be the bytes \
         that both signed. This is what Saturday's e-mail should have been.",
        "国保中央会の他システムには、同じリリースを国保中央会形式で渡します。各ファイルは両者が署名したバイト列と一致\
         することを確かめています。土曜日のメールは、本来こうあるべきでした。"
    ));
    story.stage.warifu("channel fetch channel --format kokuho --kind procedure -o out").run()?;
    story
        .stage
        .warifu("inspect out/s_r06_ALL20240614.euc")
        .showing(Show::With(&["format", "形式", "signed", "署名"]))
        .run()?;
    Ok(())
}

fn both_err(story: &mut Story) -> Result<(), Failure> {
    let lang = story.stage.lang;
    story.stage.title(&say!(lang, "6. What nobody saw", "6. 誰も気付かなかった誤り"));
    story.stage.tell(&say!(
        lang,
        "The fault of May 2022 again, and better hidden: settings in procedure, drug and comment that keep \
         every rule of form and consistency and are wrong all the same. They come in.",
        "2022 年 5 月の誤りを、さらに見つけにくい形で再現します。診療行為・医薬品・コメントの設定が、形式と整合性の規則を\
         すべて満たしたまま誤っています。取込は通ります。"
    ));
    for name in ["s_20240621.csv", "y_20240621.csv", "c_20240621.csv"] {
        story.receive(&format!("wrong/{name}"), &format!("in/{name}"), Show::Nothing)?;
    }
    story.received(&say!(lang, "three files", "3 ファイル"));
    let stage = &story.stage;
    stage
        .warifu("import --repo kikin --series r06 in/s_20240621.csv in/y_20240621.csv in/c_20240621.csv")
        .run()?;
    stage.warifu("diff HEAD~3:r06/drug HEAD:r06/drug --repo kikin").showing(Show::First(10)).run()?;
    stage.tell(&say!(
        lang,
        "But what a release judges differently for days that have been is computed, not estimated. These \
         were to be small changes; the draft says what they do to claims of days long past, code by code.",
        "しかし、過去の診療日の判定がどう変わるかは、推定ではなく計算で分かります。「定例の変更」のはずが、過去の診療日の\
         請求に何をするのかを、草案がコードごとに示します。"
    ));
    stage
        .warifu("release draft --repo kikin -o draft-3 --title")
        .word(&say!(lang, "Small changes", "定例の変更"))
        .expecting(Exit::Data)
        .showing(Show::First(16))
        .run()?;
    story.counted.refusals += 1;
    let stage = &story.stage;
    stage.tell(&say!(
        lang,
        "No notice says so, and nobody can accept it in its name. The files go back.",
        "根拠となる通知がないため、誰も承認できません。取り込んだファイルを取り消します。"
    ));
    stage.warifu("undo 3 --repo kikin").run()?;
    story.stage.tell(&say!(lang, "Claims go on as before.", "請求の点検はこれまでどおり続いています。"));
    story.send("claims/202406-clinic-a.uke", 2, 0)
}

fn fall_back(story: &mut Story) -> Result<(), Failure> {
    let lang = story.stage.lang;
    story.stage.title(&say!(lang, "7. The way back, and a power cut", "7. 戻し、そして停電"));
    story.stage.tell(&say!(
        lang,
        "Adding needs both; taking away needs either. An operator in doubt about release 2 goes back to the \
         last confirmed one: no network, no signature, no restart.",
        "追加には両者が必要ですが、取り下げは片方でできます。リリース 2 に疑いを持った運用者が、確定済みの前リリースへ\
         戻します。ネットワークも署名も再起動も不要です。"
    ));
    story.stage.checker("fall-back --state state").run()?;
    story.counted.swaps += 1;
    story.send("claims/202405-hospital-b.uke", 1, 0)?;
    let first_lines = Show::With(&["release 1", "held:", "リリース 1", "保留:"]);
    story.stage.checker("status --state state").showing(first_lines).run()?;
    Ok(())
}

fn power_cut(story: &mut Story) -> Result<(), Failure> {
    let lang = story.stage.lang;
    story.stage.tell(&say!(
        lang,
        "The power fails (kill -9), and when it comes back the network does not: the channel is out of \
         reach. The checker resumes what it recorded.",
        "停電です（kill -9）。復旧してもネットワークは戻らず、配信元に届きません。チェッカーは記録していたリリースで\
         再開します。"
    ));
    let Some(checker) = story.checker.take() else {
        return Err(no_checker());
    };
    story.stage.typed(&format!("kill -9 {}; mv channel channel.away", checker.process()));
    // It has been one process all day: had it ended, the power cut would find nothing to end.
    checker.kill()?;
    story.counted.power_cuts += 1;
    let (here, away) = (story.stage.at("channel"), story.stage.at("channel.away"));
    fs::rename(&here, &away).map_err(|error| cannot(&here, &error))?;
    let checker = Checker::start(&story.stage, SERVE, "checker-2.log")?;
    story.checker = Some(checker);
    story.counted.starts += 1;
    story.send("claims/202405-clinic-a.uke", 1, 0)?;
    let lines = Show::With(&["release 1", "held:", "channel", "リリース 1", "保留:", "配信元"]);
    story.stage.checker("status --state state").showing(lines).run()?;
    Ok(())
}

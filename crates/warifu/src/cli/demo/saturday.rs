//! Acts 3 and 4: a wrong master, a corrected file by e-mail, and a release that only one side signed.

use warifu::error::{Exit, Failure};
use warifu_values::say;

use super::deeds::{draft_accepting, sign};
use super::stage::Show;
use super::story::Story;

/// What the revision changes for days that have been when the story is played: its series govern them.
const REVISED: &str = "comment/series,drug/cover-gained,drug/transition_or_use_limit_on,material/series,\
                       procedure/series";

pub(super) fn play(story: &mut Story) -> Result<(), Failure> {
    wrong_master(story)?;
    by_mail(story)?;
    one_sided(story)
}

fn wrong_master(story: &mut Story) -> Result<(), Failure> {
    let lang = story.stage.lang;
    story.stage.title(&say!(
        lang,
        "3. Saturday: a wrong master, and an e-mail",
        "3. 土曜日：誤ったマスターとメール"
    ));
    story.stage.tell(&say!(
        lang,
        "The revision of June is ready. Every field of the procedure master fits its layout; still, somebody \
         set the quantity flags (きざみ値) wrong. In 2022 such a fault was found on a Saturday.",
        "6 月改定のマスターが届きました。診療行為マスターの項目はすべてレイアウトどおりですが、きざみ値の設定に誤りが\
         あります。2022 年にも、設定誤りは土曜日に見つかりました。"
    ));
    story.receive("wrong/s_ALL20240531.csv", "in/wrong/s_ALL20240531.csv", Show::Nothing)?;
    story.received("in/wrong/s_ALL20240531.csv");
    story.stage.warifu("validate in/wrong/s_ALL20240531.csv").expecting(Exit::Data).run()?;
    story.counted.refusals += 1;
    Ok(())
}

fn by_mail(story: &mut Story) -> Result<(), Failure> {
    let lang = story.stage.lang;
    story.stage.tell(&say!(
        lang,
        "Kikin corrects it, and because it is the weekend, somebody mails the file to Kokuho. What is it? \
         The file is recognised by its content, and it is in no release that both signed.",
        "支払基金は訂正し、休日なので誰かが国保中央会へメールで送ってしまいます。このファイルは何でしょうか。内容から\
         判定でき、両者が署名したどのリリースにも含まれません。"
    ));
    story.receive("2024-06/s_ALL20240531.csv", "mail/s_ALL20240531.csv", Show::Nothing)?;
    story.received("mail/s_ALL20240531.csv");
    let stage = &story.stage;
    stage.warifu("inspect mail/s_ALL20240531.csv").run()?;
    stage.tell(&say!(
        lang,
        "Kokuho's side expects Kokuho's format. In 2022 the file came in all the same and was not converted \
         properly.",
        "国保中央会側は国保中央会形式を前提とします。2022 年には、正しく変換されないまま取り込まれました。"
    ));
    stage
        .warifu("convert mail/s_ALL20240531.csv --from kokuho --to kokuho-utf8 -o mail/s.csv")
        .expecting(Exit::Data)
        .run()?;
    stage.tell(&say!(
        lang,
        "And there is no way to load a file into a checker: it takes releases from its channel and nothing \
         else.",
        "ファイルをチェッカーに直接読み込ませる手段はありません。受け入れるのは配信元のリリースだけです。"
    ));
    let stage = &story.stage;
    stage
        .checker("swap mail/s_ALL20240531.csv --state state")
        .expecting(Exit::CouldNotRun)
        .showing(Show::First(1))
        .run()?;
    stage.checker("swap --state state").run()?;
    story.counted.refusals += 2;
    Ok(())
}

fn one_sided(story: &mut Story) -> Result<(), Failure> {
    let lang = story.stage.lang;
    story.stage.title(&say!(
        lang,
        "4. Sunday: one signature is not enough",
        "4. 日曜日：片方の署名では足りない"
    ));
    story.stage.tell(&say!(
        lang,
        "So Kikin takes the formal route: into the repository, with the other masters of June.",
        "そこで支払基金は正式な手順を踏み、6 月分の他のマスターとともにリポジトリへ取り込みます。"
    ));
    for name in
        ["s_ALL20240531.csv", "c_ALL20240531.csv", "t_ALL20240531.csv", "y_20240531.csv", "s_20240614.csv"]
    {
        story.receive(&format!("2024-06/{name}"), &format!("in/{name}"), Show::Nothing)?;
    }
    story.received(&say!(lang, "five files", "5 ファイル"));
    let stage = &story.stage;
    stage
        .warifu(
            "import --repo kikin --series r06 in/s_ALL20240531.csv in/c_ALL20240531.csv in/t_ALL20240531.csv \
             in/y_20240531.csv in/s_20240614.csv",
        )
        .run()?;
    stage.tell(&say!(
        lang,
        "A release must not change the past unseen. What it judges differently for days that have been is \
         computed from both, and accepted class by class, with a reason and the notice that it rests on.",
        "リリースが過去の判定を気付かれずに変えることはできません。過去の診療日の判定がどう変わるかを計算し、区分ごとに、\
         理由と根拠となる通知を付けて承認します。"
    ));
    stage.warifu("release changes --repo kikin").showing(Show::First(12)).run()?;
    let title = say!(lang, "Revision of June 2024", "令和6年6月改定");
    let accepted = (REVISED, &*title, "保医発0305第4号");
    draft_accepting(stage, "draft-2", &title, accepted, Show::Last(7))?;
    sign(stage, "draft-2", "kikin", "kikin-b")?;
    stage.tell(&say!(
        lang,
        "Kikin is in a hurry and tries to publish with its own signature alone.",
        "急いでいる支払基金は、自分の署名だけで公開を試みます。"
    ));
    stage.warifu("release publish draft-2 --key keys/release-manager.key").expecting(Exit::Trust).run()?;
    stage.tell(&say!(
        lang,
        "Who is on duty that night asks where things are: one screen says what waits, for whom, and what to \
         type next.",
        "当番の担当者が状況を確かめます。何が、誰の操作を待っているか、次に何を入力すればよいかを、一画面で示します。"
    ));
    stage.warifu("status --repo kikin").run()?;
    story.counted.refusals += 1;
    Ok(())
}

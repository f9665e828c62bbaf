//! Acts 1 and 2: both sides set up, and the first release starts to judge claims.

use std::fs;

use warifu::error::Failure;
use warifu_values::say;

use super::checker::Checker;
use super::deeds::{SERVE, clone_at_kokuho, draft, publish, sign};
use super::stage::{Show, Stage, cannot};
use super::story::Story;

/// The officers, by organisation; anyone of two can sign, so that a holiday needs no exception.
const OFFICERS: [(&str, &str); 4] =
    [("kikin-a", "kikin"), ("kikin-b", "kikin"), ("kokuho-a", "kokuho"), ("kokuho-b", "kokuho")];

pub(super) fn play(story: &mut Story) -> Result<(), Failure> {
    repositories(story)?;
    keys(&story.stage)?;
    first_release(story)
}

fn repositories(story: &mut Story) -> Result<(), Failure> {
    let lang = story.stage.lang;
    story.stage.title(&say!(lang, "1. A house for the masters", "1. マスターの置き場所"));
    story.stage.tell(&say!(
        lang,
        "Masters arrive in Kikin's format (Shift JIS, CR LF). Every conversion is proven both ways before a \
         byte is written; the demonstration's readable files become such ones first.",
        "マスターは支払基金形式（Shift JIS、CR LF）で届きます。変換は往復して一致を確かめてから書き出します。まず、\
         読みやすく保管したデモ用ファイルをこの形式にします。"
    ));
    story.receive("2024-05/s_ALL20240501.csv", "in/s_ALL20240501.csv", Show::All)?;
    for name in ["c_ALL20240501.csv", "t_ALL20240501.csv", "y_ALL20240401.csv"] {
        story.receive(&format!("2024-05/{name}"), &format!("in/{name}"), Show::Nothing)?;
    }
    let stage = &story.stage;
    stage.noted(&say!(lang, "and three more the same way", "ほか 3 ファイルも同様"));
    stage.tell(&say!(
        lang,
        "Kikin keeps them in a git repository that knows what a master is. File names do not say which \
         series (改定世代) a file belongs to, so the operator does, and the import checks it.",
        "支払基金はマスターを理解する git リポジトリに取り込みます。ファイル名では改定世代が分からないため担当者が\
         指定し、取込時に検証します。"
    ));
    stage.warifu("init kikin").showing(Show::First(1)).run()?;
    stage
        .warifu(
            "import --repo kikin --series r04 in/s_ALL20240501.csv in/c_ALL20240501.csv in/t_ALL20240501.csv",
        )
        .run()?;
    stage.warifu("import --repo kikin --series r06 in/y_ALL20240401.csv").run()?;
    stage.tell(&say!(
        lang,
        "Kokuho works in a clone of its own: what it signs later, it has computed itself.",
        "国保中央会は自分の複製で作業します。後で署名する内容は、自ら計算したものです。"
    ));
    clone_at_kokuho(stage)?;
    stage
        .warifu("show 111000110 --repo kokuho")
        .showing(Show::With(&["111000110 ", " points ", "changed_on", "abolished_on"]))
        .run()?;
    Ok(())
}

fn keys(stage: &Stage) -> Result<(), Failure> {
    let lang = stage.lang;
    stage.title(&say!(lang, "2. Keys, a root, and the first release", "2. 鍵、ルート、最初のリリース"));
    stage.tell(&say!(
        lang,
        "Two officers on each side make a key on their own machine; only the public half leaves it. The \
         release manager's key can publish and never approve.",
        "両団体の責任者 2 名ずつが自分の端末で鍵を作ります。外へ出すのは公開鍵だけです。リリース管理者の鍵は公開用で、\
         承認はできません。"
    ));
    let folder = stage.at("keys");
    fs::create_dir_all(&folder).map_err(|error| cannot(&folder, &error))?;
    for (at, (name, side)) in OFFICERS.iter().enumerate() {
        let show = if at == 0 { Show::All } else { Show::Nothing };
        stage.warifu(&format!("key generate {name} --organisation {side} --dir keys")).showing(show).run()?;
    }
    stage.noted(&say!(
        lang,
        "and kikin-b, kokuho-a, kokuho-b the same way",
        "kikin-b、kokuho-a、kokuho-b も同様"
    ));
    stage.warifu("key generate release-manager --dir keys").showing(Show::First(1)).run()?;
    stage.tell(&say!(
        lang,
        "The root says whose signatures count. More officers must sign it than either side has: no \
         organisation can change it alone.",
        "誰の署名を有効とするかはルートが定めます。一方の人数より多い署名が必要なため、片方だけでは変更できません。"
    ));
    stage
        .warifu(
            "trust init --kikin keys/kikin-a.pub.json --kikin keys/kikin-b.pub.json \
             --kokuho keys/kokuho-a.pub.json --kokuho keys/kokuho-b.pub.json \
             --timestamp keys/release-manager.pub.json -o root.draft.json",
        )
        .run()?;
    for name in ["kikin-a", "kikin-b", "kokuho-a"] {
        stage.warifu(&format!("trust sign root.draft.json --key keys/{name}.key --yes")).run()?;
    }
    stage.warifu("trust finish root.draft.json -o root.json --channel channel").run()?;
    Ok(())
}

fn first_release(story: &mut Story) -> Result<(), Failure> {
    let stage = &story.stage;
    let lang = stage.lang;
    stage.tell(&say!(
        lang,
        "Release 1: Kikin drafts and signs it. Kokuho recomputes every byte from its own clone before it \
         signs.",
        "リリース 1：支払基金が起案して署名します。国保中央会は自分の複製から全バイトを再計算してから署名します。"
    ));
    draft(stage, "draft-1", &say!(lang, "May 2024", "令和6年5月"), Show::All)?;
    sign(stage, "draft-1", "kikin", "kikin-a")?;
    stage.warifu("release review draft-1 --repo kokuho").showing(Show::Last(2)).run()?;
    sign(stage, "draft-1", "kokuho", "kokuho-a")?;
    publish(stage, "draft-1")?;
    stage.tell(&say!(
        lang,
        "The checker starts. It sees the channel and the root, never git and never a key.",
        "チェッカーを起動します。見えるのは配信元とルートだけで、git にも秘密鍵にも触れません。"
    ));
    let checker = Checker::start(stage, SERVE, "checker.log")?;
    story.checker = Some(checker);
    story.counted.starts += 1;
    story.stage.tell(&say!(
        lang,
        "Institutions send their claims for May.",
        "医療機関が 5 月診療分を請求します。"
    ));
    story.send("claims/202405-clinic-a.uke", 1, 0)?;
    story.send("claims/202405-hospital-b.uke", 1, 0)
}

//! The day in numbers.

use std::time::Instant;

use serde_json::json;
use warifu::error::Failure;
use warifu_values::lang::Lang;
use warifu_values::say;
use warifu_values::terminal::left;

use super::story::{Counted, Story};
use crate::cli::Context;

pub(super) fn play(story: &Story, began: Instant, context: &Context) -> Result<(), Failure> {
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
            "failed": tally.failed, "swaps": swaps, "restarts": restarts, "refusals": refusals,
            "conversions": conversions,
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
        text.push_str(&format!("{}  {value}\n", left(name, if lang == Lang::En { 22 } else { 20 })));
    }
    story.stage.heard(&text);
    Ok(())
}

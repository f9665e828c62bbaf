//! A status in words.

use warifu_claims::movement::Words;
use warifu_values::lang::{Lang, Speak, counted};
use warifu_values::say;

use crate::cause::{Amiss, Cause};
use crate::history::HistoryAct;
use crate::said::Said;
use crate::service::status::parts::{ClaimsDoor, Doors, OfClaims, Queue, Requests, Watch};
use crate::service::status::whole::Status;
use crate::state::{Phase, withdrawn_or_not};
use crate::swap::Outcome;
use crate::trial::Replayed;

impl Speak for Status {
    fn say(&self, lang: Lang) -> String {
        let mut lines = Vec::new();
        if let Some(frozen) = &self.frozen {
            lines.push(line(Cause::Frozen, &frozen.why(), &Cause::Frozen.next_step(None), lang));
        }
        lines.extend(self.damaged.iter().map(|damage| damage.say(lang)));
        if let Some(why) = &self.configuration {
            lines.push(line(Cause::Configuration, why, &self.configuration_next_step(), lang));
        }
        let of_certificates = self.certificates.iter();
        lines.extend(
            of_certificates.map(|Amiss { cause, why }| line(*cause, why, &cause.next_step(None), lang)),
        );
        if let Some(Amiss { cause, why }) = &self.not_written {
            let (word, said) = (cause.word(), why.then(&cause.next_step(None)).say(lang));
            let word = word.say(lang).to_lowercase();
            lines.push(say!(lang, "NOT WRITTEN ({word}): {said}", "未記録（{word}）: {said}"));
        }
        if let Some(Amiss { cause, why }) = &self.no_reserve {
            let (word, said) = (cause.word(), why.then(&cause.next_step(None)).say(lang));
            let word = word.say(lang).to_lowercase();
            lines.push(say!(
                lang,
                "NO RESERVE ({word}): {said}; until then the next decision may not be written, and a restart \
                 may forget it",
                "予備領域なし（{word}）: {said}。確保し直せるまでは、次の操作を記録できず、再起動すると失われる場合があります"
            ));
        }
        let not_taken = self.not_taken();
        // What a look at the channel came to is told there.
        let of_this_machine = not_taken.iter().filter(|amiss| amiss.cause != Cause::Channel);
        lines.extend(
            of_this_machine.map(|Amiss { cause, why }| line(*cause, why, &cause.next_step(None), lang)),
        );
        if let (Some(why), Some(running)) = (&self.withdrawn, &self.running) {
            let release = running.id.release;
            let why = Said::new(
                format!("release {release} was withdrawn and goes on: {}", why.en),
                format!("リリース {release} は取り下げられましたが、使用を続けています: {}", why.ja),
            );
            lines.push(line(Cause::Withdrawn, &why, &self.withdrawn_next_step(), lang));
        }
        if self.may_be_withdrawn() {
            let why = withdrawn_or_not().say(lang);
            lines.push(say!(lang, "WITHDRAWN OR NOT: {why}", "取下げの有無不明: {why}"));
        }
        match &self.running {
            None => lines.push(say!(lang, "no release runs", "稼働中のリリースはありません")),
            Some(running) => {
                let (release, title) = (running.id.release, &running.title);
                let since = running.since.said(lang);
                let manifest = running.id.manifest.short();
                lines.push(say!(
                    lang,
                    "release {release} ({title}, {manifest}) since {since}",
                    "リリース {release}（{title}、{manifest}）{since} から"
                ));
                lines.extend(running.marks.lines(lang).into_iter().map(|line| format!("  {line}")));
                if !running.signed_by.is_unknown() {
                    lines.push(format!("  {}", running.signed_by.say(lang)));
                }
            }
        }
        lines.extend(self.attached.iter().map(|attached| attached.say(lang)));
        lines.extend(self.fleet.iter().map(|fleet| fleet.say(lang)));
        match &self.watch {
            // It tells of that itself, and what was seen is of claims.
            Some(_) if self.attached.is_some() => {}
            Some(Watch { against, seen }) => {
                let said = in_lang(&seen.said, lang);
                lines.push(say!(
                    lang,
                    "on probation against release {against}: {said}",
                    "観察期間中（リリース {against} と比較）: {said}"
                ));
                let release = self.running.as_ref().map_or(0, |running| running.id.release);
                lines.push(say!(
                    lang,
                    "  it is confirmed by itself when nothing is missing; where that cannot come to be, \
                     decide: warifu-checker confirm {release} --reason …, or warifu-checker fall-back",
                    "  不足がなくなれば自動で確定します。見込みがない場合は warifu-checker confirm {release} \
                     --reason （理由）または warifu-checker fall-back で判断してください"
                ));
            }
            None if self.running.is_some() && self.state == "confirmed" => {
                lines.push(say!(lang, "confirmed", "確定済み"));
            }
            None => {}
        }
        lines.extend(self.next.as_ref().map(|next| next.say(lang)));
        if let Some(previous) = &self.previous {
            let release = previous.id.release;
            lines.push(say!(lang, "previous: release {release}", "前リリース: {release}"));
        }
        if !self.earlier.is_empty() {
            let earlier =
                self.earlier.iter().map(|it| it.id.release.to_string()).collect::<Vec<_>>().join(", ");
            let newest = self.earlier.first().map_or(0, |it| it.id.release);
            lines.push(say!(
                lang,
                "kept to be gone back to by number: release {earlier} (as in warifu-checker fall-back \
                 {newest})",
                "番号を指定して戻せるリリース: {earlier}（例: warifu-checker fall-back {newest}）"
            ));
        }
        if let Some(lost) = &self.lost {
            let release = lost.installed.id.release;
            let why = Said::new(
                format!("release {release} ran here and cannot be used: {}", lost.why.en),
                format!("稼働していたリリース {release} を使用できません: {}", lost.why.ja),
            );
            lines.push(line(Cause::Lost, &why, &Cause::Lost.next_step(Some(release)), lang));
        }
        for held in &self.held {
            let (release, why) = (held.id.release, held.why.then(&self.held_next_step(held)).say(lang));
            let word = held.held_for.cause().word().say(lang).to_lowercase();
            lines.push(say!(lang, "{word}: release {release}: {why}", "{word}: リリース {release}: {why}"));
        }
        lines.extend(self.fell_back_line(lang));
        if let Some(refused) = &self.refused {
            let why = refused.why.then(&refused.next_step()).say(lang);
            // Whom to call hangs on the word.
            let word = refused.cause().word().say(lang).to_lowercase();
            let (named, at) = (refused.named().say(lang), refused.at.said(lang));
            lines.push(say!(lang, "{word} at {at}: {named}{why}", "{word}（{at}）: {named}{why}"));
        }
        if self.stale {
            lines.push(line(Cause::Expired, &Cause::Expired.what(), &Cause::Expired.next_step(None), lang));
        }
        lines.extend(self.decisions.last().map(|decision| decision.say(lang)));
        // Where a program is attached no claims come; an older checker tells of none.
        let of_claims = self.of_claims.as_ref().filter(|_| self.attached.is_none());
        if let Some(replay @ Replayed { release, why, .. }) = of_claims.and_then(|it| it.replay.as_ref()) {
            let files = replay.received.as_ref().map_or(0, |received| received.files);
            let said = if files == 0 && replay.refusal().is_none() {
                // No reason to worry: there is nothing yet that could speak for or against anything.
                say!(lang, "nothing to replay yet", "対象の請求ファイルはまだありません")
            } else {
                why.say(lang)
            };
            lines.push(say!(
                lang,
                "last replay: release {release}: {said}",
                "直近の再点検: リリース {release}: {said}"
            ));
        }
        if let (Some(poll), Some(said)) = (&self.last_poll, self.looked_line(lang)) {
            let at = poll.at.said(lang);
            lines.push(say!(lang, "channel at {at}: {said}", "配信元 {at}: {said}"));
            lines.extend(poll.troubles.iter().map(|trouble| format!("  {}", trouble.say(lang))));
        }
        let Some(OfClaims { kept_claims, requests, queue, .. }) = of_claims else {
            return lines.join("\n");
        };
        lines.push(kept_claims.say(lang));
        let Requests { checked, claims, turned_away } = requests;
        let Queue { judging, waiting, capacity } = queue;
        let (checked_en, claims_en) = (counted(*checked, "claim file"), counted(*claims, "claim"));
        lines.push(say!(
            lang,
            "{checked_en} ({claims_en}) answered, {turned_away} turned away; \
             {judging} being judged, {waiting} of {capacity} waiting",
            "応答 {checked} ファイル（{claims} 件）、受付不可 {turned_away}、点検中 {judging}、待ち {waiting}/{capacity}"
        ));
        lines.extend(self.doors.troubles(lang));
        lines.join("\n")
    }
}

impl Status {
    /// What judges, in one line, for a service manager.
    pub fn in_a_line(&self, lang: Lang) -> String {
        let Some(running) = &self.running else {
            if self.attached.is_some() {
                return say!(lang, "no release yet", "リリース未取得");
            }
            return say!(
                lang,
                "no release yet: claims are turned away",
                "リリース未取得: 請求を受け付けていません"
            );
        };
        let release = running.id.release;
        let state = match (lang, self.state.as_str()) {
            (Lang::Ja, "probation") => "観察期間中",
            (Lang::Ja, "confirmed") => "確定済み",
            (_, state) => state,
        };
        let stale = if self.stale { say!(lang, ", stale", "、期限切れ") } else { String::new() };
        let certificate = if self.certificates.iter().any(|amiss| amiss.cause == Cause::Certificate) {
            let word = Cause::Certificate.word().say(lang).to_lowercase();
            say!(lang, ", {word}", "、{word}")
        } else {
            String::new()
        };
        say!(
            lang,
            "release {release}, {state}{stale}{certificate}",
            "リリース {release}、{state}{stale}{certificate}"
        )
    }

    /// How what judges came to judge, where that was a fall back.
    fn fell_back_line(&self, lang: Lang) -> Option<String> {
        let HistoryAct { at, release: Some(to), from, why, .. } = self.fell_back.as_ref()? else {
            return None;
        };
        let from = match from {
            Some(from) => say!(lang, " from release {from}", "リリース {from} から"),
            None => String::new(),
        };
        let at = at.said(lang);
        let why = why.as_ref().map(|why| self.without_repeating(why.say(lang), lang));
        let why = why.map(|why| format!(": {why}")).unwrap_or_default();
        Some(say!(
            lang,
            "fell back at {at}{from} to release {to}{why}",
            "切戻し: {at} に{from}リリース {to} へ戻しました{why}"
        ))
    }

    /// `text` without the reasons that other lines give in full.
    fn without_repeating(&self, text: String, lang: Lang) -> String {
        let above = say!(lang, "see above", "上記のとおり");
        let held = self.held.iter().map(|held| held.why.clone());
        // With what to do first: where that stands in a line of its own, it would stay alone.
        let of_refusal = |why: &Said, next: &Said| [why.then(next), why.clone()];
        let refused = self.refused.iter().flat_map(|it| of_refusal(&it.why, &it.next_step()));
        let of_this_machine = self.not_taken().map(|amiss| amiss.why);
        let damaged = self.damaged.iter().map(|damage| damage.why.clone());
        let reasons = self.withdrawn.iter().cloned().chain(held).chain(refused).chain(damaged);
        let reasons = reasons.chain(of_this_machine);
        let long = reasons.map(|why| why.say(lang)).filter(|why| why.chars().count() > SAID_ONCE_CHARS);
        long.fold(text, |text, why| text.replace(&why, &above))
    }

    /// The last look at the channel, in a line; nothing where there was none.
    pub fn looked_line(&self, lang: Lang) -> Option<String> {
        let poll = self.last_poll.as_ref()?;
        let is_past_probation = |phase: Phase| phase == Phase::Probation && self.state == "confirmed";
        Some(match self.looked() {
            None => {
                let offered = poll.result.release();
                let offered = offered.map(|release| {
                    say!(lang, "release {release} was there; ", "リリース {release} がありました。")
                });
                let offered = offered.unwrap_or_default();
                say!(
                    lang,
                    "{offered}what runs here changed since; it is looked at again by itself, or at once: \
                     warifu-checker swap",
                    "{offered}その後に稼働状況が変わりました。自動で再確認します（すぐに確認する場合は \
                     warifu-checker swap）"
                )
            }
            Some(Outcome::Activated { release, phase })
                if self.attached.is_some() || is_past_probation(*phase) =>
            {
                say!(lang, "release {release} was taken", "リリース {release} を適用しました")
            }
            Some(Outcome::Held { release, cause: Cause::Withdrawn, .. })
                if self.tells_that_withdrawn(*release) =>
            {
                say!(
                    lang,
                    "it has release {release}, which was withdrawn (see above)",
                    "リリース {release}（取下げ。上記のとおり）"
                )
            }
            Some(Outcome::Unavailable { cause: Cause::Channel, why }) => {
                why.then(&Cause::Channel.next_step(None)).say(lang)
            }
            Some(outcome) => match outcome.said() {
                Some(said) => self.without_repeating(said.say(lang), lang),
                None => say!(lang, "nothing new", "変更なし"),
            },
        })
    }
}

impl Doors {
    /// What is out of the ordinary.
    fn troubles(&self, lang: Lang) -> Vec<String> {
        let mut lines = Vec::new();
        if self.is_draining {
            lines.push(say!(
                lang,
                "ENDING: what is in flight is still answered, nothing new is taken",
                "終了処理中: 受付済みの分だけを処理し、新しい請求は受け付けません"
            ));
        }
        let Some(door) = &self.of_claims else { return lines };
        let ClaimsDoor { connections, arrived_bytes, unread_bytes, limits, .. } = door;
        let full = [
            (*connections, limits.connections, "connections", "接続数"),
            (
                *arrived_bytes,
                limits.arrived_bytes,
                "bytes received and not judged yet",
                "点検待ちの受信バイト数",
            ),
            (*unread_bytes, limits.unread_bytes, "bytes of answers not taken yet", "未受領の結果のバイト数"),
        ];
        for (used, most, en, ja) in full {
            if used > most / 2 {
                lines.push(say!(lang, "{en}: {used} of {most}", "{ja}: {used}/{most}"));
            }
        }
        if door.not_kept > 0 {
            let not_kept = door.not_kept;
            lines.push(say!(
                lang,
                "the disk is too slow: {not_kept} claim files were not kept for replay",
                "ディスクが遅いため、再点検用のファイル {not_kept} 件を保存できませんでした"
            ));
        }
        lines
    }
}
/// What is amiss, why and what to do, in a line.
fn line(cause: Cause, why: &Said, next: &Said, lang: Lang) -> String {
    let (word, said) = (cause.word().say(lang), why.then(next).say(lang));
    format!("{}: {said}", word.to_uppercase())
}

fn in_lang(words: &Words, lang: Lang) -> &str {
    match lang {
        Lang::En => &words.en,
        Lang::Ja => &words.ja,
    }
}

/// A reason of more characters is said once, and pointed to after that.
const SAID_ONCE_CHARS: usize = 60;

#[cfg(test)]
mod tests {
    use warifu_trust::UnixSeconds;

    use super::*;
    use crate::state::{Held, Installed, KeptNow};
    use crate::trial::Verdict;

    /// Of a checker that has nothing yet.
    fn nothing() -> Status {
        Status {
            state: "confirmed".into(),
            running: None,
            withdrawn: None,
            way_back: None,
            frozen: None,
            damaged: Vec::new(),
            not_written: None,
            no_reserve: None,
            next: None,
            watch: None,
            previous: None,
            earlier: Vec::new(),
            attached: None,
            fleet: None,
            lost: None,
            held: Vec::new(),
            fell_back: None,
            decisions: Vec::new(),
            refused: None,
            stale: false,
            last_poll: None,
            of_claims: None,
            doors: Doors::default(),
            configuration: None,
            configuration_file: None,
            certificates: Vec::new(),
            at: UnixSeconds::new(0),
        }
    }

    #[test]
    fn what_was_withdrawn_asks_for_nothing_once_a_newer_release_judges() {
        let running: Installed = serde_json::from_value(serde_json::json!({
            "release": 5, "manifest": "0".repeat(64), "title": "t", "since": "2026-06-01T00:00:00Z",
        }))
        .unwrap();
        let held: Held = serde_json::from_value(serde_json::json!({
            "release": 4, "manifest": "1".repeat(64), "at": "2026-06-01T00:00:00Z",
            "why": { "en": "Kikin withdrew it", "ja": "支払基金が取り下げました" }, "held_for": "withdrawn",
        }))
        .unwrap();
        let of = |running: Option<Installed>| Status { running, held: vec![held.clone()], ..nothing() };
        let before = of(None).say(Lang::Ja);
        assert!(
            before.contains("取下げ: リリース 4: 支払基金が取り下げました。新しいリリースを待ってください"),
            "{before}"
        );
        let after = of(Some(running)).say(Lang::Ja);
        assert!(
            after.contains("代わりにリリース 5 で点検しています") && !after.contains("待ってください"),
            "{after}"
        );
    }

    #[test]
    fn a_first_activation_does_not_alarm() {
        let why = Said::new("nothing ran before", "比較なし");
        let verdict = Verdict::Inconclusive;
        let report = Replayed { release: 1, against: None, verdict, why, received: None, synthetic: None };
        let door = ClaimsDoor { unread_bytes: usize::MAX, ..ClaimsDoor::default() };
        let status = Status {
            of_claims: Some(OfClaims {
                kept_claims: KeptNow::default(),
                replay: Some(report),
                requests: Requests { checked: 1, claims: 2, turned_away: 0 },
                queue: Queue::default(),
            }),
            doors: Doors { is_draining: true, of_claims: Some(door) },
            ..nothing()
        };
        let (english, japanese) = (status.say(Lang::En), status.say(Lang::Ja));
        assert!(english.contains("release 1: nothing to replay yet"), "{english}");
        assert!(!english.contains("inconclusive"), "{english}");
        assert!(english.contains("1 claim file (2 claims) answered"), "{english}");
        assert!(japanese.contains("請求ファイルはまだありません"), "{japanese}");
        assert!(english.contains("\nENDING: ") && english.contains("not taken yet: "), "{english}");
        assert!(!english.contains("connections: "), "{english}");
    }
}

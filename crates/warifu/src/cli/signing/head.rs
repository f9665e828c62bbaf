//! A release on one screen, in the order of its page: what is judged differently for days that have been,
//! what was let pass, where to look first in all masters, what became of each; and what to read over the
//! telephone.

use warifu::caution::Caution;
use warifu::release::{
    Comparison, Group, MasterChange, PublishedRelease, ReleaseRisk, ShownRecord, Side, Waived, class_name,
    groups, waived, waived_keys,
};
use warifu_masters::schema::Schemas;
use warifu_rules::review::Level;
use warifu_trust::{Manifest, Mark};
use warifu_values::judgement::LetPass;
use warifu_values::lang::{Lang, Speak as _};
use warifu_values::phrase::Phrase;
use warifu_values::say;
use warifu_values::terminal::{cells, cut, rows_of, wrapped};

/// What is told on one screen.
pub(super) struct Head<'a> {
    pub(super) manifest: &'a Manifest,
    pub(super) comparison: &'a Comparison<'a>,
    pub(super) cautions: &'a [Caution],
    pub(super) published: Option<&'a PublishedRelease>,
    pub(super) schemas: &'a Schemas,
    pub(super) lang: Lang,
}

/// A heading that says how many there are, and as many of them as there is room for.
struct Part {
    heading: String,
    /// One of them each; one of several lines is shown whole or not at all.
    lines: Vec<String>,
    /// Whether they are sentences that are read before all else, and none of them is cut.
    is_read_first: bool,
}

impl Part {
    /// Of a list, whose lines are cut where they are too long.
    fn list(heading: String, lines: Vec<String>) -> Part {
        Part { heading, lines, is_read_first: false }
    }

    /// Of sentences, on as many lines as each takes.
    fn sentences(heading: String, lines: impl Iterator<Item = String>, columns: usize) -> Part {
        let whole = |line: String| wrapped("  ", 4, &line, columns).trim_end().to_owned();
        Part { heading, lines: lines.map(whole).collect(), is_read_first: true }
    }
}

/// `parts` in so many `rows`: every heading, what is read first, and of the other lines one of each part in
/// turn, the first parts first. The last line that is shown of a part says how many are not; of what is not
/// cut, its heading does.
fn fitted(parts: Vec<Part>, rows: usize, columns: usize, lang: Lang) -> Vec<String> {
    let mut room = rows.saturating_sub(parts.len());
    let mut shown = vec![0; parts.len()];
    for (shown, part) in shown.iter_mut().zip(&parts).filter(|(_, part)| part.is_read_first) {
        for rows in part.lines.iter().map(|line| line.lines().count()) {
            let Some(left) = room.checked_sub(rows) else { break };
            (*shown, room) = (*shown + 1, left);
        }
    }
    loop {
        let before = room;
        for (shown, part) in shown.iter_mut().zip(&parts) {
            if room > 0 && *shown < part.lines.len() && !part.is_read_first {
                *shown += 1;
                room -= 1;
            }
        }
        if room == before {
            break;
        }
    }
    let mut text = Vec::new();
    for (part, shown) in parts.into_iter().zip(shown) {
        let left = part.lines.len() - shown;
        let heading = text.len();
        text.push(part.heading);
        text.extend(part.lines.iter().take(shown).flat_map(|line| line.lines()).map(str::to_owned));
        let last = if part.is_read_first { heading } else { text.len() - 1 };
        if left > 0
            && let Some(last) = text.get_mut(last)
        {
            let more = say!(lang, "  and {left} more (--verbose)", "  ほか {left} 件（--verbose）");
            *last = cut(last, columns.saturating_sub(cells(&more))) + &more;
        }
    }
    text
}

impl Head<'_> {
    /// The lines of a screen of `columns` and `rows`, of which `last` takes some and is never cut.
    pub(super) fn lines(&self, last: &str, columns: usize, rows: usize) -> String {
        let first: String = self.first().iter().map(|line| wrapped("", 4, line, columns)).collect();
        let first: Vec<String> = first.lines().map(str::to_owned).collect();
        // What is read out to somebody is whole, however narrow the screen.
        let phrase = phrase_lines(self.manifest, self.lang);
        let phrase: String = phrase.iter().map(|line| wrapped("", 0, line, columns)).collect();
        let phrase: Vec<String> = phrase.lines().map(str::to_owned).collect();
        let below: usize = last.lines().map(|line| rows_of(line, columns)).sum();
        // One for the prompt.
        let taken = first.len() + phrase.len() + below + 1;
        let parts = [
            self.corrections(columns),
            self.cautions(columns),
            self.past(),
            self.waivers(),
            self.risks(),
            self.masters(),
            self.future(),
        ];
        let parts: Vec<Part> = parts.into_iter().flatten().collect();
        let mut text = first;
        text.extend(fitted(parts, rows.saturating_sub(taken), columns, self.lang));
        text.extend(phrase);
        let mut text: String = text.iter().map(|line| cut(line, columns) + "\n").collect();
        text.push_str(last);
        text
    }

    /// Which release it is.
    fn first(&self) -> Vec<String> {
        let Head { manifest, published, lang, .. } = *self;
        let (number, title) = (manifest.release, &manifest.title);
        let against = match published {
            Some(published) if published.release().release == number => {
                say!(lang, " (published already, to be signed anew)", "（公開済み、再署名）")
            }
            Some(published) => {
                let before = published.release().release;
                let is_withdrawn = |one: &Caution| matches!(one, Caution::AgainstWithdrawn(_));
                match self.cautions.iter().any(is_withdrawn) {
                    true => say!(
                        lang,
                        " (against release {before}, WITHDRAWN)",
                        "（取下げ済みのリリース {before} との比較）"
                    ),
                    false => say!(lang, " (against release {before})", "（リリース {before} との比較）"),
                }
            }
            None => String::new(),
        };
        let mut text =
            vec![say!(lang, "RELEASE {number}: {title}{against}", "リリース {number}: {title}{against}")];
        let marks = manifest.marks().into_iter().filter(|mark| !matches!(mark, Mark::Corrected(..)));
        text.extend(marks.map(|mark| format!("  {}", mark.say(lang))));
        text
    }

    fn corrections(&self, columns: usize) -> Option<Part> {
        let mut marks = self.manifest.marks();
        marks.retain(|mark| matches!(mark, Mark::Corrected(..)));
        let count = marks.len();
        let heading = say!(
            self.lang,
            "EMERGENCY CORRECTIONS that no official file has yet: {count}",
            "公式ファイル未収載の緊急訂正: {count} 件"
        );
        let lines = marks.iter().map(|mark| mark.say(self.lang));
        (count > 0).then(|| Part::sentences(heading, lines, columns))
    }

    fn cautions(&self, columns: usize) -> Option<Part> {
        let count = self.cautions.len();
        let heading = say!(self.lang, "WARNINGS: {count}", "警告: {count} 件");
        let lines = self.cautions.iter().map(|one| one.say(self.lang));
        (count > 0).then(|| Part::sentences(heading, lines, columns))
    }

    /// The classes of one side, each with how many changes it has.
    fn classes(&self, groups: &[Group<'_>]) -> Vec<String> {
        let line = |group: &Group<'_>| {
            let (class, count) = (class_name(self.schemas, &group.class, self.lang), group.changes.len());
            say!(self.lang, "  {class}: {count}", "  {class}: {count} 件")
        };
        groups.iter().map(line).collect()
    }

    fn of_side(&self, side: Side) -> Vec<Group<'_>> {
        groups(self.schemas, &self.comparison.changed.list, self.manifest.head().past_before(), side)
    }

    fn past(&self) -> Option<Part> {
        // A first release changes nothing.
        self.published?;
        let groups = self.of_side(Side::Past);
        let count: usize = groups.iter().map(|group| group.changes.len()).sum();
        let before = self.manifest.head().past_before().said(self.lang);
        let accepted = self.manifest.changes.as_ref().map_or(0, |changes| changes.accepted.len());
        let heading = say!(
            self.lang,
            "RETROACTIVE CHANGES: {count}, {accepted} classes accepted (days before {before})",
            "遡及変更: {count} 件、理由を付けて承認 {accepted} 区分（{before} より前の診療日）"
        );
        Some(Part::list(heading, self.classes(&groups)))
    }

    fn future(&self) -> Option<Part> {
        let groups = self.of_side(Side::Future);
        let count: usize = groups.iter().map(|group| group.changes.len()).sum();
        let heading = say!(self.lang, "Changes of days to come: {count}", "将来分の変更: {count} 件");
        (count > 0).then(|| Part::list(heading, self.classes(&groups)))
    }

    fn waivers(&self) -> Option<Part> {
        let mut found = waived(self.manifest, self.published.map(PublishedRelease::manifest));
        // What was looked at before goes first where there is no room.
        found.sort_by_key(|waived| !waived.is_new);
        let (count, new) = (found.len(), found.iter().filter(|waived| waived.is_new).count());
        let heading = say!(
            self.lang,
            "Findings let pass: {count}, of these new (marked +): {new}",
            "承認済みの指摘: {count} 件（うち新規 {new} 件、+ 印）"
        );
        let line = |Waived { master, pass, is_new }: Waived<'_>| {
            let LetPass { finding, keys, reason, .. } = pass;
            let (mark, keys) = (if is_new { "+" } else { " " }, waived_keys(keys, 1, self.lang));
            format!("{mark} {master} {finding} ({keys}): {reason}")
        };
        (count > 0).then(|| Part::list(heading, found.into_iter().map(line).collect()))
    }

    fn risks(&self) -> Option<Part> {
        let risks = &self.comparison.risks;
        let grave = |risk: &&ReleaseRisk| risk.kind.level() == Level::High;
        let records: usize = risks.iter().filter(grave).map(|risk| risk.records).sum();
        let heading = say!(
            self.lang,
            "Look first over all masters; records to be checked each: {records}",
            "全マスターで先に確認する変更（要確認 {records} レコード）"
        );
        let lines = risks.iter().flat_map(|risk| {
            let line = format!("  {}", risk_line(risk, self.lang));
            std::iter::once(line).chain(record_lines(risk, self.lang))
        });
        (!risks.is_empty()).then(|| Part::list(heading, lines.collect()))
    }

    fn masters(&self) -> Option<Part> {
        let changed = self.comparison.masters.iter().filter(|one| !is_same(one)).count();
        let all = self.manifest.masters.len();
        let heading = say!(
            self.lang,
            "Masters: {changed} of {all} changed (added, changed, abolished, removed)",
            "マスター: {all} 件中 {changed} 件に変更（追加・変更・廃止・削除）"
        );
        let changed = self.comparison.masters.iter().filter(|one| !is_same(one));
        Some(Part::list(heading, changed.map(|one| master_line(one, self.lang)).collect()))
    }
}

fn is_same(one: &MasterChange) -> bool {
    one.summary.is_none() && one.before.is_some() && one.after.is_some()
}

fn master_line(MasterChange { master, before, after, summary }: &MasterChange, lang: Lang) -> String {
    let size = |rows: &Option<usize>| rows.map_or_else(|| "-".to_owned(), |rows| rows.to_string());
    let (before, after) = (size(before), size(after));
    let counts = summary.as_ref().map_or_else(String::new, |summary| {
        let (added, changed, abolished, removed) =
            (summary.added, summary.changed, summary.abolished, summary.removed);
        say!(
            lang,
            ": {added}, {changed}, {abolished}, {removed}",
            ": {added}・{changed}・{abolished}・{removed}"
        )
    });
    format!("  {master} {before} → {after}{counts}")
}

/// A risk on one line.
pub(super) fn risk_line(risk: &ReleaseRisk, lang: Lang) -> String {
    let ReleaseRisk { master, kind, records, keys, shown } = risk;
    let (level, title, keys) = (kind.level().word(lang), kind.title(lang), keys.join(", "));
    // They stand below, each on its line.
    if !shown.is_empty() {
        return say!(
            lang,
            "{level}: {master} ({records}): {title}",
            "{level}: {master} {records} 件、{title}"
        );
    }
    say!(
        lang,
        "{level}: {master} ({records}): {title} ({keys})",
        "{level}: {master} {records} 件、{title}（{keys}）"
    )
}

/// The records of a risk of which each is to be checked, a line each.
pub(super) fn record_lines(risk: &ReleaseRisk, lang: Lang) -> Vec<String> {
    let line = |ShownRecord { key, name, values }: &ShownRecord| {
        let gap = if name.is_empty() { "" } else { " " };
        let values = values.as_ref().map(|values| {
            let blank = || say!(lang, "(blank)", "（空欄）");
            let [old, new] = values.each_ref().map(|value| value.say(lang));
            let [old, new] = [old, new].map(|value| if value.is_empty() { blank() } else { value });
            // Where the name itself is what changes, it is told once.
            if *name == new { format!(" ← {old}") } else { format!(": {old} → {new}") }
        });
        format!("    {key}{gap}{name}{}", values.unwrap_or_default())
    };
    risk.shown.iter().map(line).collect()
}

/// The digest of what is signed, and its words as they are read over the telephone.
pub(super) fn phrase_lines(manifest: &Manifest, lang: Lang) -> Vec<String> {
    let Ok(digest) = manifest.digest() else { return Vec::new() };
    let mut text = vec![say!(lang, "manifest: {digest}", "マニフェスト: {digest}")];
    let words = Phrase::of(&digest).lines(lang);
    let label = say!(lang, "  phrase: ", "  照合語: ");
    for (at, line) in words.into_iter().enumerate() {
        text.push(if at == 0 { format!("{label}{line}") } else { format!("          {line}") });
    }
    text
}

#[cfg(test)]
mod tests {
    use warifu::field::{Beside, Field};
    use warifu_rules::review::RiskKind;
    use warifu_values::judgement::PassedBy;

    use super::*;

    fn part(name: &str, lines: usize) -> Part {
        Part::list(name.to_owned(), (0..lines).map(|at| format!("{name}{at}")).collect())
    }

    #[test]
    fn every_part_of_a_screen_has_its_heading_and_the_first_have_more_lines() {
        let parts = || vec![part("a", 3), part("b", 0), part("c", 9)];
        let fitted = |rows| fitted(parts(), rows, 80, Lang::Ja);
        let more = |last: &str, left: usize| format!("{last}  ほか {left} 件（--verbose）");
        assert_eq!(fitted(7), ["a", "a0", &more("a1", 1), "b", "c", "c0", &more("c1", 7)]);
        assert_eq!(fitted(6), ["a", "a0", &more("a1", 1), "b", "c", &more("c0", 8)]);
        assert_eq!(fitted(0), [more("a", 3), "b".to_owned(), more("c", 9)]);
        assert_eq!(fitted(99).len(), 15);
    }

    #[test]
    fn a_warning_is_whole_or_counted_and_never_a_part_of_a_sentence() {
        let sentence = "同じ内容のリリースが取り下げられています。国保中央会に確認してください";
        let warnings = || Part::sentences("警告".to_owned(), vec![sentence.to_owned(); 3].into_iter(), 40);
        let lines = fitted(vec![warnings(), part("c", 9)], 7, 40, Lang::Ja);
        let whole = lines.iter().map(|line| line.trim()).collect::<String>();
        assert_eq!(whole.matches(sentence).count(), 2, "{lines:?}");
        assert!(lines[0].contains("ほか 1 件") && lines.iter().all(|line| cells(line) <= 40), "{lines:?}");
        assert!(lines.iter().any(|line| line.starts_with("c0 ")), "{lines:?}");
        let lines = fitted(vec![warnings(), part("c", 9)], 40, 40, Lang::Ja);
        assert_eq!(lines.concat().replace(' ', "").matches(sentence).count(), 3, "{lines:?}");
    }

    /// More than any release has of everything.
    fn too_much() -> Comparison<'static> {
        let risk = |at: usize| ReleaseRisk {
            master: "r06/procedure".to_owned(),
            kind: RiskKind::ALL[at % RiskKind::ALL.len()],
            records: at,
            keys: vec!["150990110".to_owned(); 5],
            shown: Vec::new(),
        };
        let master = |at: usize| MasterChange {
            master: format!("r{at:02}/procedure"),
            before: Some(10_000),
            after: None,
            summary: None,
        };
        let mut comparison = Comparison::default();
        comparison.risks = (0..40).map(risk).collect();
        comparison.masters = (0..40).map(master).collect();
        comparison
    }

    #[test]
    fn a_release_fits_on_one_screen_whatever_it_holds() {
        let head = warifu_trust::testing::head(1, None);
        let mut masters = warifu_trust::testing::masters(1);
        masters[0].let_pass = (0..60)
            .map(|at| LetPass {
                finding: format!("set/rule-{at:02}"),
                keys: vec!["150990110".to_owned()],
                by: PassedBy::Repository,
                reason: "告示のとおり".repeat(20),
            })
            .collect();
        let manifest = Manifest::of(head, &masters, None).unwrap();
        let cautions = vec![Caution::UndeclaredRevert { release: 3 }; 30];
        let schemas = Schemas::built_in().unwrap();
        let comparison = too_much();
        let last = format!("{}\nnext:\n  warifu {}\n", "recomputed", "release sign draft ".repeat(9));
        for lang in [Lang::En, Lang::Ja] {
            for (columns, rows) in [(80, 24), (80, 50), (132, 43)] {
                let (manifest, comparison, cautions) = (&manifest, &comparison, &cautions[..]);
                let head = Head { manifest, comparison, cautions, published: None, schemas: &schemas, lang };
                let text = head.lines(&last, columns, rows);
                let taken: usize = text.lines().map(|line| rows_of(line, columns)).sum();
                assert!((rows - 2..rows).contains(&taken), "{taken} of {rows}\n{text}");
                assert!(text.ends_with(&last), "what to type is whole: {text}");
                let words = Phrase::of(&manifest.digest().unwrap()).lines(lang);
                assert!(words.iter().all(|line| text.contains(line)), "{text}");
                // In the order of the page: what must be known, what is let pass, risks, masters.
                let parts = match lang {
                    Lang::En => ["WARNINGS: 30", "let pass: 60", "Look first", "Masters: ", "manifest: "],
                    Lang::Ja => ["警告: 30", "指摘: 60", "先に確認", "マスター: ", "マニフェスト: "],
                };
                let places = parts.map(|part| text.find(part).unwrap_or_else(|| panic!("{part}: {text}")));
                assert!(places.is_sorted(), "{places:?}\n{text}");
            }
        }
    }

    #[test]
    fn what_is_to_be_checked_each_stands_with_its_name_and_both_values() {
        let schemas = Schemas::built_in().unwrap();
        let masters = warifu_trust::testing::masters(1);
        let manifest = Manifest::of(warifu_trust::testing::head(1, None), &masters, None).unwrap();
        let points = Field::of(&schemas, "procedure", "points").unwrap();
        let values = ["291.00", "29.10"].map(|value| points.told(value, Beside { record: None }));
        let record = |at: usize| ShownRecord {
            key: format!("11100011{at}"),
            name: "初診料".to_owned(),
            values: Some(values.clone()),
        };
        let risk = ReleaseRisk {
            master: "r06/procedure".to_owned(),
            kind: RiskKind::AmountTenfold,
            records: 40,
            keys: Vec::new(),
            shown: (0..20).map(record).collect(),
        };
        let mut comparison = Comparison::default();
        comparison.risks.push(risk);
        let head = Head {
            manifest: &manifest,
            comparison: &comparison,
            cautions: &[],
            published: None,
            schemas: &schemas,
            lang: Lang::Ja,
        };
        let text = head.lines("", 80, 24);
        assert!(text.contains("    111000110 初診料: 291 → 29.1\n"), "{text}");
        assert!(text.contains(" 件（--verbose）\n"), "{text}");
        // However narrow it is, what is read out is whole.
        let narrow = head.lines("", 60, 24);
        let digest = manifest.digest().unwrap().to_string();
        assert!(narrow.replace('\n', "").contains(&digest), "{narrow}");
        assert!(narrow.lines().all(|line| rows_of(line, 60) == 1), "{narrow}");
    }

    #[test]
    fn the_words_to_compare_stand_below_what_they_stand_for() {
        let head = warifu_trust::testing::head(1, None);
        let manifest = Manifest::of(head, &warifu_trust::testing::masters(1), None).unwrap();
        let phrase = Phrase::of(&manifest.digest().unwrap());
        for lang in [Lang::En, Lang::Ja] {
            let lines = phrase_lines(&manifest, lang);
            assert!(lines[0].ends_with(&manifest.digest().unwrap().to_string()));
            let said: Vec<&str> = lines[1..].iter().flat_map(|line| line.split_whitespace()).collect();
            assert_eq!(said[1..].join(" "), phrase.say(lang));
            assert!(lines.iter().all(|line| rows_of(line, 80) == 1), "{lines:?}");
        }
    }
}

//! A notice as plain text.

use super::said::{Said, said};
use super::{FromDay, Notice, OfMaster, OfSubject, Row, Subject, Words};
use warifu_values::lang::Lang;

/// The notice; of each kind of change the first `most` codes.
pub fn text(notice: &Notice, words: &Words, most: usize, lang: Lang) -> String {
    let said = said(notice, words, lang);
    let Said { heading, draft, head, back, headings, accepted, .. } = said;
    let Said { past_lead, resubmit, left_out, still, verify, .. } = said;
    let [future, past] = headings;
    let mut text = format!("{heading}\n\n");
    if let Some(draft) = draft {
        text.push_str(&format!("{draft}\n\n"));
    }
    for line in head.iter().chain(&back) {
        text.push_str(&format!("{line}\n"));
    }
    if let Some(still) = still {
        text.push_str(&format!("\n{still}\n"));
    }
    for FromDay { day, masters } in &notice.future {
        let day = super::said::day(*day, lang);
        text.push_str(&format!("\n■ {}\n", words.say(future, &[("{day}", &day)])));
        of_masters(&mut text, masters, words, (most, false), lang);
    }
    if !notice.past.is_empty() {
        text.push_str(&format!("\n■ {}\n", words.say(past, &[])));
        text.extend(past_lead.map(|lead| format!("  {lead}\n")));
        for line in &accepted {
            text.push_str(&format!("  - {line}\n"));
        }
        of_masters(&mut text, &notice.past, words, (most, true), lang);
        text.extend(resubmit.map(|resubmit| format!("  {resubmit}\n")));
    }
    text.extend(left_out.map(|left_out| format!("\n{left_out}\n")));
    text.push_str(&format!("\n■ {}\n  {verify}\n", words.say("verify", &[])));
    text
}

fn of_masters(
    text: &mut String,
    masters: &[OfMaster],
    words: &Words,
    (most, with_days): (usize, bool),
    lang: Lang,
) {
    for master in masters {
        text.push_str(&format!("  {}\n", super::said::master(&master.ja, &master.en, lang)));
        for OfSubject { subject, rows } in &master.subjects {
            let count = words.say("count", &[("{count}", &rows.len().to_string())]);
            text.push_str(&format!("    {}: {count}\n", subject.said(words)));
            for row in rows.iter().take(most) {
                text.push_str(&format!("      {}\n", line(row, subject, words, with_days, lang)));
            }
            if rows.len() > most {
                let left = (rows.len() - most).to_string();
                text.push_str(&format!("      {}\n", words.say("more", &[("{count}", &left)])));
            }
        }
    }
}

fn line(row: &Row, subject: &Subject, words: &Words, with_days: bool, lang: Lang) -> String {
    let mut line = super::said::code(row, words);
    if !row.name.is_empty() {
        line.push_str(&format!(" {}", row.name));
    }
    if with_days || row.days.1.is_some() || *subject == Subject::Series {
        let days = super::said::days(row, words, lang);
        line.push_str(&match lang {
            Lang::En => format!(" ({days})"),
            Lang::Ja => format!("（{days}）"),
        });
    }
    if let Some(([old, new], beside)) = super::said::values(row, words, lang) {
        line.push_str(&format!(": {old} → {new}{beside}"));
    }
    line
}

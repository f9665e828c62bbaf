//! A notice as a page to be printed: it asks nothing of the network and runs nothing.

use warifu_values::html;
use warifu_values::html::Html;
use warifu_values::lang::Lang;
use warifu_values::say;

use super::said::{self, Said};
use super::{FromDay, Notice, OfMaster, OfSubject, Row, Words};

/// None of its characters is escaped.
const STYLE: &str = include_str!("page.css");

/// The notice; of each kind of change the first `most` codes.
pub fn page(notice: &Notice, words: &Words, most: usize, lang: Lang) -> Html {
    let said = said::said(notice, words, lang);
    let Said { heading, draft, head, back, headings, accepted, .. } = said;
    let Said { past_lead, resubmit, left_out, still, verify, .. } = said;
    let [future_heading, past_heading] = headings;
    let paragraphs = |lines: &[String]| lines.iter().map(|line| html!("<p>{}</p>", line)).collect::<Html>();
    let back = match back.is_empty() {
        true => Html::default(),
        false => html!("<div class=\"back\">{}</div>", paragraphs(&back)),
    };
    let left_out = left_out.map(|left_out| html!("<p>{}</p>", left_out)).unwrap_or_default();
    let draft = draft.map(|draft| html!("<p class=\"draft\">{}</p>", draft)).unwrap_or_default();
    let still = still.map(|still| html!("<p>{}</p>", still)).unwrap_or_default();
    let of_day = |FromDay { day, masters }: &FromDay| {
        let day = said::day(*day, lang);
        let heading = words.say(future_heading, &[("{day}", &day)]);
        html!("<h2>{}</h2>{}", heading, of_masters(masters, words, (most, false), lang))
    };
    let future: Html = notice.future.iter().map(of_day).collect();
    let past = match notice.past.is_empty() {
        true => Html::default(),
        false => {
            let why: Html = accepted.iter().map(|line| html!("<li>{}</li>", line)).collect();
            html!(
                "<h2>{}</h2>{}<ul>{}</ul>{}{}",
                words.say(past_heading, &[]),
                past_lead.map(|lead| html!("<p>{}</p>", lead)).unwrap_or_default(),
                why,
                of_masters(&notice.past, words, (most, true), lang),
                resubmit.map(|resubmit| html!("<p class=\"due\">{}</p>", resubmit)).unwrap_or_default()
            )
        }
    };
    html!(
        "<!doctype html><html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{}</title>\
         <style>{}</style></head><body>\
         <h1>{}</h1>{}<div class=\"head\">{}</div>{}{}{}{}{}<h2>{}</h2>\
         <p class=\"digest\">{}</p></body></html>\n",
        say!(lang, "en", "ja"),
        heading,
        STYLE,
        heading,
        draft,
        paragraphs(&head),
        back,
        still,
        future,
        past,
        left_out,
        words.say("verify", &[]),
        verify
    )
}

fn of_masters(masters: &[OfMaster], words: &Words, (most, with_days): (usize, bool), lang: Lang) -> Html {
    let of = |master: &OfMaster| {
        let subjects = master.subjects.iter().map(|of| of_subject(of, words, (most, with_days), lang));
        let subjects: Html = subjects.collect();
        html!("<h3>{}</h3>{}", said::master(&master.ja, &master.en, lang), subjects)
    };
    masters.iter().map(of).collect()
}

fn of_subject(of: &OfSubject, words: &Words, (most, with_days): (usize, bool), lang: Lang) -> Html {
    let OfSubject { subject, rows } = of;
    let (with_days, with_values) = (
        with_days || rows.iter().any(|row| row.days.1.is_some()),
        rows.iter().any(|row| row.values.is_some()),
    );
    let head = |name: &str| html!("<th scope=\"col\">{}</th>", words.say(name, &[]));
    let mut heads = vec![head("code"), head("name")];
    heads.extend(with_days.then(|| head("days")));
    heads.extend(with_values.then(|| [head("before"), head("after")]).into_iter().flatten());
    let line = |row: &Row| {
        let mut cells =
            vec![html!("<td class=\"code\">{}</td>", said::code(row, words)), html!("<td>{}</td>", row.name)];
        cells.extend(with_days.then(|| html!("<td class=\"days\">{}</td>", said::days(row, words, lang))));
        if with_values {
            let (values, beside) = said::values(row, words, lang).unwrap_or_default();
            let [old, new] = values;
            cells.push(html!("<td class=\"before\">{}</td>", old));
            cells.push(html!("<td class=\"after\">{}</td>", new + &beside));
        }
        html!("<tr>{}</tr>", cells.into_iter().collect::<Html>())
    };
    let shown: Html = rows.iter().take(most).map(line).collect();
    let left = rows.len().saturating_sub(most);
    let left = match left {
        0 => Html::default(),
        left => html!("<p>{}</p>", words.say("more", &[("{count}", &left.to_string())])),
    };
    html!(
        "<h4>{}: {}</h4><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>{}",
        subject.said(words),
        words.say("count", &[("{count}", &rows.len().to_string())]),
        heads.into_iter().collect::<Html>(),
        shown,
        left
    )
}

//! Yes or no, as people answer it: in either language and width, and asked again where it is neither.

use std::io;

use warifu_values::lang::Lang;
use warifu_values::say;
use warifu_values::typed::half_width;

/// How often a question is put before it counts as answered by no.
const MOST: usize = 3;

/// Whether a question is answered by yes. `ask` shows the question it is given, and gives the line that was
/// typed, blank at the end of the input. Nothing typed is no; what is neither is asked again.
///
/// # Errors
/// Those of `ask`.
pub fn agreed(
    lang: Lang,
    question: &str,
    mut ask: impl FnMut(&str) -> io::Result<String>,
) -> io::Result<bool> {
    let question = say!(lang, "{question} (yes/no) ", "{question}（はい/いいえ）");
    let again = say!(lang, "Answer yes or no.", "「はい」か「いいえ」で答えてください。");
    let mut put = question.clone();
    for _ in 0..MOST {
        if let Some(answer) = answer(&ask(&put)?) {
            return Ok(answer);
        }
        put = format!("{again}\n{question}");
    }
    Ok(false)
}

/// What `typed` answers; none where it is neither.
fn answer(typed: &str) -> Option<bool> {
    match half_width(typed).trim().to_lowercase().as_str() {
        "yes" | "y" | "はい" | "ハイ" => Some(true),
        "" | "no" | "n" | "いいえ" | "イイエ" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_is_understood_as_people_type_it() {
        for yes in ["yes\n", "y", "Y", "YES", "ｙ", "Ｙ", "ｙｅｓ", "はい", "　はい \n"] {
            assert_eq!(answer(yes), Some(true), "{yes}");
        }
        for no in ["", "\n", "no", "Ｎ", "ｎ", "いいえ"] {
            assert_eq!(answer(no), Some(false), "{no}");
        }
        for neither in ["はいはい", "sure", "yes no", "うん", "1"] {
            assert_eq!(answer(neither), None, "{neither}");
        }
    }

    #[test]
    fn what_is_neither_is_asked_again_and_nothing_at_all_is_no() {
        let told = |lines: &[&str]| {
            let (mut lines, mut asked) = (lines.iter(), Vec::new());
            let agreed = agreed(Lang::Ja, "実行しますか", |question| {
                asked.push(question.to_owned());
                Ok(lines.next().copied().unwrap_or_default().to_owned())
            });
            (agreed.unwrap(), asked)
        };
        let question = "実行しますか（はい/いいえ）";
        assert_eq!(told(&["はい\n"]), (true, vec![question.to_owned()]));
        assert_eq!(told(&[]), (false, vec![question.to_owned()]));
        let (agreed, asked) = told(&["ええ\n", "ｙ\n"]);
        assert!(agreed);
        assert_eq!(asked[1], format!("「はい」か「いいえ」で答えてください。\n{question}"));
        let (agreed, asked) = told(&["?\n", "?\n", "?\n", "yes\n"]);
        assert!(!agreed && asked.len() == MOST);
    }
}

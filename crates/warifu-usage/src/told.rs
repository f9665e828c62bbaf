//! What people are told on standard error, as wide as the terminal that it goes to.

use std::io::{IsTerminal as _, stderr};

use warifu_values::terminal;

use crate::screen::columns_told;

/// A terminal where nobody says how wide it is.
const COLUMNS: usize = 80;
/// Narrower than this nothing is readable.
const LEAST_COLUMNS: usize = 40;

/// Ends every colour.
const PLAIN: &str = "\x1b[0m";

/// `text`, which may have colours, as it is told on standard error: at a terminal no line is wider than that,
/// but lines that `is_whole` says are to be taken as they are, such as commands to be typed.
pub fn told(text: &str, is_whole: impl Fn(&str) -> bool) -> String {
    match stderr().is_terminal() {
        true => fitted(text, columns_told().unwrap_or(COLUMNS).max(LEAST_COLUMNS), is_whole),
        false => text.to_owned(),
    }
}

fn fitted(text: &str, width: usize, is_whole: impl Fn(&str) -> bool) -> String {
    let lines = text.split_inclusive('\n').map(|line| {
        let (bare, colours) = parted(line);
        painted(&terminal::fitted(&bare, width, &is_whole), colours)
    });
    lines.collect()
}

/// A line without its colours, and each of these with the number of letters before it.
fn parted(line: &str) -> (String, Vec<(usize, &str)>) {
    let (mut bare, mut colours, mut letters, mut rest) = (String::new(), Vec::new(), 0, line);
    while let Some(at) = rest.find("\x1b[") {
        let Some(ends) = rest[at..].find('m') else { break };
        letters += letters_of(&rest[..at]);
        bare.push_str(&rest[..at]);
        colours.push((letters, &rest[at..=at + ends]));
        rest = &rest[at + ends + 1..];
    }
    (bare + rest, colours)
}

/// What a line that is broken keeps, whatever becomes of its blanks.
fn letters_of(text: &str) -> usize {
    text.chars().filter(|c| !c.is_whitespace()).count()
}

/// `text` with the colours again, one that begins right before its first letter, one that ends right after
/// its last.
fn painted(text: &str, colours: Vec<(usize, &str)>) -> String {
    let (mut painted, mut letters, mut colours) = (String::new(), 0, colours.into_iter().peekable());
    for c in text.chars() {
        let is_letter = !c.is_whitespace();
        while let Some((_, colour)) =
            colours.next_if(|(before, colour)| *before <= letters && (is_letter || *colour == PLAIN))
        {
            painted.push_str(colour);
        }
        painted.push(c);
        letters += usize::from(is_letter);
    }
    painted.extend(colours.map(|(_, colour)| colour));
    painted
}

#[cfg(test)]
mod tests {
    use warifu_values::terminal::cells;

    use super::*;
    use crate::paint::Paint;

    fn is_command(line: &str) -> bool {
        line.trim_start().starts_with("warifu ")
    }

    #[test]
    fn a_line_with_colours_is_as_wide_as_one_without_and_keeps_them() {
        let say = |paint: Paint| {
            let (denied, code) = (paint.error("拒否"), paint.code("field/date"));
            let command = paint.command("warifu import --repo masters --series r06 s_20240614.csv");
            format!(
                "s_ALL20240531.csv:2:88:applies_from: {denied} {code}: 日付として読めません\n  {command}\n"
            )
        };
        for width in 20..90 {
            let plain = fitted(&say(Paint::Plain), width, is_command);
            let colours = fitted(&say(Paint::Colours), width, is_command);
            let (bare, kept) = colours.split_inclusive('\n').map(parted).fold(
                (String::new(), Vec::new()),
                |(bare, mut all), (line, colours)| {
                    all.extend(colours.into_iter().map(|(_, colour)| colour));
                    (bare + &line, all)
                },
            );
            assert_eq!(bare, plain, "{width}");
            assert_eq!(kept.len(), say(Paint::Colours).matches("\x1b[").count(), "{width}: {colours:?}");
            assert!(plain.lines().all(|line| cells(line) <= width || is_command(line)), "{width}: {plain}");
            assert!(colours.contains(&Paint::Colours.error("拒否")) || width < 50, "{width}: {colours:?}");
        }
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        let text = format!("{} done\n\n  more", Paint::Colours.error("warifu:"));
        assert_eq!(fitted(&text, 40, is_command), text);
    }
}

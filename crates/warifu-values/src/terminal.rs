//! Lines of a terminal: a full-width character takes two cells, and no word is written over the edge. All
//! that is wrapped, cut, aligned and counted for people is so by the cells that are counted here.

use unicode_width::UnicodeWidthChar as _;

use crate::text::one_line;

/// Characters that begin no line in Japanese (行頭禁則), as far as messages have them.
const NOT_FIRST: &str = "、。，．・：；）」』］｝】？！ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.:;)]?!";

/// Characters that end no line (行末禁則).
const NOT_LAST: &str = "（「『［｛【([";

/// How many cells `c` takes. What is wide in some terminals only counts as wide: a line may end early, and
/// never late.
fn cells_of(c: char) -> usize {
    if c == '…' { 2 } else { c.width().unwrap_or(0) }
}

/// How many cells `text` takes on a line.
pub fn cells(text: &str) -> usize {
    text.chars().map(cells_of).sum()
}

/// How many lines of a screen of so many `columns` the line `text` takes.
pub fn rows_of(text: &str, columns: usize) -> usize {
    cells(text).div_ceil(columns).max(1)
}

/// `line` in so many `columns`, its end left out where it is longer.
pub fn cut(line: &str, columns: usize) -> String {
    if cells(line) <= columns {
        return line.to_owned();
    }
    let mut taken = cells_of('…');
    let fits = |c: &char| {
        taken += cells_of(*c);
        taken <= columns
    };
    line.chars().take_while(fits).chain(['…']).collect()
}

/// `text` on lines of at most `width` cells, the first after `first` and the others after as many blanks as
/// `hang`. A word or number of Latin letters stays whole as far as it fits on a line of its own.
pub fn wrapped(first: &str, hang: usize, text: &str, width: usize) -> String {
    let (mut lines, mut line, mut at) = (String::new(), first.to_owned(), cells(first));
    let indent = " ".repeat(hang);
    let mut is_begun = false;
    for piece in pieces(&one_line(text)) {
        let taken = cells(piece.trim_end());
        // What fits on no line begins where the line before it ends, and is cut.
        if is_begun && at + taken > width && hang + taken <= width {
            lines.push_str(line.trim_end());
            lines.push('\n');
            line.clone_from(&indent);
            at = hang;
        }
        for c in piece.chars() {
            let taken = cells_of(c);
            if at + taken > width && c != ' ' && at > hang {
                lines.push_str(line.trim_end());
                lines.push('\n');
                line.clone_from(&indent);
                at = hang;
            }
            line.push(c);
            at += taken;
        }
        is_begun = true;
    }
    lines + line.trim_end() + "\n"
}

/// `text` with each line that is longer than `width` cells broken, what follows set in under it. Lines that
/// `is_whole` says are to be taken as they are, such as commands to be typed, stay.
pub fn fitted(text: &str, width: usize, is_whole: impl Fn(&str) -> bool) -> String {
    let mut fitted = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end_matches('\n');
        if cells(bare) <= width || is_whole(bare) {
            fitted.push_str(line);
            continue;
        }
        let begins = bare.trim_start_matches(' ');
        let indent = bare.len() - begins.len();
        // The cells of a table before it are empty: what stands far to the right begins further left.
        let indent = indent.min(width / 2);
        let broken = wrapped(&" ".repeat(indent), (indent + 4).min(width / 2), begins, width);
        fitted.push_str(broken.trim_end_matches('\n'));
        fitted.push_str(&line[bare.len()..]);
    }
    fitted
}

/// What is not parted: a word with the blanks after it, or one full-width character with what may not stand
/// alone before or after it.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut began, mut before) = (0, None::<char>);
    for (at, c) in text.char_indices() {
        if before.is_some_and(|before| may_part(before, c)) {
            pieces.push(&text[began..at]);
            began = at;
        }
        before = Some(c);
    }
    pieces.push(&text[began..]);
    pieces
}

fn may_part(before: char, after: char) -> bool {
    // Full-width letters and digits make words too: １．５％.
    let is_of_word = |c| matches!(c, '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '．' | '％');
    let is_wide = |c| cells_of(c) == 2;
    if is_of_word(before) && is_of_word(after) {
        return false;
    }
    if after == ' ' || NOT_FIRST.contains(after) || NOT_LAST.contains(before) {
        return false;
    }
    before == ' ' || is_wide(before) || is_wide(after)
}

/// `text` with blanks before it up to so many cells.
pub fn right(text: &str, width: usize) -> String {
    format!("{}{text}", " ".repeat(width.saturating_sub(cells(text))))
}

/// `text` with blanks after it up to so many cells.
pub fn left(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(cells(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_is_wider_than_the_terminal_whatever_its_letters_are() {
        let text = "保持する公表マスターからは診療日の 620098801 の内容が分からないため、判定していません（claim \
                    month）。points of 111000110 go by quantity (きざみ値), but no quantity is recorded";
        for width in 24..100 {
            let lines = wrapped("    ", 6, text, width);
            assert!(lines.lines().all(|line| cells(line) <= width), "{width}:\n{lines}");
            let begins =
                lines.lines().skip(1).all(|line| line.starts_with("      ") && !line.contains("  、"));
            assert!(begins, "{width}:\n{lines}");
            // Nothing is lost but blanks at the ends of lines.
            let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            assert_eq!(letters(&lines), letters(text), "{width}");
            assert!(lines.contains("620098801"), "{width}: a number is not parted:\n{lines}");
        }
    }

    #[test]
    fn lines_break_at_blanks_and_between_kanji_but_not_before_a_mark_or_a_small_kana() {
        let english = "word ".repeat(40);
        assert!(wrapped("", 0, &english, 92).lines().all(|line| line.len() <= 92));
        for repeated in ["割符、", "切って"] {
            let japanese = repeated.repeat(40);
            for width in 20..40 {
                let text = wrapped("", 0, &japanese, width);
                assert!(text.lines().all(|line| !line.starts_with(['、', 'っ'])), "{text}");
                assert_eq!(text.replace('\n', ""), japanese);
            }
        }
    }

    #[test]
    fn a_full_width_number_is_not_parted() {
        assert_eq!(wrapped("", 0, "点眼液１．５％", 10), "点眼液\n１．５％\n");
    }

    #[test]
    fn lines_that_are_too_long_are_broken_under_themselves_and_commands_are_not() {
        let is_command = |line: &str| line.trim_start().starts_with("warifu ");
        let text = "short\n  a line of words\n  warifu status --repo masters\n項目別の合計\n";
        assert_eq!(
            fitted(text, 12, is_command),
            "short\n  a line of\n      words\n  warifu status --repo masters\n項目別の合計\n"
        );
        assert_eq!(fitted(text, 80, is_command), text);
        assert_eq!(fitted("一行が長すぎる", 10, is_command), "一行が長す\n    ぎる");
    }

    #[test]
    fn a_word_that_fits_on_no_line_is_cut() {
        assert_eq!(wrapped("", 1, "abcdefghij", 4), "abcd\n efg\n hij\n");
        assert_eq!(wrapped("> ", 2, "", 4), ">\n");
        assert_eq!(wrapped("", 0, "a: bcdefghij k", 6), "a: bcd\nefghij\nk\n", "no line stays empty for it");
    }

    #[test]
    fn a_line_is_cut_by_cells_and_counted_by_rows() {
        assert_eq!(cut("マスター", 8), "マスター");
        assert_eq!(cut("マスター", 7), "マス…");
        assert_eq!(cut("master", 5), "mas…");
        // What was cut once fits as it is, on terminals too that draw … wide.
        assert_eq!(cut(&cut("master", 5), 5), "mas…");
        assert_eq!([rows_of("", 8), rows_of("マスター", 8), rows_of("マスターs", 8)], [1, 1, 2]);
        assert_eq!([rows_of("マス…", 6), rows_of("マス…", 5)], [1, 2]);
    }

    #[test]
    fn cells_are_counted_and_not_characters() {
        assert_eq!((right("点数", 6), left("ab", 4)), ("  点数".to_owned(), "ab  ".to_owned()));
    }
}

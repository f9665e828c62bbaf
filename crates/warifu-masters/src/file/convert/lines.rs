//! Lines in which every field stands in quotation marks and holds none: told at a glance, and cut without a
//! parser.

/// Whether `line`, without its line end, is exactly `width` fields, each in quotation marks and without one
/// inside, and without control characters.
///
/// Counts instead of parsing. With no `,",` in it and none of its ends cut, no two separators `","` share a
/// mark; so when there is one separator fewer than fields, and two marks for each field, every mark is
/// accounted for.
pub(super) fn is_regular(line: &[u8], width: usize) -> bool {
    let [b'"', .., b'"'] = line else { return false };
    if line.starts_with(b"\",\"") || line.ends_with(b"\",\"") {
        return false;
    }
    let (mut marks, mut separators, mut wrong) = (0, 0, 0);
    let mut count = |one: &[u8], two: &[u8], three: &[u8]| {
        let (mut some_marks, mut some_separators, mut some_wrong) = (0u8, 0u8, 0u8);
        for ((one, two), three) in one.iter().zip(two).zip(three) {
            let (one_marks, two_marks, three_marks) = (*one == b'"', *two == b'"', *three == b'"');
            some_marks += u8::from(one_marks);
            some_separators += u8::from(one_marks & (*two == b',') & three_marks);
            some_wrong |= u8::from((*one == b',') & two_marks & (*three == b',')) | u8::from(*one < 0x20);
        }
        marks += usize::from(some_marks);
        separators += usize::from(some_separators);
        wrong |= some_wrong;
    };
    // Sums in a byte: at most this many at a time.
    const STEP: usize = 128;
    let triples = line.len() - 2;
    let mut at = 0;
    while at < triples {
        let end = triples.min(at + STEP);
        count(&line[at..end], &line[at + 1..end + 1], &line[at + 2..end + 2]);
        at = end;
    }
    // The last two bytes begin no triple.
    marks += line[triples..].iter().filter(|byte| **byte == b'"').count();
    wrong |= u8::from(line[triples] < 0x20);
    wrong == 0 && marks == width * 2 && separators + 1 == width
}

/// The fields of a regular line, in turn.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) fn of(line: &'a [u8]) -> Self {
        Fields { rest: line }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = &'a [u8];

    #[inline]
    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest.get(1..)?;
        let end = rest.iter().position(|byte| *byte == b'"')?;
        // Over the mark and the comma, to the next mark.
        self.rest = rest.get(end + 2..).unwrap_or_default();
        Some(&rest[..end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regular_lines_are_told() {
        for (line, width) in [(r#""a","b""#, 2), (r#""""#, 1), (r#""","","""#, 3), (r#""a,b","c,""#, 2)] {
            assert!(is_regular(line.as_bytes(), width), "{line}");
        }
    }

    #[test]
    fn everything_else_is_not() {
        let wrong = [
            (r#""a","b""#, 3),
            (r#""a",b"#, 2),
            (r#"a,"b""#, 2),
            (r#""a""b","c""#, 2),
            (r#""a",",","c""#, 3),
            (r#"",","c""#, 2),
            (r#""a",",""#, 2),
            (r#""a" ,"b""#, 2),
            ("\"a\tb\",\"c\"", 2),
            (r#"""#, 1),
            ("", 1),
        ];
        for (line, width) in wrong {
            assert!(!is_regular(line.as_bytes(), width), "{line} {width}");
        }
    }

    #[test]
    fn fields_are_cut() {
        let fields: Vec<_> = Fields::of(b"\"a\",\"\",\"b,c\"").collect();
        assert_eq!(fields, [&b"a"[..], b"", b"b,c"]);
    }
}

//! The name that was probably meant.

/// A name that is no farther from a known one is taken for a slip of it.
const SLIPS: usize = 3;

/// A longer name is a slip of none.
const LONGEST: usize = 64;

/// The known name that `name` is a slip of.
pub(super) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    if name.len() > LONGEST {
        return None;
    }
    let far = |it: &&str| distance(name, it);
    let near = known.iter().copied().min_by_key(|it| far(it))?;
    (far(&near) <= SLIPS.min(name.chars().count() / 2)).then_some(near)
}

/// How many letters are put in, left out or exchanged for others.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut before = std::mem::replace(&mut row[0], at + 1);
        for (to, its) in other.iter().enumerate() {
            let exchanged = before + usize::from(letter != *its);
            before = row[to + 1];
            row[to + 1] = exchanged.min(before + 1).min(row[to] + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}

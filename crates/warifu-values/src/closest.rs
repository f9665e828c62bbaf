//! Which of several names was meant.

/// `names`, those that need the fewest letters put in, left out or exchanged to become `text` first.
pub fn closest_first<'a>(text: &str, mut names: Vec<&'a str>) -> Vec<&'a str> {
    names.sort_by_key(|name| distance(text, name));
    names
}

/// How many letters are put in, left out or exchanged between the two.
pub fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut above = std::mem::replace(&mut row[0], at + 1);
        for (column, counterpart) in other.iter().enumerate() {
            let exchanged = above + usize::from(letter != *counterpart);
            above = row[column + 1];
            row[column + 1] = exchanged.min(above + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_meant_comes_first() {
        assert_eq!(closest_first("r6", vec!["r02", "r04", "r06", "r08"])[0], "r06");
        assert_eq!(closest_first("R06", vec!["r04", "r06"])[0], "r06");
        assert_eq!((distance("", "r06"), distance("r06", "r06"), distance("r60", "r06")), (3, 0, 2));
    }
}

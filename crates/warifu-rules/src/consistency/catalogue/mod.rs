//! The catalogue: every rule once, with what it asks and how the published files fare by it.

use super::rule::Rule;

mod amounts;
mod comments;
mod dates;
mod diseases;
mod drugs;
mod lengths;
mod references;

mod across;
mod versions;

mod names;
mod points;

/// The rules, by what they are about.
const BY_SUBJECT: &[&[Rule]] = &[
    amounts::RULES,
    references::RULES,
    drugs::RULES,
    dates::RULES,
    lengths::RULES,
    diseases::RULES,
    comments::RULES,
    across::RULES,
    versions::RULES,
    points::RULES,
    names::RULES,
];

/// Every rule.
pub const CATALOGUE: &[Rule] = &joined::<{ count(BY_SUBJECT) }>(BY_SUBJECT);

const fn count(of: &[&[Rule]]) -> usize {
    let (mut count, mut at) = (0, 0);
    while at < of.len() {
        count += of[at].len();
        at += 1;
    }
    count
}

const fn joined<const N: usize>(of: &[&[Rule]]) -> [Rule; N] {
    let (mut all, mut next) = ([of[0][0]; N], 0);
    let mut part = 0;
    while part < of.len() {
        let mut at = 0;
        while at < of[part].len() {
            all[next] = of[part][at];
            (next, at) = (next + 1, at + 1);
        }
        part += 1;
    }
    all
}

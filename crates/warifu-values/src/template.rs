//! Sentences with places for values in them.

use std::fmt;

/// A sentence, each place in it filled with its value. What a value holds is never taken for a place.
///
/// ```
/// use warifu_values::template::Filled;
///
/// let values = [("{found}", "{expected}"), ("{expected}", "3")];
/// let filled = Filled { template: "{found} instead of {expected} {here}", values: &values };
/// assert_eq!(filled.to_string(), "{expected} instead of 3 {here}");
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Filled<'a> {
    /// The sentence.
    pub template: &'a str,
    /// Each place as it is written, with its braces, and what stands there instead.
    pub values: &'a [(&'a str, &'a str)],
}

impl fmt::Display for Filled<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.template;
        while let Some((before, _)) = rest.split_once('{') {
            f.write_str(before)?;
            let from = &rest[before.len()..];
            match self.values.iter().find_map(|(place, value)| Some((from.strip_prefix(place)?, value))) {
                Some((after, value)) => {
                    f.write_str(value)?;
                    rest = after;
                }
                None => {
                    f.write_str("{")?;
                    rest = &from[1..];
                }
            }
        }
        f.write_str(rest)
    }
}

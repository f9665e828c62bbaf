//! The weeks of a month: from Sunday to Saturday.

use warifu_values::day::ClaimMonth;

/// The weeks of a month, as masks of its days.
pub(super) struct Weeks {
    /// How many days of the first week the month has.
    first: u32,
}

impl Weeks {
    pub(super) fn of(month: ClaimMonth) -> Weeks {
        Weeks { first: 7 - weekday(month.first().as_number()) }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u32> + use<> {
        let first = self.first;
        let week = move |at: u32| match at {
            0 => (1 << first) - 1,
            at => (0x7F_u64 << (first + 7 * (at - 1))) as u32 & 0x7FFF_FFFF,
        };
        (0..6).map(week)
    }
}

/// The day of the week of a day YYYYMMDD, from 0 for Sunday (Sakamoto's method).
fn weekday(day: u32) -> u32 {
    const MONTHS: [u32; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
    let (year, month, day) = (day / 10_000, day / 100 % 100, day % 100);
    let year = if month < 3 { year - 1 } else { year };
    (year + year / 4 - year / 100 + year / 400 + MONTHS[month as usize - 1] + day) % 7
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_begin_on_sundays() {
        // 2024-06-01 was a Saturday, 2024-09-01 a Sunday, 2021-10-01 a Friday.
        assert_eq!([20240601, 20240901, 20211001, 20240229].map(weekday), [6, 0, 5, 4]);
        let of = |first: u32| Weeks { first: 7 - weekday(first) }.iter().collect::<Vec<_>>();
        assert_eq!(of(20240601)[..3], [1, 0xFE, 0x7F00]);
        assert_eq!(of(20240901)[0], 0x7F);
        for first in [20240601, 20240901, 20211001, 20240201] {
            assert_eq!(of(first).iter().fold(0, |all, week| all | week), 0x7FFF_FFFF);
            assert_eq!(of(first).iter().map(|week| week.count_ones()).sum::<u32>(), 31);
        }
    }
}

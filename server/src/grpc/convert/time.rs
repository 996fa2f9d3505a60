//! Points in time.

use prost_types::Timestamp as Wire;

use super::reader::{Path, Reader};
use crate::domain::time::Timestamp;

impl Reader {
    /// A point in time, cut to the microsecond; `None` where there is none or where it is wrong,
    /// which is noted.
    pub fn time(&mut self, path: &Path<'_>, given: Option<&Wire>) -> Option<Timestamp> {
        let given = given?;
        if !(0..1_000_000_000).contains(&given.nanos) {
            self.refuse(
                &path.field("nanos"),
                format!("{} is not between 0 and 999,999,999", given.nanos),
            );
            return None;
        }
        let earliest = Timestamp::EARLIEST.micros() / 1_000_000;
        let latest = Timestamp::LATEST.micros() / 1_000_000;
        if !(earliest..=latest).contains(&given.seconds) {
            self.refuse(
                &path.field("seconds"),
                "is not between the years 1 and 9999",
            );
            return None;
        }
        Some(Timestamp::from_micros(
            given.seconds * 1_000_000 + i64::from(given.nanos / 1_000),
        ))
    }
}

/// A point in time for the wire.
pub fn timestamp(time: Timestamp) -> Wire {
    Wire {
        seconds: time.micros().div_euclid(1_000_000),
        // Below 10^9 since the remainder is below 10^6.
        nanos: (time.micros().rem_euclid(1_000_000) * 1_000) as i32,
    }
}

/// A point in time as RFC 3339 writes it.
pub fn rfc3339(time: Timestamp) -> String {
    timestamp(time).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(seconds: i64, nanos: i32) -> Result<Option<i64>, String> {
        let mut reader = Reader::default();
        let time = reader.time(&Path::Request.field("time"), Some(&Wire { seconds, nanos }));
        match reader.found().first() {
            Some((field, _)) => Err((*field).to_owned()),
            None => Ok(time.map(Timestamp::micros)),
        }
    }

    #[test]
    fn times_are_cut_to_the_microsecond_on_either_side_of_1970() {
        assert_eq!(read(1, 1_999), Ok(Some(1_000_001)));
        assert_eq!(read(-1, 999_999_999), Ok(Some(-1)));
        assert_eq!(
            timestamp(Timestamp::from_micros(-1)),
            Wire {
                seconds: -1,
                nanos: 999_999_000
            }
        );
    }

    #[test]
    fn times_beyond_the_years_1_to_9999_are_refused_by_name() {
        assert_eq!(
            read(253_402_300_799, 999_999_999),
            Ok(Some(Timestamp::LATEST.micros()))
        );
        assert_eq!(read(253_402_300_800, 0), Err("time.seconds".to_owned()));
        assert_eq!(read(i64::MIN, 0), Err("time.seconds".to_owned()));
        assert_eq!(read(0, -1), Err("time.nanos".to_owned()));
        assert_eq!(read(0, 1_000_000_000), Err("time.nanos".to_owned()));
    }

    #[test]
    fn a_time_reads_as_rfc_3339_writes_it() {
        let time = Timestamp::from_micros(1_500_000_000_123_456);
        assert_eq!(rfc3339(time), "2017-07-14T02:40:00.123456Z");
    }
}

//! Days and years where an account is.

use std::fmt;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use super::time::Timestamp;

/// A day of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    /// The year.
    pub year: i16,
    /// The month, 1 to 12.
    pub month: i8,
    /// The day of the month, from 1 on.
    pub day: i8,
}

impl fmt::Display for Day {
    /// As `YYYY-MM-DD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// The time zone of that name in the IANA database that this program carries, in whatever case.
fn zone(name: &str) -> Option<TimeZone> {
    let found = TimeZoneDatabase::bundled().get(name).ok()?;
    (!found.is_unknown()).then_some(found)
}

/// The name of a time zone as the IANA database writes it; `None` where it holds none of that name.
pub fn zone_name(name: &str) -> Option<String> {
    zone(name)?.iana_name().map(str::to_owned)
}

/// The day that it is in a time zone. A zone that is not known, which no account gets any more, counts as UTC.
pub fn day(now: Timestamp, zone_name: &str) -> Day {
    let zone = zone(zone_name).unwrap_or(TimeZone::UTC);
    let now = jiff::Timestamp::from_microsecond(now.micros()).unwrap_or_default();
    let local = zone.to_datetime(now);
    Day {
        year: local.year(),
        month: local.month(),
        day: local.day(),
    }
}

/// The day that it is in a time zone: how many there were since 1970-01-01, and when it ends.
pub fn numbered_day(now: Timestamp, zone_name: &str) -> (i32, Timestamp) {
    let zone = zone(zone_name).unwrap_or(TimeZone::UTC);
    let instant = jiff::Timestamp::from_microsecond(now.micros()).unwrap_or_default();
    let today = zone.to_datetime(instant).date();
    let days = today
        .duration_since(jiff::civil::date(1970, 1, 1))
        .as_hours()
        / 24;
    let tomorrow = today.tomorrow().and_then(|date| date.to_zoned(zone));
    // There is no day after the last one of the calendar.
    let end = tomorrow.map_or(Timestamp::LATEST, |start| {
        Timestamp::from_micros(start.timestamp().as_microsecond())
    });
    (i32::try_from(days).unwrap_or(i32::MAX), end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-12-31T23:30:00Z.
    const NEW_YEARS_EVE: Timestamp = Timestamp::from_micros(1_798_759_800_000_000);

    #[test]
    fn the_year_turns_where_the_account_is() {
        let turned = |zone| day(NEW_YEARS_EVE, zone).to_string();
        assert_eq!(turned("UTC"), "2026-12-31");
        assert_eq!(turned("Europe/Amsterdam"), "2027-01-01");
        assert_eq!(turned("America/New_York"), "2026-12-31");
        assert_eq!(turned("Asia/Ho_Chi_Minh"), "2027-01-01");
    }

    #[test]
    fn summer_time_counts() {
        // 2026-07-01T22:30:00Z and 2026-12-01T22:30:00Z.
        let amsterdam = |seconds: i64| {
            day(
                Timestamp::from_micros(seconds * 1_000_000),
                "Europe/Amsterdam",
            )
            .to_string()
        };
        assert_eq!(amsterdam(1_782_945_000), "2026-07-02");
        assert_eq!(amsterdam(1_796_164_200), "2026-12-01");
    }

    #[test]
    fn a_day_ends_where_the_next_one_begins() {
        // 2023-03-07T10:00:00Z, and the hours around the days on which the clocks change.
        let micros = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
        for (seconds, zone, day, end) in [
            (1_678_183_200, "Europe/Amsterdam", 19_423, 1_678_230_000),
            (1_678_183_200, "UTC", 19_423, 1_678_233_600),
            (1_678_230_000, "Europe/Amsterdam", 19_424, 1_678_316_400),
            (1_679_788_800, "Europe/Amsterdam", 19_442, 1_679_868_000),
            (1_698_530_400, "Europe/Amsterdam", 19_659, 1_698_620_400),
            (0, "America/New_York", -1, 18_000),
            (0, "Mars/Olympus", 0, 86_400),
        ] {
            let told = numbered_day(micros(seconds), zone);
            assert_eq!(told, (day, micros(end)), "{seconds} {zone}");
        }
        assert_eq!(numbered_day(Timestamp::LATEST, "UTC").1, Timestamp::LATEST);
    }

    #[test]
    fn names_are_those_of_the_iana_database() {
        assert_eq!(
            zone_name("europe/amsterdam").as_deref(),
            Some("Europe/Amsterdam")
        );
        assert_eq!(zone_name("UTC").as_deref(), Some("UTC"));
        for unknown in ["", "Mars/Olympus", "Etc/Unknown", "+02:00", "../etc/passwd"] {
            assert_eq!(zone_name(unknown), None, "{unknown}");
        }
    }
}

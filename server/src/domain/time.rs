//! Points in time, given to the domain as arguments.

/// A point in time: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// 0001-01-01T00:00:00Z, the earliest that the wire can carry.
    pub const EARLIEST: Timestamp = Timestamp(-62_135_596_800_000_000);
    /// 9999-12-31T23:59:59.999999Z, the latest that the wire can carry.
    pub const LATEST: Timestamp = Timestamp(253_402_300_799_999_999);

    /// From microseconds since the epoch.
    pub const fn from_micros(micros: i64) -> Timestamp {
        Timestamp(micros)
    }

    /// In microseconds since the epoch.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The later of `self` and one microsecond after `earlier`: the time of a change that follows
    /// another one, whatever a clock that was set back says.
    pub fn after(self, earlier: Timestamp) -> Timestamp {
        Timestamp(self.0.max(earlier.0.saturating_add(1)))
    }

    /// So many microseconds later.
    pub const fn plus(self, micros: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(micros))
    }

    /// Which day since the epoch this is, in UTC.
    pub const fn day(self) -> i32 {
        self.0.div_euclid(86_400_000_000) as i32
    }
}

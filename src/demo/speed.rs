//! How fast the replay goes.

use serde::{Deserialize, Serialize};

/// Seconds of the year 2013 that pass in one second: 1 to 10,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Speed(u32);

impl Speed {
    /// As it happened.
    pub const REAL_TIME: Self = Self(1);
    /// A minute in a second.
    pub const MINUTE: Self = Self(60);
    /// An hour in a second.
    pub const HOUR: Self = Self(3_600);
    /// As fast as the replay goes.
    pub const FASTEST: Self = Self(10_000);
    /// The speeds that the window offers, slowest first.
    pub const OFFERED: [Self; 4] = [Self::REAL_TIME, Self::MINUTE, Self::HOUR, Self::FASTEST];

    /// A speed of so many seconds in one; `None` outside 1 to 10,000.
    pub fn of(seconds: u32) -> Option<Self> {
        (Self::REAL_TIME.0..=Self::FASTEST.0).contains(&seconds).then_some(Self(seconds))
    }

    /// Seconds of the replayed year in one second.
    pub fn seconds(self) -> u32 {
        self.0
    }
}

impl Default for Speed {
    fn default() -> Self {
        Self::HOUR
    }
}

impl TryFrom<u32> for Speed {
    type Error = String;

    fn try_from(seconds: u32) -> Result<Self, String> {
        Self::of(seconds).ok_or_else(|| format!("a speed of {seconds} is not between 1 and 10,000"))
    }
}

impl From<Speed> for u32 {
    fn from(speed: Speed) -> Self {
        speed.0
    }
}

/// As the window and the command line say it: `1x`, `1 min/s`, `1 h/s`, `10,000x`.
impl std::fmt::Display for Speed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            60 => f.write_str("1 min/s"),
            3_600 => f.write_str("1 h/s"),
            seconds if seconds >= 1_000 => write!(f, "{},{:03}x", seconds / 1_000, seconds % 1_000),
            seconds => write!(f, "{seconds}x"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_are_named_as_a_person_would() {
        let names = Speed::OFFERED.map(|speed| speed.to_string());
        assert_eq!(names, ["1x", "1 min/s", "1 h/s", "10,000x"]);
        assert_eq!(Speed::of(1_005).map(|speed| speed.to_string()).as_deref(), Some("1,005x"));
    }

    #[test]
    fn a_speed_is_between_1_and_10_000() {
        assert_eq!((Speed::of(0), Speed::of(10_001)), (None, None));
        assert_eq!(Speed::of(10_000), Some(Speed::FASTEST));
    }
}

//! What the user set for the window, ready for use.

use std::collections::BTreeSet;

use jiff::tz::TimeZone;

use crate::workspace::{self, Theme};

/// Settings of the window.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Dark or light.
    pub theme: Theme,
    /// The zone in which times are shown.
    pub zone: TimeZone,
    /// Its name, as the status bar shows it.
    pub zone_name: String,
    /// Why the zone that was typed last cannot be used.
    pub zone_problem: Option<String>,
    /// Bytes that slices may take in memory.
    pub memory_budget: u64,
    /// Why the budget that was typed last cannot be used.
    pub budget_problem: Option<String>,
    /// Stages, in lower case, whose note in the demo was dismissed.
    pub dismissed_notes: BTreeSet<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self::of(&workspace::Settings::default())
    }
}

impl Settings {
    /// The least budget, in bytes: less cannot hold a page of records and a model.
    const LEAST_BUDGET: f64 = 0.1e9;

    /// As they were kept. A zone that is not known becomes UTC, and the settings say so.
    pub fn of(kept: &workspace::Settings) -> Self {
        let mut settings = Self {
            theme: kept.theme,
            zone: TimeZone::UTC,
            zone_name: "UTC".into(),
            zone_problem: None,
            memory_budget: kept.memory_budget,
            budget_problem: None,
            dismissed_notes: kept.dismissed_notes.clone(),
        };
        settings.set_zone(&kept.time_zone);
        settings
    }

    /// As they are kept.
    pub fn kept(&self) -> workspace::Settings {
        workspace::Settings {
            theme: self.theme,
            time_zone: self.zone_name.clone(),
            memory_budget: self.memory_budget,
            dismissed_notes: self.dismissed_notes.clone(),
        }
    }

    /// Takes a zone by its name; one that is not known is a problem and changes nothing.
    pub fn set_zone(&mut self, name: &str) {
        match TimeZone::get(name.trim()) {
            Ok(zone) => {
                self.zone_name = zone.iana_name().unwrap_or("UTC").to_owned();
                self.zone = zone;
                self.zone_problem = None;
            }
            Err(error) => self.zone_problem = Some(error.to_string()),
        }
    }

    /// Takes a budget in gigabytes, as typed.
    pub fn set_budget(&mut self, typed: &str) {
        match typed.trim().parse::<f64>() {
            Ok(gigabytes) if gigabytes.is_finite() && gigabytes * 1e9 >= Self::LEAST_BUDGET => {
                self.memory_budget = (gigabytes * 1e9) as u64;
                self.budget_problem = None;
            }
            _ => self.budget_problem = Some("a number of gigabytes, at least 0.1".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_that_is_not_known_changes_nothing_and_says_so() {
        let mut settings = Settings::default();
        settings.set_zone("America/New_York");
        settings.set_zone("Nowhere/Land");
        assert_eq!(settings.zone_name, "America/New_York");
        assert!(settings.zone_problem.is_some());
        settings.set_zone(" UTC ");
        assert_eq!((settings.zone_name.as_str(), settings.zone_problem), ("UTC", None));
    }

    #[test]
    fn a_budget_is_typed_in_gigabytes() {
        let mut settings = Settings::default();
        settings.set_budget("2.5");
        assert_eq!(settings.memory_budget, 2_500_000_000);
        settings.set_budget("much");
        assert_eq!(settings.memory_budget, 2_500_000_000);
        assert!(settings.budget_problem.is_some());
    }
}

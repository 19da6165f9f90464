//! What the user set for the window.

use jiff::tz::TimeZone;

/// Which theme.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ThemeChoice {
    /// Dark.
    #[default]
    Dark,
    /// Light.
    Light,
}

/// Settings of the window.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Dark or light.
    pub theme: ThemeChoice,
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
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::Dark,
            zone: TimeZone::UTC,
            zone_name: "UTC".into(),
            zone_problem: None,
            memory_budget: 4_000_000_000,
            budget_problem: None,
        }
    }
}

impl Settings {
    /// The least budget, in bytes: less cannot hold a page of records and a model.
    const LEAST_BUDGET: f64 = 0.1e9;

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

//! Where listeners live: time zones with the millions of people who keep their time, rounded (UN, World
//! Population Prospects 2024, countries added up by the zone most of their people live in).

pub const TOKYO: &str = "Asia/Tokyo";

pub const ZONES: [(&str, f64); 42] = [
    ("Asia/Kolkata", 1_451.0),
    ("Asia/Shanghai", 1_419.0),
    ("Asia/Jakarta", 225.0),
    ("Asia/Karachi", 251.0),
    ("Africa/Lagos", 330.0),
    ("Asia/Dhaka", 174.0),
    ("America/Sao_Paulo", 200.0),
    ("America/New_York", 165.0),
    ("America/Chicago", 95.0),
    ("America/Mexico_City", 120.0),
    (TOKYO, 124.0),
    ("Africa/Nairobi", 240.0),
    ("Africa/Addis_Ababa", 132.0),
    ("Asia/Manila", 116.0),
    ("Africa/Cairo", 117.0),
    ("Africa/Kinshasa", 60.0),
    ("Africa/Johannesburg", 180.0),
    ("Africa/Abidjan", 170.0),
    ("Africa/Casablanca", 38.0),
    ("Africa/Khartoum", 50.0),
    ("Asia/Ho_Chi_Minh", 101.0),
    ("Asia/Bangkok", 95.0),
    ("Asia/Tehran", 92.0),
    ("Europe/Istanbul", 87.0),
    ("Europe/Berlin", 250.0),
    ("Europe/Paris", 170.0),
    ("Europe/London", 80.0),
    ("Europe/Kyiv", 110.0),
    ("Europe/Moscow", 100.0),
    ("Asia/Yekaterinburg", 30.0),
    ("Asia/Yangon", 54.0),
    ("Asia/Seoul", 78.0),
    ("Asia/Riyadh", 130.0),
    ("Asia/Dubai", 20.0),
    ("Asia/Kabul", 43.0),
    ("Asia/Kathmandu", 30.0),
    ("Asia/Colombo", 23.0),
    ("America/Bogota", 110.0),
    ("America/Argentina/Buenos_Aires", 50.0),
    ("America/Los_Angeles", 55.0),
    ("America/Denver", 25.0),
    ("Australia/Sydney", 24.0),
];

/// When people who do not wake at seven in Tokyo want their programs, with weights.
pub const MORNINGS: [(&str, f64); 13] = [
    ("05:30", 4.0),
    ("05:45", 2.0),
    ("06:00", 12.0),
    ("06:15", 4.0),
    ("06:30", 14.0),
    ("06:45", 6.0),
    ("07:00", 22.0),
    ("07:15", 5.0),
    ("07:30", 14.0),
    ("07:45", 4.0),
    ("08:00", 9.0),
    ("08:30", 3.0),
    ("09:00", 1.0),
];

#[cfg(test)]
mod tests {
    use super::*;
    use domain::schedule::{LocalTime, Zone};

    #[test]
    fn every_zone_and_every_morning_is_one() {
        for (zone, _) in ZONES {
            assert!(zone.parse::<Zone>().is_ok(), "{zone}");
        }
        for (time, _) in MORNINGS {
            assert!(time.parse::<LocalTime>().is_ok(), "{time}");
        }
    }
}

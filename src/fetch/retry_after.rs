//! The header Retry-After: when a server wishes to be asked again.

use chrono::{DateTime, TimeDelta, Utc};

const LONGEST_WISH: TimeDelta = TimeDelta::days(1);

/// The instant a server names, in seconds or as a date, at most a day ahead; `None` where it names none to come.
pub(super) fn retry_after(value: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let wish = match value.trim().parse::<i64>() {
        Ok(seconds) => now.checked_add_signed(TimeDelta::try_seconds(seconds)?)?,
        Err(_) => DateTime::parse_from_rfc2822(value.trim()).ok()?.to_utc(),
    };
    (wish > now).then(|| wish.min(now + LONGEST_WISH))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wish(value: &str) -> Option<DateTime<Utc>> {
        retry_after(value, "2022-12-01T00:00:00Z".parse().unwrap())
    }

    #[test]
    fn retry_after_is_read_in_both_forms_and_capped_at_a_day() {
        assert_eq!(wish("120"), Some("2022-12-01T00:02:00Z".parse().unwrap()));
        assert_eq!(wish("Thu, 01 Dec 2022 03:00:00 GMT"), Some("2022-12-01T03:00:00Z".parse().unwrap()));
        assert_eq!(wish("99999999"), Some("2022-12-02T00:00:00Z".parse().unwrap()));
        assert_eq!(wish("-5"), None);
        assert_eq!(wish("soon"), None);
    }
}

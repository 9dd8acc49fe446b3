//! From what the HTTP library says to a [`Failure`] that tells an operator something.

use std::error::Error;

use super::client::Settings;
use super::outcome::Failure;

pub(super) fn failure_of(error: &reqwest::Error, settings: &Settings) -> Failure {
    if error.is_timeout() {
        Failure::TimedOut(settings.total_timeout.as_secs())
    } else if let Some(cause) = cause_of::<rustls::Error>(error) {
        Failure::Tls(format!("{cause}; {}", tls_advice(cause)))
    } else if error.is_connect() {
        Failure::CannotConnect(innermost_cause(error))
    } else {
        Failure::BrokeOff(innermost_cause(error))
    }
}

fn tls_advice(error: &rustls::Error) -> &'static str {
    match error {
        rustls::Error::InvalidCertificate(_) => {
            "the certificate is for the site's owner to mend; until then `allow-insecure-tls = true` with a `reason` \
             under [[host]] in county.toml reads the site without verifying it"
        }
        _ => {
            "only TLS 1.2 and 1.3 with today's ciphers are spoken here; if the site also answers over HTTP, \
             `force-http = true` with a `reason` under [[host]] in county.toml reads it that way"
        }
    }
}

fn cause_of<E: Error + 'static>(error: &reqwest::Error) -> Option<&E> {
    causes(error).find_map(|cause| cause.downcast_ref::<E>())
}

/// The cause at the end of the chain: the only one that tells an operator something.
fn innermost_cause(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(|| error.to_string(), ToString::to_string)
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |cause| match cause.downcast_ref::<std::io::Error>() {
        // An I/O error hides what it wraps from `source`, and may wrap another I/O error.
        Some(wrapping) => wrapping.get_ref().map(|inner| inner as &(dyn Error + 'static)),
        None => (*cause).source(),
    })
}

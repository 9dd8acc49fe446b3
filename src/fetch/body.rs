//! Bodies: whole ones within a limit, the start of those that only explain a refusal, and packed ones nobody asked for.

use std::io::Read;

use flate2::read::GzDecoder;

use super::client::Settings;
use super::failing::failure_of;
use super::outcome::Failure;

/// Enough of a refusal to know who speaks.
const START: usize = 64 * 1024;
const GZIP_MAGIC: [u8; 3] = [0x1f, 0x8b, 8];

/// The whole body, unless it is too long.
pub(super) async fn whole(mut response: reqwest::Response, settings: &Settings) -> Result<Vec<u8>, Failure> {
    let longest = settings.longest_body;
    let announced = response.content_length().unwrap_or(0);
    if announced > longest {
        return Err(Failure::TooLong(longest));
    }
    let mut body = Vec::with_capacity(usize::try_from(announced).unwrap_or(0));
    while let Some(piece) = response.chunk().await.map_err(|error| failure_of(&error, settings))? {
        if (body.len() + piece.len()) as u64 > longest {
            return Err(Failure::TooLong(longest));
        }
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// The first 64 KB of a body, or as much of them as came.
pub(super) async fn start_of(mut response: reqwest::Response) -> Vec<u8> {
    let mut start = Vec::new();
    while start.len() < START {
        let Ok(Some(piece)) = response.chunk().await else { break };
        start.extend_from_slice(&piece);
    }
    start.truncate(START);
    if !start.starts_with(&GZIP_MAGIC) {
        return start;
    }
    let mut text = Vec::new();
    // A start that breaks off in the middle still says most of what it says.
    let _end = GzDecoder::new(start.as_slice()).take(START as u64).read_to_end(&mut text);
    text
}

/// The body as it was before a server packed it without saying so. What a header announces as packed has been unpacked
/// on the way here.
pub(super) fn unpacked(body: Vec<u8>, longest: u64) -> Result<Vec<u8>, Failure> {
    if !body.starts_with(&GZIP_MAGIC) {
        return Ok(body);
    }
    let mut text = Vec::new();
    match GzDecoder::new(body.as_slice()).take(longest + 1).read_to_end(&mut text) {
        Ok(length) if length as u64 > longest => Err(Failure::TooLong(longest)),
        Ok(_) => Ok(text),
        Err(error) => Err(Failure::BrokeOff(format!("its gzip cannot be unpacked: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_body_packed_in_silence_is_unpacked() {
        assert_eq!(unpacked(packed(b"<p>x</p>"), 100), Ok(b"<p>x</p>".to_vec()));
        assert_eq!(unpacked(b"<p>x</p>".to_vec(), 100), Ok(b"<p>x</p>".to_vec()));
    }

    #[test]
    fn a_small_file_that_unpacks_into_a_huge_one_is_refused() {
        assert_eq!(unpacked(packed(&[0; 100_000]), 99_999), Err(Failure::TooLong(99_999)));
        assert_eq!(unpacked(packed(&[0; 100_000]), 100_000).map(|body| body.len()), Ok(100_000));
    }

    #[test]
    fn half_a_packed_body_is_no_body() {
        let mut half = packed(&[7; 1000]);
        half.truncate(half.len() / 2);
        assert!(matches!(unpacked(half, 10_000), Err(Failure::BrokeOff(_))));
    }
}

//! What a shield in front of a site answers instead of its pages: challenges in the manner of two products.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};

use super::reply::refused;

/// The product that stands there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shield {
    /// 加速乐: a script that puts a cookie together and loads again.
    Jiasule,
    /// 瑞数: a script over a table that nobody but itself can read.
    Ruishu,
}

/// The words for them in the scenario.
pub(super) const SHIELDS: [(&str, Shield); 2] = [("jiasule", Shield::Jiasule), ("ruishu", Shield::Ruishu)];

const JIASULE_COOKIE: &str =
    "__jsluid_h=0123456789abcdef0123456789abcdef; max-age=31536000; path=/; HttpOnly";
/// The cookie's name is spelt in pieces, so the page itself does not tell whose it is.
const JIASULE_PAGE: &str = "<script>document.cookie=('_')+('_')+('j')+('s')+('l')+'_clearance=demo|0|'+(7*6)+';path=/';\
                            location.href=location.pathname+location.search</script>";
const RUISHU_COOKIE: &str = "demoS7xQ=60demo; Path=/; HttpOnly";
const RUISHU_PAGE: &str = "<!DOCTYPE html><html><head><meta charset=\"utf-8\"><meta id=\"dEm0\" content=\"demo\">\
     <script>$_ts=window['$_ts'];if(!$_ts)$_ts={};$_ts.nsd=1;$_ts.cd='demo';</script>\
     <script src=\"/demo0000.js\"></script></head><body></body></html>";

impl Shield {
    /// The status with which it answers.
    fn status(self) -> StatusCode {
        let number = match self {
            Self::Jiasule => 521,
            Self::Ruishu => 412,
        };
        StatusCode::from_u16(number).unwrap_or(StatusCode::SERVICE_UNAVAILABLE)
    }

    /// What it answers whatever was asked for.
    pub(super) fn challenge(self) -> Response<Body> {
        let (cookie, page) = match self {
            Self::Jiasule => (JIASULE_COOKIE, JIASULE_PAGE),
            Self::Ruishu => (RUISHU_COOKIE, RUISHU_PAGE),
        };
        let mut response = refused(self.status(), page);
        response.headers_mut().insert(header::SET_COOKIE, HeaderValue::from_static(cookie));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fetch::{Block, blocked};

    fn seen_as(shield: Shield, page: &str) -> Option<Block> {
        let response = shield.challenge();
        let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
        blocked(response.status().as_u16(), &[("Set-Cookie", cookie)], page.as_bytes())
    }

    #[test]
    fn each_is_known_for_what_it_is() {
        assert_eq!(seen_as(Shield::Jiasule, JIASULE_PAGE), Some(Block::Jiasule));
        assert_eq!(seen_as(Shield::Ruishu, RUISHU_PAGE), Some(Block::Ruishu));
    }
}

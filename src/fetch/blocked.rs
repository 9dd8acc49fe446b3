//! Tells a page from what a site's shield shows instead of it.
//!
//! [`blocked`] names the shield by its marks, so that an operator knows whom to ask. Nothing here solves a challenge:
//! the site's owner can put the monitor on a whitelist, and nobody else should open that door.
//!
//! Many shields leave a script or a cookie on ordinary pages too. With status 200 a mark therefore counts only on a
//! short page without a single link, and with an error only where it is the shield that speaks.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What keeps us from a page. Its text names it in Chinese and says, in English, what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Block {
    /// 加速乐, by 知道创宇.
    Jiasule,
    /// 瑞数.
    Ruishu,
    /// The web application firewall of 阿里云.
    AliyunWaf,
    /// A shell that sets the cookie `C3VK` and loads again.
    C3vk,
    /// 360 网站卫士.
    Wzws,
    /// A question only a person can answer.
    Captcha,
    /// A fence around the addresses that may read.
    IpFence,
    /// Another shield, or one that does not say its name.
    Other(String),
}

impl Block {
    /// Its Chinese name, as site owners know it.
    pub fn name(&self) -> &str {
        match self {
            Self::Jiasule => "加速乐",
            Self::Ruishu => "瑞数动态防护",
            Self::AliyunWaf => "阿里云 WAF",
            Self::C3vk => "C3VK 跳转验证",
            Self::Wzws => "360 网站卫士",
            Self::Captcha => "验证码",
            Self::IpFence => "IP 访问限制",
            Self::Other(name) => name,
        }
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        write!(f, "{name} keeps us out: ask the site's owner to put this monitor on its whitelist")
    }
}

/// Statuses with which shields answer.
const SHIELD_STATUSES: [u16; 7] = [202, 403, 405, 412, 429, 503, 521];
/// A page as long as this is more than most challenges.
const LONGEST_CHALLENGE: usize = 6 * 1024;
/// How much of a body is looked at.
const LOOKED_AT: usize = 64 * 1024;

/// Shields that have no case of their own, by what their pages say in lower case.
const OTHERS: [(&str, &str); 5] = [
    ("yunsuo", "云锁"),
    ("safedog", "安全狗"),
    ("yunjiasu", "百度云加速"),
    ("safeline", "长亭雷池"),
    ("cf-chl", "Cloudflare"),
];

/// What an IP fence says to those outside.
const FENCE_WORDS: [&str; 6] = ["您的ip", "你的ip", "访问ip", "ip地址", "境外", "ip address"];
/// What pages say that ask for a person.
const CAPTCHA_WORDS: [&str; 4] = ["验证码", "人机验证", "滑动验证", "antispider"];

/// Which shield answered instead of the page; `None` where none shows itself. `headers` are name and value, in any
/// case and order; a name may come several times.
pub fn blocked(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Option<Block> {
    match status {
        200 if body.len() < LONGEST_CHALLENGE || is_long_challenge(body) => {
            of_page_without_links(&text_of(headers, body))
        }
        status if SHIELD_STATUSES.contains(&status) => of_refusal(status, headers, &text_of(headers, body)),
        _ => None,
    }
}

/// 阿里云 hides its question in a script of tens of kilobytes.
fn is_long_challenge(body: &[u8]) -> bool {
    body.len() <= LOOKED_AT && memchr::memmem::find(body, b"arg1=").is_some()
}

fn text_of(headers: &[(&str, &str)], body: &[u8]) -> String {
    crate::extract::decode(&body[..body.len().min(LOOKED_AT)], content_type(headers)).to_lowercase()
}

fn content_type<'a>(headers: &[(&str, &'a str)]) -> Option<&'a str> {
    headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type")).map(|(_, value)| *value)
}

fn of_page_without_links(text: &str) -> Option<Block> {
    if !is_markup(text) || has_link(text) {
        return None;
    }
    by_own_mark(text).or_else(|| by_captcha(text)).or_else(|| by_cookie_and_reload(text))
}

fn of_refusal(status: u16, headers: &[(&str, &str)], text: &str) -> Option<Block> {
    by_own_mark(text)
        .or_else(|| by_cookie(status, headers))
        .or_else(|| by_captcha(text))
        // On an ordinary page this word may be no more than the name of a script for its login.
        .or_else(|| text.contains("captcha").then_some(Block::Captcha))
        .or_else(|| by_name(text))
        .or_else(|| match by_cookie_and_reload(text) {
            // 521 is 加速乐's own; its script spells the cookie's name in pieces.
            Some(_) if status == 521 => Some(Block::Jiasule),
            other => other,
        })
        .or_else(|| (status == 403 && contains_any(text, &FENCE_WORDS)).then_some(Block::IpFence))
}

/// Marks that stand in the challenge itself and nowhere else.
fn by_own_mark(text: &str) -> Option<Block> {
    if text.contains("__jsl") {
        Some(Block::Jiasule)
    } else if text.contains("$_ts") {
        Some(Block::Ruishu)
    } else if text.contains("acw_sc__v2") || has_long_hex_after(text, "arg1=") {
        Some(Block::AliyunWaf)
    } else if text.contains("c3vk") {
        Some(Block::C3vk)
    } else if text.contains("wzws") {
        Some(Block::Wzws)
    } else {
        None
    }
}

/// 加速乐 and 网站卫士 set their cookies on ordinary answers too, so these name whoever answers 521 or 412, and no other.
fn by_cookie(status: u16, headers: &[(&str, &str)]) -> Option<Block> {
    let sets = |start: &str| {
        let mut cookies = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
        cookies.any(|(_, cookie)| cookie.trim_start().to_ascii_lowercase().starts_with(start))
    };
    match status {
        521 | 412 if sets("__jsl") => Some(Block::Jiasule),
        521 | 412 if sets("wzws") => Some(Block::Wzws),
        _ => None,
    }
}

fn by_captcha(text: &str) -> Option<Block> {
    contains_any(text, &CAPTCHA_WORDS).then_some(Block::Captcha)
}

fn by_name(text: &str) -> Option<Block> {
    let (_, name) = OTHERS.iter().find(|(mark, _)| text.contains(mark))?;
    Some(Block::Other((*name).to_owned()))
}

/// A script that sets a cookie and goes again is a challenge, whoever wrote it.
fn by_cookie_and_reload(text: &str) -> Option<Block> {
    let goes_again =
        contains_any(text, &["location.reload", "location.href=", "location.replace", "location="]);
    (text.contains("document.cookie") && goes_again).then(|| Block::Other("未具名的脚本验证".to_owned()))
}

/// Data is no challenge: a list of items may well speak of captchas.
fn is_markup(text: &str) -> bool {
    let start = text.trim_start_matches('\u{feff}').trim_start();
    !["{", "[", "<?xml", "<rss", "<feed"].iter().any(|data| start.starts_with(data))
}

fn has_link(text: &str) -> bool {
    text.split("<a").skip(1).any(|rest| {
        let tag = rest.split('>').next().unwrap_or_default();
        tag.starts_with(char::is_whitespace) && tag.contains("href")
    })
}

fn has_long_hex_after(text: &str, name: &str) -> bool {
    text.split(name).skip(1).any(|rest| {
        let value = rest.trim_start_matches(['\'', '"', ' ']);
        value.bytes().take_while(u8::is_ascii_hexdigit).count() >= 40
    })
}

fn contains_any(text: &str, words: &[&str]) -> bool {
    words.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests;

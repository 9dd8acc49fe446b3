//! Says what a page is that shows no list: one that does not exist, a login, a landing that only forwards, a shell
//! whose rows a script draws.

use scraper::{ElementRef, Html, Selector};

use super::document::parse;
use super::identity::{Identity, identity};
use super::landing::{Landing, landing};
use super::page::{Decoded, Drawing, Page};
use super::sighting::{ExtractError, Extracted, Listing};
use super::tags::{tags, unescaped};
use super::undrawn::what_draws_it;
use super::walk::walk;
use super::words::{clipped, collapsed, is_silent, shown_text_of};

/// With more words than this, a page is more than a notice.
const LONGEST_NOTICE: usize = 200;

/// What was read of a page, or what the page is instead. A list does not count on a page whose title says that it does
/// not exist or that it is a login: its rows are the site's newest items, not the column's.
pub(super) fn what_it_is(
    decoded: &Decoded<'_>,
    read: Result<Extracted, ExtractError>,
) -> Result<Extracted, ExtractError> {
    let (page, text) = (decoded.page, decoded.text());
    let title = title_of(text);
    let read = unless_half_drawn(page, read);
    if let Some(said) = says_gone(first_part(&title)) {
        return Err(ExtractError::SoftGone { said });
    }
    match read {
        Ok(Extracted::Listing(_)) if is_login_title(&title) => Err(ExtractError::LoginPage),
        Err(ExtractError::NoRows | ExtractError::NoList { .. } | ExtractError::NoTable { .. }) => {
            instead_of_rows(page, text, &title).unwrap_or_else(|| trouble_of(page).map_or(read, Err))
        }
        _ => read,
    }
}

/// A page that a browser drew is believed as far as its data came. Where some is missing, newer rows may be; and it is no empty
/// column where anything went wrong on the way, where no answer says that there is nothing, or where the page does not
/// say what it is.
fn unless_half_drawn(page: &Page, read: Result<Extracted, ExtractError>) -> Result<Extracted, ExtractError> {
    let (Some(drawing), Ok(Extracted::Listing(listing))) = (&page.drawing, &read) else { return read };
    let why = match listing {
        Listing::Empty => why_not_empty(page, drawing),
        Listing::Items { .. } => drawing.missing.clone(),
    };
    why.map_or(read, |why| Err(ExtractError::HalfDrawn { why }))
}

/// What kept a browser from drawing rows.
fn trouble_of(page: &Page) -> Option<ExtractError> {
    let why = page.drawing.as_ref()?.trouble.clone()?;
    Some(ExtractError::HalfDrawn { why })
}

fn why_not_empty(page: &Page, drawing: &Drawing) -> Option<String> {
    if let Some(trouble) = &drawing.trouble {
        return Some(trouble.clone());
    }
    if !drawing.had_empty_data {
        return Some("no data came that says so".to_owned());
    }
    let is_nameless = matches!(identity(page), Identity { column_name: None, title: None, .. });
    is_nameless.then(|| "it has neither a `ColumnName` nor a title".to_owned())
}

fn instead_of_rows(page: &Page, text: &str, title: &str) -> Option<Result<Extracted, ExtractError>> {
    let html = parse(page).ok()?;
    let body = body_of(&html)?;
    let is_notice = shown_text_of(body).chars().count() <= LONGEST_NOTICE;
    // Many sites have a login in their header, so a field for it is not enough.
    if is_login_title(title) || (is_notice && has_password_field(&html)) {
        return Some(Err(ExtractError::LoginPage));
    }
    if is_notice && let Some(said) = texts_of(body).find_map(says_gone) {
        return Some(Err(ExtractError::SoftGone { said }));
    }
    if is_notice && let Some(landing) = landing(page, text) {
        return Some(match landing {
            Landing::SameSite(onward) => Ok(Extracted::Onward(onward)),
            Landing::OtherSite(url) => Err(ExtractError::LeadsAway { url: url.into() }),
        });
    }
    what_draws_it(text, is_notice).map(|why| Err(ExtractError::NeedsRendering { why }))
}

fn title_of(text: &str) -> String {
    tags(text).find(|tag| tag.is("title")).map(|tag| collapsed(&unescaped(tag.inner()))).unwrap_or_default()
}

/// The title without the site's name, which follows after a dash or bar.
fn first_part(title: &str) -> &str {
    title.split(['-', '_', '|', '－', '—', '–']).next().unwrap_or_default().trim()
}

/// What a page says that does not exist. An article may tell of such pages, so it must be nearly all that is said.
const GONE: [&str; 20] = [
    "页面不存在",
    "页面没有找到",
    "页面未找到",
    "找不到页面",
    "找不到该页面",
    "无法找到该页",
    "无法找到该网页",
    "网页不存在",
    "网页已删除",
    "页面已删除",
    "页面已被删除",
    "页面不存在或已被删除",
    "信息不存在",
    "栏目不存在",
    "内容不存在",
    "文章不存在",
    "信息已被删除",
    "内容已被删除",
    "pagenotfound",
    "notfound",
];

fn says_gone(text: &str) -> Option<String> {
    let said: String = text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_ascii_lowercase();
    let told = ["404error", "error404", "404", "错误"].iter().find_map(|code| said.strip_prefix(code));
    let rest = ["对不起", "抱歉", "很抱歉", "您访问的", "你访问的", "您要访问的", "您查看的", "该", "此"]
        .iter()
        .fold(told.unwrap_or(&said), |rest, polite| rest.strip_prefix(polite).unwrap_or(rest));
    let is_gone = GONE.contains(&rest) || (rest.is_empty() && said.starts_with("404")) || said == "error404";
    is_gone.then(|| clipped(collapsed(text)))
}

fn is_login_title(title: &str) -> bool {
    let title = first_part(title).to_ascii_lowercase();
    title.ends_with("登录") || title.ends_with("登陆") || title == "login" || title.ends_with("统一身份认证")
}

fn has_password_field(html: &Html) -> bool {
    let selector = Selector::parse("input[type=password i]").expect("a constant selector parses");
    html.select(&selector).next().is_some()
}

fn body_of(html: &Html) -> Option<ElementRef<'_>> {
    let selector = Selector::parse("body").expect("a constant selector parses");
    html.select(&selector).next()
}

fn texts_of(body: ElementRef<'_>) -> impl Iterator<Item = &str> {
    walk(body, is_silent).filter_map(|node| node.value().as_text().map(|text| &**text))
}

#[cfg(test)]
mod tests;

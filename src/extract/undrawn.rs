//! Finds out what draws the rows of a page that has none.

use std::sync::LazyLock;

use regex::Regex;

use super::document::parse_text;
use super::page::Page;
use super::tags::{Tag, tags};
use super::words::shown_text_of;

/// A comment that holds so many items is a list.
const FEWEST_ITEMS: usize = 3;

/// Types of scripts that are templates.
const TEMPLATES: [&str; 5] = ["handlebars", "template", "text/html", "mustache", "tmpl"];

/// Places into which a program of the browser draws the whole page.
const APP_ROOTS: [&str; 4] = ["app", "root", "__nuxt", "__next"];

/// What on the page shows that a script draws its rows, if anything does. `is_bare`: the page shows next to no text.
pub(super) fn what_draws_it(text: &str, is_bare: bool) -> Option<String> {
    let all: Vec<Tag> = tags(text).collect();
    let scripts = || all.iter().filter(|tag| tag.is("script"));
    if let Some(template) = scripts().find(|script| is_template(**script)) {
        let kind = template.attribute("type").unwrap_or_default();
        return Some(format!("it holds a template for rows (`{kind}`) and no data"));
    }
    if scripts().any(|script| is_data(*script)) {
        return Some("its rows are data in a script (`text/xml`)".to_owned());
    }
    if all.iter().any(|tag| is_drawn_row(*tag)) {
        return Some("its rows are a template (`v-for`) that a script fills".to_owned());
    }
    if scripts().any(|script| writes_rows(script.inner())) {
        return Some("rows are written by `document.write`".to_owned());
    }
    if has_list_in_comment(text) {
        return Some("its list is commented out, and a script draws one in its place".to_owned());
    }
    let root = all.iter().find(|tag| is_bare && is_empty_root(**tag))?;
    scripts().next()?;
    Some(format!("it is an empty `{}` for a script to fill", root.attribute("id").unwrap_or_default()))
}

/// Whether a script may yet put rows where a page says in one of `markers` that there are none. `text` is the page's.
///
/// Where a browser has drawn it, its scripts have run: then the marker counts if they were told by the server that there is
/// nothing, nothing went wrong, and the page did not show the marker before they ran. One that was there from the start says
/// nothing about the data.
pub(super) fn may_be_filled_later<M: AsRef<str>>(page: &Page, text: &str, markers: &[M]) -> bool {
    match &page.drawing {
        None => is_filled_later(text),
        Some(drawing) => {
            drawing.trouble.is_some() || !drawing.had_empty_data || shows_one_of(markers, &drawing.sent)
        }
    }
}

/// Whether a document shows one of these words; one that cannot be parsed may.
fn shows_one_of<M: AsRef<str>>(words: &[M], text: &str) -> bool {
    parse_text(text).map_or(true, |html| {
        let shown = shown_text_of(html.root_element());
        words.iter().any(|word| shown.contains(word.as_ref()))
    })
}

/// Whether a script may yet put rows where a text as it was sent says that there are none.
pub(super) fn is_filled_later(text: &str) -> bool {
    fetches_data(text) || what_draws_it(text, false).is_some()
}

/// Whether a script of the page itself asks for data.
fn fetches_data(text: &str) -> bool {
    let asks = ["$.ajax", "$.get", "$.post", "jQuery.ajax", "axios", "fetch(", "XMLHttpRequest"];
    let mut scripts = tags(text).filter(|tag| tag.is("script")).map(Tag::inner);
    scripts.any(|script| asks.iter().any(|ask| script.contains(ask)))
}

fn is_template(script: Tag) -> bool {
    let kind = script.attribute("type").unwrap_or_default().to_ascii_lowercase();
    TEMPLATES.iter().any(|word| kind.contains(word)) && holds_items(script.inner())
}

fn is_data(script: Tag) -> bool {
    let kind = script.attribute("type").unwrap_or_default().to_ascii_lowercase();
    kind.contains("xml") && tags(script.inner()).any(|tag| tag.is("record"))
}

fn is_drawn_row(tag: Tag) -> bool {
    ["li", "tr", "dt", "dd", "a", "div"].iter().any(|row| tag.is(row))
        && ["v-for", "ng-repeat", "ms-repeat"].iter().any(|key| tag.attribute(key).is_some())
}

fn writes_rows(script: &str) -> bool {
    let mut written = script.split("document.write").skip(1);
    written.any(|written| {
        let line = written.lines().next().unwrap_or_default().to_ascii_lowercase();
        ["<li", "<tr", "<dt", "<dd", "timeconvert("].iter().any(|row| line.contains(row))
    })
}

/// A day in full, by which lists are told from menus.
static DATE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"20\d\d[-/.年]\d{1,2}[-/.月]\d{1,2}").expect("a constant pattern parses"));

fn has_list_in_comment(text: &str) -> bool {
    let mut comments = text.split("<!--").skip(1).map(|rest| rest.split("-->").next().unwrap_or_default());
    comments.any(|comment| {
        let items = tags(comment).filter(|tag| tag.is("li") || tag.is("tr") || tag.is("dt")).count();
        items >= FEWEST_ITEMS && tags(comment).any(|tag| tag.is("a")) && DATE.is_match(comment)
    })
}

fn holds_items(template: &str) -> bool {
    template.contains("{{") || tags(template).any(|tag| tag.is("li") || tag.is("tr"))
}

fn is_empty_root(tag: Tag) -> bool {
    let is_root = tag.attribute("id").is_some_and(|id| APP_ROOTS.contains(&id));
    is_root && tag.is("div") && tag.after.trim_start().to_ascii_lowercase().starts_with("</div")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(text: &str) -> Option<String> {
        what_draws_it(text, true)
    }

    #[test]
    fn templates_writes_and_empty_roots_are_told_apart() {
        let template =
            "<script type='text/x-handlebars-template'>{{#each data}}<li>{{title}}</li>{{/each}}</script>";
        assert!(why(template).unwrap().contains("text/x-handlebars-template"));
        let data =
            "<script type='text/xml'><datastore><record><![CDATA[<li>]]></record></datastore></script>";
        assert!(why(data).unwrap().contains("text/xml"));
        assert!(why("<ul><li v-for='x in rows'>{{x}}</li></ul>").unwrap().contains("v-for"));
        assert!(
            why("<script>document.write('<li>' + t + '</li>')</script>").unwrap().contains("document.write")
        );
        assert!(why("<div id=app>\n</div><script src=a.js></script>").unwrap().contains("`app`"));
    }

    #[test]
    fn a_list_in_a_comment_is_recognised_as_such() {
        let rows = "<li><a href=1>甲</a>2026-09-01</li>".repeat(3);
        assert!(why(&format!("<!-- <ul>{rows}</ul> -->")).unwrap().contains("commented out"));
        assert_eq!(why("<!-- <li><a href=1>甲</a>2026-09-01</li> -->"), None);
        assert_eq!(why(&format!("<!-- <ul>{}</ul> -->", rows.replace("2026-09-01", ""))), None);
    }

    #[test]
    fn an_ordinary_page_is_drawn_by_nobody() {
        assert_eq!(why("<script>document.write(year)</script><div id=app><p>页面</p></div>"), None);
        assert_eq!(what_draws_it("<div id=app></div><script src=a.js></script>", false), None);
    }
}

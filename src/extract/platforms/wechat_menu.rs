//! 公众号: the menu below an account's messages, by `get_current_selfmenu_info`, which shows menus however they were made.

use serde_json::Value;
use url::Url;

use super::answer::{Answer, address, code, is_set, items, title};
use super::refusal::Refusal;
use super::wechat_api;

/// The menu of an account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Menu {
    /// Its links to web pages, each address once; none where the menu is closed. Entries that send a message, show a picture
    /// or open a 小程序 lead to no page.
    pub links: Vec<MenuEntry>,
}

/// One link of a menu.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuEntry {
    /// Its names, from the top: 政务公开—通知公告.
    pub path: String,
    /// Where it leads.
    pub url: Url,
}

/// A menu has three buttons with five entries each; what an entry of articles lists counts too.
const MOST_LINKS: usize = 30;

/// Reads the menu.
///
/// # Errors
/// Any refusal of the platform.
pub fn read_wechat_menu(answer: &Answer) -> Result<Menu, Refusal> {
    let value = answer.json()?;
    wechat_api::unless_refused(&value)?;
    answer.is_in_order()?;
    if code(&value, "is_menu_open").is_none() {
        return Err(Refusal::NotUnderstood("there is no `is_menu_open` in it".to_owned()));
    }
    let mut menu = Menu::default();
    if !is_set(&value, "is_menu_open") {
        return Ok(menu);
    }
    let Some(info) =
        value.get("selfmenu_info").filter(|info| info.get("button").is_some_and(Value::is_array))
    else {
        return Err(Refusal::NotUnderstood("there is no `button` in it".to_owned()));
    };
    for button in items(info, "button") {
        let name = title(button, "name");
        menu.add(&name, button);
        for entry in button.get("sub_button").map_or(&[][..], |sub| items(sub, "list")) {
            menu.add(&format!("{name}—{}", title(entry, "name")), entry);
        }
    }
    menu.links.truncate(MOST_LINKS);
    Ok(menu)
}

impl Menu {
    /// Takes what an entry leads to: its own address, and those of the articles that it lists.
    fn add(&mut self, path: &str, entry: &Value) {
        let listed = entry.get("news_info").map_or(&[][..], |news| items(news, "list"));
        let addresses =
            [address(entry, "url")].into_iter().chain(listed.iter().map(|news| address(news, "content_url")));
        for url in addresses.filter_map(|address| Url::parse(&address).ok()) {
            if self.links.iter().all(|known| known.url != url) {
                self.links.push(MenuEntry { path: path.to_owned(), url });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::Page;

    fn read(body: &str) -> Result<Menu, Refusal> {
        let url = "https://api.example/x".parse().unwrap();
        read_wechat_menu(&Answer::ok(Page {
            drawing: None,
            url,
            content_type: None,
            body: body.as_bytes().to_vec(),
        }))
    }

    const MENU: &str = r#"{"is_menu_open":1,"selfmenu_info":{"button":[
        {"type":"view","name":"首页","url":"http://www.county.example/?a=1&amp;b=2"},
        {"name":"政务公开","sub_button":{"list":[
            {"type":"view","name":"通知公告","url":"http://www.county.example/tzgg/"},
            {"type":"view","name":"再次","url":"http://www.county.example/tzgg/"},
            {"type":"text","name":"电话","value":"0563"},
            {"type":"miniprogram","name":"皖事通","appid":"wx1","pagepath":"a"},
            {"type":"news","name":"专题","value":"v","news_info":{"list":[
                {"title":"一","content_url":"http://mp.weixin.example/s/1"}]}}]}}]}}"#;

    #[test]
    fn all_that_leads_to_a_page_is_found_once_with_its_path() {
        let menu = read(MENU).unwrap();
        let links: Vec<(&str, &str)> =
            menu.links.iter().map(|link| (link.path.as_str(), link.url.as_str())).collect();
        assert_eq!(
            links,
            [
                ("首页", "http://www.county.example/?a=1&b=2"),
                ("政务公开—通知公告", "http://www.county.example/tzgg/"),
                ("政务公开—专题", "http://mp.weixin.example/s/1"),
            ]
        );
    }

    #[test]
    fn a_closed_menu_has_no_links_and_one_that_cannot_be_read_is_no_closed_one() {
        assert_eq!(read(r#"{"is_menu_open":0,"selfmenu_info":{"button":[]}}"#), Ok(Menu::default()));
        assert_eq!(read(&MENU.replace("\"is_menu_open\":1", "\"is_menu_open\":0")), Ok(Menu::default()));
        for (body, expected) in [
            (
                r#"{"errcode":48001,"errmsg":"api unauthorized"}"#,
                Refusal::NotPermitted("48001 api unauthorized".to_owned()),
            ),
            (r#"{"errcode":42001,"errmsg":"expired"}"#, Refusal::TokenRejected("42001 expired".to_owned())),
            ("", Refusal::EmptyBody),
        ] {
            assert_eq!(read(body), Err(expected));
        }
        for body in ["{}", r#"{"is_menu_open":1}"#, r#"{"is_menu_open":1,"selfmenu_info":{}}"#, "[]"] {
            assert!(matches!(read(body), Err(Refusal::NotUnderstood(_))), "{body}");
        }
    }
}

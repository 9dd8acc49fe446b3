//! How pages are asked for and drawn: `[fetch]`, `[render]`.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use super::duration;
use crate::fetch;
use crate::rules::Table;

pub(super) fn read_fetch(table: &Table<'_>) -> Option<(fetch::Settings, usize)> {
    let contact = table.string("contact");
    let usual = fetch::Settings::new("");
    let connect_timeout = duration(table, "connect-timeout", usual.connect_timeout);
    let total_timeout = duration(table, "total-timeout", usual.total_timeout);
    let longest_body = table.optional_integer("longest-body-mib", 1..=256);
    let workers = table.optional_integer("workers", 1..=1024).unwrap_or(32);
    let resolve = table.optional_table("resolve").map_or_else(BTreeMap::new, |hosts| read_resolve(&hosts));
    if let Some(contact) = &contact
        && !contact.bytes().all(|byte| byte.is_ascii_graphic())
    {
        table.report("contact", "must be a mail or web address, without spaces");
    }
    table.finish();
    let settings = fetch::Settings {
        contact: contact?,
        connect_timeout,
        total_timeout,
        longest_body: longest_body.map_or(usual.longest_body, |mebibytes| u64::from(mebibytes) << 20),
        resolve,
        ..usual
    };
    Some((settings, usize::try_from(workers).unwrap_or(32)))
}

pub(super) fn read_render(root: &Table<'_>, directory: &Path) -> fetch::RenderSettings {
    let usual = fetch::RenderSettings::new("");
    let Some(table) = root.optional_table("render") else { return usual };
    let browser = table.string("browser").map(|text| directory.join(text));
    let most_pages = table.optional_integer("most-pages", 1..=32);
    let page_timeout = table.optional_integer("page-timeout-seconds", 1..=600);
    let settings = fetch::RenderSettings {
        browser,
        most_pages: most_pages.map_or(usual.most_pages, |pages| usize::try_from(pages).unwrap_or(1)),
        page_timeout: page_timeout
            .map_or(usual.page_timeout, |seconds| Duration::from_secs(u64::from(seconds))),
        further_hosts: read_hosts(&table, "further-hosts"),
        no_sandbox: table.boolean_or("no-sandbox", false),
        ..usual
    };
    table.finish();
    settings
}

/// Plain names: the browser would take `*` for every host there is.
fn read_hosts(table: &Table<'_>, key: &'static str) -> Vec<String> {
    let hosts = table.strings(key);
    let is_plain =
        |host: &String| host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    if let Some(odd) = hosts.iter().find(|host| !is_plain(host)) {
        table.report(key, format!("`{odd}` is not a host, wanted: a name such as static.langxi.example"));
    }
    hosts
}

fn read_resolve(table: &Table<'_>) -> BTreeMap<String, SocketAddr> {
    let mut hosts = BTreeMap::new();
    for (host, text) in table.named_strings() {
        match text.parse() {
            Ok(address) => {
                hosts.insert(host.to_ascii_lowercase(), address);
            }
            Err(_) => {
                table.report(&host, format!("`{text}` is not an address with port, wanted: 127.0.0.1:8080"));
            }
        }
    }
    hosts
}

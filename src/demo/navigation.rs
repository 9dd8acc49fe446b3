//! The pages by which visitors find the lists: the home page of the county's own site, its page a unit with the tree of
//! columns, and the home page of the departments' site.

use super::jcms;
use super::pages::escape;
use crate::rules::{Rules, Source, Unit};

const HOMES: [&str; 3] = ["/", "/index.html", "/OpennessContent/index.html"];

/// How the addresses of lists on the county's own site begin.
const LISTS: &str = "/OpennessContent/showList/";

/// The page at a path of a host, if it is one of these.
pub(super) fn page(rules: &Rules, host: &str, path: &str) -> Option<String> {
    let departments = departments_of(rules, host);
    if !departments.is_empty() {
        return HOMES.contains(&path).then(|| jcms::home(&departments));
    }
    if HOMES.contains(&path) {
        return Some(home(rules));
    }
    let branch = path.strip_prefix("/OpennessContent/branch/")?.strip_suffix("/index.html")?;
    let unit = rules.units.iter().find(|unit| branch_of(rules, unit) == Some(branch))?;
    Some(unit_page(rules, unit))
}

/// The units that have columns on a host of the departments' dialect, with these columns.
fn departments_of<'a>(rules: &'a Rules, host: &str) -> Vec<(&'a str, Vec<&'a Source>)> {
    let of_unit = |unit: &'a Unit| {
        let columns = rules.sources_of(&unit.id).filter(|source| jcms::is_column(source));
        let here: Vec<&Source> = columns.filter(|source| source.url.host_str() == Some(host)).collect();
        (unit.display_name.as_str(), here)
    };
    rules.units.iter().map(of_unit).filter(|(_, columns)| !columns.is_empty()).collect()
}

/// The number under which the site keeps a unit, by the addresses of its columns.
fn branch_of<'a>(rules: &'a Rules, unit: &'a Unit) -> Option<&'a str> {
    let column = columns_of(rules, unit).next()?;
    column.url.path().strip_prefix(LISTS)?.split('/').next()
}

/// A unit's columns on the county's own site.
fn columns_of<'a>(rules: &'a Rules, unit: &'a Unit) -> impl Iterator<Item = &'a Source> {
    rules.sources_of(&unit.id).filter(|source| source.url.path().starts_with(LISTS))
}

fn home(rules: &Rules) -> String {
    let units = rules.units.iter().filter_map(|unit| {
        let branch = branch_of(rules, unit)?;
        let name = escape(&unit.display_name);
        Some(format!("<li><a href=\"/OpennessContent/branch/{branch}/index.html\">{name}</a></li>\n"))
    });
    framed("政府信息公开首页", "", &format!("<ul class=\"units\">\n{}</ul>", units.collect::<String>()))
}

/// Columns of the same first level stand below one heading.
fn unit_page(rules: &Rules, unit: &Unit) -> String {
    let mut tree = String::new();
    let mut open = "";
    for column in columns_of(rules, unit) {
        let (heading, leaf) = column.name.split_once('—').unwrap_or(("", &column.name));
        if heading != open {
            if !open.is_empty() {
                tree += "</ul></li>\n";
            }
            if !heading.is_empty() {
                tree += &format!("<li><span>{}</span><ul>\n", escape(heading));
            }
            open = heading;
        }
        tree += &format!("<li><a href=\"{}\">{}</a></li>\n", column.url.path(), escape(leaf));
    }
    if !open.is_empty() {
        tree += "</ul></li>\n";
    }
    let name = escape(&unit.display_name);
    framed(&name, &format!(" &gt; {name}"), &format!("<ul class=\"tree\">\n{tree}</ul>"))
}

fn framed(title: &str, below: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}_郎溪县人民政府</title>\n\
         <meta name=\"SiteName\" content=\"郎溪县人民政府\">\n</head>\n<body>\n\
         <ul class=\"menu\"><li><a href=\"/OpennessContent/index.html\">政府信息公开</a></li></ul>\n\
         <div class=\"position\">您现在所在的位置：网站首页&gt; 政府信息公开首页{below}</div>\n{body}\n</body>\n</html>\n"
    )
}

#[cfg(test)]
mod tests;

//! What columns are called.

/// The name of each column: its levels below the unit, joined as rules join them. `trails` are what the pages print,
/// `paths` the links that led to them; a page without a trail is named by its path.
pub(super) fn names(unit: &str, trails: &[Vec<String>], paths: &[Vec<String>]) -> Vec<String> {
    let shared = shared_levels(trails);
    trails
        .iter()
        .zip(paths)
        .map(|(trail, path)| {
            let levels = match below_unit(trail, unit) {
                Some(levels) => levels,
                None if trail.len() > shared => &trail[shared..],
                None => path,
            };
            joined(if levels.is_empty() { path } else { levels })
        })
        .collect()
}

/// Whether a trail names the unit.
pub(super) fn names_the_unit(trail: &[String], unit: &str) -> bool {
    trail.iter().any(|level| level.contains(unit))
}

/// The levels after the first that names the unit.
fn below_unit<'a>(trail: &'a [String], unit: &str) -> Option<&'a [String]> {
    let unit = trail.iter().position(|level| level.contains(unit))?;
    // A column whose own name has the unit's in it (县一局动态) is not a level above itself.
    if unit + 1 == trail.len() { trail.get(unit..) } else { trail.get(unit + 1..) }
}

/// How many levels all trails begin with: those of the site, not of any column.
fn shared_levels(trails: &[Vec<String>]) -> usize {
    let trails: Vec<&Vec<String>> = trails.iter().filter(|trail| !trail.is_empty()).collect();
    let Some((first, others)) = trails.split_first() else { return 0 };
    let is_shared = |index: usize| others.iter().all(|trail| trail.get(index) == first.get(index));
    let longest = trails.iter().map(|trail| trail.len() - 1).min().unwrap_or(0);
    if others.is_empty() { longest } else { (0..longest).take_while(|index| is_shared(*index)).count() }
}

fn joined(levels: &[String]) -> String {
    let mut name = String::new();
    for level in levels.iter().map(|level| level.trim().trim_matches('—')).filter(|level| !level.is_empty())
    {
        if !name.is_empty() {
            name.push('—');
        }
        name.push_str(level);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(text: &str) -> Vec<String> {
        text.split('/').filter(|level| !level.is_empty()).map(ToOwned::to_owned).collect()
    }

    fn named(unit: &str, pages: &[(&str, &str)]) -> Vec<String> {
        let trails: Vec<_> = pages.iter().map(|(trail, _)| levels(trail)).collect();
        let paths: Vec<_> = pages.iter().map(|(_, path)| levels(path)).collect();
        names(unit, &trails, &paths)
    }

    #[test]
    fn a_name_begins_below_the_unit() {
        let pages =
            [("首页/公开/县一局(县二办)/政策解读/上级", "x"), ("首页/公开/县一局(县二办)/县一局动态", "y")];
        assert_eq!(named("县一局", &pages), ["政策解读—上级", "县一局动态"]);
    }

    #[test]
    fn where_the_unit_is_not_named_the_levels_that_all_share_are_left_out() {
        let pages = [("首页/公开/政策/上级", "x"), ("首页/公开/通知", "y")];
        assert_eq!(named("县一局", &pages), ["政策—上级", "通知"]);
        assert_eq!(named("县一局", &[("首页/公开/通知", "y")]), ["通知"]);
        assert_eq!(named("县一局", &[("首页/公开", "x"), ("首页/公开", "y")]), ["公开", "公开"]);
    }

    #[test]
    fn a_page_without_a_trail_is_named_by_the_links_that_led_to_it() {
        let pages = [("首页/通知", "menu"), ("", "政策文件/上级文件"), ("", "")];
        assert_eq!(named("县一局", &pages), ["通知", "政策文件—上级文件", ""]);
        assert_eq!(
            named("县一局", &[("首页/县一局", "县一局/动态"), ("首页/县一局/a", "b")]),
            ["县一局", "a"]
        );
    }

    #[test]
    fn a_level_that_is_a_whole_path_stays_one() {
        assert_eq!(named("县一局", &[("首页/县一局/政策解读—上级", "x")]), ["政策解读—上级"]);
    }
}

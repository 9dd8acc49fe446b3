//! Spells names as ids: 政策解读—上级政策解读 becomes `zhengcejiedu-shangjizhengcejiedu`.

use std::collections::BTreeSet;

use pinyin::ToPinyin;

use super::id::is_valid_id;

/// Ids longer than this are cut; room is left for a number.
const LONGEST: usize = 64;

/// The id that a name spells: pinyin without tones, a hyphen wherever neither a letter nor a figure stands. Empty where
/// the name has nothing that can be spelled.
pub(crate) fn spelled(name: &str) -> String {
    let mut id = String::new();
    for letter in name.chars() {
        match letter.to_pinyin() {
            Some(sound) => id.extend(sound.plain().chars().map(|c| if c == 'ü' { 'v' } else { c })),
            None if letter.is_ascii_alphanumeric() => id.push(letter.to_ascii_lowercase()),
            None if !id.is_empty() && !id.ends_with('-') => id.push('-'),
            None => {}
        }
        if id.len() >= LONGEST {
            break;
        }
    }
    id.trim_end_matches('-').to_owned()
}

/// The first of `wishes` that can be an id, with a number if it is taken; then it is taken.
pub(crate) fn free_id<'a>(wishes: impl IntoIterator<Item = &'a str>, taken: &mut BTreeSet<String>) -> String {
    let stem = wishes.into_iter().find(|wish| is_valid_id(wish)).unwrap_or("source").to_owned();
    let numbered = (2_usize..).map(|number| format!("{stem}-{number}"));
    let id = std::iter::once(stem.clone()).chain(numbered).find(|id| !taken.contains(id)).unwrap_or(stem);
    taken.insert(id.clone());
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_spelled_level_by_level() {
        for (name, id) in [
            ("通知公告", "tongzhigonggao"),
            ("政策解读—上级政策解读", "zhengcejiedu-shangjizhengcejiedu"),
            ("“三公”经费（2026）", "sangong-jingfei-2026"),
            ("APP", "app"),
            ("旅游", "lvyou"),
            ("—— ", ""),
            ("🎉", ""),
        ] {
            assert_eq!(spelled(name), id, "{name}");
        }
    }

    #[test]
    fn whatever_is_spelled_is_an_id() {
        let long = "公".repeat(400);
        for name in [long.as_str(), "a—", "—a", "女儿", "A  B", "１２", "ß√", "绿𠀀色"] {
            let id = spelled(name);
            assert!(id.is_empty() || is_valid_id(&id), "{name} as {id}");
        }
    }

    #[test]
    fn an_id_that_is_taken_gets_a_number() {
        let mut taken = BTreeSet::from(["a".to_owned(), "a-2".to_owned()]);
        assert_eq!(free_id(["", "a"], &mut taken), "a-3");
        assert_eq!(free_id(["b"], &mut taken), "b");
        assert_eq!(free_id(["", "不"], &mut taken), "source");
        assert_eq!(free_id([""], &mut taken), "source-2");
    }
}

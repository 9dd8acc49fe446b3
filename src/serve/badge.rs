//! A unit's standing as a small picture, to be shown on a page of its own.

use super::view::Counts;
use super::words::STANDINGS;

/// The media type.
pub(super) const KIND: &str = "image/svg+xml; charset=utf-8";

const COLOURS: [(&str, &str); 6] = [
    ("overdue", "#a3201a"),
    ("blank", "#7a2a6c"),
    ("unknown", "#56606c"),
    ("due-soon", "#855700"),
    ("fresh", "#2a6a4c"),
    ("exempt", "#6f6b62"),
];
const HEIGHT: u32 = 24;
const MARGIN: u32 = 8;

/// The badge of a unit with these counts, whose worst standing this is.
pub(super) fn badge(unit: &str, worst: &str, counts: &Counts) -> String {
    let word = STANDINGS.iter().find(|(standing, _)| *standing == worst).map_or("", |(_, word)| word);
    let count = counts.get(worst).copied().unwrap_or(0);
    let said = if worst == "fresh" { word.to_owned() } else { format!("{word} {count}") };
    let colour =
        COLOURS.iter().find(|(standing, _)| *standing == worst).map_or("#56606c", |(_, colour)| colour);
    let (left, right) = (width(unit) + 2 * MARGIN, width(&said) + 2 * MARGIN);
    let (unit, said) = (escaped(unit), escaped(&said));
    let all = left + right;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{all}\" height=\"{HEIGHT}\" role=\"img\" \
         aria-label=\"{unit}：{said}\"><title>{unit}：{said}</title>\
         <rect width=\"{all}\" height=\"{HEIGHT}\" rx=\"3\" fill=\"#3a3732\"/>\
         <path d=\"M{left} 0H{inner}a3 3 0 0 1 3 3V21a3 3 0 0 1-3 3H{left}z\" fill=\"{colour}\"/>\
         <g fill=\"#fff\" font-family=\"Noto Sans CJK SC,PingFang SC,Microsoft YaHei,sans-serif\" font-size=\"13\">\
         <text x=\"{MARGIN}\" y=\"17\">{unit}</text><text x=\"{at}\" y=\"17\">{said}</text></g></svg>\n",
        inner = all - 3,
        at = left + MARGIN,
    )
}

/// Roughly how wide a text is at 13 units a Chinese character.
fn width(text: &str) -> u32 {
    text.chars().map(|letter| if letter.is_ascii() { 7 } else { 13 }).sum()
}

fn escaped(text: &str) -> String {
    let plain = text.chars().filter(|letter| !letter.is_control()).collect::<String>();
    plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_badge_says_the_worst_and_how_often() {
        let counts: Counts = [("overdue", 2), ("fresh", 9)].map(|(word, n)| (word.to_owned(), n)).into();
        assert!(badge("县住建局", "overdue", &counts).contains("县住建局：超期 2"));
        assert!(badge("县住建局", "fresh", &counts).contains("县住建局：正常<"));
    }

    #[test]
    fn a_name_stays_a_name() {
        let badge = badge("<script>\"&\u{1b}[2J", "fresh", &Counts::new());
        assert!(badge.contains("&lt;script&gt;&quot;&amp;[2J") && !badge.contains("<script"), "{badge}");
    }
}

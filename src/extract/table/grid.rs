//! Lays the cells of a table out in columns, cells that span several included.

use scraper::ElementRef;

use super::super::walk::elements;

/// The cells of one line by column; a cell that spans columns or lines stands in each.
pub(super) type Line<'a> = Vec<Option<ElementRef<'a>>>;

/// Wider tables are laid out no further, so that `colspan="99999999"` costs nothing.
const MOST_COLUMNS: usize = 64;

/// The table's own lines, without those of tables inside it.
pub(super) fn lines_of(table: ElementRef<'_>) -> Vec<Line<'_>> {
    let mut reaching: Vec<Option<Reaching>> = vec![None; MOST_COLUMNS];
    let own = elements(table, |inner| inner.value().name() == "table");
    own.filter(|element| element.value().name() == "tr").map(|line| laid_out(line, &mut reaching)).collect()
}

/// A cell that reaches down into the lines that follow.
#[derive(Debug, Clone, Copy)]
struct Reaching<'a> {
    cell: ElementRef<'a>,
    lines_left: usize,
}

fn laid_out<'a>(line: ElementRef<'a>, reaching: &mut [Option<Reaching<'a>>]) -> Line<'a> {
    let mut cells: Line = reaching.iter_mut().map(take_one_line).collect();
    let mut column = 0;
    for cell in line.child_elements().filter(|child| matches!(child.value().name(), "td" | "th")) {
        while cells.get(column).is_some_and(Option::is_some) {
            column += 1;
        }
        for _ in 0..span(cell, "colspan").min(MOST_COLUMNS) {
            let (Some(place), Some(below)) = (cells.get_mut(column), reaching.get_mut(column)) else { break };
            *place = Some(cell);
            *below = Some(Reaching { cell, lines_left: span(cell, "rowspan") - 1 });
            column += 1;
        }
    }
    cells
}

fn take_one_line<'a>(reaching: &mut Option<Reaching<'a>>) -> Option<ElementRef<'a>> {
    let Reaching { cell, lines_left } = reaching.take()?;
    let lines_left = lines_left.checked_sub(1)?;
    *reaching = Some(Reaching { cell, lines_left });
    Some(cell)
}

fn span(cell: ElementRef, name: &str) -> usize {
    cell.attr(name).and_then(|text| text.trim().parse().ok()).filter(|span| *span > 0).unwrap_or(1)
}

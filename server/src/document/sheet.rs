//! Puts rows of cells on pages: what fits where, and what is repeated.

use std::rc::Rc;

use super::text::Line;

/// A4, in points.
pub(super) const PAGE_WIDTH: f32 = 595.28;
/// A4, in points.
pub(super) const PAGE_HEIGHT: f32 = 841.89;
/// Between the text and the left and right edges of the page.
pub(super) const MARGIN: f32 = 48.0;
/// From edge to edge of the text.
pub(super) const TEXT_WIDTH: f32 = PAGE_WIDTH - 2.0 * MARGIN;
const TOP: f32 = 48.0;
const BOTTOM: f32 = PAGE_HEIGHT - 64.0;
/// Where the line at the foot of each page begins.
pub(super) const FOOT: f32 = PAGE_HEIGHT - 48.0;

/// What a cell is to a reader that follows the structure of the document.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Title,
    Paragraph,
    ColumnHead,
    RowHead,
    Data,
    /// Shown again on each page; no part of the text.
    Repeated,
}

/// Lines of text in a column.
pub(super) struct Cell {
    pub(super) role: Role,
    pub(super) x: f32,
    pub(super) lines: Vec<Rc<Line>>,
}

/// A line across a row's width, above it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    None,
    Thin,
    Strong,
}

/// Cells side by side, whose first baselines are level. A row stays on one page, unless it is taller than a page.
pub(super) struct Row {
    pub(super) cells: Vec<Cell>,
    /// Space above the text; dropped at the top of a page.
    pub(super) above: f32,
    /// Space below the text.
    pub(super) below: f32,
    pub(super) rule: Rule,
    /// Left edge and width of the rule.
    pub(super) span: (f32, f32),
    /// Which table the row belongs to, if any.
    pub(super) table: Option<u8>,
}

/// Something at its place on a page.
pub(super) enum Mark {
    /// Lines of a cell.
    Text {
        /// The row's number in the document.
        row: usize,
        cell: usize,
        x: f32,
        /// Of the first line's top.
        y: f32,
        lines: Vec<Rc<Line>>,
        role: Role,
    },
    /// A line across.
    Rule {
        x: f32,
        y: f32,
        width: f32,
        strong: bool,
    },
}

/// The pages so far.
pub(super) struct Sheet {
    pub(super) pages: Vec<Vec<Mark>>,
    /// The table of each row.
    pub(super) tables: Vec<Option<u8>>,
    y: f32,
    /// Where the page's own rows begin.
    start: f32,
    /// What a new page begins with.
    head: Option<Row>,
}

impl Row {
    fn ascent(&self) -> f32 {
        let first = |cell: &Cell| cell.lines.first().map_or(0.0, |line| line.ascent);
        self.cells.iter().map(first).fold(0.0, f32::max)
    }

    fn text_height(&self) -> f32 {
        let ascent = self.ascent();
        let height = |cell: &Cell| {
            let drop = cell.lines.first().map_or(0.0, |line| ascent - line.ascent);
            drop + cell.lines.iter().map(|line| line.height).sum::<f32>()
        };
        self.cells.iter().map(height).fold(0.0, f32::max)
    }

    fn height(&self) -> f32 {
        self.above + self.text_height() + self.below
    }

    /// Takes the lines off the top that fit into a height, and at least one of each cell.
    fn take(&mut self, height: f32) -> Vec<Cell> {
        let ascent = self.ascent();
        let take = |cell: &mut Cell| {
            let mut left = height - cell.lines.first().map_or(0.0, |line| ascent - line.ascent);
            let mut count = 0;
            for line in &cell.lines {
                left -= line.height;
                if left < 0.0 && count > 0 {
                    break;
                }
                count += 1;
            }
            Cell {
                role: cell.role,
                x: cell.x,
                lines: cell.lines.drain(..count).collect(),
            }
        };
        self.cells.iter_mut().map(take).collect()
    }

    /// The row as it stands on further pages.
    fn again(&self) -> Row {
        let cells = self.cells.iter().map(|cell| Cell {
            role: Role::Repeated,
            x: cell.x,
            lines: cell.lines.clone(),
        });
        Row {
            cells: cells.collect(),
            ..*self
        }
    }

    fn is_done(&self) -> bool {
        self.cells.iter().all(|cell| cell.lines.is_empty())
    }
}

impl Sheet {
    /// One empty page.
    pub(super) fn new() -> Sheet {
        Sheet {
            pages: vec![Vec::new()],
            tables: Vec::new(),
            y: TOP,
            start: TOP,
            head: None,
        }
    }

    /// Leaves space, if something is above.
    pub(super) fn skip(&mut self, height: f32) {
        if !self.is_fresh() {
            self.y += height;
        }
    }

    /// Puts a table's rows below each other, and the head on each page that they need.
    pub(super) fn table(&mut self, head: Row, rows: Vec<Row>) {
        let first = rows.first().map_or(0.0, Row::height);
        self.turn_unless_fits(head.height() + first);
        let again = head.again();
        self.put(head);
        self.head = Some(again);
        for row in rows {
            self.put(row);
        }
        self.head = None;
    }

    /// Puts a head and a text that may go on over pages, with at least one line of it below the head.
    pub(super) fn flow(&mut self, head: Row, text: Row) {
        let first = text.cells.iter().filter_map(|cell| cell.lines.first());
        let first = first.map(|line| line.height).fold(0.0, f32::max);
        self.turn_unless_fits(head.height() + text.above + first);
        self.put(head);
        self.put_here(text);
    }

    /// Puts two stacks of rows side by side, on one page if a page can hold them, otherwise one after the other.
    pub(super) fn beside(&mut self, left: Vec<Row>, right: Vec<Row>) {
        let stack = |rows: &[Row]| rows.iter().map(Row::height).sum::<f32>();
        let height = stack(&left).max(stack(&right));
        let abreast = height <= BOTTOM - TOP;
        if abreast {
            self.turn_unless_fits(height);
        }
        let top = self.y;
        for row in left {
            self.put(row);
        }
        if abreast {
            self.y = top;
        }
        for row in right {
            self.put(row);
        }
        if abreast {
            self.y = top + height;
        }
    }

    /// Puts a row below what is there, on the next page if it does not fit here.
    pub(super) fn put(&mut self, row: Row) {
        self.turn_unless_fits(row.height());
        self.put_here(row);
    }

    fn put_here(&mut self, mut row: Row) {
        let number = self.tables.len();
        self.tables.push(row.table);
        if row.rule != Rule::None {
            self.mark(Mark::Rule {
                x: row.span.0,
                y: self.y,
                width: row.span.1,
                strong: row.rule == Rule::Strong,
            });
        }
        self.y += row.above;
        loop {
            let ascent = row.ascent();
            let mut bottom = self.y;
            for (index, cell) in row.take(BOTTOM - self.y).into_iter().enumerate() {
                let Some(first) = cell.lines.first() else {
                    continue;
                };
                let y = self.y + ascent - first.ascent;
                bottom = bottom.max(y + cell.lines.iter().map(|line| line.height).sum::<f32>());
                self.mark(Mark::Text {
                    row: number,
                    cell: index,
                    x: cell.x,
                    y,
                    role: cell.role,
                    lines: cell.lines,
                });
            }
            self.y = bottom + row.below;
            if row.is_done() {
                return;
            }
            self.turn();
        }
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    /// Whether nothing but a repeated head is on the page.
    fn is_fresh(&self) -> bool {
        self.y <= self.start
    }

    fn turn_unless_fits(&mut self, height: f32) {
        // Sums of the same heights in another order differ a little.
        if self.y + height > BOTTOM + 0.1 && !self.is_fresh() {
            self.turn();
        }
    }

    fn turn(&mut self) {
        self.pages.push(Vec::new());
        (self.y, self.start) = (TOP, TOP);
        if let Some(head) = self.head.take() {
            self.put(head.again());
            self.head = Some(head);
            self.start = self.y;
        }
    }
}

//! From text in any script to lines of placed glyphs: direction, joining, wrapping and the choice of fonts.

use std::ops::Range;
use std::rc::Rc;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use parley::layout::{Alignment, AlignmentOptions, Run};
use parley::style::{FontWeight, OverflowWrap, StyleProperty};
use parley::{FontContext, Glyph, Layout, LayoutContext};

use super::fonts::FONTS;
use super::sheet::{Cell, Role};

/// What a character that no font holds is drawn as.
const REPLACEMENT: char = '\u{fffd}';

/// How text looks.
#[derive(Clone, Copy)]
pub(super) struct Style {
    /// In points.
    pub(super) size: f32,
    pub(super) bold: bool,
    /// Grey instead of black.
    pub(super) pale: bool,
}

/// To which edge of its cell text is set.
#[derive(Clone, Copy)]
pub(super) enum Edge {
    Left,
    Right,
}

/// One line of text, ready to be drawn.
pub(super) struct Line {
    /// The whole text that the line is of; the glyphs point into it.
    pub(super) text: Rc<str>,
    pub(super) style: Style,
    pub(super) pieces: Vec<Piece>,
    /// How far it reaches above its baseline.
    pub(super) ascent: f32,
    /// From its top to the top of the next line.
    pub(super) height: f32,
}

/// Glyphs of one font.
pub(super) struct Piece {
    /// From the left edge of the cell.
    pub(super) x: f32,
    pub(super) font: Font,
    pub(super) glyphs: Vec<KrillaGlyph>,
    /// Whether the font has no bold face and is made bold with a thicker outline.
    pub(super) thicken: bool,
}

/// Lays text out.
pub(super) struct Typesetter {
    fonts: FontContext,
    layouts: LayoutContext<()>,
    layout: Layout<()>,
}

impl Typesetter {
    pub(super) fn new() -> Typesetter {
        Typesetter {
            fonts: FONTS.context(),
            layouts: LayoutContext::new(),
            layout: Layout::new(),
        }
    }

    /// Wraps text into lines of at most this width. Empty text has no lines.
    pub(super) fn lines(&mut self, text: &str, style: Style, width: f32, edge: Edge) -> Vec<Line> {
        let text: Rc<str> = self.lay_out(text, style, Some(width)).into();
        if text.is_empty() {
            return Vec::new();
        }
        let alignment = match edge {
            Edge::Left => Alignment::Left,
            Edge::Right => Alignment::Right,
        };
        self.layout.align(alignment, AlignmentOptions::default());
        let lines = self.layout.lines().map(|line| {
            let mut x = line.metrics().offset;
            // The limits keep lines even where a font reaches far for marks that are rarely stacked.
            let (mut ascent, mut descent) = (1.11 * style.size, 0.34 * style.size);
            let mut pieces = Vec::new();
            for run in line.runs() {
                let metrics = run.font_metrics();
                ascent = ascent.max(metrics.ascent.min(1.25 * style.size));
                descent = descent.max(metrics.descent.min(0.5 * style.size));
                pieces.extend(piece(&run, x));
                x += run.advance();
            }
            Line {
                text: Rc::clone(&text),
                style,
                pieces,
                ascent,
                height: ascent + descent,
            }
        });
        lines.collect()
    }

    /// Text as the lines of a cell.
    pub(super) fn shared(
        &mut self,
        text: &str,
        style: Style,
        width: f32,
        edge: Edge,
    ) -> Vec<Rc<Line>> {
        let lines = self.lines(text, style, width, edge);
        lines.into_iter().map(Rc::new).collect()
    }

    /// A cell of text at its left edge, in a column that is at `place`: left edge and width.
    pub(super) fn cell(&mut self, role: Role, text: &str, style: Style, place: (f32, f32)) -> Cell {
        Cell {
            role,
            x: place.0,
            lines: self.shared(text, style, place.1, Edge::Left),
        }
    }

    /// How wide text is on one line.
    pub(super) fn width(&mut self, text: &str, style: Style) -> f32 {
        self.lay_out(text, style, None);
        self.layout.full_width()
    }

    /// Lays text out and wraps it; returns the text as it is drawn.
    fn lay_out(&mut self, text: &str, style: Style, width: Option<f32>) -> String {
        let mut text = clean(text);
        self.wrap(&text, style, width);
        // The font of a letter may lack a mark that another font has: first the marks give way, then the letters.
        for kept in [1, 0] {
            let missing = self.missing();
            if missing.is_empty() {
                break;
            }
            for range in missing.into_iter().rev() {
                let cluster = &text[range.clone()];
                let kept = if cluster.chars().nth(1).is_some() {
                    kept
                } else {
                    0
                };
                let drawn = |(index, character)| if index < kept { character } else { REPLACEMENT };
                let mended: String = cluster.chars().enumerate().map(drawn).collect();
                text.replace_range(range, &mended);
            }
            self.wrap(&text, style, width);
        }
        text
    }

    /// Where the text has something that the font chosen for it does not hold, in order.
    fn missing(&self) -> Vec<Range<usize>> {
        let runs = self.layout.lines().flat_map(|line| line.runs());
        let mut missing: Vec<Range<usize>> = runs
            .flat_map(|run| clusters(&run))
            .filter(|(_, glyphs)| glyphs.iter().any(|glyph| glyph.id == 0))
            .map(|(range, _)| range)
            .collect();
        missing.sort_unstable_by_key(|range| range.start);
        missing
    }

    fn wrap(&mut self, text: &str, style: Style, width: Option<f32>) {
        let mut builder = self
            .layouts
            .ranged_builder(&mut self.fonts, text, 1.0, false);
        builder.push_default(StyleProperty::FontFamily(FONTS.family()));
        builder.push_default(StyleProperty::FontSize(style.size));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        if style.bold {
            builder.push_default(StyleProperty::FontWeight(FontWeight::BOLD));
        }
        builder.build_into(&mut self.layout, text);
        self.layout.break_all_lines(width);
    }
}

/// The clusters of a run in the order of the text: where the text is, and its glyphs from left to right.
fn clusters(run: &Run<'_, ()>) -> Vec<(Range<usize>, Vec<Glyph>)> {
    let mut clusters: Vec<(Range<usize>, Vec<Glyph>)> = Vec::new();
    for cluster in run.clusters() {
        let range = cluster.text_range();
        match clusters.last_mut() {
            Some((whole, _)) if cluster.is_ligature_continuation() => whole.end = range.end,
            _ if cluster.is_hard_line_break() => {}
            _ => clusters.push((range, cluster.glyphs().collect())),
        }
    }
    clusters
}

/// The glyphs of a run, from left to right.
fn piece(run: &Run<'_, ()>, x: f32) -> Option<Piece> {
    let size = run.font_size();
    let mut clusters = clusters(run);
    if run.is_rtl() {
        clusters.reverse();
    }
    let glyphs = clusters
        .into_iter()
        .flat_map(|(range, glyphs)| {
            glyphs.into_iter().map(move |glyph| {
                KrillaGlyph::new(
                    GlyphId::new(glyph.id),
                    glyph.advance / size,
                    glyph.x / size,
                    glyph.y / size,
                    0.0,
                    range.clone(),
                    None,
                )
            })
        })
        .collect();
    Some(Piece {
        x,
        font: FONTS.pdf(&run.font().data)?.clone(),
        glyphs,
        thicken: run.synthesis().embolden(),
    })
}

/// Text that can be drawn: without control characters, and with a replacement for what no font holds.
pub(super) fn clean(text: &str) -> String {
    text.trim()
        .replace("\r\n", "\n")
        .chars()
        .filter_map(|character| match character {
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
            '\t' => Some(' '),
            control if control.is_control() => None,
            ' '..='~' => Some(character),
            // What an archivable document may not map glyphs to, though some fonts hold it.
            '\u{feff}' => None,
            '\u{e000}'..='\u{f8ff}' | '\u{fffe}' | '\u{ffff}' | '\u{f0000}'.. => Some(REPLACEMENT),
            _ if FONTS.hold(character) => Some(character),
            _ if is_invisible(character) => None,
            _ => Some(REPLACEMENT),
        })
        .collect()
}

/// Whether a character only says something about its neighbours: joiners, variants, directions, tags.
const fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

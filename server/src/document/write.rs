//! Writes pages as a PDF: an archivable and tagged one (PDF/A-2a), with nothing in it that changes from run to run.

use std::num::NonZeroU16;

use krilla::color::rgb;
use krilla::configure::{Archival, ConfigurationBuilder};
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, Node, SpanTag, TableHeaderScope, Tag, TagGroup,
    TagTree,
};
use krilla::{Document, SerializeSettings};

use super::sheet::{FOOT, MARGIN, Mark, PAGE_HEIGHT, PAGE_WIDTH, Role, Sheet, TEXT_WIDTH};
use super::text::{Edge, Line, Style, Typesetter};
use super::words::Words;
use super::{DrawError, PALE};

const BLACK: (u8, u8, u8) = (0x1a, 0x1a, 0x1a);
const GREY: (u8, u8, u8) = (0x5c, 0x5c, 0x5c);
const HAIR: (u8, u8, u8) = (0xc8, 0xc8, 0xc8);

/// What a document says about itself.
pub(super) struct About {
    pub(super) title: String,
    pub(super) author: String,
    pub(super) date: time::Date,
    /// At the foot of each page, left of the page's number.
    pub(super) foot: String,
}

/// The parts of one cell on all its pages.
type Parts = (Role, Vec<Identifier>);

/// Writes the pages.
pub(super) fn write(
    sheet: Sheet,
    about: About,
    words: &Words,
    typesetter: &mut Typesetter,
) -> Result<Vec<u8>, DrawError> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .finish()
        .map_err(|error| DrawError::Library(format!("{error:?}")))?;
    let mut document = Document::new_with(SerializeSettings {
        configuration,
        ..SerializeSettings::default()
    });
    document.set_metadata(metadata(&about, words));

    let settings = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT)
        .ok_or_else(|| DrawError::Library("the size of a page is refused".to_owned()))?;
    let count = sheet.pages.len();
    let mut rows: Vec<Vec<Parts>> = Vec::new();
    rows.resize_with(sheet.tables.len(), Vec::new);
    for (index, marks) in sheet.pages.into_iter().enumerate() {
        let mut page = document.start_page_with(settings.clone());
        let mut surface = page.surface();
        for mark in marks {
            draw_mark(&mut surface, mark, &mut rows);
        }
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(
            ArtifactType::Footer,
        )));
        let number = words.page(index + 1, count);
        for (text, edge) in [(&about.foot, Edge::Left), (&number, Edge::Right)] {
            if let Some(line) = typesetter.lines(text, PALE, TEXT_WIDTH, edge).first() {
                draw_line(&mut surface, line, MARGIN, FOOT);
            }
        }
        surface.end_tagged();
        surface.finish();
        page.finish();
    }
    document.set_tag_tree(tag_tree(rows, &sheet.tables, words));
    document
        .finish()
        .map_err(|error| DrawError::Library(format!("{error:?}")))
}

fn metadata(about: &About, words: &Words) -> Metadata {
    let date = about.date;
    let created = DateTime::new(u16::try_from(date.year()).unwrap_or(0))
        .month(u8::from(date.month()))
        .day(date.day())
        .hour(0)
        .minute(0)
        .second(0)
        .utc_offset_hour(0)
        .utc_offset_minute(0);
    let metadata = Metadata::new()
        .title(about.title.clone())
        .language(words.language.to_owned())
        .creator(env!("CARGO_PKG_NAME").to_owned())
        .creation_date(created);
    if about.author.is_empty() {
        return metadata;
    }
    metadata.authors(vec![about.author.clone()])
}

fn draw_mark(surface: &mut Surface<'_>, mark: Mark, rows: &mut [Vec<Parts>]) {
    match mark {
        Mark::Rule {
            x,
            y,
            width,
            strong,
        } => {
            surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(
                ArtifactType::Layout,
            )));
            let (ink, height) = if strong { (BLACK, 0.8) } else { (HAIR, 0.5) };
            let mut path = PathBuilder::new();
            if let Some(rect) = Rect::from_xywh(x, y, width, height) {
                path.push_rect(rect);
            }
            if let Some(path) = path.finish() {
                surface.set_stroke(None);
                surface.set_fill(Some(fill(ink)));
                surface.draw_path(&path);
            }
            surface.end_tagged();
        }
        Mark::Text {
            row,
            cell,
            x,
            y,
            lines,
            role,
        } => {
            let tag = match role {
                Role::Repeated => {
                    ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther))
                }
                _ => ContentTag::Span(SpanTag::empty()),
            };
            let part = surface.start_tagged(tag);
            let mut y = y;
            for line in &lines {
                draw_line(surface, line, x, y);
                y += line.height;
            }
            surface.end_tagged();
            if role != Role::Repeated
                && let Some(cells) = rows.get_mut(row)
            {
                if cells.len() <= cell {
                    cells.resize_with(cell + 1, || (role, Vec::new()));
                }
                cells[cell].0 = role;
                cells[cell].1.push(part);
            }
        }
    }
}

/// Draws a line whose top is at `y`, in a cell whose left edge is at `x`.
fn draw_line(surface: &mut Surface<'_>, line: &Line, x: f32, y: f32) {
    let Style { size, pale, .. } = line.style;
    let ink = if pale { GREY } else { BLACK };
    surface.set_fill(Some(fill(ink)));
    for piece in &line.pieces {
        surface.set_stroke(piece.thicken.then(|| Stroke {
            paint: rgb::Color::new(ink.0, ink.1, ink.2).into(),
            width: size / 32.0,
            ..Stroke::default()
        }));
        surface.draw_glyphs(
            Point::from_xy(x + piece.x, y + line.ascent),
            &piece.glyphs,
            piece.font.clone(),
            &line.text,
            size,
            false,
        );
    }
}

fn fill((red, green, blue): (u8, u8, u8)) -> Fill {
    Fill {
        paint: rgb::Color::new(red, green, blue).into(),
        ..Fill::default()
    }
}

/// The structure: a title, paragraphs and tables, in the order of the rows.
fn tag_tree(rows: Vec<Vec<Parts>>, tables: &[Option<u8>], words: &Words) -> TagTree {
    let mut tree = TagTree::new().with_lang(Some(words.language.to_owned()));
    let mut open: Option<(u8, TagGroup)> = None;
    for (cells, table) in rows.into_iter().zip(tables) {
        if cells.is_empty() {
            continue;
        }
        if open.as_ref().map(|(number, _)| *number) != *table
            && let Some((_, done)) = open.take()
        {
            tree.push(done);
        }
        match table {
            Some(number) => {
                let (_, group) = open.get_or_insert_with(|| (*number, TagGroup::new(Tag::Table)));
                group.push(table_row(cells));
            }
            None => {
                for cell in cells {
                    tree.push(group(cell));
                }
            }
        }
    }
    if let Some((_, done)) = open {
        tree.push(done);
    }
    tree
}

fn table_row(cells: Vec<Parts>) -> TagGroup {
    TagGroup::with_children(
        Tag::TR,
        cells
            .into_iter()
            .map(|cell| Node::Group(group(cell)))
            .collect(),
    )
}

fn group((role, parts): Parts) -> TagGroup {
    let parts = parts.into_iter().map(Node::Leaf).collect();
    match role {
        Role::Title => TagGroup::with_children(Tag::Hn(NonZeroU16::MIN, None), parts),
        Role::ColumnHead => TagGroup::with_children(Tag::TH(TableHeaderScope::Column), parts),
        Role::RowHead => TagGroup::with_children(Tag::TH(TableHeaderScope::Row), parts),
        Role::Data => TagGroup::with_children(Tag::TD, parts),
        Role::Paragraph | Role::Repeated => TagGroup::with_children(Tag::P, parts),
    }
}

//! The fonts that documents are drawn with, and which characters they hold.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use krilla::text::Font;
use parley::FontContext;
use parley::fontique::{Blob, Collection, CollectionOptions, FontInfo, SourceCache};
use parley::style::{FontFamily, FontFamilyName};

macro_rules! font {
    ($file:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/fonts/", $file)).as_slice()
    };
}

/// The font files. A character is drawn with the first family that holds it.
const FILES: [&[u8]; 23] = [
    font!("NotoSans-Regular.ttf"),
    font!("NotoSans-Bold.ttf"),
    font!("NotoNaskhArabic-Regular.ttf"),
    font!("NotoNaskhArabic-Bold.ttf"),
    font!("NotoSansHebrew-Regular.ttf"),
    font!("NotoSansThai-Regular.ttf"),
    font!("NotoSansLao-Regular.ttf"),
    font!("NotoSansKhmer-Regular.ttf"),
    font!("NotoSansMyanmar-Regular.ttf"),
    font!("NotoSansDevanagari-Regular.ttf"),
    font!("NotoSansBengali-Regular.ttf"),
    font!("NotoSansGurmukhi-Regular.ttf"),
    font!("NotoSansGujarati-Regular.ttf"),
    font!("NotoSansTamil-Regular.ttf"),
    font!("NotoSansTelugu-Regular.ttf"),
    font!("NotoSansKannada-Regular.ttf"),
    font!("NotoSansMalayalam-Regular.ttf"),
    font!("NotoSansSinhala-Regular.ttf"),
    font!("NotoSansGeorgian-Regular.ttf"),
    font!("NotoSansArmenian-Regular.ttf"),
    font!("NotoSansEthiopic-Regular.ttf"),
    font!("DroidSansFallbackFull.ttf"),
    font!("NanumSquareR.ttf"),
];

/// All fonts, parsed once.
pub(super) static FONTS: LazyLock<Fonts> = LazyLock::new(Fonts::parse);

/// The fonts as the layout and the PDF library want them.
pub(super) struct Fonts {
    collection: Collection,
    families: Vec<FontFamilyName<'static>>,
    faces: Vec<Face>,
    /// By the number that the layout gives to a font's data.
    pdf: HashMap<u64, Font>,
}

/// One font file.
struct Face {
    data: Blob<u8>,
    info: FontInfo,
}

impl Fonts {
    fn parse() -> Fonts {
        let mut fonts = Fonts {
            collection: Collection::new(CollectionOptions {
                shared: false,
                system_fonts: false,
            }),
            families: Vec::new(),
            faces: Vec::new(),
            pdf: HashMap::new(),
        };
        for file in FILES {
            let data = Blob::new(Arc::new(file));
            for (family, infos) in fonts.collection.register_fonts(data.clone(), None) {
                if let Some(name) = fonts.collection.family_name(family) {
                    let name = FontFamilyName::Named(Cow::Owned(name.to_owned()));
                    if !fonts.families.contains(&name) {
                        fonts.families.push(name);
                    }
                }
                fonts.faces.extend(infos.into_iter().map(|info| Face {
                    data: data.clone(),
                    info,
                }));
            }
            if let Some(font) = Font::new(file.into(), 0) {
                fonts.pdf.insert(data.id(), font);
            }
        }
        fonts
    }

    /// The fonts for laying out text.
    pub(super) fn context(&self) -> FontContext {
        FontContext {
            collection: self.collection.clone(),
            source_cache: SourceCache::default(),
        }
    }

    /// The families in the order in which they are tried.
    pub(super) fn family(&self) -> FontFamily<'_> {
        FontFamily::List(Cow::Borrowed(&self.families))
    }

    /// The font that the layout took, for the PDF library.
    pub(super) fn pdf(&self, data: &Blob<u8>) -> Option<&Font> {
        self.pdf.get(&data.id())
    }

    /// Whether some font holds this character.
    pub(super) fn hold(&self, character: char) -> bool {
        self.faces.iter().any(|face| {
            face.info
                .charmap_index()
                .charmap(face.data.data())
                .and_then(|charmap| charmap.map(character))
                .is_some_and(|glyph| glyph != 0)
        })
    }
}

//! Letters as coverage: how much of each pixel is ink.
//!
//! The font is Atkinson Hyperlegible Next, as on the pages, cut down to the letters of Latin scripts. It was
//! drawn so that no two letters are mistaken for each other, which is what a mark needs.
use ab_glyph::{Font, FontRef, GlyphId, PxScale, ScaleFont, point};
use std::sync::LazyLock;

/// Characters that are drawn of a line at most, so that a long name costs no more than a short one.
const LONGEST: usize = 120;

/// The Latin letters, then those with rarer marks above and below.
static FONTS: LazyLock<Vec<FontRef<'static>>> = LazyLock::new(|| {
    let files: [&[u8]; 2] = [
        include_bytes!("../assets/atkinson-latin-700.ttf"),
        include_bytes!("../assets/atkinson-latin-ext-700.ttf"),
    ];
    files.into_iter().filter_map(|file| FontRef::try_from_slice(file).ok()).collect()
});

/// How much of each pixel is covered, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stencil {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) ink: Vec<u8>,
}

/// A line of text on a ground that is free on all sides for `margin` pixels. `size` is the height of a line.
pub(crate) fn draw(text: &str, size: f32, margin: usize) -> Stencil {
    let scale = PxScale::from(size);
    let ascent = FONTS.first().map_or(0.0, |font| font.as_scaled(scale).ascent());
    let mut pen = margin as f32;
    let mut glyphs = Vec::new();
    for (font, glyph) in text.chars().filter(|c| !is_combining(*c)).take(LONGEST).filter_map(find) {
        let placed = glyph.with_scale_and_position(scale, point(pen, margin as f32 + ascent));
        glyphs.extend(font.outline_glyph(placed));
        pen += font.as_scaled(scale).h_advance(glyph);
    }
    let (width, height) = (pen.ceil() as usize + margin, size.ceil() as usize + 2 * margin);
    let mut ink = vec![0u8; width * height];
    for glyph in glyphs {
        let bounds = glyph.px_bounds();
        let (left, top) = (bounds.min.x as i32, bounds.min.y as i32);
        glyph.draw(|x, y, cover| {
            let (x, y) = (left + x as i32, top + y as i32);
            if (0..width as i32).contains(&x) && (0..height as i32).contains(&y) {
                let pixel = &mut ink[y as usize * width + x as usize];
                *pixel = pixel.saturating_add((cover * 255.0 + 0.5) as u8);
            }
        });
    }
    Stencil { width, height, ink }
}

/// Whether a character is a mark upon the one before it, which a composed name does not hold.
fn is_combining(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// The font that has a character. Space stands for what is not to be seen, a question mark for the rest.
fn find(c: char) -> Option<(&'static FontRef<'static>, GlyphId)> {
    let c = if c.is_whitespace() || c.is_control() { ' ' } else { c };
    [c, '?'].into_iter().find_map(|c| {
        FONTS.iter().map(|font| (font, font.glyph_id(c))).find(|(_, glyph)| *glyph != GlyphId(0))
    })
}

impl Stencil {
    /// The ink, and what lies within `reach` pixels of it.
    pub(crate) fn spread(&self, reach: usize) -> Vec<u8> {
        let widest = |from: &[u8], length: usize, step: usize, starts: &mut dyn Iterator<Item = usize>| {
            let mut to = vec![0; from.len()];
            for start in starts {
                for at in 0..length {
                    let near = at.saturating_sub(reach)..(at + reach + 1).min(length);
                    to[start + at * step] = near.map(|near| from[start + near * step]).max().unwrap_or(0);
                }
            }
            to
        };
        let rows = widest(&self.ink, self.width, 1, &mut (0..self.height).map(|y| y * self.width));
        widest(&rows, self.height, self.width, &mut (0..self.width))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ink(text: &str) -> u64 {
        draw(text, 20.0, 2).ink.iter().map(|value| u64::from(*value)).sum()
    }

    /// VIS-8.
    #[test]
    fn letters_of_many_names_have_ink_of_their_own() {
        assert_eq!(FONTS.len(), 2);
        for letter in ('!'..='~').chain("£éÉñößøÆŁłčŽşğőűÿ".chars()) {
            assert!(ink(&letter.to_string()) > 500, "{letter}");
            assert!(letter == '?' || draw(&letter.to_string(), 20.0, 2) != draw("?", 20.0, 2), "{letter}");
        }
    }

    #[test]
    fn what_has_no_letter_is_a_question_mark() {
        assert_eq!(draw("漢🙂", 20.0, 2), draw("??", 20.0, 2));
        assert_eq!(draw("a\n\tb", 20.0, 2), draw("a  b", 20.0, 2));
        assert_eq!(draw("e\u{301}", 20.0, 2), draw("e", 20.0, 2));
        assert_eq!(ink("  "), 0);
        assert!(draw(&"W".repeat(100_000), 20.0, 2).width < 3_000);
    }

    #[test]
    fn ink_spreads_as_far_as_told() {
        let mut dot = Stencil { width: 7, height: 5, ink: vec![0; 35] };
        dot.ink[2 * 7 + 3] = 200;
        let spread = dot.spread(1);
        assert_eq!(spread.iter().filter(|value| **value == 200).count(), 9);
        assert_eq!((spread[7 + 2], spread[3 * 7 + 4], spread[3]), (200, 200, 0));
    }
}

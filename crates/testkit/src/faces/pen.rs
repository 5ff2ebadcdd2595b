//! Drawing in a space of 240 by 300, whatever the size of the picture.
use tiny_skia::{
    Color, FillRule, GradientStop, LineCap, LineJoin, LinearGradient, Paint, PathBuilder, Pixmap, Point,
    RadialGradient, Rect, Shader, SpreadMode, Stroke, Transform,
};

/// A colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tone(pub(super) u8, pub(super) u8, pub(super) u8);

impl Tone {
    pub(super) const BLACK: Self = Self(18, 20, 24);
    pub(super) const WHITE: Self = Self(255, 255, 255);

    /// The colour on the way to another, from 0 to 1.
    pub(super) fn mix(self, other: Self, share: f32) -> Self {
        // Between two bytes, so the conversion is exact to the rounding.
        let mix = |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * share).round() as u8;
        Self(mix(self.0, other.0), mix(self.1, other.1), mix(self.2, other.2))
    }

    /// A darker colour, a little warmer, as shadows on skin and cloth are.
    pub(super) fn shade(self, share: f32) -> Self {
        self.mix(Self(40, 18, 24), share)
    }

    /// A lighter colour.
    pub(super) fn light(self, share: f32) -> Self {
        self.mix(Self(255, 250, 240), share)
    }

    /// How bright the colour is, from 0 to 1.
    pub(super) fn brightness(self) -> f32 {
        (0.299 * f32::from(self.0) + 0.587 * f32::from(self.1) + 0.114 * f32::from(self.2)) / 255.0
    }

    fn color(self, alpha: f32) -> Color {
        Color::from_rgba8(self.0, self.1, self.2, (alpha.clamp(0.0, 1.0) * 255.0) as u8)
    }
}

/// What a shape is filled with.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ink {
    /// One colour, with an opacity.
    Flat(Tone, f32),
    /// From one colour to another between two points.
    Fade((f32, f32), Tone, (f32, f32), Tone),
    /// A colour of some opacity at a point, gone at a distance.
    Glow((f32, f32), f32, Tone, f32),
}

impl From<Tone> for Ink {
    fn from(tone: Tone) -> Self {
        Self::Flat(tone, 1.0)
    }
}

impl Ink {
    /// From one colour above to another below.
    pub(super) fn down(top: f32, above: Tone, bottom: f32, below: Tone) -> Self {
        Self::Fade((120.0, top), above, (120.0, bottom), below)
    }

    fn shader(self) -> Shader<'static> {
        let at = |(x, y)| Point::from_xy(x, y);
        let (spread, turn) = (SpreadMode::Pad, Transform::identity());
        match self {
            Self::Flat(tone, alpha) => Shader::SolidColor(tone.color(alpha)),
            Self::Fade(start, from, end, to) => {
                let stops =
                    vec![GradientStop::new(0.0, from.color(1.0)), GradientStop::new(1.0, to.color(1.0))];
                LinearGradient::new(at(start), at(end), stops, spread, turn)
                    .unwrap_or(Shader::SolidColor(from.color(1.0)))
            }
            Self::Glow(center, radius, tone, alpha) => {
                let stops =
                    vec![GradientStop::new(0.0, tone.color(alpha)), GradientStop::new(1.0, tone.color(0.0))];
                RadialGradient::new(at(center), 0.0, at(center), radius, stops, spread, turn)
                    .unwrap_or(Shader::SolidColor(tone.color(0.0)))
            }
        }
    }
}

/// The outline of a shape. Methods chain, and bear the letters of SVG paths.
#[derive(Clone, Debug)]
pub(super) struct Pen(PathBuilder);

impl Pen {
    /// Starts at a point.
    pub(super) fn m(x: f32, y: f32) -> Self {
        let mut path = PathBuilder::new();
        path.move_to(x, y);
        Self(path)
    }

    /// Starts again at a point.
    pub(super) fn and(mut self, x: f32, y: f32) -> Self {
        self.0.move_to(x, y);
        self
    }

    /// A straight line.
    pub(super) fn l(mut self, x: f32, y: f32) -> Self {
        self.0.line_to(x, y);
        self
    }

    /// A curve with one control point.
    pub(super) fn q(mut self, x1: f32, y1: f32, x: f32, y: f32) -> Self {
        self.0.quad_to(x1, y1, x, y);
        self
    }

    /// A curve with two control points.
    pub(super) fn c(mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) -> Self {
        self.0.cubic_to(x1, y1, x2, y2, x, y);
        self
    }

    /// Back to the start.
    pub(super) fn z(mut self) -> Self {
        self.0.close();
        self
    }

    /// An ellipse about a point.
    pub(super) fn oval(x: f32, y: f32, rx: f32, ry: f32) -> Self {
        Self(PathBuilder::new()).and_oval(x, y, rx, ry)
    }

    /// Another ellipse.
    pub(super) fn and_oval(mut self, x: f32, y: f32, rx: f32, ry: f32) -> Self {
        if let Some(rect) = Rect::from_xywh(x - rx, y - ry, rx * 2.0, ry * 2.0) {
            self.0.push_oval(rect);
        }
        self
    }

    /// A rectangle.
    pub(super) fn rect(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self::m(x, y).l(x + width, y).l(x + width, y + height).l(x, y + height).z()
    }
}

/// A picture in the making.
pub(super) struct Canvas {
    pixmap: Pixmap,
    at: Transform,
}

impl Canvas {
    /// An empty picture, and where the drawing space lies on it. None for sides of zero.
    pub(super) fn new(width: u32, height: u32, at: Transform) -> Option<Self> {
        Some(Self { pixmap: Pixmap::new(width, height)?, at })
    }

    /// Moves the drawing space.
    pub(super) fn place(&mut self, at: Transform) {
        self.at = at;
    }

    /// Fills a shape.
    pub(super) fn fill(&mut self, pen: Pen, ink: impl Into<Ink>) {
        let paint = Paint { shader: ink.into().shader(), anti_alias: true, ..Paint::default() };
        if let Some(path) = pen.0.finish() {
            self.pixmap.fill_path(&path, &paint, FillRule::Winding, self.at, None);
        }
    }

    /// Fills a shape with the shadow that it throws below itself, then with its ink.
    pub(super) fn fill_over(&mut self, pen: Pen, fall: f32, shadow: Ink, ink: impl Into<Ink>) {
        let place = self.at;
        self.at = place.pre_translate(0.0, fall);
        self.fill(pen.clone(), shadow);
        self.at = place;
        self.fill(pen, ink);
    }

    /// Draws along a shape.
    pub(super) fn line(&mut self, width: f32, pen: Pen, ink: impl Into<Ink>) {
        let paint = Paint { shader: ink.into().shader(), anti_alias: true, ..Paint::default() };
        let stroke =
            Stroke { width, line_cap: LineCap::Round, line_join: LineJoin::Round, ..Stroke::default() };
        if let Some(path) = pen.0.finish() {
            self.pixmap.stroke_path(&path, &paint, &stroke, self.at, None);
        }
    }

    /// The pixels: red, green, blue and opacity.
    pub(super) fn finish(self) -> Vec<u8> {
        self.pixmap.take()
    }
}

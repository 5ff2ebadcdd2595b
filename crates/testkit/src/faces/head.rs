//! Neck, ears, face and all that is on it.
use super::{
    Age, Beard, Face, Glasses,
    pen::{Canvas, Ink, Pen, Tone},
};
use crate::Random;

const EYE_Y: f32 = 126.0;
const MOUTH_Y: f32 = 166.0;

/// The outline of the head without hair and ears, moved and swollen by a little.
pub(super) fn outline(face: &Face, grow: f32) -> Pen {
    let (rx, chin) = (face.rx + grow, face.chin + grow);
    let jaw = rx * face.jaw;
    let top = 62.0 - grow;
    Pen::m(120.0 - rx, 116.0)
        .c(120.0 - rx, 82.0, 120.0 - rx * 0.62, top, 120.0, top)
        .c(120.0 + rx * 0.62, top, 120.0 + rx, 82.0, 120.0 + rx, 116.0)
        .c(120.0 + rx, 143.0, 120.0 + jaw + 8.0, 168.0, 120.0 + jaw * 0.62, chin - 7.0)
        .c(120.0 + jaw * 0.36, chin + 1.5, 120.0 - jaw * 0.36, chin + 1.5, 120.0 - jaw * 0.62, chin - 7.0)
        .c(120.0 - jaw - 8.0, 168.0, 120.0 - rx, 143.0, 120.0 - rx, 116.0)
        .z()
}

/// The neck, with the shadow that the chin throws.
pub(super) fn neck(canvas: &mut Canvas, face: &Face) {
    let half = if face.looks.feminine || face.looks.age == Age::Child { 18.5 } else { 23.5 };
    let shape = || {
        Pen::m(120.0 - half, 160.0)
            .l(120.0 - half, 206.0)
            .q(120.0 - half - 1.0, 216.0, 120.0 - half - 15.0, 221.0)
            .q(120.0, 246.0, 120.0 + half + 15.0, 221.0)
            .q(120.0 + half + 1.0, 216.0, 120.0 + half, 206.0)
            .l(120.0 + half, 160.0)
            .z()
    };
    canvas.fill(shape(), Ink::Fade((100.0, 0.0), face.skin.shade(0.08), (152.0, 0.0), face.skin.shade(0.22)));
    let low = face.chin + 15.0;
    canvas.fill(
        Pen::m(120.0 - half, 170.0)
            .l(120.0 - half, low - 7.0)
            .q(120.0 - 4.0, low + 10.0, 120.0 + half, low - 13.0)
            .l(120.0 + half, 170.0)
            .z(),
        Ink::Flat(face.skin.shade(0.42), 0.62),
    );
}

/// Both ears, half behind the head.
pub(super) fn ears(canvas: &mut Canvas, face: &Face) {
    for (side, tone) in [(-1.0, face.skin.shade(0.05)), (1.0, face.skin.shade(0.14))] {
        let x = 120.0 + side * (face.rx + 2.0);
        canvas.fill(
            Pen::m(x - side * 4.0, 114.0)
                .c(x + side * 9.0, 106.0, x + side * 11.0, 124.0, x + side * 6.0, 134.0)
                .c(x + side * 4.0, 142.0, x - side * 2.0, 144.0, x - side * 5.0, 140.0)
                .z(),
            tone,
        );
        canvas.line(
            1.6,
            Pen::m(x, 117.0).q(x + side * 6.5, 117.0, x + side * 3.0, 129.0),
            Ink::Flat(face.skin.shade(0.5), 0.4),
        );
        if face.earring {
            canvas.fill(Pen::oval(x + side * 1.5, 143.5, 2.3, 2.3), Tone(222, 190, 110));
        }
    }
}

/// The face itself: skin with light from the left, and the features.
pub(super) fn face(canvas: &mut Canvas, face: &Face) {
    let skin = face.skin;
    canvas.fill(
        outline(face, 0.0),
        Ink::Fade((82.0, 90.0), skin.light(0.10), (170.0, 170.0), skin.shade(0.14)),
    );
    // The far side of the head turns away from the light.
    let rx = face.rx;
    let jaw = rx * face.jaw;
    canvas.fill(
        Pen::m(120.0 + rx * 0.97, 96.0)
            .q(120.0 + rx, 106.0, 120.0 + rx, 116.0)
            .c(120.0 + rx, 143.0, 120.0 + jaw + 8.0, 168.0, 120.0 + jaw * 0.62, face.chin - 7.0)
            .q(120.0 + jaw * 0.40, face.chin - 1.0, 120.0, face.chin - 1.0)
            .c(120.0 + rx * 0.62, face.chin - 14.0, 120.0 + rx * 0.80, 140.0, 120.0 + rx * 0.97, 96.0)
            .z(),
        Ink::Flat(skin.shade(0.32), 0.26),
    );
    let blush = if skin.brightness() > 0.6 { Tone(214, 96, 86) } else { Tone(140, 52, 36) };
    for side in [-1.0, 1.0] {
        canvas.fill(
            Pen::oval(120.0 + side * rx * 0.50, 147.0, 13.0, 13.0),
            Ink::Glow((120.0 + side * rx * 0.50, 147.0), 13.0, blush, 0.24),
        );
        // Eyes lie deep.
        canvas.fill(
            Pen::oval(120.0 + side * face.eyes, EYE_Y - 3.0, 16.0, 12.0),
            Ink::Glow((120.0 + side * face.eyes, EYE_Y - 3.0), 16.0, skin.shade(0.5), 0.32),
        );
    }
    canvas.fill(
        Pen::oval(108.0, 88.0, 26.0, 18.0),
        Ink::Glow((108.0, 88.0), 26.0, skin.light(0.6), 0.10 + 0.25 * skin.brightness()),
    );
    freckles(canvas, face);
    age_lines(canvas, face);
    nose(canvas, face);
    mouth(canvas, face);
    for side in [-1.0, 1.0] {
        eye(canvas, face, side);
    }
    beard(canvas, face);
    for side in [-1.0, 1.0] {
        brow(canvas, face, side);
    }
    if face.scar {
        let x = 120.0 - face.eyes - 4.0;
        canvas.line(1.9, Pen::m(x - 2.0, 102.0).l(x + 3.0, 121.0), Ink::Flat(skin.light(0.45), 0.95));
    }
}

fn freckles(canvas: &mut Canvas, face: &Face) {
    if !face.freckles {
        return;
    }
    let mut random = Random::aspect(face.seed, "freckles");
    for _ in 0..34 {
        let (x, y) = (random.real(-30.0, 30.0), random.real(136.0, 154.0));
        let size = random.real(0.6, 1.2);
        canvas.fill(Pen::oval(120.0 + x, y - x.abs() * 0.08, size, size), Ink::Flat(Tone(172, 104, 66), 0.5));
    }
}

fn age_lines(canvas: &mut Canvas, face: &Face) {
    let old = match face.looks.age {
        Age::Child | Age::Young => return,
        Age::Middle => 0.45,
        Age::Old => 1.0,
    };
    let ink = Ink::Flat(face.skin.shade(0.55), 0.42 * old);
    for side in [-1.0, 1.0] {
        let x = |by: f32| 120.0 + side * by;
        // From the nose to the corners of the mouth.
        canvas.line(
            1.5,
            Pen::m(x(face.nose + 5.0), 151.0).q(x(face.mouth + 6.0), 156.0, x(face.mouth + 5.0), 168.0),
            ink,
        );
        // Under the eyes, and beside them.
        canvas.line(
            1.3,
            Pen::m(x(face.eyes - 8.0), EYE_Y + 10.0).q(
                x(face.eyes),
                EYE_Y + 15.0,
                x(face.eyes + 9.0),
                EYE_Y + 9.5,
            ),
            ink,
        );
        if face.looks.age == Age::Old {
            for (up, length) in [(-3.0, 6.0), (1.0, 7.0), (5.0, 6.0)] {
                canvas.line(
                    1.1,
                    Pen::m(x(face.eyes + 12.5), EYE_Y + up * 0.6)
                        .l(x(face.eyes + 12.5 + length), EYE_Y + up * 1.5),
                    ink,
                );
            }
        }
    }
    if face.looks.age == Age::Old {
        for (y, half) in [(90.0, 22.0), (97.5, 25.0)] {
            canvas.line(1.3, Pen::m(120.0 - half, y + 1.5).q(120.0, y - 2.5, 120.0 + half, y + 1.5), ink);
        }
    }
}

fn nose(canvas: &mut Canvas, face: &Face) {
    let (skin, half) = (face.skin, face.nose);
    // The shaded side, the light along the bridge, then the wings and nostrils.
    canvas.fill(
        Pen::m(122.0, 116.0)
            .q(125.0, 134.0, 120.0 + half + 1.5, 148.0)
            .q(120.0 + half - 1.0, 153.5, 120.0, 153.0)
            .q(124.0, 138.0, 122.0, 116.0)
            .z(),
        Ink::Flat(skin.shade(0.42), 0.36),
    );
    canvas.line(3.2, Pen::m(118.5, 118.0).q(118.0, 134.0, 118.0, 144.0), Ink::Flat(skin.light(0.5), 0.34));
    canvas.fill(Pen::oval(118.0, 146.5, 4.6, 3.6), Ink::Flat(skin.light(0.5), 0.30));
    canvas.line(
        1.7,
        Pen::m(120.0 - half, 147.0)
            .q(120.0 - half - 1.5, 152.5, 120.0 - half * 0.42, 152.5)
            .q(120.0, 156.0, 120.0 + half * 0.42, 152.5)
            .q(120.0 + half + 1.5, 152.5, 120.0 + half, 147.0),
        Ink::Flat(skin.shade(0.6), 0.62),
    );
}

fn mouth(canvas: &mut Canvas, face: &Face) {
    let (half, up) = (face.mouth, face.smile);
    let lip = if face.looks.feminine {
        face.skin.mix(Tone(176, 58, 66), 0.55)
    } else {
        face.skin.mix(Tone(150, 74, 66), 0.42)
    };
    let full = if face.looks.feminine {
        1.25
    } else if face.skin.brightness() < 0.5 {
        1.2
    } else {
        0.9
    };
    let (left, right, y) = (120.0 - half, 120.0 + half, MOUTH_Y);
    canvas.fill(
        Pen::m(left, y - up)
            .q(111.0, y - 4.6 * full, 117.0, y - 4.4 * full)
            .q(120.0, y - 3.2 * full, 123.0, y - 4.4 * full)
            .q(129.0, y - 4.6 * full, right, y - up)
            .q(120.0, y + up + 1.5, left, y - up)
            .z(),
        lip.shade(0.14),
    );
    canvas.fill(
        Pen::m(left + 1.0, y - up)
            .q(120.0, y + up + 1.5, right - 1.0, y - up)
            .q(120.0, y + up + 12.5 * full, left + 1.0, y - up)
            .z(),
        lip.light(0.06),
    );
    canvas.fill(
        Pen::oval(116.5, y + up + 3.6, 5.2, 1.4),
        Ink::Flat(Tone::WHITE, 0.04 + 0.13 * face.skin.brightness()),
    );
    canvas.line(
        1.6,
        Pen::m(left - 1.5, y - up - 0.6).q(120.0, y + up + 1.7, right + 1.5, y - up - 0.6),
        Ink::Flat(face.skin.mix(Tone(70, 22, 24), 0.75), 0.9),
    );
    canvas.line(
        2.4,
        Pen::m(113.0, y + 11.5 * full + up).q(120.0, y + 13.5 * full + up, 127.0, y + 11.5 * full + up),
        Ink::Flat(face.skin.shade(0.5), 0.26),
    );
}

fn eye(canvas: &mut Canvas, face: &Face, side: f32) {
    let (x, y, size) = (120.0 + side * face.eyes, EYE_Y, face.eye);
    let (half, high) = (10.6 * size, 6.6 * size);
    let almond = || {
        Pen::m(x - half, y + 1.0)
            .c(x - half * 0.5, y - high, x + half * 0.5, y - high, x + half, y + 0.4)
            .c(x + half * 0.5, y + high * 0.86, x - half * 0.5, y + high * 0.86, x - half, y + 1.0)
            .z()
    };
    canvas.fill(almond(), Tone(244, 241, 236).shade(0.04));
    canvas.fill(Pen::oval(x, y - 0.2, 4.9 * size, 4.9 * size), face.eye_tone.shade(0.25));
    canvas.fill(Pen::oval(x, y + 0.4, 3.9 * size, 3.9 * size), face.eye_tone.light(0.08));
    canvas.fill(Pen::oval(x, y - 0.2, 2.4 * size, 2.4 * size), Tone::BLACK);
    canvas.fill(Pen::oval(x - 1.6, y - 2.0, 1.3, 1.3), Ink::Flat(Tone::WHITE, 0.92));
    // The lid covers the top of the iris and throws a little shadow on the white.
    canvas.fill(
        Pen::m(x - half - 1.0, y + 1.0)
            .c(x - half * 0.5, y - high - 2.6, x + half * 0.5, y - high - 2.6, x + half + 1.0, y + 0.4)
            .c(x + half * 0.5, y - high + 2.2, x - half * 0.5, y - high + 2.2, x - half - 1.0, y + 1.0)
            .z(),
        face.skin.shade(0.16),
    );
    let lash = face.skin.mix(Tone::BLACK, 0.82);
    canvas.line(
        if face.looks.feminine { 2.5 } else { 1.9 },
        Pen::m(x - half, y + 0.8).c(
            x - half * 0.5,
            y - high + 1.0,
            x + half * 0.5,
            y - high + 1.0,
            x + half,
            y + 0.2,
        ),
        lash,
    );
    if face.looks.feminine {
        let out = x + side * half;
        canvas.line(1.7, Pen::m(out, y + 0.2).l(out + side * 3.4, y - 2.6), lash);
    }
    canvas.line(
        1.0,
        Pen::m(x - half * 0.8, y + 3.8).q(x, y + high * 0.9 + 1.0, x + half * 0.8, y + 3.6),
        Ink::Flat(face.skin.shade(0.6), 0.5),
    );
    canvas.line(
        1.2,
        Pen::m(x - half * 0.9, y - 4.6).q(x, y - high - 5.2, x + half * 0.9, y - 5.0),
        Ink::Flat(face.skin.shade(0.5), 0.5),
    );
}

fn brow(canvas: &mut Canvas, face: &Face, side: f32) {
    let x = 120.0 + side * face.eyes;
    let y = EYE_Y - 15.0;
    let thick = if face.looks.feminine { 2.6 } else { 4.2 };
    let (inner, outer) = (x - side * 11.0, x + side * 14.0);
    let tone = if face.brow_tone.brightness() > 0.55 { face.brow_tone.shade(0.32) } else { face.brow_tone };
    canvas.fill(
        Pen::m(inner, y + 1.5)
            .q(x, y - 5.5 - face.brow, outer, y + 2.5 - face.brow)
            .q(x + side * 2.0, y - 3.0 - face.brow + thick * 0.5, inner + side * 0.6, y + 1.5 + thick)
            .z(),
        Ink::Flat(tone, 0.93),
    );
}

fn beard(canvas: &mut Canvas, face: &Face) {
    let (rx, chin, jaw) = (face.rx, face.chin, face.rx * face.jaw);
    let tone = face.hair_tone;
    let low = match face.beard {
        Beard::Long => chin + 26.0,
        Beard::Stubble => chin - 1.5,
        _ => chin + 4.5,
    };
    // Stubble lies on the skin, a beard stands out from it.
    let (rx, jaw) = if face.beard == Beard::Stubble { (rx - 1.5, jaw - 3.5) } else { (rx, jaw) };
    // From the ears along the jaw, up to the cheeks, with a gap for the lips.
    let whole = || {
        Pen::m(120.0 - rx, 122.0)
            .c(120.0 - rx - 0.5, 146.0, 120.0 - jaw - 10.0, 170.0, 120.0 - jaw * 0.64, low - 8.0)
            .c(120.0 - jaw * 0.36, low + 4.0, 120.0 + jaw * 0.36, low + 4.0, 120.0 + jaw * 0.64, low - 8.0)
            .c(120.0 + jaw + 10.0, 170.0, 120.0 + rx + 0.5, 146.0, 120.0 + rx, 122.0)
            .c(120.0 + rx * 0.86, 150.0, 138.0, 152.0, 131.0, 156.0)
            .q(120.0, 153.0, 109.0, 156.0)
            .c(102.0, 152.0, 120.0 - rx * 0.86, 150.0, 120.0 - rx, 122.0)
            .z()
    };
    let moustache = || {
        Pen::m(120.0, 155.0)
            .q(110.0, 153.5, 102.0, 163.5)
            .q(100.0, 167.0, 99.0, 169.0)
            .q(110.0, 165.0, 120.0, 162.2)
            .q(130.0, 165.0, 141.0, 169.0)
            .q(140.0, 167.0, 138.0, 163.5)
            .q(130.0, 153.5, 120.0, 155.0)
            .z()
    };
    match face.beard {
        Beard::None => {}
        Beard::Stubble => {
            // Grey stubble on dark skin shows less than dark on fair.
            let contrast = (tone.brightness() - face.skin.brightness()).max(0.0);
            canvas.fill(whole(), Ink::Flat(tone, 0.22 - 0.2 * contrast.min(0.6)));
            mouth(canvas, face);
        }
        Beard::Moustache => canvas.fill(moustache(), tone),
        Beard::Goatee => {
            canvas.fill(
                Pen::m(101.0, 166.0)
                    .q(102.0, 186.0, 110.0, low - 2.0)
                    .q(120.0, low + 5.0, 130.0, low - 2.0)
                    .q(138.0, 186.0, 139.0, 166.0)
                    .q(133.0, 173.0, 120.0, 174.0)
                    .q(107.0, 173.0, 101.0, 166.0)
                    .z(),
                Ink::Flat(tone, 0.95),
            );
            canvas.fill(moustache(), tone);
        }
        Beard::Full | Beard::Long => {
            canvas.fill(whole(), Ink::down(122.0, tone.mix(face.skin, 0.28), 160.0, tone));
            let mut random = Random::aspect(face.seed, "beard");
            for _ in 0..70 {
                let (x, y) = (random.real(-0.78, 0.78), random.real(160.0, low - 3.0));
                let (x, lean) = (120.0 + x * (jaw + 4.0) * (1.0 - (y - 160.0) / 130.0), x * 3.0);
                let ink = if random.chance(0.5) { tone.light(0.22) } else { tone.shade(0.4) };
                canvas.line(
                    0.8,
                    Pen::m(x, y).q(x + lean * 0.3, y + 2.5, x + lean, y + 5.0),
                    Ink::Flat(ink, 0.26),
                );
            }
            mouth(canvas, face);
            canvas.fill(moustache(), tone.light(0.04));
        }
    }
}

/// Glasses, last of all but the hat.
pub(super) fn glasses(canvas: &mut Canvas, face: &Face) {
    if face.glasses == Glasses::None {
        return;
    }
    let horn = face.seed.is_multiple_of(3) && face.glasses != Glasses::Half && face.skin.brightness() > 0.5;
    let frame = if horn { Tone(122, 84, 52) } else { Tone(34, 40, 44) };
    for side in [-1.0, 1.0] {
        let x = 120.0 + side * face.eyes;
        let lens = || match face.glasses {
            Glasses::Round => Pen::oval(x, EYE_Y + 1.0, 15.5, 14.5),
            _ => Pen::m(x - 15.0, EYE_Y - 9.0)
                .q(x, EYE_Y - 12.0, x + 15.0, EYE_Y - 9.0)
                .q(x + 16.5, EYE_Y + 10.0, x + 7.0, EYE_Y + 12.5)
                .q(x, EYE_Y + 13.5, x - 7.0, EYE_Y + 12.5)
                .q(x - 16.5, EYE_Y + 10.0, x - 15.0, EYE_Y - 9.0)
                .z(),
        };
        canvas.fill(lens(), Ink::Flat(Tone(214, 232, 240), 0.16));
        canvas.line(3.0, Pen::m(x - 8.0, EYE_Y + 5.0).l(x + 1.0, EYE_Y - 6.0), Ink::Flat(Tone::WHITE, 0.22));
        if face.glasses == Glasses::Half {
            canvas.line(1.0, lens(), Ink::Flat(frame, 0.5));
            canvas.line(3.4, Pen::m(x - 15.0, EYE_Y - 9.0).q(x, EYE_Y - 12.0, x + 15.0, EYE_Y - 9.0), frame);
        } else {
            canvas.line(2.6, lens(), frame);
        }
        canvas.line(
            2.4,
            Pen::m(x + side * 15.5, EYE_Y - 4.0).l(120.0 + side * (face.rx + 1.0), EYE_Y - 6.0),
            frame,
        );
    }
    let inner = face.eyes - 15.0;
    canvas.line(
        2.6,
        Pen::m(120.0 - inner, EYE_Y - 3.0).q(120.0, EYE_Y - 7.5, 120.0 + inner, EYE_Y - 3.0),
        frame,
    );
}

//! What stands behind the person.
use super::pen::{Canvas, Ink, Pen, Tone};
use crate::Random;

/// Plain walls as in a custody or shop-office picture, in muted tones.
const WALLS: &[Tone] = &[
    Tone(230, 233, 231),
    Tone(223, 229, 230),
    Tone(233, 228, 218),
    Tone(221, 227, 222),
    Tone(226, 222, 230),
    Tone(216, 224, 232),
];

/// Draws over the whole picture. The canvas is placed so that 0..240 by 0..300 fills it.
pub(super) fn draw(canvas: &mut Canvas, seed: u64, in_shop: bool) {
    let mut random = Random::aspect(seed, "backdrop");
    let wall = *random.pick(WALLS);
    canvas.fill(Pen::rect(-5.0, -5.0, 250.0, 310.0), wall.shade(0.05));
    if in_shop {
        shelves(canvas, &mut random, wall);
        return;
    }
    match random.below(4) {
        0 => {
            // A door frame, out of focus.
            let x = random.real(-10.0, 40.0);
            canvas.fill(Pen::rect(x, -5.0, 58.0, 310.0), Ink::Flat(wall.shade(0.22), 0.30));
            canvas.fill(Pen::rect(x + 5.0, -5.0, 48.0, 310.0), Ink::Flat(wall.light(0.5), 0.24));
        }
        1 => {
            // Light from a window.
            let x = random.real(120.0, 170.0);
            canvas.fill(
                Pen::m(x, -5.0).l(x + 60.0, -5.0).l(x - 10.0, 305.0).l(x - 90.0, 305.0).z(),
                Ink::Flat(Tone::WHITE, 0.28),
            );
        }
        2 => canvas.fill(Pen::rect(-5.0, 196.0, 250.0, 120.0), Ink::Flat(wall.shade(0.3), 0.22)),
        _ => {}
    }
    canvas.fill(Pen::oval(96.0, 110.0, 170.0, 170.0), Ink::Glow((96.0, 110.0), 170.0, Tone::WHITE, 0.55));
}

/// Shelves with goods, seen from above.
fn shelves(canvas: &mut Canvas, random: &mut Random, wall: Tone) {
    canvas.fill(Pen::rect(-5.0, 222.0, 250.0, 90.0), wall.shade(0.28));
    for row in 0_u8..5 {
        let y = 4.0 + f32::from(row) * 45.0;
        canvas.fill(Pen::rect(-5.0, y, 250.0, 41.0), wall.shade(0.42));
        let mut x = -4.0;
        while x < 244.0 {
            let (wide, high) = (random.real(7.0, 15.0), random.real(20.0, 35.0));
            let tone = Tone(
                random.below(150) as u8 + 70,
                random.below(140) as u8 + 70,
                random.below(140) as u8 + 70,
            );
            let goods = tone.mix(wall, 0.35);
            canvas.fill(Pen::rect(x, y + 40.0 - high, wide - 1.2, high), goods);
            canvas.fill(
                Pen::rect(x + 1.5, y + 46.0 - high, wide - 4.2, high * 0.3),
                Ink::Flat(Tone::WHITE, 0.45),
            );
            x += wide;
        }
        canvas.fill(Pen::rect(-5.0, y + 40.0, 250.0, 4.0), wall.light(0.3));
        canvas.fill(Pen::rect(-5.0, y, 250.0, 7.0), Ink::Flat(Tone::BLACK, 0.18));
    }
}

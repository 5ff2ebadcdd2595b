//! Hair: what hangs behind the head, and what lies on it.
use super::{
    Face, Hair, Hat,
    pen::{Canvas, Ink, Pen, Tone},
};
use crate::Random;
use std::f32::consts::TAU;

/// Whether a hat hides the hair on top, so that only what hangs is drawn.
fn covered(face: &Face) -> bool {
    face.hat != Hat::Nothing
}

/// What is behind head and neck.
pub(super) fn behind(canvas: &mut Canvas, face: &Face) {
    let (rx, tone) = (face.rx, face.hair_tone);
    let dark = tone.shade(0.32);
    let sheet = |low: f32, wide: f32| {
        Pen::m(120.0 - rx - 2.0, 100.0)
            .c(120.0 - rx - wide, 140.0, 120.0 - rx - wide, 180.0, 120.0 - rx - wide + 4.0, low)
            .q(120.0, low + 12.0, 120.0 + rx + wide - 4.0, low)
            .c(120.0 + rx + wide, 180.0, 120.0 + rx + wide, 140.0, 120.0 + rx + 2.0, 100.0)
            .c(120.0 + rx, 40.0, 120.0 - rx, 40.0, 120.0 - rx - 2.0, 100.0)
            .z()
    };
    match face.hair {
        _ if matches!(face.hat, Hat::Headscarf | Hat::Turban | Hat::Hood) => {}
        Hair::Long => canvas.fill(sheet(248.0, 9.0), Ink::down(80.0, dark, 250.0, tone.shade(0.15))),
        Hair::Bob => canvas.fill(sheet(192.0, 11.0), Ink::down(80.0, dark, 192.0, tone.shade(0.12))),
        Hair::Wavy => {
            for (x, y, r) in [
                (-8.0, 130.0, 19.0),
                (-11.0, 158.0, 21.0),
                (-8.0, 188.0, 23.0),
                (-12.0, 216.0, 22.0),
                (-3.0, 234.0, 18.0),
            ] {
                for side in [-1.0, 1.0] {
                    canvas.fill(Pen::oval(120.0 + side * (rx + x + 10.0), y, r * 0.82, r), dark);
                }
            }
            canvas.fill(sheet(226.0, 6.0), dark);
        }
        Hair::Bun if !covered(face) => {
            canvas.fill(
                Pen::oval(120.0, 46.0, 25.0, 23.0),
                Ink::Fade((105.0, 30.0), tone.light(0.10), (140.0, 66.0), tone.shade(0.35)),
            );
            for bend in [-8.0, 0.0, 8.0] {
                canvas.line(
                    1.2,
                    Pen::m(100.0, 46.0 + bend * 0.6).q(120.0, 34.0 + bend, 140.0, 46.0 + bend * 0.6),
                    Ink::Flat(tone.shade(0.5), 0.5),
                );
            }
        }
        Hair::Ponytail => canvas.fill(
            Pen::m(150.0, 66.0)
                .c(196.0, 74.0, 190.0, 130.0, 184.0, 166.0)
                .q(181.0, 192.0, 172.0, 204.0)
                .c(170.0, 170.0, 172.0, 120.0, 150.0, 96.0)
                .z(),
            Ink::down(70.0, tone, 200.0, dark),
        ),
        Hair::Afro if !covered(face) => puffs(canvas, face, 21, rx + 20.0, 17.0, 0.0),
        Hair::Curls if !covered(face) => puffs(canvas, face, 17, rx + 3.0, 13.0, 6.0),
        Hair::Locs => {
            let mut random = Random::aspect(face.seed, "locs behind");
            for at in 0_i16..12 {
                let side = if at % 2 == 0 { -1.0 } else { 1.0 };
                let x = 120.0 + side * (rx + 1.0 + random.real(-10.0, 7.0));
                let low = random.real(186.0, 226.0);
                canvas.line(
                    6.6,
                    Pen::m(120.0 + side * (rx - 8.0), 84.0).q(x + side * 5.0, 130.0, x, low),
                    if at % 3 == 0 { tone.light(0.07) } else { dark },
                );
            }
        }
        _ => {}
    }
}

/// A cloud of tufts about the crown.
fn puffs(canvas: &mut Canvas, face: &Face, count: u8, far: f32, size: f32, drop: f32) {
    let mut random = Random::aspect(face.seed, "puffs");
    let tone = face.hair_tone;
    canvas.fill(Pen::oval(120.0, 92.0 + drop, far - 2.0, far - 6.0), tone.shade(0.3));
    for at in 0..count {
        let turn = TAU * (0.46 + 0.58 * f32::from(at) / f32::from(count - 1));
        let (x, y) = (120.0 + far * turn.cos(), 96.0 + drop + (far - 4.0) * turn.sin());
        let r = size * random.real(0.85, 1.15);
        canvas.fill(
            Pen::oval(x, y, r, r),
            Ink::Fade((x - r, y - r), tone.light(0.12), (x + r, y + r), tone.shade(0.3)),
        );
    }
}

/// What lies on the head, over forehead and ears.
pub(super) fn above(canvas: &mut Canvas, face: &Face) {
    let (rx, tone) = (face.rx, face.hair_tone);
    let (left, right) = (120.0 - rx - 2.0, 120.0 + rx + 2.0);
    if matches!(face.hat, Hat::Headscarf | Hat::Turban | Hat::Hood) {
        return;
    }
    if covered(face) {
        sides(canvas, face);
        return;
    }
    let ink = Ink::Fade((88.0, 50.0), tone.light(0.14), (176.0, 120.0), tone.shade(0.28));
    // The forehead lies in the shadow of the hair.
    let shadow = Ink::Flat(face.skin.shade(0.6), 0.26);
    let cap = |line: Pen| line.l(right, 114.0).c(right + 1.0, 34.0, left - 1.0, 34.0, left, 114.0).z();
    match face.hair {
        Hair::Bald => {
            canvas.fill(Pen::oval(106.0, 76.0, 16.0, 9.0), Ink::Glow((106.0, 76.0), 16.0, Tone::WHITE, 0.30));
        }
        Hair::Shaved => canvas.fill(
            cap(Pen::m(left + 2.0, 116.0)
                .q(left + 7.0, 104.0, 120.0 - rx * 0.72, 90.0)
                .q(120.0, 76.0, 120.0 + rx * 0.72, 90.0)
                .q(right - 7.0, 104.0, right - 2.0, 116.0)),
            Ink::Flat(tone.mix(face.skin, 0.18), 0.72),
        ),
        Hair::Receding => {
            for side in [-1.0, 1.0] {
                let x = 120.0 + side * rx;
                canvas.fill(
                    Pen::m(x + side * 2.0, 122.0)
                        .c(x + side * 5.0, 102.0, x + side * 1.0, 84.0, x - side * 15.0, 71.0)
                        .q(x - side * 15.0, 88.0, x - side * 7.0, 100.0)
                        .z(),
                    ink,
                );
            }
            canvas.fill(Pen::oval(108.0, 76.0, 18.0, 9.0), Ink::Glow((108.0, 76.0), 18.0, Tone::WHITE, 0.22));
        }
        Hair::Short => {
            canvas.fill_over(
                cap(Pen::m(left, 118.0)
                    .l(left + 6.0, 100.0)
                    .q(120.0 - rx * 0.7, 84.0, 104.0, 88.0)
                    .q(120.0, 92.0, 140.0, 86.0)
                    .q(120.0 + rx * 0.8, 84.0, right - 6.0, 100.0)
                    .l(right, 118.0)),
                4.5,
                shadow,
                ink,
            );
        }
        Hair::Parted => {
            canvas.fill_over(
                cap(Pen::m(left, 120.0)
                    .q(left + 5.0, 104.0, 96.0, 78.0)
                    .q(126.0, 96.0, 120.0 + rx * 0.86, 94.0)
                    .q(right - 5.0, 104.0, right, 120.0)),
                4.5,
                shadow,
                ink,
            );
            strands(
                canvas,
                face,
                &[(97.0, 74.0, 128.0, 62.0, 160.0, 86.0), (97.0, 70.0, 120.0, 56.0, 146.0, 62.0)],
            );
        }
        Hair::Quiff => {
            canvas.fill_over(
                Pen::m(left, 120.0)
                    .q(left + 6.0, 98.0, 92.0, 84.0)
                    .q(118.0, 92.0, 150.0, 80.0)
                    .q(right - 6.0, 98.0, right, 120.0)
                    .c(right + 5.0, 76.0, 172.0, 40.0, 138.0, 34.0)
                    .c(110.0, 26.0, 76.0, 40.0, 74.0, 68.0)
                    .c(68.0, 80.0, left - 2.0, 98.0, left, 120.0)
                    .z(),
                4.5,
                shadow,
                ink,
            );
            strands(
                canvas,
                face,
                &[
                    (92.0, 80.0, 98.0, 48.0, 136.0, 42.0),
                    (106.0, 84.0, 116.0, 56.0, 152.0, 52.0),
                    (126.0, 84.0, 138.0, 66.0, 164.0, 68.0),
                ],
            );
        }
        Hair::Fringe | Hair::Bob => {
            canvas.fill_over(
                cap(Pen::m(left, 132.0)
                    .q(left + 3.0, 116.0, left + 9.0, 106.0)
                    .q(120.0 - rx * 0.4, 110.0, 116.0, 102.0)
                    .q(120.0 + rx * 0.3, 110.0, right - 9.0, 104.0)
                    .q(right - 3.0, 116.0, right, 132.0)),
                4.5,
                shadow,
                ink,
            );
            strands(
                canvas,
                face,
                &[
                    (120.0, 58.0, 100.0, 72.0, 92.0, 104.0),
                    (124.0, 58.0, 128.0, 76.0, 122.0, 100.0),
                    (128.0, 58.0, 150.0, 72.0, 154.0, 102.0),
                ],
            );
        }
        Hair::Curls | Hair::Afro => {
            let mut random = Random::aspect(face.seed, "front curls");
            for at in 0_u8..9 {
                let share = f32::from(at) / 8.0;
                let x = 120.0 - rx * 0.84 + share * rx * 1.68;
                let y = 88.0 - 16.0 * (share * TAU / 2.0).sin() + random.real(-3.0, 3.0);
                let r = random.real(9.5, 13.0);
                canvas.fill(
                    Pen::oval(x, y, r, r),
                    Ink::Fade((x - r, y - r), tone.light(0.14), (x + r, y + r), tone.shade(0.28)),
                );
            }
        }
        Hair::Locs => {
            canvas.fill_over(
                cap(Pen::m(left, 112.0).q(left + 10.0, 84.0, 120.0, 80.0).q(
                    right - 10.0,
                    84.0,
                    right,
                    112.0,
                )),
                4.5,
                shadow,
                ink,
            );
            // From the crown to the hairline, side by side.
            for at in -4_i8..=4 {
                let by = f32::from(at);
                let low = 81.0 + by * by * 1.15;
                canvas.line(
                    6.4,
                    Pen::m(120.0 + by * 4.6, 56.5 + by.abs()).q(
                        120.0 + by * rx * 0.17,
                        62.0 + by.abs() * 2.4,
                        120.0 + by * rx * 0.215,
                        low,
                    ),
                    if at % 2 == 0 { tone.light(0.10) } else { tone.shade(0.12) },
                );
            }
            sides(canvas, face);
        }
        Hair::Long | Hair::Wavy => {
            canvas.fill_over(
                cap(Pen::m(left - 2.0, 148.0)
                    .q(left + 5.0, 108.0, 108.0, 74.0)
                    .q(140.0, 84.0, right - 9.0, 112.0)
                    .q(right - 3.0, 128.0, right + 2.0, 148.0)),
                4.5,
                shadow,
                ink,
            );
            strands(
                canvas,
                face,
                &[(108.0, 70.0, 84.0, 80.0, 73.0, 118.0), (110.0, 68.0, 146.0, 70.0, 166.0, 108.0)],
            );
            sides(canvas, face);
        }
        Hair::Bun | Hair::Ponytail => {
            canvas.fill_over(
                cap(Pen::m(left, 122.0)
                    .q(left + 5.0, 100.0, 120.0 - rx * 0.6, 86.0)
                    .q(120.0, 74.0, 120.0 + rx * 0.6, 86.0)
                    .q(right - 5.0, 100.0, right, 122.0)),
                4.5,
                shadow,
                ink,
            );
            strands(
                canvas,
                face,
                &[
                    (90.0, 92.0, 98.0, 68.0, 116.0, 56.0),
                    (120.0, 80.0, 120.0, 68.0, 121.0, 56.0),
                    (150.0, 92.0, 142.0, 68.0, 126.0, 56.0),
                ],
            );
        }
    }
}

/// Light along the hair.
fn strands(canvas: &mut Canvas, face: &Face, curves: &[(f32, f32, f32, f32, f32, f32)]) {
    for &(x0, y0, x1, y1, x, y) in curves {
        canvas.line(1.6, Pen::m(x0, y0).q(x1, y1, x, y), Ink::Flat(face.hair_tone.light(0.45), 0.28));
        canvas.line(
            1.4,
            Pen::m(x0 + 4.0, y0 + 2.0).q(x1 + 4.0, y1 + 3.0, x + 3.0, y + 2.0),
            Ink::Flat(face.hair_tone.shade(0.5), 0.35),
        );
    }
}

/// What shows beside the face under a hat, or hangs before the shoulders.
fn sides(canvas: &mut Canvas, face: &Face) {
    let (rx, tone) = (face.rx, face.hair_tone);
    for side in [-1.0, 1.0] {
        let x = 120.0 + side * (rx + 1.0);
        let shade = if side < 0.0 { tone.light(0.06) } else { tone.shade(0.18) };
        match face.hair {
            Hair::Bald => {}
            Hair::Long | Hair::Wavy => canvas.fill(
                Pen::m(x - side * 9.0, 92.0)
                    .c(x + side * 11.0, 112.0, x + side * 12.0, 170.0, x + side * 7.0, 240.0)
                    .q(x - side * 8.0, 246.0, x - side * 15.0, 238.0)
                    .c(x - side * 3.0, 200.0, x - side * 1.0, 140.0, x - side * 9.0, 92.0)
                    .z(),
                shade,
            ),
            Hair::Bob | Hair::Fringe => canvas.fill(
                Pen::m(x - side * 8.0, 94.0)
                    .c(x + side * 12.0, 112.0, x + side * 12.0, 150.0, x + side * 5.0, 182.0)
                    .q(x - side * 2.0, 150.0, x - side * 8.0, 94.0)
                    .z(),
                shade,
            ),
            Hair::Locs => {
                for (by, low) in [(-1.0, 196.0), (5.0, 208.0)] {
                    canvas.line(
                        6.0,
                        Pen::m(x - side * 4.0, 94.0).q(x + side * (by + 6.0), 140.0, x + side * by, low),
                        shade,
                    );
                }
            }
            Hair::Curls | Hair::Afro => {
                canvas.fill(Pen::oval(x, 106.0, 9.0, 13.0).and_oval(x + side * 2.0, 122.0, 7.5, 10.0), shade);
            }
            _ => canvas.fill(
                Pen::m(x, 96.0)
                    .l(x + side * 1.0, 118.0)
                    .q(x - side * 4.0, 124.0, x - side * 5.0, 112.0)
                    .l(x - side * 8.0, 96.0)
                    .z(),
                Ink::Flat(shade, if face.hair == Hair::Shaved { 0.6 } else { 1.0 }),
            ),
        }
    }
}

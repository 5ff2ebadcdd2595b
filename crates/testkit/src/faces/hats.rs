//! Hats, hoods and scarves.
use super::{
    Face, Hat,
    pen::{Canvas, Ink, Pen, Tone},
};

/// What lies behind the head: the inside of a hood, the fall of a scarf.
pub(super) fn behind(canvas: &mut Canvas, face: &Face) {
    let rx = face.rx;
    match face.hat {
        Hat::Hood => {
            canvas.fill(
                Pen::m(120.0 - rx - 25.0, 234.0)
                    .c(120.0 - rx - 36.0, 130.0, 120.0 - rx - 14.0, 36.0, 120.0, 32.0)
                    .c(120.0 + rx + 14.0, 36.0, 120.0 + rx + 36.0, 130.0, 120.0 + rx + 25.0, 234.0)
                    .z(),
                Ink::Fade((70.0, 60.0), face.cloth.light(0.08), (190.0, 160.0), face.cloth.shade(0.3)),
            );
            canvas.fill(
                Pen::m(120.0 - rx - 9.0, 232.0)
                    .c(120.0 - rx - 18.0, 130.0, 120.0 - rx - 4.0, 52.0, 120.0, 48.0)
                    .c(120.0 + rx + 4.0, 52.0, 120.0 + rx + 18.0, 130.0, 120.0 + rx + 9.0, 232.0)
                    .z(),
                face.cloth.shade(0.66),
            );
        }
        Hat::Headscarf => canvas.fill(
            Pen::m(120.0 - rx - 14.0, 240.0)
                .c(120.0 - rx - 24.0, 130.0, 120.0 - rx - 8.0, 46.0, 120.0, 44.0)
                .c(120.0 + rx + 8.0, 46.0, 120.0 + rx + 24.0, 130.0, 120.0 + rx + 14.0, 240.0)
                .z(),
            face.hat_tone.shade(0.3),
        ),
        _ => {}
    }
}

/// What lies over the forehead.
pub(super) fn above(canvas: &mut Canvas, face: &Face) {
    let tone = face.hat_tone;
    let cloth = Ink::Fade((80.0, 50.0), tone.light(0.16), (178.0, 110.0), tone.shade(0.28));
    match face.hat {
        Hat::Nothing => {}
        Hat::Cap => cap(canvas, face, cloth),
        Hat::Beanie | Hat::Bobble => beanie(canvas, face, cloth),
        Hat::Bucket => bucket(canvas, face, cloth),
        Hat::FlatCap => flat_cap(canvas, face, cloth),
        Hat::Hood => hood(canvas, face),
        Hat::Headscarf => headscarf(canvas, face),
        Hat::Turban => turban(canvas, face, cloth),
    }
}

/// The shadow of a brim.
fn shadow(canvas: &mut Canvas, face: &Face, low: f32) {
    let rx = face.rx;
    canvas.fill(
        Pen::m(120.0 - rx + 1.0, low - 12.0)
            .l(120.0 + rx - 1.0, low - 12.0)
            .l(120.0 + rx - 2.0, low)
            .q(120.0, low - 6.0, 120.0 - rx + 2.0, low)
            .z(),
        Ink::Flat(face.skin.shade(0.55), 0.42),
    );
}

/// The crown of a hat, down to a line.
fn crown(face: &Face, low: f32, top: f32, wide: f32) -> Pen {
    let (left, right) = (120.0 - face.rx - wide, 120.0 + face.rx + wide);
    Pen::m(left, low)
        .c(left - 1.0, top - 4.0, right + 1.0, top - 4.0, right, low)
        .q(120.0, low - 9.0, left, low)
        .z()
}

fn cap(canvas: &mut Canvas, face: &Face, cloth: Ink) {
    let (rx, tone) = (face.rx, face.hat_tone);
    shadow(canvas, face, 112.0);
    canvas.fill(crown(face, 98.0, 34.0, 3.0), cloth);
    for bend in [-26.0, 26.0] {
        canvas.line(
            1.2,
            Pen::m(120.0 + bend * 1.1, 94.0).q(120.0 + bend, 60.0, 121.0, 49.0),
            Ink::Flat(tone.shade(0.5), 0.5),
        );
    }
    canvas.fill(Pen::oval(120.0, 49.5, 3.4, 2.2), tone.shade(0.2));
    // The peak comes towards the viewer, seen a little from below.
    let (left, right) = (120.0 - rx - 1.0, 120.0 + rx + 1.0);
    canvas.fill(
        Pen::m(left, 96.0)
            .c(left + 4.0, 84.0, right - 4.0, 84.0, right, 96.0)
            .c(right + 2.0, 106.0, right - 14.0, 108.0, 120.0, 106.5)
            .c(left + 14.0, 108.0, left - 2.0, 106.0, left, 96.0)
            .z(),
        Ink::down(86.0, tone.light(0.10), 108.0, tone.shade(0.42)),
    );
    canvas.line(
        1.0,
        Pen::m(left + 5.0, 97.0).c(left + 12.0, 89.0, right - 12.0, 89.0, right - 5.0, 97.0),
        Ink::Flat(tone.light(0.6), 0.35),
    );
    if face.seed.is_multiple_of(2) {
        canvas.fill(Pen::oval(120.0, 72.0, 8.5, 7.5), Ink::Flat(face.cloth_two.light(0.3), 0.9));
        canvas.line(1.4, Pen::oval(120.0, 72.0, 8.5, 7.5), Ink::Flat(tone.shade(0.5), 0.5));
    }
}

fn beanie(canvas: &mut Canvas, face: &Face, cloth: Ink) {
    let tone = face.hat_tone;
    shadow(canvas, face, 112.0);
    if face.hat == Hat::Bobble {
        canvas.fill(
            Pen::oval(120.0, 36.0, 14.0, 13.0),
            Ink::Fade((110.0, 26.0), tone.light(0.5), (130.0, 48.0), tone.light(0.1)),
        );
        for (x, y) in [(110.0, 30.0), (131.0, 33.0), (116.0, 46.0), (127.0, 44.0), (121.0, 25.0)] {
            canvas.fill(Pen::oval(x, y, 4.0, 4.0), Ink::Flat(tone.light(0.65), 0.6));
        }
    }
    canvas.fill(crown(face, 94.0, 34.0, 3.5), cloth);
    let (left, right) = (120.0 - face.rx - 5.0, 120.0 + face.rx + 5.0);
    let band = || {
        Pen::m(left, 86.0)
            .q(120.0, 73.0, right, 86.0)
            .q(right + 1.5, 97.0, right - 1.0, 106.0)
            .q(120.0, 93.0, left + 1.0, 106.0)
            .q(left - 1.5, 97.0, left, 86.0)
            .z()
    };
    canvas.fill(band(), Ink::Fade((80.0, 80.0), tone.light(0.24), (178.0, 110.0), tone.shade(0.14)));
    // Ribs of the knitting, closer together where the head turns away.
    for at in -8_i8..=8 {
        let turn = f32::from(at) / 8.6;
        let x = 120.0 + (face.rx + 4.0) * (turn * 1.5).sin();
        let arch = 12.5 * (1.0 - turn * turn);
        canvas.line(
            1.3,
            Pen::m(x, 86.5 - arch * 0.55).l(x, 105.0 - arch * 0.98),
            Ink::Flat(tone.shade(0.5), 0.34),
        );
        canvas.line(
            0.9,
            Pen::m(x, 84.0 - arch * 0.6).q(
                120.0 + (x - 120.0) * 0.9,
                62.0,
                120.0 + (x - 120.0) * 0.32,
                49.0 + turn.abs() * 4.0,
            ),
            Ink::Flat(tone.shade(0.5), 0.2),
        );
    }
}

fn bucket(canvas: &mut Canvas, face: &Face, cloth: Ink) {
    let (rx, tone) = (face.rx, face.hat_tone);
    shadow(canvas, face, 114.0);
    canvas.fill(
        Pen::m(120.0 - rx - 1.0, 92.0)
            .l(120.0 - rx * 0.72, 52.0)
            .q(120.0, 43.0, 120.0 + rx * 0.72, 52.0)
            .l(120.0 + rx + 1.0, 92.0)
            .z(),
        cloth,
    );
    canvas.fill(
        Pen::m(120.0 - rx - 1.0, 86.0)
            .q(120.0, 77.0, 120.0 + rx + 1.0, 86.0)
            .q(120.0 + rx + 12.0, 98.0, 120.0 + rx + 17.0, 109.0)
            .q(120.0, 94.0, 120.0 - rx - 17.0, 109.0)
            .q(120.0 - rx - 12.0, 98.0, 120.0 - rx - 1.0, 86.0)
            .z(),
        Ink::down(80.0, tone.light(0.12), 108.0, tone.shade(0.3)),
    );
    for (inset, y) in [(3.0, 92.0), (8.0, 99.0)] {
        canvas.line(
            0.9,
            Pen::m(120.0 - rx - inset, y).q(120.0, y - 11.0, 120.0 + rx + inset, y),
            Ink::Flat(tone.shade(0.6), 0.4),
        );
    }
}

fn flat_cap(canvas: &mut Canvas, face: &Face, cloth: Ink) {
    let (rx, tone) = (face.rx, face.hat_tone);
    shadow(canvas, face, 108.0);
    canvas.fill(
        Pen::m(120.0 - rx - 8.0, 92.0)
            .c(120.0 - rx - 14.0, 62.0, 92.0, 48.0, 122.0, 50.0)
            .c(152.0, 48.0, 120.0 + rx + 14.0, 62.0, 120.0 + rx + 8.0, 92.0)
            .q(120.0 + rx + 2.0, 100.0, 120.0 + rx - 6.0, 98.0)
            .q(120.0, 86.0, 120.0 - rx + 6.0, 98.0)
            .q(120.0 - rx - 2.0, 100.0, 120.0 - rx - 8.0, 92.0)
            .z(),
        cloth,
    );
    canvas.fill(
        Pen::m(120.0 - rx + 2.0, 92.0)
            .q(120.0, 74.0, 120.0 + rx - 2.0, 92.0)
            .q(120.0 + rx + 1.0, 102.0, 120.0 + rx - 8.0, 103.0)
            .q(120.0, 92.0, 120.0 - rx + 8.0, 103.0)
            .q(120.0 - rx - 1.0, 102.0, 120.0 - rx + 2.0, 92.0)
            .z(),
        Ink::down(80.0, tone.light(0.06), 102.0, tone.shade(0.4)),
    );
    // A check, faint.
    for at in -3_i8..=3 {
        let x = 120.0 + f32::from(at) * 15.0;
        canvas.line(
            1.0,
            Pen::m(x, 54.0 + f32::from(at).abs() * 2.5).l(x + f32::from(at) * 2.0, 80.0),
            Ink::Flat(tone.light(0.7), 0.16),
        );
    }
    canvas.line(1.0, Pen::m(74.0, 70.0).q(120.0, 58.0, 166.0, 70.0), Ink::Flat(tone.light(0.7), 0.16));
}

fn hood(canvas: &mut Canvas, face: &Face) {
    let rx = face.rx;
    // The rim of the hood, in front of the forehead and down both sides.
    let rim = Pen::m(120.0 - rx - 20.0, 236.0)
        .c(120.0 - rx - 28.0, 130.0, 120.0 - rx - 12.0, 40.0, 120.0, 36.0)
        .c(120.0 + rx + 12.0, 40.0, 120.0 + rx + 28.0, 130.0, 120.0 + rx + 20.0, 236.0)
        .l(120.0 + rx - 6.0, 236.0)
        .c(120.0 + rx + 11.0, 160.0, 120.0 + rx + 6.0, 82.0, 120.0, 78.0)
        .c(120.0 - rx - 6.0, 82.0, 120.0 - rx - 11.0, 160.0, 120.0 - rx + 6.0, 236.0)
        .z();
    canvas.fill_over(
        rim,
        6.0,
        Ink::Flat(Tone::BLACK, 0.22),
        Ink::Fade((76.0, 60.0), face.cloth.light(0.12), (186.0, 190.0), face.cloth.shade(0.26)),
    );
    canvas.line(
        1.2,
        Pen::m(120.0 - rx + 1.0, 232.0).c(120.0 - rx - 16.0, 160.0, 120.0 - rx - 10.0, 78.0, 120.0, 73.5).c(
            120.0 + rx + 10.0,
            78.0,
            120.0 + rx + 16.0,
            160.0,
            120.0 + rx - 1.0,
            232.0,
        ),
        Ink::Flat(face.cloth.shade(0.6), 0.4),
    );
}

fn headscarf(canvas: &mut Canvas, face: &Face) {
    let (rx, tone, chin) = (face.rx, face.hat_tone, face.chin);
    // A ring about the face: the outer edge one way round, the inner edge the other.
    let ring = Pen::m(120.0, 44.0)
        .c(120.0 + rx + 12.0, 46.0, 120.0 + rx + 17.0, 120.0, 120.0 + rx + 10.0, 158.0)
        .c(120.0 + rx + 8.0, 200.0, 168.0, 226.0, 172.0, 244.0)
        .q(120.0, 262.0, 68.0, 244.0)
        .c(72.0, 226.0, 120.0 - rx - 8.0, 200.0, 120.0 - rx - 10.0, 158.0)
        .c(120.0 - rx - 17.0, 120.0, 120.0 - rx - 12.0, 46.0, 120.0, 44.0)
        .z()
        .and(120.0, 82.0)
        .c(120.0 - rx + 8.0, 82.0, 120.0 - rx + 3.0, 108.0, 120.0 - rx + 3.0, 122.0)
        .c(120.0 - rx + 3.0, 152.0, 98.0, chin - 4.0, 120.0, chin - 3.0)
        .c(142.0, chin - 4.0, 120.0 + rx - 3.0, 152.0, 120.0 + rx - 3.0, 122.0)
        .c(120.0 + rx - 3.0, 108.0, 120.0 + rx - 8.0, 82.0, 120.0, 82.0)
        .z();
    canvas.fill(ring, Ink::Fade((78.0, 60.0), tone.light(0.2), (180.0, 230.0), tone.shade(0.26)));
    for (start, end) in
        [((78.0, 168.0), (150.0, 238.0)), ((74.0, 150.0), (130.0, 246.0)), ((84.0, 186.0), (166.0, 222.0))]
    {
        canvas.line(
            1.6,
            Pen::m(start.0, start.1).q(start.0 + 12.0, end.1 - 8.0, end.0, end.1),
            Ink::Flat(tone.shade(0.5), 0.38),
        );
    }
    canvas.line(1.4, Pen::m(80.0, 74.0).q(120.0, 46.0, 160.0, 74.0), Ink::Flat(tone.light(0.7), 0.22));
    canvas.line(
        1.6,
        Pen::m(120.0 - rx + 4.0, 128.0).c(120.0 - rx + 2.0, 98.0, 96.0, 80.5, 120.0, 80.5).c(
            144.0,
            80.5,
            120.0 + rx - 2.0,
            98.0,
            120.0 + rx - 4.0,
            128.0,
        ),
        Ink::Flat(Tone::BLACK, 0.22),
    );
}

fn turban(canvas: &mut Canvas, face: &Face, cloth: Ink) {
    let (rx, tone) = (face.rx, face.hat_tone);
    shadow(canvas, face, 102.0);
    canvas.fill(
        Pen::m(120.0 - rx - 7.0, 108.0)
            .c(120.0 - rx - 22.0, 66.0, 92.0, 30.0, 122.0, 30.0)
            .c(152.0, 30.0, 120.0 + rx + 22.0, 66.0, 120.0 + rx + 7.0, 108.0)
            .q(120.0 + rx - 6.0, 96.0, 120.0, 80.0)
            .q(120.0 - rx + 6.0, 96.0, 120.0 - rx - 7.0, 108.0)
            .z(),
        cloth,
    );
    for at in 0_u8..5 {
        let by = f32::from(at) * 9.0;
        let fold = Ink::Flat(tone.shade(0.55), 0.42);
        canvas.line(
            1.5,
            Pen::m(120.0 - rx - 8.0 + by * 0.15, 100.0 - by).q(
                96.0,
                88.0 - by * 0.9,
                128.0 - by * 0.4,
                74.0 - by * 0.9,
            ),
            fold,
        );
        canvas.line(
            1.5,
            Pen::m(120.0 + rx + 8.0 - by * 0.15, 100.0 - by).q(146.0, 84.0 - by, 118.0, 78.0 - by * 1.05),
            fold,
        );
    }
}

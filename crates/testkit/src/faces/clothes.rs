//! Shoulders and what is on them.
use super::{
    Clothes, Face, Hat,
    pen::{Canvas, Ink, Pen, Tone},
};

/// How far down the body is drawn: further than a portrait shows, for pictures taken from afar.
const LOW: f32 = 640.0;

/// The body with arms, below the neck.
pub(super) fn draw(canvas: &mut Canvas, face: &Face) {
    let (half, cloth) = (face.shoulders, face.cloth);
    let body = || {
        Pen::m(120.0 - 24.0, 209.0)
            .c(120.0 - half * 0.62, 220.0, 120.0 - half, 222.0, 120.0 - half - 2.0, 268.0)
            .q(120.0 - half - 14.0, 330.0, 120.0 - half - 15.0, LOW)
            .l(120.0 + half + 15.0, LOW)
            .q(120.0 + half + 14.0, 330.0, 120.0 + half + 2.0, 268.0)
            .c(120.0 + half, 222.0, 120.0 + half * 0.62, 220.0, 120.0 + 24.0, 209.0)
            .q(120.0, 240.0, 120.0 - 24.0, 209.0)
            .z()
    };
    canvas.fill(body(), Ink::Fade((60.0, 220.0), cloth.light(0.08), (210.0, 330.0), cloth.shade(0.26)));
    // Arms part from the body: a fold that begins fine at the armpit.
    for side in [-1.0, 1.0] {
        let x = 120.0 + side * (half - 19.0);
        canvas.fill(
            Pen::m(x + side * 3.0, 256.0)
                .q(x - side * 1.0, 300.0, x + side * 1.0, LOW)
                .l(x - side * 3.5, LOW)
                .q(x - side * 4.0, 300.0, x + side * 3.0, 256.0)
                .z(),
            Ink::Flat(cloth.shade(0.55), 0.40),
        );
    }
    match face.clothes {
        Clothes::Tee => collar(canvas, 3.4, cloth.shade(0.22)),
        Clothes::Jumper => jumper(canvas, face),
        Clothes::Shirt => shirt(canvas, face),
        Clothes::Hoodie => hoodie(canvas, face),
        Clothes::Tracksuit => tracksuit(canvas, face),
        Clothes::Puffer => puffer(canvas, face),
        Clothes::Coat => coat(canvas, face),
    }
}

/// A round collar.
fn collar(canvas: &mut Canvas, width: f32, tone: Tone) {
    canvas.line(width, Pen::m(92.0, 211.5).q(120.0, 249.0, 148.0, 211.5), tone);
}

fn jumper(canvas: &mut Canvas, face: &Face) {
    collar(canvas, 8.0, face.cloth.shade(0.14));
    collar(canvas, 1.0, face.cloth.shade(0.5));
    for row in 0_u8..24 {
        let y = 252.0 + f32::from(row) * 13.0;
        canvas.line(
            1.2,
            Pen::m(124.0 - face.shoulders, y).q(120.0, y + 8.0, 116.0 + face.shoulders, y),
            Ink::Flat(face.cloth.shade(0.5), 0.14),
        );
    }
    if face.seed.is_multiple_of(3) {
        let half = face.shoulders;
        canvas.fill(
            Pen::m(120.0 - half - 1.0, 262.0)
                .q(120.0, 276.0, 120.0 + half + 1.0, 262.0)
                .l(120.0 + half + 3.0, 288.0)
                .q(120.0, 302.0, 120.0 - half - 3.0, 288.0)
                .z(),
            Ink::Flat(face.cloth_two, 0.85),
        );
    }
}

fn shirt(canvas: &mut Canvas, face: &Face) {
    let tone = face.cloth.light(0.25);
    canvas.line(1.4, Pen::m(120.0, 236.0).l(120.0, LOW), Ink::Flat(face.cloth.shade(0.55), 0.5));
    for row in 0_u8..12 {
        canvas.fill(Pen::oval(124.0, 254.0 + f32::from(row) * 32.0, 1.7, 1.7), tone.light(0.5));
    }
    for (side, shade) in [(-1.0, tone), (1.0, tone.shade(0.12))] {
        let x = |by: f32| 120.0 + side * by;
        canvas.fill(
            Pen::m(x(25.0), 202.0)
                .q(x(34.0), 208.0, x(38.0), 219.0)
                .l(x(19.0), 244.0)
                .l(x(0.5), 231.0)
                .q(x(18.0), 222.0, x(25.0), 202.0)
                .z(),
            shade,
        );
        canvas.line(
            1.0,
            Pen::m(x(38.0), 219.0).l(x(19.0), 244.0).l(x(0.5), 231.0),
            Ink::Flat(face.cloth.shade(0.6), 0.55),
        );
    }
}

fn hoodie(canvas: &mut Canvas, face: &Face) {
    let cloth = face.cloth;
    if face.hat != Hat::Hood {
        // The hood lies on the shoulders.
        for (side, shade) in [(-1.0, cloth.light(0.06)), (1.0, cloth.shade(0.12))] {
            let x = |by: f32| 120.0 + side * by;
            canvas.fill(
                Pen::m(x(24.0), 199.0)
                    .c(x(50.0), 200.0, x(58.0), 216.0, x(46.0), 233.0)
                    .c(x(32.0), 246.0, x(12.0), 252.0, x(0.0), 254.0)
                    .c(x(10.0), 240.0, x(24.0), 226.0, x(24.0), 199.0)
                    .z(),
                shade,
            );
            canvas.line(
                1.2,
                Pen::m(x(50.0), 226.0).c(x(34.0), 243.0, x(12.0), 251.0, x(0.0), 254.0),
                Ink::Flat(cloth.shade(0.6), 0.55),
            );
        }
    } else {
        canvas.fill(
            Pen::m(88.0, 226.0).q(120.0, 262.0, 152.0, 226.0).q(120.0, 246.0, 88.0, 226.0).z(),
            cloth.shade(0.3),
        );
    }
    for (x, low) in [(107.0, 292.0), (133.0, 286.0)] {
        canvas.line(2.2, Pen::m(x, 248.0).q(x - 2.0, 270.0, x + 1.0, low), face.cloth.light(0.7));
        canvas.line(2.8, Pen::m(x + 1.0, low - 6.0).l(x + 1.0, low), Tone(150, 150, 150));
    }
}

fn tracksuit(canvas: &mut Canvas, face: &Face) {
    let half = face.shoulders;
    let two = face.cloth_two.light(0.2);
    for side in [-1.0, 1.0] {
        for by in [0.0, 5.0] {
            let x = 120.0 + side * (half - 7.0 - by);
            canvas.line(
                2.0,
                Pen::m(120.0 + side * (34.0 - by * 0.4), 215.0 + by * 0.7)
                    .q(x - side * 6.0, 224.0 + by, x + side * 2.0, 276.0)
                    .l(x + side * 9.0, LOW),
                two,
            );
        }
    }
    canvas.fill(
        Pen::m(94.0, 198.0)
            .q(91.0, 212.0, 97.0, 224.0)
            .q(108.0, 238.0, 120.0, 240.0)
            .q(132.0, 238.0, 143.0, 224.0)
            .q(149.0, 212.0, 146.0, 198.0)
            .q(143.0, 220.0, 120.0, 232.0)
            .q(97.0, 220.0, 94.0, 198.0)
            .z(),
        face.cloth.shade(0.2),
    );
    canvas.line(2.2, Pen::m(120.0, 236.0).l(120.0, LOW), face.cloth.shade(0.5));
    canvas.line(0.9, Pen::m(120.0, 236.0).l(120.0, LOW), two);
    canvas.fill(Pen::rect(118.4, 248.0, 3.2, 8.0), Tone(206, 206, 206));
}

fn puffer(canvas: &mut Canvas, face: &Face) {
    let (half, cloth) = (face.shoulders, face.cloth);
    for row in 0_u8..14 {
        let y = 240.0 + f32::from(row) * 27.0;
        let wide = half - if row == 0 { 5.0 } else { 0.0 } + f32::from(row) * 0.6;
        canvas.line(
            1.8,
            Pen::m(120.0 - wide, y + 2.0).q(70.0, y + 12.0, 120.0, y + 8.0).q(
                170.0,
                y + 12.0,
                120.0 + wide,
                y + 2.0,
            ),
            Ink::Flat(cloth.shade(0.6), 0.5),
        );
        canvas.line(
            3.2,
            Pen::m(132.0 - wide, y + 9.0).q(76.0, y + 18.0, 112.0, y + 15.0),
            Ink::Flat(cloth.light(0.8), 0.20),
        );
    }
    canvas.fill(
        Pen::m(90.0, 192.0)
            .q(80.0, 214.0, 90.0, 230.0)
            .q(106.0, 244.0, 120.0, 245.0)
            .q(134.0, 244.0, 150.0, 230.0)
            .q(160.0, 214.0, 150.0, 192.0)
            .q(146.0, 222.0, 120.0, 230.0)
            .q(94.0, 222.0, 90.0, 192.0)
            .z(),
        Ink::Fade((90.0, 200.0), cloth.light(0.12), (150.0, 240.0), cloth.shade(0.18)),
    );
    canvas.line(2.4, Pen::m(120.0, 232.0).l(120.0, LOW), cloth.shade(0.55));
}

fn coat(canvas: &mut Canvas, face: &Face) {
    let under = face.cloth_two.light(0.1);
    canvas.fill(Pen::m(98.0, 214.0).q(120.0, 240.0, 142.0, 214.0).l(124.0, 330.0).l(116.0, 330.0).z(), under);
    canvas.line(3.0, Pen::m(95.0, 213.0).q(120.0, 245.0, 145.0, 213.0), under.shade(0.2));
    for (side, shade) in [(-1.0, face.cloth.light(0.10)), (1.0, face.cloth.shade(0.10))] {
        let x = |by: f32| 120.0 + side * by;
        canvas.fill(
            Pen::m(x(25.0), 203.0)
                .q(x(37.0), 206.0, x(43.0), 220.0)
                .l(x(48.0), 250.0)
                .l(x(37.0), 253.0)
                .l(x(40.0), 264.0)
                .q(x(18.0), 300.0, x(1.0), 336.0)
                .q(x(9.0), 280.0, x(25.0), 203.0)
                .z(),
            shade,
        );
        canvas.line(
            1.2,
            Pen::m(x(43.0), 220.0).l(x(48.0), 250.0).l(x(37.0), 253.0).l(x(40.0), 264.0).q(
                x(18.0),
                300.0,
                x(1.0),
                336.0,
            ),
            Ink::Flat(face.cloth.shade(0.65), 0.6),
        );
    }
    canvas.line(1.4, Pen::m(120.0, 336.0).l(120.0, LOW), Ink::Flat(face.cloth.shade(0.6), 0.7));
    for y in [350.0, 392.0] {
        canvas.fill(Pen::oval(129.0, y, 4.0, 4.0), face.cloth.shade(0.5));
    }
}

//! Writing a picture: colours at half the pixels each way, the standard's own codes.
use super::{
    Plane, Planes,
    bits::Writer,
    header::{GROUP, groups, header},
    tables::{Coarseness, WORDS},
    transform::{Block, factors, forward},
};

/// The numbers of one group: four blocks of brightness, one each of the colours.
pub(crate) type Group = [[i16; 64]; 6];

/// What frequencies are multiplied by, for brightness and colour.
#[derive(Clone, Debug)]
pub(crate) struct Factors([Block; 2]);

impl Factors {
    pub(crate) fn of(coarseness: &Coarseness) -> Self {
        Self([factors(&coarseness[0]), factors(&coarseness[1])])
    }
}

/// Encodes a picture whose colours have half its sides, rounded up. With `restarts`, each row of groups can
/// be read without those above it.
pub(crate) fn encode(planes: &Planes, coarseness: &Coarseness, restarts: bool) -> Vec<u8> {
    // No side reaches 65,536: the largest size is 1,600.
    let side = |pixels: u32| u16::try_from(pixels).unwrap_or(u16::MAX);
    let mut bytes = header(side(planes.width), side(planes.height), coarseness, restarts);
    bytes.reserve(planes.planes[0].samples.len() / 4);
    let mut writer = Writer::behind(bytes);
    let factors = Factors::of(coarseness);
    let (across, down) = (groups(planes.width), groups(planes.height));
    let mut levels = [0; 3];
    for y in 0..down {
        for x in 0..across {
            write(&mut writer, &mut levels, &transform(planes, x, y, &factors));
        }
        if restarts && y + 1 < down {
            writer.marker(restart(y));
            levels = [0; 3];
        }
    }
    writer.marker(0xd9);
    writer.finish()
}

/// The marker behind a row of groups: they count to eight.
pub(crate) fn restart(row: usize) -> u8 {
    0xd0 + (row % 8) as u8
}

/// Writes a group behind one of these levels.
pub(crate) fn write(writer: &mut Writer, levels: &mut [i16; 3], group: &Group) {
    for (at, block) in group.iter().enumerate() {
        let (level, words) = match at {
            0..4 => (&mut levels[0], [&WORDS[0], &WORDS[1]]),
            4 => (&mut levels[1], [&WORDS[2], &WORDS[3]]),
            _ => (&mut levels[2], [&WORDS[2], &WORDS[3]]),
        };
        writer.block(block, *level, words[0], words[1]);
        *level = block[0];
    }
}

/// The numbers of a group of a picture.
pub(crate) fn transform(planes: &Planes, x: usize, y: usize, factors: &Factors) -> Group {
    let Factors([bright, colour]) = factors;
    let [light, blue, red] = &planes.planes;
    let (left, top) = (x * GROUP, y * GROUP);
    [
        forward(block(light, left, top), bright),
        forward(block(light, left + 8, top), bright),
        forward(block(light, left, top + 8), bright),
        forward(block(light, left + 8, top + 8), bright),
        forward(block(blue, left / 2, top / 2), colour),
        forward(block(red, left / 2, top / 2), colour),
    ]
}

/// The pixels of a block about zero. Beyond the edges, the last pixel is repeated.
fn block(plane: &Plane, left: usize, top: usize) -> Block {
    let mut block = [[0.0; 8]; 8];
    if left + 8 <= plane.width && top + 8 <= plane.height {
        for (y, row) in block.iter_mut().enumerate() {
            let from = &plane.samples[(top + y) * plane.width + left..][..8];
            for x in 0..8 {
                row[x] = f32::from(from[x]) - 128.0;
            }
        }
    } else {
        for (y, row) in block.iter_mut().enumerate() {
            let from = plane.row((top + y).min(plane.height - 1));
            for (x, value) in row.iter_mut().enumerate() {
                *value = f32::from(from[(left + x).min(plane.width - 1)]) - 128.0;
            }
        }
    }
    block
}

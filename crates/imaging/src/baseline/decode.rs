//! Reading the common JPEG, at its own size or smaller.
use super::{
    Plane, Planes,
    huffman::{Reader, Table},
    inverse::{Side, factors, inverse},
    tables::{Coarseness, ZIGZAG},
};

/// A file whose headers were understood.
#[derive(Debug)]
pub(crate) struct File<'a> {
    pub(crate) width: u32,
    pub(crate) height: u32,
    /// How coarse each colour is kept, row by row.
    pub(crate) coarseness: Vec<[u16; 64]>,
    components: Vec<Component>,
    /// Groups between restart markers, or zero.
    interval: usize,
    bits: &'a [u8],
}

#[derive(Clone, Debug)]
struct Component {
    id: u8,
    /// Blocks of a group, across and down.
    across: usize,
    down: usize,
    coarseness: usize,
    level: Option<Table>,
    detail: Option<Table>,
}

/// What the headers hold, while they are read.
#[derive(Default)]
struct Tables {
    coarseness: [Option<[u16; 64]>; 4],
    levels: [Option<Table>; 4],
    details: [Option<Table>; 4],
    frame: Option<(u32, u32, Vec<Component>)>,
    interval: usize,
    /// What Adobe's segment says of the colours.
    adobe: Option<u8>,
    jfif: bool,
}

impl<'a> File<'a> {
    /// Reads the headers. `None` for whatever is not the common case.
    pub(crate) fn open(bytes: &'a [u8]) -> Option<Self> {
        let mut tables = Tables::default();
        let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
        loop {
            let (&[mark, marker, l0, l1], _) = rest.split_first_chunk::<4>()?;
            if mark != 0xff {
                return None;
            }
            let length = usize::from(u16::from_be_bytes([l0, l1]));
            let body = rest.get(4..2 + length)?;
            rest = &rest[2 + length..];
            match marker {
                0xc0 | 0xc1 => tables.frame(body)?,
                0xc4 => tables.codes(body)?,
                0xdb => tables.coarsenesses(body)?,
                0xdd => tables.interval = usize::from(u16::from_be_bytes(*body.first_chunk()?)),
                0xda => return tables.scan(body, rest),
                0xe0 => tables.jfif |= body.starts_with(b"JFIF\0"),
                0xee if body.starts_with(b"Adobe") => tables.adobe = Some(*body.get(11)?),
                0xe1..=0xef | 0xfe => {}
                _ => return None,
            }
        }
    }
}

impl Tables {
    fn frame(&mut self, body: &[u8]) -> Option<()> {
        let (&[bits, h0, h1, w0, w1, count], rest) = body.split_first_chunk::<6>()?;
        let (height, width) = (u16::from_be_bytes([h0, h1]), u16::from_be_bytes([w0, w1]));
        if bits != 8 || height == 0 || width == 0 || self.frame.is_some() || !matches!(count, 1 | 3) {
            return None;
        }
        let mut components = Vec::new();
        for part in rest.get(..usize::from(count) * 3)?.chunks_exact(3) {
            let (across, down) = (usize::from(part[1] >> 4), usize::from(part[1] & 15));
            if !(1..=2).contains(&across) || !(1..=2).contains(&down) || part[2] > 3 {
                return None;
            }
            let coarseness = usize::from(part[2]);
            components.push(Component { id: part[0], across, down, coarseness, level: None, detail: None });
        }
        if let [only] = &mut *components {
            // A scan of one colour has groups of one block, whatever it says.
            (only.across, only.down) = (1, 1);
        }
        // The brightness has the most blocks; the colours, alike.
        if let [bright, blue, red] = &*components {
            let alike = (blue.across, blue.down) == (red.across, red.down);
            if !alike || blue.across > bright.across || blue.down > bright.down {
                return None;
            }
        }
        self.frame = Some((width.into(), height.into(), components));
        Some(())
    }

    fn codes(&mut self, mut body: &[u8]) -> Option<()> {
        while let Some((&id, rest)) = body.split_first() {
            let (counts, rest) = rest.split_first_chunk::<16>()?;
            let symbols = counts.iter().map(|count| usize::from(*count)).sum();
            let table = Table::new(counts, rest.get(..symbols)?)?;
            let class = if id >> 4 == 0 { &mut self.levels } else { &mut self.details };
            *class.get_mut(usize::from(id & 15))? = Some(table);
            body = &rest[symbols..];
        }
        Some(())
    }

    fn coarsenesses(&mut self, mut body: &[u8]) -> Option<()> {
        while let Some((&id, rest)) = body.split_first() {
            let bytes = if id >> 4 == 0 { 1 } else { 2 };
            let values = rest.get(..64 * bytes)?;
            let mut table = [0; 64];
            for (value, at) in values.chunks_exact(bytes).zip(ZIGZAG) {
                table[usize::from(at)] = value.iter().fold(0, |value, byte| value << 8 | u16::from(*byte));
            }
            *self.coarseness.get_mut(usize::from(id & 15))? = Some(table);
            body = &rest[64 * bytes..];
        }
        Some(())
    }

    /// Reads the header of the only scan and puts the tables together.
    fn scan<'a>(self, body: &[u8], bits: &'a [u8]) -> Option<File<'a>> {
        let (width, height, mut components) = self.frame?;
        let (&count, rest) = body.split_first()?;
        if usize::from(count) != components.len() || rest.get(2 * components.len()..)? != [0, 63, 0] {
            return None;
        }
        for (component, part) in components.iter_mut().zip(rest.chunks_exact(2)) {
            if component.id != part[0] {
                return None;
            }
            component.level = Some(self.levels.get(usize::from(part[1] >> 4))?.clone()?);
            component.detail = Some(self.details.get(usize::from(part[1] & 15))?.clone()?);
        }
        // Red, green and blue are rare; so say Adobe's segment, or the names of the components.
        let plain = match self.adobe {
            Some(transform) => transform == 1 || components.len() == 1,
            None => self.jfif || components.iter().map(|component| component.id).ne(*b"RGB"),
        };
        let coarseness: Option<Vec<_>> =
            components.iter().map(|component| self.coarseness[component.coarseness]).collect();
        plain.then_some(File {
            width,
            height,
            coarseness: coarseness?,
            components,
            interval: self.interval,
            bits,
        })
    }
}

impl File<'_> {
    /// The factor by which the colours are smaller than the brightness, across and down.
    pub(crate) fn colour_steps(&self) -> (usize, usize) {
        match &*self.components {
            [bright, blue, _] => (bright.across / blue.across, bright.down / blue.down),
            _ => (1, 1),
        }
    }

    /// Whether there is brightness alone.
    pub(crate) fn is_grey(&self) -> bool {
        self.components.len() == 1
    }

    /// The coarseness to write with again, if it is one that we can write.
    pub(crate) fn rewritable(&self) -> Option<Coarseness> {
        let [bright, blue, red] = &*self.coarseness else { return None };
        let bytes = bright.iter().chain(blue).all(|value| (1..=255).contains(value));
        (bytes && blue == red).then_some([*bright, *blue])
    }

    /// The picture, each block of brightness and of the colours made into so many pixels. `None` if
    /// anything in the bits is wrong.
    pub(crate) fn read(&self, bright: Side, colour: Side) -> Option<Planes> {
        let most = self.components.first()?;
        let across = (self.width as usize).div_ceil(8 * most.across);
        let down = (self.height as usize).div_ceil(8 * most.down);
        let sides = [bright, colour, colour];
        let mut planes = Vec::new();
        let mut scans = Vec::new();
        for ((component, coarseness), side) in self.components.iter().zip(&self.coarseness).zip(sides) {
            let (width, height) =
                (across * component.across * side.pixels(), down * component.down * side.pixels());
            planes.push(Plane::filled(width, height, 0));
            scans.push(Scan {
                level: component.level.as_ref()?,
                detail: component.detail.as_ref()?,
                factors: factors(coarseness, side),
                side,
                before: 0,
            });
        }
        let mut reader = Reader::new(self.bits);
        let mut left = if self.interval == 0 { usize::MAX } else { self.interval };
        let mut number = 0;
        for y in 0..down {
            for x in 0..across {
                if left == 0 {
                    reader.restart(number)?;
                    scans.iter_mut().for_each(|scan| scan.before = 0);
                    (left, number) = (self.interval, (number + 1) % 8);
                }
                left -= 1;
                for ((component, scan), plane) in self.components.iter().zip(&mut scans).zip(&mut planes) {
                    let pixels = scan.side.pixels();
                    for v in 0..component.down {
                        for u in 0..component.across {
                            let top = (y * component.down + v) * pixels;
                            let start = top * plane.width + (x * component.across + u) * pixels;
                            scan.block(&mut reader, &mut plane.samples[start..], plane.width)?;
                        }
                    }
                }
            }
            // Once a picture has run out of bits, the rest of it is invention.
            if reader.invented > 64 {
                return None;
            }
        }
        if !reader.ended() {
            return None;
        }
        self.planes(planes, bright, colour)
    }

    /// Cuts off what only filled the last groups.
    fn planes(&self, planes: Vec<Plane>, bright: Side, colour: Side) -> Option<Planes> {
        let (width, height) = (self.width as usize, self.height as usize);
        let scaled = |length: usize, steps: usize, side: Side| (length * side.pixels()).div_ceil(8 * steps);
        let (steps_across, steps_down) = self.colour_steps();
        let mut cut = planes.into_iter().enumerate().map(|(at, plane)| {
            let (across, down, side) =
                if at == 0 { (1, 1, bright) } else { (steps_across, steps_down, colour) };
            trim(plane, scaled(width, across, side), scaled(height, down, side))
        });
        let light = cut.next()?;
        let (width, height) = (light.width as u32, light.height as u32);
        let grey = || Plane::filled(light.width.div_ceil(2), light.height.div_ceil(2), 128);
        let (blue, red) = (cut.next().unwrap_or_else(grey), cut.next().unwrap_or_else(grey));
        Some(Planes { width, height, planes: [light, blue, red] })
    }
}

/// The top left part of a plane.
fn trim(mut plane: Plane, width: usize, height: usize) -> Plane {
    if width < plane.width {
        for y in 0..height {
            plane.samples.copy_within(y * plane.width..y * plane.width + width, y * width);
        }
    }
    plane.samples.truncate(width * height);
    Plane { width, height, samples: plane.samples }
}

/// One colour, while its blocks are read.
struct Scan<'a> {
    level: &'a Table,
    detail: &'a Table,
    factors: [f32; 64],
    side: Side,
    before: i32,
}

impl Scan<'_> {
    /// Reads a block into its place.
    #[inline(always)]
    fn block(&mut self, reader: &mut Reader<'_>, to: &mut [u8], stride: usize) -> Option<()> {
        let mut block = [0.0; 64];
        let (size, difference) = reader.next(self.level)?;
        if size > 11 {
            return None;
        }
        // Bounded by the sizes of differences; a hostile file wraps, and shows nonsense.
        self.before = self.before.wrapping_add(difference);
        block[0] = self.before as f32 * self.factors[0];
        let mut at = 1;
        while at < 64 {
            let (symbol, value) = reader.next(self.detail)?;
            if value == 0 {
                match symbol {
                    0 => break,
                    0xf0 => at += 16,
                    _ => return None,
                }
                continue;
            }
            at += usize::from(symbol >> 4);
            let place = usize::from(*ZIGZAG.get(at)?);
            block[place & 63] = value as f32 * self.factors[place & 63];
            at += 1;
        }
        let (rows, _) = block.as_chunks::<8>();
        inverse(rows.first_chunk::<8>()?, self.side, to, stride);
        Some(())
    }
}

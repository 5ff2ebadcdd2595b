//! A file of members, read into rows of text: CSV or a workbook of Excel. It is foreign input: size, depth and the place
//! of its cells are bounded before anything is kept in memory.
use calamine::{Data, DataRef, Reader as _, Xlsx};
use fairwatch_core::importing::{MOST_BYTES, MOST_LINES};
use std::io::{Cursor, Read as _};

/// Why a file cannot be read, in words that say what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unreadable(pub(super) String);

fn no(text: impl Into<String>) -> Unreadable {
    Unreadable(text.into())
}

/// So many columns are looked at.
const MOST_COLUMNS: u32 = 60;
/// What a workbook may hold once it is unpacked: a small file can be made to fill a disk.
const MOST_UNPACKED: u64 = 96 * 1024 * 1024;
/// So many parts a workbook has at most.
const MOST_PARTS: usize = 500;
/// A cell holds so many characters at most; what is longer is no name and no address.
const MOST_IN_CELL: usize = 2_000;

const SAVE_AS: &str = "Save it again as CSV (UTF-8) or as an Excel workbook (.xlsx), and choose that file.";

/// The rows of a file, with the number of the line or row at which each stands.
pub(super) fn rows(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>, Unreadable> {
    if bytes.len() > MOST_BYTES {
        return Err(no("This file is larger than 8 MB. Divide it into several."));
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return workbook(bytes);
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(no(format!(
            "This is a workbook of an old kind (.xls), or one with a password. {SAVE_AS}"
        )));
    }
    let text = text(bytes)?;
    let mut reader = csv::ReaderBuilder::new();
    let reader = reader.delimiter(delimiter(&text)).has_headers(false).flexible(true);
    let mut all = Vec::new();
    for record in reader.from_reader(text.as_bytes()).records() {
        let record = record.map_err(|_| no(format!("This file cannot be read as CSV. {SAVE_AS}")))?;
        let line = record.position().map_or(0, csv::Position::line);
        keep(
            &mut all,
            usize::try_from(line).unwrap_or(0),
            record.iter().take(MOST_COLUMNS as usize).map(cell).collect(),
        )?;
    }
    Ok(all)
}

fn keep(all: &mut Vec<(usize, Vec<String>)>, line: usize, cells: Vec<String>) -> Result<(), Unreadable> {
    if cells.iter().all(|cell| cell.trim().is_empty()) {
        return Ok(());
    }
    if all.len() > MOST_LINES {
        return Err(no(format!("This file has more than {MOST_LINES} lines. Divide it into several.")));
    }
    all.push((line, cells));
    Ok(())
}

fn cell(text: &str) -> String {
    text.chars().take(MOST_IN_CELL).collect()
}

/// The text of a file, from what programs that make tables write: UTF-8, UTF-16 with its mark, or the Windows alphabet.
fn text(bytes: &[u8]) -> Result<String, Unreadable> {
    let wide = |bytes: &[u8], of: fn([u8; 2]) -> u16| {
        let units = bytes.chunks_exact(2).map(|pair| of([pair[0], pair[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect::<String>()
    };
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes.iter().map(|byte| windows(*byte)).collect(),
        },
    };
    if text.contains('\0') {
        return Err(no(format!("This file is no table of text. {SAVE_AS}")));
    }
    Ok(text)
}

/// A letter of the Windows alphabet (1252), in which Excel writes CSV in Britain.
fn windows(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž', '\u{fffd}',
        '\u{fffd}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{fffd}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        other => char::from(other),
    }
}

/// What stands between the cells: whichever the first line has most of.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |sign: char| first.chars().filter(|c| *c == sign).count();
    [(count(','), b','), (count(';'), b';'), (count('\t'), b'\t')]
        .into_iter()
        .max_by_key(|(n, sign)| (*n, *sign == b','))
        .map_or(b',', |(_, sign)| sign)
}

fn workbook(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>, Unreadable> {
    let broken = || no(format!("This workbook cannot be read. {SAVE_AS}"));
    bounded(bytes)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|_| broken())?;
    let name = book.sheet_names().first().cloned().ok_or_else(broken)?;
    let mut cells = book.worksheet_cells_reader(&name).map_err(|_| broken())?;
    let mut all = Vec::new();
    let (mut row, mut line): (u32, Vec<String>) = (0, Vec::new());
    // Cells come row by row; one that claims to stand a million columns away reserves nothing.
    while let Some(found) = cells.next_cell().map_err(|_| broken())? {
        let (at, column) = found.get_position();
        if at != row {
            let number = usize::try_from(row).unwrap_or(0) + 1;
            keep(&mut all, number, std::mem::take(&mut line))?;
            row = at;
        }
        if column >= MOST_COLUMNS {
            continue;
        }
        let column = usize::try_from(column).unwrap_or(0);
        if line.len() <= column {
            line.resize(column + 1, String::new());
        }
        // A text that many cells share is cut before it is copied.
        line[column] = match found.get_value() {
            DataRef::SharedString(text) => cell(text),
            DataRef::String(text) => cell(text),
            other => cell(&Data::from(other.clone()).to_string()),
        };
    }
    keep(&mut all, usize::try_from(row).unwrap_or(0) + 1, line)?;
    Ok(all)
}

/// Refuses a workbook that would unpack to more than anybody's list of members, by unpacking it into nothing: what it says
/// of its own size is not believed.
fn bounded(bytes: &[u8]) -> Result<(), Unreadable> {
    let broken = || no(format!("This workbook cannot be read. {SAVE_AS}"));
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|_| broken())?;
    if archive.len() > MOST_PARTS {
        return Err(broken());
    }
    let mut room = MOST_UNPACKED;
    for n in 0..archive.len() {
        let part = archive.by_index(n).map_err(|_| broken())?;
        let read = std::io::copy(&mut part.take(room + 1), &mut std::io::sink()).map_err(|_| broken())?;
        room = room
            .checked_sub(read)
            .ok_or_else(|| no("This workbook holds too much. Keep the list of members alone in it."))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &[u8]) -> Vec<Vec<String>> {
        rows(text).expect("it is read").into_iter().map(|(_, cells)| cells).collect()
    }

    #[test]
    fn mem_1_tables_are_read_as_programs_write_them() {
        let want = [["Business", "Name"], ["Café, Corner", "Zoë"]];
        assert_eq!(of("Business,Name\r\n\"Café, Corner\",Zoë\r\n".as_bytes()), want);
        assert_eq!(of("\u{feff}Business;Name\nCafé, Corner;Zoë\n".as_bytes()), want);
        assert_eq!(of(b"Business\tName\nCaf\xe9, Corner\tZo\xeb\n"), want, "the Windows alphabet");
        let wide: Vec<u8> =
            "\u{feff}Business\tName\nCafé, Corner\tZoë".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(of(&wide), want);
        assert_eq!(rows(b"a,b\n\n,\nc,d").expect("it is read").last().map(|(line, _)| *line), Some(4));
    }

    #[test]
    fn mem_1_what_is_no_table_is_refused_in_words() {
        for bad in [&b"PK\x03\x04nonsense"[..], b"\xd0\xcf\x11\xe0 old", b"\0\0\0\0", &[b'a'; MOST_BYTES + 1]]
        {
            let Err(Unreadable(said)) = rows(bad) else { panic!("it should be refused") };
            assert!(said.ends_with('.'), "{said}");
        }
        let long = "x\n".repeat(MOST_LINES + 2);
        assert!(rows(long.as_bytes()).is_err());
    }

    /// A part that unpacks to more than it should is found by unpacking it into nothing.
    #[test]
    fn mem_1_a_workbook_that_grows_without_end_is_refused() {
        use std::io::Write as _;
        let mut made = zip::ZipWriter::new(Cursor::new(Vec::new()));
        made.start_file("xl/sharedStrings.xml", zip::write::SimpleFileOptions::default()).expect("it begins");
        let block = vec![0_u8; 1024 * 1024];
        for _ in 0..100 {
            made.write_all(&block).expect("it is written");
        }
        let bytes = made.finish().expect("it is finished").into_inner();
        assert!(bytes.len() < 1024 * 1024, "it looks small");
        let Err(Unreadable(said)) = rows(&bytes) else { panic!("it should be refused") };
        assert!(said.contains("too much"), "{said}");
    }
}

//! The drawing of whom somebody acts with: a pure layout of boxes, lines and words (SUB-3).
//!
//! One column for the person, one for vehicles, one for the others; each has a row of its own, so nothing can lie over
//! anything else, and a narrow screen shows it as it is. Lines run along the rows and in the channels between the
//! columns. The same people give the same drawing. The table beside it says all of it, and those for whom there is no
//! room stand there alone.

/// At most so many people are drawn.
pub(super) const MOST_PEOPLE: usize = 8;
/// At most so many vehicles.
pub(super) const MOST_VEHICLES: usize = 4;

const WIDTH: u32 = 320;
const MARGIN: u32 = 4;
/// The height of a row, and of a box in it.
const ROW: u32 = 62;
const BOX: u32 = 44;
/// Where the columns begin, and how wide their boxes are.
const OWN: (u32, u32) = (2, 84);
const VEHICLES: (u32, u32) = (108, 78);
const PEOPLE: (u32, u32) = (216, 102);
/// Where lines go down from the person.
const TRUNK: u32 = 97;
/// The channel of the first vehicle's lines; the others' stand beside it.
const CHANNEL: u32 = 193;
const BETWEEN_CHANNELS: u32 = 6;
/// About how wide a character is.
const CHARACTER: u32 = 7;

/// Somebody in the drawing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Person {
    pub(super) name: String,
    pub(super) href: Option<String>,
    /// Why they are joined, in a few words each: at most two are written.
    pub(super) why: Vec<String>,
    /// Which vehicles both use, by place.
    pub(super) vehicles: Vec<usize>,
}

/// A box.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Node {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) width: u32,
    pub(super) height: u32,
    /// `own`, `vehicle` or `person`.
    pub(super) kind: &'static str,
    pub(super) lines: Vec<Words>,
    /// The whole name, which the box may have cut.
    pub(super) title: String,
    pub(super) href: Option<String>,
}

/// Words in the drawing, which begin here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) text: String,
}

/// A drawing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Drawing {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) nodes: Vec<Node>,
    /// Lines, as SVG writes paths.
    pub(super) paths: Vec<String>,
    pub(super) labels: Vec<Words>,
    /// How many people there is no room for.
    pub(super) left_out: usize,
}

/// Draws somebody, the vehicles and the others; nothing where there is nobody.
pub(super) fn draw(own: &str, vehicles: &[String], people: &[Person]) -> Option<Drawing> {
    if people.is_empty() {
        return None;
    }
    let drawn = people.iter().take(MOST_PEOPLE).collect::<Vec<_>>();
    let used = (0..vehicles.len().min(MOST_VEHICLES))
        .filter(|vehicle| drawn.iter().any(|person| person.vehicles.contains(vehicle)))
        .collect::<Vec<_>>();
    let first_vehicle = |person: &Person| used.iter().position(|vehicle| person.vehicles.contains(vehicle));
    // Rows: people without a vehicle, then each vehicle with those who share it.
    let mut rows: Vec<Row<'_>> = Vec::new();
    rows.extend(drawn.iter().filter(|person| first_vehicle(person).is_none()).map(|p| Row::Person(p)));
    for (place, vehicle) in used.iter().enumerate() {
        rows.push(Row::Vehicle(&vehicles[*vehicle]));
        let theirs = drawn.iter().filter(|person| first_vehicle(person) == Some(place));
        rows.extend(theirs.map(|person| Row::Person(person)));
    }
    let mut drawing = Drawing {
        width: WIDTH,
        height: 2 * MARGIN + ROW * u32::try_from(rows.len()).unwrap_or(0),
        left_out: people.len() - drawn.len(),
        ..Drawing::default()
    };
    let middle = |row: usize| MARGIN + ROW * u32::try_from(row).unwrap_or(0) + ROW / 2;
    let rows_of_vehicles = rows
        .iter()
        .enumerate()
        .filter_map(|(at, row)| matches!(row, Row::Vehicle(..)).then_some(at))
        .collect::<Vec<_>>();
    drawing.nodes.push(node(OWN, middle(0), "own", own, None));
    let mut last = 0;
    for (at, row) in rows.iter().enumerate() {
        let y = middle(at);
        match row {
            Row::Vehicle(mark) => {
                last = at;
                drawing.paths.push(format!("M{TRUNK} {y}H{}", VEHICLES.0));
                drawing.nodes.push(node(VEHICLES, y, "vehicle", mark, None));
                drawing.labels.push(Words { x: PEOPLE.0, y: y + 4, text: "same vehicle".into() });
            }
            Row::Person(person) => {
                // One of a vehicle that is not drawn is joined all the same.
                let unseen = [String::from("same vehicle")];
                let is_joined = first_vehicle(person).is_some();
                let why = if person.why.is_empty() && !is_joined { &unseen[..] } else { &person.why };
                if !why.is_empty() {
                    last = at;
                    drawing.paths.push(format!("M{TRUNK} {}H{}", y - 8, PEOPLE.0));
                    let beside = |y: u32, text: &str| Words { x: TRUNK + 8, y, text: cut(text, 12) };
                    let places = [y - 13, y + 6];
                    let labels = places.into_iter().zip(why);
                    drawing.labels.extend(labels.map(|(y, text)| beside(y, text)));
                }
                for (place, vehicle) in used.iter().enumerate() {
                    if person.vehicles.contains(vehicle) {
                        let x = CHANNEL + BETWEEN_CHANNELS * u32::try_from(place).unwrap_or(0);
                        let from = middle(rows_of_vehicles[place]);
                        let right = VEHICLES.0 + VEHICLES.1;
                        drawing.paths.push(format!("M{right} {from}H{x}V{}H{}", y + 10, PEOPLE.0));
                    }
                }
                drawing.nodes.push(node(PEOPLE, y, "person", &person.name, person.href.clone()));
            }
        }
    }
    // Down from the first line that leaves the trunk to the last; the person's own box joins it in between.
    let leaves = |row: usize| if matches!(rows[row], Row::Person(_)) { middle(row) - 8 } else { middle(row) };
    let own = middle(0);
    drawing.paths.push(format!("M{} {own}H{TRUNK}", OWN.0 + OWN.1));
    drawing.paths.push(format!("M{TRUNK} {}V{}", own.min(leaves(0)), own.max(leaves(last))));
    Some(drawing)
}

enum Row<'a> {
    Person(&'a Person),
    Vehicle(&'a str),
}

fn node(column: (u32, u32), middle: u32, kind: &'static str, name: &str, href: Option<String>) -> Node {
    let (x, width) = column;
    // Bold letters are a little wider.
    let room = usize::try_from((width - 10) * 2 / (2 * CHARACTER + 1)).unwrap_or(1);
    let lines = wrapped(name, room);
    let first = if lines.len() > 1 { middle - 4 } else { middle + 5 };
    let lines = lines.into_iter().zip([first, first + 16]);
    Node {
        x,
        y: middle - BOX / 2,
        width,
        height: BOX,
        kind,
        lines: lines.map(|(text, y)| Words { x: x + 6, y, text }).collect(),
        title: name.to_owned(),
        href,
    }
}

/// A name on one or two lines, cut where it is longer.
fn wrapped(name: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in name.split_whitespace() {
        let last = lines.len() - 1;
        let line = &mut lines[last];
        let fits = line.is_empty() || line.chars().count() + 1 + word.chars().count() <= room;
        if fits {
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        } else if last == 0 {
            lines.push(word.to_owned());
        } else {
            line.push(' ');
            line.push_str(word);
        }
    }
    lines.iter().map(|line| cut(line, room)).collect()
}

fn cut(text: &str, room: usize) -> String {
    if text.chars().count() <= room {
        return text.to_owned();
    }
    let mut short = text.chars().take(room.saturating_sub(1)).collect::<String>();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Copy, Debug)]
    struct Area(u32, u32, u32, u32);

    impl Area {
        fn overlaps(self, other: Self) -> bool {
            self.0 < other.2 && other.0 < self.2 && self.1 < other.3 && other.1 < self.3
        }
    }

    fn of_node(node: &Node) -> Area {
        Area(node.x, node.y, node.x + node.width, node.y + node.height)
    }

    fn of_words(words: &Words) -> Area {
        let width = u32::try_from(words.text.chars().count()).expect("short") * CHARACTER;
        Area(words.x, words.y - 9, words.x + width, words.y + 2)
    }

    fn people() -> impl Strategy<Value = (Vec<String>, Vec<Person>)> {
        let person = (
            "[A-Z][a-z]{0,14}( [A-Z][a-zé-]{0,18}){0,3}",
            0..3_usize,
            prop::collection::btree_set(0..6_usize, 0..4),
        );
        let person = person.prop_map(|(name, why, vehicles)| Person {
            name,
            href: Some("/x".into()),
            why: ["12 incidents", "act together", "more"].iter().take(why).map(|w| (*w).to_owned()).collect(),
            vehicles: vehicles.into_iter().collect(),
        });
        let marks = prop::collection::vec("[A-Z]{2}[0-9]{2}[A-Z]{3}", 6);
        (marks, prop::collection::vec(person, 0..14))
    }

    proptest! {
        /// SUB-3: whoever is drawn, nothing lies over anything else, everything is inside, every line meets its boxes, and
        /// the same people give the same drawing.
        #[test]
        fn sub_3_a_drawing_is_readable((marks, people) in people()) {
            let drawn = draw("Bartholomew Featherstonehaugh", &marks, &people);
            prop_assert_eq!(&drawn, &draw("Bartholomew Featherstonehaugh", &marks, &people));
            let Some(drawing) = drawn else {
                prop_assert!(people.is_empty());
                return Ok(());
            };
            let inside = |area: Area| area.2 <= drawing.width && area.3 <= drawing.height;
            let boxes = drawing.nodes.iter().map(of_node).collect::<Vec<_>>();
            let labels = drawing.labels.iter().map(of_words).collect::<Vec<_>>();
            let all = boxes.iter().chain(&labels).copied().collect::<Vec<_>>();
            for (at, one) in all.iter().enumerate() {
                prop_assert!(inside(*one), "{:?} is outside of {}x{}", one, drawing.width, drawing.height);
                for other in &all[at + 1..] {
                    prop_assert!(!one.overlaps(*other), "{:?} lies over {:?}: {:#?}", one, other, drawing);
                }
            }
            for node in &drawing.nodes {
                let within = of_node(node);
                for line in &node.lines {
                    let words = of_words(line);
                    prop_assert!(words.0 >= within.0 && words.2 <= within.2 + 2, "{} leaves its box", line.text);
                }
            }
            let shown = drawing.nodes.iter().filter(|node| node.kind == "person").count();
            prop_assert_eq!(shown + drawing.left_out, people.len());
            prop_assert!(shown <= MOST_PEOPLE);
            // Every line that leaves the trunk leaves it where it is, and so does the person's own.
            let starts = |path: &String| {
                let (x, rest) = path.strip_prefix('M')?.split_once(' ')?;
                let y = rest.split(['H', 'V']).next()?;
                Some((x.parse::<u32>().ok()?, y.parse::<u32>().ok()?))
            };
            let trunk = drawing.paths.iter().find(|path| path.starts_with(&format!("M{TRUNK} ")) && !path.contains('H'));
            let trunk = trunk.expect("there is a trunk");
            let top = starts(trunk).expect("it begins").1;
            let bottom = trunk.rsplit('V').next().and_then(|y| y.parse::<u32>().ok()).expect("it ends");
            for path in drawing.paths.iter().filter(|path| path.contains('H')) {
                let (x, y) = starts(path).expect("a path begins somewhere");
                let joins_trunk = x == TRUNK && (top..=bottom).contains(&y);
                let at_box = boxes.iter().any(|area| area.2 == x && (area.1..=area.3).contains(&y));
                prop_assert!(joins_trunk || at_box, "{} begins nowhere: {:?}", path, drawing.paths);
            }
            for path in drawing.paths.iter().filter(|path| path.contains('H')) {
                let end = path.rsplit('H').next().and_then(|rest| rest.split('V').next());
                prop_assert!(end.is_some_and(|x| x.parse::<u32>().is_ok()), "{}", path);
            }
        }
    }

    #[test]
    fn sub_3_nobody_is_no_drawing_and_names_are_cut() {
        assert_eq!(draw("Una", &[], &[]), None);
        assert_eq!(wrapped("Isaura Wetherby-Jones", 13), ["Isaura", "Wetherby-Jon…"]);
        assert_eq!(wrapped("NG-0012", 13), ["NG-0012"]);
        assert_eq!(wrapped("Ann Bo Cy Dee", 6), ["Ann Bo", "Cy Dee"]);
    }
}

//! Parts of a picture that shows several people, each kept with the one whom it shows (INC-9).
use super::{
    review::said_of,
    subjects::{here, id, portraits},
};
use crate::{
    forms::Sent,
    respond::{Answer, PageError, page, page_again, see_other_done},
    shell::Nav,
    view::{Choice, Crumb, Errors, Link, Pic, Shell},
    visit::{Id, Visit},
};
use askama::Template;
use axum::extract::Query;
use fairwatch_app::{
    AppError,
    pictures::crops::{self, Cropping, Region},
};
use fairwatch_core::ids::{PictureId, ReportId, SubjectId};
use serde::Deserialize;

/// `crop.html`
#[derive(Template, Clone, Debug, Default)]
#[template(path = "crop.html")]
struct Crop {
    shell: Shell,
    errors: Errors,
    crumbs: Vec<Crumb>,
    reference: String,
    action: String,
    undo: String,
    src: String,
    width: u32,
    height: u32,
    people: Vec<Choice>,
    typed: TypedRegion,
    /// The part as it is drawn, in pixels of the picture.
    x: u32,
    y: u32,
    across: u32,
    down: u32,
    parts: Vec<Part>,
    onward: Link,
    arrived: bool,
}
/// A part that was kept.
#[derive(Clone, Debug, Default)]
struct Part {
    id: String,
    person: String,
    name: String,
    href: String,
    picture: Pic,
}
/// A part as typed: percent of the picture.
#[derive(Clone, Debug, Default)]
struct TypedRegion {
    person: String,
    left: String,
    top: String,
    width: String,
    height: String,
}

/// What the address says: where the way leads on from here.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    then: Option<String>,
    last: Option<i64>,
}

/// On to the queue, where no report waits any more.
pub(crate) const QUEUE: &str = "queue";

/// The path of the page that cuts parts out of a picture, and where the way leads on from it.
pub(crate) fn path(picture: PictureId, then: Option<&str>) -> String {
    format!("/pictures/{picture}/parts{}", and_then(then))
}

fn and_then(then: Option<&str>) -> String {
    then.map_or_else(String::new, |then| format!("?then={then}"))
}

/// A number of percent as typed.
fn percent(text: &str) -> Option<f64> {
    let number: f64 = text.trim().trim_end_matches('%').trim().parse().ok()?;
    (0.0..=100.0).contains(&number).then_some(number)
}

impl TypedRegion {
    fn from_form(sent: &Sent) -> Self {
        let field = |name: &str| sent.one(name).to_owned();
        Self {
            person: field("person"),
            left: field("left"),
            top: field("top"),
            width: field("width"),
            height: field("height"),
        }
    }

    /// The middle of the picture.
    fn fresh() -> Self {
        Self {
            left: "25".into(),
            top: "10".into(),
            width: "50".into(),
            height: "80".into(),
            ..Self::default()
        }
    }

    fn sides(&self) -> [(&'static str, &'static str, &str); 4] {
        [
            ("left", "From the left", &self.left),
            ("top", "From the top", &self.top),
            ("width", "Width", &self.width),
            ("height", "Height", &self.height),
        ]
    }

    /// The part that was meant, or what is wrong with it.
    fn region(&self) -> Result<Region, Errors> {
        let mut errors = Errors::default();
        let sides = self.sides().map(|(field, label, text)| {
            percent(text).unwrap_or_else(|| {
                let text = format!("{label}: enter a number from 0 to 100");
                errors.0.extend(Errors::one(field, &text).0);
                0.0
            }) / 100.0
        });
        let [left, top, width, height] = sides;
        if errors.any() { Err(errors) } else { Ok(Region { left, top, width, height }) }
    }
}

/// Where the way leads on: the next picture of several people, then the report that waits next, or back to the incident.
fn onward(visit: &Visit, cropping: &Cropping, then: Option<&str>) -> Link {
    let several = &cropping.several;
    let link = |label: &str, path: String| Link { label: label.into(), href: visit.href(&path) };
    match (several.next, then) {
        (Some(next), _) => link("Go on to the next picture of several people", path(next, then)),
        (None, None) => link("Back to the incident", format!("/incidents/{}", several.incident)),
        (None, Some(then)) => match then.parse::<ReportId>() {
            Ok(report) => link("Go on to the next report", format!("/review/{report}")),
            Err(_) => link("Go on to the review queue", "/review".into()),
        },
    }
}

fn crop_page(
    visit: &Visit,
    cropping: &Cropping,
    typed: TypedRegion,
    then: Option<&str>,
    errors: Errors,
) -> Crop {
    let (scope, several) = (&cropping.scope, &cropping.several);
    let name = |subject: SubjectId| match cropping.names.get(&subject) {
        Some(Some(name)) => name.clone(),
        _ => {
            let n = several.people.iter().position(|one| *one == subject).map_or(0, |n| n + 1);
            format!("Person {n}, not yet named")
        }
    };
    let (width, height) = several.size;
    let region = typed.region().unwrap_or(Region { left: 0.0, top: 0.0, width: 1.0, height: 1.0 });
    // Within 0..=1 by their reading, so the products are within the picture.
    let pixels = |share: f64, of: u32| (share * f64::from(of)).round() as u32;
    let present = several.people.iter().filter(|subject| cropping.names.contains_key(subject));
    let present = present.collect::<Vec<_>>();
    let chosen = match (&present[..], &*typed.person) {
        ([only], "") => only.to_string(),
        (_, typed) => typed.to_owned(),
    };
    Crop {
        shell: visit.shell(Nav::Review),
        errors,
        crumbs: vec![Crumb {
            label: scope.reference(several.number),
            href: visit.href(&format!("/incidents/{}", several.incident)),
        }],
        reference: scope.reference(several.number),
        action: visit.href(&path(several.picture, then)),
        undo: visit.href(&format!("/pictures/{}/parts/undo{}", several.picture, and_then(then))),
        src: visit.large(several.picture),
        width,
        height,
        people: present
            .into_iter()
            .map(|subject| Choice {
                value: subject.to_string(),
                label: name(*subject),
                checked: chosen == subject.to_string(),
                note: String::new(),
            })
            .collect(),
        x: pixels(region.left, width),
        y: pixels(region.top, height),
        across: pixels(region.width.min(1.0 - region.left), width),
        down: pixels(region.height.min(1.0 - region.top), height),
        typed,
        parts: several
            .parts
            .iter()
            .map(|(part, subject)| Part {
                id: part.to_string(),
                person: subject.to_string(),
                name: name(*subject),
                href: here(visit, *subject),
                picture: portraits::small(visit, *part),
            })
            .collect(),
        onward: onward(visit, cropping, then),
        arrived: visit.done.is_some(),
    }
}

/// `GET /o/{slug}/pictures/{id}/parts`
pub(crate) async fn show(visit: Visit, Id(picture): Id<PictureId>, Query(wanted): Query<Wanted>) -> Answer {
    let cropping = crops::open(&visit.app, &visit.ctx, picture).await?;
    let then = wanted.then.as_deref().map(known);
    let mut crop = crop_page(&visit, &cropping, TypedRegion::fresh(), then, Errors::default());
    crop.shell = said_of(&visit, wanted.last, crop.shell);
    page(&crop)
}

/// Only a report or the queue is a place to go on to; anything else is the queue.
fn known(then: &str) -> &str {
    if then.parse::<ReportId>().is_ok() { then } else { QUEUE }
}

/// `POST /o/{slug}/pictures/{id}/parts`: shows the part, or keeps it.
pub(crate) async fn crop(
    visit: Visit,
    Id(picture): Id<PictureId>,
    Query(wanted): Query<Wanted>,
    sent: Sent,
) -> Answer {
    let cropping = crops::open(&visit.app, &visit.ctx, picture).await?;
    let then = wanted.then.as_deref().map(known);
    let typed = TypedRegion::from_form(&sent);
    if sent.one("do") == "show" {
        let errors = typed.region().err().unwrap_or_default();
        return page(&crop_page(&visit, &cropping, typed, then, errors));
    }
    match keep(&visit, picture, &typed).await {
        Ok(()) => Ok(see_other_done(&visit.href(&path(picture, then)), "cropped")),
        Err(Problem::Form(errors)) => page_again(&crop_page(&visit, &cropping, typed, then, errors)),
        Err(Problem::Page(error)) => Err(error),
    }
}

enum Problem {
    Form(Errors),
    Page(PageError),
}

async fn keep(visit: &Visit, picture: PictureId, typed: &TypedRegion) -> Result<(), Problem> {
    let region = typed.region().map_err(Problem::Form)?;
    let Ok(subject) = typed.person.parse::<SubjectId>() else {
        return Err(Problem::Form(Errors::one("person", "Say whom the part shows")));
    };
    match crops::crop(&visit.app, &visit.ctx, subject, picture, region).await {
        Ok(_) => Ok(()),
        Err(AppError::Refused(problems)) => Err(Problem::Form(Errors::one("left", &problems.to_string()))),
        Err(error) => Err(Problem::Page(error.into())),
    }
}

/// `POST /o/{slug}/pictures/{id}/parts/undo`: takes a part away again.
pub(crate) async fn undo(
    visit: Visit,
    Id(picture): Id<PictureId>,
    Query(wanted): Query<Wanted>,
    sent: Sent,
) -> Answer {
    let (subject, part) = (id(sent.one("person"))?, id(sent.one("part"))?);
    crops::undo(&visit.app, &visit.ctx, subject, part).await?;
    let then = wanted.then.as_deref().map(known);
    Ok(see_other_done(&visit.href(&path(picture, then)), "uncropped"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read_in_percent() {
        let typed = |left: &str| TypedRegion { left: left.into(), ..TypedRegion::fresh() };
        assert_eq!(typed(" 12.5 % ").region().map(|region| region.left).ok(), Some(0.125));
        for wrong in ["", "a third", "-1", "101", "NaN", "inf"] {
            let errors = typed(wrong).region().err().unwrap_or_default();
            assert!(errors.has("left") && errors.list().len() == 1, "{wrong}");
        }
    }
}

//! The lifeline: everything that is held has an end, and one sees it. Drawn from the answer of the clock that
//! enforces it.
use crate::{
    view::{Life, LifeSmall, Segment, Tick},
    words,
};
use fairwatch_app::subjects::{self as ledger, Card};
use fairwatch_core::clocks::{Segment as Stretch, Stage};
use jiff::civil::Date;

/// How the bar and its labels name a stage.
fn kind(stage: Stage) -> &'static str {
    match stage {
        Stage::Pending => "pending",
        Stage::Held => "held",
        Stage::Frozen => "frozen",
        _ => "shown",
    }
}

/// A stage, as people name it.
pub(crate) fn stage_name(stage: Stage) -> &'static str {
    match stage {
        Stage::Pending => "Waits for agreement",
        Stage::Circulating => "Shown to members",
        Stage::Held => "Held for the controller",
        Stage::Frozen => "Frozen by a hold",
        Stage::Deleted => "Deleted",
        Stage::None | Stage::Refused => "Not held",
    }
}

/// When a stage ends, as the line under a bar says it.
fn until(stage: Stage, end: Option<Date>) -> String {
    let Some(end) = end else { return stage_name(stage).to_owned() };
    let end = words::date(end);
    match stage {
        Stage::Pending => format!("Waits until {end}"),
        Stage::Held => format!("Held until {end}"),
        Stage::Frozen => format!("Frozen until {end}"),
        _ => format!("Shown until {end}"),
    }
}

/// How many per cent of a stretch of days are over on a day.
fn used(from: Date, to: Date, today: Date) -> u32 {
    let whole = i64::from((to - from).get_days()).max(1);
    let gone = i64::from((today - from).get_days()).clamp(0, whole);
    u32::try_from(gone * 100 / whole).unwrap_or(100)
}

/// The bar under a picture in a list.
pub(crate) fn of_card(card: &Card, today: Date) -> LifeSmall {
    // A list knows the end of the stage exactly; its beginning is that of the gallery, or of the latest report.
    let from = card.shown_from.unwrap_or(card.latest_on);
    let end = match card.stage {
        // The row may say the end of circulation still, where the day has come since the sweep went by.
        Stage::Held => card.delete_on,
        _ => card.ends_on,
    };
    LifeSmall {
        used: end.map_or(0, |end| used(from, end, today)),
        stage: kind(card.stage).to_owned(),
        until: until(card.stage, end),
    }
}

/// The bar of the present stage.
pub(crate) fn present(life: &ledger::Life, today: Date) -> LifeSmall {
    let now = life.segments.iter().find(|s| s.from <= today && s.to.is_none_or(|to| today < to));
    let from = now.map_or(today, |segment| segment.from);
    LifeSmall {
        used: life.until.map_or(0, |end| used(from, end, today)),
        stage: kind(life.stage).to_owned(),
        until: until(life.stage, life.until),
    }
}

/// The whole bar, with today, the reports that count, and the day of deletion.
pub(crate) fn whole(life: &ledger::Life, reports: &[(Date, String)], today: Date) -> Option<Life> {
    let stretches =
        life.segments.iter().filter(|s| s.stage.is_live() || s.stage == Stage::Frozen).collect::<Vec<_>>();
    let (first, last) = (stretches.first()?, stretches.last()?);
    // A hold without an end leaves the line open; a month past today shows that it goes on.
    let open_end = || today.max(last.from).saturating_add(jiff::Span::new().days(30));
    let (from, to) = (first.from, last.to.unwrap_or_else(open_end));
    let at = |day: Date| used(from, to, day);
    let segments = stretches
        .iter()
        .map(|stretch| {
            let (start, end) = (at(stretch.from), stretch.to.map_or(100, at));
            Segment {
                kind: kind(stretch.stage).to_owned(),
                label: stage_name(stretch.stage).to_owned(),
                dates: dates(stretch),
                start,
                width: end.saturating_sub(start),
            }
        })
        .collect();
    let ticks = reports
        .iter()
        .filter(|(day, _)| (from..to).contains(day))
        .map(|(day, reference)| Tick { at: at(*day), label: format!("{reference}, {}", words::date(*day)) });
    Some(Life {
        segments,
        now: (from..to).contains(&today).then(|| at(today)),
        ticks: ticks.collect(),
        end: last.to.map(|end| format!("Deleted {}", words::date(end))),
        text: told(&stretches),
    })
}

fn dates(stretch: &Stretch) -> String {
    let from = words::short_date(stretch.from);
    stretch.to.map_or_else(|| format!("from {from}"), |to| format!("{from} to {}", words::short_date(to)))
}

/// The line in a sentence, for those who do not see it.
fn told(stretches: &[&Stretch]) -> String {
    let mut parts = stretches
        .iter()
        .map(|stretch| {
            let name = stage_name(stretch.stage);
            let from = words::date(stretch.from);
            stretch.to.map_or_else(
                || format!("{name} from {from}"),
                |to| format!("{name} from {from} to {}", words::date(to)),
            )
        })
        .collect::<Vec<_>>();
    if let Some(end) = stretches.last().and_then(|stretch| stretch.to) {
        parts.push(format!("deleted on {}", words::date(end)));
    }
    format!("{}.", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn life(segments: Vec<Stretch>) -> ledger::Life {
        ledger::Life {
            stage: Stage::Circulating,
            members_see: true,
            restricted: false,
            until: Some(date(2027, 11, 21)),
            rule: None,
            because: String::new(),
            segments,
            deletion: Some(date(2028, 11, 21)),
            stub_due: false,
            leaves_stub: false,
            identified: true,
            excluded: None,
            column: None,
        }
    }

    fn stretch(from: Date, to: Option<Date>, stage: Stage) -> Stretch {
        Stretch { from, to, stage, is_planned: false }
    }

    #[test]
    fn the_stages_touch_and_fill_the_line() {
        let life = life(vec![
            stretch(date(2026, 11, 21), Some(date(2027, 11, 21)), Stage::Circulating),
            stretch(date(2027, 11, 21), Some(date(2028, 11, 21)), Stage::Held),
            stretch(date(2028, 11, 21), None, Stage::Deleted),
        ]);
        let reports = [(date(2026, 11, 21), "CS-0001".to_owned())];
        let drawn = whole(&life, &reports, date(2027, 5, 22)).unwrap();
        assert_eq!(drawn.segments.len(), 2);
        assert_eq!(drawn.segments[0].start, 0);
        assert_eq!(drawn.segments[1].start, drawn.segments[0].width);
        assert_eq!(drawn.segments[0].width + drawn.segments[1].width, 100);
        assert_eq!(drawn.now, Some(24));
        assert_eq!(drawn.ticks[0].label, "CS-0001, 21 November 2026");
        assert_eq!(drawn.end.as_deref(), Some("Deleted 21 November 2028"));
        assert!(drawn.text.contains("deleted on 21 November 2028"));
        assert_eq!(present(&life, date(2027, 5, 22)).until, "Shown until 21 November 2027");
    }

    #[test]
    fn a_hold_without_an_end_leaves_the_line_open() {
        let life = life(vec![stretch(date(2026, 1, 1), None, Stage::Frozen)]);
        let drawn = whole(&life, &[], date(2026, 11, 21)).unwrap();
        assert_eq!(drawn.segments[0].width, 100);
        assert!(drawn.end.is_none());
        assert!(whole(&self::life(Vec::new()), &[], date(2026, 11, 21)).is_none());
    }
}

//! How many cases the simulator answers in a second on one core, parse and print included.
#[path = "../tests/cases/policies.rs"]
mod policies;

use divan::{Bencher, counter::ItemsCount};
use fairwatch_core::clocks::simulator::simulate_line;
use policies::policy;

/// Cases of five events with two days asked, of the kinds that a scheme sees.
const CASES: [&str; 6] = [
    r#"{"subject": {"born": null, "identified": false}, "events": [{"on": "2025-01-31", "type": "report", "id": "r1", "images": 2}, {"at": "2025-06-30T23:30:00Z", "type": "report", "id": "r2"}, {"on": "2025-07-01", "type": "exclusion", "ends": "2026-10-01"}, {"on": "2025-07-02", "type": "police_item", "id": "CZ/001/25"}, {"on": "2025-09-03", "type": "exclusion_lifted"}], "days": ["2025-02-01", "2026-07-01"]}"#,
    r#"{"subject": {"born": "1990-02-28"}, "events": [{"on": "2025-01-31", "type": "report", "id": "r1"}, {"on": "2025-03-30", "type": "report", "id": "r2"}, {"on": "2025-04-01", "type": "hold", "id": "h1"}, {"on": "2027-05-05", "type": "hold_ended", "id": "h1"}, {"on": "2027-05-06", "type": "report", "id": "r3"}], "days": ["2025-12-01", "2027-05-05"]}"#,
    r#"{"subject": {}, "events": [{"on": "2024-02-29", "type": "report", "id": "r1"}, {"on": "2025-01-01", "type": "report", "id": "r2"}, {"on": "2025-06-01", "type": "restricted"}, {"on": "2025-06-02", "type": "report_removed", "id": "r2"}, {"on": "2025-07-02", "type": "report", "id": "r3"}], "days": ["2025-03-01", "2026-01-01"]}"#,
    r#"{"subject": {"apparent_age": "under_18", "identified": false}, "events": [{"on": "2025-05-01", "type": "report", "id": "r1", "images": 3}, {"on": "2025-05-20", "type": "identified"}, {"on": "2025-06-01", "type": "born_known", "born": "2009-03-04"}, {"on": "2025-06-01", "type": "public_interest"}, {"on": "2025-06-02", "type": "agreement", "by": "board"}], "days": ["2025-06-01", "2026-05-01"]}"#,
    r#"{"subject": {}, "events": [{"on": "2025-01-01", "type": "report", "id": "r1", "incident": "i1"}, {"on": "2025-01-03", "type": "report", "id": "r2", "incident": "i1", "images": 1}, {"on": "2025-02-01", "type": "exclusion", "ends": "2026-08-01", "scope": "some"}, {"on": "2025-03-01", "type": "police_item", "id": "a"}, {"on": "2025-04-20", "type": "police_review", "id": "a", "outcome": "keep"}], "days": ["2025-05-01", "2026-01-31"]}"#,
    r#"{"subject": {}, "events": [{"on": "2025-01-01", "type": "report", "id": "r1"}, {"on": "2025-01-03", "type": "report", "id": "r2"}, {"on": "2025-02-01", "type": "restricted"}, {"on": "2025-03-01", "type": "restriction_ended"}, {"on": "2025-04-20", "type": "erased"}], "days": ["2025-02-01", "2025-05-31"]}"#,
];

fn main() {
    divan::main();
}

#[divan::bench(args = ["cs", "tm", "dtac"])]
fn cases(bencher: Bencher<'_, '_>, name: &str) {
    let rules = policy(name);
    let mut out = String::new();
    bencher.counter(ItemsCount::new(CASES.len())).bench_local(|| {
        out.clear();
        for case in CASES {
            simulate_line(&rules, case, &mut out);
        }
        out.len()
    });
}

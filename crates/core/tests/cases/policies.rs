//! The three published sets of retention rules, from the table of the specification.
use fairwatch_core::policy::retention::{Admit, ExclusionEffect, Retention, Rules};

/// One of `cs`, `tm` and `dtac`, as the table heads its columns.
pub(crate) fn policy(name: &str) -> Retention {
    match name {
        "cs" => everybody(14, Rules { repeat: 24, exclusion: ExclusionEffect::Replaces, ..plain() }),
        "tm" => everybody(10, plain()),
        "dtac" => dtac(),
        _ => panic!("no policy {name}"),
    }
}

fn plain() -> Rules {
    Rules {
        first: 12,
        repeat: 12,
        hold: 12,
        single_report_delete: None,
        cap: None,
        exclusion: ExclusionEffect::Extends,
        stub: None,
        incident: None,
        unidentified_image: None,
        admit: Admit::Yes,
    }
}

fn everybody(minimum_age: u8, rules: Rules) -> Retention {
    Retention {
        minimum_age: Some(minimum_age),
        known: rules,
        unknown: rules,
        under_18: rules,
        under_14: rules,
    }
}

fn dtac() -> Retention {
    let known = Rules {
        single_report_delete: Some(12),
        cap: Some(24),
        stub: Some(24),
        incident: Some(24),
        unidentified_image: Some(12),
        ..plain()
    };
    let under_18 = Rules { hold: 0, exclusion: ExclusionEffect::None, ..known };
    Retention {
        minimum_age: None,
        known,
        unknown: Rules { stub: None, ..under_18 },
        under_18,
        under_14: Rules { admit: Admit::WithAgreement, ..under_18 },
    }
}

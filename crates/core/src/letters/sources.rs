//! Where what is held of somebody came from, as the covering letter of the privacy notice says it (NOT-1, INC-5): by what
//! the record itself says of each item, and in general words, so that nobody who reported is named.
use crate::{
    policy::{Policy, scheme::SourceKind},
    subjects::{Profile, Source},
};

/// Who made the reports in which somebody is involved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reporters {
    /// A member did.
    pub members: bool,
    /// Somebody of the scheme did.
    pub scheme: bool,
}

/// From whom, in the middle of a sentence: "a member of our scheme, who …; and another scheme, under an agreement with us".
#[must_use]
pub fn told(policy: &Policy, profile: &Profile, reporters: Reporters) -> String {
    let mut found: Vec<&'static str> = Vec::new();
    let mut add = |words| {
        if !found.contains(&words) {
            found.push(words);
        }
    };
    if reporters.members {
        add("a member of our scheme, who reported something in which you are said to be involved");
    }
    if reporters.scheme {
        add("somebody who works for our scheme, and reported something in which you are said to be involved");
    }
    for source in origins(profile) {
        match source {
            // By whom a report was made, the report knows.
            Source::Report { .. } => {}
            Source::Intelligence { .. } => add("a member of our scheme, who sent us information"),
            Source::Controller => add("our own enquiries"),
            Source::Police { agreement } => add(if is_police(policy, agreement) {
                "the police, under an agreement with us"
            } else {
                "a public agency, under an agreement with us"
            }),
            Source::Scheme { .. } => add("another scheme like ours, under an agreement with us"),
            Source::SocialMedia { .. } => add("a page of social media that anybody could see"),
            Source::Subject => add("you yourself"),
        }
    }
    match found.as_slice() {
        [] => "our own enquiries".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{}; and {last}", first.join("; ")),
    }
}

/// Whether an agreement is with the police: the policy names the sources that give under it.
fn is_police(policy: &Policy, agreement: &str) -> bool {
    policy
        .sources
        .iter()
        .any(|source| source.kind == SourceKind::Police && source.agreement.as_deref() == Some(agreement))
}

fn origins(profile: &Profile) -> impl Iterator<Item = &Source> {
    let fields = profile.fields.iter().flat_map(|field| std::iter::once(&field.source).chain(&field.also));
    let births = profile.births.iter().map(|birth| &birth.origin.source);
    let activities = profile.activities.iter().map(|activity| &activity.origin.source);
    fields.chain(births).chain(activities).chain([&profile.apparent_age_origin.source])
}

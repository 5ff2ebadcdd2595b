//! How a letter reached a person, or did not (EXC-4, NOT-1, O31 3.3).
use crate::{
    incidents::words,
    policy::{Policy, scheme::AccreditationStatus},
};
use serde::{Deserialize, Serialize};

words! {
    /// How a letter is served.
    How {
        /// Handed over by the scheme or a member.
        ByHand = "by_hand",
        /// By post.
        Post = "post",
        /// At a police station.
        PoliceStation = "police_station",
        /// By a police officer.
        Officer = "officer",
    }
}

impl How {
    /// Every way.
    pub const ALL: [Self; 4] = [Self::ByHand, Self::Post, Self::PoliceStation, Self::Officer];

    /// What pages call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::ByHand => "By hand",
            Self::Post => "By post",
            Self::PoliceStation => "At a police station",
            Self::Officer => "By a police officer",
        }
    }

    /// Whether the police take part. They may only for schemes that are accredited, or demonstrably work towards it
    /// (O31 3.3).
    #[must_use]
    pub fn asks_police(self) -> bool {
        matches!(self, Self::PoliceStation | Self::Officer)
    }
}

/// The ways that a scheme may use (O31 3.3).
#[must_use]
pub fn ways(policy: &Policy) -> Vec<How> {
    let police = policy.accreditation.status != AccreditationStatus::None;
    How::ALL.into_iter().filter(|how| police || !how.asks_police()).collect()
}

words! {
    /// How an attempt ended.
    Outcome {
        /// The person has the letter.
        Served = "served",
        /// They do not.
        Failed = "failed",
        /// They do not, and what could reasonably be done was done: nothing more is tried.
        Endeavoured = "endeavoured",
    }
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Served, Self::Failed, Self::Endeavoured];

    /// What pages call it.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Served => "Served",
            Self::Failed => "Not served this time",
            Self::Endeavoured => "Not served; nothing more can reasonably be tried",
        }
    }
}

words! {
    /// What a picture of a service shows.
    Shows {
        /// That it was served.
        Photograph = "photograph",
        /// Who signed for it.
        Signature = "signature",
    }
}

/// What is said of an attempt; sealed with its letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// Where.
    pub place: String,
    /// Who served it or tried to: the name of somebody of the scheme, a member, or an officer with number.
    pub by: String,
    /// What happened, in a few words; for best endeavours, what was done.
    pub note: String,
    /// What the picture shows, where there is one.
    pub shows: Option<Shows>,
}

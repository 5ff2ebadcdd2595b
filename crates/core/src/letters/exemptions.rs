//! Why a privacy notice need not be served for now (NOT-1, UK GDPR Article 14(5)). A reason is recorded, and looked at
//! again when the policy says so.
use crate::incidents::words;
use serde::{Deserialize, Serialize};

words! {
    /// The ground of an exemption.
    Ground {
        /// Nobody can, since nobody knows who or where they are (Article 14(5)(b)).
        Impossible = "impossible",
        /// It would take a disproportionate effort (Article 14(5)(b)).
        Disproportionate = "disproportionate",
        /// It would seriously impair what the data are held for (Article 14(5)(b)).
        Impair = "impair",
        /// It would prejudice the prevention or detection of crime (DPA 2018, Schedule 2, paragraph 2).
        Prejudice = "prejudice",
        /// The police asked to wait.
        PoliceAsked = "police_asked",
        /// They have the information already (Article 14(5)(a)).
        HaveIt = "have_it",
    }
}

impl Ground {
    /// Every ground.
    pub const ALL: [Self; 6] = [
        Self::Impossible,
        Self::Disproportionate,
        Self::Impair,
        Self::Prejudice,
        Self::PoliceAsked,
        Self::HaveIt,
    ];

    /// What pages call it, with the law.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Impossible => "It is impossible: nobody knows who or where they are (UK GDPR 14(5)(b))",
            Self::Disproportionate => "It would take a disproportionate effort (UK GDPR 14(5)(b))",
            Self::Impair => "It would seriously impair what the data are held for (UK GDPR 14(5)(b))",
            Self::Prejudice => {
                "It would prejudice the prevention or detection of crime (DPA 2018, Schedule 2, paragraph 2)"
            }
            Self::PoliceAsked => "The police asked us to wait (DPA 2018, Schedule 2, paragraph 2)",
            Self::HaveIt => "They have the information already (UK GDPR 14(5)(a))",
        }
    }
}

/// What is said of an exemption; sealed under the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exempted {
    /// Why, in the controller's words.
    pub reason: String,
    /// What each review found, oldest first: the day, and the words.
    pub reviews: Vec<(jiff::civil::Date, String)>,
}

//! What goes into an export, table by table: the statement, what each column is, and what the table holds.
//!
//! Nothing of whoever is past their end goes out, nor of whom a hold alone keeps: an export shows no more than the controller
//! sees without a reason.
use crate::dialect::sql;

/// A table of an export.
#[derive(Debug)]
pub struct Table {
    /// Its name, and that of its file.
    pub name: &'static str,
    /// What it holds, for whoever reads the export.
    pub about: &'static str,
    /// By which it is read in parts, each from the id of the last row on.
    pub(super) text: &'static str,
    /// Whether the statement compares with today.
    pub(super) dated: bool,
    /// Whose end decides.
    pub(super) shield: Shield,
    /// The table under whose name its sealed columns are sealed.
    pub(super) sealed_as: &'static str,
    /// `name:kind`, or `name:s@owner` of what is sealed (p: by its position): i an id, t a text, n a number, b a yes or no, m a moment.
    columns: &'static str,
    /// The file that belongs to each row: what it is, in which column its name stands, and whose key opens it.
    pub(super) file: Option<(File, &'static str, &'static str)>,
    /// Its columns as a plain table, each with where its value stands in the row.
    pub csv: &'static [(&'static str, &'static str)],
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum File {
    /// A picture, as a JPEG.
    Picture,
    /// A piece of evidence, byte for byte.
    Evidence,
}

/// Whose end decides whether a row goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shield {
    /// Nobody's.
    Open,
    /// That of the subject in this column.
    Subject(&'static str),
    /// A report: not once its time is over, or everybody in it is gone; without its words where anybody is.
    Report,
    /// Somebody in a report: with it, and without what was said of them where anybody is gone.
    Person,
    /// An incident: not once everybody in it is gone.
    Incident,
    /// A picture: with the subject, or as the report's pages would show it.
    Picture,
    /// Whom a picture shows: with it.
    PicturePeople,
    /// Evidence: not where anybody in the incident is gone, since it may show them.
    Evidence,
    /// A record of conduct: its own, by the policy.
    Conduct,
    /// A request: its own; the subject is named as long as they are held.
    Request,
    /// A post: the policy's period after its last day.
    Post,
    /// A meeting: the policy's period after its day.
    Meeting,
}

/// A column of a table.
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: char,
    pub(super) owner: Option<&'static str>,
}

impl Table {
    /// Its columns, in their order.
    pub(super) fn columns(&self) -> Vec<Column> {
        let one = |text: &'static str| {
            let (name, rest) = text.split_once(':')?;
            let owner = rest.split_once('@').map(|(_, owner)| owner);
            Some(Column { name, kind: rest.chars().next()?, owner })
        };
        self.columns.split_whitespace().filter_map(one).collect()
    }
    /// The names of its columns.
    #[must_use]
    pub fn names(&self) -> Vec<&'static str> {
        self.columns().into_iter().map(|column| column.name).collect()
    }
}

/// Every table that goes out, in the order of the file.
pub static TABLES: &[Table] = &[
    Table {
        name: "members",
        about: "Businesses that are members.",
        text: sql!(
            "SELECT * FROM members WHERE org_id = $1 AND id > $2 AND state = 'active' ORDER BY id LIMIT 200"
        ),
        dated: false,
        shield: Shield::Open,
        sealed_as: "members",
        columns: "id:i state:t created_at:m sealed:s@id",
        file: None,
        csv: &[
            ("id", "/id"),
            ("business", "/sealed/name"),
            ("premises", "/sealed/premises"),
            ("area", "/sealed/area"),
            ("trade", "/sealed/trade"),
        ],
    },
    Table {
        name: "memberships",
        about: "Users and their roles, as the scheme was told of them.",
        text: sql!(
            "SELECT * FROM memberships WHERE org_id = $1 AND id > $2 AND state <> 'ended' ORDER BY id LIMIT 200"
        ),
        dated: false,
        shield: Shield::Open,
        sealed_as: "memberships",
        columns: "id:i account_id:i role:t member_id:i state:t manages:b created_at:m deletion_asked_on:t sealed:s@id",
        file: None,
        csv: &[
            ("id", "/id"),
            ("account", "/account_id"),
            ("role", "/role"),
            ("member", "/member_id"),
            ("state", "/state"),
            ("name", "/sealed/name"),
            ("email", "/sealed/email"),
            ("user_name", "/sealed/user_name"),
        ],
    },
    Table {
        name: "subjects",
        about: "People who are held, with all that is held of each.",
        text: sql!(
            "SELECT * FROM subjects s WHERE s.org_id = $1 AND s.id > $2 AND s.stage IN ('pending', 'circulating', 'held') AND (s.delete_on IS NULL OR s.delete_on > $3) ORDER BY s.id LIMIT 200"
        ),
        dated: true,
        shield: Shield::Subject("id"),
        sealed_as: "subjects",
        columns: "id:i number:n stage:t ends_on:t shown_from:t delete_on:t restricted:b identified:b latest_on:t created_at:m sealed:s@id",
        file: None,
        csv: &[
            ("id", "/id"),
            ("number", "/number"),
            ("stage", "/stage"),
            ("ends_on", "/ends_on"),
            ("delete_on", "/delete_on"),
            ("restricted", "/restricted"),
            ("latest_report", "/latest_on"),
        ],
    },
    Table {
        name: "subject_events",
        about: "What happened to each person’s record, in order: by this the clocks are worked out.",
        text: sql!(
            "SELECT e.subject_id AS id, e.subject_id, e.position, e.happened_on, e.recorded_at, e.kind, e.report_id, e.incident_id, e.hold_id, e.detail FROM subject_events e WHERE e.subject_id IN (SELECT s.id FROM subjects s WHERE s.org_id = $1 AND s.id > $2 AND s.stage IN ('pending', 'circulating', 'held') AND (s.delete_on IS NULL OR s.delete_on > $3) ORDER BY s.id LIMIT 100) ORDER BY e.subject_id, e.position"
        ),
        dated: true,
        shield: Shield::Subject("subject_id"),
        sealed_as: "subject_events",
        columns: "subject_id:i position:n happened_on:t recorded_at:m kind:t report_id:i incident_id:i hold_id:i detail:t",
        file: None,
        csv: &[],
    },
    Table {
        name: "holds",
        about: "Holds on records, with their reasons.",
        text: sql!(
            "SELECT t.* FROM holds t JOIN subjects s ON s.id = t.subject_id WHERE s.org_id = $1 AND t.id > $2 AND s.stage IN ('pending', 'circulating', 'held') AND (s.delete_on IS NULL OR s.delete_on > $3) ORDER BY t.id LIMIT 200"
        ),
        dated: true,
        shield: Shield::Subject("subject_id"),
        sealed_as: "holds",
        columns: "id:i subject_id:i owner_id:i review_on:t ends_on:t ended_on:t created_at:m sealed:s@subject_id",
        file: None,
        csv: &[],
    },
    Table {
        name: "sightings",
        about: "That members saw somebody.",
        text: sql!(
            "SELECT t.* FROM sightings t JOIN subjects s ON s.id = t.subject_id WHERE s.org_id = $1 AND t.id > $2 AND s.stage IN ('pending', 'circulating', 'held') AND (s.delete_on IS NULL OR s.delete_on > $3) ORDER BY t.id LIMIT 200"
        ),
        dated: true,
        shield: Shield::Subject("subject_id"),
        sealed_as: "sightings",
        columns: "id:i subject_id:i account_id:i seen_at:m seen_on:t sealed:s@subject_id",
        file: None,
        csv: &[],
    },
    Table {
        name: "picks",
        about: "Members picked for a person.",
        text: sql!(
            "SELECT t.* FROM picks t JOIN subjects s ON s.id = t.subject_id WHERE s.org_id = $1 AND t.id > $2 AND s.stage IN ('pending', 'circulating', 'held') AND (s.delete_on IS NULL OR s.delete_on > $3) AND (t.ends_on IS NULL OR t.ends_on > $3) ORDER BY t.id LIMIT 200"
        ),
        dated: true,
        shield: Shield::Subject("subject_id"),
        sealed_as: "picks",
        columns: "id:i subject_id:i member_id:i picked_on:t ends_on:t sealed:s@subject_id",
        file: None,
        csv: &[],
    },
    Table {
        name: "intelligence",
        about: "Names that members sent.",
        text: sql!(
            "SELECT t.* FROM intelligence t JOIN subjects s ON s.id = t.subject_id WHERE s.org_id = $1 AND t.id > $2 AND s.stage IN ('pending', 'circulating', 'held') AND (s.delete_on IS NULL OR s.delete_on > $3) AND (t.erase_on IS NULL OR t.erase_on > $3) ORDER BY t.id LIMIT 200"
        ),
        dated: true,
        shield: Shield::Subject("subject_id"),
        sealed_as: "intelligence",
        columns: "id:i subject_id:i account_id:i state:t sent_at:m decided_at:m decided_by:i erase_on:t sealed:s@subject_id decision:s@subject_id",
        file: None,
        csv: &[],
    },
    Table {
        name: "associations",
        about: "Who acts with whom.",
        text: sql!(
            "SELECT t.* FROM associations t JOIN subjects s ON s.id = t.subject_id JOIN subjects o ON o.id = t.other_id WHERE s.org_id = $1 AND t.id > $2 AND s.stage IN ('pending', 'circulating', 'held') AND (s.delete_on IS NULL OR s.delete_on > $3) AND o.stage IN ('pending', 'circulating', 'held') AND (o.delete_on IS NULL OR o.delete_on > $3) ORDER BY t.id LIMIT 200"
        ),
        dated: true,
        shield: Shield::Subject("subject_id"),
        sealed_as: "associations",
        columns: "id:i subject_id:i other_id:i report_id:i recorded_at:m sealed:s@subject_id",
        file: None,
        csv: &[],
    },
    Table {
        name: "notice_exemptions",
        about: "Why a privacy notice is not served.",
        text: sql!(
            "SELECT t.* FROM notice_exemptions t JOIN subjects s ON s.id = t.subject_id WHERE s.org_id = $1 AND t.id > $2 AND s.stage IN ('pending', 'circulating', 'held') AND (s.delete_on IS NULL OR s.delete_on > $3) ORDER BY t.id LIMIT 200"
        ),
        dated: true,
        shield: Shield::Subject("subject_id"),
        sealed_as: "notice_exemptions",
        columns: "id:i subject_id:i ground:t since_on:t review_on:t ended_on:t sealed:s@subject_id",
        file: None,
        csv: &[],
    },
    Table {
        name: "appeals",
        about: "Appeals.",
        text: sql!(
            "SELECT t.* FROM appeals t JOIN subjects s ON s.id = t.subject_id WHERE s.org_id = $1 AND t.id > $2 AND s.stage IN ('pending', 'circulating', 'held') AND (s.delete_on IS NULL OR s.delete_on > $3) ORDER BY t.id LIMIT 200"
        ),
        dated: true,
        shield: Shield::Subject("subject_id"),
        sealed_as: "appeals",
        columns: "id:i subject_id:i proposal_id:i exclusion_id:i number:n state:t outcome:t received_on:t decide_by:t decided_on:t decided_by:i sealed:s@subject_id",
        file: None,
        csv: &[],
    },
    Table {
        name: "given_evidence",
        about: "What police and agencies gave as evidence.",
        text: sql!(
            "SELECT t.* FROM given_evidence t JOIN subjects s ON s.id = t.subject_id WHERE s.org_id = $1 AND t.id > $2 AND s.stage IN ('pending', 'circulating', 'held') AND (s.delete_on IS NULL OR s.delete_on > $3) ORDER BY t.id LIMIT 200"
        ),
        dated: true,
        shield: Shield::Subject("subject_id"),
        sealed_as: "given_evidence",
        columns: "id:i subject_id:i account_id:i given_at:m given_on:t sealed:s@subject_id",
        file: None,
        csv: &[],
    },
    Table {
        name: "exclusions",
        about: "Exclusions.",
        text: sql!(
            "SELECT t.* FROM exclusions t JOIN subjects s ON s.id = t.subject_id WHERE s.org_id = $1 AND t.id > $2 AND s.stage IN ('pending', 'circulating', 'held') AND (s.delete_on IS NULL OR s.delete_on > $3) ORDER BY t.id LIMIT 200"
        ),
        dated: true,
        shield: Shield::Subject("subject_id"),
        sealed_as: "exclusions",
        columns: "id:i subject_id:i proposal_id:i number:n scope:t starts_on:t ends_on:t state:t ended_on:t sealed:s@subject_id",
        file: None,
        csv: &[],
    },
    Table {
        name: "proposals",
        about: "Proposals to warn or exclude.",
        text: sql!(
            "SELECT t.* FROM proposals t JOIN subjects s ON s.id = t.subject_id WHERE s.org_id = $1 AND t.id > $2 AND s.stage IN ('pending', 'circulating', 'held') AND (s.delete_on IS NULL OR s.delete_on > $3) ORDER BY t.id LIMIT 200"
        ),
        dated: true,
        shield: Shield::Subject("subject_id"),
        sealed_as: "proposals",
        columns: "id:i subject_id:i number:n state:t closes_on:t proposed_by:i sealed:s@subject_id",
        file: None,
        csv: &[],
    },
    Table {
        name: "proposal_votes",
        about: "Votes on proposals.",
        text: sql!(
            "SELECT t.*, p.subject_id FROM proposal_votes t JOIN proposals p ON p.id = t.proposal_id JOIN subjects s ON s.id = p.subject_id WHERE s.org_id = $1 AND t.id > $2 AND s.stage IN ('pending', 'circulating', 'held') AND (s.delete_on IS NULL OR s.delete_on > $3) ORDER BY t.id LIMIT 200"
        ),
        dated: true,
        shield: Shield::Subject("subject_id"),
        sealed_as: "proposal_votes",
        columns: "id:i proposal_id:i account_id:i choice:t voted_at:m counted:b sealed:s@subject_id",
        file: None,
        csv: &[],
    },
    Table {
        name: "letters",
        about: "Letters, and what was typed for each; the PDF itself can be made again.",
        text: sql!(
            "SELECT t.id, t.subject_id, t.kind, t.proposal_id, t.exclusion_id, t.appeal_id, t.with_notice, t.made_on, t.made_at, CASE WHEN t.ends_on > $3 THEN t.made_by END AS made_by, t.ends_on, CASE WHEN t.ends_on > $3 THEN t.sealed END AS sealed FROM letters t JOIN subjects s ON s.id = t.subject_id WHERE s.org_id = $1 AND t.id > $2 AND s.stage IN ('pending', 'circulating', 'held') AND (s.delete_on IS NULL OR s.delete_on > $3) ORDER BY t.id LIMIT 200"
        ),
        dated: true,
        shield: Shield::Subject("subject_id"),
        sealed_as: "letters",
        columns: "id:i subject_id:i kind:t proposal_id:i exclusion_id:i appeal_id:i with_notice:b made_on:t made_at:m made_by:i ends_on:t sealed:s@id",
        file: None,
        csv: &[],
    },
    Table {
        name: "service_attempts",
        about: "How letters were served.",
        text: sql!(
            "SELECT t.id, t.letter_id, l.subject_id, CASE WHEN t.ends_on > $3 THEN t.how END AS how, t.attempted_on, t.outcome, t.recorded_at, CASE WHEN t.ends_on > $3 THEN t.recorded_by END AS recorded_by, t.ends_on, CASE WHEN t.ends_on > $3 AND l.ends_on > $3 THEN t.sealed END AS sealed FROM service_attempts t JOIN letters l ON l.id = t.letter_id JOIN subjects s ON s.id = l.subject_id WHERE s.org_id = $1 AND t.id > $2 AND s.stage IN ('pending', 'circulating', 'held') AND (s.delete_on IS NULL OR s.delete_on > $3) ORDER BY t.id LIMIT 200"
        ),
        dated: true,
        shield: Shield::Subject("subject_id"),
        sealed_as: "service_attempts",
        columns: "id:i letter_id:i how:t attempted_on:t outcome:t recorded_at:m recorded_by:i ends_on:t sealed:s@letter_id",
        file: None,
        csv: &[],
    },
    Table {
        name: "incidents",
        about: "Incidents, as review released them. People stand in narratives by slot: {1}.",
        text: sql!(
            "SELECT * FROM incidents WHERE org_id = $1 AND id > $2 AND (delete_on IS NULL OR delete_on > $3) ORDER BY id LIMIT 200"
        ),
        dated: true,
        shield: Shield::Incident,
        sealed_as: "incidents",
        columns: "id:i number:n category:t occurred_on:t delete_on:t created_at:m sealed:s@id",
        file: None,
        csv: &[
            ("id", "/id"),
            ("number", "/number"),
            ("category", "/category"),
            ("occurred_on", "/occurred_on"),
            ("delete_on", "/delete_on"),
        ],
    },
    Table {
        name: "reports",
        about: "Reports, in the reporters’ words; without them where somebody in the incident is gone, since they may name them.",
        text: sql!(
            "SELECT * FROM reports WHERE org_id = $1 AND id > $2 AND (erase_on IS NULL OR erase_on > $3) ORDER BY id LIMIT 200"
        ),
        dated: true,
        shield: Shield::Report,
        sealed_as: "reports",
        columns: "id:i incident_id:i number:n account_id:i member_id:i state:t submitted_at:m submitted_on:t occurred_on:t decided_at:m decided_by:i erase_on:t sealed:s@id decision:s@id",
        file: None,
        csv: &[
            ("id", "/id"),
            ("number", "/number"),
            ("incident", "/incident_id"),
            ("member", "/member_id"),
            ("state", "/state"),
            ("submitted_on", "/submitted_on"),
            ("occurred_on", "/occurred_on"),
        ],
    },
    Table {
        name: "people",
        about: "People as each report describes them; of whoever is gone, the slot alone.",
        text: sql!(
            "SELECT t.* FROM people t JOIN reports r ON r.id = t.report_id WHERE r.org_id = $1 AND t.id > $2 AND (r.erase_on IS NULL OR r.erase_on > $3) ORDER BY t.id LIMIT 200"
        ),
        dated: true,
        shield: Shield::Person,
        sealed_as: "people",
        columns: "id:i report_id:i incident_id:i slot:n state:t proposed_id:i subject_id:i sealed:s@report_id",
        file: None,
        csv: &[],
    },
    Table {
        name: "pictures",
        about: "Pictures; each lies in files/pictures under its id.",
        text: sql!(
            "SELECT t.id, t.owner_id, t.owner_kind, t.report_id, t.source_id, t.position, t.several, t.added_on, t.added_at, t.large, t.width, t.height FROM pictures t LEFT JOIN subjects s ON s.id = t.owner_id WHERE t.org_id = $1 AND t.id > $2 AND t.owner_kind <> 'draft' AND (t.owner_kind <> 'subject' OR s.stage IN ('pending', 'circulating', 'held') AND (s.delete_on IS NULL OR s.delete_on > $3)) ORDER BY t.id LIMIT 50"
        ),
        dated: true,
        shield: Shield::Picture,
        sealed_as: "pictures",
        columns: "id:i owner_id:i owner_kind:t report_id:i source_id:i position:n several:b added_on:t added_at:m large:t width:n height:n",
        file: Some((File::Picture, "large", "owner_id")),
        csv: &[],
    },
    Table {
        name: "evidence",
        about: "Evidence; each lies in files/evidence under its id, byte for byte.",
        text: sql!(
            "SELECT t.* FROM evidence t WHERE t.org_id = $1 AND t.id > $2 AND t.owner_kind = 'report' ORDER BY t.id LIMIT 50"
        ),
        dated: false,
        shield: Shield::Evidence,
        sealed_as: "evidence",
        columns: "id:i owner_id:i position:n added_by:i added_at:m shared_at:m file:t sealed:s@owner_id",
        file: Some((File::Evidence, "file", "owner_id")),
        csv: &[],
    },
    Table {
        name: "stubs",
        about: "That records were held and deleted, without names.",
        text: sql!(
            "SELECT * FROM stubs WHERE org_id = $1 AND id > $2 AND ends_on > $3 ORDER BY id LIMIT 200"
        ),
        dated: true,
        shield: Shield::Open,
        sealed_as: "stubs",
        columns: "id:i rule:t period:t held_from:t deleted_on:t ends_on:t",
        file: None,
        csv: &[],
    },
    Table {
        name: "enquiries",
        about: "What people wrote from outside.",
        text: sql!(
            "SELECT * FROM enquiries WHERE org_id = $1 AND id > $2 AND erase_on > $3 ORDER BY id LIMIT 200"
        ),
        dated: true,
        shield: Shield::Open,
        sealed_as: "enquiries",
        columns: "id:i purpose:t state:t received_at:m received_on:t answer_by:t answered_at:m answered_by:i erase_on:t sealed:s@id",
        file: None,
        csv: &[],
    },
    Table {
        name: "applications",
        about: "Businesses that applied to join.",
        text: sql!(
            "SELECT * FROM applications WHERE org_id = $1 AND id > $2 AND erase_on > $3 ORDER BY id LIMIT 200"
        ),
        dated: true,
        shield: Shield::Open,
        sealed_as: "applications",
        columns: "id:i state:t received_at:m received_on:t decided_on:t decided_by:i erase_on:t sealed:s@id",
        file: None,
        csv: &[],
    },
    Table {
        name: "agreements",
        about: "Who agreed for a business, when, to what.",
        text: sql!(
            "SELECT t.* FROM agreements t JOIN members m ON m.id = t.member_id WHERE m.org_id = $1 AND t.id > $2 ORDER BY t.id LIMIT 200"
        ),
        dated: false,
        shield: Shield::Open,
        sealed_as: "agreements",
        columns: "id:i member_id:i version:n agreed_at:m sealed:s@member_id",
        file: None,
        csv: &[],
    },
    Table {
        name: "certifications",
        about: "Who has read and agreed to what.",
        text: sql!(
            "SELECT t.* FROM certifications t JOIN memberships m ON m.id = t.membership_id WHERE m.org_id = $1 AND t.id > $2 ORDER BY t.id LIMIT 200"
        ),
        dated: false,
        shield: Shield::Open,
        sealed_as: "certifications",
        columns: "id:i membership_id:i document_id:i version:n agreed_on:t agreed_at:m sealed:s@membership_id",
        file: None,
        csv: &[],
    },
    Table {
        name: "conduct",
        about: "Breaches of the rules, and suspensions.",
        text: sql!("SELECT * FROM conduct WHERE org_id = $1 AND id > $2 ORDER BY id LIMIT 200"),
        dated: false,
        shield: Shield::Conduct,
        sealed_as: "conduct",
        columns: "id:i kind:t member_id:i account_id:i measure:t happened_on:t recorded_on:t recorded_at:m recorded_by:i sealed:s@id",
        file: None,
        csv: &[],
    },
    Table {
        name: "governing_documents",
        about: "Governing documents.",
        text: sql!("SELECT * FROM governing_documents WHERE org_id = $1 AND id > $2 ORDER BY id LIMIT 200"),
        dated: false,
        shield: Shield::Open,
        sealed_as: "governing_documents",
        columns: "id:i kind:t audience:t withdrawn_on:t created_at:m sealed:s@id",
        file: None,
        csv: &[],
    },
    Table {
        name: "document_versions",
        about: "Their versions.",
        text: sql!(
            "SELECT t.id, t.document_id, t.version, t.effective_on, t.asks, t.author_id, t.created_at, t.sealed FROM document_versions t JOIN governing_documents d ON d.id = t.document_id WHERE d.org_id = $1 AND t.id > $2 ORDER BY t.id LIMIT 20"
        ),
        dated: false,
        shield: Shield::Open,
        sealed_as: "document_versions",
        columns: "id:i document_id:i version:n effective_on:t asks:b author_id:i created_at:m sealed:s@document_id",
        file: None,
        csv: &[],
    },
    Table {
        name: "register_entries",
        about: "The registers.",
        text: sql!("SELECT * FROM register_entries WHERE org_id = $1 AND id > $2 ORDER BY id LIMIT 200"),
        dated: false,
        shield: Shield::Open,
        sealed_as: "register_entries",
        columns: "id:i kind:t about:t starts_on:t expires_on:t ended_on:t created_at:m sealed:s@id",
        file: None,
        csv: &[],
    },
    Table {
        name: "reviews",
        about: "Reviews of documents and registers.",
        text: sql!("SELECT * FROM reviews WHERE org_id = $1 AND id > $2 ORDER BY id LIMIT 200"),
        dated: false,
        shield: Shield::Open,
        sealed_as: "reviews",
        columns: "id:i kind:t about:t reviewed_on:t reviewed_at:m account_id:i sealed:s@id",
        file: None,
        csv: &[],
    },
    Table {
        name: "policies",
        about: "Every version of the policy.",
        text: sql!("SELECT * FROM policies WHERE org_id = $1 AND id > $2 ORDER BY id LIMIT 200"),
        dated: false,
        shield: Shield::Open,
        sealed_as: "policies",
        columns: "id:i version:n file_name:t body:t author_id:i authorised_by:i reason:t effective_on:t created_at:m prose:t",
        file: None,
        csv: &[],
    },
    Table {
        name: "proposal_premises",
        about: "For which premises a proposal is: one line for each, and one without where it is for none in particular.",
        text: sql!(
            "SELECT t.id, t.subject_id, e.proposal_id, e.member_id FROM proposals t LEFT JOIN proposal_premises e ON e.proposal_id = t.id WHERE t.id IN (SELECT p.id FROM proposals p JOIN subjects s ON s.id = p.subject_id WHERE s.org_id = $1 AND p.id > $2 AND s.stage IN ('pending', 'circulating', 'held') AND (s.delete_on IS NULL OR s.delete_on > $3) ORDER BY p.id LIMIT 100) ORDER BY t.id, e.member_id"
        ),
        dated: true,
        shield: Shield::Subject("subject_id"),
        sealed_as: "proposal_premises",
        columns: "id:i proposal_id:i member_id:i",
        file: None,
        csv: &[],
    },
    Table {
        name: "exclusion_premises",
        about: "From which premises an exclusion is, likewise.",
        text: sql!(
            "SELECT t.id, t.subject_id, e.exclusion_id, e.member_id FROM exclusions t LEFT JOIN exclusion_premises e ON e.exclusion_id = t.id WHERE t.id IN (SELECT p.id FROM exclusions p JOIN subjects s ON s.id = p.subject_id WHERE s.org_id = $1 AND p.id > $2 AND s.stage IN ('pending', 'circulating', 'held') AND (s.delete_on IS NULL OR s.delete_on > $3) ORDER BY p.id LIMIT 100) ORDER BY t.id, e.member_id"
        ),
        dated: true,
        shield: Shield::Subject("subject_id"),
        sealed_as: "exclusion_premises",
        columns: "id:i exclusion_id:i member_id:i",
        file: None,
        csv: &[],
    },
    Table {
        name: "picture_people",
        about: "Whom a picture shows, as reports describe them, likewise.",
        text: sql!(
            "SELECT t.id, e.picture_id, e.person_id FROM pictures t LEFT JOIN picture_people e ON e.picture_id = t.id WHERE t.id IN (SELECT p.id FROM pictures p LEFT JOIN subjects s ON s.id = p.owner_id WHERE p.org_id = $1 AND p.id > $2 AND p.owner_kind <> 'draft' AND (p.owner_kind <> 'subject' OR s.stage IN ('pending', 'circulating', 'held') AND (s.delete_on IS NULL OR s.delete_on > $3)) ORDER BY p.id LIMIT 100) ORDER BY t.id, e.person_id"
        ),
        dated: true,
        shield: Shield::PicturePeople,
        sealed_as: "picture_people",
        columns: "id:i picture_id:i person_id:i",
        file: None,
        csv: &[],
    },
    Table {
        name: "requests",
        about: "What people asked for by right.",
        text: sql!(
            "SELECT * FROM requests WHERE org_id = $1 AND id > $2 AND erase_on > $3 ORDER BY id LIMIT 200"
        ),
        dated: true,
        shield: Shield::Request,
        sealed_as: "requests",
        columns: "id:i asks:t origin:t state:t received_on:t received_at:m subject_id:i outcome:t done_on:t erase_on:t sealed:s@id",
        file: None,
        csv: &[],
    },
    Table {
        name: "breaches",
        about: "Breaches of personal data, exercises included.",
        text: sql!(
            "SELECT * FROM breaches WHERE org_id = $1 AND id > $2 AND (erase_on IS NULL OR erase_on > $3) ORDER BY id LIMIT 200"
        ),
        dated: true,
        shield: Shield::Open,
        sealed_as: "breaches",
        columns: "id:i number:n state:t is_exercise:b is_personal:b aware_at:m closed_on:t erase_on:t recorded_at:m edition:n sealed:s@id",
        file: None,
        csv: &[],
    },
    Table {
        name: "steps",
        about: "What was done about requests and breaches, in order.",
        text: sql!(
            "SELECT s.owner_id AS id, s.owner_id, s.position, s.kind, s.yes, s.happened_on, s.happened_at, s.recorded_at, s.account_id, s.sealed FROM steps s WHERE s.owner_id IN (SELECT DISTINCT t.owner_id FROM steps t WHERE t.owner_id > $2 AND t.owner_id IN (SELECT r.id FROM requests r WHERE r.org_id = $1 AND r.erase_on > $3 UNION ALL SELECT b.id FROM breaches b WHERE b.org_id = $1 AND (b.erase_on IS NULL OR b.erase_on > $3)) ORDER BY t.owner_id LIMIT 100) ORDER BY s.owner_id, s.position"
        ),
        dated: true,
        shield: Shield::Open,
        sealed_as: "steps",
        columns: "owner_id:i position:n kind:t yes:b happened_on:t happened_at:m recorded_at:m account_id:i sealed:p@owner_id",
        file: None,
        csv: &[],
    },
    Table {
        name: "member_groups",
        about: "The scheme’s lists of members.",
        text: sql!("SELECT * FROM member_groups WHERE org_id = $1 AND id > $2 ORDER BY id LIMIT 200"),
        dated: false,
        shield: Shield::Open,
        sealed_as: "member_groups",
        columns: "id:i created_at:m sealed:s@id",
        file: None,
        csv: &[],
    },
    Table {
        name: "group_members",
        about: "Who is on which list.",
        text: sql!(
            "SELECT g.group_id AS id, g.group_id, g.member_id FROM group_members g WHERE g.group_id IN (SELECT DISTINCT e.group_id FROM group_members e JOIN member_groups m ON m.id = e.group_id WHERE m.org_id = $1 AND e.group_id > $2 ORDER BY e.group_id LIMIT 20) ORDER BY g.group_id, g.member_id"
        ),
        dated: false,
        shield: Shield::Open,
        sealed_as: "group_members",
        columns: "group_id:i member_id:i",
        file: None,
        csv: &[],
    },
    Table {
        name: "posts",
        about: "News, alerts, documents and events.",
        text: sql!(
            "SELECT t.id, t.kind, t.radio, t.happens_on, t.over_on, t.published_at, t.author_id, t.sealed FROM posts t WHERE t.org_id = $1 AND t.id > $2 ORDER BY t.id LIMIT 200"
        ),
        dated: false,
        shield: Shield::Post,
        sealed_as: "posts",
        columns: "id:i kind:t radio:b happens_on:t over_on:t published_at:m author_id:i sealed:s@id",
        file: None,
        csv: &[],
    },
    Table {
        name: "meetings",
        about: "Meetings and trainings, with their minutes.",
        text: sql!(
            "SELECT t.id, t.kind, t.circle, t.day, t.from_time, t.to_time, t.valid_months, t.sequence, t.cancelled, t.leaves, t.created_at, t.sealed, t.minutes FROM meetings t WHERE t.org_id = $1 AND t.id > $2 ORDER BY t.id LIMIT 200"
        ),
        dated: false,
        shield: Shield::Meeting,
        sealed_as: "meetings",
        columns: "id:i kind:t circle:t day:t from_time:t to_time:t valid_months:n sequence:n cancelled:b leaves:b created_at:m sealed:s@id minutes:s@id",
        file: None,
        csv: &[],
    },
    Table {
        name: "meeting_answers",
        about: "Who said that they come.",
        text: sql!(
            "SELECT e.meeting_id AS id, e.meeting_id, e.membership_id, e.coming, e.answered_at FROM meeting_answers e WHERE e.meeting_id IN (SELECT DISTINCT f.meeting_id FROM meeting_answers f JOIN meetings m ON m.id = f.meeting_id WHERE m.org_id = $1 AND f.meeting_id > $2 ORDER BY f.meeting_id LIMIT 20) ORDER BY e.meeting_id, e.membership_id"
        ),
        dated: false,
        shield: Shield::Open,
        sealed_as: "meeting_answers",
        columns: "meeting_id:i membership_id:i coming:t answered_at:m",
        file: None,
        csv: &[],
    },
    Table {
        name: "meeting_attendance",
        about: "Who came, and took which training.",
        text: sql!(
            "SELECT e.meeting_id AS id, e.meeting_id, e.membership_id FROM meeting_attendance e WHERE e.meeting_id IN (SELECT DISTINCT f.meeting_id FROM meeting_attendance f JOIN meetings m ON m.id = f.meeting_id WHERE m.org_id = $1 AND f.meeting_id > $2 ORDER BY f.meeting_id LIMIT 20) ORDER BY e.meeting_id, e.membership_id"
        ),
        dated: false,
        shield: Shield::Open,
        sealed_as: "meeting_attendance",
        columns: "meeting_id:i membership_id:i",
        file: None,
        csv: &[],
    },
    Table {
        name: "targets",
        about: "Whom of the members a post or a meeting concerns: an area, a trade by its hash, or a list.",
        text: sql!(
            "SELECT e.about_id AS id, e.about_id, e.kind, e.what FROM targets e WHERE e.about_id IN (SELECT DISTINCT f.about_id FROM targets f WHERE f.about_id > $2 AND f.about_id IN (SELECT p.id FROM posts p WHERE p.org_id = $1 UNION ALL SELECT m.id FROM meetings m WHERE m.org_id = $1) ORDER BY f.about_id LIMIT 100) ORDER BY e.about_id, e.kind, e.what"
        ),
        dated: false,
        shield: Shield::Open,
        sealed_as: "targets",
        columns: "about_id:i kind:t what:t",
        file: None,
        csv: &[],
    },
    Table {
        name: "old_audits",
        about: "The yearly audits of what is old: what was found, the conclusion, and the hash of the signed report.",
        text: sql!(
            "SELECT t.id, t.begun_on, t.begun_at, t.before_on, t.finished_on, t.finished_by, t.said, t.hash, t.sealed FROM old_audits t WHERE t.org_id = $1 AND t.id > $2 ORDER BY t.id LIMIT 50"
        ),
        dated: false,
        shield: Shield::Open,
        sealed_as: "old_audits",
        columns: "id:i begun_on:t begun_at:m before_on:t finished_on:t finished_by:i said:t hash:t sealed:s@id",
        file: None,
        csv: &[],
    },
];

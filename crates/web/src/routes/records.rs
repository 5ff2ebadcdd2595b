//! The part of the table for reports, review, subjects and incidents.
//!
//! The first action of a route decides who may use it; the others are what it performs beside: a deed's page is
//! shown again where the deed is refused, so that each deed of a record also opens it.
use super::Route;
use crate::{
    access::Access::{Actions, Inside},
    pages::{
        finding, gallery, incidents, intelligence, people, reports,
        reports::{breach, send},
        review, subjects,
        subjects::{associates, deeds, fields, merging, moves, picks},
        today, veil,
    },
};
use fairwatch_core::{
    accounts::ListMembers,
    evidence::{AddEvidence, PrepareEvidence, ShareEvidence, TakeBackEvidence},
    finding::{FindAnyone, PrepareFind},
    gate::Action as _,
    incidents::{
        ApproveReport, KeepDraft, ListOwnReports, OpenIncident, OpenReport, RejectReport, RemovePicture,
        ReviewQueue, ShowOwnReport, SubmitReport,
    },
    intelligence::{AcceptTip, OpenTip, RejectTip, SaySeen, SendTip, UndoSeen},
    news::ListAlerts,
    pictures::AddPicture,
    subjects::{
        AgreeSubject, CorrectSubject, EndHold, EndPick, EnterField, EraseSubject, Gallery, HoldSubject,
        ListSubjects, MatchSubjects, MoveReport, OpenFrozen, OpenSubject, PickMember, RemoveField,
        RemoveReport, RestrictSubject, ShowSubject,
        associates::{Associate, Dissociate, ShowAssociates},
        merging::{FollowMerge, MergeSubjects, PreviewMerge, PreviewUndo, UndoMerge},
    },
    today::ShowToday,
};

/// The report form: sending, its draft, its pictures and evidence, and whom it shows as chosen.
const REPORT: &[&str] = &[
    SubmitReport::NAME,
    KeepDraft::NAME,
    AddPicture::NAME,
    RemovePicture::NAME,
    ShowSubject::NAME,
    PrepareEvidence::NAME,
    AddEvidence::NAME,
    TakeBackEvidence::NAME,
];
/// What is said of somebody from their card is asked with whom it is about.
const SEEN: &[&str] = &[SaySeen::NAME, ShowSubject::NAME];
const BREACH: &[&str] = &[SubmitReport::NAME, KeepDraft::NAME, ShowSubject::NAME];
const NAME: &[&str] = &[SendTip::NAME, ShowSubject::NAME];
/// Looking at one's own report says that one has seen what became of it.
const OWN: &[&str] = &[ShowOwnReport::NAME, ListOwnReports::NAME];
/// A decision shows the report again where it is refused, and looks references up.
const DECIDE: &[&str] = &[
    ApproveReport::NAME,
    RejectReport::NAME,
    OpenReport::NAME,
    MatchSubjects::NAME,
    ListSubjects::NAME,
    ShareEvidence::NAME,
];

/// A search finds out first by what the asker may search.
const FIND: &[&str] = &[FindAnyone::NAME, PrepareFind::NAME];

pub(super) fn table() -> Vec<Route> {
    [looking(), reporting(), deciding()].into_iter().flatten().collect()
}

fn looking() -> Vec<Route> {
    vec![
        Route::get(
            "/o/{slug}/today",
            Actions(&[ShowToday::NAME, ListSubjects::NAME, ListAlerts::NAME]),
            today::show,
        ),
        Route::get("/o/{slug}/gallery", Actions(&[Gallery::NAME, ListAlerts::NAME]), gallery::show),
        Route::get(
            "/o/{slug}/veil.svg",
            Inside("one's own name, to be laid over pages of people"),
            veil::show,
        ),
        Route::get("/o/{slug}/find", Actions(FIND), finding::show),
        Route::get("/o/{slug}/find/typed", Actions(FIND), finding::typed),
        Route::get("/o/{slug}/people", Actions(&[ListSubjects::NAME]), people::show),
        Route::get("/o/{slug}/people/{id}/seen", Actions(SEEN), intelligence::ask_seen),
        Route::post("/o/{slug}/people/{id}/seen", Actions(&[SaySeen::NAME]), intelligence::say_seen),
        Route::post("/o/{slug}/people/{id}/seen/undo", Actions(&[UndoSeen::NAME]), intelligence::undo_seen),
        Route::get("/o/{slug}/people/{id}/breach", Actions(BREACH), breach::ask),
        Route::post("/o/{slug}/people/{id}/breach", Actions(BREACH), breach::send),
        Route::get("/o/{slug}/people/{id}/name", Actions(NAME), intelligence::ask_name),
        Route::post("/o/{slug}/people/{id}/name", Actions(NAME), intelligence::send_name),
        Route::get(
            "/o/{slug}/people/{id}",
            Actions(&[ShowSubject::NAME, OpenSubject::NAME, FollowMerge::NAME]),
            subjects::show,
        ),
        Route::post(
            "/o/{slug}/people/{id}",
            Actions(&[ShowSubject::NAME, FollowMerge::NAME]),
            subjects::look,
        ),
        Route::get("/o/{slug}/frozen/{id}", Actions(&[OpenFrozen::NAME]), subjects::ask_frozen),
        Route::post("/o/{slug}/frozen/{id}", Actions(&[OpenFrozen::NAME]), subjects::open_frozen),
        Route::get("/o/{slug}/incidents/{id}", Actions(&[OpenIncident::NAME]), incidents::show),
    ]
}

fn reporting() -> Vec<Route> {
    vec![
        Route::get(
            "/o/{slug}/report",
            Actions(&[SubmitReport::NAME, KeepDraft::NAME, ShowSubject::NAME]),
            send::show,
        ),
        Route::post("/o/{slug}/report", Actions(REPORT), send::send).evidence().resumable(),
        Route::post("/o/{slug}/report/draft", Actions(&[KeepDraft::NAME]), send::keep),
        Route::post("/o/{slug}/report/discard", Actions(&[KeepDraft::NAME]), send::discard),
        Route::post("/o/{slug}/report/picture", Actions(&[AddPicture::NAME]), send::add_picture).upload(),
        Route::post("/o/{slug}/report/picture/remove", Actions(&[RemovePicture::NAME]), send::remove_picture),
        Route::get("/o/{slug}/report/sent", Actions(OWN), reports::sent),
        Route::get("/o/{slug}/reports", Actions(&[ListOwnReports::NAME]), reports::mine),
        Route::get("/o/{slug}/reports/{id}", Actions(OWN), reports::show),
    ]
}

fn deciding() -> Vec<Route> {
    const OPEN: &str = OpenSubject::NAME;
    const MOVE: &[&str] = &[MoveReport::NAME, OPEN, ListSubjects::NAME, FindAnyone::NAME, PrepareFind::NAME];
    const REMOVE: &[&str] = &[RemoveReport::NAME, OPEN];
    const HELD: &[&str] = &[EnterField::NAME, CorrectSubject::NAME, OPEN];
    const TAKE: &[&str] = &[RemoveField::NAME, OPEN];
    const PICK: &[&str] = &[PickMember::NAME, OPEN, ListMembers::NAME];
    const END: &[&str] = &[EndPick::NAME, OPEN, ListMembers::NAME];
    const MERGE: &[&str] = &[
        MergeSubjects::NAME,
        PreviewMerge::NAME,
        OPEN,
        ListSubjects::NAME,
        FindAnyone::NAME,
        PrepareFind::NAME,
    ];
    const UNMERGE: &[&str] = &[UndoMerge::NAME, PreviewUndo::NAME, OPEN];
    const RECORD: &[&str] = &[
        Associate::NAME,
        ShowAssociates::NAME,
        OPEN,
        ListSubjects::NAME,
        FindAnyone::NAME,
        PrepareFind::NAME,
    ];
    const DROP: &[&str] = &[Dissociate::NAME, ShowAssociates::NAME];
    vec![
        Route::get("/o/{slug}/people/{id}/merge", Actions(MERGE), merging::ask),
        Route::post("/o/{slug}/people/{id}/merge", Actions(MERGE), merging::merge),
        Route::get("/o/{slug}/people/{id}/unmerge", Actions(UNMERGE), merging::ask_undo),
        Route::post("/o/{slug}/people/{id}/unmerge", Actions(UNMERGE), merging::undo),
        Route::get("/o/{slug}/people/{id}/associates", Actions(&[ShowAssociates::NAME]), associates::show),
        Route::get("/o/{slug}/people/{id}/associates/add", Actions(RECORD), associates::ask),
        Route::post("/o/{slug}/people/{id}/associates/add", Actions(RECORD), associates::record),
        Route::get("/o/{slug}/people/{id}/associates/{link}/remove", Actions(DROP), associates::ask_remove),
        Route::post("/o/{slug}/people/{id}/associates/{link}/remove", Actions(DROP), associates::remove),
        Route::get("/o/{slug}/review", Actions(&[ReviewQueue::NAME]), review::queue),
        Route::get("/o/{slug}/names/{id}", Actions(&[OpenTip::NAME]), intelligence::review),
        Route::post(
            "/o/{slug}/names/{id}",
            Actions(&[AcceptTip::NAME, RejectTip::NAME, OpenTip::NAME]),
            intelligence::decide,
        ),
        Route::get("/o/{slug}/review/{id}", Actions(&[OpenReport::NAME, MatchSubjects::NAME]), review::show),
        Route::post("/o/{slug}/review/{id}", Actions(DECIDE), review::decide).resumable(),
        Route::post(
            "/o/{slug}/people/{id}/restrict",
            Actions(&[RestrictSubject::NAME, OPEN]),
            deeds::restrict,
        ),
        Route::post(
            "/o/{slug}/people/{id}/unrestrict",
            Actions(&[RestrictSubject::NAME, OPEN]),
            deeds::unrestrict,
        ),
        Route::get("/o/{slug}/people/{id}/held/{item}", Actions(HELD), fields::ask),
        Route::post("/o/{slug}/people/{id}/held/{item}", Actions(HELD), fields::keep),
        Route::get("/o/{slug}/people/{id}/held/{item}/remove", Actions(TAKE), fields::ask_remove),
        Route::post("/o/{slug}/people/{id}/held/{item}/remove", Actions(TAKE), fields::remove),
        Route::get("/o/{slug}/people/{id}/picked", Actions(PICK), picks::ask),
        Route::post("/o/{slug}/people/{id}/picked", Actions(PICK), picks::pick),
        Route::post("/o/{slug}/people/{id}/picked/end", Actions(END), picks::end),
        Route::post("/o/{slug}/people/{id}/agree", Actions(&[AgreeSubject::NAME, OPEN]), deeds::agree),
        Route::post("/o/{slug}/people/{id}/hold", Actions(&[HoldSubject::NAME, OPEN]), deeds::hold),
        Route::post("/o/{slug}/people/{id}/end-hold", Actions(&[EndHold::NAME]), deeds::end_hold),
        Route::get("/o/{slug}/people/{id}/erase", Actions(&[EraseSubject::NAME, OPEN]), moves::ask_erase),
        Route::post("/o/{slug}/people/{id}/erase", Actions(&[EraseSubject::NAME]), moves::erase),
        Route::get("/o/{slug}/people/{id}/reports/{report}/move", Actions(MOVE), moves::ask_move),
        Route::post("/o/{slug}/people/{id}/reports/{report}/move", Actions(MOVE), moves::move_report),
        Route::get("/o/{slug}/people/{id}/reports/{report}/remove", Actions(REMOVE), moves::ask_remove),
        Route::post("/o/{slug}/people/{id}/reports/{report}/remove", Actions(REMOVE), moves::remove_report),
    ]
}

//! The part of the table for meetings and trainings (MEM-5).
use super::Route;
use crate::{access::Access::Actions, pages::meetings};
use fairwatch_core::{
    gate::Action as _,
    meetings::{
        AnswerMeeting, CallMeeting, CancelMeeting, ChangeMeeting, KeepMinutes, ListMeetings, PrepareMeeting,
        RecordAttendance, ShowAttendance, ShowMeeting,
    },
    news::{CheckNames, PrepareNews},
};

pub(super) fn table() -> Vec<Route> {
    const CALL: &[&str] = &[CallMeeting::NAME, PrepareMeeting::NAME, PrepareNews::NAME, CheckNames::NAME];
    const CHANGE: &[&str] = &[ChangeMeeting::NAME, ShowMeeting::NAME, PrepareNews::NAME, CheckNames::NAME];
    const CANCEL: &[&str] = &[CancelMeeting::NAME, ShowMeeting::NAME];
    const ANSWER: &[&str] = &[AnswerMeeting::NAME, ShowMeeting::NAME];
    const ATTEND: &[&str] = &[RecordAttendance::NAME, ShowAttendance::NAME];
    const MINUTES: &[&str] = &[KeepMinutes::NAME, ShowMeeting::NAME, PrepareNews::NAME, CheckNames::NAME];
    const SHOW: &[&str] = &[ShowMeeting::NAME];
    vec![
        Route::get("/o/{slug}/meetings", Actions(&[ListMeetings::NAME]), meetings::list),
        Route::get("/o/{slug}/meetings/new", Actions(CALL), meetings::calling::ask),
        Route::post("/o/{slug}/meetings/new", Actions(CALL), meetings::calling::call),
        Route::get("/o/{slug}/meetings/{id}", Actions(SHOW), meetings::show),
        Route::get("/o/{slug}/meetings/{id}/meeting.ics", Actions(SHOW), meetings::appointment),
        Route::get("/o/{slug}/meetings/{id}/pdf", Actions(SHOW), meetings::pdf),
        Route::post("/o/{slug}/meetings/{id}/answer", Actions(ANSWER), meetings::answer),
        Route::get("/o/{slug}/meetings/{id}/change", Actions(CHANGE), meetings::calling::ask_change),
        Route::post("/o/{slug}/meetings/{id}/change", Actions(CHANGE), meetings::calling::change),
        Route::get("/o/{slug}/meetings/{id}/cancel", Actions(CANCEL), meetings::calling::ask_cancel),
        Route::post("/o/{slug}/meetings/{id}/cancel", Actions(CANCEL), meetings::calling::cancel),
        Route::get(
            "/o/{slug}/meetings/{id}/attendance",
            Actions(&[ShowAttendance::NAME]),
            meetings::after::guests,
        ),
        Route::post("/o/{slug}/meetings/{id}/attendance", Actions(ATTEND), meetings::after::attend),
        Route::get("/o/{slug}/meetings/{id}/minutes", Actions(MINUTES), meetings::after::ask_minutes),
        Route::post("/o/{slug}/meetings/{id}/minutes", Actions(MINUTES), meetings::after::keep_minutes)
            .upload(),
    ]
}

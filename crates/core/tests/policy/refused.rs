//! What is refused, with the line and the reason (POL-3). Each case changes one thing in the pattern file.
use super::{errors, text};
use fairwatch_core::policy::Policy;

/// The pattern with `from` made `to`, once, and the line on which `to` begins.
fn changed(from: &str, to: &str) -> (String, u32) {
    let text = text("generic");
    let at = text.find(from).unwrap_or_else(|| panic!("the pattern has no {from:?}"));
    let changed = text.replacen(from, to, 1);
    let line = changed[..at].matches('\n').count() + 1;
    (changed, u32::try_from(line).unwrap())
}

/// Changing `from` to `to` is refused, `below` lines under the beginning of `to`, for `reason`.
#[track_caller]
fn refused(from: &str, to: &str, below: u32, reason: &str) {
    let (text, line) = changed(from, to);
    let findings = errors(&text);
    assert!(
        findings.iter().any(|f| f.line == line + below && f.reason.contains(reason)),
        "wanted line {} and {reason:?}, got {findings:#?}",
        line + below
    );
    assert!(Policy::parse("x.toml", &text).is_err());
}

#[test]
fn pol_3_malformed_toml_is_refused_at_its_line() {
    refused("format = 1", "format = ", 0, "");
    refused("votes = 3", "votes = 3\nvotes = 4", 1, "duplicate key");
    refused("name = \"Northgate Safer Town\"", "name = \"Northgate", 0, "");
}

#[test]
fn pol_3_unknown_missing_and_mistyped_fields_are_refused_at_their_line() {
    refused("votes = 3", "vots = 3", 0, "unknown field `vots`");
    refused("[storage]", "[storages]", 0, "unknown field `storages`");
    refused("kind = \"name\"", "kind = \"nome\"", 0, "`nome` is not among the words");
    refused("votes = 3", "votes = \"three\"", 0, "whole number");
    refused("votes = 3", "votes = -1", 0, "whole number");
    refused("[storage]\noutside_uk = false\n", "[storage]\n", 0, "`outside_uk` is missing here");
    refused("[scheme]\nkind = \"generic\"\n", "[scheme]\n", 0, "`kind` is missing here");
}

#[test]
fn pol_3_all_errors_come_in_one_go() {
    let text = text("generic")
        .replacen("votes = 3", "vots = 3", 1)
        .replacen("kind = \"alias\"", "kind = \"nick\"", 1)
        .replacen("slug = \"northgate\"", "slug = \"North Gate\"", 1)
        .replacen("first = { months = 12", "first = { months = \"twelve\"", 1)
        .replacen("backup = { days = 30", "backup = { days = 30, hours = 1", 1);
    let findings = errors(&text);
    for part in ["`vots`", "`nick`", "`North Gate` is no slug", "twelve", "exactly one of"] {
        assert!(findings.iter().any(|f| f.reason.contains(part)), "{part}: {findings:#?}");
    }
    // `votes` is missing as well; the mistyped line already says so, and both are of use.
    assert!(findings.len() <= 7, "what was taken out is not called missing: {findings:#?}");
}

#[test]
fn pol_1_names_that_cannot_stand_in_addresses_are_refused() {
    refused("slug = \"northgate\"", "slug = \"-x\"", 0, "no slug");
    refused("prefix = \"NG\"", "prefix = \"ng\"", 0, "no reference prefix");
    refused("brand = \"#0e4a56\"", "brand = \"teal\"", 0, "no colour");
    refused("email = \"hello@northgate.example\"", "email = \"hello\"", 0, "no e-mail address");
    refused("website = \"https://www.northgate.example\"", "website = \"javascript:x\"", 0, "no web address");
    refused("short = \"Northgate\"", "short = \"  \"", 0, "empty");
}

#[test]
fn pol_3_days_that_do_not_exist_are_refused() {
    refused("[registration]\n", "[registration]\nexpires = 2027-02-29\n", 1, "");
    refused("[registration]\n", "[registration]\nexpires = \"2027-02-28\"\n", 1, "without quotation marks");
    refused("[registration]\n", "[registration]\nexpires = 2027-02-28T10:00:00\n", 1, "the day alone");
}

#[test]
fn pol_3_periods_beyond_sense_are_refused() {
    let first = "[retention.known]\nfirst = { months = 12";
    refused(first, "[retention.known]\nfirst = { months = 0", 1, "makes no sense");
    refused(first, "[retention.known]\nfirst = { months = 1201", 1, "longer than a life");
    refused(first, "[retention.known]\nfirst = { months = 4294967296", 1, "whole number");
    refused(first, "[retention.known]\nfirst = { months = -12", 1, "whole number");
    refused(first, "[retention.known]\nfirst = { months = 99999999999999999999", 1, "");
}

#[test]
fn pol_3_periods_over_a_stated_or_legal_maximum_are_refused() {
    refused(
        "[retention.known]\nfirst = { months = 12",
        "[retention.known]\nfirst = { months = 37",
        1,
        "cannot be had: `cap`",
    );
    refused("rejected_report = { days = 28", "rejected_report = { days = 29", 0, "too long");
    refused("review_delay = { days = 7", "review_delay = { days = 8", 0, "too long");
    refused("draft = { hours = 24", "draft = { days = 2", 0, "too long");
    refused("backup = { days = 30", "backup = { months = 1", 0, "too long");
    refused("breach = { hours = 72", "breach = { days = 4", 0, "72 hours");
    refused("answer = { days = 30", "answer = { months = 1", 0, "one month");
    refused("complaint = { days = 30", "complaint = { days = 31", 0, "s.164A");
    refused("notice = { months = 1", "notice = { months = 2", 0, "UK GDPR 14(3)");
}

#[test]
fn pol_3_periods_over_two_years_ask_for_a_reason() {
    let (text, line) = changed("incident = { months = 24", "incident = { months = 25");
    let (policy, findings) = fairwatch_core::policy::check("x.toml", &text);
    assert!(policy.is_some());
    assert!(findings.iter().any(|f| f.line == line && f.reason.contains("say `why`")));
    let (text, line) =
        changed("incident = { months = 24", "incident = { why = \"A trial runs\", months = 25");
    let (_, findings) = fairwatch_core::policy::check("x.toml", &text);
    assert!(!findings.iter().any(|f| f.line == line));
}

#[test]
fn ret_6_ret_7_columns_that_contradict_themselves_are_refused() {
    let unknown = "stub = { months = \"none\", clause = \"Never for people";
    refused(unknown, "stub = { months = 24, clause = \"Never for people", 0, "never identified (RET-7)");
    refused("[retention.under_14]", "[retention.babies]", 0, "unknown field `babies`");
    let (text, _) = changed("minimum_age = { years = 10", "minimum_age = { years = 14");
    assert!(
        errors(&text).iter().any(|f| f.reason.contains("nobody under 14 is held at all")),
        "an agreement that can never be asked for"
    );
    refused(
        "single_report_delete = { months = 12",
        "single_report_delete = { months = 6",
        0,
        "cannot be had",
    );
    refused("held = \"yes\"", "held = \"with_agreement\"", 0, "is for children");
}

#[test]
fn sub_4_children_are_not_kept_longer_than_adults() {
    let (text, _) =
        changed("[retention.known]\nfirst = { months = 12", "[retention.known]\nfirst = { months = 6");
    assert!(errors(&text).iter().any(|f| f.reason.contains("kept longer than adults")));
}

#[test]
fn vis_2_members_never_see_contact_details() {
    refused(
        "kind = \"contact_details\"\naudience = [\"staff\"",
        "kind = \"contact_details\"\naudience = [\"member\", \"staff\"",
        1,
        "never see contact details",
    );
}

#[test]
fn sub_6_special_data_without_a_condition_is_refused() {
    let plain =
        "kind = \"vehicles\"\naudience = [\"staff\", \"controller\", \"police\"]\nnature = \"ordinary\"";
    let special =
        "kind = \"ethnicity\"\naudience = [\"staff\", \"controller\", \"police\"]\nnature = \"special\"";
    refused(plain, special, 0, "says that none is processed");
    let (text, line) = changed(plain, special);
    assert!(errors(&text).iter().any(|f| f.line == line - 1 && f.reason.contains("lawful condition")));
    refused(plain, &special.replace("\"special\"", "\"ordinary\""), 2, "is special category data, whatever");
    let all = special.replace("[\"staff\"", "[\"member\", \"staff\"");
    refused(plain, &all, 1, "never for all members");
    refused("condition = \"unlawful_acts\"", "condition = \"unlawful\"", 0, "no `[[condition]]`");
}

#[test]
fn vis_4_vis_5_audiences_that_cannot_be_are_refused() {
    refused("viewers = [\"controller\"]", "viewers = [\"controller\", \"member\"]", 0, "after withdrawal");
    refused(
        "audience = [\"member\", ",
        "audience = [\"agency\", \"member\", ",
        0,
        "no `[[recipient]]` names them",
    );
    refused(
        "audience = [\"member\", \"staff\", \"controller\"",
        "audience = [\"member\", \"staff\"",
        0,
        "must see it",
    );
    refused("agreement = \"police\"", "agreement = \"force\"", 0, "no `[[agreement]]`");
    let (text, _) = changed("agreement = \"police\"\n", "");
    assert!(errors(&text).iter().any(|f| f.reason.contains("no agreement is named")));
}

#[test]
fn exc_1_exc_5_exc_8_exclusions_that_make_no_sense_are_refused() {
    refused("authorised_by = [\"board\"]", "authorised_by = [\"police\"]", 0, "EXC-8");
    refused("votes = 3", "votes = 0", 0, "how many must agree");
    let heard = "appeal_heard_by = { viewers = [\"board\"]";
    refused(heard, "appeal_heard_by = { viewers = [\"police\"]", 0, "hear no appeals");
    refused(
        heard,
        "appeal_heard_by = { viewers = [\"controller\"]",
        0,
        "cannot hear the appeal alone (EXC-5)",
    );
    let (text, _) = changed("id = \"breach\", ", "id = \"broken\", ");
    assert!(errors(&text).iter().any(|f| f.reason.contains("no category has the id `breach`")), "EXC-6");
    refused(
        "months = 6\nlongest_months = 12",
        "months = 13\nlongest_months = 12",
        0,
        "more than the longest",
    );
    refused("after_incidents = 1", "after_incidents = 0", 0, "without an incident");
    refused("id = \"warning\"", "id = \"exclusion\"", 7, "");
}

#[test]
fn exc_1_exc_2_a_tariff_that_contradicts_itself_is_refused() {
    // A step that a later one always overtakes is never proposed.
    let (text, _) = changed("after_incidents = 2\nafter_serious = 1", "after_incidents = 3");
    assert!(errors(&text).iter().any(|f| f.reason.contains("`exclusion` can never be proposed")));
    refused("after_serious = 1", "after_serious = 0", 0, "0 makes no sense");
    refused("after_breaches = 1", "after_breaches = 0", 0, "0 makes no sense");
    let (text, _) = changed("label = \"Violence\", serious = true", "label = \"Violence\"");
    assert!(errors(&text).iter().any(|f| f.reason.contains("can never be reached")));
    refused("decide_within = { days = 14", "decide_within = { days = 0", 0, "in no time");
    refused("decide_within = { days = 14", "decide_within = { months = 7", 0, "in the balance");
    refused("counts = { months = 12", "counts = { months = 0", 0, "nothing counts");
    refused(
        "authorised_by = [\"board\"]\nvotes = 3",
        "authorised_by = [\"controller\"]\nvotes = 3",
        1,
        "alone",
    );
    let (text, _) = changed("authorised_by = [\"board\"]", "authorised_by = [\"board\", \"controller\"]");
    assert!(errors(&text).iter().any(|f| f.reason.contains("knows on whom is decided")));
    let (text, _) = changed("authorised_by = [\"board\"]", "authorised_by = [\"board\", \"staff\"]");
    assert!(errors(&text).iter().any(|f| f.reason.contains("could tell on whom is decided")));
    refused("label = \"Alcohol\"", "label = \"Alcohol\", serious = true", 0, "belongs to `categories`");
}

#[test]
fn vis_8_a_mark_says_who_where_and_when() {
    refused(
        "mark = [\"viewer\", \"scheme\", \"time\"]",
        "mark = [\"viewer\", \"scheme\"]",
        0,
        "`time` is missing",
    );
}

#[test]
fn pol_3_conflicts_point_at_a_place_and_ids_stand_once() {
    let conflict = "[[conflict]]\nid = \"c\"\nabout = \"retention.known.nothing\"\nfirst = { says = \"a\", clause = \"1\" }\nsecond = { says = \"b\", clause = \"2\" }\nchoice = \"a\"\nwhy = \"c\"\n\n[exclusions]";
    refused("[exclusions]", conflict, 2, "no place in this file");
    refused("id = \"abuse\"", "id = \"theft\"", 0, "stands here twice");
    refused("kind = \"alias\"", "kind = \"name\"", 0, "stands here twice");
}

#[test]
fn pol_1_another_format_is_refused() {
    refused("format = 1", "format = 2", 0, "reads format 1");
}

#[test]
fn sub_1_a_tag_is_a_value_of_something_that_may_be_held() {
    let tag = "label = \"Works in a group\"\ncategory = \"modus_operandi\"";
    let with = |category: &str| tag.replace("modus_operandi", category);
    refused(tag, &with("name"), 1, "a tag cannot be name");
    refused(tag, &with("ethnicity"), 1, "a tag cannot be ethnicity");
    refused("id = \"distracts\"", "id = \"in_a_group\"", 0, "in_a_group");
    let held = text("generic").replacen("kind = \"warning_markers\"", "kind = \"arrests\"", 1);
    assert!(!held.contains("kind = \"warning_markers\""));
    let held = held.replacen(tag, &with("warning_markers"), 1);
    let findings = errors(&held);
    assert!(
        findings.iter().any(|f| f.reason.contains("this scheme holds no warning markers")),
        "{findings:#?}"
    );
}

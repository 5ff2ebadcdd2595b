-- The ground: organisations, people who sign in, subjects, incidents, pictures, the audit chains and the sweep.
-- In the clear stand ids, foreign keys, states, dates and counts: what the program must select by. Everything
-- personal is sealed under the data key of its owner ({bytes} named sealed, decision, password, wrapped).
-- Instants are microseconds since 1970, dates ISO text, yes and no 1 and 0.

CREATE TABLE installation (
    id {id} PRIMARY KEY,
    kind TEXT NOT NULL,                 -- real, demo: from birth, for ever
    key_fingerprint {bytes} NOT NULL,   -- of the key file that belongs to this database
    base_address TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE orgs (
    id {id} PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,                 -- scheme, force
    next_subject BIGINT NOT NULL,
    next_incident BIGINT NOT NULL,
    next_proposal BIGINT NOT NULL DEFAULT 1,
    next_breach BIGINT NOT NULL DEFAULT 1,
    created_at BIGINT NOT NULL
);

CREATE TABLE policies (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    version BIGINT NOT NULL,
    file_name TEXT NOT NULL,
    body TEXT NOT NULL,                 -- published, so in the clear
    author_id {id},
    authorised_by {id},                 -- another person than the author; none for the first
    reason TEXT NOT NULL,               -- published with the version
    certify BIGINT NOT NULL,            -- whether members are asked to certify again from that day (MEM-3)
    change_id {id},
    effective_on TEXT NOT NULL,         -- the latest version whose day has come is in force: no job decides that
    created_at BIGINT NOT NULL,
    prose TEXT NOT NULL DEFAULT '{}',   -- what was written beside the policy: JSON of texts by name, published
    UNIQUE (org_id, version)
);

CREATE TABLE data_keys (
    owner_id {id} PRIMARY KEY,
    kind TEXT NOT NULL,                 -- subject, incident, draft, report, member, account, membership
    epoch BIGINT NOT NULL,
    wrapped {bytes} NOT NULL
);

CREATE TABLE accounts (
    id {id} PRIMARY KEY,
    state TEXT NOT NULL,                -- active, suspended, gone
    sealed {bytes} NOT NULL,            -- name, e-mail address, user name
    password {bytes},                   -- argon2id, sealed; none until the first link was used
    pin {bytes},                        -- argon2id, sealed; for shared devices (INC-10)
    created_at BIGINT NOT NULL
);

CREATE TABLE account_logins (
    lookup {bytes} PRIMARY KEY,         -- keyed hash of an e-mail address or user name
    account_id {id} NOT NULL REFERENCES accounts (id)
);

CREATE TABLE members (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    state TEXT NOT NULL,                -- active, left
    sealed {bytes} NOT NULL,            -- business, premises, area, trade
    created_at BIGINT NOT NULL,
    import_id {id}                      -- the file that brought it; no foreign key: that is forgotten before
);
CREATE INDEX members_by_import ON members (import_id);

CREATE TABLE memberships (
    id {id} PRIMARY KEY,
    account_id {id} REFERENCES accounts (id),   -- nobody's while it is an invitation
    org_id {id} NOT NULL REFERENCES orgs (id),
    role TEXT NOT NULL,
    member_id {id} REFERENCES members (id),
    state TEXT NOT NULL,                -- invited, active, suspended, ended
    sealed {bytes} NOT NULL,            -- name, e-mail address, user name, as the scheme was told
    created_at BIGINT NOT NULL,
    expires_at BIGINT,                  -- when an invitation goes that nobody accepted
    looked_at BIGINT,                   -- the gallery, last
    looked_before BIGINT,               -- and at the end of the visit before: what came since is new
    manages BIGINT NOT NULL DEFAULT 0,  -- a member user who invites others of the same business (INC-10)
    deletion_asked_on TEXT,             -- the day on which they asked to be deleted (MEM-2)
    import_id {id},                     -- the file that named them
    invited_at BIGINT,                  -- when a link was made for them last; nobody is invited by a file alone
    conduct_id {id},                    -- of a suspended role: the record that says why
    UNIQUE (account_id, org_id, role)
);
CREATE INDEX memberships_by_import ON memberships (import_id);
CREATE INDEX memberships_by_org ON memberships (org_id);

CREATE TABLE sessions (
    id {id} PRIMARY KEY,
    token {bytes} NOT NULL UNIQUE,      -- keyed hash of the cookie
    account_id {id} NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT,
    half BIGINT NOT NULL,               -- the password was right, the second factor is still to come
    second_at BIGINT,                   -- when it was given
    shared BIGINT NOT NULL,             -- in the browser of a shared device, by PIN or by password: it locks
    device_id {id},                     -- the shared device, of a session by PIN; no foreign key: it may go before
    pending {bytes},                    -- sealed under the account: what setting up a second factor waits for
    sealed {bytes} NOT NULL             -- browser and address, for the list under My account
);
CREATE INDEX sessions_by_account ON sessions (account_id);

CREATE TABLE links (
    token {bytes} PRIMARY KEY,          -- keyed hash of what stands in the address
    purpose TEXT NOT NULL,              -- set_password, reset_password, invitation
    account_id {id} REFERENCES accounts (id),
    membership_id {id} REFERENCES memberships (id), -- the invitation, before there is an account
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE TABLE attempts (
    lookup {bytes} PRIMARY KEY,         -- keyed hash of an account's name or an address
    failures BIGINT NOT NULL,
    window_started_at BIGINT NOT NULL
);

CREATE TABLE drafts (
    id {id} PRIMARY KEY,
    account_id {id} NOT NULL REFERENCES accounts (id),
    org_id {id} NOT NULL REFERENCES orgs (id),
    form TEXT NOT NULL,
    sealed {bytes} NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    UNIQUE (account_id, org_id, form)
);

CREATE TABLE subjects (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    number BIGINT NOT NULL,
    stage TEXT NOT NULL,                -- an index for pages and the sweep: the clock decides
    ends_on TEXT,                       -- the day on which that stage ends if nothing more happens
    shown_from TEXT,                    -- the day from which members may see it in this run
    shown_at BIGINT,                    -- the instant at which that began
    delete_on TEXT,                     -- the day of deletion if nothing more happens
    next_on TEXT,                       -- the next day on which the sweep has something to do
    restricted BIGINT NOT NULL,
    identified BIGINT NOT NULL,
    next_event BIGINT NOT NULL,
    latest_on TEXT NOT NULL,            -- the day of the latest report, by which the gallery is ordered
    sealed {bytes} NOT NULL,
    created_at BIGINT NOT NULL,
    policy_version BIGINT NOT NULL DEFAULT 0, -- by which the columns above were worked out
    UNIQUE (org_id, number)
);
CREATE INDEX subjects_by_stage ON subjects (org_id, stage, latest_on, id);
CREATE INDEX subjects_by_next ON subjects (org_id, next_on);

CREATE TABLE subject_events (
    subject_id {id} NOT NULL REFERENCES subjects (id),
    position BIGINT NOT NULL,
    happened_on TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    report_id {id},
    incident_id {id},
    hold_id {id},
    detail TEXT NOT NULL,               -- JSON of dates, counts and kinds alone
    PRIMARY KEY (subject_id, position)
);
CREATE INDEX subject_events_by_report ON subject_events (report_id);
CREATE INDEX subject_events_by_incident ON subject_events (incident_id);

CREATE TABLE holds (
    id {id} PRIMARY KEY,
    subject_id {id} NOT NULL REFERENCES subjects (id),
    owner_id {id} NOT NULL,             -- the account that answers for it
    review_on TEXT NOT NULL,
    ends_on TEXT,
    ended_on TEXT,
    sealed {bytes} NOT NULL,            -- the reason
    created_at BIGINT NOT NULL
);
CREATE INDEX holds_by_subject ON holds (subject_id);

CREATE TABLE stubs (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    lookup {bytes} NOT NULL,            -- keyed hash of name and date of birth (RET-7)
    rule TEXT NOT NULL,
    period TEXT NOT NULL,               -- whose: known, under_18, under_14
    held_from TEXT NOT NULL,
    deleted_on TEXT NOT NULL,
    ends_on TEXT NOT NULL
);
CREATE INDEX stubs_by_lookup ON stubs (org_id, lookup);

CREATE TABLE merges (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    kept_id {id} NOT NULL,              -- into whom; who may have been merged into another since
    owner_id {id} NOT NULL REFERENCES subjects (id), -- who holds all of it now, and whose key seals this
    other_id {id} NOT NULL UNIQUE,      -- who went into them, and is no subject any more
    other_number BIGINT NOT NULL,
    position BIGINT NOT NULL,           -- the last of an owner's is taken back first
    merged_at BIGINT NOT NULL,
    merged_on TEXT NOT NULL,
    is_open BIGINT NOT NULL,            -- whether both can still be put back as they were
    sealed {bytes} NOT NULL             -- both as they were; once that is over, why
);
CREATE INDEX merges_by_owner ON merges (owner_id, position);
CREATE INDEX merges_by_number ON merges (org_id, other_number);

CREATE TABLE associations (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    subject_id {id} NOT NULL REFERENCES subjects (id),
    other_id {id} NOT NULL REFERENCES subjects (id),
    report_id {id},                     -- the report that says so, with which it goes
    recorded_at BIGINT NOT NULL,
    sealed {bytes} NOT NULL             -- under the subject: what, source, reason
);
CREATE INDEX associations_by_subject ON associations (subject_id);
CREATE INDEX associations_by_other ON associations (other_id);
CREATE INDEX associations_by_report ON associations (report_id);

CREATE TABLE incidents (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    number BIGINT NOT NULL,             -- the number of the report that it was made from
    category TEXT NOT NULL,
    occurred_on TEXT NOT NULL,
    delete_on TEXT,
    sealed {bytes} NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (org_id, number)
);
CREATE INDEX incidents_by_day ON incidents (org_id, occurred_on);
CREATE INDEX incidents_by_end ON incidents (org_id, delete_on);

CREATE TABLE reports (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    incident_id {id} REFERENCES incidents (id), -- none until it is approved
    number BIGINT NOT NULL,             -- its reference, also after it was joined to another incident
    account_id {id} NOT NULL,           -- no foreign key: the report outlives the account (INC-3)
    member_id {id},
    state TEXT NOT NULL,                -- waiting, approved, rejected, removed
    submitted_at BIGINT NOT NULL,
    submitted_on TEXT NOT NULL,
    occurred_on TEXT NOT NULL,
    decided_at BIGINT,
    decided_by {id},
    erase_on TEXT,                      -- a rejected or removed report goes on this day
    ended_on TEXT,                      -- the day from which that is counted
    news TEXT,                          -- what its sender has not seen yet: approved, rejected, removed, named
    news_at BIGINT,
    sealed {bytes} NOT NULL,
    decision {bytes},                   -- the reason that the reporter sees
    UNIQUE (org_id, number)
);
CREATE INDEX reports_by_state ON reports (org_id, state, submitted_at);
CREATE INDEX reports_by_news ON reports (account_id, org_id, news_at, number) WHERE news IS NOT NULL;
CREATE INDEX reports_by_account ON reports (account_id, org_id, submitted_at);
CREATE INDEX reports_by_incident ON reports (incident_id);

CREATE TABLE people (
    id {id} PRIMARY KEY,
    report_id {id} NOT NULL REFERENCES reports (id),
    incident_id {id} REFERENCES incidents (id),
    slot BIGINT NOT NULL,               -- the {1} that stands for them in the incident's narrative
    state TEXT NOT NULL,                -- waiting, linked, left_out, gone
    proposed_id {id},                   -- whom the reporter took them for
    subject_id {id},
    sealed {bytes}                      -- what the reporter said of them; none once gone
);
CREATE INDEX people_by_incident ON people (incident_id, slot);
CREATE INDEX people_by_report ON people (report_id);
CREATE INDEX people_by_subject ON people (subject_id);
CREATE INDEX people_by_proposed ON people (proposed_id);

CREATE TABLE intelligence (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    subject_id {id} NOT NULL REFERENCES subjects (id),
    account_id {id} NOT NULL,
    state TEXT NOT NULL,                -- waiting, accepted, rejected
    sent_at BIGINT NOT NULL,
    decided_at BIGINT,
    decided_by {id},
    erase_on TEXT,                      -- a rejected one goes on this day, if the subject does not go before
    news TEXT,                          -- what its sender has not seen yet: accepted, rejected
    sealed {bytes} NOT NULL,            -- under the subject: name, how it is known, sender
    decision {bytes}                    -- the reason that the sender sees
);
CREATE INDEX intelligence_by_subject ON intelligence (subject_id);
CREATE INDEX intelligence_by_state ON intelligence (org_id, state, sent_at);
CREATE INDEX intelligence_by_account ON intelligence (account_id, org_id);

CREATE TABLE sightings (
    id {id} PRIMARY KEY,
    subject_id {id} NOT NULL REFERENCES subjects (id),
    account_id {id} NOT NULL,
    seen_at BIGINT NOT NULL,
    seen_on TEXT NOT NULL,
    sealed {bytes} NOT NULL,            -- under the subject: where, and who saw them
    UNIQUE (subject_id, account_id, seen_on)
);

CREATE TABLE picks (
    id {id} PRIMARY KEY,
    subject_id {id} NOT NULL REFERENCES subjects (id),
    member_id {id} NOT NULL REFERENCES members (id),
    picked_on TEXT NOT NULL,
    ends_on TEXT,                       -- the first day on which it no longer counts, where there is one
    sealed {bytes} NOT NULL,            -- under the subject: why this member
    UNIQUE (subject_id, member_id)
);
CREATE INDEX picks_by_end ON picks (ends_on);

CREATE TABLE pictures (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    owner_id {id} NOT NULL,             -- the draft, report or subject whose key seals it
    owner_kind TEXT NOT NULL,
    report_id {id},                     -- the report that it came with
    source_id {id},                     -- the report's picture of which a subject's is a copy
    position BIGINT NOT NULL,
    several BIGINT NOT NULL,            -- it shows more than one person, so it never becomes a subject's
    added_on TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    small TEXT NOT NULL,
    medium TEXT NOT NULL,
    large TEXT NOT NULL,
    width BIGINT NOT NULL,              -- of the large one
    height BIGINT NOT NULL,
    print {bytes} NOT NULL              -- what it looks like as a whole, sealed: to find it sent again
);
CREATE INDEX pictures_by_org ON pictures (org_id, id);
CREATE INDEX pictures_by_owner ON pictures (owner_id, position);
CREATE INDEX pictures_by_report ON pictures (report_id);
CREATE INDEX pictures_by_source ON pictures (source_id);

CREATE TABLE picture_people (
    picture_id {id} NOT NULL REFERENCES pictures (id),
    person_id {id} NOT NULL REFERENCES people (id),
    PRIMARY KEY (picture_id, person_id)
);
CREATE INDEX picture_people_by_person ON picture_people (person_id);

CREATE TABLE evidence (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    owner_id {id} NOT NULL,             -- the draft or report whose key seals it
    owner_kind TEXT NOT NULL,           -- draft, report
    position BIGINT NOT NULL,
    added_by {id} NOT NULL,             -- no foreign key: it outlives the account, as its report does
    added_at BIGINT NOT NULL,
    shared_at BIGINT,                   -- since when those see it whom the policy names
    file TEXT NOT NULL,
    sealed {bytes} NOT NULL             -- kind, name of the file, length, SHA-256
);
CREATE INDEX evidence_by_owner ON evidence (owner_id, position);
CREATE INDEX evidence_by_file ON evidence (file);

CREATE TABLE evidence_custody (
    evidence_id {id} NOT NULL REFERENCES evidence (id),
    position BIGINT NOT NULL,           -- of the entry in the organisation's audit chain
    PRIMARY KEY (evidence_id, position)
);

CREATE TABLE evidence_releases (
    id {id} PRIMARY KEY,
    evidence_id {id} NOT NULL REFERENCES evidence (id),
    viewer TEXT NOT NULL,               -- board
    ends_on TEXT NOT NULL,
    released_at BIGINT NOT NULL
);
CREATE INDEX evidence_releases_by_evidence ON evidence_releases (evidence_id);

CREATE TABLE blob_removals (
    name TEXT PRIMARY KEY,
    queued_at BIGINT NOT NULL
);

CREATE TABLE audit_heads (
    chain {id} PRIMARY KEY,
    position BIGINT NOT NULL,
    changed BIGINT NOT NULL,            -- the last entry that changed something about subjects, which caches follow
    moved BIGINT NOT NULL DEFAULT 0,    -- the last entry that can have moved a duty, which the calendar follows
    hash {bytes} NOT NULL
);

CREATE TABLE audit_entries (
    chain {id} NOT NULL REFERENCES audit_heads (chain),
    position BIGINT NOT NULL,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,                -- an account's id, or the job or console
    role TEXT NOT NULL,
    action TEXT NOT NULL,
    class TEXT NOT NULL,
    about {bytes} NOT NULL,             -- ids, sixteen bytes each
    request {id} NOT NULL,
    commitment {bytes},                 -- to the reason, which is sealed under its owner (AUD-2)
    hash {bytes} NOT NULL,
    PRIMARY KEY (chain, position)
);

CREATE TABLE audit_reasons (
    chain {id} NOT NULL,
    position BIGINT NOT NULL,
    owner_id {id} NOT NULL,
    sealed {bytes} NOT NULL,
    PRIMARY KEY (chain, position)
);
CREATE INDEX audit_reasons_by_owner ON audit_reasons (owner_id);

CREATE TABLE audit_signatures (
    chain {id} NOT NULL REFERENCES audit_heads (chain),
    position BIGINT NOT NULL,
    hash {bytes} NOT NULL,
    signed_at BIGINT NOT NULL,
    signature {bytes} NOT NULL,
    PRIMARY KEY (chain, position)
);

CREATE TABLE sweep_runs (
    id {id} PRIMARY KEY,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    state TEXT NOT NULL,                -- running, finished, stopped
    report TEXT NOT NULL                -- JSON of counts and ids alone
);

CREATE TABLE enquiries (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    purpose TEXT NOT NULL,              -- appeal, access, correction, complaint, other
    state TEXT NOT NULL,                -- waiting, answered
    received_at BIGINT NOT NULL,
    received_on TEXT NOT NULL,
    answer_by TEXT NOT NULL,
    answered_at BIGINT,
    answered_by {id},
    erase_on TEXT NOT NULL,
    sealed {bytes} NOT NULL             -- under itself: who writes, where to reach them, what, and the answer
);
CREATE INDEX enquiries_by_state ON enquiries (org_id, state, answer_by);
CREATE INDEX enquiries_by_end ON enquiries (org_id, erase_on);

CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder {id} NOT NULL,
    ends_at BIGINT NOT NULL
);

-- Changing the policy of a running scheme (POL-5).

CREATE TABLE policy_index (
    org_id {id} PRIMARY KEY REFERENCES orgs (id),
    version BIGINT NOT NULL,            -- the version by which stored days and stages are to be read
    is_done BIGINT NOT NULL             -- whether every record has been worked out by it
);

CREATE TABLE policy_changes (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    state TEXT NOT NULL,                -- draft, proposed, authorised, refused, withdrawn
    is_open BIGINT NOT NULL,            -- one at a time: until it was decided against, or is in force
    base_id {id} NOT NULL,              -- the version that it was written from
    version BIGINT,                     -- the version that it became
    author_id {id},                     -- none: the console; no foreign keys, as in the audit chain
    writers TEXT NOT NULL,              -- everybody who wrote at it, ids with spaces between: none of them agrees to it
    decided_by {id},
    effective_on TEXT,
    file_name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    proposed_at BIGINT,
    decided_at BIGINT,
    ended_on TEXT,                      -- the day on which it was refused or withdrawn
    sealed {bytes} NOT NULL,            -- under the change: text, reason, the reason against it
    tried_on TEXT,                      -- the day of its dry run
    tried_run {id},                     -- the run; another one begins from the beginning
    tried_at BIGINT,                    -- the position in the audit chain at which that began
    tried_after BIGINT,                 -- the number of the last subject that was looked at
    tried_total BIGINT,
    tried_done BIGINT NOT NULL,         -- whether it is whole
    tried TEXT NOT NULL                 -- JSON of counts and days alone
);
CREATE UNIQUE INDEX policy_changes_open ON policy_changes (org_id) WHERE is_open = 1;
CREATE INDEX policy_changes_by_org ON policy_changes (org_id, created_at);

CREATE TABLE policy_effects (
    change_id {id} NOT NULL REFERENCES policy_changes (id),
    subject_id {id} NOT NULL,           -- no foreign key: it says what would become of somebody, and goes with either
    effect TEXT NOT NULL,
    was_on TEXT,
    will_on TEXT,
    PRIMARY KEY (change_id, subject_id, effect)
);
CREATE INDEX policy_effects_by_effect ON policy_effects (change_id, effect, will_on, subject_id);
CREATE INDEX policy_effects_by_subject ON policy_effects (subject_id);

-- Warnings and exclusions. All of it is the subject's: sealed under its key, and gone with it at the latest.
CREATE TABLE proposals (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    subject_id {id} NOT NULL REFERENCES subjects (id),
    number BIGINT NOT NULL,             -- by which those who decide know it, who do not know of whom it is
    step TEXT NOT NULL,                 -- of the policy's tariff
    kind TEXT NOT NULL,                 -- warning, exclusion
    scope TEXT,                         -- scheme, some; none for a warning
    months BIGINT,
    state TEXT NOT NULL,                -- open, authorised, refused, lapsed, withdrawn
    policy_id {id} NOT NULL,            -- under which it was made
    votes_needed BIGINT NOT NULL,
    opened_on TEXT NOT NULL,
    closes_on TEXT NOT NULL,            -- the first day on which nobody can decide on it
    decided_on TEXT,
    decided_at BIGINT,                  -- what was reported later is new to the tariff
    proposed_by {id} NOT NULL,          -- no foreign key: it outlives the account
    sealed {bytes} NOT NULL,            -- necessity, proportionality, what happened, evidence named
    UNIQUE (org_id, number)
);
CREATE INDEX proposals_by_subject ON proposals (subject_id);
CREATE INDEX proposals_by_state ON proposals (org_id, state, closes_on);

CREATE TABLE proposal_premises (
    proposal_id {id} NOT NULL REFERENCES proposals (id),
    member_id {id} NOT NULL REFERENCES members (id),
    PRIMARY KEY (proposal_id, member_id)
);

CREATE TABLE proposal_votes (
    id {id} PRIMARY KEY,
    proposal_id {id} NOT NULL REFERENCES proposals (id),
    account_id {id} NOT NULL,
    choice TEXT NOT NULL,               -- authorise, refuse, abstain
    voted_at BIGINT NOT NULL,
    counted BIGINT NOT NULL DEFAULT 1,  -- 0 once decided, where whoever cast it had no vote then
    sealed {bytes} NOT NULL,            -- why, and by whom
    UNIQUE (proposal_id, account_id)
);

CREATE TABLE given_evidence (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    subject_id {id} NOT NULL REFERENCES subjects (id),
    account_id {id} NOT NULL,           -- of police or an agency, who have no part in deciding
    given_at BIGINT NOT NULL,
    given_on TEXT NOT NULL,
    sealed {bytes} NOT NULL             -- what they say, who they are, for whom they say it
);
CREATE INDEX given_evidence_by_subject ON given_evidence (subject_id);

CREATE TABLE exclusions (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    subject_id {id} NOT NULL REFERENCES subjects (id),
    proposal_id {id} NOT NULL,          -- no foreign key: votes may end before the exclusion does
    number BIGINT NOT NULL,             -- of that proposal
    scope TEXT NOT NULL,                -- scheme, some
    starts_on TEXT NOT NULL,
    ends_on TEXT NOT NULL,              -- the first day on which it is over: an index, the clock decides
    state TEXT NOT NULL,                -- in_force, expired, lifted, replaced, void
    ended_on TEXT,
    sealed {bytes} NOT NULL             -- rules and reason for the notice, what was changed since
);
CREATE INDEX exclusions_by_subject ON exclusions (subject_id);
CREATE INDEX exclusions_by_state ON exclusions (org_id, state, ends_on);

CREATE TABLE exclusion_premises (
    exclusion_id {id} NOT NULL REFERENCES exclusions (id),
    member_id {id} NOT NULL REFERENCES members (id),
    PRIMARY KEY (exclusion_id, member_id)
);

-- Letters to people. A letter has a key of its own, so that it can end before the person does, and go over whole where
-- two records become one; it is destroyed with the person at the latest.
CREATE TABLE letters (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    subject_id {id} NOT NULL REFERENCES subjects (id),
    kind TEXT NOT NULL,
    proposal_id {id},                   -- what it is about, each without a foreign key: they may end before it
    exclusion_id {id},
    appeal_id {id},
    lookup {bytes} UNIQUE,              -- keyed hash of the reference that it bears
    with_notice BIGINT NOT NULL,        -- the privacy notice is attached
    made_on TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    made_by {id},                       -- no foreign key: it outlives the account; none for the console
    ends_on TEXT NOT NULL,              -- then lookup, made_by, file and sealed go; what it was and when stays
    file TEXT,
    sealed {bytes}                      -- under its own key: reference, name, address, until when and from where
);
CREATE INDEX letters_by_subject ON letters (subject_id, made_at);
CREATE INDEX letters_by_org ON letters (org_id, ends_on);
CREATE INDEX letters_by_file ON letters (file);

CREATE TABLE service_attempts (
    id {id} PRIMARY KEY,
    letter_id {id} NOT NULL REFERENCES letters (id),
    how TEXT,                           -- by_hand, post, police_station, officer
    attempted_on TEXT NOT NULL,
    outcome TEXT NOT NULL,              -- served, failed, endeavoured
    recorded_at BIGINT NOT NULL,
    recorded_by {id},                   -- no foreign key: it outlives the account
    ends_on TEXT NOT NULL,              -- then how, recorded_by, file and sealed go; the day and the outcome stay
    file TEXT,                          -- a photograph or a signature
    sealed {bytes}                      -- under the letter's key: where, by whom, what happened
);
CREATE INDEX service_attempts_by_letter ON service_attempts (letter_id, attempted_on);
CREATE INDEX service_attempts_by_file ON service_attempts (file);

CREATE TABLE notice_exemptions (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    subject_id {id} NOT NULL REFERENCES subjects (id),
    ground TEXT NOT NULL,
    since_on TEXT NOT NULL,
    review_on TEXT NOT NULL,
    ended_on TEXT,
    sealed {bytes} NOT NULL             -- under the subject: the reason, and what each review found
);
CREATE INDEX notice_exemptions_by_subject ON notice_exemptions (subject_id);
CREATE INDEX notice_exemptions_by_org ON notice_exemptions (org_id);

CREATE TABLE appeals (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    subject_id {id} NOT NULL REFERENCES subjects (id),
    proposal_id {id} NOT NULL,          -- the decision; no foreign key: its record may end before
    exclusion_id {id},                  -- none for a warning
    number BIGINT NOT NULL,             -- of the proposal
    state TEXT NOT NULL,                -- open, decided, withdrawn
    outcome TEXT,                       -- upheld, shortened, narrowed, lifted
    received_on TEXT NOT NULL,
    decide_by TEXT NOT NULL,
    decided_on TEXT,
    decided_by {id},
    sealed {bytes} NOT NULL             -- under the subject: what they say, who they are, why it was decided so
);
CREATE INDEX appeals_by_subject ON appeals (subject_id);
CREATE INDEX appeals_by_state ON appeals (org_id, state, decide_by);

-- Notices (NOT-3).

CREATE TABLE notices_served (
    membership_id {id} NOT NULL REFERENCES memberships (id),
    notice TEXT NOT NULL,               -- which text
    version BIGINT NOT NULL,            -- of the policy from which it was written
    served_at BIGINT NOT NULL,
    PRIMARY KEY (membership_id, notice, version)
);

-- Mail: what goes out by e-mail, until it has. All instants are the machine's own clock's.

CREATE TABLE mails (
    id {id} PRIMARY KEY,
    owner_id {id} NOT NULL,             -- under whose key it is sealed; owners are of many kinds
    once {bytes} UNIQUE,                -- keyed hash of the name under which it is sent one time alone
    state TEXT NOT NULL,                -- waiting, sent, given_up
    queued_at BIGINT NOT NULL,
    next_at BIGINT NOT NULL,            -- not tried before
    tries BIGINT NOT NULL,
    unsure BIGINT NOT NULL,             -- tries of which nobody noted how they ended
    ended_at BIGINT,
    sealed {bytes}                      -- to whom and what; none once it was sent or given up
);
CREATE INDEX mails_by_next ON mails (state, next_at);
CREATE INDEX mails_by_owner ON mails (owner_id);

-- Joining: businesses that want to be members (MEM-1).

CREATE TABLE applications (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    state TEXT NOT NULL,                -- waiting, refused
    received_at BIGINT NOT NULL,
    received_on TEXT NOT NULL,
    decided_on TEXT,
    decided_by {id},
    erase_on TEXT NOT NULL,
    sealed {bytes} NOT NULL             -- under itself: the business, who acts for it, to what they agreed, why it was refused
);
CREATE INDEX applications_by_state ON applications (org_id, state, received_at);
CREATE INDEX applications_by_end ON applications (org_id, erase_on);

CREATE TABLE agreements (
    id {id} PRIMARY KEY,
    member_id {id} NOT NULL REFERENCES members (id),
    version BIGINT NOT NULL,            -- of the policy from which the texts that were shown are written
    agreed_at BIGINT NOT NULL,
    sealed {bytes} NOT NULL             -- under the member: who agreed for it, and from where
);
CREATE INDEX agreements_by_member ON agreements (member_id);

CREATE TABLE leavings (
    member_id {id} PRIMARY KEY REFERENCES members (id),
    org_id {id} NOT NULL REFERENCES orgs (id),
    asked_on TEXT NOT NULL,             -- the day on which the scheme learned that the member leaves
    confirmed_on TEXT,                  -- the day on which one of its own people said so
    asked_by {id}
);
CREATE INDEX leavings_by_org ON leavings (org_id);

-- Governing documents, and who has agreed to what (DOC-1, MEM-3).

CREATE TABLE governing_documents (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    kind TEXT NOT NULL,
    audience TEXT NOT NULL,             -- all, members, office: who reads it, and certifies where it asks for that
    withdrawn_on TEXT,
    created_at BIGINT NOT NULL,
    sealed {bytes} NOT NULL             -- under a key of its own: its title
);
CREATE INDEX governing_documents_by_org ON governing_documents (org_id);

CREATE TABLE document_versions (
    id {id} PRIMARY KEY,
    document_id {id} NOT NULL REFERENCES governing_documents (id),
    version BIGINT NOT NULL,
    effective_on TEXT NOT NULL,         -- the latest whose day has come is in force, as with policies
    asks BIGINT NOT NULL,               -- whether its readers certify again from that day
    author_id {id},
    created_at BIGINT NOT NULL,
    sealed {bytes} NOT NULL,            -- under the document: the text, what changed
    file {bytes},                       -- and the PDF, where it is one
    UNIQUE (document_id, version)
);

CREATE TABLE certifications (
    id {id} PRIMARY KEY,
    membership_id {id} NOT NULL REFERENCES memberships (id),
    document_id {id} REFERENCES governing_documents (id),   -- none: the members' notice
    version BIGINT NOT NULL,
    agreed_on TEXT NOT NULL,
    agreed_at BIGINT NOT NULL,
    sealed {bytes}                      -- under the membership: from which address; none at the console
);
CREATE INDEX certifications_by_membership ON certifications (membership_id);
CREATE INDEX certifications_by_document ON certifications (document_id);

-- What somebody has yet to agree to, from the day on which it asks. A view, since whoever looks for the session and
-- every door ask it in the same words.
CREATE VIEW certifications_owed AS
SELECT m.id AS membership_id, q.effective_on AS asked_on
FROM memberships m JOIN policies q ON q.org_id = m.org_id AND (q.certify = 1 OR q.version = 1)
WHERE NOT EXISTS (SELECT 1 FROM certifications c
    WHERE c.membership_id = m.id AND c.document_id IS NULL AND c.version >= q.version)
UNION ALL
SELECT m.id AS membership_id, v.effective_on AS asked_on
FROM memberships m JOIN governing_documents d ON d.org_id = m.org_id AND d.withdrawn_on IS NULL
    AND d.audience IN ('all', CASE WHEN m.role = 'member_user' THEN 'members' ELSE 'office' END)
JOIN document_versions v ON v.document_id = d.id AND v.asks = 1
WHERE NOT EXISTS (SELECT 1 FROM certifications c
    WHERE c.membership_id = m.id AND c.document_id = d.id AND c.version >= v.version);

-- Registers and reviews (DOC-2, DOC-3, POL-7).

CREATE TABLE register_entries (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    kind TEXT NOT NULL,                 -- processor, agreement, person, registration, revision, accreditation, certificate
    about TEXT NOT NULL,                -- what of the policy file, which is published; else its own id
    starts_on TEXT NOT NULL,
    expires_on TEXT,
    ended_on TEXT,
    created_at BIGINT NOT NULL,
    sealed {bytes} NOT NULL             -- under a key of its own: who, what for, how to reach them
);
CREATE INDEX register_entries_by_org ON register_entries (org_id, kind);

CREATE TABLE reviews (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    kind TEXT NOT NULL,                 -- notice, document, users, or the kind of an entry
    about TEXT NOT NULL,                -- which: the name of a text, an id, what of the policy file
    reviewed_on TEXT NOT NULL,
    reviewed_at BIGINT NOT NULL,
    account_id {id},
    sealed {bytes} NOT NULL             -- under a key of its own: what it found
);
CREATE INDEX reviews_by_org ON reviews (org_id, kind, about);

CREATE TABLE calendar_feeds (
    token {bytes} PRIMARY KEY,          -- keyed hash of what stands in the address
    membership_id {id} NOT NULL REFERENCES memberships (id),
    created_at BIGINT NOT NULL
);
CREATE INDEX calendar_feeds_by_membership ON calendar_feeds (membership_id);

CREATE TABLE reminders (
    membership_id {id} NOT NULL REFERENCES memberships (id),
    duty TEXT NOT NULL,                 -- its kind and key
    due_on TEXT NOT NULL,
    stage TEXT NOT NULL,                -- ahead, due, late: each once for a day
    PRIMARY KEY (membership_id, duty, due_on, stage)
);

-- Signing in: second factors and shared devices (SEC-2, INC-10); what people want of messages (MEM-2).

CREATE TABLE factors (
    id {id} PRIMARY KEY,
    account_id {id} NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL,                 -- codes, passkey
    lookup {bytes} UNIQUE,              -- of a passkey: keyed hash of its name, by which it is found
    last_step BIGINT,                   -- of one-time codes: this step and those before are used up
    created_at BIGINT NOT NULL,
    used_at BIGINT,
    sealed {bytes} NOT NULL             -- under the account: the secret or the key, and what its owner calls it
);
CREATE INDEX factors_by_account ON factors (account_id);

CREATE TABLE recovery_codes (
    lookup {bytes} PRIMARY KEY,         -- keyed hash of the account and the code
    account_id {id} NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX recovery_codes_by_account ON recovery_codes (account_id);

CREATE TABLE challenges (
    lookup {bytes} PRIMARY KEY,         -- keyed hash of what the page holds
    state TEXT NOT NULL,                -- what a passkey is to sign: random, and of nobody in particular
    expires_at BIGINT NOT NULL
);

CREATE TABLE devices (
    id {id} PRIMARY KEY,
    token {bytes} NOT NULL UNIQUE,      -- keyed hash of its cookie, which opens nothing but the list of names
    org_id {id} NOT NULL REFERENCES orgs (id),
    member_id {id} NOT NULL REFERENCES members (id),
    shows TEXT NOT NULL,                -- first_names, initials
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    ended_at BIGINT,
    sealed {bytes} NOT NULL             -- under the member: what its manager calls it
);
CREATE INDEX devices_by_member ON devices (member_id);

CREATE TABLE preferences (
    account_id {id} NOT NULL REFERENCES accounts (id),
    kind TEXT NOT NULL,                 -- of message
    wanted BIGINT NOT NULL,
    PRIMARY KEY (account_id, kind)
);

-- The yearly audit of what is old (RET-13).

CREATE TABLE old_audits (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    begun_on TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    before_on TEXT NOT NULL,            -- what is from before this day is old
    finished_on TEXT,
    finished_by {id},                   -- no foreign key: it outlives the account
    said TEXT NOT NULL,                 -- JSON of kinds, rules, days and counts: what it found, and proved
    sealed {bytes},                     -- under a key of its own: the conclusion
    file {bytes},                       -- likewise: the report as PDF
    hash TEXT,                          -- SHA-256 of the report
    signature {bytes},                  -- over the statement that names it
    signed_by {bytes}                   -- the public key by which that is checked
);
CREATE INDEX old_audits_by_org ON old_audits (org_id, begun_at);
CREATE UNIQUE INDEX old_audits_open ON old_audits (org_id) WHERE finished_on IS NULL;

CREATE TABLE old_audit_items (
    audit_id {id} NOT NULL REFERENCES old_audits (id),
    kind TEXT NOT NULL,
    record_id {id} NOT NULL,            -- no foreign key: that it is gone is what the next audit proves
    why TEXT NOT NULL,
    ground TEXT,                        -- on which it is kept, where a judgement keeps it
    sealed {bytes},                     -- under the record, or the person whom it is about: the reason in words
    PRIMARY KEY (audit_id, kind, record_id)
);

-- Rights about data, and breaches of it (SAR-1 to SAR-9, BRE-1 to BRE-4).

CREATE TABLE requests (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    asks TEXT NOT NULL,                 -- access, correction, erasure, restriction, objection, complaint
    origin TEXT NOT NULL,               -- site, email, paper, in_person, telephone
    state TEXT NOT NULL,                -- open, done
    received_on TEXT NOT NULL,          -- due days are worked out from it and from the steps
    received_at BIGINT NOT NULL,        -- when it was written down
    subject_id {id} REFERENCES subjects (id),   -- whose record it is about, once it is known who asks
    outcome TEXT,
    done_on TEXT,
    erase_on TEXT NOT NULL,
    sealed {bytes} NOT NULL             -- under itself: who asks, where to reach them, what, and the answer
);
CREATE INDEX requests_by_state ON requests (org_id, state);
CREATE INDEX requests_by_end ON requests (org_id, erase_on);
CREATE INDEX requests_by_subject ON requests (subject_id);

CREATE TABLE breaches (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    number BIGINT NOT NULL,
    state TEXT NOT NULL,                -- open, closed
    is_exercise BIGINT NOT NULL,
    is_personal BIGINT NOT NULL,
    aware_at BIGINT NOT NULL,           -- from when the hours count
    closed_on TEXT,
    erase_on TEXT,                      -- once it is closed
    recorded_at BIGINT NOT NULL,
    edition BIGINT NOT NULL,            -- how often it was changed, so that nobody writes over what they have not seen
    sealed {bytes} NOT NULL,            -- under itself: what the register says of it
    UNIQUE (org_id, number)
);
CREATE INDEX breaches_by_end ON breaches (org_id, erase_on);

CREATE TABLE steps (
    owner_id {id} NOT NULL,             -- a request or a breach
    position BIGINT NOT NULL,
    kind TEXT NOT NULL,
    yes BIGINT NOT NULL,
    happened_on TEXT NOT NULL,
    happened_at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    account_id {id},                    -- none: the program
    sealed {bytes} NOT NULL,            -- under the owner: in which words
    PRIMARY KEY (owner_id, position)
);

-- Conduct: breaches of the rules by members and their people, and members that are suspended (MEM-8).

CREATE TABLE conduct (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    kind TEXT NOT NULL,                 -- breach, user_suspended, user_let_in, user_removed, member_suspended, ...
    member_id {id} REFERENCES members (id),
    account_id {id},                    -- no foreign key: the reason outlives the account
    measure TEXT,                       -- of a breach: warning, training, suspension, removal
    happened_on TEXT NOT NULL,
    recorded_on TEXT NOT NULL,          -- from which the policy's period counts: its end is asked of the day
    recorded_at BIGINT NOT NULL,
    recorded_by {id},
    sealed {bytes} NOT NULL             -- under a key of its own: whom, which rule, what happened or why
);
CREATE INDEX conduct_by_org ON conduct (org_id, recorded_at);
CREATE INDEX conduct_by_member ON conduct (member_id);

CREATE TABLE member_suspensions (
    member_id {id} PRIMARY KEY REFERENCES members (id),
    org_id {id} NOT NULL REFERENCES orgs (id),
    record_id {id} NOT NULL,            -- which says why
    began_on TEXT NOT NULL,
    review_on TEXT NOT NULL,
    ends_on TEXT                        -- the first day on which it is over: compared wherever it is asked
);
CREATE INDEX member_suspensions_by_org ON member_suspensions (org_id);

-- Imports of members from a file (MEM-1): nothing of the file itself.

CREATE TABLE imports (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    taken_at BIGINT NOT NULL,
    taken_on TEXT NOT NULL,
    touched BIGINT NOT NULL DEFAULT 0   -- somebody of it was invited, so it is not taken back any more
);
CREATE INDEX imports_by_org ON imports (org_id, taken_at);

-- What the scheme tells its members, and whom of them it concerns (MEM-4).

CREATE TABLE member_groups (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    created_at BIGINT NOT NULL,
    sealed {bytes} NOT NULL             -- under a key of its own: what it is called
);
CREATE INDEX member_groups_by_org ON member_groups (org_id);

CREATE TABLE group_members (
    group_id {id} NOT NULL REFERENCES member_groups (id),
    member_id {id} NOT NULL REFERENCES members (id),
    PRIMARY KEY (group_id, member_id)
);
CREATE INDEX group_members_by_member ON group_members (member_id);

CREATE TABLE targets (
    about_id {id} NOT NULL,             -- a post, or a meeting
    kind TEXT NOT NULL,                 -- area, trade, group
    what TEXT NOT NULL,                 -- an id of the policy, a keyed hash of the trade, the id of a group
    PRIMARY KEY (about_id, kind, what)
);

CREATE TABLE posts (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    kind TEXT NOT NULL,                 -- news, alert, document, event
    radio BIGINT NOT NULL,              -- an alert that is read out: references alone (DIS-20)
    happens_on TEXT,                    -- of an event
    over_on TEXT NOT NULL,              -- the last day on which it is shown
    looked BIGINT NOT NULL,             -- whoever wrote it was told whether it names somebody: its title may leave
    published_at BIGINT NOT NULL,
    author_id {id},
    mail_after {id},                    -- of an alert: the last role to whom mail was queued; none when all are
    sealed {bytes} NOT NULL,            -- under a key of its own: title, text, place
    file {bytes}                        -- and the PDF, where it has one
);
CREATE INDEX posts_by_org ON posts (org_id, over_on);

CREATE TABLE post_reads (
    post_id {id} NOT NULL REFERENCES posts (id),
    membership_id {id} NOT NULL REFERENCES memberships (id),
    read_at BIGINT NOT NULL,
    PRIMARY KEY (post_id, membership_id)
);
CREATE INDEX post_reads_by_membership ON post_reads (membership_id);

CREATE TABLE digests (
    org_id {id} PRIMARY KEY REFERENCES orgs (id),
    through_on TEXT NOT NULL,           -- what was published before this day has been told
    week_on TEXT,                       -- the Monday of what is being told
    mail_after {id}                     -- and the last role to whom mail of it was queued; none when all are
);

-- Meetings and trainings (MEM-5).

CREATE TABLE meetings (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    kind TEXT NOT NULL,                 -- meeting, agm, training
    circle TEXT NOT NULL,               -- members (with targets) or office
    day TEXT NOT NULL,
    from_time TEXT NOT NULL,            -- in London
    to_time TEXT NOT NULL,
    valid_months BIGINT,                -- of a training: for so long it holds
    sequence BIGINT NOT NULL,           -- so many times it has changed
    cancelled BIGINT NOT NULL,
    leaves BIGINT NOT NULL,             -- title and place name nobody, and may stand in mail
    mail_after {id},                    -- the last role to whom mail was queued; none when all are
    created_at BIGINT NOT NULL,
    sealed {bytes} NOT NULL,            -- under a key of its own: title, place, agenda
    minutes {bytes},                    -- likewise: what was said
    file {bytes}                        -- or the PDF of that
);
CREATE INDEX meetings_by_org ON meetings (org_id, day);

CREATE TABLE meeting_answers (
    meeting_id {id} NOT NULL REFERENCES meetings (id),
    membership_id {id} NOT NULL REFERENCES memberships (id),
    coming TEXT NOT NULL,               -- yes, no
    answered_at BIGINT NOT NULL,
    PRIMARY KEY (meeting_id, membership_id)
);
CREATE INDEX meeting_answers_by_membership ON meeting_answers (membership_id);

CREATE TABLE meeting_attendance (
    meeting_id {id} NOT NULL REFERENCES meetings (id),
    membership_id {id} NOT NULL REFERENCES memberships (id),
    PRIMARY KEY (meeting_id, membership_id)
);
CREATE INDEX meeting_attendance_by_membership ON meeting_attendance (membership_id);

-- Exports of all data (SEC-6): that they were asked for, agreed to and fetched. The file itself is never kept.

CREATE TABLE exports (
    id {id} PRIMARY KEY,
    org_id {id} NOT NULL REFERENCES orgs (id),
    state TEXT NOT NULL,                -- asked, agreed, refused, withdrawn, fetched
    asked_by {id} NOT NULL,             -- no foreign key: it outlives the account
    asked_on TEXT NOT NULL,
    decided_by {id},
    decided_on TEXT,
    fetched_on TEXT,
    begun BIGINT NOT NULL DEFAULT 0,    -- how often somebody began to fetch it: from then on it may have left
    begun_at BIGINT,                    -- the last time
    sealed {bytes} NOT NULL             -- under a key of its own: why, to whom, in which country, why it was decided so
);
CREATE INDEX exports_by_org ON exports (org_id, asked_on);

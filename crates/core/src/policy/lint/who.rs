//! Who the scheme is, and with whom it deals.
use super::Report;
use crate::policy::{
    Policy, Viewer,
    category::Basis,
    scheme::{AccreditationStatus, Contact, Kind, SourceKind},
    text::Id,
};
use jiff::civil::Date;

pub(super) fn lint(policy: &Policy, today: Option<Date>, report: &mut Report<'_>) {
    contact("scheme.contact", &policy.scheme.contact, report);
    contact("controller.contact", &policy.controller.contact, report);
    registration(policy, today, report);
    accreditation(policy, today, report);
    sources(policy, report);
    recipients(policy, report);
    agreements(policy, today, report);
    bases(policy, report);
    others(policy, today, report);
}

fn contact(path: &str, contact: &Contact, report: &mut Report<'_>) {
    if contact.address.is_empty() {
        report.warning(path, "no postal address: fill in `address`, where letters and requests can be sent");
    }
    match &contact.email {
        None => report.warning(path, "no e-mail address: fill in `email`"),
        Some(email) if is_example(email) => {
            report.warning(&format!("{path}.email"), format!("`{email}` is an example: fill in your own"));
        }
        Some(_) => {}
    }
    if let Some(website) = contact.website.as_ref().filter(|website| is_example(website)) {
        report.warning(&format!("{path}.website"), format!("`{website}` is an example: fill in your own"));
    }
    for (index, number) in contact.telephone.iter().enumerate() {
        let digits: String = number.chars().filter(char::is_ascii_digit).collect();
        // The block that Ofcom keeps free for drama belongs to nobody.
        if digits.starts_with("01632960") {
            report.warning(
                &format!("{path}.telephone[{index}]"),
                format!("`{number}` is an example: fill in your own"),
            );
        }
    }
}

/// Whether a host is one of those that are kept free for examples (RFC 2606).
fn is_example(address: &str) -> bool {
    let host = address.rsplit(['@', '/']).find(|part| !part.is_empty()).unwrap_or_default();
    [".example", "example.com", "example.org", "example.net"].iter().any(|end| host.ends_with(end))
}

fn registration(policy: &Policy, today: Option<Date>, report: &mut Report<'_>) {
    match (&policy.registration.number, policy.registration.expires) {
        (None, _) => report.warning(
            "registration",
            "no registration with the Information Commissioner: fill in `number` and `expires`",
        ),
        (Some(_), None) => report.warning(
            "registration",
            "the day on which the registration runs out is not given: fill in `expires`, so that its renewal is a duty",
        ),
        (Some(_), Some(expires)) => {
            if today.is_some_and(|today| expires < today) {
                report.warning("registration.expires", format!("the registration ran out on {expires}"));
            }
        }
    }
}

fn accreditation(policy: &Policy, today: Option<Date>, report: &mut Report<'_>) {
    let accreditation = &policy.accreditation;
    match accreditation.status {
        AccreditationStatus::None => {
            if policy.recipient(Viewer::Police).is_some() {
                report.warning(
                    "accreditation.status",
                    "neither accredited nor working towards it: a force may share nothing with the scheme",
                );
            }
            if accreditation.expires.is_some() {
                report.error("accreditation.expires", "there is no accreditation that could run out");
            }
        }
        AccreditationStatus::Accredited | AccreditationStatus::WorkingTowards => {
            if accreditation.evidence.is_none() {
                report.warning("accreditation", "nothing shows the accreditation: fill in `evidence`");
            }
        }
    }
    if let Some(expires) = accreditation.expires.filter(|expires| today.is_some_and(|today| *expires < today))
    {
        report.warning("accreditation.expires", format!("the accreditation ran out on {expires}"));
    }
}

fn sources(policy: &Policy, report: &mut Report<'_>) {
    for (index, source) in policy.sources.iter().enumerate() {
        let path = format!("source[{index}]");
        let needed =
            matches!(source.kind, SourceKind::Police | SourceKind::Agency | SourceKind::NeighbouringScheme);
        agreement(policy, &path, needed, source.agreement.as_ref(), report);
        if policy.sources[..index].iter().any(|before| before.kind == source.kind) {
            report.error(&format!("{path}.kind"), "this kind of source stands here twice");
        }
    }
    if !policy.sources.iter().any(|source| source.kind == SourceKind::Member) {
        report.error("source", "members are no source: then nothing can be reported");
    }
}

fn recipients(policy: &Policy, report: &mut Report<'_>) {
    report.unique("recipient", ".viewer", policy.recipients.iter().map(|recipient| recipient.viewer));
    for (index, recipient) in policy.recipients.iter().enumerate() {
        let path = format!("recipient[{index}]");
        agreement(policy, &path, recipient.viewer.is_outside(), recipient.agreement.as_ref(), report);
        if recipient.viewer == Viewer::NeighbouringScheme && !recipient.evidence_of_activity {
            report.error(
                &format!("{path}.evidence_of_activity"),
                "a neighbouring scheme may be given data only on evidence that the person acts, or is likely to act, there (SHA-1)",
            );
        }
        if matches!(recipient.viewer, Viewer::Police | Viewer::Agency) && !recipient.reason_for_each_look {
            report.warning(
                &format!("{path}.reason_for_each_look"),
                format!("{} look at people without giving a reason", recipient.viewer),
            );
        }
    }
    if !policy.recipients.iter().any(|recipient| recipient.viewer == Viewer::Member) {
        report.error("recipient", "members are no recipients: then nobody can be in the gallery");
    }
}

fn agreement(policy: &Policy, path: &str, needed: bool, named: Option<&Id>, report: &mut Report<'_>) {
    match named {
        Some(id) if policy.agreement(id).is_none() => {
            report.error(&format!("{path}.agreement"), format!("there is no `[[agreement]]` with the id `{id}`"));
        }
        None if needed => report.error(
            path,
            "no agreement is named: fill in `agreement`; police, agencies and other schemes share only under one",
        ),
        _ => {}
    }
}

fn agreements(policy: &Policy, today: Option<Date>, report: &mut Report<'_>) {
    report.unique("agreement", ".id", policy.agreements.iter().map(|agreement| &agreement.id));
    for (index, agreement) in policy.agreements.iter().enumerate() {
        let path = format!("agreement[{index}]");
        let used = policy.sources.iter().filter_map(|source| source.agreement.as_ref());
        let used = used.chain(policy.recipients.iter().filter_map(|recipient| recipient.agreement.as_ref()));
        if !used.into_iter().any(|id| *id == agreement.id) {
            report.warning(&format!("{path}.id"), "no source and no recipient names this agreement");
        }
        match agreement.signed {
            None => report.warning(
                &path,
                format!("the day on which “{}” was signed is not given: fill in `signed`", agreement.name),
            ),
            Some(signed) => {
                if today.is_some_and(|today| signed > today) {
                    report.error(&format!("{path}.signed"), format!("{signed} is still to come"));
                }
                if agreement.ends.is_some_and(|ends| ends <= signed) {
                    report.error(&format!("{path}.ends"), "the agreement ends before it is signed");
                }
            }
        }
        if let Some(ends) = agreement.ends.filter(|ends| today.is_some_and(|today| *ends <= today)) {
            report.warning(&format!("{path}.ends"), format!("the agreement ended on {ends}"));
        }
    }
}

fn bases(policy: &Policy, report: &mut Report<'_>) {
    match policy.subjects.lawful_basis.basis {
        Basis::Consent => report.error(
            "subjects.lawful_basis",
            "nobody consents to being in the gallery, and consent could be withdrawn: name another basis",
        ),
        Basis::Contract => {
            report.error("subjects.lawful_basis", "there is no contract with people who are reported");
        }
        Basis::PublicTask => {
            report.warning("subjects.lawful_basis", "a scheme of businesses has, as a rule, no public task");
        }
        _ => {}
    }
    if policy.members.lawful_basis.basis == Basis::Consent {
        report.warning(
            "members.lawful_basis",
            "consent could be withdrawn at any time: the agreement with members is the firmer basis",
        );
    }
    if policy.members.special_category.is {
        report
            .error("members.special_category", "no special category data about members is processed (MEM-7)");
    }
    for (path, purposes) in
        [("subjects.purposes", &policy.subjects.purposes), ("members.purposes", &policy.members.purposes)]
    {
        if purposes.is_empty() {
            report.error(path, "no purpose is given: data held for nothing must not be held");
        }
    }
}

fn others(policy: &Policy, today: Option<Date>, report: &mut Report<'_>) {
    if policy.storage.outside_uk {
        report.warning(
            "storage.outside_uk",
            "data may leave the United Kingdom: name the safeguard in the notices (UK GDPR 44 to 49)",
        );
    }
    if policy.processors.is_empty() && policy.processors_unnamed.is_none() {
        report.warning(
            "storage",
            "no `[[processor]]` is named: fill in who hosts the system and sends its mail, if others do",
        );
    }
    if !policy.processors.is_empty() && policy.processors_unnamed.is_some() {
        report.error(
            "processors_unnamed",
            "companies are listed under `[[processor]]`: take away what stands for a list without any",
        );
    }
    if policy.scheme.kind == Kind::Generic {
        report.warning(
            "scheme.kind",
            "this is a pattern for a scheme that does not exist: fill in name, slug, prefix, area and contact, then set \"scheme\"",
        );
    }
    for (index, published) in policy.published.iter().enumerate() {
        if published.dated.is_some_and(|dated| today.is_some_and(|today| dated > today)) {
            report.error(&format!("published[{index}].dated"), "this day is still to come");
        }
    }
}

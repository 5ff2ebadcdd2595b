//! What people write from outside: one answer for whoever writes, and the controller's list (PUB-2, PUB-3).
use crate::{
    App,
    accounts::{forms, network, wait_sentence},
    error::{AppError, Check},
    governing::given,
    incidents::words::{self, is_within, tidy, too_long},
    mail, requests,
};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    enquiries::{
        AnswerEnquiry, Enquiry, EnquiryState, ListEnquiries, OneEnquiry, OpenEnquiry, Purpose, RemoveEnquiry,
    },
    gate::Ctx,
    ids::{EnquiryId, OrgId},
    scope::{InOrg, Scope},
    world::clear_code,
};
use fairwatch_store::{
    Tx,
    enquiries::{self, Receipt},
};
use std::net::IpAddr;

/// What the use cases give back, so that their callers need not know the store.
pub use fairwatch_store::enquiries::{Held, Matched};

/// What was typed into the public form, as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    /// What they write for: `appeal`, `access`, `correction`, `complaint` or `other`.
    pub purpose: String,
    /// The reference on a letter, or nothing.
    pub reference: String,
    /// Who writes.
    pub name: String,
    /// Where they can be reached.
    pub contact: String,
    /// What they write.
    pub message: String,
}

/// What a sender names what they wrote by. What is thrown away is answered with one, too.
#[must_use]
pub fn receipt(ctx: &Ctx) -> String {
    clear_code(ctx.randomness())
}

/// Looks over what was typed.
///
/// # Errors
/// [`AppError::Refused`] with all that is missing or too long.
pub fn check(typed: &Typed) -> Result<(Purpose, Enquiry), AppError> {
    let [reference, name, contact, message] = [&typed.reference, &typed.name, &typed.contact, &typed.message]
        .map(|text| tidy(text).trim().to_owned());
    let mut check = Check::default();
    let purpose = typed.purpose.parse::<Purpose>();
    check.want(purpose.is_ok(), "purpose", "Choose what you write for.");
    for (field, text, missing, what, most) in [
        ("name", &name, "Say who you are.", "Your name", words::LINE),
        (
            "contact",
            &contact,
            "Say how we can reach you, or we cannot answer.",
            "How we can reach you",
            words::PARAGRAPH,
        ),
        ("message", &message, "Say what you want to tell us.", "Your message", words::TEXT),
    ] {
        check.want(!text.is_empty(), field, missing);
        check.want(is_within(text, most), field, format!("{}.", too_long(what, most)));
    }
    check.want(is_within(&reference, 64), "reference", "Check the reference: it is shorter than this.");
    check.done()?;
    let Ok(purpose) = purpose else {
        return Err(AppError::in_field("purpose", "Choose what you write for."));
    };
    let enquiry = Enquiry {
        receipt: String::new(),
        reference,
        name,
        contact,
        message,
        answer: None,
        sent_to: None,
        is_known: false,
    };
    Ok((purpose, enquiry))
}

/// Receives what somebody wrote; where they use a right, it is a request with clocks of its own (SAR-1). Gives back the receipt by which they can name it. The answer is the same whatever
/// reference was typed (PUB-3).
///
/// # Errors
/// [`AppError::Refused`] where something is missing or too much was sent; [`AppError::Hidden`] where there is no such
/// organisation.
#[boxed]
pub async fn receive(
    app: &App,
    ctx: &Ctx,
    org: OrgId,
    typed: &Typed,
    address: IpAddr,
) -> Result<String, AppError> {
    let (purpose, enquiry) = check(typed)?;
    if let Some(right) = purpose.right() {
        let Enquiry { reference, name, contact, message, .. } = enquiry;
        let asked = requests::Typed { right: right.name().to_owned(), reference, name, contact, message };
        return requests::receive(app, ctx, org, &asked, address).await;
    }
    let enquiry = Enquiry { receipt: receipt(ctx), ..enquiry };
    let network = network(address);
    match enquiries::receive(&app.store, ctx, org, purpose, &network, &enquiry).await? {
        Receipt::Received(_) => Ok(enquiry.receipt),
        Receipt::Wait(wait) => Err(AppError::refused(wait_sentence(wait))),
        Receipt::Full => Err(AppError::refused(
            "This page cannot take more messages now. Please write to us by post or e-mail instead.",
        )),
    }
}

/// Everything that came and is kept, what waits first.
///
/// # Errors
/// The store's.
#[boxed]
pub async fn list(app: &App, ctx: &Ctx, org: OrgId) -> Result<Vec<Held>, AppError> {
    let list = app
        .store
        .read::<ListEnquiries, _>(ctx, InOrg(org), async |tx: &mut Tx<ListEnquiries>| {
            enquiries::list(tx).await
        })
        .await?;
    Ok(list)
}

/// One of them.
pub struct Opened {
    /// The organisation and its policy.
    pub scope: Scope,
    /// What they wrote.
    pub held: Held,
    /// The letter that bears the reference which they gave, where there is one: for the controller alone.
    pub matched: Option<Matched>,
}

/// Reads one of them.
///
/// # Errors
/// [`AppError::Hidden`] where there is none.
#[boxed]
pub async fn open(app: &App, ctx: &Ctx, id: EnquiryId) -> Result<Opened, AppError> {
    let opened = app
        .store
        .read::<OpenEnquiry, _>(ctx, OneEnquiry(id), async |tx: &mut Tx<OpenEnquiry>| {
            let (held, matched) = enquiries::open(tx).await?;
            Ok(Opened { scope: tx.permit().facts().scope.clone(), held, matched })
        })
        .await?;
    Ok(opened)
}

/// Where mail reaches whoever wrote, if they gave an address.
#[must_use]
pub fn mail_address(contact: &str) -> Option<String> {
    let mut words = contact.split(|c: char| c.is_whitespace() || ",;<>()".contains(c));
    words
        .find(|word| forms::is_email(word.trim_end_matches('.')))
        .map(|word| word.trim_end_matches('.').to_owned())
}

/// Whether an answer goes by mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// It does not.
    No,
    /// It does, to an address that nobody checked: only where it is about nobody's data.
    Unchecked,
    /// It does, and whoever answers knows that the address is theirs.
    Known,
}

impl From<bool> for Sending {
    fn from(sends: bool) -> Self {
        if sends { Self::Unchecked } else { Self::No }
    }
}

/// Records how one was answered, and with `send` sends the answer by mail to the address that they gave (PUB-2).
///
/// # Errors
/// [`AppError::Refused`] where nothing is said of it, or there is no address; [`AppError::Hidden`] where none waits.
pub async fn answer(
    app: &App,
    ctx: &Ctx,
    id: EnquiryId,
    how: &str,
    send: impl Into<Sending>,
) -> Result<(), AppError> {
    let send = send.into();
    let how = tidy(how).trim().to_owned();
    if how.is_empty() {
        return Err(AppError::in_field("how", "Say how it was answered, and what you answered."));
    }
    if !is_within(&how, words::TEXT) {
        return Err(AppError::in_field("how", format!("{}.", too_long("The answer", words::TEXT))));
    }
    let base = mail::base(app, ctx).await?;
    app.store
        .write::<AnswerEnquiry, _>(ctx, OneEnquiry(id), async move |tx: &mut Tx<AnswerEnquiry>| {
            let reach = format!("{base}/o/{}/contact", tx.permit().facts().scope.slug);
            // Anybody may write in anybody's name: what concerns somebody's data goes to whoever it is known to be.
            if send == Sending::Unchecked && tx.permit().facts().purpose != Purpose::Other {
                return Err(fairwatch_store::StoreError::refused(
                    "Say that you know that it is them, or do not send this by e-mail.",
                ));
            }
            let to = |enquiry: &Enquiry| mail_address(&enquiry.contact).filter(|_| send != Sending::No);
            enquiries::answer(tx, &how, to, send == Sending::Known, &reach).await
        })
        .await?;
    Ok(())
}

/// Deletes one before its time, as whoever wrote it asks (PUB-2). Of one that was answered it is said why: it is gone with
/// the answer, and the board sees that somebody saw to that (SEC-6).
///
/// # Errors
/// [`AppError::Refused`] at the field `reason`; [`AppError::Hidden`] where there is none.
#[boxed]
pub async fn remove(app: &App, ctx: &Ctx, id: EnquiryId, reason: &str) -> Result<(), AppError> {
    let said = given(reason);
    let remove =
        app.store.write::<RemoveEnquiry, _>(ctx, OneEnquiry(id), async move |tx: &mut Tx<RemoveEnquiry>| {
            let reason = match (tx.permit().facts().state, said) {
                (_, Ok(reason)) => Some(reason),
                (EnquiryState::Waiting, Err(_)) if reason.trim().is_empty() => None,
                (_, Err(_)) => {
                    let ask = "Say in 4,000 characters or fewer why it goes before its time.";
                    return Err(fairwatch_store::StoreError::RefusedAt("reason", ask.into()));
                }
            };
            enquiries::remove(tx, reason.as_deref()).await
        });
    Ok(remove.await?)
}

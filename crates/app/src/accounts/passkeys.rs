//! Passkeys: to sign in with, and as the second factor (SEC-2, WebAuthn).
//!
//! The relying party is the one base address of the installation. `webauthn_rs` makes what a key is asked and checks what it
//! signed; its challenges come from the machine's own source of randomness, which is the library's to choose. Each asks the
//! device to know its owner, by finger, face or PIN, so that a passkey is both factors at once.
use super::{
    Device, NewSession, Password, Proof,
    factors::counted_under,
    me, password_again,
    sign_in::{SignInRefused, network},
};
use crate::{App, error::AppError};
use async_recursion::async_recursion as boxed;
use fairwatch_core::{
    accounts::{ChangeFactors, OneAccount, ShowAccount},
    gate::Ctx,
    ids::AccountId,
};
use fairwatch_store::accounts::{
    self as store, Attempt, Attempted, Login, Token,
    factors::{self, Credential},
    passkeys::{self, NewPasskey, Question},
};
use serde_json::{Value, json};
use std::net::IpAddr;
use webauthn_rs::prelude::{
    DiscoverableAuthentication, Passkey, PasskeyAuthentication, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Webauthn, WebauthnBuilder,
};

/// What is said of a signature that is not right, whatever is wrong with it.
const UNKNOWN: &str = "This passkey could not be used here. Try again, or use your password.";
/// A passkey's name is cut at so many letters.
const LONGEST_NAME: usize = 40;

/// The relying party of a base address, and the origin at which browsers must stand. This very machine has a name for
/// it, since an address of numbers can be none.
fn party(base: &str) -> Result<(Webauthn, String), AppError> {
    let mut origin = Url::parse(base).map_err(AppError::internal)?;
    let loopback = origin.host_str().is_some_and(|host| {
        host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    });
    if loopback {
        origin.set_host(Some("localhost")).map_err(AppError::internal)?;
    }
    let name = origin.domain().map(str::to_owned).ok_or_else(|| {
        AppError::refused("Passkeys need a name for this installation; its address is one of numbers.")
    })?;
    let party = WebauthnBuilder::new(&name, &origin)
        .and_then(|builder| builder.rp_name("Fairwatch").build())
        .map_err(AppError::internal)?;
    Ok((party, origin.origin().ascii_serialization()))
}

/// What the page's script hands to the browser.
fn options(mut asked: Value, origin: &str) -> Value {
    // A passkey that the device can name by itself signs in without a name being typed.
    if let Some(selection) = asked.pointer_mut("/publicKey/authenticatorSelection") {
        selection["residentKey"] = json!("preferred");
        selection["requireResidentKey"] = json!(false);
    }
    json!({ "origin": origin, "publicKey": asked["publicKey"] })
}

fn text(state: &impl serde::Serialize) -> Result<String, AppError> {
    serde_json::to_string(state).map_err(AppError::internal)
}

fn read<T: serde::de::DeserializeOwned>(state: &str) -> Result<T, AppError> {
    serde_json::from_str(state).map_err(AppError::internal)
}

/// What came from a browser: foreign text.
fn signed<T: serde::de::DeserializeOwned>(typed: &str) -> Result<T, AppError> {
    serde_json::from_str(typed).map_err(|_| unknown())
}

fn unknown() -> AppError {
    AppError::refused(UNKNOWN)
}

fn parsed(credentials: &[Credential]) -> Result<Vec<Passkey>, AppError> {
    credentials.iter().map(|credential| read(&credential.passkey)).collect()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut all, byte| {
        let _ = write!(all, "{byte:02x}");
        all
    })
}

fn new(passkey: &Passkey, name: &str) -> Result<NewPasskey, AppError> {
    let name: String = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect::<String>();
    let name = if name.is_empty() { "Passkey".to_owned() } else { name };
    Ok(NewPasskey { name, credential: hex(passkey.cred_id()), passkey: text(passkey)? })
}

fn registration(
    base: &str,
    account: AccountId,
    login: &str,
    has: &[Credential],
) -> Result<(Value, String), AppError> {
    let (party, origin) = party(base)?;
    let has = parsed(has)?.iter().map(|passkey| passkey.cred_id().clone()).collect();
    let (asked, state) =
        party.start_passkey_registration(account.0, login, login, Some(has)).map_err(AppError::internal)?;
    let asked = serde_json::to_value(asked).map_err(AppError::internal)?;
    Ok((options(asked, &origin), text(&state)?))
}

fn registered(base: &str, state: &str, typed: &str) -> Result<Passkey, AppError> {
    let state: PasskeyRegistration = read(state)?;
    let answer: RegisterPublicKeyCredential = signed(typed)?;
    party(base)?.0.finish_passkey_registration(&answer, &state).map_err(|_| unknown())
}

/// What half a session asks a passkey: to be set up where there is no factor yet, otherwise to sign.
///
/// # Errors
/// [`AppError::Hidden`] where there is no half session.
#[boxed]
pub async fn ask_half(app: &App, ctx: &Ctx, base: &str, cookie: &str) -> Result<Value, AppError> {
    let token = Token::parse(cookie).ok_or(AppError::Hidden)?;
    let half = factors::half(&app.store, ctx, &token).await?.ok_or(AppError::Hidden)?;
    let has = passkeys::of_half(&app.store, ctx, &token).await?.ok_or(AppError::Hidden)?;
    let (asked, question, state) = if half.has_any() {
        let (party, origin) = party(base)?;
        let keys = parsed(&has)?;
        if keys.is_empty() {
            return Err(AppError::Hidden);
        }
        let (asked, state) = party.start_passkey_authentication(&keys).map_err(AppError::internal)?;
        let asked = serde_json::to_value(asked).map_err(AppError::internal)?;
        (options(asked, &origin), Question::Answer, text(&state)?)
    } else {
        let (asked, state) = registration(base, half.account, &half.login, &has)?;
        (asked, Question::Register, state)
    };
    if !passkeys::ask_half(&app.store, ctx, &token, question, state).await? {
        return Err(AppError::Hidden);
    }
    Ok(asked)
}

/// What a passkey answered to half a session, which it makes whole; with recovery codes where it was set up.
///
/// # Errors
/// [`SignInRefused`], whose words are for the user.
#[boxed]
pub async fn answer_half(
    app: &App,
    ctx: &Ctx,
    base: &str,
    cookie: &str,
    typed: &str,
    address: IpAddr,
) -> Result<(NewSession, Vec<String>), SignInRefused> {
    let token = Token::parse(cookie).ok_or(AppError::Hidden)?;
    let half = factors::half(&app.store, ctx, &token).await?.ok_or(AppError::Hidden)?;
    let (login, network) = (counted_under(half.account), network(address));
    let attempted = Attempted { login: &login, network: &network };
    if let Attempt::Wait(wait) = store::count_attempt(&app.store, ctx, attempted).await? {
        return Err(SignInRefused::Wait(wait));
    }
    let question = if half.has_any() { Question::Answer } else { Question::Register };
    let state = passkeys::asked_half(&app.store, ctx, &token, question).await?.ok_or_else(unknown)?;
    let done = if half.has_any() {
        let has = passkeys::of_half(&app.store, ctx, &token).await?.ok_or(AppError::Hidden)?;
        match answered(base, &state, typed, has) {
            Ok(credential) => {
                let given = passkeys::give_half(&app.store, ctx, &token, &credential).await?;
                given.map(|session| (session, Vec::new()))
            }
            Err(error) => return Err(refused(app, ctx, half.account, error).await),
        }
    } else {
        let passkey = match registered(base, &state, typed) {
            Ok(passkey) => passkey,
            Err(error) => return Err(refused(app, ctx, half.account, error).await),
        };
        passkeys::confirm_half(&app.store, ctx, &token, &new(&passkey, "")?).await?
    };
    let done = done.ok_or_else(unknown)?;
    store::password_was_right(&app.store, ctx, attempted).await?;
    Ok(done)
}

async fn refused(app: &App, ctx: &Ctx, account: AccountId, error: AppError) -> SignInRefused {
    match factors::refused(&app.store, ctx, account).await {
        Ok(()) => SignInRefused::Failed(error),
        Err(error) => error.into(),
    }
}

fn answered(base: &str, state: &str, typed: &str, has: Vec<Credential>) -> Result<Credential, AppError> {
    let state: PasskeyAuthentication = read(state)?;
    let answer: PublicKeyCredential = signed(typed)?;
    let result = party(base)?.0.finish_passkey_authentication(&answer, &state).map_err(|_| unknown())?;
    for credential in has {
        let mut passkey: Passkey = read(&credential.passkey)?;
        if passkey.update_credential(&result).is_some() {
            return Ok(Credential { passkey: text(&passkey)?, ..credential });
        }
    }
    Err(unknown())
}

/// What a passkey is asked by somebody who has typed nothing; with what the page holds to find it again.
///
/// # Errors
/// [`AppError::Refused`] where it was asked too often from here without an answer.
#[boxed]
pub async fn ask_anybody(app: &App, ctx: &Ctx, base: &str, address: IpAddr) -> Result<Value, AppError> {
    let (login, network) = anybody(address);
    let attempted = Attempted { login: &login, network: &network };
    if let Attempt::Wait(wait) = store::count_attempt(&app.store, ctx, attempted).await? {
        return Err(SignInRefused::Wait(wait).into());
    }
    let (party, origin) = party(base)?;
    let (asked, state) = party.start_discoverable_authentication().map_err(AppError::internal)?;
    let token = passkeys::ask_anybody(&app.store, ctx, &text(&state)?).await?;
    let asked = serde_json::to_value(asked).map_err(AppError::internal)?;
    let mut options = options(asked, &origin);
    options["question"] = json!(token.reveal());
    Ok(options)
}

/// Under what questions to passkeys are counted before anybody is known.
fn anybody(address: IpAddr) -> (Login, String) {
    let network = network(address);
    (Login::new(&format!("@passkey {network}")), network)
}

/// Signs in by a passkey alone: it is in somebody's hand, and the device has asked who holds it.
///
/// # Errors
/// [`SignInRefused`]: one answer for a key that is not known, a wrong signature and a suspended account.
#[boxed]
pub async fn sign_in(
    app: &App,
    ctx: &Ctx,
    base: &str,
    question: &str,
    typed: &str,
    browser: &str,
    address: IpAddr,
) -> Result<NewSession, SignInRefused> {
    let question = Token::parse(question).ok_or_else(unknown)?;
    let state = passkeys::asked_anybody(&app.store, ctx, &question).await?.ok_or_else(unknown)?;
    let state: DiscoverableAuthentication = read(&state)?;
    let answer: PublicKeyCredential = signed(typed)?;
    let (party, _) = party(base)?;
    let (account, name) = match party.identify_discoverable_authentication(&answer) {
        Ok((account, name)) => (AccountId(account), hex(name)),
        Err(_) => return Err(unknown().into()),
    };
    let found = passkeys::named(&app.store, ctx, &name).await?;
    let found = found.filter(|credential| credential.account == account);
    let signed = match found {
        Some(credential) => {
            let mut passkey: Passkey = read(&credential.passkey)?;
            let result = party.finish_discoverable_authentication_v2(&answer, state, &passkey);
            result.ok().and_then(|result| {
                passkey.update_credential(&result);
                text(&passkey).ok().map(|passkey| Credential { passkey, ..credential })
            })
        }
        None => None,
    };
    if let Some(signed) = signed
        && passkeys::signed_in(&app.store, ctx, &signed).await?
    {
        let device = Device::new(browser, &address.to_canonical().to_string());
        let (login, network) = anybody(address);
        let attempted = Attempted { login: &login, network: &network };
        let opened =
            store::open_session(&app.store, ctx, signed.account, Some(attempted), &device, Proof::Both)
                .await?;
        if let Some(session) = opened {
            return Ok(session);
        }
    }
    store::sign_in_refused(&app.store, ctx, None).await?;
    Err(unknown().into())
}

/// What a new passkey of somebody who is signed in is asked, once they have given their password again.
///
/// # Errors
/// [`AppError::Refused`] at the field `password`; [`AppError::Hidden`] for nobody.
#[boxed]
pub async fn ask_own(app: &App, ctx: &Ctx, base: &str, password: &Password) -> Result<Value, AppError> {
    let account = me(ctx)?;
    let profile = password_again(app, ctx, password).await?;
    let has = app
        .store
        .read::<ShowAccount, _>(ctx, OneAccount(account), async |tx| passkeys::own(tx).await)
        .await?;
    let login = profile.email.or(profile.user_name).unwrap_or(profile.name);
    let (asked, state) = registration(base, account, &login, &has)?;
    app.store
        .write::<ChangeFactors, _>(ctx, OneAccount(account), async move |tx| passkeys::ask(tx, state).await)
        .await?;
    Ok(asked)
}

/// Sets up a passkey of somebody who is signed in; with recovery codes where there were none.
///
/// # Errors
/// [`AppError::Refused`] where the answer will not do; [`AppError::Hidden`] for nobody.
#[boxed]
pub async fn confirm_own(
    app: &App,
    ctx: &Ctx,
    base: &str,
    name: &str,
    typed: &str,
) -> Result<Vec<String>, AppError> {
    let account = me(ctx)?;
    let asked =
        app.store.read::<ShowAccount, _>(ctx, OneAccount(account), async |tx| passkeys::asked(tx).await);
    let state = asked.await?.ok_or_else(unknown)?;
    let passkey = new(&registered(base, &state, typed)?, name)?;
    let confirm = app.store.write::<ChangeFactors, _>(ctx, OneAccount(account), async move |tx| {
        passkeys::confirm(tx, &state, &passkey).await
    });
    Ok(confirm.await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_2_the_relying_party_is_the_base_address() {
        let (_, origin) = party("https://watch.example").unwrap();
        assert_eq!(origin, "https://watch.example");
        let (_, origin) = party("http://127.0.0.1:8787").unwrap();
        assert_eq!(origin, "http://localhost:8787", "no browser takes an address of numbers");
        assert!(party("https://192.0.2.7").is_err());
    }

    #[test]
    fn what_is_no_answer_is_refused_in_words() {
        let error = signed::<PublicKeyCredential>("{").map(|_| ()).unwrap_err();
        assert_eq!(error.to_string(), UNKNOWN);
    }
}

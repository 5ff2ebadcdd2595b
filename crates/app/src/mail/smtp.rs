//! Handing mail to a server by SMTP.
//!
//! Of what the server answers only the code is kept: its words often repeat the address.
use super::{Carrier, Handed, Letter};
use crate::error::AppError;
use lettre::{
    Address, Message,
    message::{
        Attachment, Mailbox, MultiPart, SinglePart,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{
        Error,
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Certificate, TlsParameters},
        commands::{self, Data, Rcpt},
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
    },
};
use std::{
    fmt,
    future::Future,
    net::IpAddr,
    pin::Pin,
    time::{Duration, SystemTime},
};

/// How the way to the server is kept from others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encryption {
    /// The connection is encrypted before anything is said, or nothing is said.
    #[default]
    StartTls,
    /// It is encrypted from the first byte.
    Tls,
    /// It is not: for a server on this very machine.
    None,
}

/// Where mail goes.
#[derive(Clone)]
pub struct SmtpSettings {
    /// The server.
    pub host: String,
    /// Its port; the usual one for the encryption where none is given.
    pub port: Option<u16>,
    /// How the way to it is encrypted.
    pub encryption: Encryption,
    /// Name and password, where it asks for them.
    pub login: Option<(String, String)>,
    /// From whom mail comes, such as `Northgate <watch@northgate.example>`.
    pub from: String,
    /// The certificate of an authority of one's own, as PEM, beside those that browsers know.
    pub authority: Option<Vec<u8>>,
}

/// Hands mail to a server.
pub struct Smtp {
    server: (String, u16),
    way: Way,
    hello: ClientId,
    login: Option<Credentials>,
    from: Mailbox,
}

/// How the way is encrypted, with what that needs.
enum Way {
    Plain,
    StartTls(TlsParameters),
    Tls(TlsParameters),
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Smtp")
    }
}

/// For so long the server may say nothing, before it has the text of a mail.
const PATIENCE: Duration = Duration::from_secs(60);
/// For so long once it has: whoever gives up sooner sends twice what was taken (RFC 5321, 4.5.3.2.6).
const PATIENCE_FOR_TEXT: Duration = Duration::from_secs(600);

/// For so long it may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(5);

/// How far handing over came. Before the last line of the text was sent nothing can have been taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The way to it, and being let in.
    Way,
    /// Saying from whom, and what is about to come.
    Words,
    /// Saying to whom.
    Recipient,
    /// The text.
    Text,
}

/// Where it ended, and with what; with nothing where nobody answered in time.
struct Failure {
    at: Stage,
    error: Option<Error>,
}

async fn step<T>(
    at: Stage,
    patience: Duration,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Failure> {
    match tokio::time::timeout(patience, work).await {
        Ok(done) => done.map_err(|error| Failure { at, error: Some(error) }),
        Err(_) => Err(Failure { at, error: None }),
    }
}

impl Smtp {
    /// A way to a server. Nothing is connected yet.
    ///
    /// # Errors
    /// [`AppError::Setup`] with a sentence for the operator.
    pub fn new(settings: SmtpSettings) -> Result<Self, AppError> {
        let wrong = |sentence: &str| AppError::Setup(format!("mail: {sentence}"));
        let from: Mailbox = settings.from.parse().map_err(|_| {
            wrong("`from` is no address; write it like \"Northgate <watch@northgate.example>\"")
        })?;
        if settings.encryption == Encryption::None && !is_here(&settings.host) {
            return Err(wrong(
                "links and passwords would cross the network for all to read; `tls = \"none\"` is for a server on this machine",
            ));
        }
        let tls = || {
            let mut tls = TlsParameters::builder(settings.host.clone());
            if let Some(pem) = &settings.authority {
                let certificate = Certificate::from_pem(pem)
                    .map_err(|_| wrong("the authority's certificate is not PEM"))?;
                tls = tls.add_root_certificate(certificate);
            }
            tls.build_rustls().map_err(|_| wrong("`host` is no name that a certificate could bear"))
        };
        let (way, port) = match settings.encryption {
            Encryption::StartTls => (Way::StartTls(tls()?), 587),
            Encryption::Tls => (Way::Tls(tls()?), 465),
            Encryption::None => (Way::Plain, 25),
        };
        // The name of this machine is nobody's business.
        let hello = ClientId::Domain(from.email.domain().to_owned());
        let server = (settings.host, settings.port.unwrap_or(port));
        let login = settings.login.map(|(name, password)| Credentials::new(name, password));
        Ok(Self { server, way, hello, login, from })
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let at_once = match &self.way {
            Way::Tls(tls) => Some(tls.clone()),
            Way::Plain | Way::StartTls(_) => None,
        };
        let server = (&*self.server.0, self.server.1);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(server, Some(PATIENCE), &self.hello, at_once, None).await?;
        if let Way::StartTls(tls) = &self.way {
            // An error where the server cannot: nothing is said in the clear.
            connection.starttls(tls.clone(), &self.hello).await?;
        }
        if let Some(login) = &self.login {
            connection.auth(DEFAULT_MECHANISMS, login).await?;
        }
        Ok(connection)
    }

    /// Hands a message over, step by step, since what an error means depends on where it happened.
    async fn hand(&self, message: &Message) -> Result<(), Failure> {
        let (envelope, text) = (message.envelope(), message.formatted());
        let mut connection = step(Stage::Way, PATIENCE, self.connect()).await?;
        let mut asks = Vec::new();
        let mut addresses = envelope.to().iter().chain(envelope.from());
        if addresses.any(|address| !AsRef::<str>::as_ref(address).is_ascii()) {
            asks.push(MailParameter::SmtpUtfEight);
        }
        if !text.is_ascii() && connection.server_info().supports_feature(Extension::EightBitMime) {
            asks.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let handed = async {
            let from = commands::Mail::new(envelope.from().cloned(), asks);
            step(Stage::Words, PATIENCE, connection.command(from)).await?;
            for to in envelope.to() {
                let to = Rcpt::new(to.clone(), Vec::new());
                step(Stage::Recipient, PATIENCE, connection.command(to)).await?;
            }
            step(Stage::Words, PATIENCE, connection.command(Data)).await?;
            step(Stage::Text, PATIENCE_FOR_TEXT, connection.message(&text)).await
        }
        .await;
        // What it says to a goodbye changes nothing.
        let _ = tokio::time::timeout(GOODBYE, connection.quit()).await;
        handed.map(drop)
    }

    async fn send(&self, letter: Letter<'_>) -> Handed {
        let message = match self.message(letter) {
            Ok(message) => message,
            Err(what) => return Handed::Never(what.to_owned()),
        };
        match self.hand(&message).await {
            Ok(()) => Handed::Taken,
            Err(failure) => judged(&failure),
        }
    }

    fn message(&self, letter: Letter<'_>) -> Result<Message, &'static str> {
        let to: Address = letter.mail.to.parse().map_err(|_| "it is addressed to no address")?;
        let id = format!("<{}@{}>", letter.id, self.from.email.domain());
        // Answers of machines that are on holiday go nowhere.
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let begun = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&*letter.mail.subject)
            .date(SystemTime::from(letter.at))
            .message_id(Some(id));
        let text = letter.mail.text.clone();
        let written = match letter.calendar {
            None => begun.header(ContentType::TEXT_PLAIN).body(text),
            Some(calendar) => {
                let kind = ContentType::parse("text/calendar; charset=utf-8")
                    .map_err(|_| "it cannot be written as mail")?;
                let appointment = Attachment::new("meeting.ics".to_owned()).body(calendar.to_owned(), kind);
                begun
                    .multipart(MultiPart::mixed().singlepart(SinglePart::plain(text)).singlepart(appointment))
            }
        };
        let mut message = written.map_err(|_| "it cannot be written as mail")?;
        message.headers_mut().insert_raw(HeaderValue::new(automatic, "auto-generated".into()));
        Ok(message)
    }

    /// Sends one message now and says what became of it, in the server's own words: for the operator, who typed the
    /// address.
    ///
    /// # Errors
    /// [`AppError::Setup`] with what the server, or the way to it, said.
    pub async fn try_out(&self, letter: Letter<'_>) -> Result<(), AppError> {
        let message = self.message(letter).map_err(|what| AppError::Setup(format!("the mail: {what}")))?;
        self.hand(&message).await.map_err(|failure| {
            let Some(error) = failure.error else {
                return AppError::Setup("the mail server did not answer in time".to_owned());
            };
            let mut words = error.to_string();
            let mut cause = std::error::Error::source(&error);
            while let Some(source) = cause {
                words = format!("{words}: {source}");
                cause = source.source();
            }
            AppError::Setup(format!("the mail server did not take it: {words}"))
        })
    }
}

impl Carrier for Smtp {
    fn carry<'a>(&'a self, letter: Letter<'a>) -> Pin<Box<dyn Future<Output = Handed> + Send + 'a>> {
        Box::pin(self.send(letter))
    }
}

/// What an answer means. That we are not let in, or not as this sender, is a matter of settings and says nothing of the
/// address: nothing is lost for it. Where the text was sent and no answer came, nobody knows.
fn judged(Failure { at, error }: &Failure) -> Handed {
    let code = error.as_ref().and_then(Error::status);
    let (Some(error), Some(code)) = (error, code) else {
        let why = match error {
            Some(error) if error.is_tls() => "the way to it cannot be encrypted",
            Some(_) => "it cannot be reached, or hung up",
            None => "it does not answer in time",
        };
        return match at {
            Stage::Text => Handed::Unknown(why.to_owned()),
            Stage::Way | Stage::Words | Stage::Recipient => Handed::Nobody(why.to_owned()),
        };
    };
    let said = format!("it answered {code}");
    match u16::from(code) {
        421 | 454 | 530 | 534 | 535 | 538 => Handed::Nobody(said),
        _ if *at == Stage::Way => Handed::Nobody(said),
        code if code >= 500 && *at == Stage::Recipient && is_of_recipient(code, error) => Handed::Never(said),
        _ => Handed::NotNow(said),
    }
}

/// Whether a refusal says that there is no such address: by its enhanced status where it bears one (RFC 3463), which tells
/// that from a sender who may not relay, and otherwise by the code.
fn is_of_recipient(code: u16, error: &Error) -> bool {
    let words = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
    let status = words.split_whitespace().next().unwrap_or_default();
    if status.starts_with("5.") && status.split('.').count() == 3 {
        // Of 5.1, 7 and 8 are about the address of the sender.
        return status.starts_with("5.1.") && !matches!(status, "5.1.7" | "5.1.8");
    }
    matches!(code, 550 | 551 | 553)
}

fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

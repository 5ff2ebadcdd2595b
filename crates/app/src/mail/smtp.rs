//! Handing mail to a server by SMTP.
//!
//! Of what the server answers only the code is kept: its words often repeat the address.
use super::{Carrier, Handed, Letter};
use crate::error::AppError;
use lettre::{
    Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
    transport::smtp::{
        Error,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
        extension::ClientId,
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
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Smtp")
    }
}

/// For so long the server may say nothing.
const PATIENCE: Duration = Duration::from_secs(20);

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
        let (tls, port) = match settings.encryption {
            Encryption::StartTls => (Tls::Required(tls()?), 587),
            Encryption::Tls => (Tls::Wrapper(tls()?), 465),
            Encryption::None => (Tls::None, 25),
        };
        // The name of this machine is nobody's business.
        let hello = ClientId::Domain(from.email.domain().to_owned());
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
            .port(settings.port.unwrap_or(port))
            .tls(tls)
            .hello_name(hello)
            .timeout(Some(PATIENCE));
        if let Some((name, password)) = settings.login {
            builder = builder.credentials(Credentials::new(name, password));
        }
        Ok(Self { transport: builder.build(), from })
    }

    async fn send(&self, letter: Letter<'_>) -> Handed {
        let message = match self.message(letter) {
            Ok(message) => message,
            Err(what) => return Handed::Never(what.to_owned()),
        };
        match self.transport.send(message).await {
            Ok(_) => Handed::Taken,
            Err(error) => judged(&error),
        }
    }

    fn message(&self, letter: Letter<'_>) -> Result<Message, &'static str> {
        let to: Address = letter.mail.to.parse().map_err(|_| "it is addressed to no address")?;
        let id = format!("<{}@{}>", letter.id, self.from.email.domain());
        // Answers of machines that are on holiday go nowhere.
        let automatic = HeaderName::new_from_ascii_str("Auto-Submitted");
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&*letter.mail.subject)
            .date(SystemTime::from(letter.at))
            .message_id(Some(id))
            .header(ContentType::TEXT_PLAIN)
            .body(letter.mail.text.clone())
            .map_err(|_| "it cannot be written as mail")?;
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
        self.transport.send(message).await.map(drop).map_err(|error| {
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
/// address: nothing is lost for it.
fn judged(error: &Error) -> Handed {
    let Some(code) = error.status() else {
        return Handed::Nobody(if error.is_tls() {
            "the way to it cannot be encrypted".to_owned()
        } else if error.is_timeout() {
            "it does not answer in time".to_owned()
        } else {
            "it cannot be reached, or hung up".to_owned()
        });
    };
    let said = format!("it answered {code}");
    match u16::from(code) {
        421 | 454 | 530 | 534 | 535 | 538 => Handed::Nobody(said),
        code if code >= 500 => Handed::Never(said),
        _ => Handed::NotNow(said),
    }
}

fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

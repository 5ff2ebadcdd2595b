//! The settings of an installation: what is neither where it lies nor what a scheme's policy says.
use crate::commands::Failure;
use fairwatch_app::mail::{Encryption, Smtp, SmtpSettings};
use serde::Deserialize;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// `fairwatch.toml`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// How mail is sent; none is without.
    pub(crate) mail: Option<Mail>,
}

/// `[mail]`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mail {
    /// The server that takes it.
    host: String,
    /// Its port: 587, 465 or 25 by `tls`, unless another is given.
    port: Option<u16>,
    /// How the way there is encrypted: `starttls` unless said otherwise.
    #[serde(default)]
    tls: Secured,
    /// As whom the server knows us.
    user: Option<String>,
    /// A file that holds the password, and nothing else.
    password_file: Option<PathBuf>,
    /// From whom mail comes.
    from: String,
    /// The certificate of one's own authority, as PEM.
    authority_file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Secured {
    #[default]
    StartTls,
    Tls,
    None,
}

impl Settings {
    pub(crate) fn read(file: &Path) -> Result<Self, Failure> {
        let name = file.display();
        let text = fs::read_to_string(file)
            .map_err(|error| Failure::new(format!("the settings {name} cannot be read: {error}")))?;
        let mut settings: Self = toml::from_str(&text).map_err(|error| {
            // One line, by place and reason; what stands there is not repeated.
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let reason = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
            Failure::new(format!("the settings {name} are wrong in line {line}: {reason}"))
        })?;
        // Files are named from where the settings are.
        let beside = file.parent().unwrap_or(Path::new("."));
        if let Some(mail) = &mut settings.mail {
            for named in [&mut mail.password_file, &mut mail.authority_file].into_iter().flatten() {
                *named = beside.join(&named);
            }
        }
        Ok(settings)
    }
}

impl Mail {
    /// What carries mail as these settings say.
    pub(crate) fn carrier(&self) -> Result<Smtp, Failure> {
        let login = match (&self.user, &self.password_file) {
            (Some(user), Some(file)) => {
                let password = String::from_utf8(read(file)?)
                    .map_err(|_| Failure::new(format!("{} holds no text", file.display())))?;
                Some((user.clone(), password.trim_end_matches(['\r', '\n']).to_owned()))
            }
            (None, None) => None,
            _ => return Err(Failure::new("mail: `user` and `password_file` go together")),
        };
        let settings = SmtpSettings {
            host: self.host.clone(),
            port: self.port,
            encryption: match self.tls {
                Secured::StartTls => Encryption::StartTls,
                Secured::Tls => Encryption::Tls,
                Secured::None => Encryption::None,
            },
            login,
            from: self.from.clone(),
            authority: self.authority_file.as_deref().map(read).transpose()?,
        };
        Ok(Smtp::new(settings)?)
    }
}

fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(file).map_err(|error| Failure::new(format!("{} cannot be read: {error}", file.display())))
}

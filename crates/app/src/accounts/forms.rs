//! What a person types about a person, checked.
use crate::error::{AppError, Check};
use fairwatch_core::{
    accounts::{Business, Profile},
    gate::Role,
    ids::MemberId,
};
use fairwatch_store::accounts::{Invitation, Login};
use unicode_normalization::UnicodeNormalization as _;

/// The longest e-mail address that mail carries.
const LONGEST_LOGIN: usize = 254;
pub(super) const LONGEST_NAME: usize = 120;

/// A login in the form under which it is found.
pub(super) fn login(text: &str) -> Login {
    Login::new(&text.trim().chars().take(LONGEST_LOGIN + 1).nfkc().collect::<String>())
}

/// Who is to be given a role, as it was typed. An empty string is as good as nothing.
#[derive(Clone, Default)]
pub struct NewUser {
    /// Their name, as colleagues know it.
    pub name: String,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// What they type instead of an e-mail address (INC-10).
    pub user_name: Option<String>,
    /// The role; a member user where none is given.
    pub role: Option<Role>,
    /// The business, for a member user.
    pub member: Option<MemberId>,
}

impl NewUser {
    /// Who is meant and what as, in one form, if it will do.
    ///
    /// # Errors
    /// As [`NewUser::profile`].
    pub(super) fn invitation(&self) -> Result<Invitation, AppError> {
        let role = self.role.unwrap_or(Role::MemberUser);
        Ok(Invitation { profile: self.profile()?, role, member: self.member })
    }

    /// The profile, in one form, if it will do.
    ///
    /// # Errors
    /// [`AppError::Refused`] at the fields `name`, `email` and `user_name`.
    pub(crate) fn profile(&self) -> Result<Profile, AppError> {
        let name = tidy(&self.name);
        let email = given(self.email.as_deref());
        let user_name = given(self.user_name.as_deref()).map(|text| login(&text).as_str().to_owned());
        let mut check = Check::default();
        check.want(!name.is_empty(), "name", "Give their name.");
        check.want(name.chars().count() <= LONGEST_NAME, "name", "This name is too long.");
        match (&email, &user_name) {
            (None, None) => {
                check.wrong("email", "Give an e-mail address or a user name: they need one to sign in.");
            }
            (Some(email), _) if !is_email(email) => {
                check.wrong("email", "This is not an e-mail address. Write it like name@example.com.");
            }
            (_, Some(user_name)) if !is_user_name(user_name) => check.wrong(
                "user_name",
                "A user name has 3 to 40 letters, digits, dots and hyphens, and begins with a letter.",
            ),
            _ => {}
        }
        check.done()?;
        Ok(Profile { name, email, user_name })
    }
}

/// A business, tidied, if it will do.
///
/// # Errors
/// [`AppError::Refused`] at the field `name` or `premises`.
pub(crate) fn business(typed: &Business) -> Result<Business, AppError> {
    let tidied = Business {
        name: tidy(&typed.name),
        premises: tidy(&typed.premises),
        area: tidy(&typed.area),
        trade: tidy(&typed.trade),
    };
    let mut check = Check::default();
    check.want(!tidied.name.is_empty(), "name", "Give the name over the door.");
    for (field, text) in [
        ("name", &tidied.name),
        ("premises", &tidied.premises),
        ("area", &tidied.area),
        ("trade", &tidied.trade),
    ] {
        check.want(text.chars().count() <= LONGEST_NAME, field, "This is too long.");
    }
    check.done()?;
    Ok(tidied)
}

pub(super) fn given(text: Option<&str>) -> Option<String> {
    text.map(tidy).filter(|text| !text.is_empty())
}

/// In one Unicode form, without control characters and doubled spaces.
pub(crate) fn tidy(text: &str) -> String {
    let text: String = text.nfkc().map(|c| if c.is_control() { ' ' } else { c }).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

pub(crate) fn is_email(text: &str) -> bool {
    text.len() <= LONGEST_LOGIN
        && !text.contains(char::is_whitespace)
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty()
                && !domain.contains('@')
                && domain.split('.').count() > 1
                && domain.split('.').all(|label| !label.is_empty())
        })
}

/// Never with an @, so that no user name can pass for an e-mail address.
fn is_user_name(text: &str) -> bool {
    (3..=40).contains(&text.chars().count())
        && text.starts_with(char::is_alphabetic)
        && text.chars().all(|c| c.is_alphanumeric() || c == '.' || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str, email: &str, user_name: &str) -> NewUser {
        NewUser {
            name: name.into(),
            email: Some(email.into()),
            user_name: Some(user_name.into()),
            ..NewUser::default()
        }
    }

    #[test]
    fn inc_10_a_user_name_serves_where_there_is_no_e_mail_address() {
        let profile = user(" Pat\u{a0} of\tthe till ", "", "Corner-Till.1").profile().unwrap();
        assert_eq!(profile.name, "Pat of the till");
        assert_eq!((profile.email, profile.user_name.as_deref()), (None, Some("corner-till.1")));
    }

    #[test]
    fn what_cannot_be_signed_in_with_is_refused_in_words() {
        for (form, field) in [
            (user("", "pat@corner.example", ""), "name"),
            (user("Pat", "", ""), "email"),
            (user("Pat", "pat@corner", ""), "email"),
            (user("Pat", "pat corner@b.example", ""), "email"),
            (user("Pat", "", "pat@corner.example"), "user_name"),
            (user("Pat", "", "1till"), "user_name"),
        ] {
            let Err(AppError::Refused(problems)) = form.profile() else { panic!("{field} is refused") };
            assert!(problems.of(field).is_some(), "{field}: {problems}");
        }
    }

    #[test]
    fn one_login_has_one_form() {
        // Full-width letters, capitals and spaces around.
        assert_eq!(login(" \u{ff30}at@Corner.Example ").as_str(), "pat@corner.example");
    }
}

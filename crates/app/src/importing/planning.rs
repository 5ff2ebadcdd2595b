//! What the rows of a file would bring, beside what the scheme has already: a pure function, asked for the preview and
//! again when the file is taken.
use crate::{
    accounts::{NewUser, forms},
    error::AppError,
};
use fairwatch_core::accounts::{Business, Profile};
use fairwatch_store::{
    accounts::Login,
    importing::{Known, NewMember},
};
use std::collections::{BTreeMap, HashMap};

/// What is wrong with a line, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line or row of the file.
    pub line: usize,
    /// In words.
    pub sentence: String,
}

/// What a file would bring.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Each business of the file with its people.
    pub members: Vec<NewMember>,
    /// How many of the businesses the scheme has already.
    pub known_members: usize,
    /// How many people of the file are in the scheme already, and so are passed over.
    pub known_users: usize,
    /// Columns of the file of which nothing is kept.
    pub ignored: Vec<String>,
    /// What is wrong; while there is anything, the file is not taken.
    pub faults: Vec<Fault>,
}

impl Plan {
    /// How many businesses are new.
    #[must_use]
    pub fn new_members(&self) -> usize {
        self.members.iter().filter(|one| one.known.is_none()).count()
    }
    /// How many people are new.
    #[must_use]
    pub fn new_users(&self) -> usize {
        self.members.iter().map(|one| one.users.len()).sum()
    }
    /// Whether there is anything to take.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.faults.is_empty() && (self.new_members() > 0 || self.new_users() > 0)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Business,
    Premises,
    Area,
    Trade,
    Name,
    Email,
    UserName,
    Manager,
}

/// The columns that are taken, by what people call them.
fn column(heading: &str) -> Option<Column> {
    let heading = forms::tidy(heading).to_lowercase().replace(['-', '_'], " ");
    Some(match &*heading {
        "business" | "business name" | "member" | "shop" | "company" => Column::Business,
        "premises" | "address" | "premises address" => Column::Premises,
        "area" | "part of town" | "zone" => Column::Area,
        "trade" | "type" | "sector" => Column::Trade,
        "name" | "person" | "user" | "contact" | "contact name" => Column::Name,
        "email" | "e mail" | "email address" | "e mail address" => Column::Email,
        "user name" | "username" | "login" => Column::UserName,
        "manager" | "manages" => Column::Manager,
        _ => return None,
    })
}

/// So many faults are said at once.
const MOST_FAULTS: usize = 100;

fn key(business: &Business) -> (String, String) {
    (business.name.to_lowercase(), business.premises.to_lowercase())
}

/// Looks at the rows of a file beside what the scheme has.
pub(super) fn plan(rows: &[(usize, Vec<String>)], known: &Known) -> Plan {
    let mut plan = Plan::default();
    let Some(((line, head), rest)) = rows.split_first() else {
        plan.faults.push(Fault { line: 1, sentence: "The file is empty.".into() });
        return plan;
    };
    let mut at: BTreeMap<Column, usize> = BTreeMap::new();
    for (n, heading) in head.iter().enumerate() {
        match column(heading) {
            Some(found) if at.contains_key(&found) => plan.faults.push(Fault {
                line: *line,
                sentence: format!(
                    "There are two columns for the same: \u{201c}{heading}\u{201d} is the second. Keep one."
                ),
            }),
            Some(found) => {
                at.insert(found, n);
            }
            None if heading.trim().is_empty() => {}
            None => plan.ignored.push(forms::tidy(heading)),
        }
    }
    if !at.contains_key(&Column::Business) {
        let sentence = "There is no column \u{201c}Business\u{201d}. The first line says what each column is: Business, Premises, Area, Trade, Name, E-mail, User name, Manager.";
        plan.faults.push(Fault { line: *line, sentence: sentence.into() });
        return plan;
    }
    let here: HashMap<_, _> =
        known.members.iter().map(|(member, business)| (key(business), (*member, business))).collect();
    let mut by_key: HashMap<(String, String), usize> = HashMap::new();
    let mut logins: HashMap<String, usize> = HashMap::new();
    for (line, cells) in rest {
        let get = |column: Column| {
            at.get(&column).and_then(|n| cells.get(*n)).map(|text| forms::tidy(text)).unwrap_or_default()
        };
        let mut faults = Vec::new();
        let typed = Business {
            name: get(Column::Business),
            premises: get(Column::Premises),
            area: get(Column::Area),
            trade: get(Column::Trade),
        };
        let business = match forms::business(&typed) {
            Ok(business) => Some(business),
            Err(error) => {
                faults.extend(said(&error, "Business"));
                None
            }
        };
        let user = match person(&get) {
            Ok(user) => user,
            Err(error) => {
                faults.extend(said(&error, "Person"));
                None
            }
        };
        let managing = manages(&get(Column::Manager));
        if managing.is_none() {
            faults.push("Manager: write yes or no.".to_owned());
        }
        if let Some(business) = business {
            let key = key(&business);
            let n = *by_key.entry(key.clone()).or_insert_with(|| {
                let found = here.get(&key);
                plan.known_members += usize::from(found.is_some());
                plan.members.push(NewMember {
                    known: found.map(|(member, _)| *member),
                    business,
                    users: Vec::new(),
                });
                plan.members.len() - 1
            });
            let of = plan.members[n].known;
            if of.is_some_and(|member| known.suspended.contains(&member)) && user.is_some() {
                faults
                    .push("This business is suspended. Let it back in first, or leave the line out.".into());
            }
            if let Some(user) = user.filter(|_| faults.is_empty()) {
                place(&mut plan, n, user, managing.unwrap_or(false), known, &mut logins, *line, &mut faults);
            }
        }
        let faults = faults.into_iter().map(|sentence| Fault { line: *line, sentence });
        plan.faults.extend(faults);
        if plan.faults.len() >= MOST_FAULTS {
            break;
        }
    }
    if plan.faults.is_empty() && plan.members.is_empty() {
        plan.faults.push(Fault { line: *line, sentence: "There is nothing below the first line.".into() });
    }
    plan
}

#[allow(clippy::too_many_arguments, reason = "one step of the walk above")]
fn place(
    plan: &mut Plan,
    n: usize,
    user: Profile,
    manages: bool,
    known: &Known,
    logins: &mut HashMap<String, usize>,
    line: usize,
    faults: &mut Vec<String>,
) {
    let of = plan.members[n].known;
    let own = [&user.email, &user.user_name].into_iter().flatten();
    let own = own.map(|text| Login::new(text).as_str().to_owned()).collect::<Vec<_>>();
    for login in &own {
        if let Some(first) = logins.get(login) {
            faults.push(format!("{login} stands in line {first} already. One person acts for one business here: keep one line."));
            return;
        }
    }
    let mut elsewhere = own.iter().filter_map(|login| known.logins.get(login));
    if let Some(business) = elsewhere.next() {
        if of.is_some() && *business == of {
            plan.known_users += 1;
        } else {
            faults.push(format!(
                "{} is a user of another business here already. Leave the line out, or remove them there first.",
                own.join(", ")
            ));
        }
        return;
    }
    logins.extend(own.into_iter().map(|login| (login, line)));
    plan.members[n].users.push((user, manages));
}

/// The person of a line, if it names one.
fn person(get: &impl Fn(Column) -> String) -> Result<Option<Profile>, AppError> {
    let (name, email, user_name) = (get(Column::Name), get(Column::Email), get(Column::UserName));
    if [&name, &email, &user_name].iter().all(|text| text.is_empty()) {
        return Ok(None);
    }
    let given = |text: String| Some(text).filter(|text| !text.is_empty());
    let user = NewUser { name, email: given(email), user_name: given(user_name), ..NewUser::default() };
    user.profile().map(Some)
}

fn manages(text: &str) -> Option<bool> {
    match &*text.to_lowercase() {
        "" | "no" | "n" | "false" | "0" => Some(false),
        "yes" | "y" | "true" | "1" | "x" => Some(true),
        _ => None,
    }
}

fn said(error: &AppError, what: &str) -> Vec<String> {
    match error {
        AppError::Refused(problems) => {
            problems.iter().map(|problem| format!("{what}: {}", problem.sentence)).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairwatch_core::ids::MemberId;
    use uuid::Uuid;

    fn rows(text: &str) -> Vec<(usize, Vec<String>)> {
        super::super::reading::rows(text.as_bytes()).expect("it is read")
    }

    fn shop(n: u128, name: &str, premises: &str) -> (MemberId, Business) {
        let (name, premises) = (name.to_owned(), premises.to_owned());
        (MemberId(Uuid::from_u128(n)), Business { name, premises, area: String::new(), trade: String::new() })
    }

    #[test]
    fn mem_1_lines_of_one_business_are_one_and_who_is_known_is_passed_over() {
        let (one, two) = (shop(1, "Corner Shop", "1 High Street"), shop(2, "Mill Inn", ""));
        let known = Known {
            logins: HashMap::from([("pat@corner.example".to_owned(), Some(one.0))]),
            members: vec![one.clone(), two],
            ..Known::default()
        };
        let plan = plan(
            &rows(
                "Business,Premises,Name,E-mail,User name,Manager,Telephone\n\
                 corner shop,1 HIGH STREET,Pat,PAT@corner.example,,,1\n\
                 Corner Shop,1 High Street,Ann,ann@corner.example,,yes,2\n\
                 New Deli,,Ben,,ben.deli,no,3\n\
                 New Deli,,,,,,\n",
            ),
            &known,
        );
        assert_eq!(plan.faults, []);
        assert_eq!((plan.new_members(), plan.known_members), (1, 1));
        assert_eq!((plan.new_users(), plan.known_users), (2, 1));
        assert_eq!(plan.ignored, ["Telephone"], "nothing of it is kept, and that is said");
        assert_eq!(plan.members[0].known, Some(one.0));
        assert!(plan.members[0].users[0].1, "she manages");
        assert!(plan.is_good());
    }

    #[test]
    fn mem_1_each_line_says_what_is_wrong_and_what_to_do() {
        let known = Known {
            members: vec![shop(1, "Mill Inn", "")],
            logins: HashMap::from([("cal@inn.example".to_owned(), Some(MemberId(Uuid::from_u128(1))))]),
            suspended: [MemberId(Uuid::from_u128(1))].into(),
        };
        let plan = plan(
            &rows(
                "Shop,Name,Email,Manager\n\
                 ,Ann,ann@deli.example,\n\
                 Deli,Ben,ben-at-deli,\n\
                 Deli,Cal,cal@inn.example,\n\
                 Deli,Dot,dot@deli.example,perhaps\n\
                 Deli,Eve,eve@deli.example,\n\
                 Cafe,Eve,EVE@deli.example,\n\
                 Mill Inn,Fay,fay@inn.example,\n",
            ),
            &known,
        );
        let lines = plan.faults.iter().map(|fault| fault.line).collect::<Vec<_>>();
        assert_eq!(lines, [2, 3, 4, 5, 7, 8], "{:?}", plan.faults);
        for (fault, word) in plan.faults.iter().zip([
            "over the door",
            "e-mail address",
            "another business",
            "yes or no",
            "line 6",
            "suspended",
        ]) {
            assert!(fault.sentence.contains(word), "{fault:?} says {word}");
        }
        assert!(!plan.is_good());
        assert!(super::plan(&rows("Name\nAnn\n"), &known).faults[0].sentence.contains("Business"));
        assert!(!super::plan(&[], &known).is_good());
    }
}

//! One letter of each kind, with invented values: for the check of a scheme's own templates, and for tests.
use super::{
    Addressee, AppealDecision, AppealReceipt, Confirmation, Content, Covering, Exclusion, Expiry, Happened,
    Letter, Letterhead, Lifting, Premises, Rights, Variation, Warning,
};
use fairwatch_core::notices::{Block, Inline, Publication};
use jiff::civil::{Date, date};

/// A drawn picture of nobody.
pub const PICTURE: &[u8] = include_bytes!("../../templates/example.jpg");

const TODAY: Date = date(2026, 11, 22);

/// A letter that says this, from an invented scheme to an invented person.
#[must_use]
pub fn saying(content: Content) -> Letter {
    Letter {
        from: Letterhead {
            scheme: "Northgate Town Centre Business Crime Reduction Partnership".to_owned(),
            short: "Northgate Town Centre".to_owned(),
            address: ["12 Market Row", "Northgate", "NG1 1AA"].map(str::to_owned).to_vec(),
            email: Some("office@northgate.example".to_owned()),
            telephone: vec!["01632 960123".to_owned()],
            website: Some("https://northgate.example".to_owned()),
            brand: Some("#0e4a56".to_owned()),
            controller: "Crime Reduction Manager".to_owned(),
        },
        to: Addressee {
            name: "Robin Example".to_owned(),
            greeting: "Dear Robin Example,".to_owned(),
            address: ["Flat 3", "9 Invented Street", "Northgate", "NG2 2BB"].map(str::to_owned).to_vec(),
        },
        reference: "K7QF2-M9TXC".to_owned(),
        dated: TODAY,
        content,
        rights: Rights {
            letter_page: "https://fairwatch.example/o/northgate/letter".to_owned(),
            notice_page: "https://fairwatch.example/o/northgate/notices".to_owned(),
            complaint: "30 days".to_owned(),
        },
        notice: Some(publication()),
    }
}

/// Two things that are said to have happened.
#[must_use]
pub fn happened() -> Vec<Happened> {
    vec![
        Happened {
            on: date(2026, 10, 3),
            what: "Theft".to_owned(),
            place: "a shop in the Market Quarter".to_owned(),
        },
        Happened {
            on: date(2026, 11, 14),
            what: "Abuse or threat".to_owned(),
            place: "a shop in the Riverside".to_owned(),
        },
    ]
}

fn rules() -> Vec<String> {
    vec![
        "Do not enter the premises named above, whether or not they are open.".to_owned(),
        "If you enter all the same, you may be asked to leave, and the police may be called.".to_owned(),
        "You may still use public streets, and services that you need in an emergency.".to_owned(),
    ]
}

fn named() -> Premises {
    let places = [
        "Bell\u{2019}s Chemist, 4 Market Row",
        "Harbour Books, 17 Quayside",
        "The Corner Shop, 1 High Street",
    ];
    Premises::Named { places: places.map(str::to_owned).to_vec() }
}

/// An exclusion letter to the `n`th invented person, as a batch makes them: none has the values of another.
#[must_use]
pub fn exclusion(n: usize) -> Letter {
    let mut letter = saying(Content::Exclusion(excluding()));
    letter.to.name = format!("Robin Example the {n}th");
    letter.reference = format!("K7QF2-{n:05}");
    letter
}

fn excluding() -> Exclusion {
    Exclusion {
        happened: happened(),
        reason: reason(),
        from: TODAY,
        until: date(2027, 11, 21),
        premises: all(),
        rules: rules(),
        appeal: appeal(),
    }
}

fn appeal() -> String {
    "28 days".to_owned()
}

fn all() -> Premises {
    Premises::All { area: "the town centre of Northgate".to_owned() }
}

fn reason() -> String {
    "Two reports in six weeks describe the same behaviour. We think that a letter now may prevent a third."
        .to_owned()
}

/// One letter of each kind.
#[must_use]
pub fn every() -> Vec<Letter> {
    [
        Content::Warning(Warning { happened: happened(), reason: reason(), appeal: appeal() }),
        Content::Exclusion(excluding()),
        Content::Confirmation(Confirmation {
            noticed: date(2026, 11, 1),
            from: date(2026, 11, 1),
            until: date(2027, 4, 30),
            premises: named(),
            rules: rules(),
            appeal: appeal(),
        }),
        Content::Variation(Variation {
            varied: TODAY,
            until: date(2027, 2, 28),
            premises: named(),
            reason: "You told us that you work in the Market Quarter.".to_owned(),
            appeal: appeal(),
        }),
        Content::Lifting(Lifting {
            lifted: TODAY,
            reason: "A report on which it rested turned out to be about another person.".to_owned(),
        }),
        Content::Expiry(Expiry {
            until: date(2026, 11, 28),
            withdrawn: Some(date(2026, 11, 29)),
            deleted: Some(date(2027, 11, 29)),
            record: true,
        }),
        Content::AppealReceipt(AppealReceipt { received: date(2026, 11, 20), decide_by: date(2026, 12, 18) }),
        Content::AppealDecision(AppealDecision {
            received: date(2026, 11, 1),
            decided: TODAY,
            outcome: "Your exclusion is shortened.".to_owned(),
            reason: "Nothing was reported since spring, and you wrote to those whom it concerned.".to_owned(),
            until: Some(date(2027, 1, 31)),
            premises: Some(all()),
        }),
        Content::Notice(Covering {
            since: date(2026, 11, 14),
            source: "a member of our scheme, who reported something in which you are said to be involved"
                .to_owned(),
        }),
    ]
    .map(saying)
    .to_vec()
}

/// A published text with every kind of block.
#[must_use]
pub fn publication() -> Publication {
    let text = |text: &str| Inline::Text(text.to_owned());
    Publication {
        title: "Privacy notice for people who are reported".to_owned(),
        scheme: "Northgate Town Centre Business Crime Reduction Partnership".to_owned(),
        version: "Version 3, in force from 1 May 2026".to_owned(),
        contact: ["12 Market Row, Northgate, NG1 1AA", "office@northgate.example"]
            .map(str::to_owned)
            .to_vec(),
        brand: Some("#0e4a56".to_owned()),
        blocks: vec![
            Block::Paragraph(vec![
                text("This notice says what "),
                Inline::Strong("Northgate Town Centre".to_owned()),
                text(" does with information about you."),
            ]),
            Block::Heading { level: 2, text: "What we hold, and for how long".to_owned() },
            Block::Table {
                caption: "How long information is kept".to_owned(),
                head: ["What", "Who sees it", "How long"].map(str::to_owned).to_vec(),
                rows: vec![
                    ["Name and picture", "Members, police", "12 months after the first report"]
                        .map(str::to_owned)
                        .to_vec(),
                    ["Date of birth", "The controller", "Until everything is deleted"]
                        .map(str::to_owned)
                        .to_vec(),
                ],
            },
            Block::Heading { level: 3, text: "Your rights".to_owned() },
            Block::List {
                ordered: false,
                items: vec![
                    vec![text("You can ask for a copy.")],
                    vec![text("You can object, or ask us to correct or delete what is wrong.")],
                ],
            },
            Block::Facts(vec![
                ("Lawful basis".to_owned(), vec![text("Legitimate interests of members.")]),
                (
                    "The regulator".to_owned(),
                    vec![Inline::Link {
                        text: "Complain to the Information Commissioner".to_owned(),
                        to: "https://ico.org.uk/make-a-complaint/".to_owned(),
                    }],
                ),
            ]),
        ],
    }
}

use super::*;
use jiff::civil::date;
use std::collections::HashSet;

/// Completed years on a day.
fn years(born: Date, on: Date) -> i16 {
    on.year() - born.year() - i16::from((on.month(), on.day()) < (born.month(), born.day()))
}

#[test]
fn ages_lie_within_their_range_on_any_day() {
    for on in [date(2026, 11, 21), date(2028, 2, 29), date(2027, 2, 28), date(2027, 1, 1)] {
        for seed in 0..400 {
            let child = Person::aged(seed, 14..=17, on);
            let age = years(child.born.unwrap(), on);
            assert!((14..=17).contains(&age), "{age} on {on}");
            assert_eq!(child.age, Age::Child);
            let exact = Person::aged(seed, 18..=18, on);
            assert_eq!(years(exact.born.unwrap(), on), 18, "{exact:?} on {on}");
        }
    }
}

#[test]
fn a_person_repeats_and_differs_from_others() {
    let on = date(2026, 11, 21);
    assert_eq!(Person::from_seed(5, on), Person::from_seed(5, on));
    let all: Vec<Person> = (0..1000).map(|seed| Person::from_seed(seed, on)).collect();
    let names: HashSet<String> = all.iter().map(Person::name).collect();
    assert!(names.len() > 700, "{} names", names.len());
    let known = all.iter().filter(|person| person.born.is_some()).count();
    assert!((500..700).contains(&known), "{known} of 1000 dates of birth");
    assert!(all.iter().any(|person| !person.aliases.is_empty()));
    for person in &all {
        assert!(person.description.starts_with("About "), "{}", person.description);
        assert_eq!(person.face.looks().age, person.age);
        if let Some(plate) = person.vehicle.as_ref().and_then(|vehicle| vehicle.split_once(", ")) {
            assert_eq!(&plate.1[2..4], "00", "a year that was never issued");
        }
    }
}

#[test]
fn businesses_have_names_of_their_own() {
    let all: Vec<Business> = (0..90).map(Business::number).collect();
    let names: HashSet<&str> = all.iter().map(|business| business.name.as_str()).collect();
    assert_eq!(names.len(), all.len());
    assert!(all.iter().all(|business| business.telephone.starts_with("01632 960")));
    let trades: HashSet<&str> = all[..10].iter().map(|business| business.trade).collect();
    assert!(trades.len() >= 5, "{trades:?}");
}

#[test]
fn staff_have_addresses_of_their_own_that_no_letter_reaches() {
    let all: HashSet<String> = (0..500).map(|seed| Staff::from_seed(seed).email).collect();
    assert_eq!(all.len(), 500);
    assert!(all.iter().all(|email| email.is_ascii() && email.ends_with(".example")));
}

#[test]
fn incidents_fit_their_place() {
    let mut kinds = HashSet::new();
    for seed in 0..500 {
        let at = Business::number(usize::try_from(seed % 40).unwrap());
        let incident = Incident::from_seed(seed, &at);
        assert_eq!(incident, Incident::from_seed(seed, &at));
        assert!(incident.place.starts_with(&at.name) && incident.sentence.ends_with('.'));
        assert_eq!(incident.item.is_some(), incident.kind == Kind::Theft);
        if let Some(item) = incident.item {
            assert!(incident.loss > 0 && incident.sentence.contains(item));
        }
        kinds.insert(incident.kind.words());
    }
    assert_eq!(kinds.len(), 7);
}

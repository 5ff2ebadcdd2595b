use super::*;
use std::collections::HashSet;

#[test]
fn the_same_seed_gives_the_same_picture() {
    let picture = |seed, shot: &Shot| Face::from_seed(seed).draw(shot).to_png();
    let shot = Shot::varied(120, 150, 4);
    assert_eq!(picture(1, &shot), picture(1, &shot));
    assert_ne!(picture(1, &shot), picture(2, &shot));
    assert_ne!(picture(1, &shot), picture(1, &Shot::varied(120, 150, 5)));
}

#[test]
fn people_differ() {
    let shot = Shot::portrait(48, 60);
    let pictures: HashSet<Vec<u8>> =
        (0..150).map(|seed| Face::from_seed(seed).draw(&shot).0.into_raw()).collect();
    assert_eq!(pictures.len(), 150);
    let words: HashSet<&str> = (0..600).flat_map(|seed| Face::from_seed(seed).features()).collect();
    for feature in
        ["hood up", "headscarf", "beanie", "turban", "glasses", "beard", "moustache", "hair in a bun", "bald"]
    {
        assert!(words.contains(feature), "nobody has: {feature}");
    }
}

#[test]
fn a_picture_has_the_size_that_was_asked_for_and_shows_someone() {
    for (width, height) in [(240, 300), (640, 360), (1, 1), (7, 300), (333, 99)] {
        for shot in
            [Shot::portrait(width, height), Shot::cctv(width, height, 3), Shot::varied(width, height, 3)]
        {
            assert_eq!(Face::from_seed(9).draw(&shot).0.dimensions(), (width, height));
        }
    }
    assert_eq!(Face::from_seed(9).draw(&Shot::portrait(0, 0)).0.dimensions(), (1, 1));
    // The middle of a plain portrait is skin.
    let face = Face::new(9, Looks { age: Age::Young, origin: Origin::British, feminine: true });
    let [r, g, b] = face.draw(&Shot::portrait(240, 300)).0.get_pixel(104, 150).0;
    assert!(r > g && g > b, "{r} {g} {b}");
}

#[test]
fn women_and_children_have_no_beards() {
    for seed in 0..300 {
        for (age, feminine) in [(Age::Child, false), (Age::Old, true), (Age::Young, true)] {
            let looks = Looks { age, feminine, ..Looks::from_seed(seed) };
            assert_eq!(Face::new(seed, looks).beard, Beard::None);
        }
    }
}

#[test]
fn a_picture_is_a_jpeg() {
    let jpeg = Face::from_seed(3).draw(&Shot::varied(80, 100, 1)).to_jpeg(85);
    assert!(jpeg.starts_with(&[0xff, 0xd8, 0xff]) && jpeg.ends_with(&[0xff, 0xd9]));
}

//! `cargo bench -p fairwatch-documents`: one letter with a picture and the privacy notice attached, warm.
use fairwatch_documents::{Content, Typesetter, example};

fn main() {
    divan::main();
}

fn exclusion() -> fairwatch_documents::Letter {
    example::every()
        .into_iter()
        .find(|letter| matches!(letter.content, Content::Exclusion(_)))
        .expect("there is one")
}

/// One after another, each to somebody else, as the batch does: nothing of a letter is remembered for the next but what
/// belongs to the templates.
#[divan::bench]
fn letter_with_picture(bencher: divan::Bencher<'_, '_>) {
    let typesetter = Typesetter::new(None).expect("the embedded templates");
    let mut n = 0;
    let mut next = || {
        n += 1;
        let mut letter = exclusion();
        letter.to.name = format!("Robin Example the {n}th");
        letter.reference = format!("K7QF2-{n:05}");
        letter
    };
    typesetter.letter(&next(), Some(example::PICTURE)).expect("a letter");
    bencher
        .with_inputs(next)
        .bench_local_values(|letter| typesetter.letter(&letter, Some(example::PICTURE)).expect("a letter"));
}

/// The first letter of a process: typefaces are read and templates evaluated.
#[divan::bench(sample_count = 1)]
fn first(bencher: divan::Bencher<'_, '_>) {
    bencher.bench_local(|| {
        let typesetter = Typesetter::new(None).expect("the embedded templates");
        typesetter.letter(&exclusion(), Some(example::PICTURE)).expect("a letter")
    });
}

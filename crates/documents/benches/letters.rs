//! `cargo bench -p fairwatch-documents`: one letter with a picture and the privacy notice attached, warm.
use fairwatch_documents::{Typesetter, example};

fn main() {
    divan::main();
}

/// One after another, each to somebody else, as the batch does: nothing of a letter is remembered for the next but what
/// belongs to the templates.
#[divan::bench]
fn letter_with_picture(bencher: divan::Bencher<'_, '_>) {
    let typesetter = Typesetter::new(None).expect("the embedded templates");
    let mut n = 0;
    let mut next = || {
        n += 1;
        example::exclusion(n)
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
        typesetter.letter(&example::exclusion(0), Some(example::PICTURE)).expect("a letter")
    });
}

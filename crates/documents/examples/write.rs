//! `cargo run -p fairwatch-documents --example write FOLDER`: writes one letter of each kind and a publication, with
//! invented values, to look at.
use fairwatch_documents::{Typesetter, example};
use std::{env, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(env::args().nth(1).ok_or("say where: a folder")?);
    let typesetter = Typesetter::new(env::args().nth(2).map(PathBuf::from).as_deref())?;
    fs::create_dir_all(&folder)?;
    for letter in example::every() {
        let picture = letter.content.shows_a_picture().then_some(example::PICTURE);
        let file = folder.join(format!("{}.pdf", letter.content.template()));
        fs::write(&file, typesetter.letter(&letter, picture)?)?;
    }
    fs::write(folder.join("publication.pdf"), typesetter.publication(&example::publication())?)?;
    Ok(())
}

//! `cargo run -p fairwatch-documents --example project FOLDER COUNT`: writes the templates, the picture and the values of
//! as many exclusion letters, each to somebody else, as a folder that typst's own tools can read. `scripts/bench-letters`
//! asks typst's own package for the same letters as ours.
use fairwatch_documents::example;
use std::{env, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(env::args().nth(1).ok_or("say where: a folder")?);
    let count: usize = env::args().nth(2).ok_or("say how many letters")?.parse()?;
    fs::create_dir_all(&folder)?;
    let templates = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("templates");
    for entry in fs::read_dir(templates)? {
        let path = entry?.path();
        if let Some(name) = path.file_name().filter(|_| path.extension().is_some_and(|ext| ext == "typ")) {
            fs::copy(&path, folder.join(name))?;
        }
    }
    fs::write(folder.join("picture.jpg"), example::PICTURE)?;
    for n in 0..count {
        fs::write(folder.join(format!("values-{n}.json")), example::exclusion(n).values(true).to_string())?;
    }
    Ok(())
}

//! Invented evidence: a statement as a PDF of one page, which any reader opens.
use std::fmt::Write as _;

/// A PDF with some lines of text.
pub(crate) fn pdf(lines: &[String]) -> Vec<u8> {
    let mut text = String::from("BT /F1 12 Tf 56 780 Td 18 TL\n");
    for line in lines {
        // Letters that a PDF's text would take for its own, or that its plain typeface has not, are left out.
        let plain = line.chars().filter(|c| (' '..='~').contains(c) && !"()\\".contains(*c));
        let _ = writeln!(text, "({}) Tj T*", plain.collect::<String>());
    }
    text.push_str("ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        places.push(file.len());
        let _ = write!(file, "{number} 0 obj\n{object}\nendobj\n");
    }
    let start = file.len();
    let _ = write!(file, "xref\n0 {}\n0000000000 65535 f \n", places.len() + 1);
    for place in &places {
        let _ = writeln!(file, "{place:010} 00000 n ");
    }
    let count = places.len() + 1;
    let _ = write!(file, "trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    file.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairwatch_core::evidence::{Kind, sniff};

    #[test]
    fn a_statement_is_a_document_whose_table_points_at_its_objects() {
        let file = pdf(&["A line (in brackets)".into(), "£45 of gin".into()]);
        assert_eq!(sniff(&file), Some(Kind::Pdf));
        let text = String::from_utf8(file).unwrap();
        for (number, line) in (1..).zip(text.lines().filter(|line| line.ends_with(" 00000 n "))) {
            let place: usize = line[..10].parse().unwrap();
            assert!(text[place..].starts_with(&format!("{number} 0 obj")), "{line}");
        }
    }
}

//! EXC-3, NOT-2: what letters and publications are made of, read back by another program than the one that wrote them.
use fairwatch_core::notices::{Block, Inline};
use fairwatch_documents::{Content, DocumentError, Letter, Premises, Typesetter, example};
use lopdf::{Dictionary, Document, Object};
use std::{collections::BTreeMap, fs, sync::LazyLock};

static TYPESETTER: LazyLock<Typesetter> =
    LazyLock::new(|| Typesetter::new(None).expect("the embedded templates and typefaces"));

fn picture_of(letter: &Letter) -> Option<&'static [u8]> {
    letter.content.shows_a_picture().then_some(example::PICTURE)
}

fn set(letter: &Letter) -> Vec<u8> {
    TYPESETTER.letter(letter, picture_of(letter)).expect("a letter")
}

fn read(pdf: &[u8]) -> Document {
    Document::load_mem(pdf).expect("a PDF that another program can read")
}

/// All words of a document, without breaks that lines and long words bring.
fn words(pdf: &[u8]) -> String {
    let document = read(pdf);
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    let text = document.extract_text(&pages).expect("text can be taken out");
    text.chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '\u{200b}' | '\u{2068}' | '\u{2069}'))
        .collect()
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn exclusion() -> Letter {
    example::every()
        .into_iter()
        .find(|letter| matches!(letter.content, Content::Exclusion(_)))
        .expect("there is one")
}

/// The structure: how often each tag stands in it, and the alternative texts.
fn structure(document: &Document) -> (BTreeMap<String, usize>, Vec<String>) {
    fn walk(
        document: &Document,
        object: &Object,
        tags: &mut BTreeMap<String, usize>,
        alts: &mut Vec<String>,
    ) {
        match object {
            Object::Reference(id) => {
                if let Ok(object) = document.get_object(*id) {
                    walk(document, object, tags, alts);
                }
            }
            Object::Array(items) => items.iter().for_each(|item| walk(document, item, tags, alts)),
            Object::Dictionary(element) => {
                if let Ok(Object::Name(tag)) = element.get(b"S") {
                    *tags.entry(String::from_utf8_lossy(tag).into_owned()).or_default() += 1;
                }
                if let Ok(alt) = element.get(b"Alt").and_then(lopdf::decode_text_string) {
                    alts.push(alt);
                }
                if let Ok(kids) = element.get(b"K") {
                    walk(document, kids, tags, alts);
                }
            }
            _ => {}
        }
    }
    let (mut tags, mut alts) = (BTreeMap::new(), Vec::new());
    let root =
        document.catalog().and_then(|catalog| catalog.get(b"StructTreeRoot")).expect("a structure").clone();
    walk(document, &root, &mut tags, &mut alts);
    (tags, alts)
}

fn dictionary<'a>(document: &'a Document, from: &'a Dictionary, key: &[u8]) -> &'a Dictionary {
    match from.get(key).expect("the key") {
        Object::Reference(id) => document.get_dictionary(*id).expect("a dictionary"),
        object => object.as_dict().expect("a dictionary"),
    }
}

/// EXC-3: every letter, and every publication, is tagged, in British English, with a title, and says of itself that it is
/// PDF/UA-1; letters say that they are PDF/A-2a, too. Its typefaces are embedded.
#[test]
fn exc_3_not_2_documents_are_accessible_and_self_contained() {
    let letters = example::every();
    assert_eq!(letters.len(), 9, "a letter of each kind");
    let mut made: Vec<(String, Vec<u8>)> =
        letters.iter().map(|letter| (letter.content.template().to_owned(), set(letter))).collect();
    made.push((
        "publication".to_owned(),
        TYPESETTER.publication(&example::publication()).expect("a publication"),
    ));
    for (name, pdf) in &made {
        let document = read(pdf);
        let catalog = document.catalog().expect("a catalogue");
        let lang = catalog.get(b"Lang").and_then(lopdf::decode_text_string).expect("a language");
        assert_eq!(lang, "en-GB", "{name}");
        let marked = dictionary(&document, catalog, b"MarkInfo").get(b"Marked").and_then(Object::as_bool);
        assert_eq!(marked.ok(), Some(true), "{name}");
        let shows_title = dictionary(&document, catalog, b"ViewerPreferences").get(b"DisplayDocTitle");
        assert_eq!(shows_title.and_then(Object::as_bool).ok(), Some(true), "{name}");
        let metadata = catalog.get(b"Metadata").and_then(Object::as_reference).expect("metadata");
        let metadata = document.get_object(metadata).and_then(Object::as_stream).expect("a stream");
        let xmp = String::from_utf8_lossy(&metadata.content).into_owned();
        assert!(xmp.contains("<pdfuaid:part>1</pdfuaid:part>"), "{name}: {xmp}");
        assert_eq!(xmp.contains("<pdfaid:part>2</pdfaid:part>"), name != "publication", "{name}");
        assert!(xmp.contains("<dc:title>"), "{name}");

        let (tags, alts) = structure(&document);
        let count = |tag: &str| tags.get(tag).copied().unwrap_or(0);
        assert!(count("H1") >= 1 && count("H2") >= 1 && count("P") >= 2, "{name}: {tags:?}");
        if matches!(&**name, "warning" | "exclusion" | "publication") {
            assert!(count("Table") >= 1 && count("TH") >= 3 && count("TD") >= 6, "{name}: {tags:?}");
        }
        if matches!(&**name, "exclusion" | "confirmation") {
            assert_eq!(count("Figure"), 1, "{name}: {tags:?}");
            assert_eq!(alts, ["The picture by which members recognise Robin Example"], "{name}");
        }
        for (_, font) in document.objects.iter().filter(|(_, object)| {
            object.as_dict().is_ok_and(|it| {
                it.get(b"Type").and_then(Object::as_name).is_ok_and(|n| n == b"FontDescriptor")
            })
        }) {
            let font = font.as_dict().expect("a dictionary");
            assert!([&b"FontFile2"[..], b"FontFile3", b"FontFile"].iter().any(|key| font.has(key)), "{name}");
        }
    }
}

/// EXC-3, NOT-1: each letter says who writes, its reference, how to complain to the scheme and to the Commissioner, and
/// where the privacy notice is; those that put something on the person say how to appeal and by when.
#[test]
fn exc_3_each_letter_says_what_the_person_can_do() {
    for letter in example::every() {
        let text = words(&set(&letter));
        let says =
            |what: &str| assert!(text.contains(&squeezed(what)), "{}: {what}", letter.content.template());
        says(&letter.from.scheme);
        says(&letter.reference);
        says("office@northgate.example");
        says("ico.org.uk/make-a-complaint");
        says("within 30 days that we received it");
        says("fairwatch.example/o/northgate/notices");
        says("Privacy notice for people who are reported");
        let burdens = matches!(
            letter.content,
            Content::Warning(_) | Content::Exclusion(_) | Content::Confirmation(_) | Content::Variation(_)
        );
        assert_eq!(
            text.contains(&squeezed("You can appeal within 28 days")),
            burdens,
            "{}",
            letter.content.template()
        );
    }
    let text = words(&set(&exclusion()));
    for what in [
        "22 November 2026",
        "21 November 2027",
        "the town centre of Northgate",
        "14 November 2026",
        "the police may be called",
    ] {
        assert!(text.contains(&squeezed(what)), "{what}");
    }
}

/// EXC-3: a value that is missing is an error before anything is made, and so is one that a template asks for in vain.
#[test]
fn exc_3_a_missing_value_stops_the_letter() {
    let missing = |change: &dyn Fn(&mut Letter)| {
        let mut letter = exclusion();
        change(&mut letter);
        match TYPESETTER.letter(&letter, None) {
            Err(DocumentError::Missing(what)) => what,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(missing(&|letter| letter.to.name = " ".into()), "name of the person to whom it goes");
    assert_eq!(missing(&|letter| letter.reference.clear()), "reference");
    assert_eq!(missing(&|letter| letter.rights.notice_page.clear()), "address of the privacy notice");
    let of_exclusion = |change: fn(&mut fairwatch_documents::Exclusion)| {
        missing(&|letter| match &mut letter.content {
            Content::Exclusion(exclusion) => change(exclusion),
            _ => unreachable!("it is one"),
        })
    };
    assert_eq!(of_exclusion(|it| it.rules.clear()), "rules of the exclusion");
    assert_eq!(of_exclusion(|it| it.happened.clear()), "account of what is said to have happened");
    assert_eq!(of_exclusion(|it| it.premises = Premises::Named { places: Vec::new() }), "premises");
    assert_eq!(
        of_exclusion(|it| it.until = it.from.yesterday().unwrap()),
        "last day that is after its first"
    );

    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("lifting.typ"), "#let it = json(\"/values.json\")\n\n#it.content.nothing")
        .unwrap();
    let own = Typesetter::new(Some(folder.path())).expect("templates");
    match own.check() {
        Err(DocumentError::Template { file, line, message }) => {
            assert_eq!((&*file, line), ("lifting.typ", 3));
            assert!(message.contains("nothing"), "{message}");
        }
        other => panic!("{other:?}"),
    }
}

/// A scheme restyles a letter without touching code; a slip in a file's name is said, and no template reaches a file, a
/// package or the clock.
#[test]
fn exc_3_a_scheme_has_templates_of_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("warning.typ");
    let own = |text: &str| {
        fs::write(&file, text).expect("a file");
        let letter = &example::every()[0];
        Typesetter::new(Some(folder.path())).and_then(|own| own.letter(letter, None))
    };
    let pdf = own("#import \"letterhead.typ\": *\n#let it = json(\"/values.json\")\n#show: letter.with(it, title: \"Please read this\")\nOur own words.")
        .expect("a letter");
    assert!(words(&pdf).contains("Ourownwords."));
    for text in [
        "#read(\"/etc/passwd\")",
        "#import \"@preview/cetz:0.3.0\": *",
        "#datetime.today()",
        "#image(\"/picture.jpg\", alt: \"x\")",
    ] {
        assert!(matches!(own(text), Err(DocumentError::Template { .. })), "{text}");
    }
    fs::write(folder.path().join("warnings.typ"), "x").expect("a file");
    assert!(
        matches!(Typesetter::new(Some(folder.path())), Err(DocumentError::Folder(said)) if said.contains("warnings.typ"))
    );
}

/// EXC-3: names in any script, quotes, instructions to a typesetter and words of any length stay on the paper and can be
/// read back; nothing that anybody types becomes an instruction.
#[test]
fn exc_3_names_of_any_kind_stay_on_the_paper() {
    let long = "Wolfeschlegelsteinhausenbergerdorff".repeat(12);
    let names = [
        "Siobh\u{e1}n N\u{ed} Bhriain-O\u{2019}Shaughnessy \u{201c}Shiv\u{201d}",
        "#panic(\"x\") $1 \\ *bold* @ref <label> // [ ] { } `",
        "\u{395}\u{3bb}\u{3ad}\u{3bd}\u{3b7} \u{41d}\u{430}\u{442}\u{430}\u{43b}\u{44c}\u{44f}",
        "\u{5d3}\u{5d5}\u{5d3} \u{5db}\u{5d4}\u{5df}",
        "\u{938}\u{941}\u{928}\u{940}\u{932}\u{93e} \u{a17}\u{a41}\u{a30}\u{a2a}\u{a4d}\u{a30}\u{a40}\u{a24} \u{995}\u{9b0}\u{9bf}\u{9ae}",
        "\u{b95}\u{bb5}\u{bbf}\u{ba4}\u{bbe} \u{e2a}\u{e21}\u{e0a}\u{e32}\u{e22} \u{10d2}\u{10d8}\u{10dd}\u{10e0}\u{10d2}\u{10d8} \u{1230}\u{120b}\u{121d} \u{531}\u{580}\u{561}\u{574}",
        "\u{738b}\u{5c0f}\u{660e} \u{ae40}\u{bbfc}\u{c218} \u{3055}\u{304f}\u{3089}",
        &long,
    ];
    for name in names {
        let mut letter = exclusion();
        letter.to.name = name.to_owned();
        letter.to.greeting = format!("Dear {name},");
        letter.to.address = vec![name.to_owned(); 3];
        if let Content::Exclusion(it) = &mut letter.content {
            it.happened[0].place = name.to_owned();
            it.premises = Premises::Named { places: vec![name.to_owned(); 2] };
            it.rules.push(name.to_owned());
            it.reason = name.to_owned();
        }
        let text = words(&set(&letter));
        // Scripts whose letters join or change places do not come back letter by letter from every reader.
        if name.chars().all(|c| u32::from(c) < 0x0500 || ('\u{2010}'..='\u{2030}').contains(&c)) {
            assert!(text.contains(&squeezed(name)), "{name}");
        }
        assert!(!text.contains('\u{fffd}'), "{name}");
    }
    let mut letter = exclusion();
    letter.to.name = "\u{645}\u{62d}\u{645}\u{62f} \u{639}\u{644}\u{64a} \u{1f600}".to_owned();
    set(&letter);
}

/// A published text holds what it is given, whatever that is: long addresses, empty cells, rows of another length.
#[test]
fn not_2_a_publication_takes_any_text() {
    let mut publication = example::publication();
    let long = "x".repeat(400);
    publication.title = "Notice with [brackets] & #signs".to_owned();
    publication.blocks.extend([
        Block::Paragraph(vec![Inline::Link {
            text: format!("https://a.example/{long}"),
            to: format!("https://a.example/{long}"),
        }]),
        Block::Table {
            caption: "A table".into(),
            head: vec!["One".into(), "Two".into(), "Three".into(), "Four".into(), "Five".into()],
            rows: vec![vec![long.clone()], vec![String::new(); 9]],
        },
        Block::List { ordered: true, items: vec![vec![Inline::Strong(long)]] },
    ]);
    let pdf = TYPESETTER.publication(&publication).expect("a publication");
    assert!(words(&pdf).contains("Noticewith[brackets]&#signs"));
    publication.blocks.clear();
    assert!(matches!(TYPESETTER.publication(&publication), Err(DocumentError::Missing("text"))));
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]
    /// Whatever is typed, a letter comes of it, and nothing of it stands outside the paper.
    #[test]
    fn exc_3_any_text_can_be_set(name in "\\PC{1,60}", line in proptest::prelude::any::<String>()) {
        let mut letter = exclusion();
        letter.to.name = format!("A{name}");
        letter.to.address = vec![line.clone()];
        if let Content::Exclusion(it) = &mut letter.content {
            it.reason = format!("B{line}{name}");
        }
        let made = TYPESETTER.letter(&letter, None);
        proptest::prop_assert!(made.is_ok(), "{:?}", made.err());
    }
}

/// EXC-7, RET-7: the letter about the end says that a record stays where one does, and that nothing else does.
#[test]
fn exc_7_ret_7_the_letter_of_an_end_says_whether_a_record_stays() {
    let letter = example::every().into_iter().find(|letter| matches!(letter.content, Content::Expiry(_)));
    let mut letter = letter.expect("there is one");
    for stays in [true, false] {
        if let Content::Expiry(expiry) = &mut letter.content {
            expiry.record = stays;
        }
        let said = words(&set(&letter)).contains(&squeezed("we keep a short record that we held something"));
        assert_eq!(said, stays);
    }
}

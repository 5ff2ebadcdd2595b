//! What is found, by what text, and by whom.

/// What a text of an entry is. The order is that of weight: when a word stands in several texts of one entry, the
/// first kind that the viewer may search by is the one that counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// The name of a person, or of a business.
    Name,
    /// Another name by which a person is known.
    Alias,
    /// A reference of ours or of the police: `CS-0123`. The whole text is one reference.
    Reference,
    /// A number plate. The whole text is one plate.
    Plate,
    /// A vehicle in words; plates in it are found as plates.
    Vehicle,
    /// Premises or another place.
    Place,
    /// What somebody looks like.
    Description,
    /// What somebody does, in a sentence.
    Activity,
    /// What happened.
    Narrative,
    /// Anything else.
    Other,
}

impl Kind {
    /// All kinds, by weight.
    pub const ALL: [Kind; 10] = [
        Kind::Name,
        Kind::Alias,
        Kind::Reference,
        Kind::Plate,
        Kind::Vehicle,
        Kind::Place,
        Kind::Description,
        Kind::Activity,
        Kind::Narrative,
        Kind::Other,
    ];

    /// What a word counts for that stands in a text of this kind, in hundredths. Fixed, not worked out from how
    /// often a word occurs: a weight that followed the texts would tell of texts that the viewer may not see.
    pub(crate) const fn weight(self) -> u32 {
        match self {
            Kind::Name | Kind::Reference | Kind::Plate => 100,
            Kind::Alias => 96,
            Kind::Vehicle => 70,
            Kind::Place => 55,
            Kind::Description | Kind::Activity => 45,
            Kind::Narrative | Kind::Other => 35,
        }
    }

    pub(crate) const fn bit(self) -> u16 {
        1 << self as u8
    }

    /// Whether the text is a name: only names are found by sound, nickname and initial.
    pub(crate) const fn is_name(self) -> bool {
        matches!(self, Kind::Name | Kind::Alias)
    }
}

/// A set of kinds: those by which a viewer may search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Kinds(pub(crate) u16);

impl Kinds {
    /// Every kind.
    pub const ALL: Kinds = Kinds((1 << Kind::ALL.len()) - 1);
    /// No kind: finds nothing.
    pub const NONE: Kinds = Kinds(0);
    pub(crate) const NAMES: u16 = Kind::Name.bit() | Kind::Alias.bit();

    /// These kinds.
    pub const fn of(kinds: &[Kind]) -> Kinds {
        let mut bits = 0;
        let mut at = 0;
        while at < kinds.len() {
            bits |= kinds[at].bit();
            at += 1;
        }
        Kinds(bits)
    }

    /// The same set with one more.
    #[must_use]
    pub const fn and(self, kind: Kind) -> Kinds {
        Kinds(self.0 | kind.bit())
    }

    /// The same set without one.
    #[must_use]
    pub const fn without(self, kind: Kind) -> Kinds {
        Kinds(self.0 & !kind.bit())
    }

    /// Whether it holds this kind.
    pub const fn has(self, kind: Kind) -> bool {
        self.0 & kind.bit() != 0
    }
}

/// Which entries a viewer may find, by their flags. What the flags mean is the caller's affair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Filter {
    /// Every one of these must be set.
    pub all: u16,
    /// At least one of these must be set; 0 asks for none.
    pub any: u16,
    /// None of these may be set.
    pub none: u16,
}

impl Filter {
    /// Lets every entry pass.
    pub const EVERYTHING: Filter = Filter { all: 0, any: 0, none: 0 };

    /// Whether an entry with these flags passes.
    pub const fn passes(self, flags: u16) -> bool {
        flags & self.all == self.all && (self.any == 0 || flags & self.any != 0) && flags & self.none == 0
    }
}

/// Who searches: by which kinds of text, and among which entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Viewer {
    /// The kinds of text by which they may find.
    pub kinds: Kinds,
    /// The entries that they may find.
    pub filter: Filter,
}

impl Viewer {
    /// Finds everything by everything.
    pub const ALL: Viewer = Viewer { kinds: Kinds::ALL, filter: Filter::EVERYTHING };
}

/// Something to be found. Borrowed: the index keeps words and where they stand, never a text.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// Whose it is: the bits of a UUID.
    pub key: u128,
    /// What it is, for [`Filter`].
    pub flags: u16,
    /// How recent it is: among equals the greater comes first.
    pub recent: u64,
    /// The texts by which it is found.
    pub texts: &'a [(Kind, &'a str)],
}

/// How a word that was typed met a word of an entry; the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum How {
    /// The same word, diacritics and script aside.
    Exact,
    /// The same reference.
    Reference,
    /// A number plate, or what was seen of it.
    Plate,
    /// The beginning of the word, as typed so far.
    Prefix,
    /// Another form of the same name: Bob for Robert, Emeka for Chukwuemeka, Joseph for Yusuf.
    Nickname,
    /// It sounds alike.
    Sounds,
    /// A slip or two away.
    Misspelt,
    /// An initial.
    Initial,
}

impl How {
    const ALL: [How; 8] = [
        How::Exact,
        How::Reference,
        How::Plate,
        How::Prefix,
        How::Nickname,
        How::Sounds,
        How::Misspelt,
        How::Initial,
    ];
}

/// The best meeting of one typed word with one entry, packed so that the greater is the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Meeting(u32);

impl Meeting {
    /// `quality` in thousandths, weighed by the kind.
    pub(crate) fn new(quality: u16, kind: Kind, how: How) -> Meeting {
        let value = u32::from(quality) * kind.weight();
        Meeting(value << 8 | (15 - kind as u32) << 4 | (15 - how as u32))
    }

    /// In hundred-thousandths; 0 where there was no meeting.
    pub(crate) fn value(self) -> u32 {
        self.0 >> 8
    }

    pub(crate) fn is_none(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn kind(self) -> Kind {
        Kind::ALL[(15 - (self.0 >> 4 & 15) as usize).min(Kind::ALL.len() - 1)]
    }

    pub(crate) fn how(self) -> How {
        How::ALL[(15 - (self.0 & 15) as usize).min(How::ALL.len() - 1)]
    }
}

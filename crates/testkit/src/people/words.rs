//! The words that people, businesses and incidents of an invented town are made of.
use crate::faces::Origin;

/// Names by origin: of men, of women, of families.
pub(super) struct Names {
    pub(super) men: &'static [&'static str],
    pub(super) women: &'static [&'static str],
    pub(super) families: &'static [&'static str],
}

pub(super) fn names(origin: Origin) -> &'static Names {
    match origin {
        Origin::British => &BRITISH,
        Origin::SouthAsian => &SOUTH_ASIAN,
        Origin::EastEuropean => &EAST_EUROPEAN,
        Origin::African => &AFRICAN,
        Origin::Caribbean => &CARIBBEAN,
    }
}

static BRITISH: Names = Names {
    men: &[
        "Danny", "Lee", "Craig", "Ryan", "Liam", "Sean", "Gareth", "Declan", "Callum", "Jamie", "Kieran",
        "Scott", "Darren", "Ross", "Aidan", "Neil", "Stuart", "Rhys", "Conor", "Terry", "Wayne", "Niall",
        "Euan", "Alfie", "George", "Harvey", "Padraig", "Iain", "Gavin", "Dean",
    ],
    women: &[
        "Keeley", "Siobhan", "Stacey", "Gemma", "Chloe", "Megan", "Niamh", "Rhian", "Tracey", "Leanne",
        "Aoife", "Kirsty", "Donna", "Jade", "Holly", "Bronwen", "Orla", "Michelle", "Paige", "Shona",
        "Caitlin", "Maureen", "Beth", "Georgia", "Eilidh", "Lorraine",
    ],
    families: &[
        "Marsh",
        "Ford",
        "Pemberton",
        "Doyle",
        "Hargreaves",
        "Lockwood",
        "Gallagher",
        "Sutton",
        "Whitlock",
        "Rees",
        "Kearney",
        "Baxter",
        "Tranter",
        "Pritchard",
        "Mulligan",
        "Ashdown",
        "Buckley",
        "Fenwick",
        "Crowther",
        "O'Rourke",
        "Lomax",
        "Drummond",
        "Maddox",
        "Wickham",
        "Sweeney",
        "Hollis",
        "Penrose",
        "McAllister",
        "Tate",
        "Brennan",
        "Llewellyn",
        "Skinner",
    ],
};

static SOUTH_ASIAN: Names = Names {
    men: &[
        "Imran", "Arjun", "Faisal", "Rajesh", "Tariq", "Vikram", "Hassan", "Sanjay", "Bilal", "Manpreet",
        "Kamal", "Nadeem", "Rohan", "Zubair", "Harjit", "Dilan",
    ],
    women: &[
        "Priya", "Aisha", "Nasreen", "Sunita", "Farah", "Anjali", "Shabana", "Kiran", "Meera", "Rukhsana",
        "Harpreet", "Tahmina", "Lakshmi", "Zara",
    ],
    families: &[
        "Rahman",
        "Nair",
        "Patel",
        "Malik",
        "Sandhu",
        "Chowdhury",
        "Iqbal",
        "Desai",
        "Gill",
        "Siddiqui",
        "Perera",
        "Bhatt",
        "Mirza",
        "Uddin",
        "Kapoor",
        "Dhillon",
    ],
};

static EAST_EUROPEAN: Names = Names {
    men: &[
        "Tomasz",
        "Wojciech",
        "Andrei",
        "Marek",
        "Bogdan",
        "Piotr",
        "Janis",
        "Mihai",
        "Dmytro",
        "Grzegorz",
        "Jonas",
        "Zoltan",
        "Stanislav",
        "Ivo",
    ],
    women: &[
        "Agnieszka",
        "Ioana",
        "Katarzyna",
        "Oksana",
        "Ruta",
        "Elena",
        "Małgorzata",
        "Daniela",
        "Ilona",
        "Zuzana",
        "Svetlana",
        "Kinga",
    ],
    families: &[
        "Wilk",
        "Kowalczyk",
        "Popescu",
        "Nowicki",
        "Ionescu",
        "Kalnins",
        "Petrauskas",
        "Szabo",
        "Wójcik",
        "Bondarenko",
        "Dumitru",
        "Horvat",
        "Marinov",
        "Ozols",
    ],
};

static AFRICAN: Names = Names {
    men: &[
        "Kwame", "Emeka", "Tunde", "Abdi", "Samuel", "Tendai", "Kofi", "Yusuf", "Chidi", "Dawit", "Femi",
        "Ibrahim",
    ],
    women: &[
        "Ruth", "Ngozi", "Amina", "Abena", "Folake", "Hodan", "Grace", "Selam", "Chipo", "Adwoa", "Blessing",
        "Zainab",
    ],
    families: &[
        "Okafor", "Mensah", "Adeyemi", "Warsame", "Boateng", "Moyo", "Nwosu", "Tesfaye", "Balogun", "Osei",
        "Kamara", "Dube",
    ],
};

static CARIBBEAN: Names = Names {
    men: &[
        "Delroy",
        "Marlon",
        "Jermaine",
        "Winston",
        "Tyrone",
        "Leroy",
        "Andre",
        "Courtney",
        "Dwayne",
        "Nathaniel",
    ],
    women: &[
        "Shanice", "Beverley", "Marcia", "Tanisha", "Yvonne", "Jodie", "Keisha", "Althea", "Simone", "Dionne",
    ],
    families: &[
        "Campbell",
        "Bailey",
        "Gordon",
        "Francis",
        "Pinnock",
        "Reid",
        "Lewin",
        "Grant",
        "Blackwood",
        "Thompson",
        "Henriques",
        "Dacosta",
    ],
};

/// What people are called beside their names.
pub(super) static NICKNAMES: &[&str] = &[
    "Spud", "Smiler", "Ginge", "Tiny", "Ratty", "Doc", "Fingers", "Mouse", "Tel", "Sparks", "Chalky",
    "Moose", "Ozzy", "Tink", "Bear", "Jonno",
];

/// Streets of the town, those of shops first.
pub(super) static STREETS: &[&str] = &[
    "High Street",
    "Market Square",
    "Station Road",
    "Harbour Street",
    "The Arcade",
    "Fish Row",
    "Church Lane",
    "Mill Gate",
    "Corn Exchange",
    "Quayside",
    "Bridge Street",
    "Weavers Walk",
    "Castle Parade",
    "Old Dairy Yard",
];

/// What a shop sells, what it may be called, and what is taken from it with its price in pence.
pub(super) struct Trade {
    pub(super) kind: &'static str,
    pub(super) names: &'static [&'static str],
    pub(super) items: &'static [(&'static str, u64)],
}

pub(super) static TRADES: &[Trade] = &[
    Trade {
        kind: "pharmacy",
        names: &["Harbour Pharmacy", "Northgate Chemist", "Bellweather Pharmacy"],
        items: &[("cosmetics", 2_450), ("razor blades", 1_899), ("baby formula", 1_450), ("perfume", 5_200)],
    },
    Trade {
        kind: "supermarket",
        names: &["Larder & Loaf", "Fieldfare Foods", "The Corner Basket", "Penny Lane Stores"],
        items: &[
            ("spirits", 2_300),
            ("meat", 1_680),
            ("coffee", 950),
            ("washing capsules", 1_399),
            ("cheese", 720),
        ],
    },
    Trade {
        kind: "clothes shop",
        names: &["Thread & Tailor", "Margin Menswear", "Willow and Wren"],
        items: &[("jackets", 8_900), ("jeans", 4_500), ("trainers", 7_499), ("a handbag", 6_500)],
    },
    Trade {
        kind: "pub",
        names: &["The Anchor", "The Weavers Arms", "The Blue Boar", "The Tollhouse"],
        items: &[("a charity tin", 4_000), ("a bottle of spirits", 3_200), ("a customer's coat", 6_000)],
    },
    Trade {
        kind: "electrical shop",
        names: &["Circuit House", "Brightwell Electrical"],
        items: &[
            ("headphones", 12_900),
            ("a telephone", 34_900),
            ("a games controller", 5_499),
            ("batteries", 1_250),
        ],
    },
    Trade {
        kind: "café",
        names: &["The Copper Kettle", "Saltmarsh Coffee", "Café Lindo"],
        items: &[("a laptop", 64_900), ("the tip jar", 2_100), ("a customer's purse", 4_500)],
    },
    Trade {
        kind: "DIY shop",
        names: &["Hammer & Tongs", "Quay Hardware"],
        items: &[("a drill", 11_900), ("power tool batteries", 8_900), ("copper fittings", 3_750)],
    },
    Trade {
        kind: "bookshop",
        names: &["The Paper Lantern", "Second Chapter"],
        items: &[("a box set", 6_000), ("fountain pens", 4_800)],
    },
    Trade {
        kind: "jeweller",
        names: &["Ashby & Daughters", "The Gold Room"],
        items: &[("a ring", 42_000), ("a watch", 89_500), ("a bracelet", 15_500)],
    },
    Trade {
        kind: "filling station",
        names: &["Bypass Fuels", "Ringway Service Station"],
        items: &[("petrol", 7_250), ("engine oil", 3_400), ("energy drinks", 1_180)],
    },
];

/// Builds, from slight to heavy.
pub(super) static BUILDS: &[&str] =
    &["very slim", "slim", "medium build", "athletic", "stocky", "heavy build"];

/// Marks that a passer-by notices. None tells of health or faith.
pub(super) static MARKS: &[&str] = &[
    "tattoo of a swallow on neck",
    "rose tattoo on left hand",
    "gold tooth",
    "walks with long strides",
    "local accent",
    "northern accent",
    "lettering on knuckles",
    "gap between front teeth",
    "sleeve tattoo on right arm",
    "chipped front tooth",
];

pub(super) static COLOURS: &[&str] =
    &["black", "navy", "grey", "dark green", "red", "beige", "white", "blue", "maroon", "brown"];

pub(super) static GARMENTS: &[&str] = &[
    "padded jacket",
    "hooded top",
    "tracksuit",
    "parka",
    "denim jacket",
    "fleece",
    "raincoat",
    "football shirt",
    "bomber jacket",
    "body warmer",
];

pub(super) static EXTRAS: &[&str] = &[
    "black rucksack",
    "large shopping bag",
    "white trainers",
    "cross-body bag",
    "work boots",
    "pushchair",
    "bag for life",
    "grey joggers",
];

pub(super) static CARS: &[&str] = &[
    "Vauxhall Corsa",
    "Ford Transit",
    "VW Golf",
    "Ford Fiesta",
    "Nissan Qashqai",
    "BMW 1 Series",
    "Peugeot Partner",
    "Toyota Yaris",
    "electric bicycle",
    "electric scooter",
];

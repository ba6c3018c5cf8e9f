//! The initial organizations, the same at every start: Acme, small, as a person's own site; and Globex Worldwide, with 1,200
//! spaces and 10,000 pages. Vandelay Industries, which a test can add, has 10,000 spaces, 3,000 of them people's own. Built once per process and shared, so that starting a sandbox is cheap.

use std::sync::{Arc, LazyLock};

use jiff::{SignedDuration, Timestamp};

use crate::site::{Body, Kind, Page, Person, Space, Status, fold, page_id, space_id};

/// The person who logs in, unless another one is told to.
pub(crate) const ADA: &Person = &Person {
    account_id: "712020:5a1e0c7d-1815-4c10-9a0e-a10e1ace0001",
    name: "Ada Lovelace",
    email: "ada@example.com",
};

/// Everybody.
pub(crate) const PEOPLE: [&Person; 3] = [
    ADA,
    &Person {
        account_id: "712020:5a1e0c7d-1906-4c10-9a0e-a10e1ace0002",
        name: "Grace Hopper",
        email: "grace@example.com",
    },
    &Person {
        account_id: "712020:5a1e0c7d-1969-4c10-9a0e-a10e1ace0003",
        name: "Linus Pauling",
        email: "linus@example.com",
    },
];

/// An organization as it is at the start.
#[derive(Debug)]
pub(crate) struct Base {
    pub(crate) name: &'static str,
    pub(crate) slug: &'static str,
    pub(crate) cloud_id: &'static str,
    pub(crate) spaces: Arc<Vec<Space>>,
    pub(crate) pages: Vec<Arc<Page>>,
    /// Places of the pages, by the place of their space.
    pub(crate) by_space: Arc<Vec<Vec<usize>>>,
}

/// The organizations, in the order in which they are listed.
pub(crate) static BASES: LazyLock<[Base; 2]> = LazyLock::new(|| [acme(), globex()]);

/// The organization that a test can add.
pub(crate) static LARGE: LazyLock<Base> = LazyLock::new(vandelay);

/// Key, name, type and pages of a space; its home comes first and is named after it.
type Sketch = (&'static str, &'static str, &'static str, &'static [&'static str]);

const ACME: &[Sketch] = &[
    (
        "ENG",
        "Engineering",
        "global",
        &[
            "Decisions log",
            "Architecture overview",
            "Importer design",
            "On-call handbook",
            "Release checklist",
            "Migration guide",
        ],
    ),
    (
        "PROD",
        "Product",
        "global",
        &[
            "Decisions log",
            "Roadmap 2026",
            "Weekly product sync",
            "Customer interviews",
            "Pricing experiments",
        ],
    ),
    (
        "DES",
        "Design",
        "global",
        &["Design principles", "Component library", "Research notes", "Accessibility checklist"],
    ),
    ("OPS", "Operations", "global", &["Runbooks", "Incident reviews", "Capacity plan", "Vendor list"]),
    (
        "PPL",
        "People",
        "collaboration",
        &["Onboarding", "Team directory", "Holiday calendar", "Interview guide"],
    ),
    (
        "SALES",
        "Sales",
        "global",
        &["Customer call notes", "Pipeline review", "Pilot customers", "Objections and answers"],
    ),
    ("CS", "Customer success", "collaboration", &["Initech", "Hooli", "Escalations", "Health scores"]),
    ("MKT", "Marketing", "global", &["Launch plan", "Editorial calendar", "Brand voice", "Campaign results"]),
    ("FIN", "Finance", "global", &["Budget 2026", "Quarterly review", "Expense policy"]),
    ("SEC", "Security & privacy", "global", &["Threat model", "Access reviews", "Data map"]),
    (
        "KB",
        "Help centre",
        "knowledge_base",
        &["Getting started", "Importing meetings", "Troubleshooting", "Release notes"],
    ),
    ("~ada", "Ada Lovelace", "personal", &["Notes to self", "Reading list", "Drafts"]),
];

/// A space of Acme that was closed; its pages are not found, and nothing can be added.
const ACME_ARCHIVED: Sketch = ("OLD", "Skunkworks 2023", "global", &["Lessons learned"]);

/// A page of Acme's Engineering that was archived and still holds its title.
pub const ARCHIVED_TITLE: &str = "Importer design (2024)";

fn acme() -> Base {
    let mut maker = Maker::new(0);
    for sketch in ACME {
        maker.add(sketch.0, sketch.1, sketch.2, false, sketch.3.iter().map(|title| (*title).to_owned()));
    }
    let (key, name, kind, titles) = ACME_ARCHIVED;
    maker.add(key, name, kind, true, titles.iter().map(|title| (*title).to_owned()));
    let home = maker.spaces[0].homepage;
    maker.page(0, Some(home), ARCHIVED_TITLE.to_owned(), Status::Archived);
    maker.finish("Acme", "acme", "5a11c0de-0001-4acc-8e1e-000000000001")
}

const FIELDS: [(&str, &str); 30] = [
    ("ACC", "Accounting"),
    ("AER", "Aerospace"),
    ("AGR", "Agriculture"),
    ("ANA", "Analytics"),
    ("AUD", "Audit"),
    ("BIO", "Biotech"),
    ("CHE", "Chemistry"),
    ("CLD", "Cloud platform"),
    ("CON", "Construction"),
    ("DAT", "Data science"),
    ("ENE", "Energy"),
    ("FAC", "Facilities"),
    ("FLT", "Fleet"),
    ("HRS", "Human resources"),
    ("INS", "Insurance"),
    ("LAB", "Laboratories"),
    ("LEG", "Legal"),
    ("LOG", "Logistics"),
    ("MED", "Medical devices"),
    ("MFG", "Manufacturing"),
    ("MOB", "Mobile apps"),
    ("NET", "Networks"),
    ("PAY", "Payments"),
    ("PRC", "Procurement"),
    ("QUA", "Quality"),
    ("RET", "Retail"),
    ("ROB", "Robotics"),
    ("SHP", "Shipping"),
    ("SUP", "Support"),
    ("TRN", "Training"),
];

const PLACES: [(&str, &str); 40] = [
    ("AMS", "Amsterdam"),
    ("ATH", "Athens"),
    ("BCN", "Barcelona"),
    ("BER", "Berlin"),
    ("BOG", "Bogotá"),
    ("BOS", "Boston"),
    ("BRU", "Brussels"),
    ("BUD", "Budapest"),
    ("CAI", "Cairo"),
    ("CHI", "Chicago"),
    ("CPH", "Copenhagen"),
    ("DEL", "Delhi"),
    ("DUB", "Dublin"),
    ("GVA", "Genève"),
    ("HEL", "Helsinki"),
    ("HKG", "Hong Kong"),
    ("IST", "İstanbul"),
    ("JKT", "Jakarta"),
    ("JNB", "Johannesburg"),
    ("KRK", "Kraków"),
    ("LAG", "Lagos"),
    ("LIM", "Lima"),
    ("LIS", "Lisbon"),
    ("LON", "London"),
    ("MAD", "Madrid"),
    ("MEX", "Mexico City"),
    ("MUC", "München"),
    ("NBO", "Nairobi"),
    ("NYC", "New York"),
    ("OSA", "大阪"),
    ("OSL", "Oslo"),
    ("PAR", "Paris"),
    ("PRG", "Prague"),
    ("SEL", "Seoul"),
    ("SIN", "Singapore"),
    ("STO", "Stockholm"),
    ("SYD", "Sydney"),
    ("TOR", "Toronto"),
    ("VIE", "Vienna"),
    ("ZRH", "Zürich"),
];

const TOPICS: [&str; 8] = [
    "Decisions log",
    "Roadmap",
    "Meeting notes",
    "Retrospectives",
    "Risk register",
    "Onboarding",
    "Release checklist",
    "Budget",
];

fn globex() -> Base {
    let mut maker = Maker::new(1);
    for (field, place) in FIELDS.iter().flat_map(|field| PLACES.iter().map(move |place| (field, place))) {
        let name = format!("{} {}", field.1, place.1);
        // A home and 7 or 8 more in each space make 10,000.
        let count = 7 + usize::from(maker.spaces.len().is_multiple_of(3));
        let titles = TOPICS[..count].iter().map(|topic| format!("{topic} – {name}"));
        maker.add(&format!("{}{}", field.0, place.0), &name, "global", false, titles);
    }
    maker.finish("Globex Worldwide", "globex", "5a11c0de-0002-4acc-8e1e-000000000002")
}

/// How many spaces of the large organization are people's own, Ada's among them.
const PERSONAL: usize = 3_000;

/// How many others of it there are of each type.
const SHARED: [(&str, usize); 3] = [("global", 6_500), ("collaboration", 400), ("knowledge_base", 100)];

fn vandelay() -> Base {
    let mut maker = Maker::new(2);
    maker.add("~ada", "Ada Lovelace", "personal", false, std::iter::empty());
    for n in 1..PERSONAL {
        maker.add(&format!("~P{n:04}"), &format!("Person {n:04}"), "personal", false, std::iter::empty());
        if let Some(space) = maker.spaces.last_mut() {
            space.owner = format!("712020:5a1e0c7d-0000-4c10-9a0e-{n:012}");
        }
    }
    let kinds = SHARED.iter().flat_map(|(kind, count)| std::iter::repeat_n(*kind, *count));
    for (n, kind) in kinds.enumerate() {
        let (field, place) = (FIELDS[n % FIELDS.len()], PLACES[n / FIELDS.len() % PLACES.len()]);
        let team = n / (FIELDS.len() * PLACES.len()) + 1;
        let (key, name) =
            (format!("{}{}{team}", field.0, place.0), format!("{} {} {team}", field.1, place.1));
        maker.add(&key, &name, kind, false, std::iter::empty());
    }
    maker.finish("Vandelay Industries", "vandelay", "5a11c0de-0004-4acc-8e1e-000000000004")
}

struct Maker {
    site: u64,
    spaces: Vec<Space>,
    pages: Vec<Arc<Page>>,
    by_space: Vec<Vec<usize>>,
    founded: Timestamp,
}

impl Maker {
    fn new(site: u64) -> Self {
        // 2025-01-06T09:00:00Z, before anything that a person or a test writes.
        let founded = Timestamp::constant(1_736_154_000, 0);
        Self { site, spaces: Vec::new(), pages: Vec::new(), by_space: Vec::new(), founded }
    }

    fn add(
        &mut self,
        key: &str,
        name: &str,
        kind: &'static str,
        is_archived: bool,
        titles: impl Iterator<Item = String>,
    ) {
        let place = self.spaces.len();
        self.by_space.push(Vec::new());
        let homepage = self.page(place, None, name.to_owned(), Status::Current);
        for title in titles {
            self.page(place, Some(homepage), title, Status::Current);
        }
        self.spaces.push(Space {
            id: space_id(self.site, place),
            key: key.to_owned(),
            name: name.to_owned(),
            kind,
            owner: ADA.account_id.to_owned(),
            is_archived,
            homepage,
            created: self.founded,
        });
    }

    fn page(&mut self, space: usize, parent: Option<u64>, title: String, status: Status) -> u64 {
        let place = self.pages.len();
        let id = page_id(self.site, place);
        // Spread over about eleven months, not in the order of identifiers: 7,919 is prime to 480,000.
        let minutes = i64::try_from(place * 7_919 % 480_000).unwrap_or_default();
        let created = self.founded + SignedDuration::from_mins(minutes);
        self.by_space[space].push(place);
        self.pages.push(Arc::new(Page {
            id,
            space,
            parent,
            folded: fold(&title),
            title,
            status,
            author: PEOPLE[place % PEOPLE.len()],
            created,
            changed: created,
            version: 1,
            searchable_from: created,
            is_live: false,
            kind: Kind::Page,
            body: Body::Sample,
        }));
        id
    }

    fn finish(self, name: &'static str, slug: &'static str, cloud_id: &'static str) -> Base {
        Base {
            name,
            slug,
            cloud_id,
            spaces: Arc::new(self.spaces),
            pages: self.pages,
            by_space: Arc::new(self.by_space),
        }
    }
}

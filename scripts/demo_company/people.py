"""Who the shop deals with: its sales reps, companies and their people."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from .clock import FIRST_DAY, LAST_DAY, busy_day, office_moment
from .model import Company, Contact, World
from .randomness import Draws

_FIRST_WORDS = (
    "Albrecht",
    "Bergmann",
    "Cordes",
    "Dietrich",
    "Eckert",
    "Falken",
    "Gerlach",
    "Hansen",
    "Isar",
    "Jansen",
    "Keller",
    "Lindner",
    "Merten",
    "Nolte",
    "Oster",
    "Peters",
    "Quandt",
    "Reinhardt",
    "Sommer",
    "Thiele",
    "Ulmer",
    "Vogel",
    "Weber",
    "Zander",
    "Adler",
    "Baltic",
    "Danube",
    "Elbe",
    "Fjord",
    "Granit",
    "Havel",
    "Iller",
    "Jura",
    "Kranich",
    "Lahn",
    "Mosel",
    "Neckar",
    "Oder",
)
_TRADES = (
    ("Pumpen GmbH", "pumpen"),
    ("Maschinenbau GmbH", "maschinen"),
    ("Anlagentechnik AG", "anlagen"),
    ("Logistics", "logistics"),
    ("Foods", "foods"),
    ("Chemie GmbH", "chemie"),
    ("Bau GmbH & Co. KG", "bau"),
    ("Medical, Inc.", "medical"),
    ("Automotive", "automotive"),
)
INDUSTRIES = (
    "machinery",
    "chemicals",
    "food",
    "construction",
    "automotive",
    "logistics",
    "healthcare",
)
_COUNTRIES = (("DE", 55), ("AT", 11), ("NL", 11), ("FR", 9), ("GB", 14))
_GIVEN = (
    "Anna",
    "Ben",
    "Clara",
    "David",
    "Emma",
    "Felix",
    "Greta",
    "Hugo",
    "Ida",
    "Jonas",
    "Klara",
    "Leo",
    "Mia",
    "Noah",
    "Olga",
    "Paul",
    "Rosa",
    "Simon",
    "Thea",
    "Uwe",
    "Vera",
    "Willem",
    "Yara",
    "Zoe",
)
_FAMILY = (
    "Arndt",
    "Becker",
    "Claes",
    "Dubois",
    "Engel",
    "Fuchs",
    "Graf",
    "Huber",
    "Iversen",
    "Jung",
    "Kraus",
    "Lang",
    "Meyer",
    "Noel",
    "Otten",
    "Pohl",
    "Roth",
    "Smith",
    "Taylor",
    "Unger",
    "Visser",
    "Wolf",
    "Young",
    "Ziegler",
)
_ROLES = (
    ("purchasing", 40),
    ("maintenance", 25),
    ("engineering", 17),
    ("management", 10),
    ("finance", 8),
)
_CHANNELS = (("rep", 30), ("EDI", 30), ("phone", 18), ("web", 16), ("marketplace", 6))
_PACES = ((24, 8), (34, 15), (48, 26), (63, 26), (80, 19), (98, 6))

_REPS = (
    ("r1", "Lena Hartwig", "north"),
    ("r2", "Tom Brandes", "north"),
    ("r3", "Sofia Marek", "south"),
    ("r4", "Jan de Wit", "west"),
    ("r5", "Claire Martin", "west"),
    ("r6", "Oliver Grant", "uk"),
)
_REPS_OF = {"DE": ("r1", "r2", "r3"), "AT": ("r3",), "NL": ("r4",), "FR": ("r5",), "GB": ("r6",)}


def segment(employees: int) -> str:
    """Return the shop's segment of a company of that size."""
    if employees < 50:
        return "small_business"
    return "mid_market" if employees < 250 else "enterprise"


def person(draws: Draws, domain: str) -> str:
    """Return an e-mail address at the domain."""
    return f"{draws.pick(_GIVEN)}.{draws.pick(_FAMILY)}@{domain}".lower()


def add_people(world: World) -> None:
    """Create reps, companies (customers of old, new customers, prospects) and contacts."""
    _add_reps(world)
    draws = world.draws("people")
    names = draws.shuffled([(word, trade) for word in _FIRST_WORDS for trade in _TRADES])
    kinds = ["base"] * 74 + ["new"] * 164 + ["prospect"] * 54 + ["internal"]
    for number, kind in enumerate(kinds):
        word, (trade, slug) = names[number]
        company = _company(draws, kind, f"{word} {trade}", f"{word.lower()}-{slug}.example")
        if kind == "internal":
            company.name, company.domain = "Nordwerk Supplies GmbH", "nordwerk.example"
            company.extra = {"is_internal": True}
            company.first_day, company.pace, company.country = date(2023, 9, 4), 180, "DE"
        if number == 7:
            company.name = 'Müller "Söhne", Großhandel KG'
        world.companies.append(company)
    world.companies.sort(key=lambda company: (company.created_at, company.domain))
    for number, company in enumerate(world.companies, start=1):
        company.company_id = f"c{number:03d}"
    for company in world.companies:
        for _ in range(1 if company.kind == "internal" else draws.weighted(((1, 62), (2, 38)))):
            _contact(world, draws, company)
    _number_contacts(world)


def _add_reps(world: World) -> None:
    """Write `sales_reps`; one changed the team, one left."""
    began = datetime(2022, 1, 1)
    moved, left = datetime(2025, 1, 1), datetime(2026, 2, 1)
    for rep_id, name, team in _REPS:
        end = moved if rep_id == "r2" else left if rep_id == "r5" else None
        world.add(
            "sales_reps",
            sales_rep_id=rep_id,
            valid_from=began,
            valid_to=end,
            rep_name=name,
            team=team,
        )
    world.add(
        "sales_reps", sales_rep_id="r2", valid_from=moved, rep_name="Tom Brandes", team="south"
    )
    world.add("sales_reps", sales_rep_id="r7", valid_from=left, rep_name="Hugo Petit", team="west")
    world.plant("special", "sales_reps", "rep_version", 1, "rep r2 moved from north to south")


def _company(draws: Draws, kind: str, name: str, domain: str) -> Company:
    """Draw one company: what it is, when it comes and how often it buys."""
    country = draws.weighted(_COUNTRIES)
    sizes = (((5, 19), 24), ((20, 49), 26), ((50, 249), 32), ((250, 999), 13), ((1000, 4200), 5))
    employees = draws.between(*draws.weighted(sizes))
    pace = draws.weighted(_PACES)
    if kind == "base":
        first_day = FIRST_DAY + timedelta(days=draws.between(0, pace))
        created = date(2019, 1, 7) + timedelta(days=draws.between(0, 1600))
    elif kind == "new":
        first_day = busy_day(draws, 1.5, date(2023, 7, 20))
        created = first_day - timedelta(days=draws.between(8, 70))
    else:
        first_day = None
        created = busy_day(draws, 1.6) if kind == "prospect" else date(2019, 1, 2)
    return Company(
        name=name,
        domain=domain,
        industry=draws.pick(INDUSTRIES),
        country=country,
        employees=employees,
        created_at=office_moment(draws, created),
        kind=kind,
        rep_id=draws.pick(_REPS_OF[country]),
        pace=pace,
        first_day=first_day,
        channel=draws.weighted(_CHANNELS),
    )


def _contact(world: World, draws: Draws, company: Company) -> None:
    """Add one person of the company, known to the shop from about when the company is."""
    email = person(draws, company.domain)
    while any(email == other.email for other in company.contacts):
        email = person(draws, company.domain)
    lag = 0 if not company.contacts else draws.between(0, 400)
    created = min(
        company.created_at + timedelta(days=lag, hours=1), datetime.combine(LAST_DAY, time(8))
    )
    contact = Contact(email, draws.weighted(_ROLES), created, company)
    company.contacts.append(contact)
    world.contacts.append(contact)


def _number_contacts(world: World) -> None:
    """Give contacts their ids in the order in which they became known."""
    world.contacts.sort(key=lambda contact: (contact.created_at, contact.email))
    for number, contact in enumerate(world.contacts, start=1):
        contact.contact_id = f"p{number:03d}"

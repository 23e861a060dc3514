"""Many made-up people and their visits, written by SQL: for `seed_demo --scale` and for bench.

Everything that looks random is a hash of who and when, so that the same call writes the same rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from string import ascii_uppercase

from django.db import connection, models

from bookings.models import Booking, Claim
from clinic.models import Location, NameWord, Patient, VisitType
from clinic.rules.names import search_key, search_words

BEGINNINGS = "Ab Ag An Bh Ch Dev Far Gop Har Ish Jay Kal Kav Lal Mad Man Meg Nav Pad Raj San Shal Ur Vas"
ENDINGS = "a an ana ani esh ika ila ima ini ira ith oj"
FAMILIES = """Acharya Bhatt Chettri Dharan Ghosh Hegde Iyengar Joshi Kamath Lobo Menon Nambiar Oommen Pillai
    Qadri Ranga Shenoy Tandon Urs Varma Wadia Xavier Yadav Zacharia"""
AREAS = ["Indiranagar", "Jayanagar", "Malleshwaram", "Whitefield", "Hebbal", "Ulsoor"]


def insert(model: type[models.Model], columns: dict[str, str], source: str, **given) -> int:
    """INSERT … SELECT with the model's own defaults for every column that is not named."""
    rest = [f for f in model._meta.concrete_fields if f.column not in columns and not f.primary_key]
    defaults = {f"default_{f.column}": f.get_db_prep_save(f.get_default(), connection) for f in rest}
    every = columns | {f.column: f"%(default_{f.column})s" for f in rest}
    into, what = ", ".join(every), ", ".join(every.values())
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({into}) SELECT {what} {source}",
            given | defaults,
        )
        return cursor.rowcount


def restart_ids(*kinds: type[models.Model]) -> None:
    """Go on counting after the rows that were given their ids."""
    with connection.cursor() as cursor:
        for kind in kinds:
            table = kind._meta.db_table
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"  # noqa: S608
            )


# Who


@dataclass(frozen=True)
class Part:
    """One word of a name: person n has words[n / each % len(words)]."""

    name: str
    words: Sequence[str]
    each: int

    @property
    def nth(self) -> str:
        return f"(n / {self.each} %% {len(self.words)})::int"

    def of(self, what: str) -> str:
        return f"(%({self.name}_{what})s::text[])[1 + {self.nth}]"

    def given(self) -> dict[str, list[str]]:
        sounds = [search_key(word) for word in self.words]
        return {f"{self.name}_words": list(self.words), f"{self.name}_sounds": sounds}


def _parts() -> tuple[Part, ...]:
    first = [begun + ended for begun in BEGINNINGS.split() for ended in ENDINGS.split()]
    family = FAMILIES.split()
    initials = [f"{letter}." for letter in ascii_uppercase]
    return (
        Part("first", first, 1),
        Part("initial", initials, len(first) * len(family)),
        Part("family", family, len(first)),
    )


def people(*, count: int, first_id: int, created_at: datetime) -> None:
    """Patients with the ids first_id, first_id + 1, …; their numbers, +91 80000 …, belong to nobody."""
    parts = _parts()
    columns = {
        "id": "%(first_id)s + n",
        "name": " || ' ' || ".join(part.of("words") for part in parts),
        "name_key": " || ' ' || ".join(part.of("sounds") for part in parts),
        "born_on": "date '1950-01-01' + (n * 7919 %% 20000)::int",
        "sex_at_birth": "CASE WHEN n %% 9 < 5 THEN 'female' ELSE 'male' END",
        "area": "(%(areas)s)[1 + n %% 6]",
        "phone": "'+918' || lpad((n * 7)::text, 9, '0')",
        "created_at": "%(created_at)s",
    }
    given = {"first_id": first_id, "count": count, "areas": AREAS, "created_at": created_at}
    for part in parts:
        given |= part.given()
    insert(Patient, columns, "FROM generate_series(0::bigint, %(count)s - 1) AS n", **given)
    for part in parts:
        _name_words(part, first_id, count)
    restart_ids(Patient)


def _name_words(part: Part, first_id: int, count: int) -> None:
    found = [(nth, sign) for nth, word in enumerate(part.words) for sign in sorted(search_words(word))]
    source = f"""
        FROM generate_series(0::bigint, %(count)s - 1) AS n
        JOIN unnest(%(nths)s::int[], %(signs)s::text[]) AS sign(nth, word) ON sign.nth = {part.nth}
        ON CONFLICT DO NOTHING
    """
    columns = {"patient_id": "%(first_id)s + n", "word": "word"}
    given = {"nths": [nth for nth, _ in found], "signs": [sign for _, sign in found]}
    insert(NameWord, columns, source, first_id=first_id, count=count, **given)


# When


@dataclass(frozen=True)
class Desks:
    """Who sees people where: each practitioner in a room of their own, the first with one or two chairs."""

    location: Location
    practitioners: Sequence[int]
    rooms: Sequence[int]
    chairs: Sequence[int | None] = ()
    more_chairs: Sequence[int | None] = ()


@dataclass(frozen=True)
class Days:
    first: date
    last: date
    share: int  # of 128 cells
    now: datetime


@dataclass(frozen=True)
class Kinds:
    """`talk`: one step of 30 minutes. `short`: of 15. `treat`: 45 in a chair, 20, and 15 in that chair."""

    talk: VisitType
    short: VisitType | None = None
    treat: VisitType | None = None


# Cells of forty minutes; some of those with a chair are treatments, every other one of the rest is short.
CELLS = """
    SELECT cell.*, CASE WHEN sits_in IS NOT NULL THEN 'treat'
                        WHEN %(short)s IS NOT NULL AND nth %% 2 = 1 THEN 'short' ELSE 'talk' END AS what
    FROM (
        SELECT desk.practitioner, room, day::date AS day, nth,
               (day::date + time '09:00' + nth * interval '40 minutes') AT TIME ZONE %(tz)s AS at,
               CASE WHEN nth %% 3 = 2 THEN chair WHEN nth %% 3 = 0 AND nth > 0 THEN other_chair END
                   AS sits_in,
               hashint8(practitioner * 1000003 + (day::date - date '2000-01-01') * 101 + nth) AS chance
        FROM unnest(%(practitioners)s::bigint[], %(rooms)s::bigint[], %(chairs)s::bigint[],
                    %(more_chairs)s::bigint[]) AS desk(practitioner, room, chair, other_chair),
             generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day,
             generate_series(0, 14) AS nth
        WHERE extract(isodow FROM day) <> 7
    ) AS cell WHERE chance & 127 < %(share)s
"""
TIMES = f"""
    SELECT cell.*, at - CASE what WHEN 'treat' THEN interval '45 minutes' ELSE '0' END AS starts,
           at + CASE what WHEN 'treat' THEN interval '35 minutes' WHEN 'short' THEN '15 minutes'
                          ELSE '30 minutes' END AS ends
    FROM ({CELLS}) AS cell
"""  # noqa: S608 ours
VISITS = f"""
    CREATE TEMPORARY TABLE crowd AS
    SELECT %(first_id)s + row_number() OVER (ORDER BY at, practitioner) - 1 AS id, visit.*,
           CASE WHEN at > %(now)s + interval '10 minutes' THEN 'booked'
                WHEN at > %(now)s THEN 'arrived'
                WHEN ends > %(now)s THEN 'in_room'
                WHEN chance >> 7 & 31 = 0 THEN 'cancelled'
                WHEN chance >> 7 & 31 < 3 THEN 'no_show' ELSE 'done' END AS status
    FROM ({TIMES}) AS visit
"""  # noqa: S608 ours
COLUMNS = {
    "id": "id",
    "reference": "lpad(upper(to_hex(id)), 8, '0')",  # the door's own never begin with 0
    "patient_id": "%(first_patient)s + id %% %(patients)s",
    "visit_type_id": "CASE what WHEN 'treat' THEN %(treat)s WHEN 'short' THEN %(short)s ELSE %(talk)s END",
    "practitioner_id": "practitioner",
    "location_id": "%(location)s",
    **{name: name for name in ("starts", "ends", "day", "status")},
    "arrived_at": "CASE WHEN status IN ('arrived', 'in_room', 'done') THEN starts - interval '5 minutes' END",
    "confirmed_at": "CASE WHEN starts < %(now)s + interval '2 days' AND chance >> 9 & 7 > 0"
    " THEN least(starts - interval '2 days', %(now)s) END",
    "created_at": "starts - interval '10 days'",
}


def visits(desks: Desks, days: Days, kinds: Kinds, *, patients: range, first_id: int) -> int:
    """Fill the days with visits numbered from first_id; return how many there are now.

    Those that have been are done, a few cancelled or not come.
    """
    given = {name: one and one.pk for name, one in vars(kinds).items()}
    given |= _given(desks, days) | {"first_id": first_id, "location": desks.location.pk}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS crowd")
        cursor.execute(VISITS, given)
    whose = {"first_patient": patients.start, "patients": len(patients)}
    number = insert(Booking, COLUMNS, "FROM crowd ORDER BY id", **given, **whose)
    _claims(kinds)
    return number


def _given(desks: Desks, days: Days) -> dict:
    nobody = [None] * len(desks.practitioners)
    return {
        "tz": desks.location.time_zone,
        "practitioners": list(desks.practitioners),
        "rooms": list(desks.rooms),
        "chairs": [*desks.chairs, *nobody][: len(nobody)],
        "more_chairs": [*desks.more_chairs, *nobody][: len(nobody)],
        **vars(days),
    }


TURNOVER = 5
USES = {  # resource, step, and the minutes of its claim from the time of the cell
    "talk": (("practitioner", 0, 0, 30), ("room", 0, 0, 30 + TURNOVER)),
    "short": (("practitioner", 0, 0, 15), ("room", 0, 0, 15 + TURNOVER)),
    "treat": (
        ("sits_in", 0, -45, 0),
        ("practitioner", 1, 0, 20),
        ("room", 1, 0, 20 + TURNOVER),
        ("sits_in", 2, 20, 35),
    ),
}


def _claims(kinds: Kinds) -> None:
    for what, visit_type in vars(kinds).items():
        if visit_type is None:
            continue
        steps = list(visit_type.steps.order_by("position").values_list("pk", flat=True))
        for resource, step, begins, ends in USES[what]:
            columns = {
                "booking_id": "id",
                "resource_id": resource,
                "step_id": "%(step)s",
                "starts": f"at + interval '{begins} minutes'",
                "ends": f"at + interval '{ends} minutes'",
            }
            source = "FROM crowd WHERE what = %(what)s AND status NOT IN ('cancelled', 'no_show') ORDER BY id"
            insert(Claim, columns, source, step=steps[step], what=what)

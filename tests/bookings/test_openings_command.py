"""`manage.py openings`: what could be booked, day by day, with whom."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from clinic import clock
from tests import builders
from tests.bookings.door_clinic import book, local, place

__all__ = ["place"]
pytestmark = pytest.mark.django_db
NOW = local("2026-11-02T08:00")  # a Monday


@pytest.fixture(autouse=True)
def _monday_morning(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def openings(*arguments: str, **options) -> str:
    output = io.StringIO()
    call_command("openings", *arguments, stdout=output, **options)
    return output.getvalue()


def asked(place, *more: str, days="1", first="2026-11-02") -> str:
    location, consultation, _, _ = place
    return openings(consultation.code, "--location", location.slug, "--from", first, "--days", days, *more)


def found(place, *more, **how) -> dict:
    return json.loads(asked(place, "--json", *more, **how))


def test_openings_says_when_and_with_whom_day_by_day(place):
    location, consultation, _, doctor = place
    book(place, local("2026-11-02T10:00"), now=NOW)

    answer = found(place, days="2")

    assert {key: answer[key] for key in ("visit_type", "location", "time_zone")} == {
        "visit_type": consultation.code,
        "location": location.slug,
        "time_zone": "Asia/Kolkata",
    }
    monday, tuesday = answer["days"]
    assert (monday["day"], tuesday["day"]) == ("2026-11-02", "2026-11-03")
    who = [{"number": doctor.pk, "name": doctor.resource.name}]
    assert monday["openings"][0] == {"at": "2026-11-02T09:00:00+05:30", "practitioners": who}
    times = [opening["at"][11:16] for opening in monday["openings"]]
    # half an hour from 10:00 is taken, and the room is cleaned for five minutes
    assert times[:4] == ["09:00", "09:15", "10:45", "11:00"]
    assert "10:00" in [opening["at"][11:16] for opening in tuesday["openings"]]


def test_openings_of_one_practitioner_names_no_other(place):
    location, consultation, _, doctor = place
    other = builders.a_practitioner(location=location, qualified=[consultation])
    both, one = found(place), found(place, "--practitioner", str(other.pk))
    named = found(place, "--practitioner", other.resource.name)

    assert [who["number"] for who in both["days"][0]["openings"][0]["practitioners"]] == [doctor.pk, other.pk]
    assert {who["number"] for at in one["days"][0]["openings"] for who in at["practitioners"]} == {other.pk}
    assert named == one


def test_openings_in_words(place):
    lines = asked(place, days="7").splitlines()

    assert lines[0] == "Mon 2 Nov 2026: 35"
    assert lines[1] == f"   9:00 am  {place[3].resource.name}"
    assert lines[-1] == "Sun 8 Nov 2026: 0"


@pytest.mark.parametrize("first", ["1850-01-01", "2026-10-01", "2999-12-31"])
def test_openings_of_days_long_past_or_far_ahead_is_an_answer(place, first):
    assert len(found(place, first=first, days="366")["days"]) == 366


BAD = [
    ({"visit_type": "none-such"}, "VISIT_TYPE: unknown; known are "),
    ({"visit_type": "\0"}, "VISIT_TYPE: unknown; known are "),
    ({"location": "\udcff"}, "--location: unknown; known are "),
    ({"location": ""}, "--location: unknown; known are "),
    ({"first_day": "2026-13-01"}, "--from: a date such as 2027-01-04 is needed."),
    ({"first_day": "20261101"}, "--from: a date such as 2027-01-04 is needed."),
    ({"first_day": "9999-12-31"}, "--from: a year from 1850 to 2999 is needed."),
    ({"days": "0"}, "--days: a number from 1 to 366 is needed."),
    ({"days": "367"}, "--days: a number from 1 to 366 is needed."),
    ({"days": "-1"}, "--days: a number from 1 to 366 is needed."),
    ({"days": "1.5"}, "--days: a number from 1 to 366 is needed."),
    ({"days": "٣"}, "--days: a number from 1 to 366 is needed."),
    ({"days": "9" * 5000}, "--days: a number from 1 to 366 is needed."),
    ({"practitioner": "Dr Nobody"}, "--practitioner: a number or a whole name is needed; known are "),
    ({"practitioner": ""}, "--practitioner: a number or a whole name is needed; known are "),
]


@pytest.mark.parametrize(("wrong", "said"), BAD, ids=str)
def test_openings_refuses_nonsense_in_one_line(place, wrong, said):
    location, consultation, _, _ = place
    right = {"visit_type": consultation.code, "location": location.slug, "days": "7", "practitioner": None}
    given = right | {"first_day": "2026-11-02"} | wrong

    with pytest.raises(CommandError) as refused:
        openings(
            given["visit_type"],
            f"--location={given['location']}",
            f"--from={given['first_day']}",
            f"--days={given['days']}",
            *([f"--practitioner={given['practitioner']}"] if given["practitioner"] is not None else []),
        )

    assert (refused.value.returncode, "\n" in str(refused.value)) == (2, False)
    assert str(refused.value).startswith(said)

"""The day as a table: every cell is text to a spreadsheet, and what was saved is noted."""

import csv
import io

import pytest

from bookings.models import Status
from bookings.services.papers.day_csv import BYTE_ORDER_MARK, DAY_COLUMNS, safe, table
from clinic.models import AuditRow
from tests import builders
from tests.bookings.desk_clinic import AT_11, desk, visit
from tests.bookings.patient_clinic import at_now, place

__all__ = ["at_now", "desk", "place"]


def read(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def rows(answer) -> list[dict]:
    head, *lines = read(answer.content)
    return [dict(zip(head, cells, strict=True)) for cells in lines]


# Row 22 of the attack list

FORMULAS = [
    '=HYPERLINK("http://x.example","Asha")',
    "+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-2+3",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\tAsha",
    "\rAsha",
    "\nAsha",
    " =1+1",
    "\u200b=1+1",
    "\ufeff=1+1",
    "＝1+1",
    "＋1",
    "－2+3",
    "＠SUM(1)",
]


@pytest.mark.parametrize("typed", FORMULAS)
def test_row_22_formula_in_a_cell_is_text(typed):
    [[cell]] = read(table(["a"], [[typed]]))[1:]

    assert cell == f"'{typed}"


@pytest.mark.parametrize("typed", ["Asha Rao", "ಮೀನಾ", "O'Brien", "A=B", "12", "", "3-4", "'quoted'"])
def test_row_22_what_is_no_formula_stays_as_it_is(typed):
    assert safe(typed) == typed


@pytest.mark.parametrize("typed", ['a"b', "a,b", "a;b", "a\nb", 'x";=1+1;"'])
def test_row_22_separators_within_a_cell_start_no_new_one(typed):
    body = table(["a", "b"], [[typed, "last"]])

    assert read(body)[1] == [typed, "last"]
    assert body.decode().count('","') == 2  # every cell is quoted, whatever the country's separator


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["=1+1 Asha", "＝Asha", "@Asha", "-Asha", "+Asha"])
def test_row_22_patients_name_in_the_days_table(desk, place, name):
    visit(place, name=name)

    assert rows(desk.get("/desk/day.csv"))[0]["name"] == f"'{name}"


# The day


@pytest.mark.django_db
def test_table_has_the_columns_that_the_page_explains(desk, place):
    booking = visit(place)
    answer = desk.get("/desk/day.csv?day=2026-11-02")
    [row] = rows(answer)
    room = booking.claims.get(resource__kind="room").resource.name

    assert list(row) == list(DAY_COLUMNS)
    assert row == {
        "reference": booking.reference,
        "day": "2026-11-02",
        "from": "11:00",
        "to": "11:30",
        "with": place.doctor.resource.name,
        "where": room,
        "name": "Asha Rao",
        "age": "36",
        "phone": f"'{booking.patient.phone}",
        "visit": "First consultation",
        "status": "booked",
        "notes": "form not finished, first visit",
    }
    page = desk.get("/desk/day-list/").content.decode()
    assert all(f"<dt>{column}</dt>" in page for column in DAY_COLUMNS)


@pytest.mark.django_db
def test_table_opens_in_excel_with_names_in_every_script(desk, place):
    visit(place, name="ಮೀನಾ ಕುಮಾರಿ")
    answer = desk.get("/desk/day.csv")

    assert answer.content.startswith(BYTE_ORDER_MARK.encode())
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert rows(answer)[0]["name"] == "ಮೀನಾ ಕುಮಾರಿ"
    assert answer["Content-Disposition"] == (
        f'attachment; filename="day-{place.location.slug}-2026-11-02.csv"'
    )


@pytest.mark.django_db
def test_saving_the_table_is_noted(desk, place):
    desk.get("/desk/day.csv?day=2026-11-03")
    row = AuditRow.objects.get(action="day_exported")

    assert (row.by, row.subject) == (desk.user, f"location:{place.location.pk}")
    assert row.detail == {"day": "2026-11-03", "kind": "csv"}


@pytest.mark.django_db
def test_cancelled_visits_are_in_it_and_holds_are_not(desk, place):
    fields = {"location": place.location, "visit_type": place.consultation}
    builders.a_booking(starts=AT_11, status=Status.CANCELLED, **fields)
    builders.a_booking(starts=AT_11, status=Status.HELD, held_until=AT_11, **fields)

    assert [row["status"] for row in rows(desk.get("/desk/day.csv"))] == ["cancelled"]


@pytest.mark.django_db
def test_table_of_a_place_that_is_not_theirs_is_of_their_own(client, place):
    other = builders.a_location()
    client.force_login(builders.staff(role="front_desk", location=other))
    visit(place)
    answer = client.get(f"/desk/day.csv?at={place.location.slug}&day=2026-11-02")

    assert rows(answer) == []
    assert other.slug in answer["Content-Disposition"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["day=0000-00-00", "day=2027-02-29", "day=x", "at=../..", "at=%00", "day=%ff"]
)
def test_row_17_nonsense_in_the_address_is_never_a_500(desk, place, query):
    assert desk.get(f"/desk/day.csv?{query}").status_code in (200, 400)

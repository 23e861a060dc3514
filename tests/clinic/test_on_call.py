"""The rota: who is asked after whom, when nobody is on call, and what is written down of it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from clinic import clock
from clinic.models import AlarmStep, AuditRow, OnCall, User
from clinic.rules import on_call as rules
from clinic.rules.on_call import Asked, Duty, gaps, whom_next
from clinic.rules.timespans import Span
from clinic.services import on_call
from clinic.services.on_call import OverAlready, Taken, put_on_call, take_off_call
from tests import builders
from tests.builders import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
A, B, M, N = 1, 2, 8, 9
ROTA = Duty(first=A, second=B, managers=(M, N))


def away(*people, first=A, second=B, managers=(M, N)):
    return Duty(first, second, managers, frozenset(people))


# Who is next


@pytest.mark.parametrize(
    ("duty", "level", "told", "why", "asked"),
    [
        (ROTA, 0, (), "raised", Asked(1, (A,), "raised")),
        (ROTA, 1, (A,), "unanswered", Asked(2, (B,), "unanswered")),
        (ROTA, 2, (A, B), "unanswered", Asked(3, (M, N), "unanswered")),
        (ROTA, 3, (A, B, M, N), "unanswered", None),
        # somebody is missing
        (Duty(None, None, (M,)), 0, (), "raised", Asked(3, (M,), "nobody")),
        (Duty(None, B, (M,)), 0, (), "raised", Asked(2, (B,), "nobody")),
        (Duty(A, None, (M,)), 1, (A,), "unanswered", Asked(3, (M,), "unanswered")),
        (away(A), 0, (), "raised", Asked(2, (B,), "away")),
        (away(A, B), 0, (), "raised", Asked(3, (M, N), "away")),
        (ROTA, 1, (A,), "away", Asked(2, (B,), "away")),
        # managers
        (away(M), 2, (A, B), "unanswered", Asked(3, (N,), "unanswered")),
        (away(M, N), 2, (A, B), "unanswered", Asked(3, (M, N), "unanswered")),
        (Duty(None, None, ()), 0, (), "raised", Asked(3, (), "nobody")),
        # nobody is told twice
        (Duty(A, A, (M,)), 1, (A,), "unanswered", Asked(3, (M,), "unanswered")),
        (Duty(A, B, (A, M)), 2, (A, B), "unanswered", Asked(3, (M,), "unanswered")),
        # all know: who comes on call after that
        (Duty(first=5, managers=(M,)), 3, (A, B, M), "unanswered", Asked(1, (5,), "unanswered")),
        (Duty(5, None, (M,), frozenset({5})), 3, (A, B, M), "unanswered", None),
        (Duty(managers=(M,)), 3, (M,), "unanswered", None),
    ],
)
def test_who_is_asked_next(duty, level, told, why, asked):
    assert whom_next(duty, level=level, told=told, why=why) == asked


def test_the_reasons_are_those_that_the_database_knows():
    assert {rules.RAISED, rules.UNANSWERED, rules.AWAY, rules.NOBODY} == set(AlarmStep.Why.values)


@pytest.mark.parametrize(
    ("taken", "left"),
    [
        ([], [(0, 24)]),
        ([(0, 24)], []),
        ([(8, 20)], [(0, 8), (20, 24)]),
        ([(8, 20), (20, 24)], [(0, 8)]),
        ([(-5, 8), (20, 30)], [(8, 20)]),
    ],
)
def test_when_nobody_is_on_call(taken, left):
    spans = [Span(NOW + begin * HOUR, NOW + end * HOUR) for begin, end in taken]

    found = gaps(spans, within=Span(NOW, NOW + DAY))

    assert found == [Span(NOW + begin * HOUR, NOW + end * HOUR) for begin, end in left]


# Kept


def put(user=None, *, rank=1, starts=NOW, ends=NOW + DAY, now=NOW):
    user = user or builders.staff(role="dermatologist")
    by = builders.staff(role="manager")
    return put_on_call(user=user, rank=rank, starts=starts, ends=ends, by=by, now=now)


@pytest.mark.django_db
def test_who_is_put_on_call_is_asked_then_and_not_after():
    row, second = put(), put(rank=2)

    found = [on_call.duty_at(at) for at in (NOW, NOW + DAY - HOUR, NOW + DAY)]

    pairs = [(duty.first, duty.second) for duty in found]
    assert pairs == [(row.user_id, second.user_id)] * 2 + [(None, None)]
    assert AuditRow.objects.filter(action="put_on_call").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("begin", "end", "rank", "fits"),
    [(24, 48, 1, True), (-24, 0, 1, True), (23, 48, 1, False), (1, 2, 1, False), (0, 24, 2, True)],
)
def test_one_rank_is_one_persons_at_a_time(begin, end, rank, fits):
    there = put()

    def again():
        return put(rank=rank, starts=NOW + begin * HOUR, ends=NOW + end * HOUR, now=NOW - 2 * DAY)

    if fits:
        assert again().pk
    else:
        with pytest.raises(Taken) as refused:
            again()
        assert refused.value.there == there


@pytest.mark.django_db
def test_a_time_that_is_over_is_not_filled():
    with pytest.raises(OverAlready):
        put(starts=NOW - DAY, ends=NOW)


@pytest.mark.django_db
def test_who_was_on_call_stays_written_down():
    begun, ahead = put(now=NOW - HOUR, starts=NOW - DAY), put(starts=NOW + DAY, ends=NOW + 2 * DAY)
    by = builders.staff(role="manager")

    for row in (begun, ahead):
        take_off_call(row=row, by=by, now=NOW)
        take_off_call(row=row, by=by, now=NOW + HOUR)

    assert list(OnCall.objects.values_list("starts", "ends")) == [(NOW - HOUR, NOW)]
    assert AuditRow.objects.filter(action="taken_off_call").count() == 2


@pytest.mark.django_db
def test_who_has_left_or_has_no_part_in_it_any_more_cannot_be_asked():
    here, gone, other = (builders.staff(role="dermatologist") for _ in range(3))
    User.objects.filter(pk=gone.pk).update(is_active=False)
    other.roles.update(role="nurse")

    assert on_call.away_of({here.pk, gone.pk, other.pk}, now=NOW) == {gone.pk, other.pk}


@pytest.mark.django_db
def test_the_diary_says_who_is_on_leave():
    """Fails where no floor above has registered what it knows."""
    from bookings.models import Closure

    doctor, other = builders.a_practitioner(), builders.a_practitioner()
    Closure.objects.create(resource=doctor.resource, starts=NOW, ends=NOW + DAY, kind="leave", reason="Leave")
    people = {doctor.user_id, other.user_id}

    found = [on_call.away_of(people, now=NOW + hours * HOUR) for hours in (-1, 0, 23, 24)]

    assert found == [set(), {doctor.user_id}, {doctor.user_id}, set()]


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "is_open"), [(0, True), (5, True), (6, False)])
def test_the_diary_says_which_days_the_clinic_works(days, is_open):
    builders.a_location()

    assert on_call.the_house().is_open((NOW + days * DAY).date()) is is_open


@pytest.mark.django_db
def test_a_holiday_is_no_clinic_day():
    from bookings.models import Closure

    place = builders.a_location()
    Closure.objects.create(
        location=place, starts=NOW - 10 * HOUR, ends=NOW + 14 * HOUR, kind="holiday", reason="Holiday"
    )

    assert not on_call.the_house().is_open(NOW.date())


# The page

PAGE = reverse("on_call")


@pytest.fixture
def manager(client):
    manager = builders.staff(role="manager")
    client.force_login(manager)
    return manager


def fill(client, doctor, /, *, days=1, hour="8", lasts="24", rank="1", **fields):
    day = (clock.now() + days * DAY).date().isoformat()
    said = {"who": doctor.pk, "rank": rank, "day": day, "hour": hour, "lasts": lasts}
    return client.post(reverse("on_call_add"), said | fields)


@pytest.mark.django_db
def test_without_a_rota_the_page_says_who_is_asked(client, manager):
    page = client.get(PAGE).content.decode()

    assert "nobody is on call, so managers are asked" in page


@pytest.mark.django_db
def test_a_manager_fills_a_week(client, manager):
    doctor = builders.staff(role="dermatologist", name="Dr Example Week")

    answer = fill(client, doctor, lasts="168")

    row = OnCall.objects.get()
    assert (answer.status_code, row.user, row.rank, row.ends - row.starts) == (302, doctor, 1, 7 * DAY)
    assert "Dr Example Week" in client.get(PAGE).content.decode()


@pytest.mark.django_db
def test_an_overlap_is_refused_with_who_is_there_and_what_was_chosen_stays(client, manager):
    first, other = (builders.staff(role="dermatologist", name=f"Dr Example {n}") for n in ("One", "Two"))
    fill(client, first)

    answer = fill(client, other, hour="20")

    page = answer.content.decode()
    assert (answer.status_code, OnCall.objects.count()) == (409, 1)
    assert "Dr Example One is on call first then" in page
    assert f'<option value="{other.pk}" selected>' in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [{"who": ""}, {"who": "999999999"}, {"rank": "3"}, {"day": "2026-02-30"}, {"hour": "25"}, {"lasts": "0"}],
)
def test_what_nobody_could_choose_is_refused(client, manager, fields):
    doctor = builders.staff(role="dermatologist")

    assert (fill(client, doctor, **fields).status_code, OnCall.objects.count()) == (422, 0)


@pytest.mark.django_db
def test_only_doctors_are_put_on_call(client, manager):
    assert fill(client, builders.staff(role="nurse")).status_code == 422


@pytest.mark.django_db
def test_a_manager_takes_somebody_off(client, manager):
    fill(client, builders.staff(role="dermatologist"))

    answer = client.post(reverse("on_call_remove", args=[OnCall.objects.get().pk]))

    assert (answer.status_code, OnCall.objects.count()) == (302, 0)


@pytest.mark.django_db
def test_a_row_that_is_not_there_is_not_found(client, manager):
    assert client.post(reverse("on_call_remove", args=[999_999_999])).status_code == 404


@pytest.mark.django_db
def test_doctors_read_the_rota_and_do_not_change_it(client):
    doctor = builders.staff(role="dermatologist")
    client.force_login(doctor)

    page = client.get(PAGE).content.decode()

    assert "managers are asked" in page
    assert 'name="who"' not in page
    assert fill(client, doctor).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_for_one_row_and_for_three(client, manager, django_assert_num_queries, rows):
    doctor = builders.staff(role="dermatologist")
    for number in range(rows):
        fill(client, doctor, days=1 + number)

    with django_assert_num_queries(8):
        client.get(PAGE)


# Where they are told


def give_number(client, user, phone):
    return client.post(reverse("on_call_number"), {"person": user.pk, "phone": phone})


@pytest.mark.django_db
@pytest.mark.parametrize(("typed", "kept"), [("98450 12345", "+919845012345"), ("", None)])
def test_a_manager_writes_down_where_to_wake_somebody(client, manager, typed, kept):
    doctor = builders.staff(role="dermatologist")

    assert give_number(client, doctor, typed).status_code == 302

    doctor.refresh_from_db()
    assert doctor.phone == kept
    assert AuditRow.objects.get(action="duty_number_changed").detail == {}


@pytest.mark.django_db
def test_a_number_that_is_none_is_refused_and_stays(client, manager):
    answer = give_number(client, builders.staff(role="dermatologist"), "12 34")

    assert (answer.status_code, "12 34" in answer.content.decode()) == (422, True)


@pytest.mark.django_db
def test_the_number_of_a_patients_log_in_is_refused_kindly(client, manager):
    phone = builders.an_account().phone

    answer = give_number(client, builders.staff(role="dermatologist"), phone)

    assert (answer.status_code, "logs somebody else in" in answer.content.decode()) == (422, True)


@pytest.mark.django_db
def test_a_patient_is_nobodys_number_to_change(client, manager):
    patient = builders.an_account()

    assert give_number(client, patient, "98450 12345").status_code == 422
    patient.refresh_from_db()
    assert patient.phone != "+919845012345"

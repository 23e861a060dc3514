"""Somebody leaves: nothing of theirs is lost, and nothing of theirs opens any more."""

from datetime import date, time, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from bookings import door, refusals, tasks
from bookings.models import Booking, FeedToken, Status, WorkingHours
from bookings.services.closing.closures import stranded
from bookings.services.house import leavers
from bookings.services.house.leavers import leaving_days
from bookings.services.house.members import LastManager
from clinic.celery import app
from clinic.models import AuditRow, Practitioner, Qualified, StaffRole, User
from tests import builders
from tests.bookings.desk_clinic import AT_11, TOMORROW_11, session_visit, visit
from tests.bookings.manager_clinic import address, errors_of, manager, send
from tests.bookings.patient_clinic import at_now, local, place, set_clock, text_of
from tests.builders import NOW

__all__ = ["at_now", "manager", "place"]
pytestmark = pytest.mark.django_db

TODAY, TOMORROW = date(2026, 11, 2), date(2026, 11, 3)


@pytest.fixture
def colleague(place):
    return builders.a_practitioner(
        location=place.location, qualified=[place.consultation, place.session], name="Dr Iyer"
    )


def of(person, name="leave"):
    return address(name, person.pk)


def plan(place, last_on=TODAY, now=NOW):
    leavers.plan_leave(member=place.doctor.user, last_on=last_on, by=builders.staff(role="manager"), now=now)


def theirs(place, **fields):
    return visit(place, practitioner=place.doctor.pk, **fields)


def hand_over(place, last_on=TODAY, now=NOW):
    after = leavers.visits_after(practitioner=place.doctor, last_on=last_on, now=now)
    proposed = leavers.propose(bookings=list(after), now=now)
    return leavers.hand_over(handovers=proposed, by=builders.staff(role="manager"), now=now)


# The last day


def test_hours_end_with_the_last_day_and_nobody_books_after_it(place):
    plan(place, last_on=TOMORROW)

    rows = WorkingHours.objects.filter(resource=place.doctor.resource)
    assert set(rows.values_list("until_on", flat=True)) == {TOMORROW}
    assert visit(place, TOMORROW_11).practitioner == place.doctor
    with pytest.raises(refusals.TimeTaken):
        visit(place, local("2026-11-04T11:00"))


def test_hours_planned_for_later_go(place):
    rows = WorkingHours.objects.filter(resource=place.doctor.resource)
    rows.update(from_on=date(2026, 12, 1))

    plan(place)

    assert not rows.exists()


def test_account_stays_until_the_last_day_is_over(place):
    plan(place, last_on=TOMORROW)

    assert leavers.close_due(now=NOW) == 0
    assert leavers.close_due(now=NOW + timedelta(days=1)) == 0
    assert User.objects.get(pk=place.doctor.user.pk).is_active
    assert leavers.close_due(now=NOW + timedelta(days=2)) == 1
    assert not User.objects.get(pk=place.doctor.user.pk).is_active
    assert leavers.close_due(now=NOW + timedelta(days=2)) == 0


def test_a_day_that_is_over_closes_the_account_at_once(place):
    plan(place, last_on=TODAY - timedelta(days=1))

    assert not User.objects.get(pk=place.doctor.user.pk).is_active


def test_somebody_who_stays_is_not_closed(place):
    plan(place, last_on=TOMORROW)
    leavers.stay(member=place.doctor.user, by=builders.staff(role="manager"), now=NOW)

    assert leaving_days([place.doctor.user.pk]) == {}
    assert leavers.close_due(now=NOW + timedelta(days=9)) == 0


def test_the_newest_last_day_counts(place):
    plan(place, last_on=TOMORROW)
    plan(place, last_on=date(2026, 12, 1))

    assert leaving_days([place.doctor.user.pk]) == {place.doctor.user.pk: date(2026, 12, 1)}


@pytest.mark.parametrize("count", [1, 3])
def test_last_days_are_read_in_one_query(count, django_assert_num_queries):
    by = builders.staff(role="manager")
    people = [builders.staff(role="nurse") for _ in range(count)]
    for person in people:
        leavers.plan_leave(member=person, last_on=TOMORROW, by=by, now=NOW)

    with django_assert_num_queries(1):
        assert set(leaving_days(one.pk for one in people).values()) == {TOMORROW}


def test_the_beat_closes_accounts_whose_day_is_over(place, at_now):
    plan(place, last_on=TODAY)
    entry = app.conf.beat_schedule["close accounts of leavers"]
    set_clock(at_now, NOW + timedelta(days=1))

    assert entry["task"] == tasks.close_accounts_of_leavers.name
    tasks.close_accounts_of_leavers()

    assert not User.objects.get(pk=place.doctor.user.pk).is_active


# The account


def test_closing_ends_log_in_sessions_roles_and_feeds(place):
    doctor = place.doctor.user
    FeedToken.objects.create(practitioner=place.doctor, token_hash="x", by=doctor, created_at=NOW)
    session = Client()
    session.force_login(doctor)
    assert session.get("/desk/").status_code == 200

    leavers.close_account(member=doctor, by=builders.staff(role="manager"), now=NOW)

    assert session.get("/desk/").status_code == 302
    answer = Client().post("/staff/login/", {"email": doctor.email, "password": builders.PASSWORD})
    assert answer.status_code == 422
    assert not StaffRole.objects.filter(user=doctor).exists()
    assert FeedToken.objects.get().revoked_at == NOW
    assert AuditRow.objects.get(action="member_left").subject == f"user:{doctor.pk}"


def test_visits_of_somebody_who_has_gone_are_stranded_not_lost(place):
    theirs(place, starts=TOMORROW_11)

    leavers.close_account(member=place.doctor.user, by=builders.staff(role="manager"), now=NOW)

    [booking] = stranded(location=place.location, now=NOW)
    assert (booking.practitioner, booking.status) == (place.doctor, Status.BOOKED)


def test_visits_after_the_last_day_are_stranded_not_lost(place):
    booking = theirs(place, starts=TOMORROW_11)

    plan(place)

    assert stranded(location=place.location, now=NOW) == [booking]


def test_the_last_manager_can_neither_leave_nor_be_closed():
    last = builders.staff(role="manager")

    for act in (leavers.close_account, leavers.plan_leave):
        day = {"last_on": TODAY} if act is leavers.plan_leave else {}
        with pytest.raises(LastManager):
            act(member=last, by=last, now=NOW, **day)

    assert User.objects.get(pk=last.pk).is_active
    assert leaving_days([last.pk]) == {}


def test_two_managers_cannot_both_plan_to_leave():
    one, other = builders.staff(role="manager"), builders.staff(role="manager")
    leavers.plan_leave(member=one, last_on=TOMORROW, by=other, now=NOW)

    with pytest.raises(LastManager):
        leavers.plan_leave(member=other, last_on=TOMORROW, by=other, now=NOW)


def test_a_last_manager_whose_day_is_over_stays_until_there_is_another():
    one, other = builders.staff(role="manager"), builders.staff(role="manager")
    leavers.plan_leave(member=one, last_on=TOMORROW, by=other, now=NOW)
    StaffRole.objects.filter(user=other).delete()
    later = NOW + timedelta(days=5)

    assert leavers.close_due(now=later) == 0
    builders.staff(role="manager")
    assert leavers.close_due(now=later) == 1


# Their visits


def test_visits_go_to_a_colleague_at_the_same_time(place, colleague):
    booking = theirs(place, starts=TOMORROW_11)
    plan(place)

    assert hand_over(place) == 1

    booking.refresh_from_db()
    assert (booking.practitioner, booking.starts, booking.status) == (colleague, TOMORROW_11, Status.BOOKED)
    assert booking.claims.filter(resource=colleague.resource).exists()
    assert stranded(location=place.location, now=NOW) == []


def keep_for_urgent(*people):
    rows = WorkingHours.objects.filter(resource__in=[one.pk for one in people])
    rows.update(urgent_from=time(11), urgent_to=time(11, 30))


def test_an_urgent_visit_goes_to_a_colleague_who_keeps_the_same_time(place, colleague):
    keep_for_urgent(place.doctor, colleague)
    booking = theirs(place, starts=TOMORROW_11, urgent=True)
    plan(place)

    assert hand_over(place) == 1

    booking.refresh_from_db()
    assert (booking.practitioner, booking.starts) == (colleague, TOMORROW_11)


def test_no_other_visit_goes_into_a_time_kept_for_urgent_ones(place, colleague):
    keep_for_urgent(colleague)
    booking = theirs(place, starts=TOMORROW_11)
    plan(place)

    assert hand_over(place) == 0
    assert stranded(location=place.location, now=NOW) == [booking]


def test_sessions_of_a_course_go_too(place, colleague):
    booking = session_visit(place, TOMORROW_11)
    leaver, other = booking.practitioner, {place.doctor: colleague, colleague: place.doctor}
    leavers.plan_leave(member=leaver.user, last_on=TODAY, by=builders.staff(role="manager"), now=NOW)
    after = leavers.visits_after(practitioner=leaver, last_on=TODAY, now=NOW)

    leavers.hand_over(
        handovers=leavers.propose(bookings=list(after), now=NOW), by=builders.staff(role="manager"), now=NOW
    )

    booking.refresh_from_db()
    assert (booking.practitioner, booking.starts) == (other[leaver], TOMORROW_11)


def test_who_is_busy_away_or_not_able_takes_nothing(place, colleague):
    booking = theirs(place, starts=TOMORROW_11)
    visit(place, TOMORROW_11, name="Ravi", practitioner=colleague.pk)
    unable = builders.a_practitioner(location=place.location)
    Qualified.objects.filter(practitioner=unable).delete()
    plan(place)

    assert hand_over(place) == 0
    booking.refresh_from_db()
    assert booking.practitioner == place.doctor
    assert stranded(location=place.location, now=NOW) == [booking]


def test_visits_are_shared_out_among_the_colleagues(place, colleague):
    third = builders.a_practitioner(location=place.location, qualified=[place.consultation])
    for hour in (11, 12, 14, 15):
        theirs(place, starts=local(f"2026-11-03T{hour}:00"))
    plan(place)

    assert hand_over(place) == 4

    assert {one.practitioner_id for one in Booking.objects.all()} == {colleague.pk, third.pk}
    assert Booking.objects.filter(practitioner=third).count() == 2


def test_only_visits_after_the_last_day_are_handed_over(place, colleague):
    stays = theirs(place, starts=AT_11)
    theirs(place, starts=TOMORROW_11)
    plan(place)

    hand_over(place)

    stays.refresh_from_db()
    assert stays.practitioner == place.doctor


def test_a_visit_that_was_moved_meanwhile_is_left_alone(place, colleague):
    booking = theirs(place, starts=TOMORROW_11)
    after = leavers.visits_after(practitioner=place.doctor, last_on=TODAY, now=NOW)
    proposed = leavers.propose(bookings=list(after), now=NOW)
    door.move(
        moves=[(Booking.objects.get(pk=booking.pk), local("2026-11-04T11:00"), None)], key=uuid4(), by=None,
        now=NOW,
    )  # fmt: skip

    assert leavers.hand_over(handovers=proposed, by=builders.staff(role="manager"), now=NOW) == 0


@pytest.mark.parametrize("count", [1, 3])
def test_proposing_asks_the_same_for_few_and_many(place, colleague, count, django_assert_num_queries):
    for n in range(count):
        theirs(place, starts=TOMORROW_11 + timedelta(hours=n))
    bookings = list(leavers.visits_after(practitioner=place.doctor, last_on=TODAY, now=NOW))

    with django_assert_num_queries(6):
        leavers.propose(bookings=bookings, now=NOW)


# The page


def test_page_asks_for_the_day_and_shows_what_it_means(manager, place, colleague):
    theirs(place, starts=TOMORROW_11)

    page = text_of(manager.get(of(place.doctor.user) + "?last_on=2026-11-02"))

    assert "1 visit after the last day" in page
    assert "Tue 3 Nov, 11:00 am Asha Rao First consultation · Indiranagar Dr Iyer" in page
    assert "You can hand them over once the last day is set." in page
    assert leaving_days([place.doctor.user.pk]) == {}


def test_setting_the_day_and_handing_over(manager, place, colleague):
    booking = theirs(place, starts=TOMORROW_11)

    answer = manager.post(of(place.doctor.user), {"last_on": "2026-11-02"})
    assert "Hand over 1 visit" in text_of(manager.get(answer["Location"]))

    answer = manager.post(of(place.doctor.user, "hand_over"))
    booking.refresh_from_db()
    assert booking.practitioner == colleague
    page = text_of(manager.get(answer["Location"]))
    assert "One visit was handed over." in page
    assert "nothing is left behind" in page


def test_what_nobody_is_free_for_is_named(manager, place):
    theirs(place, starts=TOMORROW_11)
    manager.post(of(place.doctor.user), {"last_on": "2026-11-02"})

    page = manager.get(of(place.doctor.user))
    assert "nobody" in text_of(page)
    answer = manager.post(of(place.doctor.user, "hand_over"))
    assert "waits in the To do list" in text_of(manager.get(answer["Location"]))


def test_visits_of_somebody_closed_at_once_can_be_handed_over_too(manager, place, colleague):
    booking = theirs(place, starts=TOMORROW_11)
    manager.post(of(place.doctor.user, "close_account"))

    manager.post(of(place.doctor.user, "hand_over"))

    booking.refresh_from_db()
    assert booking.practitioner == colleague


def test_handing_over_without_a_last_day_does_nothing(manager, place, colleague):
    booking = theirs(place, starts=TOMORROW_11)

    assert manager.post(of(place.doctor.user, "hand_over"))["Location"] == of(place.doctor.user)
    booking.refresh_from_db()
    assert booking.practitioner == place.doctor


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter the last day"), ("soon", "Enter a day"), ("9999-12-31", "The day must be"),
        ("0001-01-01", "The day must be"), ("2026-02-30", "Enter a day"),
    ],
)  # fmt: skip
def test_a_day_that_cannot_be_is_said(manager, place, typed, words):
    answer = manager.post(of(place.doctor.user), {"last_on": typed})

    assert answer.status_code == 422
    assert words in errors_of(answer)
    assert answer.context["form"]["last_on"].value() == typed
    assert leaving_days([place.doctor.user.pk]) == {}


def test_a_nurse_leaves_without_a_list_of_visits(manager):
    nurse = builders.staff(role="nurse", name="Sister Jincy")

    page = text_of(manager.get(of(nurse) + "?last_on=2026-11-30"))
    assert "Sister Jincy leaves" in page
    assert "visits after the last day" not in page
    manager.post(of(nurse), {"last_on": "2026-11-30"})
    assert "leaves 30 Nov 2026" in text_of(manager.get(address("staff")))
    manager.post(of(nurse, "stay"))
    assert leaving_days([nurse.pk]) == {}


def test_the_last_manager_is_told_why_not(manager):
    answer = manager.post(of(manager.user), {"last_on": "2026-11-30"})
    assert answer.status_code == 409
    assert "Nobody else could manage the clinic then" in errors_of(answer)

    answer = manager.post(of(manager.user, "close_account"))
    assert "Nobody else could manage the clinic then" in text_of(manager.get(answer["Location"]))
    assert User.objects.get(pk=manager.user.pk).is_active


def test_somebody_comes_back(manager, place):
    doctor = place.doctor.user
    manager.post(of(doctor), {"last_on": "2026-11-01"})
    assert "has left" in text_of(manager.get(address("member", doctor.pk)))

    send(manager, address("member", doctor.pk), duties=["dermatologist.all"])

    doctor.refresh_from_db()
    assert doctor.is_active
    assert not doctor.has_usable_password()
    assert Practitioner.objects.get(pk=place.doctor.pk).resource.is_active
    assert leaving_days([doctor.pk]) == {}
    assert leavers.close_due(now=NOW + timedelta(days=9)) == 0

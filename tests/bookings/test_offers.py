"""Another time that the clinic asks for, as the patient sees it: yes, no, too late."""

from datetime import timedelta
from uuid import uuid4

import pytest

from bookings import door
from bookings.models import Booking, Closure, Status
from bookings.services.closing import closures
from bookings.services.desk import calling
from bookings.services.door.gap_rules import Authority
from clinic.models import Message
from tests import builders
from tests.bookings.patient_clinic import at_now, hidden, local, place, set_clock, text_of
from tests.builders import NOW

__all__ = ["at_now", "place"]
pytestmark = pytest.mark.django_db
TUESDAY, WEDNESDAY = local("2026-11-03T11:00"), local("2026-11-04T16:30")
UNTIL = NOW + timedelta(hours=5)


@pytest.fixture
def patient(client):
    patient = builders.a_patient(name="Asha Rao")
    client.force_login(patient.account)
    return patient


@pytest.fixture
def booking(place, patient):
    return door.book(
        patient=patient, visit_type=place.consultation, location=place.location, starts=TUESDAY, key=uuid4(),
        by=patient.account, now=NOW - timedelta(days=3),
    )  # fmt: skip


def ask(place, booking, starts=WEDNESDAY, *, until=UNTIL, practitioner=None, now=NOW, closed=True):
    """`closed`: their own time cannot be kept."""
    if closed:
        Closure.objects.create(
            resource=place.doctor.resource,
            starts=booking.starts,
            ends=booking.ends,
            kind="leave",
            reason="Ill",
        )
    return door.propose(
        booking=booking, starts=starts, practitioner=practitioner or place.doctor.pk, until=until,
        by=builders.staff(role="front_desk"), now=now, key=uuid4(),
    )  # fmt: skip


def page_of(client, booking):
    return client.get(f"/my/offer/{booking.reference}/")


def answer(client, page, booking, said, **fields):
    sent = {"key": hidden(page, "key"), "offer": hidden(page, "offer"), "answer": said}
    return client.post(f"/my/offer/{booking.reference}/", sent | fields)


def fresh(booking):
    return Booking.objects.get(pk=booking.pk)


def test_offer_shows_before_and_after_and_until_when(client, place, booking):
    ask(place, booking)

    page = text_of(page_of(client, booking))

    assert "We cannot see you as planned" in page
    assert "instead of Tue 3 Nov, 11:00 am → Wed 4 Nov, 4:30 pm with Dr Rao, as planned" in page
    assert "We keep that for you until 3:00 pm." in page
    assert "Yes, Wed 4 Nov, 4:30 pm" in page
    assert "No, please ring me" in page


def test_looking_changes_nothing(client, place, booking):
    offer = ask(place, booking)

    page_of(client, booking)
    client.get("/my/")

    assert (fresh(booking).starts, fresh(offer).status) == (TUESDAY, Status.HELD)


def test_yes_moves_the_visit(client, place, booking):
    ask(place, booking)

    done = answer(client, page_of(client, booking), booking, "yes")

    assert done["Location"] == "/my/"
    assert fresh(booking).starts == WEDNESDAY
    assert not Booking.objects.filter(replaces=booking).exists()
    assert "Thank you. Your visit is now Wed 4 Nov, 4:30 pm." in text_of(client.get("/my/"))


def test_yes_pressed_twice_is_one_yes(client, place, booking):
    ask(place, booking)
    page = page_of(client, booking)

    answers = [answer(client, page, booking, "yes") for _ in range(2)]

    assert [one.status_code for one in answers] == [302, 302]
    assert fresh(booking).version == booking.version + 1


def test_no_keeps_the_visit_and_the_desk_rings(client, place, booking):
    offer = ask(place, booking)
    page = page_of(client, booking)

    answers = [answer(client, page, booking, "no") for _ in range(2)]

    assert [one.status_code for one in answers] == [302, 302]
    assert (fresh(booking).starts, fresh(offer).status) == (TUESDAY, Status.CANCELLED)
    mine = text_of(client.get("/my/"))
    assert "Your visit Tue 3 Nov, 11:00 am cannot be as it was planned." in mine
    again = text_of(page_of(client, booking))
    assert "You told us that the other time does not suit you." in again
    assert "Choose a time yourself now" in again


def test_after_a_no_the_desk_moves_it_and_nothing_is_left_of_the_question(client, place, booking):
    offer = ask(place, booking)
    answer(client, page_of(client, booking), booking, "no")
    door.move(
        moves=[(fresh(booking), WEDNESDAY, None)], key=uuid4(), by=None, now=NOW + timedelta(minutes=5),
        authority=Authority.DESK,
    )  # fmt: skip

    assert Booking.objects.filter(pk=offer.pk).exists()
    assert "cannot be as it was planned" not in text_of(client.get("/my/"))
    assert "There is nothing to answer" in text_of(page_of(client, booking))


def test_visit_that_is_kept_after_a_no_is_as_it_was(client, place, booking):
    ask(place, booking)
    answer(client, page_of(client, booking), booking, "no")
    door.keep(booking=booking, why="a colleague comes in", by=builders.staff(role="front_desk"), now=NOW)

    assert "cannot be as it was planned" not in text_of(client.get("/my/"))


def test_too_late_is_said_kindly_with_what_happens_now(client, place, booking, at_now):
    ask(place, booking)
    page = page_of(client, booking)
    set_clock(at_now, UNTIL)

    late = answer(client, page, booking, "yes")

    assert late.status_code == 409
    assert "We could not keep that time any longer" in text_of(late)
    assert "The front desk rings you to find another time." in text_of(late)
    assert fresh(booking).starts == TUESDAY
    assert text_of(page_of(client, booking)) == text_of(late).replace("Error: ", "")


def test_answer_to_an_older_question_shows_the_newer_one(client, place, booking):
    ask(place, booking)
    page = page_of(client, booking)
    ask(place, booking, WEDNESDAY + timedelta(hours=1), now=NOW + timedelta(minutes=1))

    again = answer(client, page, booking, "yes")

    assert again.status_code == 409
    assert "Yes, Wed 4 Nov, 5:30 pm" in text_of(again)
    assert fresh(booking).starts == TUESDAY


def test_colleague_at_the_same_time_is_named(client, place, booking):
    colleague = builders.a_practitioner(
        location=place.location, qualified=[place.consultation], name="Dr Iyer"
    )
    ask(place, booking, TUESDAY, practitioner=colleague.pk)

    page = text_of(page_of(client, booking))
    assert "Dr Rao cannot see you Tue 3 Nov, 11:00 am" in page
    assert "instead of Dr Rao → Dr Iyer" in page
    assert "Yes, with Dr Iyer" in page
    answer(client, page_of(client, booking), booking, "yes")
    assert (fresh(booking).starts, fresh(booking).practitioner) == (TUESDAY, colleague)


def test_visit_that_nobody_asks_about_has_nothing_to_answer(client, place, booking):
    page = page_of(client, booking)

    assert (page.status_code, "There is nothing to answer" in text_of(page)) == (200, True)
    assert "Your visit is Tue 3 Nov, 11:00 am." in text_of(page)


def test_visit_cancelled_meanwhile_has_nothing_to_answer(client, place, booking):
    ask(place, booking)
    page = page_of(client, booking)
    door.cancel(bookings=[booking], key=uuid4(), by=None, now=NOW, authority=Authority.DESK)

    late = answer(client, page, booking, "yes")

    assert late.status_code == 409
    assert "is cancelled." in text_of(late)


@pytest.mark.parametrize("sent", [{}, {"answer": "maybe"}, {"offer": "nonsense!"}, {"key": "x"}])
def test_answer_that_is_not_whole_changes_nothing(client, place, booking, sent):
    ask(place, booking)
    page = page_of(client, booking)

    refused = (
        answer(client, page, booking, "yes", **sent)
        if sent
        else client.post(f"/my/offer/{booking.reference}/")
    )

    assert refused.status_code == 400
    assert "Yes, Wed 4 Nov, 4:30 pm" in text_of(refused)
    assert fresh(booking).starts == TUESDAY


def test_my_visits_asks_first_and_takes_the_answer(client, place, booking):
    ask(place, booking)
    page = client.get("/my/")

    shown = text_of(page)
    assert shown.index("Can you come at another time?") < shown.index("Next: Tue 3 Nov, 11:00 am")
    answer(client, page, booking, "yes")

    assert "Can you come at another time?" not in text_of(client.get("/my/"))
    assert fresh(booking).starts == WEDNESDAY


def test_somebody_elses_question_is_not_there(client, place, booking):
    ask(place, booking)
    client.force_login(builders.a_patient().account)

    assert page_of(client, booking).status_code == 404
    assert client.post(f"/my/offer/{booking.reference}/", {"answer": "yes"}).status_code == 404


def test_staff_have_pages_of_their_own(client, place, booking):
    client.force_login(builders.staff(role="front_desk"))

    assert page_of(client, booking).status_code == 404


# Their own time can be kept after all


def test_where_the_visit_can_stay_the_question_says_so(client, place, booking):
    ask(place, booking, closed=False)

    for page in (page_of(client, booking), client.get("/my/")):
        assert "It would help us. Could you come instead:" in text_of(page)
        assert "If it does not suit you, your visit stays as it is." in text_of(page)
        assert "No, leave it as it is" in text_of(page)
        assert "please ring me" not in text_of(page)


def test_no_where_the_visit_can_stay_leaves_nothing_of_the_question(client, place, booking):
    ask(place, booking, closed=False)

    answer(client, page_of(client, booking), booking, "no")

    mine = text_of(client.get("/my/"))
    assert "Your visit stays as it is: Tue 3 Nov, 11:00 am." in mine
    assert "rings you" not in mine
    assert "We see you Tue 3 Nov, 11:00 am, as booked." in text_of(page_of(client, booking))


def test_too_late_where_the_visit_can_stay_is_no_loss(client, place, booking, at_now):
    ask(place, booking, closed=False)
    page = page_of(client, booking)
    set_clock(at_now, UNTIL)

    late = answer(client, page, booking, "yes")

    assert late.status_code == 409
    assert "We could not keep Wed 4 Nov, 4:30 pm for you any longer" in text_of(late)
    assert "We see you Tue 3 Nov, 11:00 am, as booked." in text_of(late)
    assert "cannot be as it was planned" not in text_of(client.get("/my/"))


def test_opened_again_after_a_no_leaves_nothing_of_the_question(client, place, booking):
    ask(place, booking)
    answer(client, page_of(client, booking), booking, "no")
    assert "cannot be as it was planned" in text_of(client.get("/my/"))

    Closure.objects.all().delete()

    assert "cannot be as it was planned" not in text_of(client.get("/my/"))


def test_colleague_at_the_same_time_may_be_declined_too(client, place, booking):
    colleague = builders.a_practitioner(
        location=place.location, qualified=[place.consultation], name="Dr Iyer"
    )
    ask(place, booking, TUESDAY, practitioner=colleague.pk, closed=False)

    page = text_of(page_of(client, booking))

    assert "Tue 3 Nov, 11:00 am you could also see" in page
    assert "cannot see you" not in page


# What they are told


def test_question_is_one_message_while_the_time_is_kept(place, booking):
    ask(place, booking)

    message = Message.objects.get(kind="another_time")
    assert (message.patient, message.not_after) == (booking.patient, UNTIL)
    assert message.fields["weekday_day"] == "Wed 4 Nov"


@pytest.mark.parametrize("said", ["yes", "no"])
def test_question_is_taken_back_with_its_answer(client, place, booking, said):
    ask(place, booking)

    answer(client, page_of(client, booking), booking, said)

    assert Message.objects.get(kind="another_time").state == "withdrawn"


def test_my_visits_takes_the_same_queries_for_one_and_three(
    client, place, patient, django_assert_num_queries
):
    visits = [
        door.book(
            patient=patient, visit_type=place.consultation, location=place.location, key=uuid4(), by=None,
            starts=TUESDAY + timedelta(days=n), now=NOW, authority=Authority.DESK,
        )
        for n in range(3)
    ]  # fmt: skip
    ask(place, visits[0], WEDNESDAY + timedelta(days=7))
    client.get("/my/")
    with django_assert_num_queries(23):
        client.get("/my/")
    for n in (1, 2):
        ask(place, visits[n], WEDNESDAY + timedelta(days=7 + n))
    with django_assert_num_queries(23):
        client.get("/my/")


def test_question_that_the_house_took_back_says_so_until_they_are_rung(client, place, booking):
    ask(place, booking)
    closing = {"starts": WEDNESDAY, "ends": WEDNESDAY + timedelta(hours=1)}
    member = builders.staff(role="front_desk")
    closures.save(
        location=None, resource=place.doctor.resource, kind="leave", reason="Ill", seen={}, keeps={},
        by=member, now=NOW, **closing,
    )  # fmt: skip

    page, visits = page_of(client, booking), client.get("/my/")
    words = "We had asked whether you can come Wed 4 Nov, 4:30 pm. We are sorry: that time is not possible"

    assert page.context["state"] == "ended"
    assert words in text_of(page) and words in text_of(visits)
    calling.note_call(booking=booking, outcome="confirmed", by=member, now=NOW + timedelta(minutes=5))
    assert page_of(client, booking).context["state"] == "none"

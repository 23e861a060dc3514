"""Passing alarms on, by a made-up clock: who was told when, who answered, was the deadline kept."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bookings.models import Closure
from clinic import delivery
from clinic.models import Alarm, AlarmStep, AuditRow, Message, StaffRole, User
from clinic.rules.on_call import CRISIS
from clinic.services.alarms import acknowledge, contact_promise, raise_alarm, take
from clinic.services.escalating import escalate
from consultations.services.reporting import Told, report_symptoms
from tests import builders

pytestmark = pytest.mark.django_db
BENGALURU = ZoneInfo("Asia/Kolkata")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DAYS = {"Sat": 28, "Sun": 29, "Mon": 30, "Tue": 31, "Wed": 32, "Thu": 33, "Fri": 34}


def at(words):
    """ "Sat 23:10" of the weekend from Saturday 28 November 2026 on, as the clocks of the clinic show it."""
    day, clock = words.split()
    hour, minute = map(int, clock.split(":"))
    midnight = datetime(2026, 11, 1, tzinfo=BENGALURU) + timedelta(days=DAYS[day] - 1)
    return (midnight + hour * HOUR + minute * MINUTE).astimezone(UTC)


def said(moment):
    return f"{moment.astimezone(BENGALURU):%a %H:%M}"


LATE = at("Sat 23:10")


@pytest.fixture
def house():
    """First and second on call all weekend, another first from Monday 8:00 on, two managers."""
    people = {
        "rao": builders.staff(role="dermatologist", name="rao", email="rao@clinic.example"),
        "iyer": builders.staff(role="dermatologist", name="iyer", email="iyer@clinic.example"),
        "banu": builders.staff(role="dermatologist", name="banu", email="banu@clinic.example"),
        "arun": builders.staff(role="manager", name="arun", email="arun@clinic.example"),
        "tara": builders.staff(role="manager", name="tara", email="tara@clinic.example"),
    }
    for name, user in people.items():
        User.objects.filter(pk=user.pk).update(phone=builders.a_phone() if name != "tara" else None)
    monday = at("Mon 08:00")
    builders.on_call(people["rao"], starts=at("Sat 08:00"), ends=monday)
    builders.on_call(people["iyer"], rank=2, starts=at("Sat 08:00"), ends=monday)
    builders.on_call(people["banu"], starts=monday, ends=monday + 7 * DAY)
    builders.a_location()
    return people


def raised(lane="same-day", *, kind="report", subject="report:1", now=LATE):
    return raise_alarm(patient=builders.a_patient(), kind=kind, subject=subject, lane=lane, now=now)


def run(until, acts=(), *, since=LATE):
    """The beat of every minute from `since` to `until`; `acts`: {when: what somebody does then}."""
    now, acts = since, dict(acts)
    while now <= until:
        if said(now) in acts:
            acts.pop(said(now))(now)
        escalate(now=now)
        now += MINUTE if now < at("Sun 03:10") else 10 * MINUTE
    assert acts == {}


def told():
    steps = AlarmStep.objects.select_related("to").order_by("at", "pk")
    return [(said(step.at), step.to.name if step.to else "", step.level, step.why) for step in steps]


def answers(alarm, who, outcome="reached"):
    return lambda now: acknowledge(alarms=[alarm], by=who, outcome=outcome, now=now)


def takes(alarm, who):
    return lambda now: take(alarms=[alarm], by=who, now=now)


# From Saturday 23:10 to Monday

RAO = ("Sat 23:10", "rao", 1, "raised")
IYER = ("Sun 00:10", "iyer", 2, "unanswered")
MANAGERS = [("Sun 00:55", "arun", 3, "unanswered"), ("Sun 00:55", "tara", 3, "unanswered")]
BANU = ("Mon 08:00", "banu", 1, "unanswered")


@pytest.mark.parametrize(
    ("acts", "found", "kept"),
    [
        # the first answers
        ({"Sat 23:25": ("reached", "rao")}, [RAO], "Sat 23:25"),
        # the first says that she does, and rings
        ({"Sat 23:20": ("take", "rao"), "Sun 00:05": ("reached", "rao")}, [RAO], "Sun 00:05"),
        # she said so and then nothing: after a quarter of the time that was left it goes on
        (
            {"Sat 23:20": ("take", "rao"), "Sun 00:30": ("reached", "iyer")},
            [RAO, ("Sun 00:18", "iyer", 2, "unanswered")],
            "Sun 00:30",
        ),
        # the first is silent, the second answers
        ({"Sun 00:40": ("reached", "iyer")}, [RAO, IYER], "Sun 00:40"),
        # the patient does not answer: the same doctor tries again
        (
            {"Sat 23:30": ("no_answer", "rao"), "Sun 00:10": ("reached", "rao")},
            [RAO],
            "Sun 00:10",
        ),
        # nobody tries again: the second does
        (
            {"Sat 23:30": ("no_answer", "rao"), "Sun 00:50": ("reached", "iyer")},
            [RAO, ("Sun 00:25", "iyer", 2, "unanswered")],
            "Sun 00:50",
        ),
        # both are silent, a manager sees to it
        (
            {"Sun 01:10": ("take", "tara"), "Sun 01:40": ("reached", "iyer")},
            [RAO, IYER, *MANAGERS],
            "Sun 01:40",
        ),
        # nobody answers all the way up: on Monday who comes on call hears of it
        ({}, [RAO, IYER, *MANAGERS, BANU], None),
    ],
)
def test_a_report_on_saturday_night_reaches_somebody_in_time(house, acts, found, kept):
    alarm = raised()
    doing = {
        when: takes(alarm, house[who]) if what == "take" else answers(alarm, house[who], what)
        for when, (what, who) in acts.items()
    }

    run(at("Mon 10:00"), doing)

    alarm.refresh_from_db()
    assert (said(alarm.deadline), told()) == ("Sun 03:10", found)
    settled = alarm.acknowledged_at if not alarm.is_open else None
    assert (said(settled) if settled else None) == kept
    assert settled is None or settled <= alarm.deadline
    assert AuditRow.objects.filter(action="alarm_told").count() == len({(when, n) for when, _, n, _ in found})


def test_what_the_patient_is_promised_is_what_the_rota_keeps(house):
    patient = builders.a_patient()
    report_symptoms(patient=patient, told=Told(["pain"]), by=None, key=builders.next_key(), now=LATE)
    promised = contact_promise(patient, now=LATE).by
    alarm = Alarm.objects.get()

    run(at("Mon 10:00"), {"Sun 00:40": answers(alarm, house["iyer"])})

    alarm.refresh_from_db()
    assert (said(promised), said(alarm.acknowledged_at)) == ("Sun 03:10", "Sun 00:40")
    assert contact_promise(patient, now=at("Mon 10:00")) is None


def test_all_who_could_be_asked_know_well_before_the_deadline(house):
    alarm = raised()

    run(at("Sun 03:10"))

    last = AlarmStep.objects.order_by("at").last()
    assert (last.level, alarm.deadline - last.at >= 2 * HOUR) == (3, True)


def test_each_is_told_once_over_every_way_to_reach_them(house):
    raised()

    run(at("Sun 12:00"))

    sent = Message.objects.order_by("due_at", "address").values_list("address", "kind")
    numbers = {name: User.objects.get(pk=user.pk).phone for name, user in house.items()}
    assert sorted(sent) == sorted(
        [
            ("rao@clinic.example", "call_waits"), (numbers["rao"], "call_waits"),
            ("iyer@clinic.example", "call_waits"), (numbers["iyer"], "call_waits"),
            ("arun@clinic.example", "call_not_taken"), (numbers["arun"], "call_not_taken"),
            ("tara@clinic.example", "call_not_taken"),
        ]
    )  # fmt: skip


def test_the_message_goes_at_night_and_says_only_that_somebody_waits_and_by_when(house, settings):
    raised()
    sent = []
    message = Message.objects.get(channel="sms")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(delivery, "hand_over", lambda channel, envelope: sent.append(envelope) or _accepted())
        delivery.deliver_due(now=LATE)

    texts = {envelope.text for envelope in sent}
    link = f"{settings.PUBLIC_URL}/staff/calls/"
    place = settings.CLINIC_NEUTRAL_NAME or "the clinic"
    expected = f"{place}, on call: somebody waits to be rung by Sun 29 Nov, 3:10 am. Who it is: {link}"
    assert texts == {expected}
    message.refresh_from_db()
    assert (message.state, message.message_class, message.patient) == ("sent", "safety", None)


def _accepted():
    from clinic.channels import Answer, Outcome

    return Answer(Outcome.ACCEPTED)


def test_what_somebody_settled_or_took_is_not_told_any_more(house):
    first, second = raised(), raised(subject="report:2")

    acknowledge(alarms=[first], by=house["iyer"], outcome="reached", now=LATE + MINUTE)
    take(alarms=[second], by=house["iyer"], now=LATE + MINUTE)

    assert set(Message.objects.values_list("state", flat=True)) == {"withdrawn"}
    first.refresh_from_db()
    assert first.next_at is None


# How urgent


@pytest.mark.parametrize(
    ("lane", "kind", "found"),
    [
        ("emergency", "report", ["Sat 23:10 rao", "Sat 23:15 iyer", "Sat 23:20 arun", "Sat 23:20 tara"]),
        ("same-day", CRISIS, ["Sat 23:10 rao", "Sat 23:20 iyer", "Sat 23:30 arun", "Sat 23:30 tara"]),
        ("same-day", "report", ["Sat 23:10 rao", "Sun 00:10 iyer", "Sun 00:55 arun", "Sun 00:55 tara"]),
    ],
)
def test_the_more_urgent_the_sooner_it_is_passed_on(house, lane, kind, found):
    raised(lane, kind=kind)

    run(at("Sun 02:00"))

    assert [f"{when} {who}" for when, who, _, _ in told()] == found


def test_what_has_a_week_goes_by_clinic_days_and_wakes_nobody(house):
    alarm = raised("7-day")
    builders.on_call(house["iyer"], rank=2, starts=at("Mon 08:00"), ends=at("Fri 08:00"))

    for now in (at("Sun 12:00"), at("Mon 18:00"), at("Tue 09:59"), at("Tue 10:00"), at("Thu 10:00")):
        escalate(now=now)

    assert [f"{when} {who}" for when, who, _, _ in told()] == [
        "Sat 23:10 rao", "Tue 10:00 iyer", "Thu 10:00 arun", "Thu 10:00 tara",
    ]  # fmt: skip
    delivery.deliver_due(now=LATE)
    first = Message.objects.filter(kind="call_within_days").order_by("version").first()
    assert (first.state, said(first.due_at)) == ("scheduled", "Sun 09:00")
    assert said(alarm.deadline) == "Sat 19:00"


# Who is missing


def leave(user, *, starts, ends):
    practitioner = builders.a_practitioner(user=user)
    Closure.objects.create(
        resource=practitioner.resource, starts=starts, ends=ends, kind="leave", reason="Leave"
    )


def test_with_nobody_on_the_rota_every_manager_is_told_at_once(house):
    house["rao"].on_call.all().delete()
    house["iyer"].on_call.all().delete()

    alarm = raised()

    assert told() == [("Sat 23:10", "arun", 3, "nobody"), ("Sat 23:10", "tara", 3, "nobody")]
    assert (alarm.owner, alarm.next_at) == (None, at("Mon 08:00"))


def test_who_is_on_leave_is_passed_over(house):
    leave(house["rao"], starts=LATE - DAY, ends=LATE + DAY)

    alarm = raised()

    assert (told(), alarm.owner) == ([("Sat 23:10", "iyer", 2, "away")], house["iyer"])


def test_when_its_owner_goes_on_leave_it_goes_on_at_once(house):
    raised()
    leave(house["rao"], starts=at("Sat 23:30"), ends=LATE + DAY)

    run(at("Sat 23:45"))

    assert told() == [RAO, ("Sat 23:30", "iyer", 2, "away")]


def test_when_its_owner_leaves_the_house_it_goes_on_at_once(house):
    raised()
    User.objects.filter(pk=house["rao"].pk).update(is_active=False)

    escalate(now=LATE + MINUTE)

    assert told()[1:] == [("Sat 23:11", "iyer", 2, "away")]


def test_a_house_without_anybody_writes_down_that_nobody_was_told():
    alarm = raised()

    assert told() == [("Sat 23:10", "", 3, "nobody")]
    assert (alarm.level, Message.objects.count()) == (3, 0)


def test_a_manager_who_comes_later_does_not_change_what_was_told(house):
    raised()
    run(at("Sun 01:00"))
    StaffRole.objects.create(user=builders.staff(role="nurse"), role="manager")

    run(at("Sun 06:00"), since=at("Sun 01:01"))

    assert told() == [RAO, IYER, *MANAGERS]


def test_an_alarm_that_nobody_was_told_of_is_told_with_the_next_tick(house):
    builders.an_alarm(now=LATE)

    assert (escalate(now=LATE + MINUTE), escalate(now=LATE + MINUTE)) == (1, 0)

    assert told() == [("Sat 23:11", "rao", 1, "raised")]


# Nothing to do


def test_nobody_is_told_of_the_dead(house):
    alarm = raised()
    alarm.patient.died_on = LATE.date()
    alarm.patient.save()

    assert escalate(now=LATE + DAY) == 0


def test_a_late_tick_tells_the_next_and_not_all_of_them(house):
    raised()

    escalate(now=at("Sun 02:00"))

    assert [who for _, who, _, _ in told()] == ["rao", "iyer"]


def test_the_beat_calls_it_every_minute():
    from clinic.celery import app
    from clinic.tasks import escalate as task

    entry = app.conf.beat_schedule["pass alarms on"]
    assert (entry["task"], entry["schedule"], entry["options"]) == (task.name, 60, {"expires": 60})


def test_the_tick_of_a_quiet_hour_is_one_query_more_than_none(house, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert escalate(now=LATE) == 0

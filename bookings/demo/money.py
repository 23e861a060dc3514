"""What the made-up people have paid: most of them, in every way there is; one paid ahead, one owes."""

from itertools import cycle

from bookings.demo.stories import Demo
from bookings.models import Booking, EntryKind, Method, Status
from bookings.services.ledger import bank, taking
from bookings.services.ledger.charging import yet_to_charge
from bookings.services.ledger.entries import Draft
from treatments.models import Course

SESSIONS_PAID_AHEAD = 4
DAYS_UNTIL_SEEN = 2


def tell_money(demo: Demo) -> None:
    """Visits that are over are paid at the desk, but for the newest of today; older payments were seen."""
    methods = cycle((Method.UPI, Method.CASH, Method.UPI, Method.CARD))
    over = Booking.objects.filter(status=Status.DONE, session=None).select_related(
        "patient", "location", "visit_type"
    )
    visits = list(over.order_by("ends", "pk"))
    for number, (booking, method) in enumerate(zip(visits[:-2], methods, strict=False), start=1):
        _pay(demo, booking, method, number)
    _pay_ahead(demo)
    for location in (demo.clinic.indiranagar, demo.clinic.jayanagar):
        old = [one.pk for one in bank.not_seen_yet(location=location) if _is_old(demo, one)]
        bank.mark(location=location, entries=old, is_seen=True, by=demo.clinic.desk, now=demo.now)


def _pay(demo: Demo, booking: Booking, method: Method, number: int) -> None:
    amount = yet_to_charge(booking)
    if not amount:
        return
    reference = "" if method == Method.CASH else f"4128{number:08}"
    draft = Draft(
        patient=booking.patient, location=booking.location, kind=EntryKind.PAYMENT, amount=amount,
        booking=booking, method=method, reference=reference,
    )  # fmt: skip
    taking.take_payment(draft=draft, key=demo.keys(), by=demo.clinic.desk, now=min(booking.ends, demo.now))


def _pay_ahead(demo: Demo) -> None:
    course = Course.objects.filter(session_price__gt=0).select_related("patient", "location").earliest("pk")
    draft = Draft(
        patient=course.patient, location=course.location, kind=EntryKind.PAYMENT, course=course,
        amount=SESSIONS_PAID_AHEAD * course.session_price, method=Method.UPI, reference="412899990001",
    )  # fmt: skip
    taking.take_payment(draft=draft, key=demo.keys(), by=demo.clinic.desk, now=demo.now)


def _is_old(demo: Demo, entry) -> bool:
    return (demo.today - entry.day).days >= DAYS_UNTIL_SEEN

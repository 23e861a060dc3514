"""The account of a patient at the desk: its lines, money taken and given back, and what a session became."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import uuid4

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from bookings.forms.ledger import DiscountForm, PaymentForm, RefundForm, SettleForm, TakeBackForm, as_typed
from bookings.models import Entry, EntryKind
from bookings.permissions import MONEY, READS_MONEY, load_account, load_entry, takes_money
from bookings.services.ledger import settling, taking
from bookings.services.ledger.accounts import missed_sessions, session_accounts
from bookings.services.ledger.entries import Draft
from bookings.services.ledger.reading import Account, OfCourse, Shown, account_of_patient, totals_of_patient
from bookings.views.desk.frame import PLACE, desk_page, place_of
from bookings.views.desk.money_words import balance_words, said_of, sessions_words, stands
from clinic import clock, formats
from clinic.models import Location, Patient
from clinic.permissions import duties, my_locations, staff
from clinic.refusals import Refusal
from clinic.services.days import zone_of
from treatments.models import Course, CourseSession
from treatments.models.courses import DropReason
from treatments.permissions import load_session_times
from treatments.services.dropping import BY_THE_DESK

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
ACTS: dict[str, tuple[type[Form], EntryKind, Callable, object, object]] = {
    "pay": (
        PaymentForm, EntryKind.PAYMENT, taking.take_payment,
        gettext_lazy("Take a payment"), gettext_lazy("Taken: %(amount)s."),
    ),
    "back": (
        RefundForm, EntryKind.REFUND, taking.give_back,
        gettext_lazy("Give money back"), gettext_lazy("Given back: %(amount)s."),
    ),
    "discount": (
        DiscountForm, EntryKind.DISCOUNT, taking.give_discount,
        gettext_lazy("Give a discount"), gettext_lazy("Discount: %(amount)s."),
    ),
}  # fmt: skip


@never_cache
@require_safe
@staff(*READS_MONEY)
def money(request: HttpRequest, patient_id: int) -> HttpResponse:
    now = clock.now()
    patient = load_account(request, patient_id, now=now)
    if patient.pk != patient_id:
        return redirect("desk_money", patient.pk)
    return _page(request, patient, "pay", None, now=now)


@never_cache
@get_or_post
@staff(*MONEY, keeps_post=True)
def act(request: HttpRequest, patient_id: int, what: str) -> HttpResponse:
    """Take a payment, give money back, give a discount."""
    now = clock.now()
    patient = load_account(request, patient_id, now=now)
    location = _till(request)
    if what not in ACTS or location is None:
        raise Http404
    if request.method != "POST":
        return _page(request, patient, what, None, now=now)
    form = ACTS[what][0](request.POST, courses=_courses(patient))
    if not form.is_valid():
        return _page(request, patient, what, form, now=now, status=422)
    try:
        entry = enter(what, form, patient, location, by=request.user, now=now)
    except Refusal as refused:
        form.add_error(None, refused.text)
        return _page(request, patient, what, form, now=now, status=refused.status)
    messages.success(request, done_words(what, entry))
    return redirect(f"{reverse('desk_money', args=[patient.pk])}?done={entry.pk}")


def enter(
    what: str, form: Form, patient: Patient, location: Location, *, by, now: datetime, booking=None
) -> Entry:
    """Carry a valid form out. `booking`: the visit at whose end it is."""
    _form, kind, carry_out, _title, _done = ACTS[what]
    typed = form.cleaned_data
    draft = Draft(
        patient=patient, location=location, kind=kind, amount=typed["amount"], booking=booking,
        course=typed.get("course") or (booking.course if booking else None),
        session=booking.session if booking else None, method=typed.get("method", ""),
        reference=typed.get("reference", ""), why=typed.get("why", ""),
    )  # fmt: skip
    return carry_out(draft=draft, key=typed["key"], by=by, now=now)


def done_words(what: str, entry: Entry) -> str:
    words = str(ACTS[what][4]) % {"amount": formats.rupees(entry.amount)}
    receipt = _("Receipt %(number)s.") % {"number": entry.receipt} if entry.receipt else ""
    return f"{words} {receipt}".strip()


def _till(request: HttpRequest) -> Location | None:
    """Where whoever is logged in takes money just now."""
    return place_of(request, list(my_locations(request, *MONEY).order_by("pk")), request.session.get(PLACE))


def _courses(patient: Patient):
    return Course.objects.filter(patient=patient).select_related("visit_type").order_by("-pk")


def _page(
    request: HttpRequest, patient: Patient, what: str, form: Form | None, *, now: datetime, status: int = 200
) -> HttpResponse:
    account, till = account_of_patient(patient), _till(request)
    content = {
        "patient": patient,
        "here": "patients",
        "stands": stands(account.totals),
        "lines": [_line(request, one) for one in reversed(account.lines)],
        "courses": _course_cards(account.courses),
        "till": till,
        "location_name": till.area if till else "",
        "form": form or (_fresh(what, patient, account) if till else None),
        "what": what,
        "title": ACTS[what][3],
        "acts": [
            {
                "href": reverse("desk_money_act", args=[patient.pk, code]),
                "words": one[3],
                "chosen": code == what,
            }
            for code, one in ACTS.items()
        ],
        "done": _done(request, account),
    }
    return desk_page(request, "money", content, now=now, status=status)


def _fresh(what: str, patient: Patient, account: Account) -> Form:
    """With what is owed, or was paid ahead, filled in."""
    totals = account.totals
    usual = {"pay": totals.owed, "back": min(totals.ahead, totals.may_give_back)}.get(what)
    initial = {"key": uuid4(), "amount": as_typed(usual) if usual else ""}
    open_courses = [one.course for one in account.courses if one.course.ended_on is None]
    if len(open_courses) == 1 and what != "back":
        initial["course"] = open_courses[0].pk
    return ACTS[what][0](initial=initial, courses=_courses(patient))


def _done(request: HttpRequest, account: Account) -> Entry | None:
    """What was just entered, to print its receipt."""
    wanted = request.GET.get("done", "")
    found = (one.entry for one in account.lines if str(one.entry.pk) == wanted)
    entry = next(found, None)
    return entry if entry and entry.receipt else None


def _line(request: HttpRequest, shown: Shown) -> dict:
    entry = shown.entry
    is_ours = not entry.reverses_id and not shown.is_taken_back
    by_hand = entry.kind != EntryKind.CHARGE or not entry.session_id
    return {
        "entry": entry,
        "day": formats.day_with_year(entry.day),
        "what": said_of(entry),
        "why": _(entry.why) if entry.why else "",
        "by": entry.by.name if entry.by else _("by itself"),
        "plus": formats.rupees(shown.effect) if shown.effect > 0 else "",
        "minus": formats.rupees(-shown.effect) if shown.effect < 0 else "",
        "balance": balance_words(shown.balance),
        "is_taken_back": shown.is_taken_back,
        "may_take_back": is_ours and by_hand and takes_money(request, entry.location_id),
    }


def _course_cards(courses: Sequence[OfCourse]) -> list[dict]:
    pks = [one.course.pk for one in courses]
    missed, left = missed_sessions(pks), defaultdict(list)
    sessions = CourseSession.objects.filter(course__in=pks, given_on=None).order_by("number")
    for session in sessions:
        left[session.course_id].append(session)
    return [_course(one, left[one.course.pk], missed) for one in courses]


def _course(of: OfCourse, left: Sequence[CourseSession], missed: set[int]) -> dict:
    course = of.course
    settled = [one for one in left if one.dropped_reason in BY_THE_DESK]
    return {
        "course": course,
        "title": course.visit_type.name,
        "begun": formats.day_with_year(course.created_at.astimezone(zone_of(course.location)).date()),
        "sessions": sessions_words(of.sessions),
        "price": formats.rupees(course.session_price) if course.session_price else "",
        "stands": stands(of.totals),
        "missed": [one for one in left if one.pk in missed and not one.dropped_reason],
        "settled": [{"session": one, "words": one.get_dropped_reason_display()} for one in settled],
    }


def account_card(request: HttpRequest, patient: Patient) -> dict | None:
    """What the page of a patient says of their account, to those who may read it; five queries."""
    if not duties(request).has(*READS_MONEY):
        return None
    courses = list(Course.objects.filter(patient=patient, ended_on=None).order_by("-pk"))
    accounts = session_accounts(courses)
    return {
        "stands": stands(totals_of_patient(patient)),
        "courses": [sessions_words(accounts[one.pk]) for one in courses],
        "href": reverse("desk_money", args=[patient.pk]),
        "takes": duties(request).has(*MONEY),
    }


# A line taken back


@never_cache
@get_or_post
@staff(*MONEY, keeps_post=True)
def take_back(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Asked once more, with why: a line is never changed, another one takes it back."""
    now = clock.now()
    entry = load_entry(request, entry_id, now=now)
    form = TakeBackForm(request.POST if request.method == "POST" else None, initial={"key": uuid4()})
    if not form.is_valid():
        return _take_back_page(request, entry, form, now=now, status=422 if form.is_bound else 200)
    typed = form.cleaned_data
    try:
        taking.take_back(entry=entry, why=typed["why"], key=typed["key"], by=request.user, now=now)
    except Refusal as refused:
        form.add_error(None, refused.text)
        return _take_back_page(request, entry, form, now=now, status=refused.status)
    messages.success(request, _("That line is taken back."))
    return redirect("desk_money", entry.patient_id)


def _take_back_page(
    request: HttpRequest, entry: Entry, form: Form, *, now: datetime, status: int
) -> HttpResponse:
    content = {
        "entry": entry,
        "form": form,
        "what": said_of(entry),
        "day": formats.day_with_year(entry.day),
        "back": reverse("desk_money", args=[entry.patient_id]),
        "is_money": bool(entry.method),
        "here": "patients",
    }
    return desk_page(request, "take_back", content, now=now, status=status)


# What became of a session


@never_cache
@get_or_post
@staff(*MONEY, keeps_post=True)
def settle(request: HttpRequest, session_id: int) -> HttpResponse:
    """A missed session counts as used, or is given back; from here it goes into the plan again, too."""
    now = clock.now()
    session = load_session_times(request, session_id)
    patient = load_account(request, session.course.patient_id, now=now)
    form = SettleForm(request.POST if request.method == "POST" else None, initial={"key": uuid4()})
    is_back = request.method == "POST" and request.POST.get("wish") == "put_back"
    if not is_back and not form.is_valid():
        return _settle_page(request, session, form, now=now, status=422 if form.is_bound else 200)
    try:
        _settle(session, form, is_back, by=request.user, now=now)
    except Refusal as refused:
        form.is_valid()
        form.add_error(None, refused.text)
        return _settle_page(request, session, form, now=now, status=refused.status)
    return redirect("desk_money", patient.pk)


def _settle(session: CourseSession, form: SettleForm, is_back: bool, *, by, now: datetime) -> None:
    if is_back:
        settling.put_session_back(session=session, by=by, now=now)
        return
    typed = form.cleaned_data
    reason = DropReason(typed["reason"])
    settling.settle_session(session=session, reason=reason, why=typed["why"], by=by, now=now)


def _settle_page(
    request: HttpRequest, session: CourseSession, form: Form, *, now: datetime, status: int
) -> HttpResponse:
    price = session.course.session_price
    content = {
        "session": session,
        "form": form,
        "price": formats.rupees(price) if price else "",
        "is_settled": session.dropped_reason in BY_THE_DESK,
        "settled": session.get_dropped_reason_display(),
        "back": reverse("desk_money", args=[session.course.patient_id]),
        "here": "patients",
    }
    return desk_page(request, "settle_session", content, now=now, status=status)

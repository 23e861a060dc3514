"""Demo only: what the clinic would have sent, and its clock to move."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from clinic import clock, delivery, formats
from clinic.channels import mailbox
from clinic.models import Message
from clinic.models.outbox import Channel, MessageState
from clinic.rules.message_texts import KINDS
from clinic.services.days import zone_of

STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
TO_THE_NEXT = "next"
MOST = 15


@never_cache
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    _demo_only()
    now = clock.now()
    content = {
        "now": formats.when(now, zone_of()),
        "sent": [_posted(posted) for posted in mailbox.newest()],
        "waiting": [_waiting(message) for message in _open()[:MOST]],
        "not_sent": [_not_sent(message) for message in _given_up()],
    }
    return render(request, "dev/outbox.html", content)


@never_cache
@require_safe
def attached(request: HttpRequest) -> HttpResponse:
    """A file that went with a message. To be kept, not shown: it is nobody's page of ours."""
    _demo_only()
    number = request.GET.get("number", "")
    is_number = number.isascii() and number.isdecimal() and len(number) < 3
    found = mailbox.attached(request.GET.get("key", ""), int(number)) if is_number else None
    if found is None:
        raise Http404
    answer = HttpResponse(found.octets, content_type=found.kind)
    answer["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=found.name)
    return answer


@require_POST
def move_clock(request: HttpRequest) -> HttpResponse:
    _demo_only()
    now, step = clock.now(), request.POST.get("step")
    if step == TO_THE_NEXT:
        following = _open().filter(due_at__gt=now).first()
        ahead = following.due_at - now if following else None
    else:
        ahead = STEPS.get(step)
    if ahead:
        clock.advance(ahead)
    return HttpResponseRedirect(reverse("dev_outbox"))


def _demo_only() -> None:
    if not settings.DEMO:
        raise Http404


def _open() -> QuerySet[Message]:
    return Message.objects.filter(state=MessageState.SCHEDULED, kind__in=KINDS).order_by("due_at", "pk")


def _given_up() -> QuerySet[Message]:
    gone = Message.objects.filter(state__in=[MessageState.DROPPED, MessageState.FAILED])
    return gone.order_by("-due_at", "pk")[:MOST]


def _posted(posted: mailbox.Posted) -> dict:
    return {
        "key": posted.key,
        "when": formats.when(posted.posted_at, zone_of()),
        "channel": Channel(posted.channel).label,
        "address": posted.address,
        "title": posted.title,
        "text": posted.text,
        "files": [_file(posted.key, number, one) for number, one in enumerate(posted.files)],
    }


def _file(key: str, number: int, attached: mailbox.Attached) -> dict:
    query = urlencode({"key": key, "number": number})
    return {"name": attached.name, "href": f"{reverse('dev_outbox_file')}?{query}"}


def _waiting(message: Message) -> dict:
    return {
        "when": formats.when(message.due_at, ZoneInfo(message.time_zone)),
        "channel": message.get_channel_display(),
        "text": delivery.compose(message).text,
    }


def _not_sent(message: Message) -> dict:
    return {
        "when": formats.when(message.due_at, ZoneInfo(message.time_zone)),
        "channel": message.get_channel_display(),
        "kind": message.kind,
        "reason": message.reason,
    }

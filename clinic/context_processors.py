"""What the frame of every page shows: whose clinic it is, how to reach it, and in the demo its clock."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from clinic import clock, formats, permissions


def clinic(request: HttpRequest) -> dict[str, object]:
    phone = getattr(settings, "CLINIC_PHONE", "")
    demo = getattr(settings, "DEMO", False)
    return {
        "clinic_name": getattr(settings, "CLINIC_NAME", ""),
        "clinic_phone": phone,
        "clinic_phone_href": "tel:" + "".join(sign for sign in phone if sign.isdecimal() or sign == "+"),
        "demo": demo,
        "clock": _demo_clock() if demo else "",
        "languages": settings.LANGUAGES if len(settings.LANGUAGES) > 1 else [],
        # Only to leave out links that lead nowhere; what may be seen is decided in permissions.py.
        "staff_roles": SimpleLazyObject(lambda: frozenset(permissions.duties(request).places)),
    }


def _demo_clock() -> str:
    zone = ZoneInfo(getattr(settings, "CLINIC_TIME_ZONE", "Asia/Kolkata"))
    return formats.when(clock.now(), zone)

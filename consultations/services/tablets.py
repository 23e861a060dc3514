"""A clinic tablet locked to one form.

Whoever works here makes a pass: a code, typed once on the tablet, is exchanged there for a token that the
tablet's session keeps. Of both only a hash is stored, so a code opens one tablet and no second one. A pass
ends when the tablet is given back, when the form is sent, after a while without use, after an hour at the
latest, and when the same form is handed over again.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clinic import audit
from clinic.models import Patient, User
from clinic.refusals import Refusal
from clinic.services.locks import lock_patient
from consultations import refusals
from consultations.models import Intake, TabletPass
from consultations.models.intakes import Purpose
from consultations.services.intakes import has_health_consent, write_start

IDLE = timedelta(minutes=15)
LONGEST = timedelta(minutes=60)
CODE_WORKS_FOR = timedelta(minutes=10)
NOTED_EVERY = timedelta(minutes=1)  # use is written down no more often
SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that looks like another
CODE, TOKEN = "code", "token"


class WrongTabletCode(Refusal):
    status = 422
    text = _("That code does not work, or not any more. A new one is made at the desk in a moment.")


def hand_over(*, patient: Patient, by: User, now: datetime) -> str:
    """Return the code that opens this patient's first form on one tablet. Raises IntakeSent."""
    code = "".join(secrets.choice(SIGNS) for _sign in range(8))
    with transaction.atomic(durable=True):
        locked = lock_patient(patient.pk)
        if Intake.objects.filter(patient=locked, purpose=Purpose.FULL).exclude(submitted_at=None).exists():
            raise refusals.IntakeSent
        language = get_language() or "en"
        intake = write_start(patient=locked, by=None, now=now, purpose=Purpose.FULL, language=language)
        _end(TabletPass.objects.filter(intake=intake), now)
        TabletPass.objects.create(
            intake=intake, token_hash=hashed(CODE, code), by=by, made_at=now, expires_at=now + CODE_WORKS_FOR
        )
        subject = f"intake:{intake.pk}"
        audit.record(by=by, action="tablet_handed", subject=subject, patient=locked, now=now)
    return code


def take(*, code: str, now: datetime) -> str:
    """Exchange a code for the token of the one tablet it was typed on. Raises WrongTabletCode."""
    typed = "".join(sign for sign in code.upper() if sign in SIGNS)
    token = secrets.token_urlsafe(32)
    waiting = TabletPass.objects.filter(
        token_hash=hashed(CODE, typed), ended_at=None, expires_at__gt=now, intake__submitted_at=None
    )
    if not waiting.update(token_hash=hashed(TOKEN, token), made_at=now, expires_at=now + IDLE):
        raise WrongTabletCode
    return token


def read(*, token: str) -> TabletPass | None:
    """The pass of this token, whether it still opens anything or not."""
    passes = TabletPass.objects.select_related("intake__patient", "by")
    return passes.filter(token_hash=hashed(TOKEN, token)).first()


def is_live(tablet: TabletPass, *, now: datetime) -> bool:
    return tablet.ended_at is None and now < tablet.expires_at and tablet.intake.submitted_at is None


def note_use(tablet: TabletPass, *, now: datetime) -> None:
    """Somebody is still at it."""
    until = min(now + IDLE, tablet.made_at + LONGEST)
    if until - tablet.expires_at >= NOTED_EVERY:
        TabletPass.objects.filter(pk=tablet.pk, ended_at=None).update(expires_at=until)


def give_back(tablet: TabletPass, *, now: datetime) -> None:
    _end(TabletPass.objects.filter(pk=tablet.pk), now)


def may_begin(tablet: TabletPass) -> bool:
    return has_health_consent(tablet.intake.patient)


def hashed(kind: str, secret: str) -> str:
    return hashlib.sha256(f"{kind}:{secret}".encode()).hexdigest()


def _end(passes, now: datetime) -> None:
    passes.filter(ended_at=None).update(ended_at=now)

"""Whom a doctor has to ring because of what they told us: raised here, and read with the reasons."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from clinic.models import Alarm, Patient
from clinic.models.alarms import Lane
from clinic.services.alarms import open_alarms, raise_alarm
from consultations.models import Answer, Screening, SymptomReport
from consultations.rules.candidacy import rules_from
from consultations.rules.signs import BY_CODE, lane_of

ANSWERS, REPORT = "answers", "report"


# Raised


def call_about_answers(screening: Screening, *, now: datetime) -> Alarm | None:
    """Raise what this result asks for; expects the patient locked.

    An alarm is about the newest of the answers that its lane rests on. So the same answers judged again, on
    another day or for another product, raise nothing new; an answer given anew does, and so does a worse
    lane.
    """
    lane = Lane(screening.lane)
    if lane == Lane.NONE:
        return None
    subject = f"answer:{_cause(screening, lane)}:{lane}"
    return raise_alarm(patient=screening.patient, kind=ANSWERS, subject=subject, lane=lane, now=now)


def _cause(screening: Screening, lane: str) -> int:
    keys = {key for item in screening.fired if item["lane"] == lane for key in item["answers"]}
    rows = Answer.objects.filter(intake__patient=screening.patient_id, row=0, key__in=keys)
    newest = rows.filter(pk__lte=screening.last_answer_id).order_by("-pk").values_list("pk", flat=True)
    return newest.first() or screening.last_answer_id


def call_about_report(report: SymptomReport, *, now: datetime) -> Alarm:
    subject, lane = report_subject(report), lane_of(report.signs)
    return raise_alarm(patient=report.patient, kind=REPORT, subject=subject, lane=lane, now=now)


def report_subject(report: SymptomReport) -> str:
    return f"report:{report.pk}"


# Read


@dataclass(frozen=True)
class Call:
    """One patient to ring, about all that is open. `eased`: answers given since ask for less or nothing."""

    patient: Patient
    alarms: tuple[Alarm, ...]
    reasons: tuple[str, ...]
    eased: bool

    @property
    def deadline(self) -> datetime:
        return self.alarms[0].deadline

    @property
    def lane(self) -> Lane:
        return max((Lane(alarm.lane) for alarm in self.alarms), key=lambda lane: lane.urgency)

    @property
    def tried(self) -> Alarm | None:
        """The last try that nobody answered."""
        tries = [alarm for alarm in self.alarms if alarm.acknowledged_at]
        return max(tries, key=lambda alarm: alarm.acknowledged_at, default=None)

    @property
    def number(self) -> str:
        return number_of(self.patient)


def number_of(patient: Patient) -> str:
    """Where to ring somebody: their own number, else the one their account logs in with."""
    return patient.phone or (patient.account.phone if patient.account else "") or ""


def open_calls() -> list[Call]:
    """Return whom to ring, emergencies first, then the call due first, in three queries."""
    by_patient: dict[int, list[Alarm]] = defaultdict(list)
    for alarm in open_alarms():
        by_patient[alarm.patient_id].append(alarm)
    alarms = [alarm for found in by_patient.values() for alarm in found]
    screenings, signs = _screenings(alarms), _signs(alarms)
    calls = [_call(found, screenings[patient], signs) for patient, found in by_patient.items()]
    return sorted(calls, key=lambda call: (call.lane != Lane.EMERGENCY, call.deadline))


def _call(alarms: list[Alarm], screenings: Sequence[Screening], signs: Mapping[str, list[str]]) -> Call:
    reasons = [
        reason
        for alarm in alarms
        for reason in (signs.get(alarm.subject, ()) if alarm.kind == REPORT else _titles(alarm, screenings))
    ]
    asked = [Lane(alarm.lane).urgency for alarm in alarms if alarm.kind == ANSWERS]
    eased = bool(asked and screenings) and Lane(screenings[-1].lane).urgency < max(asked)
    return Call(alarms[0].patient, tuple(alarms), tuple(dict.fromkeys(reasons)), eased)


def _titles(alarm: Alarm, screenings: Iterable[Screening]) -> list[str]:
    """The names of the rules that asked for this call, in the result that raised it."""
    raised = (one for one in screenings if one.lane == alarm.lane and one.at >= alarm.raised_at)
    screening = next(raised, None)
    if screening is None:
        return []
    titles = {rule.id: rule.title for rule in rules_from(screening.rules.content)}
    return [_(titles[item["id"]]) for item in screening.fired if item["lane"] == alarm.lane]


def _screenings(alarms: Iterable[Alarm]) -> dict[int, list[Screening]]:
    """The results of these patients since their first open alarm about answers, oldest first."""
    found: dict[int, list[Screening]] = defaultdict(list)
    about = [alarm for alarm in alarms if alarm.kind == ANSWERS]
    if about:
        rows = Screening.objects.filter(
            patient__in={alarm.patient_id for alarm in about}, at__gte=min(alarm.raised_at for alarm in about)
        )
        for screening in rows.select_related("rules").defer("answers").order_by("pk"):
            found[screening.patient_id].append(screening)
    return found


def _signs(alarms: Iterable[Alarm]) -> dict[str, list[str]]:
    """{subject: signs in words} of the reports behind these alarms."""
    reports = [alarm.subject.partition(":")[2] for alarm in alarms if alarm.kind == REPORT]
    if not reports:
        return {}
    return {
        report_subject(report): [_(BY_CODE[code].text) if code in BY_CODE else code for code in report.signs]
        for report in SymptomReport.objects.filter(pk__in=reports)
    }

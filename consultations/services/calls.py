"""Whom a doctor has to ring because of what they told us: raised here, and read with the reasons."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from clinic.models import Alarm, AlarmStep, Patient, User
from clinic.models.alarms import Lane
from clinic.rules.on_call import CRISIS
from clinic.services.alarms import number_of, open_alarms, raise_alarm
from consultations.models import Answer, Screening, SymptomReport
from consultations.rules.candidacy import rules_from
from consultations.rules.signs import BY_CODE, is_crisis, lane_of

ANSWERS, REPORT = "answers", "report"
SELF_HARM = "R-56"  # the rule; its calls are passed on sooner, and stand first


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
    told = any(item["id"] == SELF_HARM for item in screening.fired)
    kind = CRISIS if told else ANSWERS
    return raise_alarm(patient=screening.patient, kind=kind, subject=subject, lane=lane, now=now)


def _cause(screening: Screening, lane: str) -> int:
    keys = {key for item in screening.fired if item["lane"] == lane for key in item["answers"]}
    rows = Answer.objects.filter(intake__patient=screening.patient_id, row=0, key__in=keys)
    newest = rows.filter(pk__lte=screening.last_answer_id).order_by("-pk").values_list("pk", flat=True)
    return newest.first() or screening.last_answer_id


def call_about_report(report: SymptomReport, *, now: datetime) -> Alarm:
    subject, lane = report_subject(report), lane_of(report.signs, report.answers)
    kind = CRISIS if is_crisis(report.signs) else REPORT
    return raise_alarm(patient=report.patient, kind=kind, subject=subject, lane=lane, now=now)


def report_subject(report: SymptomReport) -> str:
    return f"report:{report.pk}"


def is_of_report(alarm: Alarm) -> bool:
    return alarm.subject.startswith("report:")


# Read


@dataclass(frozen=True)
class Call:
    """One patient to ring, about all that is open. `eased`: answers given since ask for less or nothing.

    `reports`: what they told besides ticking boxes. `steps`: who was told of it, and when.
    """

    patient: Patient
    alarms: tuple[Alarm, ...]
    reasons: tuple[str, ...]
    reports: tuple[SymptomReport, ...]
    steps: tuple[AlarmStep, ...]
    eased: bool

    @property
    def deadline(self) -> datetime:
        return self.alarms[0].deadline

    @property
    def lane(self) -> Lane:
        return max((Lane(alarm.lane) for alarm in self.alarms), key=lambda lane: lane.urgency)

    @property
    def is_first(self) -> bool:
        """A life may hang on it."""
        return self.lane == Lane.EMERGENCY or any(alarm.kind == CRISIS for alarm in self.alarms)

    @property
    def owners(self) -> tuple[User, ...]:
        """Who sees to it; nobody where managers were asked and nobody has said so."""
        return tuple(dict.fromkeys(alarm.owner for alarm in self.alarms if alarm.owner))

    @property
    def tried(self) -> Alarm | None:
        """The last try that nobody answered."""
        tries = [alarm for alarm in self.alarms if alarm.acknowledged_at]
        return max(tries, key=lambda alarm: alarm.acknowledged_at, default=None)

    @property
    def number(self) -> str:
        return number_of(self.patient)


def open_calls() -> list[Call]:
    """Return whom to ring, emergencies and crises first, then the call due first, in four queries."""
    by_patient: dict[int, list[Alarm]] = defaultdict(list)
    for alarm in open_alarms():
        by_patient[alarm.patient_id].append(alarm)
    alarms = [alarm for found in by_patient.values() for alarm in found]
    behind = _Behind(_screenings(alarms), _reports(alarms), _steps(alarms))
    calls = [_call(found, behind) for found in by_patient.values()]
    return sorted(calls, key=lambda call: (not call.is_first, call.deadline))


@dataclass(frozen=True)
class _Behind:
    """What stands behind alarms: results by patient, reports by subject, steps by alarm."""

    screenings: Mapping[int, Sequence[Screening]]
    reports: Mapping[str, SymptomReport]
    steps: Mapping[int, Sequence[AlarmStep]]


def _call(alarms: list[Alarm], behind: _Behind) -> Call:
    patient = alarms[0].patient
    screenings = behind.screenings.get(patient.pk, ())
    reports = [behind.reports[alarm.subject] for alarm in alarms if alarm.subject in behind.reports]
    reasons = [
        reason
        for alarm in alarms
        for reason in (_signs(behind, alarm) if is_of_report(alarm) else _titles(alarm, screenings))
    ]
    asked = [Lane(alarm.lane).urgency for alarm in alarms if not is_of_report(alarm)]
    eased = bool(asked and screenings) and Lane(screenings[-1].lane).urgency < max(asked)
    steps = sorted((step for alarm in alarms for step in behind.steps[alarm.pk]), key=lambda step: step.at)
    return Call(patient, tuple(alarms), tuple(dict.fromkeys(reasons)), tuple(reports), tuple(steps), eased)


def _signs(behind: _Behind, alarm: Alarm) -> list[str]:
    report = behind.reports.get(alarm.subject)
    return [_(BY_CODE[code].text) if code in BY_CODE else code for code in report.signs] if report else []


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
    about = [alarm for alarm in alarms if not is_of_report(alarm)]
    if about:
        rows = Screening.objects.filter(
            patient__in={alarm.patient_id for alarm in about}, at__gte=min(alarm.raised_at for alarm in about)
        )
        for screening in rows.select_related("rules").defer("answers").order_by("pk"):
            found[screening.patient_id].append(screening)
    return found


def _reports(alarms: Iterable[Alarm]) -> dict[str, SymptomReport]:
    reports = [alarm.subject.partition(":")[2] for alarm in alarms if is_of_report(alarm)]
    rows = SymptomReport.objects.filter(pk__in=reports) if reports else ()
    return {report_subject(report): report for report in rows}


def _steps(alarms: Iterable[Alarm]) -> dict[int, list[AlarmStep]]:
    found: dict[int, list[AlarmStep]] = defaultdict(list)
    about = [alarm.pk for alarm in alarms]
    rows = AlarmStep.objects.filter(alarm__in=about).select_related("to") if about else ()
    for step in rows:
        found[step.alarm_id].append(step)
    return found

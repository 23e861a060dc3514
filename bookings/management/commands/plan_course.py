import json
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand

from bookings.rules import planner
from clinic.management import json_file
from clinic.management.json_file import bad_input, calendar_date, fields, items, whole_number

MOST_DAYS = 3660
MOST_SESSIONS = 52
MOST_COST = 10**12
PROPOSALS = 3


class Command(BaseCommand):
    help = (
        'Plan a course: {"not_before", "time_zone", "gaps", "openings", "after", "cost"} → proposals, best'
        " first, or the session that can't be placed and why. A weight not given is 1 a day. No database."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help='a JSON file, or "-" for standard input')

    def handle(self, *args, file, **options):
        request = read_request(json_file.read_json(file))
        self.stdout.write(json.dumps(answer(planner.plan(request))))


def answer(plan: planner.Plan) -> dict[str, object]:
    """Return the plan as JSON data; the times are written as they were given."""
    if plan.failure:
        return {
            "feasible": False,
            "failed_session": plan.failure.session,
            "window": [day.isoformat() for day in plan.failure.window],
            "reason_code": plan.failure.reason.value,
            "reason": planner.REASONS[plan.failure.reason],
        }
    proposals = [
        {"sessions": [opening.tag for opening in proposal.openings], "cost": _number(proposal.cost)}
        for proposal in plan.proposals
    ]
    return {"feasible": True, "proposals": proposals}


def _number(cost: planner.Cost) -> int | float:
    return int(cost) if cost == int(cost) else float(cost)


def read_request(value: object) -> planner.PlanRequest:
    value = fields(
        value,
        "input",
        required=("not_before", "time_zone", "gaps", "openings"),
        optional=("after", "cost"),
    )
    gaps = items(value["gaps"], "gaps", _gap)
    if len(gaps) >= MOST_SESSIONS:
        raise bad_input(f"gaps: {MOST_SESSIONS} sessions at most.")
    return planner.PlanRequest(
        not_before=calendar_date(value["not_before"], "not_before"),
        tz=_time_zone(value["time_zone"], "time_zone"),
        gaps=gaps,
        openings=_openings(value["openings"], len(gaps) + 1),
        after=_after(value["after"]) if value.get("after") is not None else None,
        weights=_weights(value.get("cost", {})),
        proposals=PROPOSALS,
    )


def _gap(value: object, where: str) -> planner.GapDays:
    names = ("earliest", "target", "latest")
    fields(value, where, required=names)
    numbers = [whole_number(value[name], f"{where}.{name}", least=1, most=MOST_DAYS) for name in names]
    if numbers != sorted(numbers):
        raise bad_input(f"{where}: earliest <= target <= latest is needed.")
    return planner.GapDays(*numbers)


def _time_zone(value: object, where: str) -> ZoneInfo:
    try:
        return ZoneInfo(value)
    except (TypeError, ValueError, OSError, KeyError, AttributeError):
        raise bad_input(f"{where}: the name of a time zone such as Asia/Kolkata is needed.") from None


def _after(value: object) -> planner.After:
    fields(value, "after", required=("day", "gap"))
    return planner.After(calendar_date(value["day"], "after.day"), _gap(value["gap"], "after.gap"))


def _weights(value: object) -> planner.Weights:
    fields(value, "cost", required=(), optional=("gap_day", "start_day"))
    return planner.Weights(**{name: _cost(cost, f"cost.{name}") for name, cost in value.items()})


def _cost(value: object, where: str) -> planner.Cost:
    """Return a cost exactly: 0.1 is a tenth, so that equal plans stay equal."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_COST:
        raise bad_input(f"{where}: a number from 0 to {MOST_COST} is needed.")
    return value if isinstance(value, int) else Fraction(repr(value))


def _openings(value: object, sessions: int) -> list[planner.Opening]:
    names = tuple(str(number) for number in range(1, sessions + 1))

    def read(opening: object, where: str) -> planner.Opening:
        fields(opening, where, required=("at",), optional=("cost", "sessions", "costs"))
        return planner.Opening(
            at=json_file.aware_instant(opening["at"], f"{where}.at"),
            cost=_cost(opening.get("cost", 0), f"{where}.cost"),
            sessions=_sessions(opening["sessions"], f"{where}.sessions") if "sessions" in opening else None,
            costs=_costs(opening["costs"], f"{where}.costs") if "costs" in opening else {},
            tag=opening["at"],
        )

    def _sessions(numbers: object, where: str) -> frozenset[int]:
        return frozenset(
            items(numbers, where, lambda number, place: whole_number(number, place, least=1, most=sessions))
        )

    def _costs(costs: object, where: str) -> dict[int, planner.Cost]:
        fields(costs, where, required=(), optional=names)
        return {int(number): _cost(cost, f"{where}.{number}") for number, cost in costs.items()}

    return items(value, "openings", read)

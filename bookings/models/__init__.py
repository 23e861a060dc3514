from .bookings import Booking, Claim, Status
from .calls import Call, CallOutcome
from .changes import Change, ChangeLine
from .feeds import DayListSending, FeedToken
from .hours import Closure, ClosureKind, OpenHoliday, RunningLate, WorkingHours

__all__ = [
    "Booking",
    "Call",
    "CallOutcome",
    "Change",
    "ChangeLine",
    "Claim",
    "Closure",
    "ClosureKind",
    "DayListSending",
    "FeedToken",
    "OpenHoliday",
    "RunningLate",
    "Status",
    "WorkingHours",
]

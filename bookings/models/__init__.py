from .away import Away
from .bookings import Booking, Claim, Status
from .calls import Call, CallOutcome
from .changes import Change, ChangeLine
from .feeds import DayListSending, FeedToken
from .hours import Closure, ClosureKind, OpenHoliday, RunningLate, WorkingHours
from .ledger import BankSight, Entry, EntryKind, Method, TillClose
from .waiting import FreedTime, Offer, OfferOutcome, WaitEnd, WaitlistEntry

__all__ = [
    "Away",
    "BankSight",
    "Booking",
    "Call",
    "CallOutcome",
    "Change",
    "ChangeLine",
    "Claim",
    "Closure",
    "ClosureKind",
    "DayListSending",
    "Entry",
    "EntryKind",
    "FeedToken",
    "FreedTime",
    "Method",
    "Offer",
    "OfferOutcome",
    "OpenHoliday",
    "RunningLate",
    "Status",
    "TillClose",
    "WaitEnd",
    "WaitlistEntry",
    "WorkingHours",
]

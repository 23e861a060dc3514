from .bookings import Booking, Claim, Status
from .changes import Change, ChangeLine
from .hours import Closure, WorkingHours

__all__ = ["Booking", "Change", "ChangeLine", "Claim", "Closure", "Status", "WorkingHours"]

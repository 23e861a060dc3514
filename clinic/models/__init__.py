from .alarms import Alarm, AlarmStep, OnCall
from .audit import AuditRow, ViewRow
from .outbox import Delivery, Message, ReminderConsent
from .people import NameWord, Patient, StaffRole, User
from .places import Location, Practitioner, Resource, Travel
from .releases import Release
from .visit_types import Need, Price, Qualified, Step, VisitType

__all__ = [
    "Alarm",
    "AlarmStep",
    "AuditRow",
    "Delivery",
    "Location",
    "Message",
    "NameWord",
    "Need",
    "OnCall",
    "Patient",
    "Practitioner",
    "Price",
    "Qualified",
    "Release",
    "ReminderConsent",
    "Resource",
    "StaffRole",
    "Step",
    "Travel",
    "User",
    "ViewRow",
    "VisitType",
]

from .consents import Consent
from .consultations import Consultation
from .decisions import Decision
from .intakes import Answer, Intake, TabletPass
from .photos import Photo
from .reports import SymptomReport
from .screenings import Screening

__all__ = [
    "Answer",
    "Consent",
    "Consultation",
    "Decision",
    "Intake",
    "Photo",
    "Screening",
    "SymptomReport",
    "TabletPass",
]

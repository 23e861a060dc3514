from .courses import (
    Course,
    CourseReview,
    CourseSession,
    DropReason,
    EndReason,
    Extension,
    Pause,
    PauseCause,
    Phase,
    Prescription,
    ReviewOutcome,
    ReviewPoint,
)
from .prechecks import PreCheck
from .products import Modality, Product
from .records import Addendum, Record

__all__ = [
    "Addendum",
    "Course",
    "CourseReview",
    "CourseSession",
    "DropReason",
    "EndReason",
    "Extension",
    "Modality",
    "Pause",
    "PauseCause",
    "Phase",
    "PreCheck",
    "Prescription",
    "Product",
    "Record",
    "ReviewOutcome",
    "ReviewPoint",
]

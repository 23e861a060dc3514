from .courses import Course, CourseSession, Pause, Prescription
from .prechecks import PreCheck
from .products import Product
from .records import Addendum, Record

__all__ = ["Addendum", "Course", "CourseSession", "Pause", "PreCheck", "Prescription", "Product", "Record"]

from .courses import Course, CourseSession, Pause, Prescription
from .products import Product
from .records import Addendum, Record

__all__ = ["Addendum", "Course", "CourseSession", "Pause", "Prescription", "Product", "Record"]

"""The only signal of this floor; send it through services/changes.py."""

from django.dispatch import Signal

course_changed = Signal()  # course, by, now

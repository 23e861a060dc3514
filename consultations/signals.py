"""The only signal of this floor; send it through services/changes.py."""

from django.dispatch import Signal

patient_changed = Signal()  # patient, by, now

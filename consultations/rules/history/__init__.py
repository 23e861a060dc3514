"""The questions, as data: one module a part of the history, in the order they are asked.

A key never changes meaning, and a choice once offered is never taken away: stored answers are read for years.
"""

from consultations.rules.history import (
    about,
    allergies,
    before_course,
    daily_life,
    feelings,
    hair,
    illnesses,
    medicines,
    rescreen,
    test_results,
    treatments_had,
    well_now,
)
from consultations.rules.questions import Page, Question

PARTS = (
    about, well_now, illnesses, medicines, allergies, treatments_had, test_results, hair, feelings,
    before_course, daily_life, rescreen,
)  # fmt: skip
PAGES: tuple[Page, ...] = tuple(page for part in PARTS for page in part.PAGES)
ALL: tuple[Question, ...] = tuple(question for part in PARTS for question in part.QUESTIONS)

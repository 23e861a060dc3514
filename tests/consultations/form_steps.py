"""Filling in the health form as a browser does: three boxes a date, what a page had shown, page by page."""

from consultations.models import Answer
from consultations.rules.questionnaire import PAGES, QUESTIONS
from tests.bookings.patient_clinic import hidden

NUMBER = {page.key: number for number, page in enumerate(PAGES, start=1)}
WELL = {
    "recent_illness": "no", "recent_vaccine": "no", "scalp_signs": ["none"], "cold_sores": "never",
    "systemic_signs": ["none"],
}  # fmt: skip


def as_typed(answers) -> dict:
    """What a browser sends for these answers: a date in three boxes."""
    sent = {}
    for key, value in answers.items():
        if QUESTIONS[key].type == "date" and value != "not_sure":
            year, month, day = value.split("-")
            sent |= {f"{key}_day": day, f"{key}_month": month, f"{key}_year": year}
        elif value == "not_sure" and "not_sure" not in QUESTIONS[key].codes:
            sent[f"{key}_unsure"] = "on"
        else:
            sent[key] = value
    return sent


def address(intake, page: str) -> str:
    return f"/intake/{intake.pk}/{NUMBER[page]}/"


def send(client, intake, page, answers=None, **fields):
    return client.post(address(intake, page), as_typed(answers or {}) | fields)


def save(client, intake, page, answers, **fields):
    htmx = {"HX-Request": "true"}
    return client.post(f"{address(intake, page)}save/", as_typed(answers) | fields, headers=htmx)


def opened(client, intake, page) -> dict:
    """A window on this page: what it notes of what it showed."""
    return {"seen": hidden(client.get(address(intake, page)), "seen")}


def walk(client, intake, history) -> list[str]:
    """Fill in page after page as the form leads; the addresses gone through."""
    at, gone = f"/intake/{intake.pk}/1/", []
    while "/check/" not in at:
        gone.append(at)
        page = client.get(at)
        asked = {key: history[key] for key in page.context["form"].groups if key in history}
        answer = client.post(at.partition("#")[0], as_typed(asked) | {"seen": hidden(page, "seen")})
        assert answer.status_code == 302, answer.context["form"].errors
        at = answer["Location"]
        assert len(gone) < 30
    return gone


def finish(client, intake):
    """What was read back is right; off it goes."""
    return client.post(f"/intake/{intake.pk}/check/", {"right": "on"})


def stored(intake) -> dict:
    """The newest answers, by question."""
    return dict(Answer.objects.filter(intake=intake).order_by("pk").values_list("key", "value"))


def rows(intake, key) -> list:
    return list(Answer.objects.filter(intake=intake, key=key).order_by("pk").values_list("value", flat=True))

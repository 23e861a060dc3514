"""Made-up content for the style page: the components with real words, and names in several scripts."""

from datetime import UTC, datetime
from types import SimpleNamespace

from django import forms
from django.utils.dateparse import parse_date
from django.utils.safestring import mark_safe

from clinic.forms import DateParts
from clinic.icons import DRAWINGS
from clinic.templatetags.look import STATUSES, status, tag

DAYS = [
    {"weekday": "Sun", "date": 22, "month": "Nov", "words": "closed"},
    {"weekday": "Mon", "date": 23, "month": "Nov", "words": "2 left", "href": "?page=times"},
    {"weekday": "Tue", "date": 24, "month": "Nov", "words": "9 left", "href": "?page=times", "chosen": True},
    {"weekday": "Wed", "date": 25, "month": "Nov", "words": "12 left", "href": "?page=times"},
    {"weekday": "Thu", "date": 26, "month": "Nov", "words": "7 left", "href": "?page=times"},
    {"weekday": "Fri", "date": 27, "month": "Nov", "words": "full"},
    {"weekday": "Sat", "date": 28, "month": "Nov", "words": "4 left", "href": "?page=times"},
]
GROUPS = [
    {"title": title, "times": [{"value": text, "text": text, "best": text == "10:30 am"} for text in times]}
    for title, times in (
        ("Morning", ("10:30 am", "11:00 am", "11:45 am")),
        ("Afternoon", ("2:00 pm", "2:30 pm", "3:15 pm")),
        ("Evening", ("5:00 pm", "5:45 pm", "6:30 pm")),
    )
]
SESSIONS = [
    {"state": "done", "number": 1, "when": "Tue 13 Oct"},
    {"state": "done", "number": 2, "when": "Tue 27 Oct"},
    {"state": "done", "number": 3, "when": "Tue 10 Nov", "word": "done · photos added"},
    {"state": "next", "number": 4, "when": "Tue 24 Nov, 10:30 am"},
    {"state": "booked", "number": 5, "when": "Tue 8 Dec, 10:30 am"},
    {"state": "choose", "number": 8, "when": "week of 18 Jan", "href": "?page=times"},
]
OTHER_SESSIONS = [
    {"state": "missed", "number": 2, "when": "Tue 27 Oct, 10:30 am"},
    {
        "state": "moved",
        "number": 3,
        "was": "Tue 10 Nov",
        "when": "Fri 13 Nov, 5:00 pm",
        "why": "Dr Rao is away",
    },
    {"state": "question", "number": 4, "when": "Fri 27 Nov, 5:00 pm", "why": "Your time is kept meanwhile."},
    {"state": "held", "number": 5, "when": "Fri 11 Dec, 5:00 pm", "word": "held till 10:42 am"},
    {"state": "paused", "number": "6–8", "when": "until you are ready"},
]
CHANGES = [
    {"label": "4", "was": "Tue 24 Nov", "now": "Fri 27 Nov, 5:00 pm"},
    {
        "label": "5",
        "was": "Tue 8 Dec",
        "now": "Wed 9 Dec, 10:30 am",
        "why": "your sessions need at least 12 days between them",
    },
    {"label": "6–8", "stays": True},
]
ANSWERS = [
    {"question": "Where is your hair thinner?", "answers": ["Top", "Crown"], "change": "#"},
    {"question": "Since when?", "answer": "About 3 years, slowly more", "change": "#"},
    {"question": "Do you take a blood thinner?", "answer": "Warfarin", "change": "#"},
    {
        "question": "Did a cut or piercing ever heal with a raised, hard scar?",
        "answer": "Not sure",
        "change": "#",
    },
]
FLAGS = [
    {
        "outcome": "DEFER",
        "quotes": ["Warfarin"],
        "answer": "with an INR of 3.8 on 14 Nov",
        "rule": "R-37 INR above 3.5: wait for a new value",
        "source": "BJD 2015 · certainty B",
    },
    {
        "outcome": "REVIEW",
        "quotes": ["Not sure"],
        "answer": "about raised scars",
        "rule": "R-00 ask: raised scars after cuts or piercings?",
        "source": "clinic policy",
    },
]
HAIR = [
    {"term": "Concern", "value": "thinning on top, crown"},
    {"term": "Since", "value": "3 years, slowly worse"},
    {"term": "Family", "value": "father, mother's father"},
    {"term": "Norwood", "value": "III V (own picture)"},
    {"term": "Tried", "value": "minoxidil 5 % for 8 months, a little better"},
    {"term": "Expects", "value": "less hair fall, thicker hair; in 3–6 months"},
]
HEALTH = [
    {"term": "Heart", "value": "atrial fibrillation (new since June)", "new": True},
    {"term": "Medicines", "value": "warfarin, metoprolol"},
    {"term": "Allergies", "value": "none known"},
    {"term": "Needles", "value": "fear 2 of 10, never fainted"},
]
QUEUE = [
    {
        "name": "S. K., 45",
        "when": "today 10:30 am",
        "tag": ("alarm", "warning", "blood thinner"),
        "here": True,
    },
    {"name": "A., 29", "when": "today 11:00 am", "tag": ("sun", "question", "2 unclear")},
    {"name": "R. N., 34", "when": "today 11:45 am", "tag": ("plain", "check", "nothing found")},
    {"name": "ಲಕ್ಷ್ಮಿ, 52", "when": "Wed 25 Nov", "tag": ("alarm", "clock", "within 7 days")},
]
SELECTED = [
    {"term": "10:00", "value": "numbing, chair 2"},
    {"term": "10:45", "value": "injecting, room 1, Dr Rao"},
    {"term": "11:05", "value": "resting, chair 2"},
    {"term": "Phone", "value": "••• ••• 4521"},
    {"term": "Next", "value": "Tue 8 Dec, 10:00 am (14 days)"},
    {"term": "Owes", "value": "₹0 · 4 sessions left"},
]
TREATMENT = (("numb", 9), ("inject", 4), ("watch", 3))


def _treatment(chair: int, room: int) -> list[tuple[str, str]]:
    words = {"numb": f"numbing · chair {chair}", "inject": f"injecting · room {room}", "watch": "resting"}
    return [(f"s-{span} {kind}", words[kind]) for kind, span in TREATMENT]


def _visit(row: int, span: int, name: str, about: str, state: str, **more) -> dict:
    parts = more.pop("parts", [(f"s-{span}", more.pop("words", ""))])
    marks = mark_safe(status(state) + "".join(tag(*one) for one in more.pop("tags", ())))  # noqa: S308 (ours)
    place = f"r-{row} s-{span} {more.pop('lane', '')}".strip()
    fixed = {
        "place": place,
        "look": f"{state}{' chosen' if more.get('chosen') else ''}",
        "reference": name[:2],
    }
    return {
        "href": "?page=board",
        "name": name,
        "about": about,
        "marks": marks,
        "parts": parts,
        **fixed,
        **more,
    }


REVIEW_TAG = ("sun", "person", "doctor to review")
FORM_TAG = ("sun", "form", "form not finished")
BOARD = {
    "starts": datetime(2026, 11, 24, 4, 0, tzinfo=UTC),
    "rows": 84,
    "last_row": 82,
    "every": 15,
    "hours": [
        {"row": 0, "words": "9:30"},
        *({"row": 6 + 12 * n, "words": f"{(9 + n) % 12 + 1}:00", "full": True} for n in range(7)),
        *({"row": 12 + 12 * n, "words": f"{(9 + n) % 12 + 1}:30"} for n in range(6)),
    ],
    "now": {"row": 15, "words": "10:44 am"},
    "columns": [
        {
            "key": 1,
            "name": "Dr Rao",
            "items": [
                _visit(6, 16, "Ravi", "course 4 of 8", "arrived", chosen=True, parts=_treatment(2, 1)),
                _visit(24, 6, "S. K., 45", "first consultation", "booked", tags=[REVIEW_TAG]),
                _visit(54, 6, "आरती देशमुख", "consultation", "confirmed"),
            ],
        },
        {
            "key": 2,
            "name": "Dr Iyer",
            "late": "runs 20 min late",
            "lanes": 2,
            "items": [
                _visit(0, 4, "Joseph M.", "consultation", "done"),
                _visit(6, 6, "Fathima", "first consultation", "arrived", tags=[FORM_TAG], lane="of-2"),
                _visit(9, 6, "R. N., 34", "fit-in", "booked", lane="of-2 at-1"),
                {"place": "r-18 s-3", "href": "?page=board", "words": "11:00 am"},
                _visit(30, 6, "held 9 min", "online", "held", words="10-minute hold"),
                _visit(45, 2, "Quick look", "5 min", "booked"),
            ],
        },
        {
            "key": 3,
            "name": "Dr Thomas",
            "bands": [{"place": "r-0 s-84", "kind": "away", "words": "on leave till Thu · 6 sessions moved"}],
        },
        {
            "key": 4,
            "name": "Dr Banu",
            "bands": [
                {"place": "r-0 s-6", "kind": "off"},
                {"place": "r-39 s-1", "kind": "clean"},
                {"place": "r-42 s-6", "kind": "kept", "words": "kept for urgent visits until noon"},
            ],
            "items": [
                _visit(12, 16, "ಲಕ್ಷ್ಮಿ", "course 2 of 8", "confirmed", parts=_treatment(1, 2)),
                _visit(36, 3, "محمد", "photos", "confirmed"),
            ],
        },
    ],
}
DAY_LIST = [
    {"when": when, "name": name, "what": what, "where": where, "status": status}
    for when, name, what, where, status in (
        ("10:00 am", "Ravi", "Treatment, 4 of 8", "Dr Rao · room 1", "arrived"),
        ("10:00 am", "Fathima", "First consultation", "Dr Iyer", "arrived"),
        ("10:30 am", "ಲಕ್ಷ್ಮಿ ನಾರಾಯಣ", "Treatment, 2 of 8", "Dr Banu · room 2", "booked"),
        ("11:30 am", "S. Kumar", "First consultation", "Dr Rao", "booked"),
        ("12:00 pm", "आरती देशमुख", "Consultation", "Dr Iyer", "cancelled"),
    )
]


class SampleForm(forms.Form):
    name = forms.CharField(label="Your name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    mobile = forms.CharField(
        label="Mobile number",
        help_text="We send one code to it, and your reminders.",
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    born_on = DateParts(
        label="Date of birth", help_text="For example 27 3 1984", latest=parse_date("2026-11-24")
    )
    language = forms.ChoiceField(
        label="Language we write in", choices=[("en", "English"), ("kn", "ಕನ್ನಡ"), ("hi", "हिन्दी")]
    )
    thinner = forms.ChoiceField(
        label="Do you take a blood thinner?",
        help_text="Keep taking it as prescribed. The doctor only needs to know.",
        choices=[("yes", "Yes"), ("no", "No"), ("unknown", "Not sure")],
        widget=forms.RadioSelect,
    )
    conditions = forms.MultipleChoiceField(
        label="Do you have any of these?",
        choices=[
            ("sugar", "Sugar (diabetes)"),
            ("pressure", "High blood pressure"),
            ("none", "None of these"),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agreed = forms.BooleanField(label="The clinic may keep my answers for my treatment")


def sample_form() -> SampleForm:
    typed = {
        "name": "ಲಕ್ಷ್ಮಿ",
        "born_on_day": "31",
        "born_on_month": "2",
        "born_on_year": "1984",
        "language": "kn",
    }
    return SampleForm({**typed, "conditions": ["sugar"]})


def doctor() -> SimpleNamespace:
    return SimpleNamespace(name="Dr Rao", is_authenticated=True, is_staff=True)


def everything() -> dict[str, object]:
    lists = {"days": DAYS, "groups": GROUPS, "sessions": SESSIONS, "other_sessions": OTHER_SESSIONS}
    rows = {"changes": CHANGES, "answers": ANSWERS, "flags": FLAGS, "hair": HAIR, "health": HEALTH}
    work = {"queue": QUEUE, "selected": SELECTED, "board": BOARD, "day_list": DAY_LIST}
    keys = [("j / k", "move"), ("Enter", "open"), ("/", "search")]
    names = {"statuses": list(STATUSES), "icons": list(DRAWINGS), "keys": keys}
    return {**lists, **rows, **work, **names, "sample": sample_form(), "grades": {"front": 1, "crown": 2}}

"""The made-up people. Numbers +91 90000 … belong to nobody; what they answered is invented.

`story` says how far somebody has come (stories.py); `changes` are the answers in which they differ from
somebody with nothing to report; of a day they say how many days ago it was.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from consultations.rules.questionnaire import QUESTIONS
from consultations.rules.questions import DATE


@dataclass(frozen=True)
class Person:
    name: str
    sex: str
    born_on: date
    area: str
    story: str
    language: str = "en"
    changes: dict[str, Any] = field(default_factory=dict)
    phone_of: str = ""  # shares the account of this person


def _person(name, sex, born, area, story, language="en", phone_of="", **changes) -> Person:
    return Person(name, sex, date.fromisoformat(born), area, story, language, changes, phone_of)


PEOPLE = (
    # under way
    _person("Kavitha Reddy", "female", "1988-03-14", "Indiranagar", "course_under_way"),
    _person("Imran Sheikh", "male", "1991-07-02", "Frazer Town", "prescribed", "ur"),
    _person("ಲಕ್ಷ್ಮಿ ನಾರಾಯಣ", "female", "1979-11-23", "Jayanagar", "decided", "kn"),
    _person("Arjun Menon", "male", "1986-01-30", "HSR Layout", "decided", "ml"),
    _person("दीपा शर्मा", "female", "1993-05-08", "Koramangala", "deferred", "hi", recent_illness="yes"),
    _person("George Mathew", "male", "1969-09-17", "Cooke Town", "not_suitable", "ml",
            conditions=["heart", "arrhythmia_pacemaker"], medicines=["warfarin", "beta_blocker"],
            heart_problem=["valve"], heart_when=2750, heart_stable="yes", pacemaker="no",
            inr=2.6, inr_unit="ratio", inr_date=33),
    # today and soon, forms in every state
    _person("S. Kumar", "male", "1981-02-11", "Domlur", "flagged", medicines=["warfarin"],
            conditions=["arrhythmia_pacemaker"], heart_stable="yes", pacemaker="no",
            inr=2.4, inr_unit="ratio", inr_date=12, treatments_had=["minoxidil_lotion"],
            tx_minoxidil_lotion_status="past", tx_minoxidil_lotion_weeks=30,
            tx_minoxidil_lotion_response="same", not_tolerated="no"),
    _person("Anita D'Souza", "female", "1997-08-25", "Richmond Town", "unclear",
            conditions=["not_sure"], scalp_signs=["not_sure"]),
    _person("Ravi Naik", "male", "1992-12-03", "Ulsoor", "clear", "kn"),
    _person("فاطمہ بیگم", "female", "1990-04-19", "Shivajinagar", "half", "ur"),
    _person("தமிழ்ச்செல்வி", "female", "1985-06-06", "Halasuru", "not_started", "ta"),
    _person("Rohan Gupta", "male", "1999-10-10", "Bellandur", "same_day",
            scalp_signs=["boggy_swelling", "pustules"], scalp_fever="yes"),
    _person("Sneha Patil", "female", "1994-02-27", "Malleshwaram", "flagged", "kn", pregnant="yes"),
    _person("Mohammed Yusuf", "male", "1996-03-21", "Frazer Town", "seven_days", "ur",
            main_concern=["round_patches"], patch_count=4, patch_look=["smooth"], patch_share="under_quarter",
            patches_rapid="yes", brows_thinning="yes",
            onset_type="sudden", duration_value=3, duration_unit="weeks", loss_trend="worse_fast"),
    _person("Divya Krishnan", "female", "1987-07-15", "Jayanagar", "clear", "ta"),
    _person("Prakash Hegde", "male", "1975-05-29", "Basavanagudi", "flagged", "kn",
            allergies=["propylene_glycol", "latex"], reaction_kind=["rash"]),
    _person("Nisha Verma", "female", "2000-01-05", "Whitefield", "half", "hi"),
    _person("Joseph Fernandes", "male", "1983-09-09", "Indiranagar", "not_started"),
    _person("ಮಂಜುನಾಥ್ ಗೌಡ", "male", "1989-12-12", "Banashankari", "clear", "kn"),
    _person("Farah Khan", "female", "1995-11-01", "Benson Town", "call_today", "ur",
            low_interest="nearly_every_day", low_mood="nearly_every_day", self_harm="talk"),
    _person("Vikram Singh", "male", "1998-04-04", "Marathahalli", "flagged", "hi",
            trying_to_conceive="within_6_months"),
    _person("Asha Rao", "female", "1982-08-18", "Jayanagar", "clear", "kn", medicines=["thyroid"],
            conditions=["thyroid"], thyroid_treated="yes", medicines_named=["Thyronorm 50, mornings"],
            tests_had=["tsh", "ferritin"], tsh=2.1, tsh_unit="uiu_ml", tsh_date=51,
            ferritin=28, ferritin_unit="ng_ml", ferritin_date=51),
    _person("सुनीता देवी", "female", "1978-02-02", "Hebbal", "not_started", "hi"),
    _person("Daniel Thomas", "male", "1993-06-30", "Cox Town", "not_started", "ml"),
    # one phone, two people
    _person("Padma Iyengar", "female", "1966-10-20", "Malleshwaram", "clear", "kn",
            medicines=["blood_pressure"], conditions=["high_bp"], bp_sys=128, bp_dia=82),
    _person("Karthik Iyengar", "male", "1997-03-03", "Malleshwaram", "not_started", "kn",
            phone_of="Padma Iyengar"),
    # behind us
    _person("Leela Bhat", "female", "1984-01-22", "Rajajinagar", "done", "kn"),
    _person("Suresh Babu", "male", "1977-07-07", "Yelahanka", "no_show", "te"),
    _person("Pooja Jain", "female", "1992-09-14", "Sadashivanagar", "cancelled", "hi"),
    _person("Naveen Raj", "male", "1990-05-05", "Electronic City", "done", "ta"),
    # has a session just now
    _person("Shalini Kamath", "female", "1991-04-12", "Indiranagar", "session_today", "kn"),
)  # fmt: skip

# Whom today is full of: they have been here before, and today.py says where and when.
OF_TODAY = (
    _person("Usha Prabhu", "female", "1972-03-09", "Indiranagar", "done", "kn"),
    _person("Rajesh Pillai", "male", "1984-11-30", "Domlur", "done", "ml"),
    _person("Hema Malini S.", "female", "1995-01-17", "Ulsoor", "in_room", "ta"),
    _person("Abdul Rahim", "male", "1968-08-08", "Frazer Town", "late", "ur"),
    _person("नीता कुलकर्णी", "female", "1989-06-21", "Indiranagar", "waiting", "hi"),
    _person("Brian D'Cruz", "male", "1993-09-02", "Cox Town", "waiting"),
    _person("Gayathri Raman", "female", "1980-12-25", "HAL", "coming", "ta"),
    _person("Tejas Gowda", "male", "2001-02-14", "Banaswadi", "coming", "kn"),
    _person("Zoya Mirza", "female", "1998-05-19", "Richmond Town", "coming", "ur"),
    _person("Mahesh Babu K.", "male", "1976-10-10", "Koramangala", "squeezed_in", "te"),
    _person("ರೇಖಾ ಹೆಗಡೆ", "female", "1987-07-07", "Jayanagar", "done", "kn"),
    _person("Stephen Paul", "male", "1971-01-01", "BTM Layout", "done", "ml"),
    _person("Kalpana Devi", "female", "1990-09-23", "JP Nagar", "in_room", "hi"),
    _person("Vinod Shetty", "male", "1985-04-16", "Jayanagar", "late", "kn"),
    _person("Mary Joseph", "female", "1963-12-08", "Basavanagudi", "waiting", "ml"),
    _person("Harish Chandra", "male", "1996-03-27", "Banashankari", "coming", "te"),
    _person("Parveen Sultana", "female", "1982-02-20", "Jayanagar", "coming", "ur"),
    _person("Deepak Nayak", "male", "1999-11-11", "Padmanabhanagar", "coming", "kn"),
    _person("Lalitha Murthy", "female", "1959-05-30", "Jayanagar", "asked", "kn"),
    _person("Sanjay Mehta", "male", "1988-08-15", "Whitefield", "not_confirmed", "hi"),
)  # fmt: skip


def history(person: Person, today: date) -> dict[str, Any]:
    """Return canonical answers by question key; None in `changes` takes one away."""
    own = _woman() if person.sex == "female" else _man()
    basics = {"sex_at_birth": person.sex, "born_on": person.born_on.isoformat()}
    answers = _everybody() | own | basics | person.changes
    if answers.get("recent_illness") == "yes":
        answers["recent_illness_date"] = date.fromordinal(today.toordinal() - 4).isoformat()
    if answers.get("pregnant") == "yes":
        answers |= {"trying_to_conceive": None}
    return {key: _on_its_day(key, value, today) for key, value in answers.items() if value is not None}


def before_course(person: Person, today: date) -> dict[str, Any]:
    """What somebody with nothing to report says once a course is prescribed."""
    relatives = ("father", "mother", "brothers", "sisters", "paternal", "maternal", "uncles")
    own = {"contraception": "iud", "lmp": 12} if person.sex == "female" else {"male_fertility": ["none"]}
    answers = own | {
        "weight_kg": 66,
        "emergency_contact": "A sister, 90000 00000",
        "blood_donor": "no",
        "needle_fear": 3,
        "faint_history": "never",
        "injection_history": "fine",
        "expected_time": "6_12_months",
        **{f"understands_{what}": "yes" for what in ("sessions", "maintenance", "variable", "may_not_work")},
        "can_attend": "yes",
        "need_interpreter": "no",
        "own_wish": "yes",
        "diet": "everything",
        "tobacco": "never",
        "alcohol_units_week": 0,
        "hair_length": "long",
        "tight_styles": ["none"],
        "chemical_types": ["none"],
        **{f"fam_{who}": "none" for who in relatives},
        "fam_keloid": "no",
        "fam_bleeding": "no",
        "fam_anaesthetic": "no",
    }
    return {key: _on_its_day(key, value, today) for key, value in answers.items()}


def _on_its_day(key: str, value: Any, today: date) -> Any:
    is_ago = QUESTIONS[key].type == DATE and isinstance(value, int)
    return (today - timedelta(days=value)).isoformat() if is_ago else value


def _everybody() -> dict[str, Any]:
    return {
        "recent_illness": "no",
        "recent_vaccine": "no",
        "scalp_signs": ["none"],
        "cold_sores": "never",
        "systemic_signs": ["none"],
        "conditions": ["none"],
        "blood_borne": ["none"],
        "medicines": ["none"],
        "allergies": ["none"],
        "severe_reaction": "no",
        "treatments_had": ["none"],
        "tests_had": ["none"],
        "main_concern": ["thinning_on_top"],
        "onset_type": "gradual",
        "duration_value": 3,
        "duration_unit": "years",
        "loss_trend": "worse_slowly",
        "triggers": ["none"],
        "shed_daily": "50_100",
        "hair_impact": 4,
        "low_interest": "not_at_all",
        "low_mood": "not_at_all",
        "mental_health": ["none"],
        "expected_result": "thicker",
    }


def _woman() -> dict[str, Any]:
    return {
        "pregnant": "no",
        "breastfeeding": "no",
        "trying_to_conceive": "no",
        "androgen_signs": ["none"],
        "main_concern": ["wider_parting", "shedding"],
        "hair_areas": ["parting"],
    }


def _man() -> dict[str, Any]:
    return {
        "trying_to_conceive": "no",
        "main_concern": ["temples", "crown"],
        "hair_areas": ["temple_left", "temple_right", "crown"],
    }

"""Results of blood tests: each with its unit and date, kept as given, and read in one unit."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from consultations.rules.conditions import Condition
from consultations.rules.history.treatments_had import TESTS as NAMES
from consultations.rules.questions import DEC, Choices, Page, Question, day, gettext_noop, on, one_of

_ = gettext_noop
TWO_YEARS = 731


@dataclass(frozen=True)
class Laboratory:
    """One test. `units`: (code, words, factor, offset) with canonical = factor × value + offset."""

    code: str
    derived: str
    unit: str
    least: float
    most: float
    units: tuple[tuple[str, str, str, str], ...]

    def canonical(self, value: float, unit: str) -> float | None:
        found = next((one for one in self.units if one[0] == unit), None)
        if found is None:
            return None
        _code, _words, factor, offset = found
        return float(round(Decimal(str(value)) * Decimal(factor) + Decimal(offset), 4))


LABORATORY: tuple[Laboratory, ...] = (
    Laboratory("hb", "hb_g_dl", "g/dL", 3, 25, (("g_dl", "g/dL", "1", "0"), ("g_l", "g/L", "0.1", "0"))),
    Laboratory(
        "ferritin",
        "ferritin_ng_ml",
        "ng/mL",
        0.5,
        5000,
        (("ng_ml", "ng/mL", "1", "0"), ("ug_l", "µg/L", "1", "0"), ("pmol_l", "pmol/L", "0.445", "0")),
    ),
    Laboratory(
        "tsh",
        "tsh_miu_l",
        "mIU/L",
        0.001,
        150,
        (("miu_l", "mIU/L", "1", "0"), ("uiu_ml", "µIU/mL", "1", "0")),
    ),
    Laboratory(
        "vitamin_d",
        "vitamin_d_ng_ml",
        "ng/mL",
        2,
        200,
        (("ng_ml", "ng/mL", "1", "0"), ("nmol_l", "nmol/L", "0.400641", "0")),
    ),
    Laboratory(
        "b12",
        "b12_pg_ml",
        "pg/mL",
        30,
        5000,
        (("pg_ml", "pg/mL", "1", "0"), ("pmol_l", "pmol/L", "1.355", "0")),
    ),
    Laboratory(
        "zinc",
        "zinc_ug_dl",
        "µg/dL",
        10,
        500,
        (("ug_dl", "µg/dL", "1", "0"), ("umol_l", "µmol/L", "6.54", "0")),
    ),
    Laboratory(
        "hba1c",
        "hba1c_percent",
        "%",
        3,
        20,
        (("percent", "%", "1", "0"), ("mmol_mol", "mmol/mol", "0.0915", "2.15")),
    ),
    Laboratory(
        "fasting_glucose",
        "fasting_glucose_mg_dl",
        "mg/dL",
        20,
        600,
        (("mg_dl", "mg/dL", "1", "0"), ("mmol_l", "mmol/L", "18.016", "0")),
    ),
    Laboratory(
        "platelets",
        "platelets_10e9_l",
        "×10⁹/L",
        1,
        1500,
        (
            ("x10_9_l", "×10⁹/L", "1", "0"),
            ("per_ul", _("per µL"), "0.001", "0"),
            ("lakh_per_ul", _("lakh per µL"), "100", "0"),
        ),
    ),
    Laboratory("inr", "inr_ratio", "ratio", 0.8, 10, (("ratio", _("ratio (no unit)"), "1", "0"),)),
)
NEEDS: dict[str, Condition] = {
    "hba1c": ("includes_any", "conditions", ("diabetes",)),
    "inr": ("includes_any", "medicines", ("warfarin",)),
}
NEEDS_WORDS = {
    "hba1c": _("If you have diabetes, or the result"),
    "inr": _("If you take warfarin or acenocoumarol"),
}

PAGE = Page(
    key="tests",
    title=_("What did the blood tests say?"),
    why=_("Copy the figure, its unit and the date from the report. What you don't have, leave as not sure."),
)
PAGES = (PAGE,)


def _asked(test: Laboratory, name: str) -> Iterable[Question]:
    ticked: Condition = ("includes_any", "tests_had", (test.code,))
    shown_if = ("any", ticked, NEEDS[test.code]) if test.code in NEEDS else ticked
    given = ("gte", test.code, 0)
    only_for = NEEDS_WORDS.get(test.code, _("If you have the result"))
    yield Question(
        key=test.code,
        type=DEC,
        text=name,
        minimum=0,
        maximum=2_000_000,
        decimals=3,
        shown_if=shown_if,
        only_for=only_for,
        safety=True,
    )
    units: Choices = tuple((code, words) for code, words, _factor, _offset in test.units)
    yield one_of(f"{test.code}_unit", _("In which unit?"), *units, shown_if=given, only_for=only_for)
    yield day(f"{test.code}_date", _("Date of the test"), TWO_YEARS, shown_if=given, only_for=only_for)


def _derived(test: Laboratory) -> Question:
    return Question(
        key=test.derived,
        type=DEC,
        text=dict(NAMES)[test.code],
        unit=test.unit,
        minimum=test.least,
        maximum=test.most,
        decimals=4,
        shown_if=("any", ("includes_any", "tests_had", (test.code,)), NEEDS[test.code])
        if test.code in NEEDS
        else ("includes_any", "tests_had", (test.code,)),
        required=False,
        derived=True,
    )


QUESTIONS = tuple(
    question
    for test in LABORATORY
    for question in (*on(PAGE, _asked(test, dict(NAMES)[test.code])), _derived(test))
)

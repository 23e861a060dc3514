"""What is planned, read from plain data: which rules then count, and the facts that rules may look at."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from consultations.rules.conditions import UNKNOWN
from consultations.rules.ingredients import CLASSES, KNOWN_AS, Ingredient

STATUSES = ("licensed_injectable", "licensed_other_route", "cosmetic", "unlicensed", "unknown")
# What people write when they mean one of these.
STATUS_ALIASES = {"licensed": "licensed_injectable", "off_label": "licensed_other_route"}
CODE = re.compile(r"[\w.\- ]{1,80}")
CONTENTS = tuple(
    f"planned.{part}" for part in ("ingredients", "classes", "allergens", "additives", "has_unlisted")
)
MOST_MG = 10_000
LONGEST_NAME = 6  # words


class BadPlan(ValueError):
    """What is wrong with the description of the plan. Names the key; quotes nothing."""


@dataclass(frozen=True)
class Planned:
    scopes: frozenset[str] = frozenset({"ALL"})
    facts: Mapping[str, Any] = field(default_factory=dict)


def read_plan(plan: Mapping[str, Any] | None) -> Planned:
    """Read {"product": {"code", "ingredients", "status"}, "anaesthetic", "mg", "adrenaline", "technique"}.

    Every part may be absent. A product whose ingredients nobody gave may hold anything: all scopes count.
    """
    plan = {} if plan is None else plan
    _refuse_others(plan, {"product", "anaesthetic", "mg", "adrenaline", "technique"}, "planned")
    plan = {key: value for key, value in plan.items() if value is not None}
    scopes, facts = {"ALL"}, _plain_facts(plan)
    classes: set[str] = set()
    if "anaesthetic" in plan:
        anaesthetic = _anaesthetic(plan["anaesthetic"], bool(plan.get("adrenaline")))
        facts |= _facts("planned.anaesthetic", anaesthetic)
        classes |= _classes(anaesthetic)
    if "product" in plan:
        product = _product(plan["product"])
        facts |= product.facts
        scopes |= product.scopes
    return Planned(frozenset(scopes | {CLASSES[one] for one in classes}), facts)


def _refuse_others(given: object, known: set[str], where: str) -> None:
    if not isinstance(given, Mapping):
        raise BadPlan(f"{where}: an object is needed")
    if set(given) - known:
        raise BadPlan(f"{where}: unknown key; known are {', '.join(sorted(known))}")


def _plain_facts(plan: Mapping[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if "mg" in plan:
        facts["planned.mg"] = _mg(plan["mg"])
    if "adrenaline" in plan:
        if not isinstance(plan["adrenaline"], bool):
            raise BadPlan("planned.adrenaline: true or false is needed")
        facts["planned.adrenaline"] = plan["adrenaline"]
    if "technique" in plan:
        facts["planned.technique"] = _code(plan["technique"], "planned.technique")
    return facts


def _mg(value: object) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_MG:
        raise BadPlan(f"planned.mg: a number from 0 to {MOST_MG} is needed")
    return value


def _code(value: object, where: str) -> str:
    if not isinstance(value, str) or not CODE.fullmatch(value):
        raise BadPlan(f"{where}: a short word is needed")
    return value


# Product


def _product(product: object) -> Planned:
    _refuse_others(product, {"code", "name", "ingredients", "status"}, "planned.product")
    facts: dict[str, Any] = {"planned.status": _status(product.get("status"))}
    if "code" in product:
        facts["planned.code"] = _code(product["code"], "planned.product.code")
    if product.get("ingredients") is None:
        facts |= dict.fromkeys(CONTENTS, UNKNOWN)
        return Planned(frozenset({"PRODUCT", *CLASSES.values()}), facts)
    contents = _contents(product["ingredients"])
    facts |= _facts("planned", contents)
    return Planned(frozenset({"PRODUCT", *(CLASSES[one] for one in _classes(contents))}), facts)


def _status(status: object) -> str:
    if status is None:
        return "unknown"
    status = STATUS_ALIASES.get(status, status) if isinstance(status, str) else status
    if status not in STATUSES:
        raise BadPlan(f"planned.product.status: one of {', '.join(STATUSES)} is needed")
    return status


def _contents(ingredients: object) -> list[Ingredient]:
    if not isinstance(ingredients, list | tuple) or not ingredients or len(ingredients) > 100:
        raise BadPlan("planned.product.ingredients: a list of up to 100 names is needed")
    found: dict[str, Ingredient] = {}
    for position, one in enumerate(ingredients):
        found |= {each.code: each for each in _ingredient(one, f"planned.product.ingredients[{position}]")}
    return list(found.values())


def _ingredient(one: object, where: str) -> list[Ingredient]:
    if isinstance(one, Mapping):
        _refuse_others(one, {"name", "classes", "allergens"}, where)
        return [_described(one, where)]
    if not isinstance(one, str) or not one.strip() or len(one) > 120:
        raise BadPlan(f"{where}: a name is needed")
    return recognise(one) or [Ingredient(_words(one) or "unnamed", ())]


def _described(one: Mapping[str, Any], where: str) -> Ingredient:
    name, classes, allergens = one.get("name"), one.get("classes", []), one.get("allergens", [])
    if not isinstance(name, str) or not name.strip() or len(name) > 120:
        raise BadPlan(f"{where}.name: a name is needed")
    if not isinstance(classes, list | tuple) or not {str(each) for each in classes} <= set(CLASSES):
        raise BadPlan(f"{where}.classes: a list is needed of {', '.join(CLASSES)}")
    if not isinstance(allergens, list | tuple) or not all(isinstance(each, str) for each in allergens):
        raise BadPlan(f"{where}.allergens: a list of names is needed")
    known = recognise(name)
    classes = {*classes, *(each for part in known for each in part.classes)}
    allergens = {*allergens, *(each for part in known for each in part.allergens)}
    return Ingredient(_words(name), (name,), tuple(sorted(classes)), tuple(sorted(allergens)))


def recognise(text: str) -> list[Ingredient]:
    """Return every known ingredient that `text` names: "Dutasteride 0.05 % with biotin" names two.

    The longest name wins: benzyl alcohol is not alcohol.
    """
    words = _words(text).split()
    found: dict[str, Ingredient] = {}
    start = 0
    while start < len(words):
        end = next(
            (end for end in range(min(len(words), start + LONGEST_NAME), start, -1)
             if " ".join(words[start:end]) in KNOWN_AS),
            None,
        )  # fmt: skip
        if end is not None:
            one = KNOWN_AS[" ".join(words[start:end])]
            found[one.code] = one
        start = end or start + 1
    return list(found.values())


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _classes(contents: list[Ingredient]) -> set[str]:
    return {one for each in contents for one in each.classes}


def _facts(prefix: str, contents: list[Ingredient]) -> dict[str, Any]:
    return {
        f"{prefix}.ingredients": sorted(one.code for one in contents),
        f"{prefix}.classes": sorted(_classes(contents)),
        f"{prefix}.allergens": sorted({one for each in contents for one in each.allergens}),
        f"{prefix}.additives": sorted(_additives(contents)),
        f"{prefix}.has_unlisted": any(not one.names for one in contents),
    }


def _additives(contents: list[Ingredient]) -> set[str]:
    """Allergens of what is not a numbing medicine itself: who fainted at the dentist may still bear those."""
    others = (one for one in contents if "local_anaesthetic" not in one.classes)
    return {one for each in others for one in each.allergens}


# Against what was injected before

FILLERS = frozenset({"water"})


def had_before(plan: Planned, told: object) -> bool | None:
    """Is something in the planned product that was injected before, in somebody's own words?

    None where nobody remembers, or the words name nothing we know.
    """
    planned = plan.facts.get("planned.ingredients")
    before = {one.code for one in recognise(told)} if isinstance(told, str) else set()
    if not isinstance(planned, list) or not before:
        return None
    return bool(before.intersection(planned) - FILLERS)


def _anaesthetic(value: object, with_adrenaline: bool) -> list[Ingredient]:
    if value == "none":
        return []
    found = recognise(value) if isinstance(value, str) and len(value) <= 120 else []
    if not any("local_anaesthetic" in one.classes for one in found):
        raise BadPlan("planned.anaesthetic: none, or the name of a numbing medicine, is needed")
    return [*found, KNOWN_AS["adrenaline"]] if with_adrenaline else found

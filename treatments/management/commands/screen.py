import json
import re
from datetime import date

from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection

from clinic.management import json_file
from clinic.models import Release
from clinic.models.releases import ReleaseKind
from consultations.rules import candidacy_rules
from consultations.rules.candidacy import Rule, rules_from, screen
from consultations.rules.planned import BadPlan
from consultations.rules.questionnaire import QUESTIONS, InvalidAnswer, check_answers, validate_answer
from treatments.rules import products

KEY = re.compile(r"[a-z0-9_]{1,40}")


class Command(BaseCommand):
    help = (
        'Screen {"answers", "planned": {"product": {"code" | "ingredients", "status"}, "anaesthetic", "mg", '
        '"adrenaline", "technique"}, "on": date} → {"outcome", "lane", "verdicts", "fired", "unclear"}. '
        "No database, unless --rules names a published release."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", help='a JSON file, or "-" for standard input')
        parser.add_argument(
            "--rules", metavar="RELEASE", help="a version number of the published rules; else the draft"
        )

    def handle(self, *args, file, rules=None, **options):
        question = json_file.read_json(file)
        chosen = candidacy_rules.RULES if rules is None else published(rules)
        self.stdout.write(json.dumps(judge(question, chosen), ensure_ascii=False))


def judge(question: object, rules: tuple[Rule, ...]) -> dict[str, object]:
    question = json_file.fields(question, "input", required=("answers", "on"), optional=("planned",))
    on = json_file.calendar_date(question["on"], "on")
    answers = read_answers(question["answers"], on)
    try:
        return screen(answers, on=on, rules=rules, planned=read_planned(question.get("planned"))).as_dict()
    except BadPlan as problem:
        raise json_file.bad_input(f"{problem}.") from None


def read_answers(value: object, on: date) -> dict[str, object]:
    """The answers in canonical form. A refusal names the key and never the answer."""
    if not isinstance(value, dict):
        raise json_file.bad_input("answers: an object is needed.")
    for key in value:
        if key not in QUESTIONS:
            name = f"answers.{key}" if KEY.fullmatch(key) else "answers"
            raise json_file.bad_input(f"{name}: no such question; `manage.py questionnaire` lists them.")
    answers = {key: read_answer(key, raw, on) for key, raw in value.items()}
    for key, problem in check_answers(answers, on).items():
        raise json_file.bad_input(f"answers.{key}: {problem}")
    return {key: answer for key, answer in answers.items() if answer is not None}


def read_answer(key: str, raw: object, on: date) -> object:
    if raw is None:
        return None
    try:
        return validate_answer(QUESTIONS[key], raw, today=on)
    except InvalidAnswer as problem:
        raise json_file.bad_input(f"answers.{key}: {problem}") from None


def read_planned(planned: object) -> dict[str, object] | None:
    """The plan with a known product's ingredients and status filled in; what the file says itself stands."""
    if not isinstance(planned, dict) or not isinstance(planned.get("product"), dict):
        return planned
    product = planned["product"]
    if "code" not in product or "ingredients" in product:
        return planned
    known = products.as_plan(product["code"]) if isinstance(product["code"], str) else None
    if known is None and "status" not in product:
        raise json_file.bad_input("planned.product.code: unknown; give ingredients and status instead.")
    return {**planned, "product": {**(known or {}), **product}}


def published(version: str) -> tuple[Rule, ...]:
    number = version.removeprefix(f"{candidacy_rules.CODE}-")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise json_file.bad_input("--rules: a version number of the published rules is needed, such as 1.")
    content = kept_content(int(number))
    if content is None:
        raise json_file.bad_input("--rules: there is no such release of the rules.")
    return rules_from(content)


def kept_content(version: int) -> dict[str, object] | None:
    connection.ensure_connection()  # says in one line what to do where no database is configured
    kept = Release.objects.filter(kind=ReleaseKind.RULES, code=candidacy_rules.CODE, version=version)
    try:
        return kept.values_list("content", flat=True).first()
    except DatabaseError:
        raise json_file.bad_input("--rules: the database holds no releases yet.") from None

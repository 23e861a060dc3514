import json

from django.core.management.base import BaseCommand

from consultations.rules.questionnaire import PAGES, QUESTIONS, question_content, questions_on


class Command(BaseCommand):
    help = "Every question: key, type, choices, range, unit, shown if, required, safety. No database."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="as JSON, one object a question")

    def handle(self, *args, **options):
        if options["json"]:
            content = [question_content(question) for question in QUESTIONS.values()]
            self.stdout.write(json.dumps(content, ensure_ascii=False, indent=1))
            return
        for page in PAGES:
            self.stdout.write(f"\n{page.title}")
            for question in questions_on(page.key):
                self.stdout.write(f"  {question.key} ({described(question)}): {question.text}")


def described(question) -> str:
    has_range = question.minimum is not None
    parts = [
        question.type,
        f"{question.minimum} to {question.maximum} {question.unit}".strip() if has_range else "",
        "required" if question.required else "optional",
        "safety" if question.safety else "",
        "only if it applies" if question.shown_if else "",
    ]
    return ", ".join(part for part in parts if part)

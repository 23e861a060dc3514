"""Every string that somebody can read, with where it stands: marked texts of the code, the templates, the
data, the scripts of the pages, and every translation.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from django.template.base import Lexer, TokenType
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[1]
APPS = ("clinic", "consultations", "treatments", "bookings")
MARKS = {
    "_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy",
    "npgettext", "N_",
}  # fmt: skip
TAG = re.compile(r"<style.*?</style>|<[^>]*>", re.DOTALL)
SCRIPT_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\w])//[^\n]*", re.DOTALL)
LETTER = re.compile(r"[^\W\d_]")
QUOTED = r"""(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`)"""
MARKED = re.compile(r"\b(?:gettext|ngettext|pgettext|npgettext)(?:_noop|_lazy)?\((.*?)\) ", re.DOTALL)

ENGLISH = "en"


@dataclass(frozen=True)
class Text:
    where: str
    words: str
    language: str = ENGLISH


@cache
def every_text() -> tuple[Text, ...]:
    return tuple((*in_code(), *in_templates(), *in_data(), *in_scripts(), *in_translations()))


def sources(*, under: tuple[str, ...], suffix: str) -> Iterator[Path]:
    for folder in under:
        for path in sorted((ROOT / folder).rglob(f"*{suffix}")):
            if "migrations" not in path.parts and "vendor" not in path.parts:
                yield path


def in_code() -> Iterator[Text]:
    """The arguments of every gettext call, whole sentences put together."""
    for path in sources(under=APPS, suffix=".py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _is_mark(node.func):
                for argument in node.args:
                    if text := _constant(argument):
                        yield Text(f"{path.relative_to(ROOT)}:{node.lineno}", text)


def _is_mark(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in MARKS


def _constant(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _constant(node.left) + _constant(node.right)
    if isinstance(node, ast.JoinedStr):
        return "".join(_constant(part) for part in node.values)
    return ""


def in_templates() -> Iterator[Text]:
    """What is marked for translation, and what stands there as plain text all the same."""
    for path in sources(under=("templates", *APPS), suffix=".html"):
        content, where = path.read_text(encoding="utf-8"), str(path.relative_to(ROOT))
        yield from (Text(where, words) for words in _marked(content))
        for line, plain in _plain(content):
            words = " ".join(TAG.sub(" ", plain).split())
            if LETTER.search(words):
                yield Text(f"{where}:{line}", words)


def _plain(content: str) -> Iterator[tuple[int, str]]:
    """The text between the tags of the template, comments left out."""
    in_comment = False
    for token in Lexer(content).tokenize():
        if token.token_type == TokenType.BLOCK:
            name = token.contents.split()[0]
            in_comment = name == "comment" or (in_comment and name != "endcomment")
        elif token.token_type == TokenType.TEXT and not in_comment:
            yield token.lineno, token.contents


def _marked(content: str) -> Iterator[str]:
    for call in MARKED.findall(templatize(content) + " "):
        for quoted in re.findall(QUOTED, call):
            yield "".join(quoted).replace('\\"', '"').replace("\\'", "'")


def in_data() -> Iterator[Text]:
    """Rules, questionnaire, signs, agreements in every language, and messages: all that is kept as data."""
    from consultations.rules import candidacy_rules, consent_texts, questionnaire, signs
    from consultations.rules.answers import TEXTS
    from consultations.rules.candidacy import rules_content
    from treatments.rules import products, protocols

    held = {
        "rules": rules_content(candidacy_rules.RULES),
        "questionnaire": questionnaire.questionnaire_content(),
        "signs": [sign.text for sign in signs.SIGNS],
        "answers": list(TEXTS),
        "agreements": consent_texts.CONSENT_TEXTS,
        "products": [product.name for product in products.PRODUCTS.values()],
        "protocols": [asdict(one) for one in protocols.PROTOCOLS.values()],
    }
    yield from _strings(held, "")
    for language, documents in consent_texts.TRANSLATED.items():
        yield from _strings(documents, "agreements", language)


def _strings(value: object, where: str, language: str = ENGLISH) -> Iterator[Text]:
    if isinstance(value, dict):
        label = value.get("id") or value.get("key")
        for key, part in value.items():
            yield from _strings(part, f"{where}/{label or key}", language)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _strings(part, where, language)
    elif isinstance(value, str) and " " in value:
        yield Text(where, value, language)


def in_scripts() -> Iterator[Text]:
    for path in sources(under=("static",), suffix=".js"):
        code = SCRIPT_COMMENT.sub("", path.read_text(encoding="utf-8"))
        for quoted in re.findall(QUOTED, code):
            words = "".join(quoted)
            if " " in words and LETTER.search(words):
                yield Text(str(path.relative_to(ROOT)), words)


def in_translations() -> Iterator[Text]:
    """What every message file says in its language."""
    for path in sorted((ROOT / "locale").rglob("*.po")):
        content = path.read_text(encoding="utf-8")
        for block in re.findall(r'^msgstr(?:\[\d\])? ((?:".*"\s*)+)', content, re.MULTILINE):
            if words := "".join(re.findall(r'"((?:[^"\\]|\\.)*)"', block)):
                yield Text(f"locale/{path.parts[-3]}", words, path.parts[-3])

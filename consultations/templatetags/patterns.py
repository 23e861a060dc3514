"""{% pattern "sinclair" "3" %}: our drawing of one grade of a scale, decorative beside its words."""

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from consultations.patterns import HEAD, NOSE, PICTURES, SCALES, Pattern

register = template.Library()


@register.simple_tag
def pattern(scale: str, grade: object) -> SafeString:
    """For `norwood`, `ludwig`, `sinclair` and `bundle`; empty for a grade there is not."""
    return _drawn(SCALES[scale].get(str(grade)), f"{scale}-{grade}")


@register.simple_tag
def picture(question: str, code: str) -> SafeString:
    """The drawing for one choice of a question that is asked in pictures; empty for *not sure*."""
    return _drawn(PICTURES[question].get(code), f"{question}-{code}", with_words=True)


def _drawn(drawn: Pattern | None, name: str, *, with_words: bool = False) -> SafeString:
    if drawn is None:
        return SafeString("")
    content = {"drawn": drawn, "head": HEAD, "nose": NOSE, "name": name, "with_words": with_words}
    return render_to_string("components/pattern.html", content)

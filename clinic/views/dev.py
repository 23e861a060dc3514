"""Pages of the demo only."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from clinic.views import style_samples

STAFF_PATTERNS = ("review", "board", "list")
PATTERNS = ("components", "times", "course", "form", "answers", *STAFF_PATTERNS)


def style(request: HttpRequest) -> HttpResponse:
    """Every component with believable content, and the pages that others are copied from."""
    page = request.GET.get("page", "components")
    if not settings.DEMO or page not in PATTERNS:
        raise Http404
    content = {**style_samples.everything(), "patterns": PATTERNS}
    if page in STAFF_PATTERNS:
        today = (
            "Tue 24 Nov" if page == "review" else ""
        )  # the others say in their own heading which day it is
        content |= {"user": style_samples.doctor(), "today": today, "location_name": "Indiranagar"}
        content["staff_roles"] = {"dermatologist"}
    return render(request, f"dev/{page}.html", content)

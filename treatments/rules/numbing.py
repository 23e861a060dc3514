"""What a session can be numbed with, and how a plan names it."""

from collections.abc import Mapping
from typing import Any


def gettext_noop(text: str) -> str:
    return text


_ = gettext_noop

NUMBING: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "none": (_("None"), {"anaesthetic": "none"}),
    "cream": (_("Cream with lidocaine and prilocaine"), {"anaesthetic": "emla"}),
    "lidocaine_cream": (_("Cream with lidocaine"), {"anaesthetic": "lidocaine"}),
    "lidocaine": (_("Lidocaine, injected"), {"anaesthetic": "lidocaine"}),
    "adrenaline": (
        _("Lidocaine with adrenaline, injected"),
        {"anaesthetic": "lidocaine", "adrenaline": True},
    ),
}

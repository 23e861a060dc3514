"""Why a service said no. Pages show `text`; nothing here carries a name or an answer."""

from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """Nothing was written. `status` is the HTTP status a page answers with."""

    status = 409
    text = _("That could not be done.")

    def __init__(self) -> None:
        super().__init__(type(self).__name__)


class KeyReused(Refusal):
    """The same form key came with something else."""

    status = 400
    text = _("This page was already used for something else. Please start again.")


class RecordMerged(Refusal):
    """The record went into another one since the page was shown."""

    text = _("This record was put together with another one in the meantime. Please open it again.")


class AlarmSettled(Refusal):
    """Somebody else rang, and wrote down what came of it."""

    text = _("A colleague has written down in the meantime what came of this call.")

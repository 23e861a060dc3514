"""Tables for spreadsheets, in which every cell is text to whoever opens them.

A spreadsheet runs what begins like a formula, also in somebody's name. Such a cell gets an apostrophe, which
spreadsheets take as "this is text"; a phone number begins with + and so keeps its plus and its figures.
Every cell is quoted: a separator of another country within one starts no new cell.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy as _

# + - = @ and their wide forms, also behind blanks and signs that nobody sees; tab and line ends by themselves
_FORMULA = re.compile(r"[\t\r\n]|[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]*[=+\-@＝＋－＠]")
BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads names in other scripts as nonsense

# What the columns of a day are, in their order. The words stand on the page beside the link, too.
DAY_COLUMNS = {
    "reference": _("the visit's reference"),
    "day": _("its day, year first"),
    "from": _("when it begins, by the clock at the location"),
    "to": _("when it ends"),
    "with": _("the dermatologist"),
    "where": _("rooms and chairs, in the order they are used"),
    "name": _("the patient's name"),
    "age": _("in years; ~ where only the year of birth is known"),
    "phone": _("with country code, as text"),
    "visit": _("what kind of visit"),
    "status": _("booked, arrived, preparing, in_room, watching, done, no_show or cancelled"),
    "notes": _("form not finished, doctor to review, first visit"),
}


def table(header: Iterable[str], rows: Iterable[Sequence[str]]) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)  # ends lines with CR LF (RFC 4180)
    writer.writerow([safe(str(cell)) for cell in header])
    writer.writerows([safe(str(cell)) for cell in row] for row in rows)
    return (BYTE_ORDER_MARK + written.getvalue()).encode()


def safe(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell

"""The statements of one booking as a pgbench script, in which every run books another time.

pgbench replaces `:name` everywhere in a statement, within quotes too. What differs from booking to booking is
found by its value: each kind of id has numbers of its own (places.py).
"""

import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import connection

from bookings.models import Booking, Change
from clinic.local import servers

NEAR = timedelta(days=5)
INSTANT = re.compile(r"'(\d{4}-\d\d-\d\dT[\d:.]+\+00:00)'::timestamptz")
DAY = re.compile(r"'(\d{4}-\d\d-\d\d)'::date")
UUID = re.compile(r"'[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'::uuid")
RATE = re.compile(r"tps = ([\d.]+)")


@dataclass(frozen=True)
class Diary:
    """Times by number: `a_day` of them, 45 minutes apart, from `first` on; no Sundays. Room n is n's own."""

    first: datetime
    a_day: int
    practitioner: int
    room: int
    last_patient: int
    patients: int

    def variables(self) -> list[str]:
        return [
            r"\set n :n + 1",
            r"\set number :first + :n * :clients + :client_id",
            r"\set key 100000000000 + :number",
            r"\set reference 10000000 + :number",
            rf"\set days :number / {self.a_day}",
            r"\set days :days + :days / 6",
            rf"\set starts {int(self.first.timestamp())} + :days * 86400 + (:number % {self.a_day}) * 2700",
            rf"\set practitioner {self.practitioner} + :client_id",
            rf"\set room {self.room} + :client_id",
            rf"\set patient {self.last_patient} - :number % {self.patients}",
        ]


@dataclass(frozen=True)
class Script:
    """`booking` and `change` are what the statements wrote when they were heard."""

    statements: Sequence[str]
    booking: Booking
    change: Change
    diary: Diary

    def rate(self, *, first: int, each: int, clients: int) -> float:
        """Run it `each` times by every client; how many a second."""
        with tempfile.NamedTemporaryFile("w", suffix=".sql", dir=settings.VAR) as file:
            file.write(self.text())
            file.flush()
            sizes = ["-c", str(clients), "-j", "2", "-t", str(each)]
            values = ["-D", f"first={first}", "-D", "n=-1", "-D", f"clients={clients}"]
            where = connection.settings_dict
            command = [servers.postgres_binary("pgbench"), "-n", *sizes, *values, "-f", file.name]
            command += ["-h", where["HOST"], "-U", where["USER"], where["NAME"]]
            ended = subprocess.run(command, env=servers.QUIET, capture_output=True, text=True)
        if ended.returncode:
            raise RuntimeError(f"pgbench: {ended.stderr[-2000:]}")
        return float(RATE.search(ended.stdout)[1])

    def text(self) -> str:
        return "\n".join([*self.diary.variables(), *map(self._line, self.statements), ""])

    def _line(self, statement: str) -> str:
        for table, name in (("bookings_booking", "booking"), ("bookings_change", "change")):
            if statement.startswith(f'INSERT INTO "{table}" '):
                return rf"{self._varied(statement)} \gset {name}_"
        return f"{self._varied(statement)};"

    def _varied(self, statement: str) -> str:
        text = INSTANT.sub(self._instant, statement)
        text = DAY.sub(self._day, text)
        text = UUID.sub(self._uuid, text)
        for found, variable in self._names().items():
            text = re.sub(rf"'(booking|change):{found}'", rf"('\1:' || :{variable})", text)
            text = re.sub(rf"\b{found}\b", f":{variable}", text)
        return text

    def _names(self) -> dict[object, str]:
        booking = self.booking
        room = booking.claims.exclude(resource=booking.practitioner_id).get()
        return {
            booking.pk: "booking_id",
            booking.reference: "reference",
            booking.patient_id: "patient",
            booking.practitioner_id: "practitioner",
            room.resource_id: "room",
            self.change.pk: "change_id",
        }

    def _instant(self, found: re.Match) -> str:
        away = datetime.fromisoformat(found[1]) - self.booking.starts
        if abs(away) > NEAR:
            return found[0]
        return f"to_timestamp(:starts + {int(away.total_seconds())})"

    def _day(self, found: re.Match) -> str:
        away = date.fromisoformat(found[1]) - self.booking.day
        return f"(to_timestamp(:starts)::date + {away.days})" if abs(away) <= NEAR else found[0]

    def _uuid(self, found: re.Match) -> str:
        """One number for each that was heard, and the booking's own for the rest of it."""
        heard = sorted({one for statement in self.statements for one in UUID.findall(statement)})
        return f"'00000000-0000-4000-8{heard.index(found[0]):03x}-:key'::uuid"

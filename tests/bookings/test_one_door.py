"""Only the door and its two parts write booking times and claims. Read from the source, to see a new one."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
THE_DOOR = {
    "bookings/bench/on_leave.py",  # the same for what bench measures, in databases of its own
    "bookings/demo/scale.py",  # a made-up clinic at scale, by SQL, in the demo only
    "bookings/door.py",
    "bookings/services/door/offering.py",
    "bookings/services/door/past_visits.py",
    "bookings/services/door/settling.py",
    "bookings/services/door/writing.py",
}
WRITES = re.compile(
    r"\b(Booking|Claim)\("
    r"|\b(Booking|Claim)\.objects\.(create|bulk_create|bulk_update|update)\b"
    r"|\b(booking|fresh|held)\.(starts|ends|day|clear_until|status|parked|practitioner_id) = "
)


def writers() -> set[str]:
    apps = ("clinic", "consultations", "treatments", "bookings")
    files = [file for app in apps for file in (ROOT / app).rglob("*.py")]
    own = [file for file in files if not {"migrations", "models"} & set(file.parts)]
    return {str(file.relative_to(ROOT)) for file in own if WRITES.search(file.read_text())}


def test_only_the_door_writes_booking_times_and_claims():
    assert writers() == THE_DOOR

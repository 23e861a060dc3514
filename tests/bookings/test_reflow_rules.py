"""Who chooses first when a place closes, and which free start is best for each; in one small zone."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bookings.rules.reflow import Displaced, Found, Way, answer_by, in_order, place, ranked

IST = ZoneInfo("Asia/Kolkata")
TODAY = date(2026, 11, 24)
ILL, COLLEAGUE, THIRD = 1, 2, 3


def at(text: str) -> datetime:
    """10:30 is today; 25 10:30 another day of the month."""
    day, _, clock = text.rpartition(" ")
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, int(day or 24), hour, minute, tzinfo=IST)


def visit(number, starts, *, is_here=False, practitioner=ILL, not_before="8:40"):
    return Displaced(number, at(starts), practitioner, is_here, at(not_before), IST)


class FakeDiary:
    """`free`: start → who can; each start has `rooms` rooms, of which a visit keeps the one it has."""

    def __init__(self, free: dict[str, list[int]], rooms: int = 9):
        self.free = {at(start): list(who) for start, who in free.items()}
        self.rooms = dict.fromkeys(self.free, rooms)

    def give_up(self, visit):
        self.rooms[visit.starts] = self.rooms.get(visit.starts, 0) + 1

    def keep(self, visit):
        self.rooms[visit.starts] -= 1

    def starts(self, visit, first, last):
        found = [start for start, who in sorted(self.free.items()) if who and self.rooms[start]]
        return [start for start in found if first <= start.date() <= last]

    def take(self, visit, starts, *, with_own=False):
        able = [who for who in self.free.get(starts, []) if who == visit.practitioner or not with_own]
        if not able or not self.rooms[starts]:
            return None
        chosen = visit.practitioner if visit.practitioner in able else able[0]
        self.free[starts].remove(chosen)
        self.rooms[starts] -= 1
        return chosen


def plan(visits, diary, today=TODAY):
    """One by one, in the order in which they choose."""
    return {one.id: place(one, diary, today) for one in in_order(visits)}


def planned(visits, free, **fields):
    return plan(visits, FakeDiary(free, **fields))


def test_those_inside_choose_first_then_by_time():
    visits = [visit(1, "10:00"), visit(2, "9:00"), visit(3, "11:00", is_here=True), visit(4, "9:00")]

    assert [one.id for one in in_order(visits)] == [3, 2, 4, 1]


def test_same_time_with_a_colleague_is_best():
    found = planned([visit(1, "10:00")], {"9:00": [2], "10:00": [2], "11:00": [2]})

    assert found == {1: Found(Way.COLLEAGUE, at("10:00"), COLLEAGUE)}


def test_nobody_is_given_what_an_earlier_row_was():
    two = [visit(1, "10:00"), visit(2, "10:00")]

    found = planned(two, {"10:00": [COLLEAGUE], "11:00": [COLLEAGUE]})

    assert found[1] == Found(Way.COLLEAGUE, at("10:00"), COLLEAGUE)
    assert found[2] == Found(Way.SAME_DAY, at("11:00"), COLLEAGUE)


def test_who_is_inside_gets_the_time_that_both_want():
    found = planned([visit(1, "10:00"), visit(2, "10:00", is_here=True)], {"10:00": [COLLEAGUE]})

    assert found == {2: Found(Way.COLLEAGUE, at("10:00"), COLLEAGUE), 1: None}


def test_own_doctor_at_the_same_time_needs_only_another_room():
    found = planned([visit(1, "10:00")], {"10:00": [COLLEAGUE, ILL]}, rooms=0)

    assert found == {1: Found(Way.SAME, at("10:00"), ILL, in_place=True)}


def test_who_is_asked_keeps_the_room_meanwhile_so_a_colleague_needs_another():
    one = visit(1, "10:00")

    beside = planned([one], {"10:00": [COLLEAGUE], "11:00": [COLLEAGUE]}, rooms=1)
    in_place = planned([one], {"10:00": [COLLEAGUE], "11:00": [COLLEAGUE]}, rooms=0)

    assert beside == {1: Found(Way.COLLEAGUE, at("10:00"), COLLEAGUE)}
    assert in_place == {1: Found(Way.COLLEAGUE, at("10:00"), COLLEAGUE, in_place=True)}


def test_room_of_who_is_asked_for_another_time_is_nobody_elses():
    diary = FakeDiary({"11:00": [COLLEAGUE]})
    diary.rooms[at("10:00")] = 0

    found = plan([visit(1, "10:00")], diary)

    assert found == {1: Found(Way.SAME_DAY, at("11:00"), COLLEAGUE)}
    assert diary.rooms[at("10:00")] == 0


def test_who_is_inside_may_use_their_own_room_again():
    found = planned([visit(1, "10:00", is_here=True)], {"10:00": [COLLEAGUE]}, rooms=0)

    assert found == {1: Found(Way.COLLEAGUE, at("10:00"), COLLEAGUE)}


def test_who_is_inside_and_finds_nothing_keeps_the_room_they_have():
    diary = FakeDiary({}, rooms=0)

    assert plan([visit(1, "10:00", is_here=True)], diary) == {1: None}
    assert diary.rooms == {at("10:00"): 0}


def ways(one, *starts):
    return [way for way, _ in ranked(one, [at(start) for start in starts], today=TODAY)]


def order(one, *starts):
    ranks = ranked(one, [at(start) for start in starts], today=TODAY)
    return [start.strftime("%-d %-H:%M") for _, start in ranks]


def test_same_time_then_later_today_then_the_next_days():
    starts = ("9:00", "10:00", "12:00", "11:00", "26 9:00", "25 17:00", "25 9:30")

    assert order(visit(1, "10:00"), *starts) == [
        "24 10:00", "24 11:00", "24 12:00", "25 9:30", "25 17:00", "26 9:00",
    ]  # fmt: skip


def test_today_nobody_is_asked_to_come_earlier():
    assert ways(visit(1, "10:00"), "9:45") == []


def test_on_another_day_earlier_comes_after_later():
    one = visit(1, "26 10:00")

    assert order(one, "26 9:00", "26 9:30", "26 17:00", "27 9:00") == [
        "26 17:00", "26 9:00", "26 9:30", "27 9:00",
    ]  # fmt: skip


def test_days_before_are_the_last_resort_and_the_nearest_comes_first():
    one = visit(1, "27 10:00")

    assert order(one, "25 9:00", "26 9:00", "26 8:50", "30 9:00") == [
        "30 9:00", "26 8:50", "26 9:00", "25 9:00",
    ]  # fmt: skip


def test_notice_holds_for_every_start_but_ones_own():
    one = visit(1, "9:00", not_before="9:40")

    assert order(one, "9:00", "9:30", "9:40") == ["24 9:00", "24 9:40"]


def test_a_day_is_the_day_of_the_clinic():
    late = Displaced(1, at("23:30"), ILL, False, at("8:40"), IST)  # in UTC the day before

    assert ways(late, "23:45", "25 0:15") == [Way.SAME_DAY, Way.NEXT_DAY]


@pytest.mark.parametrize(
    ("was", "free", "is_found"),
    [
        ("2 10:00", "9 9:00", True),
        ("2 10:00", "10 9:00", True),
        ("2 10:00", "30 9:00", True),  # four weeks ahead
        ("1 10:00", "30 9:00", False),
        ("15 10:00", "1 9:00", True),  # two weeks back
        ("16 10:00", "1 9:00", False),
    ],
)
def test_other_days_are_looked_at_four_weeks_ahead_and_two_back(was, free, is_found):
    one = visit(1, was, not_before="1 0:00")

    found = plan([one], FakeDiary({free: [COLLEAGUE]}), today=date(2026, 11, 1))

    assert (found[1] is not None) == is_found


# Until when somebody may answer


@pytest.mark.parametrize(
    ("was", "to", "until"),
    [
        ("30 10:00", "30 12:00", "25 8:40"),  # a day
        ("25 10:00", "25 12:00", "25 8:00"),  # two hours before
        ("25 12:00", "25 10:40", "25 8:40"),
        ("25 12:00", "25 10:35", "25 8:35"),  # before the earlier of both
        ("11:00", "14:00", "9:10"),  # two hours before are too few minutes from now
        ("10:45", "14:00", "9:10"),
        ("9:00", "14:00", "9:00"),  # nor half an hour
        ("8:45", "8:45", "8:45"),
    ],
)
def test_answer_is_due(was, to, until):
    assert answer_by(now=at("8:40"), was=at(was), to=at(to)) == at(until)


@pytest.mark.parametrize("was", ["8:40", "8:30"])
def test_nobody_is_asked_when_the_visit_has_begun(was):
    assert answer_by(now=at("8:40"), was=at(was), to=at("14:00")) is None


def test_no_two_are_ever_given_one_start_with_one_doctor():
    hours = [f"{hour}:{minute:02}" for hour in range(9, 18) for minute in (0, 30)]
    visits = [visit(number, start) for number, start in enumerate(hours * 3)]
    free = {f"{day} {start}": [COLLEAGUE, THIRD] for day in (24, 25, 26) for start in hours}

    found = planned(visits, free)

    given = [(one.starts, one.practitioner) for one in found.values() if one]
    assert len(given) == len(set(given)) == len(visits)
    assert all(one.starts - at("8:40") < timedelta(days=3) for one in found.values())

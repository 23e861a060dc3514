"""Placeholder until the outbox lands: tells nobody anything."""


def booking_changed(*, bookings, change, now):
    pass


def next_session(*, session, last, now):
    pass


def withdraw_reminders(*, bookings, now):
    pass

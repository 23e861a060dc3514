"""How long a session may still be had, when a doctor has put its last day off."""

from datetime import date

from django.db.models import OuterRef, QuerySet, Subquery

from treatments.models import CourseSession, Extension


def with_extensions(sessions: QuerySet) -> QuerySet:
    """Give each session `extended_until`: the day its newest extension names, or None."""
    newest = Extension.objects.filter(session=OuterRef("pk")).order_by("-pk")
    return sessions.annotate(extended_until=Subquery(newest.values("until_on")[:1]))


def extended_until(session: CourseSession) -> date | None:
    """Return that day; asks the database unless the session was read by with_extensions."""
    if not hasattr(session, "extended_until"):
        newest = Extension.objects.filter(session=session).order_by("-pk")
        session.extended_until = newest.values_list("until_on", flat=True).first()
    return session.extended_until

"""What production refuses, said where it is first needed: `check --deploy`, web, worker, migrate."""

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

DEMO_DOMAIN = "@clinic.example"
DEMO_ACCOUNTS = f"The database holds demo accounts ({DEMO_DOMAIN}): production needs a database of its own."


def refuse_to_serve() -> None:
    refusals = [*settings.REFUSALS, *([DEMO_ACCOUNTS] if has_demo_accounts_in_production() else [])]
    if refusals:
        raise ImproperlyConfigured("Refusing to start. " + " ".join(refusals))


def has_demo_accounts_in_production() -> bool:
    """False also while the database is away or empty: /readyz asks again."""
    return not settings.DEMO and not settings.REFUSALS and demo_accounts_exist()


def demo_accounts_exist() -> bool:
    from clinic.models import User

    try:
        return User.objects.filter(is_staff=True, email__endswith=DEMO_DOMAIN).exists()
    except DatabaseError:
        return False


@register(deploy=True)
def production_is_complete(app_configs, **kwargs):
    return [Error(line, id="clinic.E001") for line in settings.REFUSALS]


@register(Tags.database)
def production_has_no_demo_accounts(app_configs, databases=None, **kwargs):
    found = bool(databases) and has_demo_accounts_in_production()
    return [Error(DEMO_ACCOUNTS, id="clinic.E002")] if found else []

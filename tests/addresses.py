"""What a process started by a test is told, so that it works on the test's own database."""

from urllib.parse import quote, urlencode

from django.conf import settings


def database_url() -> str:
    database = settings.DATABASES["default"]
    who = ":".join(quote(database[part], safe="") for part in ("USER", "PASSWORD") if database[part])
    where = {"host": database["HOST"], "port": database["PORT"]}
    asked = urlencode({name: value for name, value in where.items() if value})
    return f"postgresql://{who}@/{quote(database['NAME'])}?{asked}"

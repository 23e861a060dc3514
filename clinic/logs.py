"""Log lines that cannot carry what a patient said, nor the secret part of a link."""

import logging
import traceback


class PrivateFormatter(logging.Formatter):
    """Of an exception, its class and where it was raised: the text of a database error quotes the row."""

    def formatException(self, exc_info):
        _kind, error, trace = exc_info
        lines = traceback.format_tb(trace)
        while error is not None:
            lines.append(f"{type(error).__module__}.{type(error).__qualname__}{sqlstate(error)}\n")
            error = error.__cause__
        return "".join(lines).rstrip("\n")


def sqlstate(error) -> str:
    code = getattr(error, "pgcode", None)
    constraint = getattr(getattr(error, "diag", None), "constraint_name", None)
    return f" [{code}{f' {constraint}' if constraint else ''}]" if code else ""


class WithoutValues(logging.Filter):
    """Takes the values out of lines that Django and Celery word themselves."""

    def filter(self, record):
        request = getattr(record, "request", None)
        if hasattr(request, "resolver_match"):  # runserver's own lines carry a socket
            record.args = tuple(route(request) if arg == request.path else arg for arg in record.args)
        if isinstance(record.args, dict) and "exc" in record.args:
            kind = str(record.args["exc"]).partition("(")[0]
            record.args = {**record.args, "exc": kind, "args": "", "kwargs": "", "return_value": ""}
        return True


def route(request) -> str:
    """The pattern of the address, not the address: links without log-in carry their key in it."""
    match = request.resolver_match
    return f"/{match.route}" if match else "no such page"

"""Log lines that cannot carry what a patient said."""

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

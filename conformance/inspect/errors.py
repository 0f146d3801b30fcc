"""What scenarios have raised."""

import builtins
import errno
import os
from typing import Any

from inspect_ai.tool import ToolError
from inspect_ai.util import LimitExceededError

from counts import count


FILE_ERRORS = {
    "PermissionError": errno.EACCES,
    "FileNotFoundError": errno.ENOENT,
    "IsADirectoryError": errno.EISDIR,
}
"""Their message is the name of a file."""


def make_error(said: dict[str, Any]) -> Exception:
    """An error of the class that a scenario names: Inspect's, Python's, or else one that is made for it."""
    name, message = said.get("type", "ValueError"), said.get("message", "failed")
    if name == "LimitExceededError":
        return LimitExceededError(
            said.get("limit_type", "custom"), value=said.get("value", 1), limit=said.get("limit", 1), message=message
        )
    if name == "ToolError":
        return ToolError(message)
    if name in FILE_ERRORS:
        # as Python itself raises them
        return getattr(builtins, name)(FILE_ERRORS[name], os.strerror(FILE_ERRORS[name]), message)
    known = getattr(builtins, name, None)
    if isinstance(known, type) and issubclass(known, Exception):
        return known(message)
    return type(name, (Exception,), {})(message)


def fail_times(key: object, said: dict[str, Any]) -> None:
    """Raises as often as said: for each sample, or overall; always when no number is given."""
    number = count(key, said.get("by", "sample"))
    if number <= said.get("times", number):
        raise make_error(said)

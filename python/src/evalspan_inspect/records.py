"""What a hook was given, as one line of JSON in Inspect's dialect."""

from __future__ import annotations

import json
import os
import re
import traceback
from dataclasses import fields
from datetime import datetime, timezone
from sys import _getframe
from types import FrameType
from typing import Any
from urllib.request import url2pathname

from inspect_ai.log import EvalLog
from pydantic import BaseModel
from pydantic_core import to_json, to_jsonable_python

DEEPEST = 100


def now() -> str:
    return datetime.now(timezone.utc).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def line(hook: str, time: str, data: Any, log: str | None) -> bytes:
    """Raises what cannot be written at all."""
    # A field of the hook itself that is null stays, one of the records within is left out, as in Inspect's logs.
    values = {field.name: _special(getattr(data, field.name)) for field in fields(data)}
    head: dict[str, Any] = {"hook": hook, "time": time, "host": "inspect"}
    if log is not None:
        head["log"] = log
    try:
        # In two steps, because to_json alone writes some of the floats that JSON lacks as null.
        values = to_jsonable_python(values, exclude_none=True, fallback=_nothing)
        return to_json(head | {"data": values}) + b"\n"
    except Exception:
        # lone surrogates, cycles, bytes that are no text, what is too deep
        return json.dumps(head | {"data": _plain(values)}).encode() + b"\n"


def _special(value: Any) -> Any:
    if isinstance(value, EvalLog):
        return _header(value)
    if isinstance(value, list) and value and isinstance(value[0], EvalLog):
        return [_special(item) for item in value]
    if isinstance(value, BaseException):
        return _error(value)
    return value


def _header(log: EvalLog) -> Any:
    # to touch the samples of a log would read its whole file
    left_out = {"samples", "reductions"}
    try:
        return to_jsonable_python(log, exclude_none=True, exclude=left_out, fallback=_nothing)
    except Exception:
        return {key: _plain(value) for key, value in log.__dict__.items() if key not in left_out and value is not None}


def _error(error: BaseException) -> dict[str, str]:
    try:
        message = str(error)
    except Exception:
        message = ""
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    return {"type": type(error).__name__, "message": message, "traceback": "".join(lines)}


def _plain(value: Any, around: tuple[int, ...] = ()) -> Any:
    """The same, slower, with null for each part that cannot be written."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if id(value) in around or len(around) > DEEPEST:
        return None
    around = (*around, id(value))
    if isinstance(value, dict):
        return {str(key): _plain(item, around) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(item, around) for item in value]
    try:
        return to_jsonable_python(value, exclude_none=True, fallback=_nothing)
    except Exception:
        if not isinstance(value, BaseModel):
            return None
    parts = value.__dict__ | (value.__pydantic_extra__ or {})
    return {key: _plain(item, around) for key, item in parts.items() if item is not None}


def _nothing(_: Any) -> None:
    return None


def log_of_task(eval_id: str) -> str | None:
    """
    The location of the log of a task that starts. No hook is told: the function that calls the hooks has the logger of
    the task as an argument.
    """
    frame: FrameType | None = _getframe(1)
    for _ in range(40):
        if frame is None:
            return None
        if "logger" in frame.f_code.co_varnames:
            logger = frame.f_locals.get("logger")
            if logger is not None and getattr(getattr(logger, "eval", None), "eval_id", None) == eval_id:
                return _location(logger.location)
        frame = frame.f_back
    return None


def log_of_sample(eval_id: str) -> str | None:
    """The same for the sample that is active, if it is one of that task."""
    from inspect_ai.log._samples import sample_active

    active = sample_active()
    if active is None or getattr(active, "eval_id", eval_id) != eval_id:
        return None
    return _location(active.log_location)


def _location(text: str) -> str | None:
    if not text:
        return None
    if text.startswith("file://"):
        plain = text.removeprefix("file://")
        # older versions of Inspect take what is percent-encoded as it stands
        text = plain if os.path.isdir(os.path.dirname(plain)) else url2pathname(plain)
    return text if re.match(r"[a-z][a-z0-9+.-]+://", text, re.IGNORECASE) else os.path.abspath(text)

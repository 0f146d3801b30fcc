"""How often something happened in this process, for what is to happen a number of times only."""

from collections import Counter
from typing import Any

from inspect_ai.log._samples import sample_active

_counts: Counter[tuple[Any, ...]] = Counter()


def count(key: object, by: str = "sample") -> int:
    """From 1: for each sample and epoch by itself, or over all."""
    active = sample_active()
    place = (active.sample.id, active.epoch) if by == "sample" and active else ()
    _counts[key, *place] += 1
    return _counts[key, *place]

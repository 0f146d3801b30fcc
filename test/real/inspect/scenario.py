"""What a scenario is: a function that runs Inspect in a folder of its own."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog
from inspect_ai.scorer import match


@dataclass(frozen=True)
class Run:
    """Where a scenario runs."""

    name: str
    log_dir: Path
    """Inspect's logs; what is left here is delivered."""
    moments: Path
    """A copy of the log folder taken while it runs is delivered too: one folder each."""
    hooks_file: Path

    def eval(self, tasks: Task | list[Task], **options: Any) -> list[EvalLog]:
        """Runs tasks without any display, in this scenario's log folder."""
        return eval(tasks, **{"log_dir": str(self.log_dir), "display": "none", "model": f"fake/{self.name}"} | options)


Function = Callable[[Run], None]


@dataclass(frozen=True)
class Scenario:
    run: Function
    folder: bool
    """Delivers the log folder as it is, instead of one file for each log."""
    timeout: float
    """Seconds after which the scenario is stopped and counts as failed."""
    exit_code: int
    """What the process ends with; negative is the number of the signal that kills it."""


scenarios: dict[str, Scenario] = {}


def scenario(folder: bool = False, timeout: float = 90, exit_code: int = 0) -> Callable[[Function], Function]:
    def register(function: Function) -> Function:
        if function.__name__ in scenarios:
            raise ValueError(f"two scenarios are called {function.__name__}")
        scenarios[function.__name__] = Scenario(function, folder, timeout, exit_code)
        return function

    return register


class Skip(Exception):
    """This version of Inspect lacks what the scenario is about."""


def task(name: str, samples: int | list[Sample] = 2, **options: Any) -> Task:
    """A task of a few samples that asks for a sum and is scored by `match`, unless options say otherwise."""
    dataset = [Sample(id=n, input=f"What is {n}+{n}?", target=str(n + n)) for n in range(1, samples + 1)] if isinstance(samples, int) else samples
    return Task(**{"name": name, "dataset": dataset, "scorer": match()} | options)

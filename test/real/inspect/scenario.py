"""What a scenario is: a function that runs Inspect in a folder of its own."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from inspect import signature
from pathlib import Path
from typing import Any

from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import GenerateConfig
from inspect_ai.scorer import match


@dataclass(frozen=True)
class Run:
    """Where a scenario runs."""

    name: str
    scratch: Path
    """All that the scenario writes."""

    @property
    def log_dir(self) -> Path:
        """Inspect's logs; what is left here is delivered."""
        return self.scratch / "logs"

    @property
    def data(self) -> Path:
        """Where Inspect keeps the databases of running samples (XDG_DATA_HOME)."""
        return self.scratch / "data"

    @property
    def hooks_file(self) -> Path:
        return self.scratch / "hooks.jsonl"

    @property
    def moments(self) -> Path:
        """What there was at some moments of the run."""
        return self.scratch / "moments"

    def keep_moment(self, name: str) -> None:
        """Keeps a copy of the logs, the databases and the hooks as they are now, while the run goes on."""
        self.moments.mkdir(exist_ok=True)
        shutil.copytree(self.log_dir, self.moments / name)
        shutil.copytree(self.data, self.moments / f"{name}.data", ignore=not_databases)
        shutil.copy(self.hooks_file, self.moments / f"{name}.hooks.jsonl")

    def eval(self, tasks: Task | list[Task], **options: Any) -> list[EvalLog]:
        """Runs tasks without any display, in this scenario's log folder."""
        unknown = options.keys() - signature(eval).parameters.keys() - GenerateConfig.model_fields.keys()
        if unknown:
            # it would be taken for an option of the generation, and ignored
            raise Skip(f"eval has no {', '.join(sorted(unknown))}")
        return eval(tasks, **{"log_dir": str(self.log_dir), "display": "none", "model": f"fake/{self.name}"} | options)


not_databases = shutil.ignore_patterns("control", "traces", "view")
"""What there is in the data folder beside the databases; a socket cannot be copied."""

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
    keep_data: bool
    """Delivers the databases of running samples too."""


scenarios: dict[str, Scenario] = {}


def scenario(
    name: str | None = None, *, folder: bool = False, timeout: float = 90, exit_code: int = 0, keep_data: bool = False
) -> Callable[[Function], Function]:
    """Makes a function a scenario, under its own name unless another is given."""

    def register(function: Function) -> Function:
        key = name or function.__name__
        if key in scenarios:
            raise ValueError(f"two scenarios are called {key}")
        scenarios[key] = Scenario(function, folder, timeout, exit_code, keep_data)
        return function

    return register


class Skip(Exception):
    """This version of Inspect lacks what the scenario is about."""


def task(name: str, samples: int | list[Sample] = 2, **options: Any) -> Task:
    """A task of a few samples that asks for a sum and is scored by `match`, unless options say otherwise."""
    if isinstance(samples, int):
        samples = [Sample(id=n, input=f"What is {n}+{n}?", target=str(n + n)) for n in range(1, samples + 1)]
    return Task(**{"name": name, "dataset": samples, "scorer": match()} | options)

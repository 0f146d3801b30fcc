"""Tasks for `inspect eval kinds.py@NAME`, each with a model of its own, for every Inspect from 0.3.112 on."""

from typing import Any

from fake_model import Script, fake
from inspect_ai import Task, task
from inspect_ai.dataset import Sample
from inspect_ai.model import get_model
from inspect_ai.scorer import includes
from inspect_ai.solver import Solver, generate, use_tools
from parts import add, adds, fail

ANSWER = "42"


def of_kind(name: str, samples: int, solver: list[Solver], script: Script = lambda call: ANSWER, **options: Any) -> Task:
    dataset = [Sample(id=number, input=f"question {number}", target=ANSWER) for number in range(1, samples + 1)]
    return Task(dataset=dataset, solver=solver, scorer=includes(), model=get_model(fake(name, script)), **options)


@task
def plain() -> Task:
    return of_kind("plain", 2, [generate()])


@task
def other() -> Task:
    return of_kind("other", 3, [generate()])


@task
def agent() -> Task:
    """Calls a tool twice before it answers."""
    return of_kind("agent", 2, [use_tools(add()), generate()], adds(2, last=ANSWER))


@task
def limited() -> Task:
    return of_kind("limited", 2, [use_tools(add()), generate()], adds(5, last=ANSWER), message_limit=4)


@task
def fails_once() -> Task:
    """Of each sample the first attempt in this process fails."""
    return of_kind("fails_once", 2, [generate(), fail(times=1)])


@task
def fails() -> Task:
    return of_kind("fails", 2, [generate(), fail(only=[2])])


@task
def modelless() -> Task:
    """Takes that of the command line."""
    modelless = of_kind("modelless", 2, [generate()])
    modelless.model = None
    return modelless

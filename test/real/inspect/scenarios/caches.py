"""Answers of models from Inspect's cache."""

from inspect_ai.model import (
    CachePolicy,
    get_model,
)
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver

from fake_model import Call, RateLimit, fake
from scenario import Run, scenario, task


@scenario()
def cache_written_then_read(run: Run) -> None:
    """Two runs: the second reads what the first wrote."""
    fake(run.name, lambda call: "2")
    solvers = [generate(cache=True), generate(cache=CachePolicy(per_epoch=False))]
    run.eval(task("writes", 2, solver=solvers))
    run.eval(task("reads", 2, solver=solvers))


@scenario()
def cache_read_within_run(run: Run) -> None:
    """The second epoch reads what the first wrote."""
    fake(run.name, lambda call: "2")
    solvers = [generate(cache=CachePolicy(expiry=None, per_epoch=False))]
    run.eval(task(run.name, 1, solver=solvers, epochs=3), max_samples=1)


@solver
def cached_again() -> Solver:
    """The same cached question three times, the last without a cache."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        for cache in (True, True, False):
            await get_model().generate("cached?", cache=cache)
        return state

    return solve


@scenario()
def cache_and_retries(run: Run) -> None:
    """A call that is retried is written, then read; then asked again without a cache, and retried."""

    def script(call: Call) -> str:
        if call.number in (1, 3):
            raise RateLimit(f"too many requests ({call.number})")
        return "cached"

    fake(run.name, script)
    run.eval(task(run.name, 1, solver=cached_again()))

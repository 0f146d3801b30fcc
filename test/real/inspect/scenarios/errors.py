"""Samples that fail, and what Inspect is told to do about it."""

from fake_model import Call, Fatal, fake, tool_calls
from inspect_ai.scorer import Score, Target, accuracy, match, scorer
from inspect_ai.solver import Generate, TaskState, generate, solver, use_tools
from inspect_ai.tool import tool
from scenario import Run, scenario, task

failures: dict[str, int] = {}


def fails(key: str, times: int) -> None:
    """Raises as often as said, counted for each key."""
    failures[key] = failures.get(key, 0) + 1
    if failures[key] <= times:
        raise ValueError(f"failure {failures[key]} of {key}")


@solver
def fail(times: int = 99, only: list[int | str] | None = None):
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        if only is None or state.sample_id in only:
            fails(f"{state.sample_id}/{state.epoch}", times)
        return state

    return solve


@tool
def add():
    async def execute(x: int, y: int) -> int:
        """Adds two numbers.

        Args:
            x: First number.
            y: Second number.
        """
        return x + y

    return execute


@scenario()
def fail_on_error_false(run: Run) -> None:
    run.eval(task(run.name, 3, solver=[generate(), fail(only=[2])]), fail_on_error=False)


@scenario()
def fail_on_error_fraction_met(run: Run) -> None:
    run.eval(task(run.name, 4, solver=[generate(), fail(only=[2, 3])]), fail_on_error=0.4)


@scenario()
def fail_on_error_fraction_not_met(run: Run) -> None:
    run.eval(task(run.name, 4, solver=[generate(), fail(only=[2])]), fail_on_error=0.6)


@scenario()
def fail_on_error_count(run: Run) -> None:
    run.eval(task(run.name, 5, solver=[generate(), fail(only=[1, 3, 5])]), fail_on_error=2, max_samples=1)


@scenario()
def continue_on_fail(run: Run) -> None:
    run.eval(task(run.name, 3, solver=[generate(), fail(only=[1])]), continue_on_fail=True, max_samples=1)


@scenario()
def score_on_error(run: Run) -> None:
    run.eval(
        task(run.name, 3, solver=[generate(), fail(only=[2])]), score_on_error=True, fail_on_error=False, retry_on_error=1
    )


@scorer(metrics=[accuracy()])
def failing_scorer(times: int):
    async def score(state: TaskState, target: Target) -> Score:
        fails(f"scorer {state.sample_id}", times)
        return Score(value="C")

    return score


@scenario()
def scorer_raises(run: Run) -> None:
    run.eval(task(run.name, 2, scorer=[match(), failing_scorer(99)]))


@scenario()
def scorer_raises_then_passes(run: Run) -> None:
    run.eval(task(run.name, 2, scorer=[match(), failing_scorer(1)]), retry_on_error=2)


@scenario()
def retry_before_first_call(run: Run) -> None:
    run.eval(task(run.name, 2, solver=[fail(times=1), generate()]), retry_on_error=1)


def adds_twice(call: Call) -> object:
    if call.turn <= 2:
        return tool_calls(("add", {"x": call.turn, "y": 2}), text=f"step {call.turn}")
    return "4"


@scenario()
def retry_after_tools(run: Run) -> None:
    fake(run.name, adds_twice)
    run.eval(task(run.name, 2, solver=[use_tools(add()), generate(), fail(times=2, only=[2])]), retry_on_error=2)


@scenario()
def fatal_model_error(run: Run) -> None:
    def script(call: Call) -> str:
        if call.question.startswith("What is 2"):
            raise Fatal("bad request")
        return "2"

    fake(run.name, script)
    run.eval(task(run.name, 3), fail_on_error=False)

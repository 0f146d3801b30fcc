"""Samples that fail, and what Inspect is told to do about it."""

from inspect_ai.scorer import Score, Scorer, Target, accuracy, match, scorer
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver, system_message, use_tools

from fake_model import Call, Fatal, fake
from parts import add, adds, fail, fails
from scenario import Run, scenario, task


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
def continue_on_fail_count(run: Run) -> None:
    tasks = task(run.name, 3, solver=[generate(), fail(only=[1, 3])])
    run.eval(tasks, continue_on_fail=True, fail_on_error=2, max_samples=1)


@scenario()
def score_on_error(run: Run) -> None:
    tasks = task(run.name, 3, solver=[generate(), fail(only=[2])])
    run.eval(tasks, score_on_error=True, fail_on_error=False, retry_on_error=1)


@scenario()
def score_on_error_fails_task(run: Run) -> None:
    run.eval(task(run.name, 2, solver=[generate(), fail(only=[2])]), score_on_error=True)


@scorer(metrics=[accuracy()])
def failing_scorer(times: int) -> Scorer:
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
def scorer_raises_after_error(run: Run) -> None:
    tasks = task(run.name, 2, solver=[generate(), fail(only=[2])], scorer=[failing_scorer(99)])
    run.eval(tasks, score_on_error=True, fail_on_error=False)


@scenario()
def retry_before_first_call(run: Run) -> None:
    run.eval(task(run.name, 2, solver=[fail(times=1), generate()]), retry_on_error=1)


@scenario()
def retry_after_tools(run: Run) -> None:
    fake(run.name, adds(2))
    run.eval(task(run.name, 2, solver=[use_tools(add()), generate(), fail(times=2, only=[2])]), retry_on_error=2)


@scenario()
def retry_epochs_mixed(run: Run) -> None:
    """Before and after the first model call, in two epochs, one at a time."""
    solvers = [fail(times=1, only=[1]), generate(), fail(times=1, only=[2])]
    run.eval(task(run.name, 2, solver=solvers), retry_on_error=3, epochs=2, max_samples=1)


@solver
def two_calls_then_fail() -> Solver:
    """Fails between two model calls at first, then after both, then not."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state = await generate(state)
        fails("first", 1)
        state = await generate(state)
        fails("second", 1)
        return state

    return solve


@scenario()
def retry_after_several_calls(run: Run) -> None:
    run.eval(task(run.name, 1, solver=two_calls_then_fail()), retry_on_error=2)


@scenario()
def fatal_model_error(run: Run) -> None:
    def script(call: Call) -> str:
        if call.question.startswith("What is 2"):
            raise Fatal("bad request")
        return "2"

    fake(run.name, script)
    run.eval(task(run.name, 3), fail_on_error=False)


@scenario()
def model_raises_python_error(run: Run) -> None:
    """The provider raises instead of returning its error: the event of the call is not completed as usual."""

    def script(call: Call) -> str:
        raise KeyError("not an answer")

    fake(run.name, script)
    run.eval(task(run.name, 1), fail_on_error=False, retry_on_error=1)


@scenario()
def setup_raises(run: Run) -> None:
    run.eval(task(run.name, 2, setup=fail(), solver=[generate()]))


async def failing_cleanup(state: TaskState) -> None:
    raise RuntimeError("cleanup failed")


@scenario()
def cleanup_raises(run: Run) -> None:
    run.eval(task(run.name, 2, cleanup=failing_cleanup))


@scenario()
def empty_exception_message(run: Run) -> None:
    @solver
    def silent() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            raise ValueError()

        return solve

    run.eval(task(run.name, 1, solver=[silent()]), fail_on_error=False)


@scenario()
def exception_group(run: Run) -> None:
    @solver
    def several() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            raise ExceptionGroup("several", [ValueError("one"), KeyError("two")])

        return solve

    run.eval(task(run.name, 1, solver=[generate(), several()]), fail_on_error=False)


@scenario()
def retry_with_long_texts(run: Run) -> None:
    """The raw calls of retried attempts hold texts that are attachments."""
    solvers = [system_message("Be careful. " * 20), generate(), fail(times=2, only=[2])]
    run.eval(task(run.name, 2, solver=solvers), retry_on_error=2)


@scenario()
def retry_with_long_texts_unbuffered(run: Run) -> None:
    solvers = [system_message("Be careful. " * 20), generate(), fail(times=2, only=[2])]
    run.eval(task(run.name, 2, solver=solvers), retry_on_error=2, log_realtime=False)

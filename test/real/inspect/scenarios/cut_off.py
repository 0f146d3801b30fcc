"""Runs that do not come to their end: Ctrl-C, kill, and what there is while a run goes on."""

import asyncio
import os
import signal
from collections.abc import Callable

from inspect_ai import Task, eval_retry, eval_set
from inspect_ai import task as task_function
from inspect_ai.model import get_model
from inspect_ai.scorer import Score, Scorer, Target, accuracy, scorer
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver
from inspect_ai.util import span, subtask

import recorder
from fake_model import Call, RateLimit, fake
from parts import fail, wait
from scenario import Run, scenario, task

Action = Callable[[], None]


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def works(actions: dict[tuple[int | str, int], Action], steps: int = 3) -> Solver:
    """Several steps with a model call each; an action at a step of a sample happens while a call is under way."""

    @solver
    def stepwise() -> Solver:
        async def solve(state: TaskState, generate_: Generate) -> TaskState:
            for step in range(1, steps + 1):
                async with span(f"step {step}"):
                    state = await generate_(state)
                    act = actions.get((state.sample_id, step))
                    if act:
                        await asyncio.gather(at_once(act), get_model().generate("meanwhile"))
            return state

        return solve

    return stepwise()


async def at_once(act: Action) -> None:
    await asyncio.sleep(0.1)
    act()


async def steady(call: Call) -> str:
    await asyncio.sleep(0.2)
    return "2"


@scenario()
def ctrl_c(run: Run) -> None:
    """Two samples are done, one is in a model call, one waits."""
    fake(run.name, steady)
    run.eval(task(run.name, 4, solver=works({(3, 2): interrupt})), max_samples=1)


@scenario()
def ctrl_c_with_several_samples(run: Run) -> None:
    fake(run.name, steady)
    run.eval(task(run.name, 3, solver=works({(2, 2): interrupt}, steps=9)))


@scenario()
def ctrl_c_with_several_tasks(run: Run) -> None:
    """One task is done, one runs, one waits."""
    fake(run.name, steady)
    tasks = [task("done", 1), task("runs", 2, solver=works({(2, 2): interrupt}, steps=9)), task("waits", 1)]
    run.eval(tasks, max_tasks=1)


@scenario()
def ctrl_c_during_backoff(run: Run) -> None:
    def script(call: Call) -> str:
        if call.number == 3:
            asyncio.get_running_loop().call_later(0.02, interrupt)
        raise RateLimit(f"too many requests ({call.number})")

    fake(run.name, script)
    run.eval(task(run.name, 1))


@scorer(metrics=[accuracy()])
def interrupting_scorer(seconds: float) -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        interrupt()
        if seconds:
            await asyncio.sleep(seconds)
        return Score(value="C")

    return score


@scenario()
def ctrl_c_in_scorer(run: Run) -> None:
    run.eval(task(run.name, 2, scorer=interrupting_scorer(5)), max_samples=1)


@scenario()
def ctrl_c_at_end_of_scorer(run: Run) -> None:
    """The sample is written as one that passed, but it may be cancelled before the hooks of its end."""
    run.eval(task(run.name, 2, scorer=interrupting_scorer(0)), max_samples=1)


@scenario()
def ctrl_c_in_second_attempt(run: Run) -> None:
    """Of a sample that was retried, while another waits for its retry."""
    fake(run.name, steady)
    solvers = [fail(times=1), works({(1, 2): interrupt})]
    run.eval(task(run.name, 2, solver=solvers), retry_on_error=2, max_samples=1)


@subtask
async def slow_subtask() -> str:
    asyncio.get_running_loop().call_later(0.1, interrupt)
    await get_model().generate("within a subtask")
    await asyncio.sleep(5)
    return "never"


@solver
def in_subtask() -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        await slow_subtask()
        return state

    return solve


@scenario()
def ctrl_c_in_subtask(run: Run) -> None:
    run.eval(task(run.name, 1, solver=in_subtask()))


@scenario()
def ctrl_c_json(run: Run) -> None:
    fake(run.name, steady)
    run.eval(task(run.name, 3, solver=works({(2, 2): interrupt})), max_samples=1, log_format="json")


@scenario(folder=True)
def ctrl_c_in_eval_set(run: Run) -> None:
    """And the call that completes it."""
    fake(run.name, steady)
    actions: dict[tuple[int | str, int], Action] = {(2, 2): interrupt}
    for _ in range(2):
        tasks = [task("first", 1), task("second", 2, solver=works(actions, steps=9))]
        try:
            eval_set(
                tasks, str(run.log_dir), model=f"fake/{run.name}", display="none", max_tasks=1, retry_cleanup=False
            )
        except KeyboardInterrupt:
            print("raised, as it is in older versions")
        actions.clear()


@task_function
def killed_task() -> Task:
    return task("killed_task", 4, solver=[wait(0.05), works({(3, 2): kill})])


@scenario(folder=True, exit_code=-signal.SIGKILL, keep_data=True)
def killed(run: Run) -> None:
    """Two samples are in the log; the third is in a model call, the fourth waits."""
    fake(run.name, steady)
    run.eval(killed_task(), max_samples=1, log_buffer=1)


@scenario(folder=True, exit_code=-signal.SIGKILL, keep_data=True)
def killed_with_several_samples(run: Run) -> None:
    """Nothing is in the log yet: what is finished is in the database only."""
    fake(run.name, steady)
    run.eval(task(run.name, 5, solver=works({(4, 2): kill})), max_samples=2, log_buffer=10)


@scenario(folder=True, exit_code=-signal.SIGKILL, keep_data=True)
def killed_with_shared_buffer(run: Run) -> None:
    fake(run.name, steady)
    run.eval(task(run.name, 4, solver=works({(3, 3): kill}, steps=4)), max_samples=1, log_buffer=1, log_shared=1)


@scenario(folder=True, exit_code=-signal.SIGKILL, keep_data=True)
def killed_without_realtime(run: Run) -> None:
    fake(run.name, steady)
    run.eval(task(run.name, 4, solver=works({(3, 2): kill})), max_samples=1, log_buffer=1, log_realtime=False)


@scenario(folder=True, exit_code=-signal.SIGKILL, keep_data=True)
def killed_json(run: Run) -> None:
    fake(run.name, steady)
    run.eval(task(run.name, 4, solver=works({(3, 2): kill})), max_samples=1, log_buffer=1, log_format="json")


@scenario(folder=True, exit_code=-signal.SIGKILL, keep_data=True)
def killed_at_start(run: Run) -> None:
    fake(run.name, steady)
    run.eval(task(run.name, 2, solver=[wait(0.3), works({(1, 1): kill})]))


@scenario(folder=True, exit_code=-signal.SIGKILL, keep_data=True)
def killed_in_second_attempt(run: Run) -> None:
    fake(run.name, steady)
    run.eval(task(run.name, 1, solver=[generate(), fail(times=1), works({(1, 2): kill})]), retry_on_error=1)


@scenario(folder=True, exit_code=-signal.SIGKILL, keep_data=True)
def killed_eval_set(run: Run) -> None:
    fake(run.name, steady)
    tasks = [task("first", 1), task("second", 2, solver=works({(2, 2): kill})), task("third", 1)]
    eval_set(tasks, str(run.log_dir), model=f"fake/{run.name}", display="none", max_tasks=1, log_buffer=1)


def in_child(function: Callable[[], object]) -> None:
    """Runs in a process of its own, which may be killed; its hooks are in the same file."""
    pid = os.fork()
    if pid == 0:
        function()
        os._exit(0)
    os.waitpid(pid, 0)


@scenario(folder=True)
def killed_and_recovered(run: Run) -> None:
    from inspect_ai.log import recover_eval_log

    fake(run.name, steady)
    in_child(lambda: run.eval(killed_task(), max_samples=1, log_buffer=1))
    recover_eval_log(str(next(run.log_dir.glob("*.eval"))))


@scenario(folder=True)
def killed_and_retried(run: Run) -> None:
    """The retry first recovers what is in the database."""
    fake(run.name, steady)
    in_child(lambda: run.eval(killed_task(), max_samples=1, log_buffer=1))
    recorder.record_to(run.hooks_file)
    globals()["kill"] = lambda: None
    log = str(next(run.log_dir.glob("*.eval")))
    eval_retry(log, log_dir=str(run.log_dir), display="none")


@scenario()
def moments(run: Run) -> None:
    """Copies while it runs: in the first sample, with one sample in the log, and with three, one of them retried."""
    fake(run.name, steady)
    actions: dict[tuple[int | str, int], Action] = {
        (1, 2): lambda: run.keep_moment("first_sample_runs"),
        (3, 3): lambda: run.keep_moment("two_done"),
        (4, 4): lambda: run.keep_moment("last_sample_runs"),
    }
    solvers = [generate(), fail(times=1, only=[4]), works(actions, steps=5)]
    run.eval(task(run.name, 4, solver=solvers), max_samples=1, log_buffer=1, log_shared=1, retry_on_error=1)


@scenario()
def moments_of_json(run: Run) -> None:
    fake(run.name, steady)
    actions: dict[tuple[int | str, int], Action] = {
        (1, 2): lambda: run.keep_moment("first_sample_runs"),
        (3, 2): lambda: run.keep_moment("two_done"),
    }
    run.eval(task(run.name, 3, solver=works(actions)), max_samples=1, log_buffer=1, log_format="json")


@scenario(folder=True)
def moments_of_eval_set(run: Run) -> None:
    """Between a task that failed and its retry, and while the retry runs."""
    fake(run.name, steady)
    actions: dict[tuple[int | str, int], Action] = {(2, 2): lambda: run.keep_moment("retry_runs")}
    tasks = [task("first", 1), task("second", 2, solver=[generate(), fail(times=1, only=[2]), works(actions)])]
    eval_set(
        tasks,
        str(run.log_dir),
        model=f"fake/{run.name}",
        display="none",
        max_tasks=1,
        log_buffer=1,
        log_shared=1,
        retry_cleanup=False,
    )

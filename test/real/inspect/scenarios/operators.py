"""What a person does to a run through the control channel; needs modules of Inspect that are not public."""

import asyncio
from typing import Any

from inspect_ai._control.cancel import cancel_sample, cancel_task, drain_task
from inspect_ai._control.eval_state import stable_task_id_for_eval
from inspect_ai._control.requeue import requeue_sample
from inspect_ai.log._samples import active_samples, sample_active
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver

from fake_model import Call, fake
from parts import fail, wait
from scenario import Run, scenario, task


async def steady(call: Call) -> str:
    await asyncio.sleep(0.2)
    return "2"


def eval_id() -> str:
    active = sample_active()
    assert active is not None and active.eval_id is not None
    return active.eval_id


@solver
def interrupts(sample: int, action: str) -> Solver:
    """The sample with this id is interrupted while it is in a model call."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state = await generate(state)
        if state.sample_id == sample:
            active = sample_active()
            assert active is not None
            asyncio.get_running_loop().call_later(0.1, active.interrupt, action)
        return await generate(state)

    return solve


@scenario()
def operator_scores_sample(run: Run) -> None:
    fake(run.name, steady)
    run.eval(task(run.name, 2, solver=interrupts(1, "score")))


@scenario()
def operator_fails_sample(run: Run) -> None:
    fake(run.name, steady)
    run.eval(task(run.name, 2, solver=interrupts(1, "error")), fail_on_error=False)


@scenario()
def operator_cancels_sample(run: Run) -> None:
    fake(run.name, steady)
    run.eval(task(run.name, 2, solver=interrupts(1, "cancel")))


@scenario()
def operator_cancels_sample_with_retries(run: Run) -> None:
    fake(run.name, steady)
    run.eval(task(run.name, 2, solver=[fail(times=1), interrupts(1, "cancel")]), retry_on_error=2)


@solver
def acts(on: int, act: Any) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        state = await generate(state)
        if state.sample_id == on:
            result = act()
            print(await result if asyncio.iscoroutine(result) else result)
            await asyncio.sleep(0.1)
        return await generate(state)

    return solve


@scenario()
def operator_cancels_queued_sample(run: Run) -> None:
    fake(run.name, steady)
    run.eval(
        task(run.name, 3, solver=acts(1, lambda: cancel_sample(eval_id(), "3", 1, action="cancel"))), max_samples=1
    )


def acts_on_task(**options: Any) -> Any:
    return lambda: cancel_task(stable_task_id_for_eval(eval_id()), **options)


@scenario()
def operator_cancels_task(run: Run) -> None:
    fake(run.name, steady)
    run.eval(task(run.name, 4, solver=acts(2, acts_on_task())), max_samples=2)


@scenario()
def operator_scores_task(run: Run) -> None:
    fake(run.name, steady)
    run.eval(task(run.name, 4, solver=acts(2, acts_on_task(action="score"))), max_samples=2)


@scenario()
def operator_drains_task(run: Run) -> None:
    fake(run.name, steady)
    drains = acts(2, lambda: drain_task(stable_task_id_for_eval(eval_id())))
    run.eval(task(run.name, 4, solver=drains), max_samples=2)


async def requeue_first() -> object:
    """Asks until the sample has come to its end and can be run again."""
    for _ in range(100):
        await asyncio.sleep(0.05)
        result = await requeue_sample(eval_id(), "1", 1)
        if result is not None and result.get("changed"):
            break
    return result


@scenario()
def operator_requeues_sample(run: Run) -> None:
    """A sample that failed runs again, in the same run, under another uuid."""
    fake(run.name, steady)
    solvers = [generate(), fail(times=1, only=[1]), acts(2, requeue_first), wait(0.2)]
    run.eval(task(run.name, 2, solver=solvers), fail_on_error=False)


@scenario()
def operator_requeues_cancelled_sample(run: Run) -> None:
    fake(run.name, steady)
    requeued: list[int] = []

    def cancel_or_not() -> object:
        requeued.append(1)
        first = next((one for one in active_samples() if one.sample.id == 1), None)
        if len(requeued) == 1 and first is not None:
            first.interrupt("cancel")
        return None

    solvers = [acts(1, cancel_or_not), acts(2, requeue_first)]
    run.eval(task(run.name, 2, solver=solvers))


@solver
def retunes() -> Solver:
    """Changes limits of the task, and of all that runs, while it runs."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        from inspect_ai._control.limits import process_limits, task_limits

        if state.sample_id == 1:
            task_id = stable_task_id_for_eval(eval_id())
            await task_limits(task_id, max_samples=2, message_limit=9, author="a person", reason="faster")
            await process_limits(max_retries=7, timeout=60, author="a person")
            await process_limits(max_retries="clear")
        return await generate(state)

    return solve


@scenario()
def operator_changes_limits(run: Run) -> None:
    fake(run.name, steady)
    run.eval([task("retuned", 3, solver=retunes()), task("other", 2)], max_tasks=2, max_samples=1)

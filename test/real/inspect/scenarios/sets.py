"""Runs that are tried again: eval_retry and eval sets."""

from inspect_ai import Task, eval_retry, eval_set
from inspect_ai import task as task_function
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog
from inspect_ai.solver import Generate, Solver, TaskState, generate, solver, system_message

from fake_model import fake
from parts import fails, wait
from scenario import Run, scenario, task


@solver
def fails_in_task(name: str, sample: int, times: int) -> Solver:
    async def solve(state: TaskState, generate: Generate) -> TaskState:
        if state.sample_id == sample:
            fails(name, times)
        return state

    return solve


@task_function
def retried(times: int = 1, sample: int = 2, samples: int = 3) -> Task:
    return task("retried", samples, solver=[generate(), wait(0.2), fails_in_task("retried", sample, times)])


def set_of_tasks() -> list[Task]:
    return [one(), other()]


@task_function
def one() -> Task:
    return task("one", 2, solver=[system_message("Be brief."), generate(), wait(0.05), fails_in_task("one", 2, 1)])


@task_function
def other() -> Task:
    return task("other", 2, metadata={"of": "a set"})


def retry(run: Run, logs: list[EvalLog], **options: object) -> list[EvalLog]:
    return eval_retry(logs, **{"log_dir": str(run.log_dir), "display": "none"} | options)


@scenario()
def eval_retry_carries_over(run: Run) -> None:
    """Samples 1 and 3 are carried over, sample 2 runs again."""
    retry(run, run.eval(retried(), max_samples=1))


@scenario()
def eval_retry_of_several_samples_at_once(run: Run) -> None:
    """What was cancelled runs again too."""
    retry(run, run.eval(retried()))


@scenario()
def eval_retry_twice(run: Run) -> None:
    retry(run, retry(run, run.eval(retried(times=2, samples=2), max_samples=1)))


@scenario()
def eval_retry_after_sample_retries(run: Run) -> None:
    """A sample that was retried in both runs: its errors of the first run are carried over."""
    retry(run, run.eval(retried(times=3, samples=2), max_samples=1, retry_on_error=1))


@scenario()
def eval_retry_with_epochs(run: Run) -> None:
    retry(run, run.eval(retried(samples=2), max_samples=1, epochs=2))


@scenario()
def eval_retry_json(run: Run) -> None:
    retry(run, run.eval(retried(), max_samples=1, log_format="json"))


@scenario()
def eval_retry_of_success(run: Run) -> None:
    """Nothing is left to run."""
    retry(run, run.eval(retried(times=0)))


@scenario()
def eval_retry_with_errors_kept(run: Run) -> None:
    """The first run goes on after the error, so its log is a success with an error in it."""
    retry(run, run.eval(retried(), fail_on_error=False))


def run_set(run: Run, tasks: list[Task], **options: object) -> bool:
    defaults = {
        "log_dir": str(run.log_dir),
        "display": "none",
        "model": f"fake/{run.name}",
        "retry_attempts": 3,
        "retry_wait": 0.1,
        "retry_cleanup": False,
    }
    done, _ = eval_set(tasks, **defaults | options)
    return done


@scenario(folder=True)
def eval_set_all_pass(run: Run) -> None:
    models = [fake("m1", lambda call: "2"), fake("m2", lambda call: "4")]
    run_set(run, [other(), task("third", 1)], model=models)


@scenario(folder=True)
def eval_set_retried_at_once(run: Run) -> None:
    run_set(run, set_of_tasks())


@scenario(folder=True)
def eval_set_retried_in_passes(run: Run) -> None:
    run_set(run, set_of_tasks(), retry_immediate=False)


@scenario(folder=True)
def eval_set_of_two_tasks_and_two_models(run: Run) -> None:
    models = [fake("m1", lambda call: "2"), fake("m2", lambda call: "4")]
    run_set(run, set_of_tasks(), model=models, max_tasks=4)


@scenario(folder=True)
def eval_set_in_passes_with_two_models(run: Run) -> None:
    models = [fake("m1", lambda call: "2"), fake("m2", lambda call: "4")]
    run_set(run, set_of_tasks(), model=models, max_tasks=1, retry_immediate=False)


@scenario(folder=True)
def eval_set_cleaned_up(run: Run) -> None:
    """The logs of the attempts that failed are deleted."""
    run_set(run, set_of_tasks(), retry_cleanup=True)


@scenario(folder=True)
def eval_set_invoked_again(run: Run) -> None:
    """All is complete, so the second call runs nothing."""
    run_set(run, [other()])
    run_set(run, [other()])


@scenario(folder=True)
def eval_set_extended(run: Run) -> None:
    """The second call has a task more, and more epochs."""
    run_set(run, [other()])
    run_set(run, [other(), task("third", 1)], epochs=2)


@scenario(folder=True)
def eval_set_gives_up(run: Run) -> None:
    tasks = [task("never", 2, solver=[generate(), fails_in_task("never", 1, 99)]), other()]
    run_set(run, tasks, retry_attempts=1)


@scenario(folder=True)
def eval_set_completed_by_second_call(run: Run) -> None:
    """The first call fails once and does not retry; the second completes it."""
    run_set(run, set_of_tasks(), retry_attempts=0)
    run_set(run, set_of_tasks(), retry_attempts=0)


@scenario(folder=True)
def eval_set_with_sample_retries(run: Run) -> None:
    """Retries of a sample within an attempt of the task that is retried itself."""
    tasks = [task("both", 2, solver=[generate(), fails_in_task("both", 2, 3)])]
    run_set(run, tasks, retry_on_error=1, max_samples=1)


@scenario(folder=True)
def eval_set_prerequisite_error(run: Run) -> None:
    """Two tasks that cannot be told apart."""
    try:
        run_set(run, [task("same", 1), task("same", 1)])
    except Exception as error:
        print(error)


def long_question(times: int) -> Task:
    """Its texts are attachments in the log."""
    samples = [Sample(id=n, input="A long question. " * 10, target="2") for n in (1, 2)]
    solvers = [system_message("Be careful. " * 20), generate(), fails_in_task("long", 2, times)]
    return task("long", samples, solver=solvers)


@task_function
def long_retried() -> Task:
    return long_question(times=5)


@scenario()
def eval_retry_with_long_texts(run: Run) -> None:
    """The errors of retried samples hold raw calls with long texts, and are carried over."""
    retry(run, retry(run, run.eval(long_retried(), retry_on_error=1)))


@scenario()
def eval_retry_with_long_texts_unbuffered(run: Run) -> None:
    retry(run, retry(run, run.eval(long_retried(), retry_on_error=1, log_realtime=False)))


@scenario(folder=True)
def eval_set_in_passes_cleaned_up(run: Run) -> None:
    """Of the first pass the log of one task is left, and samples that it finished are in those of the second."""
    tasks = [one(), other(), long_question(times=1)]
    run_set(run, tasks, retry_immediate=False, retry_cleanup=True, epochs=2)


@scenario(folder=True)
def eval_set_without_first_pass(run: Run) -> None:
    """No log of the first pass is left."""
    run_set(run, [one(), long_question(times=1)], retry_immediate=False, retry_cleanup=True)


@scenario(folder=True)
def eval_set_with_samples_done_at_once(run: Run) -> None:
    """Samples that are done when another one fails their task: written, and their end is not told."""
    tasks = [task(f"task {n}", 6, solver=[generate(), fails_in_task(f"task {n}", 1, 2)]) for n in range(3)]
    run_set(run, tasks, max_tasks=2)


@scenario(folder=True)
def eval_set_with_sample_retries_cleaned_up(run: Run) -> None:
    """Of the first attempt at the task, whose log is gone: a sample that was retried and passed, and one that failed."""
    solvers = [generate(), fails_in_task("early", 1, 1), wait(0.6), fails_in_task("late", 2, 2)]
    run_set(run, [task("both", 3, solver=solvers)], retry_on_error=1, retry_cleanup=True)

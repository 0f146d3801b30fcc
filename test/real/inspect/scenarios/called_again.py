"""Eval sets that were cut off, and the call that completes them."""

from inspect_ai import eval_set

import recorder
from fake_model import fake
from scenario import Run, scenario, task
from scenarios.cut_off import Action, in_child, kill, steady, works


@scenario(folder=True)
def killed_eval_set_called_again(run: Run) -> None:
    """The second call recovers what the first one left, and goes on from there."""

    def call(actions: dict[tuple[int | str, int], Action]) -> None:
        fake(run.name, steady)
        tasks = [task("first", 1), task("second", 3, solver=works(actions)), task("third", 1)]
        options = {"max_tasks": 1, "max_samples": 1, "log_buffer": 1, "retry_attempts": 1, "retry_cleanup": False}
        eval_set(tasks, str(run.log_dir), model=f"fake/{run.name}", display="none", **options)

    in_child(lambda: call({(2, 2): kill}))
    recorder.record_to(run.hooks_file)
    call({})

"""Runs scenarios in Inspect: `python drive.py [--jobs N] SCENARIO HOOKS FOLDER …`, three arguments for each scenario.

What the hooks were given is written to HOOKS; logs and all else that a run leaves are in FOLDER, with what it printed in
`inspect.txt`. Each scenario has a process of its own, forked from one that has loaded Inspect.
"""

import argparse
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[2] / "test" / "real" / "inspect"))

import recorder  # noqa: E402
from inspect_ai import Epochs, Task, eval, eval_retry, eval_set  # noqa: E402
from inspect_ai import task as task_function  # noqa: E402
from inspect_ai.dataset import MemoryDataset, Sample  # noqa: E402
from inspect_ai.log._samples import sample_active  # noqa: E402
from inspect_ai.model import GenerateConfig  # noqa: E402

from acting_hooks import act_on_hooks  # noqa: E402
from cancel import Cancel  # noqa: E402
from errors import fail_times  # noqa: E402
from sandboxes import use_sandbox  # noqa: E402
from scorers import make_metrics, make_scorers  # noqa: E402
from scripted_model import use_models  # noqa: E402
from solvers import make_steps  # noqa: E402

SECONDS = 60
"""After which a scenario is stopped."""

LIMITS = ["message_limit", "token_limit", "cost_limit", "turn_limit", "time_limit", "working_limit"]
COMMON = [*LIMITS, "fail_on_error", "continue_on_fail", "retry_on_error", "score_on_error", "tags", "metadata", "model"]
OF_RUN = [*COMMON, "model_roles", "max_samples", "max_tasks", "score", "limit", "sample_id", "sample_shuffle", "log_samples"]
OF_SET = ["retry_attempts", "retry_cleanup", "retry_immediate"]


def chosen(said: dict[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: said[name] for name in names if name in said}


def epochs(said: dict[str, Any]) -> dict[str, Any]:
    if "epochs" not in said:
        return {}
    return {"epochs": Epochs(said["epochs"], said.get("epochs_reducer"))}


def make_task(said: dict[str, Any]) -> Task:
    """Made anew for each run, by a function that `eval_retry` finds by the task's name."""
    name = said["name"]

    def make() -> Task:
        options = chosen(said, [*COMMON, "version", "model_roles"]) | epochs(said)
        if "setup" in said:
            options["setup"] = make_steps(said["setup"], f"{name}.setup")
        if "config" in said:
            options["config"] = GenerateConfig(**said["config"])
        if "metrics" in said:
            options["metrics"] = make_metrics(said["metrics"])
        if "sandbox" in said:
            use_sandbox({name: said["sandbox"]})
            options["sandbox"] = "scripted"
        if "cleanup" in said:
            options["cleanup"] = cleanup
        return Task(
            dataset=MemoryDataset([Sample(**sample) for sample in said["samples"]]),
            solver=make_steps(said.get("solver", [{"generate": {}}]), f"{name}.solver"),
            scorer=make_scorers(said.get("scorer", [{"match": {}}]), f"{name}.scorer"),
            name=name,
            **options,
        )

    async def cleanup(state: Any) -> None:
        fail_times(f"{name}.cleanup", said["cleanup"])

    make.__name__ = name
    return task_function(make, name=name)()


def run(kind: str, said: dict[str, Any], tasks: list[dict[str, Any]], folder: Path, logs: list[list[Any]]) -> None:
    log_dir = str(folder / said.get("log_dir", "logs"))
    common: dict[str, Any] = {"log_dir": log_dir, "display": "none"}
    if "max_connections" in said:
        common["max_connections"] = said["max_connections"]
    if kind == "eval_retry":
        failed = logs[said.get("of", 0)][0]
        for each in tasks:
            make_task(each)
        logs.append(eval_retry(failed.location, **common, **chosen(said, ["max_samples", "retry_on_error"])))
        return
    common |= chosen(said, OF_RUN) | epochs(said) | said.get("config", {})
    if isinstance(common.get("limit"), list):
        common["limit"] = tuple(common["limit"])
    made = [make_task(each) for each in tasks if each["name"] in said.get("tasks", [each["name"]])]
    if kind == "eval_set":
        _, done = eval_set(made, retry_wait=0.01, **common, **chosen(said, OF_SET))
        logs.append(done)
    else:
        logs.append(eval(made, **common))


def sample_of_call() -> dict[str, Any]:
    """Hooks of models do not say whose call it is."""
    active = sample_active()
    return {"sample": active.sample_uuid} if active else {}


def drive(path: Path, hooks_file: Path, folder: Path) -> None:
    os.environ["XDG_DATA_HOME"] = str(folder / "data")
    os.environ["INSPECT_CACHE_DIR"] = str(folder / "cache")
    scenario = json.loads(path.read_text())
    hooks_file.write_text("")
    recorder.record_to(hooks_file, sample_of_call)
    use_models(scenario["models"])
    stop = scenario.get("cancel")
    cancel = Cancel(stop.get("on", "on_task_start"), stop.get("nth", 1), stop.get("after", 0)) if stop else None
    act_on_hooks(scenario.get("hooks", []), cancel)
    logs: list[list[Any]] = []
    for each in scenario.get("runs", [{"eval": {}}]):
        kind, said = next(iter(each.items()))
        try:
            run(kind, said, scenario["tasks"], folder, logs)
        except (KeyboardInterrupt, Exception) as error:
            logs.append([])
            print(f"{kind} raised {type(error).__name__}: {error}")
            traceback.print_exc()


def start(path: Path, hooks_file: Path, folder: Path) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        folder.mkdir(parents=True, exist_ok=True)
        output = os.open(folder / "inspect.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        signal.alarm(SECONDS)
        drive(path, hooks_file, folder)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        # Ctrl-C may have left something that would keep the process.
        os._exit(code)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    paths = [Path(each).absolute() for each in options.files]
    waiting = list(zip(paths[0::3], paths[1::3], paths[2::3], strict=True))
    running: dict[int, Path] = {}
    failed = 0
    while waiting or running:
        while waiting and len(running) < options.jobs:
            one = waiting.pop(0)
            running[start(*one)] = one[0]
        pid, status = os.wait()
        path = running.pop(pid)
        if status:
            print(f"{path}: ended with {os.waitstatus_to_exitcode(status)}", file=sys.stderr)
            failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""Evals that go on for a while, for tests that look on: `python live_evals.py LOGDIR …`. Prints a line for each model call."""

import argparse
import asyncio
import shutil
import sys

from fake_model import Answer, Call, fake
from inspect_ai import Task, eval, eval_set
from inspect_ai.dataset import Sample
from inspect_ai.scorer import includes
from inspect_ai.solver import generate, use_tools
from parts import add, adds, fail


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log_dir")
    parser.add_argument("--name", default="live", help="of the task")
    parser.add_argument("--samples", type=int, default=3)
    parser.add_argument("--at-once", type=int, default=1, help="samples that run at a time")
    parser.add_argument("--calls", type=int, default=3, help="model calls of each sample")
    parser.add_argument("--seconds", type=float, default=0.8, help="of each model call")
    parser.add_argument("--buffer", type=int, default=1, help="finished samples that wait before they are written")
    parser.add_argument("--shared", type=int, help="a copy of the buffer beside the log, brought up to date after so many seconds")
    parser.add_argument("--format", default="eval")
    parser.add_argument("--display", default="none")
    parser.add_argument("--large", type=int, default=0, help="megabytes of each sample's last answer")
    parser.add_argument("--move-logs", help="where the logs are at the end, before the process ends")
    parser.add_argument("--exit-code", type=int, default=0)
    parser.add_argument("--set", action="store_true", help="an eval set of two tasks, one of which fails at first")
    options = parser.parse_args()
    answers = adds(options.calls - 1, last="done" + "\u00e9" * (options.large * 500_000))

    async def script(call: Call) -> Answer:
        print(f"{call.question} call {call.turn}", flush=True)
        await asyncio.sleep(options.seconds)
        return answers(call)

    def task(name: str, fails: int = 0) -> Task:
        dataset = [Sample(id=n, input=f"{name} {n}", target="done") for n in range(1, options.samples + 1)]
        solver = [use_tools(add()), generate(), fail(times=fails, only=[options.samples])]
        return Task(name=name, dataset=dataset, solver=solver, scorer=includes())

    common = {
        "log_dir": options.log_dir,
        "model": fake("live", script),
        "display": options.display,
        "max_samples": options.at_once,
        "log_buffer": options.buffer,
        "log_format": options.format,
    }
    if options.set:
        tasks = [task(options.name, fails=1), task("other")]
        eval_set(tasks, **common, max_tasks=1, retry_attempts=2, retry_wait=0.1, retry_cleanup=False)
    else:
        eval(task(options.name), **common, log_shared=options.shared)
    if options.move_logs:
        shutil.move(options.log_dir, options.move_logs)
    sys.exit(options.exit_code)


if __name__ == "__main__":
    main()

"""Runs scenarios of real Inspect runs: `python generate.py OUTDIR [NAME…]`. See README.md."""

import argparse
import glob
import hashlib
import importlib
import multiprocessing
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from multiprocessing.process import BaseProcess
from pathlib import Path

import recorder
from scenario import Run, Scenario, Skip, not_databases, scenarios

HERE = Path(__file__).parent
SKIPPED = 77
RUNTIME_MODULES = (
    "inspect_ai._control.disconnect",
    "inspect_ai._control.scoring",
    "inspect_ai.agent._acp.server",
    "inspect_ai.agent._acp.transport_live",
    "inspect_ai.hooks._startup",
    "inspect_ai.model._openai_responses",
    "inspect_ai.solver._transcript",
    "fastapi",
    "opentelemetry.propagate",
    "rich.markdown",
    "uvicorn",
)


@dataclass(frozen=True)
class Running:
    name: str
    scenario: Scenario
    scratch: Path
    process: BaseProcess
    started: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("outdir", type=Path, nargs="?")
    parser.add_argument("names", nargs="*", metavar="NAME", help="scenarios to run; all when none is given")
    parser.add_argument("--jobs", type=int, default=2, help="how many run at a time (default 2)")
    parser.add_argument("--places", type=Path, help="folder in which each scenario runs, in one of its name that stays")
    parser.add_argument("--list", action="store_true", help="print the names of all scenarios")
    options = parser.parse_args()
    load_scenarios()
    if options.list:
        print("\n".join(scenarios))
        return 0
    if options.outdir is None:
        parser.error("OUTDIR is missing")
    unknown = [name for name in options.names if name not in scenarios]
    if unknown:
        parser.error(f"no such scenario: {', '.join(unknown)}; there are: {', '.join(scenarios)}")
    outdir: Path = options.outdir.resolve()
    outdir.mkdir(parents=True, exist_ok=True)
    places = options.places and options.places.resolve()
    failed = run_all(options.names or list(scenarios), outdir, options.jobs, places)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def load_scenarios() -> None:
    """A group whose imports this version of Inspect lacks is left out as a whole."""
    for path in sorted((HERE / "scenarios").glob("*.py")):
        try:
            importlib.import_module(f"scenarios.{path.stem}")
        except ImportError as error:
            print(f"skipped   scenarios/{path.name}: {error}")
    preload()


def preload() -> None:
    """What Inspect imports only when it runs, once for all scenarios instead of once for each."""
    for name in RUNTIME_MODULES:
        try:
            importlib.import_module(name)
        except ImportError:
            pass  # another version of Inspect, or a package that this one does without


def run_all(names: list[str], outdir: Path, jobs: int, places: Path | None) -> list[str]:
    waiting = list(reversed(names))
    running: list[Running] = []
    failed: list[str] = []
    while waiting or running:
        while waiting and len(running) < jobs:
            running.append(start(waiting.pop(), places))
        time.sleep(0.05)
        for one in list(running):
            if one.process.is_alive() and time.time() - one.started < one.scenario.timeout:
                continue
            running.remove(one)
            if not finish(one, outdir, stays=places is not None):
                failed.append(one.name)
    return failed


def start(name: str, places: Path | None) -> Running:
    scratch = places / name if places else Path(tempfile.mkdtemp(prefix=f"scenario-{name}-"))
    scratch.mkdir(parents=True, exist_ok=places is None)
    # forked: importing Inspect takes seconds, and nothing of it has run yet in this process
    process = multiprocessing.get_context("fork").Process(target=run_one, args=(name, scratch))
    process.start()
    return Running(name, scenarios[name], scratch, process, time.time())


def run_one(name: str, scratch: Path) -> None:
    os.setsid()
    run = Run(name, scratch)
    work = scratch / "work"
    for folder in (run.log_dir, run.data, work):
        folder.mkdir()
    # what Inspect keeps beside the logs (buffer databases, caches) stays in the scenario's own folder
    os.environ["XDG_DATA_HOME"] = str(run.data)
    for variable in ("XDG_CACHE_HOME", "XDG_STATE_HOME", "INSPECT_CACHE_DIR"):
        os.environ[variable] = str(scratch / variable)
    os.environ["INSPECT_DISPLAY"] = "none"
    os.chdir(work)
    with (scratch / "output.txt").open("w") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    recorder.record_to(run.hooks_file)
    try:
        scenarios[name].run(run)
    except (Skip, ImportError) as reason:
        (scratch / "skipped.txt").write_text(str(reason))
        sys.exit(SKIPPED)
    except BaseException:
        traceback.print_exc()
        sys.exit(1)


def finish(one: Running, outdir: Path, stays: bool) -> bool:
    timed_out = one.process.is_alive()
    if timed_out and one.process.pid is not None:
        # with the processes that it started
        os.killpg(one.process.pid, signal.SIGKILL)
    one.process.join()
    try:
        return report(one, timed_out, outdir)
    finally:
        if not stays:
            shutil.rmtree(one.scratch)


def report(one: Running, timed_out: bool, outdir: Path) -> bool:
    if not timed_out and one.process.exitcode == SKIPPED:
        print(f"skipped   {one.name}: {(one.scratch / 'skipped.txt').read_text()}", flush=True)
    elif timed_out or one.process.exitcode != one.scenario.exit_code:
        why = "took too long" if timed_out else f"exit code {one.process.exitcode}"
        print(f"FAILED    {one.name}: {why}\n{(one.scratch / 'output.txt').read_text()[-3000:]}", flush=True)
        return False
    else:
        deliver(one, outdir)
        print(f"{time.time() - one.started:5.1f} s   {one.name}", flush=True)
    return True


def deliver(one: Running, outdir: Path) -> None:
    """Leaves the hooks beside the log or logs, under the names that README.md says."""
    run = Run(one.name, one.scratch)
    clear(one.name, outdir)
    shutil.copy(run.hooks_file, outdir / f"{one.name}.hooks.jsonl")
    logs = [path for path in run.log_dir.rglob("*.*") if path.suffix in (".eval", ".json")]
    logs = sorted([path for path in logs if path.name not in ("logs.json", "eval-set.json")], key=first_written)
    if one.scenario.folder:
        shutil.copytree(run.log_dir, outdir / one.name)
    elif len(logs) == 1:
        shutil.copy(logs[0], outdir / f"{one.name}{logs[0].suffix}")
    else:
        for number, path in enumerate(logs, 1):
            shutil.copy(path, outdir / f"{one.name}.{number}{path.suffix}")
    if one.scenario.keep_data:
        shutil.copytree(run.data, outdir / f"{one.name}.data", ignore=not_databases)
        name_databases(outdir / f"{one.name}.data", run.log_dir, outdir / one.name)
    if run.moments.exists():
        moments = shutil.copytree(run.moments, outdir / f"{one.name}.moments")
        for data in moments.glob("*.data"):
            name_databases(data, run.log_dir, data.with_suffix(""))


def name_databases(data: Path, log_dir: Path, now: Path) -> None:
    """The databases of a log folder are in one named by its place, which is another now."""
    for folder in data.rglob(place_name(log_dir)):
        folder.rename(folder.with_name(place_name(now)))


def place_name(log_dir: Path) -> str:
    return hashlib.sha256(log_dir.as_uri().encode()).hexdigest()


def clear(name: str, outdir: Path) -> None:
    for path in [outdir / name, *outdir.glob(f"{glob.escape(name)}.*")]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def first_written(path: Path) -> tuple[str, int]:
    # names begin with the time in seconds
    return path.name[:25], path.stat().st_mtime_ns


if __name__ == "__main__":
    sys.exit(main())

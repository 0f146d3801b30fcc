"""Scripts that run evals in ways of their own: `python scripts_of_users.py KIND LOGDIR`."""

import multiprocessing
import sys

from inspect_ai import eval, eval_set
from inspect_ai.hooks import Hooks, hooks
from fake_model import fake
from kinds import fails_once, other, plain


def script(log_dir: str) -> None:
    print("before")
    log = eval(plain(), log_dir=log_dir, display="none")[0]
    print(f"after: {log.status}")


def own_hooks(log_dir: str) -> None:
    async def on_task_end(self: Hooks, data: object) -> None:
        print("a hook of its own")

    hooks(name="own", description="Of the script itself.")(type("Own", (Hooks,), {"on_task_end": on_task_end}))
    eval(plain(), log_dir=log_dir, display="none")


def processes(log_dir: str) -> None:
    """An eval here, and then one in each of two processes, of which one is a copy of this one."""
    script(log_dir)
    for method in ("fork", "spawn"):
        process = multiprocessing.get_context(method).Process(target=script, args=(log_dir,))
        process.start()
        process.join()


def several(log_dir: str) -> None:
    """One run after another, the first of two tasks with two models each."""
    tasks = [plain(), other()]
    for task in tasks:
        task.model = None
    eval(tasks, model=[fake("a", lambda call: "42"), fake("b")], log_dir=log_dir, display="none", max_tasks=4)
    eval(fails_once(), log_dir=log_dir, display="none")
    eval_set([fails_once(), plain()], log_dir=f"{log_dir}/set", display="none", retry_wait=0.1)


def nothing(log_dir: str) -> None:
    print("nothing")


if __name__ == "__main__":
    globals()[sys.argv[1]](sys.argv[2])

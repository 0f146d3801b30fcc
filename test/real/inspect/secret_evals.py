"""
An eval in which secrets are wherever they can be: `python secret_evals.py LOGDIR --api-key SECRET`. Those of the environment
are SOME_TOKEN and ODD_PASSWORD.
"""

import os
import sys

from fake_model import Answer, Call, Fatal, fake, tool_calls
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.scorer import includes
from inspect_ai.solver import generate, use_tools
from inspect_ai.tool import Tool, tool


def main() -> None:
    log_dir, _, of_command = sys.argv[1:4]
    secrets = f"{of_command} {os.environ['SOME_TOKEN']} {os.environ['ODD_PASSWORD']} {os.environ['SHOWN_KEY']}"

    @tool
    def look() -> Tool:
        async def execute(what: str) -> str:
            """Looks something up.

            Args:
                what: What to look up.
            """
            return f"found {what} {secrets}"

        return execute

    def script(call: Call) -> Answer:
        if "3" in call.question:
            raise Fatal(f"no such key: {secrets}")
        if "2" in call.question:
            raise ValueError(f"cannot go on with {secrets}")
        return f"answer {secrets}" if call.turn > 1 else tool_calls(("look", {"what": secrets}))

    samples = [
        Sample(id=n, input=f"question {n} {secrets}", target="answer", metadata={"note": secrets}) for n in (1, 2, 3)
    ]
    task = Task(
        name="secrets",
        dataset=samples,
        solver=[use_tools(look()), generate()],
        scorer=includes(),
        metadata={"note": secrets},
    )
    eval(
        task,
        model=fake("secrets", script),
        model_args={"api_key": of_command},
        log_dir=log_dir,
        display="none",
        fail_on_error=False,
        metadata={"note": secrets},
        tags=[f"tag {secrets}"],
    )


if __name__ == "__main__":
    main()

"""A run of many small samples whose model takes a while to answer, and what it cost: one line of JSON at the very end."""

import argparse
import asyncio
import atexit
import json
import resource
import time
from typing import Any

_started = 0.0
_imported: Any = None


def _report() -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cpu = usage.ru_utime + usage.ru_stime - _imported.ru_utime - _imported.ru_stime
    print(json.dumps({"s": time.monotonic() - _started, "s of CPU": cpu, "MB": usage.ru_maxrss / 1024}), flush=True)


# The first that is registered is called last, after all that hooks have left to do.
atexit.register(_report)

from inspect_ai import Task, eval  # noqa: E402
from inspect_ai.dataset import Sample  # noqa: E402
from inspect_ai.model import (  # noqa: E402
    ChatMessage,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    get_model,
    modelapi,
)
from inspect_ai.scorer import includes  # noqa: E402
from inspect_ai.tool import ToolChoice, ToolInfo  # noqa: E402

_seconds = 0.05


class Slow(ModelAPI):
    async def generate(
        self, input: list[ChatMessage], tools: list[ToolInfo], tool_choice: ToolChoice, config: GenerateConfig
    ) -> ModelOutput:
        await asyncio.sleep(_seconds)
        output = ModelOutput.from_content("slow", "4")
        output.usage = ModelUsage(input_tokens=20, output_tokens=1, total_tokens=21)
        return output


@modelapi(name="slow")
def slow() -> type[ModelAPI]:
    return Slow


def main() -> None:
    global _seconds, _started, _imported
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("log_dir")
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=0.05)
    options = parser.parse_args()
    _seconds = options.seconds
    dataset = [Sample(id=n, input=f"What is {n} + {n}?", target="4") for n in range(1, options.samples + 1)]
    task = Task(name="many", dataset=dataset, scorer=includes())
    model = get_model("slow/model")
    _imported = resource.getrusage(resource.RUSAGE_SELF)
    _started = time.monotonic()
    eval(task, model=model, log_dir=options.log_dir, display="none", max_samples=40, max_connections=20)


if __name__ == "__main__":
    main()

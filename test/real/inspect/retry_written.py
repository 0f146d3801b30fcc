"""Inspect tries a log again that evalspan wrote: `python retry_written.py LOG FOLDER` prints what came of it, as JSON.

The task and the model of the log are here, by their names; the new log goes into FOLDER."""

import json
import sys
from typing import Any

from inspect_ai import Task, eval_retry, task
from inspect_ai.dataset import Sample
from inspect_ai.model import ModelAPI, ModelOutput, modelapi
from inspect_ai.scorer import match


@modelapi(name="fake")
class Fake(ModelAPI):
    async def generate(self, *_: Any, **__: Any) -> ModelOutput:
        return ModelOutput.from_content("m", "four")


@task
def sums() -> Task:
    return Task(dataset=[Sample(id=id, input="2+2?", target="four") for id in (1, 2, 3)], scorer=match())


[log] = eval_retry(sys.argv[1], log_dir=sys.argv[2], display="none")
samples = [[sample.id, sample.uuid, sample.error is None, len(sample.error_retries or [])] for sample in log.samples or []]
print(json.dumps({"status": log.status, "task_id": log.eval.task_id, "samples": samples}))

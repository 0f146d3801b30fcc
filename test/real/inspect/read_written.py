"""What Inspect makes of a log that evalspan wrote: `python read_written.py LOG EXPECTED` prints a JSON object.

EXPECTED has the `samples` that went into the log, as JSON before they were condensed. Each side of a comparison went
through Inspect's own records, which put in what is left out: `read` and `expected` are the samples with all that was
taken out put back, `stored` and `condensed` as they are in the log and as Inspect would have stored them."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import inspect_ai._util.zipfile  # noqa: F401 (reads zstd)
from inspect_ai._util.constants import get_deserializing_context
from inspect_ai._view.common import get_log_file, get_logs
from inspect_ai.log import (
    EvalSample,
    EvalSampleSummary,
    list_eval_logs,
    read_eval_log,
    read_eval_log_sample,
    read_eval_log_sample_summaries,
    resolve_sample_attachments,
)
from inspect_ai.log._condense import condense_sample
from pydantic import BaseModel


def main(path: str, expected_path: str) -> dict[str, Any]:
    expected = [sample_of(record) for record in json.loads(Path(expected_path).read_text())["samples"]]
    log = read_eval_log(path)
    header = read_eval_log(path, header_only=True)
    with ZipFile(path) as archive:
        assert archive.testzip() is None
        stored = [json.loads(archive.read(member_of(sample))) for sample in expected]
    return {
        "listed": [[Path(info.name).name, info.task, info.task_id] for info in list_eval_logs(str(Path(path).parent))],
        "viewed": asyncio.run(view(path)),
        "status": log.status,
        "header": plain(header),
        "read": [plain(resolve_sample_attachments(sample, "full")) for sample in log.samples or []],
        "alone": [plain(resolve_sample_attachments(read_eval_log_sample(path, sample.id, sample.epoch), "full")) for sample in expected],
        "expected": [plain(resolve_sample_attachments(sample, "full")) for sample in expected],
        "stored": [plain(sample_of(record)) for record in stored],
        "condensed": [plain(condense_sample(sample)) for sample in expected],
        "summaries": [plain(summary) for summary in read_eval_log_sample_summaries(path)],
        "expected_summaries": [plain(sample.summary()) for sample in expected],
        "reductions": [plain(reduction) for reduction in log.reductions or []],
    }


async def view(path: str) -> list[Any]:
    """What `inspect view` serves: the logs in the folder, and how many samples this one has."""
    listing = await get_logs(str(Path(path).parent), recursive=True, fs_options={})
    log = json.loads((await get_log_file(path, None)).contents)
    return [[Path(log.name).name for log in listing.files] if listing else [], len(log.get("samples", []))]


def sample_of(record: Any) -> EvalSample:
    return EvalSample.model_validate(record, context=get_deserializing_context())


def member_of(sample: EvalSample) -> str:
    return f"samples/{sample.id}_epoch_{sample.epoch}.json"


def plain(value: EvalSample | EvalSampleSummary | BaseModel) -> Any:
    """Without the attachments that were put back."""
    return value.model_dump(mode="json", exclude_none=True, fallback=lambda _: None)


if __name__ == "__main__":
    json.dump(main(*sys.argv[1:]), sys.stdout)

"""What Inspect makes of a run that was killed, from what it left beside its log: `python describe_running.py LOG` prints a
JSON object. `viewed`: what `inspect view` shows of the samples that are not in the log. `recoverable`: what could be
recovered, and `recovered` where that went."""

import json
import sys
from pathlib import Path
from typing import Any

from inspect_ai._view.fastapi_server import view_server_app
from inspect_ai.log import recover_eval_log, recoverable_eval_logs
from starlette.testclient import TestClient


def main(path: str) -> dict[str, Any]:
    folder = str(Path(path).parent)
    viewed = view(TestClient(view_server_app(default_dir=folder)), path)
    recoverable = [
        [log.flushed_samples, log.completed_samples, log.in_progress_samples, log.total_samples, log.source]
        for log in recoverable_eval_logs(folder)
    ]
    recover_eval_log(path, cleanup=False)
    return {"viewed": viewed, "recoverable": recoverable, "recovered": path.replace(".eval", "-recovered.eval")}


def view(client: TestClient, path: str) -> list[Any]:
    pending = client.get("/pending-samples", params={"log": path}).json()
    return [describe(client, path, summary) for summary in pending["samples"]]


def describe(client: TestClient, path: str, summary: dict[str, Any]) -> dict[str, Any]:
    """A sample with its rows, and how many of them come when those until the middle were seen before."""
    key = {"log": path, "id": str(summary["id"]), "epoch": summary["epoch"]}
    data = client.get("/pending-sample-data", params=key).json()
    middle = data["events"][len(data["events"]) // 2]["id"]
    later = client.get("/pending-sample-data", params={**key, "last-event-id": middle}).json()
    urls = client.get("/pending-sample-data-urls", params=key).json()
    return {
        "id": summary["id"],
        "uuid": summary["uuid"],
        "completed": summary["completed"],
        "events": [[event["event_id"], event["event"]["event"]] for event in data["events"]],
        "later": len(later["events"]),
        "messages": len(data["message_pool"]),
        "segments": [segment["member_name"] for segment in urls["segments"]],
    }


if __name__ == "__main__":
    json.dump(main(*sys.argv[1:]), sys.stdout)

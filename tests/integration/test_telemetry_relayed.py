"""What Microsoft's worker library makes of the desk's lines: records of an invocation, at a level that is relayed.

The host's side of the worker puts a handler on the root logger, sets that to INFO, and sends each record's formatted text with
the invocation it belongs to (azure-functions-python-worker, proxy_worker/dispatcher.py). The library does the rest; it runs here.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import json, logging
from pathlib import Path
from azure.functions.meta import Datum
from azure_functions_runtime.utils.executor import invocation_id_cv
from dev.worker import Worker
from shared import app
from tests.support.desks import Clock, a_desk, taken_in
from dataclasses import replace
from shared.adapters.telemetry import telemetry

class Relay(logging.Handler):
    def emit(self, record):
        print(json.dumps([record.name, record.levelname, invocation_id_cv.get() or "", self.format(record)]))

root = logging.getLogger()
root.setLevel(logging.INFO)
root.addHandler(Relay())
worker = Worker(Path("."))
logging.getLogger("azure.core.pipeline.policies.http_logging_policy").info("Request URL: https://x/desk(RowKey='notice:1')")
desk = replace(a_desk(Clock()), telemetry=telemetry(is_metered=False))
taken_in(desk)
app.install(desk)
sweep = next(function for function in worker.functions if function.name == "sweep")
worker.invoke(sweep, Datum(json.dumps({"IsPastDue": False}), "json"))
worker.close()
"""


def relayed() -> list[tuple[str, str, str, str]]:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [tuple(json.loads(line)) for line in done.stdout.splitlines() if line.startswith("[")]


def test_a_timers_run_is_a_line_of_json_in_a_record_of_its_invocation_and_azure_is_quiet() -> None:
    records = relayed()
    events = [(level, invocation, json.loads(text)) for name, level, invocation, text in records if name == "sportello.telemetry"]
    ran = {
        told["timer"]: (level, invocation, told["outcome"]) for level, invocation, told in events if told["event"] == "timer.ran"
    }
    assert ran.keys() >= {"sweep", "deliver", "publish"}
    assert {(level, outcome) for level, _, outcome in ran.values()} == {("INFO", "ok")}
    [invocation] = {invocation for _, invocation, _ in ran.values()}
    assert len(invocation) == 36, "the host knows which run it belongs to"
    assert [told["way"] for _, _, told in events if told["event"] == "notice.sent"] != []
    assert not [text for name, _, _, text in records if name.startswith("azure") and "RowKey" in text]


def test_host_json_lets_them_through_whole() -> None:
    logging = json.loads((ROOT / "host.json").read_text())["logging"]
    assert logging["logLevel"]["Function"] == "Information", "what the app says"
    assert logging["logLevel"]["Host.Results"] == "Information", "requests"
    assert "Trace" in logging["applicationInsights"]["samplingSettings"]["excludedTypes"].split(";")

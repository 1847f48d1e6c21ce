"""What a cold start costs in CPU, and the app in memory, against importing its three heavy libraries and nothing else."""

import os
import statistics
import subprocess
import sys
from pathlib import Path

Row = tuple[str, str, str, bool]

ROOT = Path(__file__).resolve().parents[2]
LIBRARIES = "import azure.functions, pydantic, azure.data.tables"
RUNS = 9
REQUESTS = 1_000

CPU = """
import time
started = time.process_time()
{}
print(time.process_time() - started)
"""

PEAK = """
# VmHWM, not getrusage: that peak is inherited from whoever started the process.
{}
print(next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""

SERVE = f"""
import dev.bench.serving as serving
serving.serve({REQUESTS})
"""


def rows() -> list[Row]:
    from dev.bench.desks import emulator, environment

    start, libraries = _cpu("import function_app"), _cpu(LIBRARIES)
    with emulator() as connection:
        served = float(_run(PEAK.format(SERVE), environment(connection)))
    alone = float(_run(PEAK.format(LIBRARIES), {}))
    return [
        (
            f"cold start: CPU of importing the app ({start * 1000:.0f} ms) against its libraries ({libraries * 1000:.0f} ms)",
            f"{start / libraries:.2f}x",
            "<= 1.15x",
            start <= 1.15 * libraries,
        ),
        (
            f"peak memory after {REQUESTS:,} requests ({served / 1024:.0f} MB) against the libraries ({alone / 1024:.0f} MB)",
            f"{served / alone:.2f}x",
            "<= 1.5x",
            served <= 1.5 * alone,
        ),
    ]


def _cpu(statement: str) -> float:
    """Seconds of CPU, the median of several processes; the first, which may still compile, does not count."""
    times = [float(_run(CPU.format(statement), {})) for _ in range(RUNS + 1)]
    return statistics.median(times[1:])


def _run(program: str, settings: dict[str, str]) -> str:
    environ = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | settings
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=environ, capture_output=True, text=True, check=True)
    return done.stdout.strip()

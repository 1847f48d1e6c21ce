"""The calculator as a process: it streams, in constant memory, and knows how to stop."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread
from typing import IO

from tests.unit.test_calculate import DUE, OFFICE

COMMAND = [sys.executable, "-m", "shared.proof.calculate"]
PLAIN = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}  # buffered, as it is by default
MEASURED = """
import resource, sys
from shared.proof.calculate import main
status = main()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)
sys.exit(status)
"""


def questions(count: int) -> Iterator[bytes]:
    yield json.dumps(OFFICE).encode() + b"\n"
    for number in range(count):
        start = f"{1990 + number % 200}-0{1 + number % 9}-15T08:{number % 60:02d}:00Z"
        yield json.dumps({**DUE, "id": number, "start": start}).encode() + b"\n"


def peak_kb(count: int) -> int:
    """What the calculator needs for so many questions, all years among them."""
    process = subprocess.Popen(
        [sys.executable, "-c", MEASURED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdin and process.stdout and process.stderr
    feeder = Thread(target=_feed, args=(process.stdin, count))
    feeder.start()
    answered = sum(1 for line in process.stdout if b'"due"' in line)
    feeder.join()
    measured = int(process.stderr.read())
    assert process.wait() == 0 and answered == count
    return measured


def _feed(stdin: IO[bytes], count: int) -> None:
    with stdin:
        stdin.writelines(questions(count))


def test_memory_does_not_grow_with_the_number_of_questions() -> None:
    few, many = peak_kb(2_000), peak_kb(60_000)
    assert many - few < 4_000, f"{few} KB for 2,000 questions, {many} KB for 60,000"


def test_an_answer_comes_before_the_next_question_is_asked() -> None:
    with subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=PLAIN) as process:
        assert process.stdin and process.stdout
        for line in questions(3):
            process.stdin.write(line)
            process.stdin.flush()
            if b"define" not in line:
                assert json.loads(process.stdout.readline())["id"] == json.loads(line)["id"]
        process.stdin.close()
        assert process.wait() == 0


def test_a_reader_that_has_had_enough_is_no_error() -> None:
    process = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=PLAIN)
    assert process.stdin and process.stdout and process.stderr
    process.stdin.writelines(questions(1))
    process.stdin.flush()
    assert process.stdout.readline()
    process.stdout.close()
    with suppress(BrokenPipeError), process.stdin as stdin:
        stdin.writelines(questions(20_000))
    with process.stderr as stderr:
        assert stderr.read() == b""
    assert process.wait() == 0


def test_the_exit_status_tells_whether_any_line_was_wrong() -> None:
    right = b"".join(questions(2))
    for lines, status in ((right, 0), (right + b"nonsense\n" + right, 1), (b"", 0), (b"\n\n", 0)):
        run = subprocess.run(COMMAND, input=lines, capture_output=True)
        assert (run.returncode, run.stderr) == (status, b"")

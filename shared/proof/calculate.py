"""The calculator: questions in, answers out, a JSON object a line. No services, no clock: anybody can recompute any figure.

    make -s calculate < questions.jsonl > answers.jsonl

A line that is wrong gets {"id", "error"} (id null where the line has none), the lines after it are still answered, and the exit
status is 1. Memory does not grow with the number of questions. Source: SEMANTICS 7.
"""

import json
import os
import stat
import sys
from collections.abc import Iterable
from typing import BinaryIO

from shared.domain.errors import InvalidInput
from shared.domain.worktime.promised import shown
from shared.proof.answers import Answer, Calculator, Question

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def main() -> int:
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    try:
        return run(questions, answers, promptly=not _is_file(questions))
    except KeyboardInterrupt:
        return 130


def run(questions: Iterable[bytes], answers: BinaryIO, *, promptly: bool = False) -> int:
    """The exit status. `promptly`: each answer is sent at once, for a questioner who waits for it before asking on.

    When the reader of the answers has had enough and closes the pipe, that is the end, and no error.
    """
    calculator, failed = Calculator(), False
    try:
        for number, line in enumerate(questions, start=1):
            answer = answered(calculator, line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line, number)
            if answer is None:
                continue
            failed = failed or "error" in answer
            answers.write(_written(answer))
            if promptly:
                answers.flush()
        answers.flush()
    except BrokenPipeError:
        _stop_writing(answers)
    return 1 if failed else 0


def answered(calculator: Calculator, line: bytes, number: int) -> Answer | None:
    """The answer to a line; None for a blank line and for a definition that was taken in."""
    if not line.strip():
        return None
    id: object = None
    try:
        question, twice = _question(line, number)
        id = _id(question, number)
        if twice:
            raise InvalidInput(f"Line {number} gives {shown(twice[0])} twice.")
        if "define" in question:
            calculator.define(question)
            return None
        if id is None:
            raise InvalidInput(f'Line {number} has no "id"; every question needs one.')
        return {"id": id, **calculator.answer(question)}
    except InvalidInput as wrong:
        return {"id": id, "error": wrong.detail}


def _question(line: bytes, number: int) -> tuple[Question, list[str]]:
    """The line as an object, and the keys that it gives more than once, at any depth."""
    twice: list[str] = []

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            twice.extend(key for key in found if [name for name, _ in pairs].count(key) > 1)
        return found

    try:
        question = json.loads(line.decode("utf-8").rstrip(), object_pairs_hook=once)
    except (ValueError, RecursionError) as wrong:
        raise InvalidInput(f"Line {number} is not JSON: {_why_not(wrong)}.") from None
    if not isinstance(question, dict):
        raise InvalidInput(f"Line {number} is not a JSON object but {shown(question)}.")
    return question, twice


def _why_not(wrong: Exception) -> str:
    match wrong:
        case json.JSONDecodeError(msg=message, pos=position):
            return f"{message[0].lower()}{message[1:]} at column {position + 1}"
        case UnicodeDecodeError():
            return "it is not UTF-8"
        case RecursionError():
            return "it is nested too deeply"
        case _:
            return "it has a number of too many digits"


def _id(question: Question, number: int) -> object:
    """What the answer is matched by: a string or a whole number, handed back as it came."""
    id = question.get("id")
    if id is not None and (isinstance(id, bool) or not isinstance(id, str | int)):
        raise InvalidInput(f'The "id" of line {number} is a string or a whole number; not {shown(id)}.')
    return id


def _written(answer: Answer) -> bytes:
    """A line. A lone surrogate can be in a JSON string but not in UTF-8: it goes out as the escape that it came in as."""
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def _is_file(stream: BinaryIO) -> bool:
    return stat.S_ISREG(os.fstat(stream.fileno()).st_mode)


def _stop_writing(stream: BinaryIO) -> None:
    """What is still buffered goes nowhere, so that closing the stream at exit does not fail again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    sys.exit(main())

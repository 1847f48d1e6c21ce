"""Microsoft's own worker library, started and asked the way its host does it, without gRPC or protobuf.

The library's entry points want protobuf messages but only read and set their attributes, so plain namespaces serve.
The library keeps its functions in module variables: one app a process.
"""

import asyncio
import json
import sys
import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import azure_functions_runtime as library
from azure.functions.meta import Datum
from azure_functions_runtime.native_invocation import invocation_request_native, run_invocation_sync

from dev.ports import CannotStart


class IndexingFailed(CannotStart):
    """The app cannot be loaded; says what the worker library said."""


class FunctionFailed(Exception):
    """A function raised; the text is the exception's, `trace` its traceback."""

    def __init__(self, text: str, trace: str) -> None:
        super().__init__(text)
        self.trace = trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """An indexed function: its bindings are what function.json would hold."""

    id: str
    name: str
    bindings: Sequence[Mapping[str, Any]]

    @property
    def trigger(self) -> Mapping[str, Any]:
        return next(binding for binding in self.bindings if binding["type"].endswith("Trigger"))


class BindingInfo(SimpleNamespace):
    undefined = 0
    out = 1
    inout = 2


class StatusResult(SimpleNamespace):
    Failure = 0
    Success = 1


MESSAGES = SimpleNamespace(
    BindingInfo=BindingInfo,
    StatusResult=StatusResult,
    FunctionMetadataResponse=SimpleNamespace,
    RpcException=SimpleNamespace,
    RpcFunctionMetadata=SimpleNamespace,
    RpcRetryOptions=SimpleNamespace,
    WorkerInitResponse=SimpleNamespace,
    WorkerMetadata=SimpleNamespace,
)


class Worker:
    """Indexes the app in `folder` and runs its functions; `def` ones on the library's thread pool, `async def` on one loop."""

    def __init__(self, folder: Path) -> None:
        sys.path.insert(0, str(folder))
        self.functions = asyncio.run(_index(folder))
        library.start_threadpool_executor()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="worker-loop", daemon=True)
        self._thread.start()

    def invoke(self, function: Function, trigger: Datum) -> Datum | None:
        """Runs a function on its trigger's input; what it returned, encoded. Raises FunctionFailed."""
        inputs = [(function.trigger["name"], trigger)]
        invocation = str(uuid.uuid4())
        handled, ok, value, _, text, trace = run_invocation_sync(invocation, function.id, inputs, {})
        if not handled:
            running = asyncio.run_coroutine_threadsafe(invocation_request_native(invocation, function.id, inputs, {}), self._loop)
            ok, value, _, text, trace = running.result()
        if not ok:
            raise FunctionFailed(text, trace)
        returned: Datum | None = value
        return returned

    def close(self) -> None:
        """Waits for the functions that are running."""
        library.stop_threadpool_executor()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _index(folder: Path) -> tuple[Function, ...]:
    init = SimpleNamespace(capabilities={}, function_app_directory=str(folder))
    request = SimpleNamespace(
        request=SimpleNamespace(worker_init_request=init), properties={"host": "127.0.0.1", "protos": MESSAGES}
    )
    result = (await library.worker_init_request(request)).result
    if result.status != StatusResult.Success:
        raise IndexingFailed(f"The app in {folder} cannot be loaded. {result.exception.message}\n{result.exception.stack_trace}")
    found = (await library.functions_metadata_request(request)).function_metadata_results
    if not found:
        raise IndexingFailed(f"The app in {folder} cannot be loaded: there are no functions in function_app.py.")
    return tuple(
        Function(id=one.function_id, name=one.name, bindings=tuple(json.loads(raw) for raw in one.raw_bindings)) for one in found
    )

"""The local host with a small app of its own: what the real host does to requests, answers and timers."""

import http.client
import json
import sys
import textwrap
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import requests

from dev.clock import SettableClock
from dev.local_site import app_site
from dev.outbox import Outbox
from dev.ports import CannotStart
from dev.worker import IndexingFailed, Worker

APP = """
    import json
    import azure.functions as func

    app = func.FunctionApp(http_auth_level=func.AuthLevel.ANONYMOUS)
    ticks = []

    @app.route("echo/{name}/{number:int?}")
    def echo(req: func.HttpRequest) -> func.HttpResponse:
        seen = {
            "method": req.method, "url": req.url, "route": dict(req.route_params), "query": dict(req.params),
            "headers": dict(req.headers), "length": len(req.get_body()), "body": req.get_body()[:40].decode("latin-1"),
        }
        return func.HttpResponse(json.dumps(seen), status_code=207, mimetype="application/json", headers={"X-Kept": "yes"})

    @app.route("bytes", methods=["GET", "HEAD"])
    def octets(req: func.HttpRequest) -> func.HttpResponse:
        return func.HttpResponse(bytes(range(256)), mimetype="application/octet-stream")

    @app.route("measured", methods=["GET", "HEAD"])
    def measured(req: func.HttpRequest) -> func.HttpResponse:
        return func.HttpResponse(b"", headers={"Content-Length": "256"})

    @app.route("text", methods=["GET"])
    def text(req: func.HttpRequest) -> str:
        return "perché"

    @app.route("cookies", methods=["GET"])
    def cookies(req: func.HttpRequest) -> func.HttpResponse:
        response = func.HttpResponse(status_code=204)
        response.headers.add("Set-Cookie", "a=1; Path=/; HttpOnly")
        response.headers.add("Set-Cookie", "b=2; Secure")
        return response

    @app.route("async", methods=["GET"])
    async def later(req: func.HttpRequest) -> func.HttpResponse:
        return func.HttpResponse("later")

    @app.route("broken", methods=["GET"])
    def broken(req: func.HttpRequest) -> func.HttpResponse:
        raise RuntimeError("a secret detail")

    @app.route("ticks", methods=["GET"])
    def seen_ticks(req: func.HttpRequest) -> func.HttpResponse:
        return func.HttpResponse(json.dumps(ticks))

    @app.timer_trigger(arg_name="timer", schedule="0 0 0 1 1 *")
    def yearly(timer: func.TimerRequest) -> None:
        ticks.append(["yearly", timer.past_due])

    @app.timer_trigger(arg_name="timer", schedule="0 0 0 1 * *")
    def monthly(timer: func.TimerRequest) -> None:
        ticks.append(["monthly", timer.past_due])

    @app.timer_trigger(arg_name="timer", schedule="0 0 0 1 6 *")
    def failing(timer: func.TimerRequest) -> None:
        raise RuntimeError("out of order")
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = app_folder(tmp_path_factory.mktemp("app"), APP)
    clock = SettableClock()
    clock.set(datetime.fromisoformat("2026-08-07T09:00:00+02:00"))
    with app_site(folder, clock, Outbox(), order=["monthly", "yearly"]) as url:
        yield url
    forget_app(folder)


def app_folder(folder: Path, text: str, prefix: str = "v1") -> Path:
    (folder / "function_app.py").write_text(textwrap.dedent(text), encoding="utf-8")
    (folder / "host.json").write_text(json.dumps({"version": "2.0", "extensions": {"http": {"routePrefix": prefix}}}))
    sys.modules.pop("function_app", None)
    return folder


def forget_app(folder: Path) -> None:
    """A worker has one app for life; the next test has another."""
    sys.modules.pop("function_app", None)
    sys.path.remove(str(folder))


def test_a_function_sees_the_request_as_the_real_host_hands_it_over(url: str) -> None:
    answer = requests.post(
        f"{url}/v1/echo/Z%C3%BCrich/7?tag=a&tag=b&empty=&q=%26", data=b"\x00\xff body", headers={"X-Mixed-Case": "Yes"}, timeout=5
    )
    seen = answer.json()
    assert answer.status_code == 207
    assert answer.headers["X-Kept"] == "yes"
    assert answer.headers["Content-Type"] == "application/json"
    assert seen["method"] == "POST"
    assert seen["url"].startswith(f"{url}/v1/echo/")
    assert seen["route"] == {"name": "Zürich", "number": "7"}
    assert seen["query"] == {"tag": "a,b", "empty": "", "q": "&"}
    assert seen["headers"]["x-mixed-case"] == "Yes" and "X-Mixed-Case" not in seen["headers"]
    assert seen["body"] == "\x00\xff body"


def test_any_method_reaches_a_function_that_names_none(url: str) -> None:
    for method in ("GET", "PUT", "PATCH", "DELETE", "OPTIONS"):
        assert requests.request(method, f"{url}/v1/echo/x", timeout=5).json()["method"] == method


def test_a_wrong_method_is_404_with_an_empty_body(url: str) -> None:
    for method in ("POST", "OPTIONS"):
        answer = requests.request(method, f"{url}/v1/bytes", timeout=5)
        assert (answer.status_code, answer.content) == (404, b"")
    assert requests.head(f"{url}/v1/text", timeout=5).status_code == 404


def test_without_the_prefix_there_is_nothing(url: str) -> None:
    assert requests.get(f"{url}/bytes", timeout=5).status_code == 404
    assert requests.get(f"{url}/api/bytes", timeout=5).status_code == 404


def test_binary_bodies_come_back_unchanged(url: str) -> None:
    answer = requests.get(f"{url}/v1/bytes", timeout=5)
    assert answer.content == bytes(range(256))
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_head_has_the_headers_and_no_body(url: str) -> None:
    for path in ("bytes", "measured"):
        answer = requests.head(f"{url}/v1/{path}", timeout=5)
        assert (answer.status_code, answer.headers["Content-Length"], answer.content) == (200, "256", b""), path


def test_a_function_may_return_text_alone(url: str) -> None:
    answer = requests.get(f"{url}/v1/text", timeout=5)
    assert (answer.status_code, answer.text, answer.headers["Content-Type"]) == (200, "perché", "text/plain; charset=utf-8")


def test_every_cookie_has_a_header_of_its_own(url: str) -> None:
    answer = requests.get(f"{url}/v1/cookies", timeout=5)
    assert answer.status_code == 204
    assert answer.raw.headers.getlist("Set-Cookie") == ["a=1; HttpOnly; Path=/", "b=2; Secure"]


def test_async_functions_run_too(url: str) -> None:
    assert requests.get(f"{url}/v1/async", timeout=5).text == "later"


def test_an_unhandled_exception_is_a_bare_500(url: str) -> None:
    answer = requests.get(f"{url}/v1/broken", timeout=5)
    assert (answer.status_code, answer.content) == (500, b"")


def test_large_bodies_reach_the_app_up_to_the_real_hosts_limit(url: str) -> None:
    assert requests.post(f"{url}/v1/echo/large", data=b"x" * 5_000_000, timeout=10).json()["length"] == 5_000_000
    host, port = url.removeprefix("http://").split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=5)
    connection.putrequest("POST", "/v1/echo/larger")
    connection.putheader("Content-Length", str(100 * 1024 * 1024 + 1))
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


def test_a_chunked_body_reaches_the_app_whole(url: str) -> None:
    chunks = (b"a" * 1000 for _ in range(3))
    assert requests.post(f"{url}/v1/echo/chunked", data=chunks, timeout=5).json()["length"] == 3000


def test_timers_ran_once_at_start_in_the_order_given_and_can_be_fired_by_hand(url: str) -> None:
    assert requests.get(f"{url}/v1/ticks", timeout=5).json()[:2] == [["monthly", True], ["yearly", True]]
    before = len(requests.get(f"{url}/v1/ticks", timeout=5).json())
    assert requests.post(f"{url}/admin/functions/yearly", json={"input": ""}, timeout=5).status_code == 202
    assert requests.get(f"{url}/v1/ticks", timeout=5).json()[before:] == [["yearly", False]]


def test_a_timer_that_fails_when_fired_by_hand_says_so(url: str) -> None:
    answer = requests.post(f"{url}/admin/functions/failing", timeout=5)
    assert answer.status_code == 500
    assert "out of order" in answer.json()["detail"]


def test_only_timers_can_be_fired_and_only_by_post(url: str) -> None:
    assert requests.post(f"{url}/admin/functions/echo", timeout=5).status_code == 404
    assert requests.get(f"{url}/admin/functions/yearly", timeout=5).status_code == 405


def test_the_clock_is_read_set_and_stepped_and_timers_have_caught_up_when_it_answers(url: str) -> None:
    clock = f"{url}/dev/clock"
    assert requests.put(clock, data="2026-08-24T09:00:00+02:00", timeout=5).json()["now"].startswith("2026-08-24T07:00:00")
    before = len(requests.get(f"{url}/v1/ticks", timeout=5).json())
    assert requests.put(clock, json="+2w", timeout=5).json()["now"].startswith("2026-09-07T07:00:0")
    assert requests.get(f"{url}/v1/ticks", timeout=5).json()[before:] == [["monthly", False]]
    assert requests.put(clock, json={"now": "2026-10-01T00:00:00Z"}, timeout=5).json()["now"].startswith("2026-10-01T00:00:00")
    assert requests.put(clock, json={"set": "+4h"}, timeout=5).json()["now"].startswith("2026-10-01T04:00:0")
    assert requests.get(clock, timeout=5).json()["now"].startswith("2026-10-01T04:00:0")
    assert requests.delete(clock, timeout=5).json()["offset_s"] == 0


@pytest.mark.parametrize("body", ["", "soon", "4", "null", '{"at": "+4h"}', "2026-08-24T09:00:00", "\xff"])
def test_a_clock_set_to_nonsense_says_what_would_be_right(url: str, body: str) -> None:
    answer = requests.put(f"{url}/dev/clock", data=body.encode("latin-1"), timeout=5)
    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert "+4h" in answer.json()["detail"]


def test_the_site_listens_on_the_loopback_interface_only(url: str) -> None:
    assert url.startswith("http://127.0.0.1:")


def test_an_app_that_cannot_be_loaded_says_why(tmp_path: Path) -> None:
    folder = app_folder(tmp_path, "import no_such_module")
    with pytest.raises(IndexingFailed, match="no_such_module"):
        Worker(folder)
    forget_app(folder)


def test_a_folder_without_an_app_says_so(tmp_path: Path) -> None:
    with pytest.raises(CannotStart, match=r"function_app\.py"):
        Worker(tmp_path)
    forget_app(tmp_path)

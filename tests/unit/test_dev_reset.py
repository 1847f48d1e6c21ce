"""`make reset` clears the local data, but never under a run that uses it."""

from pathlib import Path

import pytest

from dev import reset
from dev.folder import held


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    monkeypatch.setattr(reset, "DATA", folder)
    with held(folder):
        (folder / "outbox.jsonl").write_text("")
    return folder


def test_reset_clears_the_data(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert reset.main() == 0
    assert not data.exists()
    assert "Cleared" in capsys.readouterr().out
    assert reset.main() == 0, "clearing nothing is no error"


def test_reset_refuses_while_a_run_holds_the_data(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with held(data):
        assert reset.main() == 1
    assert (data / "outbox.jsonl").exists()
    assert "stop that one first" in capsys.readouterr().err

"""The folder of the local run: data of another layout is not touched, and says what to do."""

from pathlib import Path

import pytest

from dev.folder import LAYOUT, check_layout, held
from dev.ports import CannotStart


def test_a_new_folder_takes_the_present_layout_and_keeps_it(tmp_path: Path) -> None:
    for _ in range(2):
        with held(tmp_path / "data") as folder:
            check_layout(folder)
            (folder / "outbox.jsonl").touch()
    assert (tmp_path / "data" / "layout").read_text() == LAYOUT


@pytest.mark.parametrize("mark", [None, "1", "99"])
def test_data_of_another_layout_is_left_alone_and_says_how_to_begin_anew(tmp_path: Path, mark: str | None) -> None:
    (tmp_path / "azurite").mkdir()
    if mark is not None:
        (tmp_path / "layout").write_text(mark)
    with pytest.raises(CannotStart, match="make reset"):
        check_layout(tmp_path)
    assert (tmp_path / "azurite").exists()

"""`make reset`: clears the local data, unless a run holds it."""

import shutil
import sys

from dev.folder import DATA, held
from dev.ports import CannotStart


def main() -> int:
    try:
        with held(DATA):
            shutil.rmtree(DATA)
    except CannotStart as error:
        print(error, file=sys.stderr)
        return 1
    print("Cleared the local data: tickets, mail and clock. The next `make run` loads the demo again.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

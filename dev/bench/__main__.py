"""`make bench`: every figure the project promises, measured now, its bound beside it. Ratios in one run: machines are noisy.

Exits 1 when a bound does not hold. `make bench ARGS="sweep intake"` measures only those.
"""

import sys
from collections.abc import Callable, Mapping

from dev.bench import engine, evidence, footprint, intake, lists, status, sweep, watch

Row = tuple[str, str, str, bool]
"""What was measured, the figure, the bound, and whether it holds."""

BENCHES: Mapping[str, Callable[[], list[Row]]] = {
    "engine": engine.rows,
    "sweep": sweep.rows,
    "lists": lists.rows,
    "intake": intake.rows,
    "evidence": evidence.rows,
    "watch": watch.rows,
    "status": status.rows,
    "footprint": footprint.rows,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"There is no bench {unknown[0]!r}; there are: {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    holds = True
    for name in names or BENCHES:
        print(f"\n{name}", flush=True)
        for what, figure, bound, is_ok in BENCHES[name]():
            print(f"  {'ok  ' if is_ok else 'MISS'}  {what:<74} {figure:>22}   {bound}", flush=True)
            holds = holds and is_ok
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

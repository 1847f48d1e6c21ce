"""`make cost`: the bill of a simulated month, and what a ticket costs. Exits 1 when the desk costs 5 EUR or more without mail."""

import argparse
import copy
import gc
import logging
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dev.cost.bill import DESK, MAIL, OFTEN, TOGETHER, WATCH, Line, bill, prices, total
from dev.cost.month import Run, Usage, simulate
from dev.cost.pace import Pace

GOAL_EUR = 5.0


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m dev.cost", description="What a month costs.")
    parser.add_argument("--tickets", type=_number, default=1000, help="requests in the month; a tenth of a second each (1000)")
    parser.add_argument("--services", type=_number, default=20, help="services that are watched (20)")
    given = parser.parse_args(arguments)
    logging.disable(logging.ERROR)
    usage, paid = simulate(tickets=given.tickets, services=given.services, pace=Pace()), prices()
    lines, euros = bill(usage, paid), float(paid["eur_per_usd"])
    print(f"A month of {usage.days} days, {usage.tickets:,} tickets, {given.services} services.")
    print(f"Prices read on {paid['read_on']} at second hand, {paid['region']}: check them (dev/cost/prices.toml).")
    for section in (DESK, MAIL, WATCH):
        print(f"\n{section}")
        for line in lines:
            if line.section == section:
                print(_row(line, euros))
        print(f"  {'':<28}{'':>26}{total(lines, section) * euros:>10.2f} EUR")
    desk, whole = total(lines, DESK) * euros, total(lines, DESK, MAIL, WATCH) * euros
    print(f"\nall together {whole:.2f} EUR{_each(usage.tickets, whole, desk)}")
    print(f"the desk without mail: {desk:.2f} EUR, {'below' if desk < GOAL_EUR else 'NOT below'} the goal of {GOAL_EUR:.2f} EUR")
    print(_instead(usage, paid))
    return 0 if desk < GOAL_EUR else 1


def _number(text: str) -> int:
    if not text.removeprefix("-").isdecimal():
        raise argparse.ArgumentTypeError(f"a whole number, not {text}")
    if text.startswith("-"):
        raise argparse.ArgumentTypeError(f"0 or more, not {text}")
    return int(text)


def _each(tickets: int, whole: float, desk: float) -> str:
    return f"; a ticket {whole / tickets:.4f} EUR, the desk alone {desk / tickets:.4f} EUR" if tickets else ""


def _row(line: Line, euros: float) -> str:
    free = f"{line.free:,.0f} free" if line.free else ""
    return f"  {line.what:<28}{line.quantity:>13,.2f}{free:>13}{line.cost * euros:>10.2f} EUR"


def _instead(usage: Usage, paid: Mapping[str, Any]) -> str:
    """What the desk would cost with fewer timers, with more, or on smaller instances."""
    small = copy.deepcopy(dict(paid))
    small["functions"]["instance_gb"] = 0.5
    minutes = usage.days * 24 * 60
    everything = [name for name in usage.executions if name != "http"]
    others = {
        "with `judge` in the timer of `probe`": bill(_together(usage, "probe", ["probe", "judge"], minutes), paid),
        "with all timers in one function": bill(_together(usage, TOGETHER, everything, minutes), paid),
        "with mail and webhooks every 20 s, in timers of their own": bill(_more(usage, OFTEN, 6 * minutes), paid),
        "on instances of 512 MB": bill(usage, small),
    }
    euros = float(paid["eur_per_usd"])
    return "\n".join(f"  {what:<60}{total(lines, DESK) * euros:>8.2f} EUR" for what, lines in others.items())


def _together(usage: Usage, name: str, timers: Sequence[str], number: int) -> Usage:
    """The same work in so many runs of one timer, as evenly as can be: what is asked of the storage is left as it is."""
    theirs = [(run, times) for run, times in usage.runs.items() if run.name in timers]
    requests, mails = sum(run.requests * n for run, n in theirs), sum(run.mails * n for run, n in theirs)
    others = Counter({run: times for run, times in usage.runs.items() if run.name not in timers})
    return replace(usage, runs=others + Counter({Run(name=name, requests=requests / number, mails=mails / number): number}))


def _more(usage: Usage, name: str, number: int) -> Usage:
    """So many runs besides, each of which finds nothing to do."""
    return replace(usage, runs=usage.runs + Counter({Run(name=name, requests=1): number}))


if __name__ == "__main__":
    gc.disable()  # a tenth of the time; there is nothing to collect
    sys.exit(main(sys.argv[1:]))

import gc
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import process_time

Work = Callable[[], object]
Clock = Callable[[], float]


@dataclass(frozen=True)
class Figure:
    """`measured` may be at most `limit`. `beside` says how large what was measured is."""

    name: str
    measured: float
    limit: float
    unit: str
    beside: str

    @property
    def holds(self) -> bool:
        return self.measured <= self.limit

    def __str__(self) -> str:
        measured, limit = f"{self.measured:.2f} {self.unit}", f"{self.limit:g} {self.unit}"
        return f"{self.name:<34} {measured:>10} {limit:>8}  {'ok  ' if self.holds else 'MISS'}  {self.beside}"


def ratio(
    name: str,
    limit: float,
    beside: str,
    ours: Work,
    bare: Work,
    *,
    times: int = 5,
    rounds: int = 9,
    clock: Clock = process_time,
) -> Figure:
    """How many times the time of `bare` that `ours` takes: the median of rounds that take turns.

    It is our own CPU time, which other work on the machine changes least; or by another clock the time that passes,
    where much of it is the database's or the disk's.
    """
    ours()
    bare()
    pairs = [(spent(ours, times, clock), spent(bare, times, clock)) for _ in range(rounds)]
    milliseconds = [1000 * median(side) / times for side in zip(*pairs, strict=True)]
    of = " of CPU" if clock is process_time else ""
    beside = f"{beside}; {milliseconds[0]:.2f} ms and {milliseconds[1]:.2f} ms{of}"
    return Figure(name, median(left / right for left, right in pairs), limit, "×", beside)


def spent(work: Work, times: int, clock: Clock = process_time) -> float:
    """Seconds."""
    # What one side leaves behind is not cleaned up on the other's time.
    gc.collect()
    began = clock()
    for _ in range(times):
        work()
    return clock() - began

"""Whether what clients saw of accounts can have happened one after the other.

A history is a list of operations on one account, whose state is its password, or None before it is
registered:

    register new          None becomes `new`
    change old new        `old` becomes `new`
    right password        a sign-in with it succeeded: it was the state
    wrong password        a sign-in with it was refused: it was not

Each takes effect at one moment between its begin and its end (Herlihy and Wing, "Linearizability", 1990). A
change whose answer is unknown may take effect at any moment after its begin, or never. A node answers
sign-ins from what it has committed and may be behind by its lease: they may see what was so up to `STALE`
seconds before their begin, unless they are said to be fresh.
"""
from __future__ import annotations

import math
from dataclasses import dataclass

STALE = 15.0  # seconds; the lease (DESIGN.md §7)


@dataclass(frozen=True)
class Operation:
    begin: float
    end: float  # math.inf: unknown whether and when
    kind: str
    old: str | None = None
    new: str | None = None
    fresh: bool = False

    @property
    def earliest(self) -> float:
        return self.begin - STALE if self.is_sign_in and not self.fresh else self.begin

    @property
    def is_sign_in(self) -> bool:
        return self.kind in ("right", "wrong")

    def after(self, state: str | None) -> tuple[bool, str | None]:
        """Whether it can happen in this state, and the state then."""
        if self.kind == "register":
            return state is None, self.new
        if self.kind == "change":
            return state == self.old, self.new
        return (state == self.old) == (self.kind == "right"), state


def is_linearizable(history: list[Operation]) -> bool:
    """Wing and Gong's search. A sign-in changes nothing and is taken as soon as it fits."""
    operations = sorted(history, key=lambda operation: operation.earliest)
    everything = frozenset(range(len(operations)))
    seen: set[tuple[frozenset[int], str | None]] = set()
    todo: list[tuple[frozenset[int], str | None]] = [(everything, None)]
    while todo:
        left, state = todo.pop()
        left, candidates = take_sign_ins(operations, left, state)
        if all(math.isinf(operations[index].end) for index in left):
            return True
        if (left, state) in seen:
            continue
        seen.add((left, state))
        for index in candidates:
            fits, after = operations[index].after(state)
            if fits and not operations[index].is_sign_in:
                todo.append((left - {index}, after))
    return False


def take_sign_ins(operations: list[Operation], left: frozenset[int],
                  state: str | None) -> tuple[frozenset[int], list[int]]:
    """What is left when all sign-ins that fit now are taken, and what may come next."""
    while True:
        bound = min((operations[index].end for index in left), default=math.inf)
        candidates = [index for index in left if operations[index].earliest <= bound]
        fitting = {index for index in candidates
                   if operations[index].is_sign_in and operations[index].after(state)[0]}
        if not fitting:
            return left, candidates
        left -= fitting


def check_the_checker() -> None:
    """A check that cannot fail is none: histories that can have happened, and that cannot."""
    def register(begin, end, new):
        return Operation(begin, end, "register", None, new)

    def change(begin, end, old, new):
        return Operation(begin, end, "change", old, new)

    def right(begin, end, password, fresh=True):
        return Operation(begin, end, "right", password, None, fresh)

    def wrong(begin, end, password, fresh=True):
        return Operation(begin, end, "wrong", password, None, fresh)

    possible = {
        "one after the other": [register(0, 1, "a"), right(2, 3, "a"), change(4, 5, "a", "b"),
                                right(6, 7, "b")],
        "while it changes, both": [register(0, 1, "a"), change(2, 9, "a", "b"), right(3, 4, "a"),
                                   right(5, 6, "b")],
        "unknown and done": [register(0, 1, "a"), change(2, math.inf, "a", "b"), right(3, 4, "b")],
        "unknown and not done": [register(0, 1, "a"), change(2, math.inf, "a", "b"), right(30, 31, "a")],
        "unknown and done late": [register(0, 1, "a"), change(2, math.inf, "a", "b"), right(30, 31, "a"),
                                  right(40, 41, "b")],
        "behind by less than the lease": [register(0, 1, "a"), change(20, 21, "a", "b"),
                                          right(35, 36, "a", False)],
        "two changes at once, one known": [register(0, 1, "a"), change(2, 5, "a", "b"),
                                           change(2, math.inf, "b", "c"), right(6, 7, "c")],
        "not there yet": [wrong(0, 1, "a"), register(0, 2, "a"), right(3, 4, "a")],
    }
    impossible = {
        "registered twice": [register(0, 1, "a"), register(2, 3, "b")],
        "lost": [register(0, 1, "a"), wrong(2, 3, "a")],
        "a change that is lost": [register(0, 1, "a"), change(2, 3, "a", "b"), right(4, 5, "a")],
        "two changes of one password": [register(0, 1, "a"), change(2, 5, "a", "b"), change(2, 5, "a", "c")],
        "back and forth": [register(0, 1, "a"), change(2, 9, "a", "b"), right(3, 4, "b"), right(5, 6, "a")],
        "behind by more than the lease": [register(0, 1, "a"), change(20, 21, "a", "b"),
                                          right(37, 38, "a", False)],
        "from nowhere": [register(0, 1, "a"), right(2, 3, "b")],
        "before it was registered": [right(0, 1, "a"), register(2, 3, "a")],
    }
    for name, history in possible.items():
        assert is_linearizable(history), f"the checker refuses: {name}"
    for name, history in impossible.items():
        assert not is_linearizable(history), f"the checker accepts: {name}"

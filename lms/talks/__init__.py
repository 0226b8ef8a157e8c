"""The development talk, and the individual plan that comes of it.

A *talk* is set to a day between a person and their manager. Before it each of the two *prepares*, in words that
nobody else reads, not even the other. A *goal* is proposed by one of them and agreed to by the other; only then is
it part of the person's *plan*. What was agreed is never changed: another goal takes its place, if both agree on that
as well. The two *follow up* until the goal is reached or dropped.

None of this is in statements: it is what two people have said to each other, and no level is told from it. How far a
goal has come is read from levels, as they stand. Proposals are between the two; a manager who comes later sees only
what was agreed, and nobody else sees anything.
"""

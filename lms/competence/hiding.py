"""Which figures of small groups must be hidden, and which others so that the first cannot be worked out.

Counts are of groups (units or partners) by role profile, since the map can be filtered by either. A figure
is hidden when it rests on 1 to k − 1 people; so is whatever would give it away by subtraction. (Primary and
secondary suppression, as Eurostat and Statistics Sweden say, in a form that hides rather too much.)
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping

# (group, profile); None stands for all groups or all profiles.
Place = tuple[Hashable, Hashable]


def hidden(counts: Mapping[Place, int], k: int) -> frozenset[Place]:
    """The places that must not be shown, sums included."""
    groups: dict[Hashable, dict[Hashable, int]] = defaultdict(dict)
    for (group, profile), count in counts.items():
        if count:
            groups[group][profile] = count
    sums = {group: sum(its.values()) for group, its in groups.items()}
    secret: set[Place] = {(group, None) for group in _too_telling(sums, k)}
    closed = {group for group, its in groups.items() if (group, None) in secret or min(its.values()) < k}
    secret |= {(group, profile) for group in closed for profile in groups[group]}
    total = sum(sums.values())
    if 0 < total < k:
        secret.add((None, None))
    if 0 < total < k or not _adds_up_safely([groups[group] for group in closed], k):
        secret |= {(None, profile) for its in groups.values() for profile in its}
    return frozenset(secret)


def _too_telling(sums: Mapping[Hashable, int], k: int) -> set[Hashable]:
    """Groups that are too small, and the next smallest until they are two and rest on k people together."""
    by_size = sorted(sums, key=lambda group: sums[group])
    out = [group for group in by_size if sums[group] < k]
    left = by_size[len(out) :]
    while out and left and (len(out) < 2 or sum(sums[group] for group in out) < k):
        out.append(left.pop(0))
    return set(out)


def _adds_up_safely(closed: Iterable[Mapping[Hashable, int]], k: int) -> bool:
    """Whether sums by profile, less the groups that are shown, say nothing about those that are closed."""
    by_profile: dict[Hashable, list[int]] = defaultdict(list)
    for its in closed:
        for profile, count in its.items():
            by_profile[profile].append(count)
    return all(len(counts) > 1 and sum(counts) >= k for counts in by_profile.values())

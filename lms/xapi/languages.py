"""Which of several languages someone is shown.

“The LRS MUST apply the "Accept-Language" header as described in RFC 2616 (HTTP 1.1), except that this logic MUST
be applied to each language map individually” (Communication 2.1.3). Where no language is accepted in that sense
one must be returned all the same: then what a range falls back to (RFC 4647, 3.4), and then the first that was not
refused.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

# Language ranges and how much each is wanted, from 0 to 1, as in Accept-Language.
Wanted = Sequence[tuple[str, float]]


def one(languages: Mapping[str, str], wanted: Wanted) -> dict[str, str]:
    """The language map with the language that is wanted most."""
    if len(languages) < 2:
        return dict(languages)
    tag = chosen(list(languages), wanted)
    return {tag: languages[tag]}


def chosen(tags: Sequence[str], wanted: Wanted) -> str:
    ranges = [(wish.lower(), quality) for wish, quality in wanted]
    ranked = [(_rank(tag.lower(), ranges), tag) for tag in tags]
    best, accepted = max(ranked, key=lambda pair: pair[0])
    if best[0] > 0:
        return accepted
    return _fallback(tags, ranges) or next((tag for tag in tags if not _is_refused(tag, ranges)), tags[0])


def _rank(tag: str, ranges: Wanted) -> tuple[float, int, bool]:
    """RFC 2616, 14.4: a range matches the tag that it equals and those that go on after it with a “-”; the
    longest range that matches counts, and “*” stands for what no other range matches. Among equals the first in
    the header is best, and of the tags that it matches the one that says no more than it."""
    matching = [
        (len(wish), quality, -place, wish == tag)
        for place, (wish, quality) in enumerate(ranges)
        if _matches(wish, tag) or wish == "*"
    ]
    _, quality, place, is_exact = max(matching, key=_length, default=(0, 0.0, 0, False))
    return quality, place, is_exact


def _length(match: tuple[int, float, int, bool]) -> tuple[int, bool]:
    # A range of one letter that is not “*” does not exist.
    return match[0], match[3]


def _fallback(tags: Iterable[str], ranges: Wanted) -> str | None:
    """RFC 4647, 3.4: a range that nothing matches is made shorter from the end, until something does."""
    for wish, quality in ranges:
        for shorter in _shortened(wish) if quality > 0 else ():
            found = [tag for tag in tags if _matches(shorter, tag.lower()) and not _is_refused(tag, ranges)]
            if found:
                return min(found, key=lambda tag: tag.lower() != shorter)
    return None


def _shortened(wish: str) -> Iterator[str]:
    parts = wish.split("-")
    while len(parts) > 1:
        parts.pop()
        # What follows a single letter belongs to it.
        if len(parts[-1]) == 1 and len(parts) > 1:
            parts.pop()
        yield "-".join(parts)


def _is_refused(tag: str, ranges: Wanted) -> bool:
    return any(quality == 0 and _matches(wish, tag.lower()) for wish, quality in ranges)


def _matches(wish: str, tag: str) -> bool:
    return tag == wish or tag.startswith(f"{wish}-")

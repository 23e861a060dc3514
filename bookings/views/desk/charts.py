"""Charts as drawings on a grid of whole numbers: what a template needs to place each mark.

A chart never stands alone: its table beside it says the same, and `words` sums it up for who cannot see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 640
LONGEST_LABEL = 22

# Bars: label, track, value, from left to right
ROW, TRACK_AT, TRACK = 30, 178, 380
# Columns: the plot, above it room for a value, below it the labels
PLOT_TOP, PLOT_HEIGHT, PLOT_LEFT = 18, 150, 46
MOST_LABELS, MOST_VALUES = 9, 16


@dataclass(frozen=True)
class Bar:
    label: str
    full_label: str
    value: str
    width: int
    more_at: int
    more: int
    y: int
    text_y: int


@dataclass(frozen=True)
class Bars:
    code: str
    title: str
    words: str
    legend: Sequence[str]
    bars: Sequence[Bar]
    height: int
    track_at: int = TRACK_AT
    track: int = TRACK


def bars(
    code: str, title: str, words: str, rows: Sequence[tuple[str, str, float, float]], *, whole: float = 0,
    legend: Sequence[str] = (),
) -> Bars:  # fmt: skip
    """Lying bars of (label, value in words, size, more of another kind); `whole` is a full track."""
    full = whole or max((size + more for _, _, size, more in rows), default=0) or 1
    drawn = [_bar(place, row, full) for place, row in enumerate(rows)]
    return Bars(code, title, words, legend, drawn, height=ROW * len(drawn) + 4)


def _bar(place: int, row: tuple[str, str, float, float], full: float) -> Bar:
    label, value, size, more = row
    width = _part(size, full, TRACK)
    at = ROW * place
    return Bar(
        label=_short(label),
        full_label=label,
        value=value,
        width=width,
        more_at=TRACK_AT + width,
        more=min(_part(more, full, TRACK), TRACK - width),
        y=at + 6,
        text_y=at + 20,
    )


def _part(size: float, full: float, room: int) -> int:
    """What is there at all is seen: at least two units."""
    return min(room, max(2, round(room * size / full))) if size else 0


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"


@dataclass(frozen=True)
class Mark:
    kind: str
    x: int
    y: int
    width: int
    height: int
    value: str
    value_x: int
    value_y: int
    label: str


@dataclass(frozen=True)
class Label:
    x: int
    text: str


@dataclass(frozen=True)
class Tick:
    y: int
    text_y: int
    text: str


@dataclass(frozen=True)
class Columns:
    code: str
    title: str
    words: str
    legend: Sequence[tuple[str, str]]  # (kind of mark, words)
    marks: Sequence[Mark]
    labels: Sequence[Label]
    ticks: Sequence[Tick]
    height: int = PLOT_TOP + PLOT_HEIGHT + 26
    left: int = PLOT_LEFT
    base: int = PLOT_TOP + PLOT_HEIGHT
    label_y: int = PLOT_TOP + PLOT_HEIGHT + 18


def columns(
    code: str, title: str, words: str, labels: Sequence[str],
    series: Sequence[tuple[str, str, Sequence[float | None]]],
) -> Columns:  # fmt: skip
    """Standing columns of shares, a group for each label; `series`: (kind, words, a share or None each)."""
    top = _scale([share for _, _, shares in series for share in shares if share is not None])
    step = (WIDTH - PLOT_LEFT) / max(1, len(labels))
    every = -(-len(labels) // MOST_LABELS)
    return Columns(
        code=code,
        title=title,
        words=words,
        legend=[(kind, said) for kind, said, _ in series] if len(series) > 1 else [],
        marks=[mark for place in range(len(labels)) for mark in _group(place, labels, series, step, top)],
        labels=[
            Label(PLOT_LEFT + round(step * (place + 0.5)), text)
            for place, text in enumerate(labels)
            if place % every == 0
        ],
        ticks=[_tick(share, top) for share in (0, top / 2, top)],
    )


def _scale(shares: Sequence[float]) -> float:
    """A round share that all fit under; more than the whole is drawn as the whole, and its number is said."""
    highest = max(shares, default=0)
    return next((top for top in (0.1, 0.2, 0.5) if highest <= top), 1.0)


def _group(place: int, labels, series, step: float, top: float) -> list[Mark]:
    width = min(44, int(step * 0.8 / len(series)))
    left = PLOT_LEFT + step * (place + 0.5) - width * len(series) / 2
    marks = []
    for number, (kind, said, shares) in enumerate(series):
        share, x = shares[place], round(left + number * width)
        if share is not None:
            height = _part(share, top, PLOT_HEIGHT)
            y = PLOT_TOP + PLOT_HEIGHT - height
            value = percent(share) if len(labels) * len(series) <= MOST_VALUES else ""
            full = (
                f"{labels[place]}, {said}: {percent(share)}" if said else f"{labels[place]}: {percent(share)}"
            )
            marks.append(Mark(kind, x, y, width - 2, height, value, x + width // 2, y - 5, full))
    return marks


def _tick(share: float, top: float) -> Tick:
    y = PLOT_TOP + PLOT_HEIGHT - round(PLOT_HEIGHT * share / top)
    return Tick(y, y + 4, percent(share))


def percent(share: float | None) -> str:
    return "–" if share is None else f"{round(share * 100)} %"

"""A benchmark as a picture: bars of wall seconds, and of seconds by room. Plain SVG."""

from __future__ import annotations

from html import escape

from benchmarking.results import BUILD, FLOOR, TESTED, Benchmark

WIDTH, LEFT, RIGHT, ROW = 760, 190, 110, 26
INK, BAD = "#1f2937", "#b91c1c"
COLOURS = {FLOOR: "#6b7280", BUILD: "#2563eb", TESTED: "#7c3aed"}
OTHER = "#0d9488"


def draw(benchmark: Benchmark) -> str:
    """The picture as SVG text."""
    walls = [
        (name, one.seconds, COLOURS.get(name, OTHER)) for name, one in benchmark.measured.items()
    ]
    groups = [("Wall seconds", walls)]
    for name in (TESTED, BUILD):
        if benchmark.seconds(name):
            rooms = benchmark.measured[name].figures.rooms.items()
            rooms = sorted(rooms, key=lambda room: -room[1])
            bars = [(room, seconds, COLOURS[name]) for room, seconds in rooms]
            groups.append((f"Seconds of threads by room: {name}", bars))
            break
    lines, top = [], 56
    for title, bars in groups:
        lines.append(_text(20, top, title, INK, "bold"))
        widest = max((seconds or 0 for _, seconds, _ in bars), default=0) or 1
        for label, seconds, colour in bars:
            top += ROW
            lines += _bar(top, label, seconds, colour, widest)
        top += 2 * ROW
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{top}" '
            f'viewBox="0 0 {WIDTH} {top}" font-family="sans-serif" font-size="13">',
            f'<rect width="{WIDTH}" height="{top}" fill="white"/>',
            _text(20, 28, _heading(benchmark), INK, "bold"),
            *lines,
            "</svg>\n",
        ]
    )


def _heading(benchmark: Benchmark) -> str:
    data = "given data" if benchmark.scale is None else f"scale {benchmark.scale:g}"
    memory = benchmark.settings["memory_limit"] or "no memory limit"
    return f"Benchmark: {data}, {benchmark.settings['threads']} threads, {memory}"


def _bar(top: int, label: str, seconds: float | None, colour: str, widest: float) -> list[str]:
    """A label, a bar and its number; a run that failed has no bar."""
    length = (seconds or 0) / widest * (WIDTH - LEFT - RIGHT)
    said = "failed" if seconds is None else f"{seconds:,.1f} s"
    return [
        _text(LEFT - 10, top, label, INK, anchor="end"),
        f'<rect x="{LEFT}" y="{top - 13}" width="{length:.1f}" height="16" fill="{colour}"/>',
        _text(LEFT + length + 8, top, said, BAD if seconds is None else INK),
    ]


def _text(
    left: float, top: int, text: str, colour: str, weight: str = "normal", anchor: str = "start"
) -> str:
    return (
        f'<text x="{left:.1f}" y="{top}" fill="{colour}" font-weight="{weight}" '
        f'text-anchor="{anchor}">{escape(text)}</text>'
    )

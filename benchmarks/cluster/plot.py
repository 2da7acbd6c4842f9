#!/usr/bin/env python3
"""The rows of `bazel run //benchmarks:cluster -- --json ROWS` for people.

plot.py ROWS.json --svg OUT.svg   two panels: share of the machine's limit, and
                                  times the original; a tick is the goal
plot.py ROWS.json --table         the same rows as a Markdown table
"""
import argparse
import json
import math
from xml.sax.saxutils import escape

MET, MISSED, PLAIN = "#2f7d5b", "#c2542d", "#7a8794"
INK, FAINT, GRID = "#1c2329", "#5b6770", "#dfe4e8"
LABELS, BARS, ROW, TOP = 318, 340, 24, 58


def number(value, unit):
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:,.{digits}f} {unit}"


def name_of(row):
    calls = f", {row['in_flight']} in flight" if row["in_flight"] > 1 else ""
    return row["name"] + calls


def color_of(row):
    if "met" not in row:
        return PLAIN
    return MET if row["met"] else MISSED


def text(x, y, content, size=12, anchor="start", fill=INK, weight="normal"):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" fill="{fill}" '
            f'font-weight="{weight}">{escape(content)}</text>')


def panel(rows, left, title, base, length_of, goal_of, label_of, marks):
    """Bars of one panel, from `base` to `length_of`, all of 0..1; marks: (0..1, label) lines."""
    out = [text(left, TOP - 30, title, 13, weight="bold")]
    bottom = TOP + len(rows) * ROW
    for at, label in marks:
        x = left + at * BARS
        out.append(f'<line x1="{x:.1f}" y1="{TOP - 6}" x2="{x:.1f}" y2="{bottom}" stroke="{GRID}"/>')
        out.append(text(x, TOP - 11, label, 10, "middle", FAINT))
    for i, row in enumerate(rows):
        length = length_of(row)
        if length is None:
            continue
        y = TOP + i * ROW
        begin, end = sorted((left + base * BARS, left + min(1, length) * BARS))
        out.append(f'<rect x="{begin:.1f}" y="{y + 4}" width="{max(1.5, end - begin):.1f}" height="{ROW - 10}" rx="2" '
                   f'fill="{color_of(row)}"/>')
        inside = end > left + BARS - 62
        goal = goal_of(row)
        x = end + 6
        if goal is not None and -6 < left + goal * BARS - end < 48:
            x = left + goal * BARS + 6  # not under the tick
        out.append(text(end - 6 if inside else x, y + 15.5, label_of(row), 11, "end" if inside else "start",
                        "#ffffff" if inside else INK))
        if goal is not None:
            x = left + min(1, goal) * BARS
            out.append(f'<line x1="{x:.1f}" y1="{y + 1}" x2="{x:.1f}" y2="{y + ROW - 3}" stroke="{INK}" stroke-width="2"/>')
    return out


def svg(data):
    rows = [row for row in data["rows"] if "share" in row and row["unit"] != "ms" or "factor" in row]
    top_share = 1.25
    factors = [row["factor"] for row in rows if "factor" in row] + [10]
    low, high = 0.25, 10 ** math.ceil(math.log10(max(factors)))
    scale = lambda f: max(0, math.log(f / low) / math.log(high / low))
    second = LABELS + BARS + 50
    width, height = second + BARS + 40, TOP + len(rows) * ROW + 46
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
           'font-family="DejaVu Sans, Helvetica, Arial, sans-serif" role="img" '
           'aria-label="Measured speed as a share of the machine\'s limit and as a multiple of the original">',
           f'<rect width="{width}" height="{height}" fill="#ffffff"/>']
    for i, row in enumerate(rows):
        if i % 2 == 0:
            out.append(f'<rect x="8" y="{TOP + i * ROW}" width="{width - 16}" height="{ROW}" fill="#f5f7f8"/>')
        out.append(text(LABELS - 12, TOP + i * ROW + 15.5, name_of(row), 12, "end"))
    out += panel(rows, LABELS, "share of the machine's limit", 0,
                 lambda r: r["share"] / top_share if "share" in r and r["unit"] != "ms" else None,
                 lambda r: r["goal_share"] / top_share if "goal_share" in r else None,
                 lambda r: f"{100 * r['share']:.0f} %", [(s / top_share, f"{100 * s:.0f} %") for s in (0, 0.25, 0.5, 0.75, 1)])
    out += panel(rows, second, "times as good as the original (logarithmic)", scale(1),
                 lambda r: scale(r["factor"]) if "factor" in r else None,
                 lambda r: scale(r["goal_factor"]) if "goal_factor" in r else None,
                 lambda r: f"{r['factor']:.1f} x" if r["factor"] < 100 else f"{r['factor']:.0f} x",
                 [(scale(f), f"{f:g} x") for f in (1, 10, 100, 1000) if f <= high])
    y = height - 18
    for x, color, label in ((LABELS, MET, "goal met"), (LABELS + 100, MISSED, "goal missed"), (LABELS + 220, PLAIN, "no goal")):
        out.append(f'<rect x="{x}" y="{y - 10}" width="12" height="12" rx="2" fill="{color}"/>')
        out.append(text(x + 18, y, label, 11))
    out.append(f'<line x1="{LABELS + 310}" y1="{y - 12}" x2="{LABELS + 310}" y2="{y + 3}" stroke="{INK}" stroke-width="2"/>')
    out.append(text(LABELS + 318, y, "goal", 11))
    return "\n".join(out + ["</svg>", ""])


def table(data):
    lines = ["| row | measured | limit | share | original | times | goal | met |", "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    for row in data["rows"]:
        unit = row["unit"]
        goals = [f"{100 * row['goal_share']:.0f} %"] if "goal_share" in row else []
        goals += [number(row["goal_bound"], unit)] if "goal_bound" in row else []
        goals += [f"{row['goal_factor']:g} x"] if "goal_factor" in row else []
        limit = f"{number(row['limit'], unit)} ({row['limit_name']})" if "limit" in row else "–"
        note = f"; {row['note']}" if "note" in row else ""
        lines.append("| " + " | ".join([
            name_of(row), number(row["value"], unit) + note, limit,
            f"{100 * row['share']:.0f} %" if "share" in row else "–",
            number(row["original"], unit) if "original" in row else "–",
            f"{row['factor']:.1f} x" if "factor" in row else "–", ", ".join(goals) or "–",
            "" if "met" not in row else "yes" if row["met"] else "**no**"]) + " |")
    return "\n".join([data["machine"], ""] + lines + [""])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows")
    parser.add_argument("--svg")
    parser.add_argument("--table", action="store_true")
    args = parser.parse_args()
    with open(args.rows, encoding="utf-8") as file:
        data = json.load(file)
    data = data.get("ours", data)
    if args.svg:
        with open(args.svg, "w", encoding="utf-8") as file:
            file.write(svg(data))
    if args.table:
        print(table(data), end="")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Draws what Prometheus has kept of a run as one SVG, a panel for each figure.

  graph.py FROM TO FILE [ADDRESS]        times in seconds since 1970
"""
import json
import sys
import urllib.parse
import urllib.request

PANELS = [
    ("calls at once", "sum(sipalg_calls_active)", 1),
    ("calls ended a second", "sum(rate(sipalg_calls_total[30s]))", 1),
    ("calls a second that their callees refused, or did not answer", 'sum(rate(sipalg_calls_total{outcome="failed"}[30s]))', 1),
    ("media ports in use", "sum(sipalg_media_ports_in_use)", 1),
    ("open descriptors", "process_open_fds", 1),
    ("resident memory, MB", "process_resident_memory_bytes", 1e-6),
    ("transactions kept", "sum(sipalg_sip_transactions_active)", 1),
    ("delay of a turn, p99, ms", "histogram_quantile(0.99, sum by (le) (rate(sipalg_lane_delay_seconds_bucket[30s])))", 1e3),
]
WIDTH, HEIGHT, LEFT, TOP = 460, 130, 60, 28


def query(address, expression, begin, end):
    step = max(2, int((end - begin) / 300))
    arguments = urllib.parse.urlencode({"query": expression, "start": begin, "end": end, "step": step})
    with urllib.request.urlopen(f"http://{address}/api/v1/query_range?{arguments}", timeout=20) as answer:
        result = json.load(answer)["data"]["result"]
    return [(float(when), float(value)) for when, value in result[0]["values"] if value != "NaN"] if result else []


def number(value):
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def panel(index, title, points, begin, end, scale):
    x, y = (index % 2) * (WIDTH + LEFT + 20), (index // 2) * (HEIGHT + TOP + 24)
    values = [value * scale for _, value in points]
    most = max(values, default=0) or 1
    path = " ".join(f"{x + LEFT + (when - begin) / (end - begin) * WIDTH:.1f},{y + TOP + HEIGHT - value * scale / most * HEIGHT:.1f}" for when, value in points)
    last = number(values[-1]) if values else "no data"
    return (f'<text x="{x + LEFT}" y="{y + TOP - 8}" font-weight="bold">{title}</text>'
            f'<text x="{x + LEFT + WIDTH}" y="{y + TOP - 8}" text-anchor="end" fill="#666">at the end {last}</text>'
            f'<rect x="{x + LEFT}" y="{y + TOP}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#ccc"/>'
            f'<text x="{x + LEFT - 5}" y="{y + TOP + 10}" text-anchor="end">{number(most)}</text><text x="{x + LEFT - 5}" y="{y + TOP + HEIGHT}" text-anchor="end">0</text>'
            f'<text x="{x + LEFT + WIDTH}" y="{y + TOP + HEIGHT + 14}" text-anchor="end">{(end - begin) / 60:.0f} min</text>'
            f'<polyline points="{path}" fill="none" stroke="#1f6feb" stroke-width="1.5"/>')


def draw(begin, end, file, address="127.0.0.1:9091"):
    panels = [panel(index, title, query(address, expression, begin, end), begin, end, scale) for index, (title, expression, scale) in enumerate(PANELS)]
    width, height = 2 * (WIDTH + LEFT + 20), (len(PANELS) + 1) // 2 * (HEIGHT + TOP + 24) + 10
    with open(file, "w") as output:
        output.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-family="sans-serif" font-size="11">'
                     f'<rect width="100%" height="100%" fill="white"/>' + "\n".join(panels) + "</svg>\n")


if __name__ == "__main__":
    draw(float(sys.argv[1]), float(sys.argv[2]), *sys.argv[3:])

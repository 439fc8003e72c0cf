"""The figure of growth: a panel for each axis, both scales logarithmic, drawn by gnuplot."""

import re
import shutil
import subprocess

from lockstep import fail

COLORS = {"float": "#0072b2", "double": "#d55e00", "mpfr": "#009e73"}


def draw(chosen, axes, path):
    """Writes an SVG."""
    if not shutil.which("gnuplot"):
        fail("gnuplot is not here; CI/setup installs it")
    lines = [
        "set terminal svg size 960,760 font 'sans-serif,13' background '#ffffff'",
        "set multiplot layout 2,2 margins 0.075,0.985,0.075,0.955 spacing 0.085,0.125",
        "set logscale xy", "set border 3", "set tics nomirror", "set grid xtics ytics lt 1 lw 0.5 lc rgb '#d8d8d8'",
        "set format y '%g'", "unset mxtics", "unset mytics",
    ]
    for axis in axes:
        rows = [s for s in chosen if s["axis"] == axis]
        sizes = sorted({size for s in rows for size in s["sizes"]})
        times = [time for s in rows for time in s["milliseconds"]]
        # The legend stands above the curves: so much of the height of a panel, lines of 20 in 285.
        legend = (20 * len(rows) + 15) / 285
        top = max(times) * (max(times) / min(times) * 1.5) ** (legend / (1 - legend))
        powers = [10.0**k for k in range(-4, 7) if min(times) / 1.3 <= 10.0**k <= max(times) * 1.2]
        lines += [
            "set ytics (" + ", ".join(f"'{power:g}' {power}" for power in powers) + ")",
            f"set title 'milliseconds a step, by {axis}' offset 0,-0.6", f"set xlabel '{axis}' offset 0,0.7",
            "set xtics (" + ", ".join(str(size) for size in sizes) + ")", f"set xrange [{sizes[0] * 0.93}:{sizes[-1] * 1.07}]",
            f"set yrange [{min(times) / 1.3}:{top}]", "set key top left reverse Left samplen 2 opaque width -2",
        ]
        plots = []
        models = []
        for i, s in enumerate(rows):
            model, arithmetic = s["name"].rsplit(", ", 1)
            if model not in models:
                models.append(model)
            points = "\n".join(f"{x} {y}" for x, y in zip(s["sizes"], s["milliseconds"]))
            lines.append(f"$curve{i} << E\n{points}\nE")
            color = COLORS[arithmetic.split(":")[0]]
            dash, point = models.index(model) + 1, [7, 6, 5][models.index(model)]
            if arithmetic == "mpfr" and models.index(model) > 0:
                color = "#cc79a7"
            title = f"{s['name']}: slope {s['slope']:.2f}".replace("-", "−")
            plots.append(f"$curve{i} with linespoints lw 2 dt {dash} pt {point} ps 0.6 lc rgb '{color}' title \"{title}\" noenhanced")
        lines.append("plot " + ", \\\n  ".join(plots))
    lines.append("unset multiplot")
    drawn = subprocess.run(
        ["gnuplot"], input="\n".join(lines) + "\n", stdout=subprocess.PIPE, text=True, check=True).stdout
    with open(path, "w") as file:
        file.write(smaller(drawn))


def smaller(svg):
    """Without the groups that gnuplot leaves empty, which are most of them, and without indentation."""
    svg = re.sub(r"<g [^>]*>\s*</g>\n", "", svg)
    svg = re.sub(r"<tspan [^>]*>([^<]*)</tspan>", r"\1", svg)
    return re.sub(r"\n\s+", "\n", svg)

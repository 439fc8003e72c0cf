"""The table of a run, in Markdown."""

from statistics import median

TITLES = {
    "training": "Training steps", "products": "Products", "functions": "Functions of arrays",
    "big": "MPFR arithmetic",
}


def short(x):
    """Three digits, without an exponent."""
    return f"{x:.0f}" if x >= 100 else f"{x:.3g}"


def heading(result):
    """Where, when, against whom."""
    machine = result["environment"].get("machine", {})
    name = machine.get("processor") or machine.get("architecture") or "unknown machine"
    lines = [
        f"{name}, {machine.get('cores', '?')} cores, {result['date']}. Medians of {result['turns']} turns of"
        f" {result['seconds']:g} s; in brackets the least and the most of the ratios. A ratio is the peer's time over"
        " ours: above 1, Lockstep is faster. The best of several peers is in bold.",
    ]
    if result["peers"]:
        lines += ["", f"Peers: {', '.join(result['peers'])}."]
    if result["missing"]:
        lines += ["", "Missing: " + "; ".join(f"{peer} ({why})" for peer, why in result["missing"].items()) + "."]
    return "\n".join(lines)


def tables(result):
    """Each part's table, of the parts that were measured."""
    parts = {part: [row for row in result["rows"] if row["part"] == part] for part in TITLES}
    return {part: "\n".join(table(rows)) for part, rows in parts.items() if rows}


def markdown(result):
    parts = [f"### {TITLES[part]}\n\n{text}" for part, text in tables(result).items()]
    return "\n\n".join([heading(result), *parts]) + "\n"


def table(rows):
    yield "| work | arithmetic | threads | Lockstep | peer | its time | ratio |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    before = None
    for row in rows:
        key = (row["work"], row["arithmetic"], row["threads"])
        rivals = [other for other in rows if (other["work"], other["arithmetic"], other["threads"]) == key]
        ratio = f"{row['ratio']:.2f}"
        if len(rivals) > 1 and row["ratio"] == min(other["ratio"] for other in rivals):
            ratio = f"**{ratio}**"
        unit = row["unit"].split()[0]
        ours = f"{short(median(row['ours']))} {unit}"
        first = [*map(str, key), ours] if key != before else [""] * 4
        cells = [*first, row["peer"], f"{short(median(row['theirs']))} {unit}",
                 f"{ratio} ({row['leastRatio']:.2f}–{row['mostRatio']:.2f})"]
        yield "| " + " | ".join(cells) + " |"
        before = key

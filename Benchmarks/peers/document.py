"""Measured tables stand in a document between two comments, which name what is between them:

    <!-- measured: training -->
    …
    <!-- end -->
"""

import os
import re

from lockstep import ROOT, fail

DOCUMENT = os.path.join(ROOT, "Documentation", "performance.md")


def fill(path, tables):
    """Puts each table in its place; the rest of the document stays."""
    with open(path) as file:
        text = file.read()
    for name, table in tables.items():
        place = re.compile(rf"(<!-- measured: {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
        text, count = place.subn(lambda found: f"{found[1]}\n{table.strip()}\n\n{found[2]}", text)
        if count != 1:
            fail(f"{path}: has {count} places \"<!-- measured: {name} -->\"; one is wanted")
    written = path + ".new"
    with open(written, "w") as file:
        file.write(text)
    os.replace(written, path)

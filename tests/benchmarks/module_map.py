"""Which modules of answering decide what, and how many decimals stand in them.

Run ``python -m tests.benchmarks.module_map [FOLDER]``; ``FOLDER`` is ``assistant/answering`` of
another checkout, whose modules are listed without what they decide. A decimal is a number with a
point in what a module binds to a name, at its top. What belongs in ``data/fitted.toml`` is read
from there and is no decimal of the module.
"""

import ast
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "assistant" / "answering"
DECIDE = {
    "whether to answer": ("decide", "named", "counted", "name_coverage", "asides"),
    "which sentences of the sources are shown": (
        "plan", "choice", "worth", "sections", "needs", "relevance", "leading", "known_questions",
        "learned_sections", "pieces", "informing",
    ),
    "whether a sentence of a model stands": (
        "citation", "support", "alignment", "differences", "bindings", "matching", "copies",
        "copying", "voices", "doubt",
    ),
    "which sentences are orders to the model": ("injection", "addressed", "order_signs"),
    "what is worked out": ("calculation", "rules", "sums"),
    "nothing of these": (
        "across", "answer", "clock", "compose", "evidence", "figures", "fitted", "form",
        "gathering", "inquiry", "joined", "look_in", "primer_zh", "prompt", "question", "scoring",
        "together", "values", "verify", "write",
    ),
}  # fmt: skip
"""The modules of answering by what they decide."""


def decimals(folder: Path = FOLDER) -> dict[str, int]:
    """Return how many decimals each module of a folder and its rooms binds at its top."""
    counts = {}
    for file in sorted(folder.rglob("*.py")):
        if file.stem == "__init__":
            continue
        bound = [
            node.value
            for node in ast.parse(file.read_text("utf-8")).body
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        ]
        counts[file.stem] = sum(
            isinstance(part, ast.Constant) and isinstance(part.value, float)
            for value in bound
            for part in ast.walk(value)
        )
    return counts


def fitted() -> dict[str, int]:
    """Return how many numbers each section of the fitted ones has, vectors' weights as one."""
    tables = tomllib.loads((ROOT / "data" / "fitted.toml").read_text("utf-8"))

    def count(value: object) -> int:
        if isinstance(value, dict):
            return sum(map(count, value.values()))
        return isinstance(value, int | float | list)

    return {section: count(table) for section, table in tables.items()}


def main() -> None:
    """Print the modules and decimals, by what they decide."""
    if len(sys.argv) > 1:
        counts = {name: n for name, n in decimals(Path(sys.argv[1])).items() if n}
        print(f"{sum(counts.values())} decimals in {len(counts)} modules: {counts}")
        return
    counts = decimals()
    for what, modules in DECIDE.items():
        own = {name: counts[name] for name in modules if counts[name]}
        print(f"{what}: {len(modules)} modules, {sum(own.values())} decimals {own or ''}")
    print(f"data/fitted.toml: {sum(fitted().values())} numbers {fitted()}")


if __name__ == "__main__":
    main()

"""How the code is built: patterns by floor, long functions and modules, what decides about answers.

Run ``python -m tests.benchmarks.shape [CHECKOUT]``. A pattern is a call of ``re.compile``; a
function's length is that of its body without its docstring. `tests.benchmarks.module_map` says
more of what decides about an answer.
"""

import ast
import sys
import tomllib
from pathlib import Path

FLOORS = ("ingest", "index", "assistant", "ui")
LONGEST_FUNCTION, LONGEST_MODULE = 40, 400
TABLES = ("patterns", "exact", "whole", "several", "templates")


def main() -> None:
    """Print the counts."""
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent.parent.parent
    lines, modules, functions, long, large = 0, 0, 0, [], []
    for floor in FLOORS:
        patterns = 0
        for file in sorted((root / floor).rglob("*.py")):
            source = file.read_text("utf-8")
            modules, lines = modules + 1, lines + source.count("\n")
            patterns += source.count("re.compile(")
            if source.count("\n") > LONGEST_MODULE:
                large.append(str(file.relative_to(root)))
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    functions += 1
                    body = node.body[1:] if ast.get_docstring(node) else node.body
                    size = body[-1].end_lineno - body[0].lineno + 1 if body else 0
                    long += [node.name] * (size > LONGEST_FUNCTION)
        print(f"{floor}: {patterns} patterns")
    in_data = 0
    for file in (root / "data" / "wording").glob("*.toml"):
        read = tomllib.loads(file.read_text("utf-8"))
        for table in TABLES:
            of_several = table in ("several", "templates")
            entries = read.get(table, {}).values()
            in_data += sum(map(len, entries)) if of_several else len(entries)
    print(f"data/wording: {in_data} patterns")
    print(f"{modules} modules, {lines} lines; longer than {LONGEST_MODULE} lines: {large}")
    print(f"{functions} functions; longer than {LONGEST_FUNCTION} lines: {len(long)}")


if __name__ == "__main__":
    main()

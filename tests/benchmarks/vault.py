"""A vault opened twice with a person's edits between: which files change, which lines are lost.

python -m tests.benchmarks.vault

The vault is that of a new home, of the primer and the founding lists. A third of its notes get
lines of a person's around and inside refdesk's blocks, some are moved and some thrown away; then a
note is kept, and the vault is written again.
"""

import tempfile
from pathlib import Path

from assistant.desk import Desk
from assistant.kept.anchor import Anchor
from ingest.values import PRIMER

_EVERY = 3
_QUOTE = "query heads"


def _edit(folder: Path) -> dict[Path, list[str]]:
    """Write into a vault as a person does; return the lines that are theirs, by file."""
    mine: dict[Path, list[str]] = {}
    for number, file in enumerate(sorted(folder.rglob("*.md"))):
        if number % _EVERY:
            continue
        kind = number // _EVERY % 4
        if kind == 3:
            file.unlink()
            continue
        lines = [f"My line above, {number}.", f"My line below, {number}."]
        text = file.read_text("utf-8").replace("---\n\n<!--", f"---\n\n{lines[0]}\n\n<!--", 1)
        if kind == 1:
            lines.append(f"My line inside, {number}.")
            text = text.replace("\n<!-- refdesk:end", f"\n{lines[-1]}\n<!-- refdesk:end", 1)
        file.write_text(f"{text}\n{lines[1]}\n", "utf-8")
        if kind == 2:
            moved = folder / "Moved" / file.name
            moved.parent.mkdir(exist_ok=True)
            file = file.rename(moved)
        mine[file] = lines
    return mine


def main() -> None:
    """Write, edit, write again; print what changed."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "vault"
        desk = Desk(Path(temporary) / "home", llm="extractive")
        first = desk.vault(folder)
        again = desk.vault(folder)
        mine = _edit(folder)
        before = {file: file.read_bytes() for file in folder.rglob("*.md")}
        source = next(
            each.url for each in desk.sources()
            if each.url.startswith(PRIMER) and _QUOTE in desk.read_source(each.url).text
        )  # fmt: skip
        desk.note(source, Anchor(_QUOTE), "Kept between two runs.")
        done = desk.vault(folder)
        desk.close()
        after = {file: file.read_text("utf-8") for file in folder.rglob("*.md")}
        lost = [line for file, lines in mine.items() for line in lines
                if line not in after.get(file, "").splitlines()]  # fmt: skip
        touched = [file for file, data in before.items() if after[file].encode() != data]
    print(f"{len(first.added)} notes written; a second run changed {len(again.changed)}.")
    print(
        f"Of {sum(map(len, mine.values()))} lines of a person's in {len(mine)} notes "
        f"{len(lost)} were lost."
    )
    print(
        f"One note kept between: {len(touched)} of {len(before)} files changed "
        f"({len(done.changed)} said so), {len(done.added)} came, {len(done.left)} were left to the "
        "person and named."
    )


if __name__ == "__main__":
    main()

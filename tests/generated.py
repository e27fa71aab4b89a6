"""Pages made up for measuring: as many as wanted, every one with words of its own."""

import random
import re

WORDS = re.findall(
    r"\w+",
    """attention cache token layer gradient query key value head expert router batch kernel memory
    weight sparse dense rotary position norm residual decoder encoder sample reward policy loss
    quantise prune distil merge align prompt context window stream block page table shard rank""",
)


def page(number: int, paragraphs: int = 4) -> str:
    """Return an HTML page of about 60 words a paragraph, always the same for a number."""
    chance = random.Random(number)  # text, not secrets
    parts = []
    for part in range(paragraphs):
        words = chance.choices(WORDS, k=48)
        sentences = [" ".join(words[at : at + 12]).capitalize() + "." for at in range(0, 48, 12)]
        parts.append(f"<h2>Part {part} of {number}</h2><p>{' '.join(sentences)}</p>")
    return (
        f"<html><head><title>Page {number} on {chance.choice(WORDS)}</title></head><body><main>"
        f"<h1>Page {number}</h1>{''.join(parts)}</main></body></html>"
    )


def site(count: int, paragraphs: int = 4) -> dict[str, tuple[int, list[tuple[str, str]], bytes]]:
    """Return ``count`` pages by address, on ten hosts."""
    headers = [("Content-Type", "text/html; charset=utf-8")]
    return {
        f"https://site{number % 10}.example/page/{number}": (
            200,
            [*headers, ("ETag", f'"{number}"')],
            page(number, paragraphs).encode(),
        )
        for number in range(count)
    }

"""What an embedding model of sentence-transformers wants before a question and a passage."""

from collections.abc import Mapping

# Their model cards ask for "query: " or "passage: " before every text, without which they rank
# badly; their configurations name no prompts. Instruct models do name theirs.
_E5 = frozenset(
    f"{kind}-{size}{version}"
    for kind, versions in (("e5", ("", "-v2")), ("multilingual-e5", ("",)))
    for size in ("small", "base", "large")
    for version in versions
)


def prompts(last_name: str, named: Mapping[str, str], default: str | None) -> tuple[str, str]:
    """Return what goes before a question and before a passage.

    Chosen here: left to itself the library takes an empty "document" before a "passage" that the
    model names, and passes over a model's default.

    Args:
        last_name: the model's name without its owner.
        named: its prompts by name.
        default: the name of the one that goes before every text, if there is one.
    """
    named = {key: prompt for key, prompt in named.items() if prompt}
    query = named.get("query", "")
    passage = next((named[k] for k in ("document", "passage", "corpus") if k in named), "")
    if query or passage:
        return query, passage
    if default:
        return named.get(default, ""), named.get(default, "")
    if last_name in _E5:
        return "query: ", "passage: "
    return "", ""

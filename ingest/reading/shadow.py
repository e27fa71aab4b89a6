"""Parts of a page that components draw of their own: put where a person sees them.

Saved pages and pages sent from a browser hold such a part (a shadow root) as a ``<template>`` that
names its mode: HTML's own ``shadowrootmode``, Chromium's ``shadowmode`` in MHTML, ``shadowroot`` of
older tools. What stood in the component itself is shown at the ``<slot>`` it is meant for.
"""

from lxml import etree, html

_MODES = ("shadowrootmode", "shadowmode", "shadowroot")


def unfold(tree: html.HtmlElement) -> None:
    """Put what components draw in the place of their templates, in place."""
    roots = [part for part in tree.iter("template") if any(map(part.attrib.get, _MODES))]
    if not roots:
        return
    slots: dict[html.HtmlElement, dict[str, html.HtmlElement]] = {}
    for slot in tree.iter("slot"):
        root = next(slot.iterancestors("template"), None)
        if root is not None:
            slots.setdefault(root, {}).setdefault(slot.get("name", ""), slot)
    for root in roots:
        host = root.getparent()
        if host is not None:
            _fill(host, root, slots.get(root, {}))
    for root in roots:
        for slot in slots.get(root, {}).values():
            slot.drop_tag()
        etree.strip_elements(root, "style", with_tail=False)  # it holds for the component alone
        root.tag = "div"
        root.attrib.clear()


def _fill(
    host: html.HtmlElement, root: html.HtmlElement, slots: dict[str, html.HtmlElement]
) -> None:
    """Move what stands in a component to its slots; what has no slot stays behind what is drawn."""
    filled = set()
    for part in [child for child in host if child is not root]:
        name = part.get("slot", "") if isinstance(part.tag, str) else ""
        slot = slots.get(name)
        if slot is None:
            continue
        if name not in filled:  # what a slot shows when it gets nothing
            filled.add(name)
            for other in list(slot):
                slot.remove(other)
            slot.text = None
        slot.append(part)
    running = slots.get("")
    said = " ".join(filter(None, [(host.text or "").strip(), (root.tail or "").strip()]))
    if running is not None and said:
        running.text = said if "" in filled else f"{said} "
        host.text = root.tail = None

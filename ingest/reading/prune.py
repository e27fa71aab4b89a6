"""Take from a page's tree what a reader does not see or does not read as the page's text.

Knows HTML and its habits: hidden elements, boilerplate inside an article, formulas written twice.
"""

import re
from collections.abc import Iterator

from lxml import etree, html

from ingest.reading.formulas import write_formulas
from ingest.reading.raised import subscript, superscript

_UNREAD = (
    "script", "style", "noscript", "template", "svg", "canvas", "iframe", "object", "embed",
    "audio", "video", "map", "button", "input", "select", "textarea", "datalist", "dialog", "nav",
    "head", "frameset", "applet", "portal", "optgroup", "option", "progress", "meter", "img",
    "picture",
)  # fmt: skip
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:^|[;\s])opacity\s*+:\s*+0*+\.?+0*+\s*+(?:;|!|$)"
    r"|font-size\s*:\s*0[a-z%]*\s*(?:;|!|$)|text-indent\s*:\s*-\d{3,}|(?:left|top|right)\s*:\s*-\d{3,}"
    r"|clip\s*:\s*rect\(\s*0|clip-path\s*:\s*inset\(\s*(?:50|100)%",
    re.IGNORECASE,
)
_HIDDEN_CLASSES = {"sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text", "d-none",
                   "is-sr-only", "hidden", "is-hidden"}  # fmt: skip
_BOILERPLATE = {
    "breadcrumb", "breadcrumbs", "pagination", "pager", "share", "sharing", "share-buttons",
    "social", "social-share", "social-links", "newsletter", "subscribe", "subscription", "related",
    "related-posts", "related-articles", "comments", "comment-list", "disqus_thread", "cookie",
    "cookie-banner", "cookie-notice", "advertisement", "ad-container", "promo", "sidebar",
    "table-of-contents", "toc", "headerlink", "anchor-link", "anchorjs-link", "header-anchor",
    "footnote-backref", "footnote-back", "reversefootnote", "linenos", "lineno", "gutter",
    "line-numbers-rows", "zeroclipboard-container", "edit-page", "edit-this-page", "prev-next",
    "descriptor", "skip-link", "mw-editsection", "noprint",
}  # fmt: skip
_ROLES = {"navigation", "search", "complementary", "contentinfo", "banner", "alert", "dialog"}
_CALLOUT = re.compile(r"note|callout|admonition|tip|warning|caution|important|hint|info|margin")
_SIMPLE = re.compile(r"\s*+([.#])([\w-]++)\s*+")
_NOTES = {"reference", "footnote", "footnote-ref", "footnote-reference", "fn", "sdfootnoteanc",
          "citation", "cite", "noteref", "footnoteref", "footref"}  # fmt: skip
_LISTS = "//ul[not(ancestor::ul or ancestor::ol)] | //ol[not(ancestor::ul or ancestor::ol)]"
_CONTENTS = 3  # links: fewer are no table of contents
_LONGEST_STYLE = 2000  # characters of an element's own style that are looked at
_MOST_RULES = 400_000  # characters of a page's own style sheets


def prune(root: html.HtmlElement) -> None:
    """Remove, in place, what is not seen and not read. Text after a removed element stays."""
    write_inline(root)
    hidden = _hidden_by_rules(root)
    etree.strip_elements(root, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    etree.strip_elements(root, *_UNREAD, with_tail=False)
    for element in root.xpath(_LISTS):
        if _is_contents(element):
            element.drop_tree()
    whole = 0
    for element in list(root.iter(etree.Element)):
        if element.getparent() is None or element is root:
            continue
        attributes = element.attrib
        if not attributes and element.tag not in ("aside", "footer", "form"):
            continue
        if _is_hidden(element, hidden):
            element.drop_tree()
        elif _is_boilerplate(element):
            # A name like "related" on the wrapper of a whole article is no reason to lose it.
            whole = whole or len(root.text_content())
            if len(element.text_content()) < 0.4 * whole or element.tag == "footer":
                element.drop_tree()


def write_inline(root: html.HtmlElement) -> None:
    """Write formulas, powers and marks of footnotes as text, in place; a second time is none."""
    write_formulas(root)
    _write_scripts(root)


def _is_hidden(element: html.HtmlElement, hidden: set[str]) -> bool:
    attributes = element.attrib
    if "hidden" in attributes or attributes.get("aria-hidden", "").lower() == "true":
        return True
    if _HIDING.search(attributes.get("style", "")[:_LONGEST_STYLE]):
        return True
    classes = attributes.get("class", "").split()
    if not hidden.isdisjoint([f".{name}" for name in classes] + [f"#{attributes.get('id')}"]):
        return True
    # "hidden md:block", "d-none d-lg-flex": shown on wide screens
    wide = any(":" in name or (name.startswith("d-") and name != "d-none") for name in classes)
    return not wide and not _HIDDEN_CLASSES.isdisjoint(classes)


def _is_boilerplate(element: html.HtmlElement) -> bool:
    attributes = element.attrib
    names = {*attributes.get("class", "").lower().split(), attributes.get("id", "").lower()}
    if not names.isdisjoint(_BOILERPLATE) or attributes.get("role", "") in _ROLES:
        return True
    if element.tag == "aside":
        return not any(_CALLOUT.search(name) for name in names)
    if element.tag == "footer":
        return "footnote" not in " ".join(names)
    return bool(element.tag == "form")


def _is_contents(element: html.HtmlElement) -> bool:
    """Say whether a list says nothing but where on its own page one can go."""
    links = element.xpath(".//a[starts-with(@href, '#')]")
    linked = sum(_signs(link.text_content()) for link in links)
    return len(links) >= _CONTENTS and linked == _signs(element.text_content())


def _signs(text: str) -> int:
    return sum(map(str.isalnum, text))


def _hidden_by_rules(root: html.HtmlElement) -> set[str]:
    """Return the simple selectors (``.name``, ``#name``) that the page's own style sheets hide.

    What stands in braces within braces holds under conditions: on paper, on small screens.
    """
    hidden: set[str] = set()
    room = _MOST_RULES
    for style in root.iter("style"):
        sheet = _without_comments((style.text or "")[:room])
        room -= len(sheet)
        depth, opened, selectors = 0, 0, ""
        start = 0  # of what stands between braces
        for brace in re.finditer(r"[{}]", sheet):
            if brace[0] == "{":
                if depth == 0:
                    selectors, opened = sheet[start : brace.start()], brace.end()
                depth += 1
            elif depth:
                depth -= 1
                rules = sheet[opened : brace.start()]
                plain = depth == 0 and "{" not in rules and "@" not in selectors
                if plain and _HIDING.search(rules):
                    hidden.update(_simple(selectors))
            start = brace.end()
    return hidden


def _simple(selectors: str) -> Iterator[str]:
    for selector in selectors.rpartition(";")[2].split(","):
        if simple := _SIMPLE.fullmatch(selector):
            yield simple[1] + simple[2]


def _without_comments(sheet: str) -> str:
    """Take the comments out of a style sheet; one that never ends goes to its end."""
    parts: list[str] = []
    at = 0
    while (start := sheet.find("/*", at)) >= 0:
        parts.append(sheet[at:start])
        end = sheet.find("*/", start + 2)
        at = end + 2 if end >= 0 else len(sheet)
    return "".join([*parts, sheet[at:]])


def _write_scripts(root: html.HtmlElement) -> None:
    """Write on the line what stands above and below it."""
    for element in root.iter("span", "font", "small", "i", "em"):
        if said := _set_off(element):
            element.tag = said
            element.attrib.clear()
    for element in reversed(list(root.iter("sup", "sub"))):
        if next(element.iterdescendants(*_BLOCKS), None) is not None:
            continue
        text, before, after = element.text_content(), _before(element), element.tail or ""
        if element.tag == "sup":
            written = superscript(text, before, after, is_note=_is_note(element))
        else:
            written = subscript(text, before, after)
        for child in list(element):
            element.remove(child)
        element.text = written
        element.tag = "span"


def _set_off(element: html.HtmlElement) -> str:
    """Return "sup" or "sub" for what a style or a class sets above or below the line."""
    named = _SET_OFF_CLASS.intersection((element.get("class") or "").lower().split())
    styled = _SET_OFF.search((element.get("style") or "")[:_LONGEST_STYLE])
    name = next(iter(named), styled[1].lower() if styled else "")
    return name[:3]


_SET_OFF_CLASS = frozenset({"superscript", "subscript"})
_SET_OFF = re.compile(r"vertical-align\s*:\s*(super|sub)\b", re.IGNORECASE)
_BLOCKS = ("p", "div", "ul", "ol", "table", "img", "br", "pre")


def _is_note(element: html.HtmlElement) -> bool:
    names = {*(element.get("class") or "").lower().split()}
    if not names.isdisjoint(_NOTES) or element.get("role") == "doc-noteref":
        return True
    for link in element.iter("a"):
        inside = {*(link.get("class") or "").lower().split()}
        if (link.get("href") or "").startswith("#") or not inside.isdisjoint(_NOTES):
            return True
    parent = element.getparent()
    return parent is not None and parent.tag == "a" and (parent.get("href") or "").startswith("#")


def _before(element: html.HtmlElement) -> str:
    """Return the last words before an element, within its paragraph."""
    here = element
    for _ in range(6):
        previous = here.getprevious()
        while previous is not None:
            said = previous.tail or ""
            while not said and len(previous):
                previous = previous[-1]
                said = previous.tail or ""
            said = said or (previous.text or "" if isinstance(previous.tag, str) else "")
            if said:
                return said[-60:]
            previous = previous.getprevious()
        parent = here.getparent()
        if parent is None:
            return ""
        if parent.text:
            return str(parent.text[-60:])
        if parent.tag not in _INLINE:
            return ""
        here = parent
    return ""


_INLINE = {
    "a",
    "b",
    "em",
    "i",
    "span",
    "strong",
    "var",
    "u",
    "font",
    "small",
    "code",
    "cite",
    "mark",
}

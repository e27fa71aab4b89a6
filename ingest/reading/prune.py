"""Take from a page's tree what a reader does not see or does not read as the page's text.

Knows HTML and its habits: hidden elements, boilerplate inside an article, formulas written twice.
"""

import re

from lxml import etree, html

_UNREAD = (
    "script", "style", "noscript", "template", "svg", "canvas", "iframe", "object", "embed",
    "audio", "video", "map", "button", "input", "select", "textarea", "datalist", "dialog", "nav",
    "head", "frameset", "applet", "portal", "optgroup", "option", "progress", "meter", "img",
    "picture",
)  # fmt: skip
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|(?:^|[;\s])opacity\s*:\s*0*\.?0*\s*(?:;|!|$)"
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
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")  # in XML
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SIMPLE = re.compile(r"\s*([.#])([\w-]+)\s*")


def prune(root: html.HtmlElement) -> None:
    """Remove, in place, what is not seen and not read. Text after a removed element stays."""
    _formulas(root)
    hidden = _hidden_by_rules(root)
    etree.strip_elements(root, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    etree.strip_elements(root, *_UNREAD, with_tail=False)
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


def _is_hidden(element: html.HtmlElement, hidden: set[str]) -> bool:
    attributes = element.attrib
    if "hidden" in attributes or attributes.get("aria-hidden", "").lower() == "true":
        return True
    if _HIDING.search(attributes.get("style", "")):
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


def _hidden_by_rules(root: html.HtmlElement) -> set[str]:
    """Return the simple selectors (``.name``, ``#name``) that the page's own style sheets hide."""
    found: set[str] = set()
    for style in root.iter("style"):
        sheet = re.sub(r"/\*.*?\*/", "", style.text or "", flags=re.DOTALL)
        for at_rule in re.finditer(r"@[\w-]+[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", sheet):
            sheet = sheet.replace(at_rule[0], "")
        for rule in _RULE.finditer(sheet):
            if _HIDING.search(rule[2]):
                for selector in rule[1].split(","):
                    if simple := _SIMPLE.fullmatch(selector):
                        found.add(simple[1] + simple[2])
    return found


def _formulas(root: html.HtmlElement) -> None:
    """Put TeX between dollar signs in place of MathML, KaTeX and MathJax markup."""
    for script in list(root.iter("script")):
        kind = script.get("type", "")
        if kind.startswith("math/tex"):
            _replace(script, script.text or "", "mode=display" in kind)
    for element in list(root.iter("math")):
        tex = element.xpath("string(.//annotation[@encoding='application/x-tex'])").strip()
        tex = tex or element.get("alttext", "")
        if tex:
            around = element.xpath("ancestor::span[contains(@class, 'katex')][last()]")
            target = around[0] if around else element
            _replace(target, tex, element.get("display") == "block")


def _replace(element: html.HtmlElement, tex: str, display: bool) -> None:
    if element.getparent() is None:
        return
    mark = "$$" if display else "$"
    tex = _FORBIDDEN.sub("", tex).strip()
    element.tail = f"{mark}{tex}{mark}{element.tail or ''}"
    element.drop_tree()

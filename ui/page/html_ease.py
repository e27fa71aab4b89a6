"""What makes reading easy, as HTML: the size of the text, and which keys do what."""

from html import escape

from ui.page.i18n import Texts

_KEYS = (
    ("/", "keys.ask"),
    ("j k", "keys.move"),
    ("o", "keys.open"),
    ("c", "keys.copy"),
    ("Esc", "keys.close"),
    ("?", "keys.help"),
)


def ease_html(say: Texts) -> str:
    """Return a button, and the panel it opens; what its parts do stands in ``ease.js``."""
    rows = "".join(
        f"<div><dt>{''.join(f'<kbd>{escape(key)}</kbd>' for key in keys.split())}</dt>"
        f"<dd>{escape(say(what))}</dd></div>"
        for keys, what in _KEYS
    )
    label = escape(say("keys.label"))
    return (
        f'<button type="button" class="ease" popovertarget="ease" aria-label="{label}" '
        f'title="{label}">Aa</button>'
        f'<div popover id="ease" role="dialog" aria-label="{label}" tabindex="-1">'
        f"{size_html(say)}<h2>{escape(say('keys.title'))}</h2><dl>{rows}</dl>"
        f'<label><input type="checkbox" id="single-keys" checked> {escape(say("keys.single"))}'
        "</label></div>"
    )


def size_html(say: Texts) -> str:
    """Return the buttons that make the text smaller and larger."""
    buttons = "".join(
        f'<button type="button" data-size="{step}" aria-label="{escape(say(key))}">{sign}</button>'
        for step, key, sign in (
            ("-1", "keys.smaller", "A−"), ("0", "keys.usual", "A"), ("1", "keys.larger", "A+"),
        )
    )  # fmt: skip
    return (
        f'<p class="size" role="group" aria-label="{escape(say("keys.size"))}">{buttons}'
        '<output aria-live="polite"></output></p>'
    )

"""A reading path as HTML: steps in order, each to be ticked off; the browser remembers."""

from html import escape

from assistant.learning.path_form import ReadingPath, Step
from ui.page.html import chip, framed, link, reader_link
from ui.page.i18n import Texts


def path_html(path: ReadingPath, say: Texts) -> str:
    """Return a reading path: steps in order, each with what it is, how long, and why."""
    count = len(path.steps)
    time = _time(path.total_minutes, say)
    length = say("path.steps_one", time=time) if count == 1 else ""
    length = length or say("path.steps", count=count, time=time)
    steps = "".join(_step(step, say) for step in path.steps)
    left = "".join(_left_out(step, say) for step in path.left_out)
    if left:
        left = f'<h3 class="small">{escape(say("path.left_out"))}</h3><ul>{left}</ul>'
    words = {
        "done": say("path.done", done="{done}", count="{count}", time="{time}"),
        "hours": say("page.hours", hours="{hours}", minutes="{minutes}"),
        "minutes": say("page.minutes", minutes="{minutes}"),
    }
    data = "".join(f' data-{name}="{escape(text)}"' for name, text in words.items())
    return (
        f'<section class="path"{data}>'
        + framed(
            f"<h2>{escape(path.topic)}</h2>",
            f'<p class="legend">{escape(length)} · <span class="tally" aria-live="polite"></span>'
            "</p>",
            '<div class="progress" aria-hidden="true"><span></span></div>',
            f'<ol class="steps">{steps}</ol>{left}',
        )
        + "</section>"
    )


def _step(step: Step, say: Texts) -> str:
    level = say.named("difficulty", step.difficulty)
    if step.estimated:
        level = say("path.estimated", difficulty=level)
    kind = say("card.primer") if step.primer else say.named("kind", step.kind)
    about = "" if step.timed else "≈ "
    here = reader_link(say, say("path.here"), url=step.url) if step.in_library else ""
    title = reader_link(say, step.title, url=step.url) if step.primer else None
    label = escape(say("path.done_label", title=step.title))
    return (
        f'<li><input type="checkbox" aria-label="{label}" data-url="{escape(step.url)}" '
        f'data-minutes="{step.minutes}"><div><h3>{title or link(step.url, step.title)}</h3>'
        f'<p class="meta">{chip(kind)}{chip(level, f"level {step.difficulty}")}'
        f"<span>{about}{escape(_time(step.minutes, say))}</span>"
        f'<span>{escape(step.why)}</span></p><p class="links">{"" if step.primer else here}</p>'
        "</div></li>"
    )


def _left_out(step: Step, say: Texts) -> str:
    return f"<li>{link(step.url, step.title)}, {escape(_time(step.minutes, say))}</li>"


def _time(minutes: int, say: Texts) -> str:
    hours, rest = divmod(minutes, 60)
    return (
        say("page.hours", hours=hours, minutes=rest)
        if hours
        else say("page.minutes", minutes=minutes)
    )

"""A reading path as HTML: steps in order, each to be ticked off; the browser remembers."""

import re
from html import escape

from assistant.answering.evidence import in_chinese
from assistant.learning import primer
from assistant.learning.path_form import ReadingPath, Step
from ingest.values import PRIMER
from ui.page.html import chip, framed, link, reader_link
from ui.page.i18n import Texts

_WHY = (
    (r"prerequisite of (.+)", "《{}》的先修内容"),
    (r"the primer's note on the topic", "入门手册里这个主题的笔记"),
    (r"a source of the primer's note on (.+)", "入门手册《{}》一篇的来源"),
    (r"recommended under '(.+)' by ([^,]+)", "{1} 在“{0}”下推荐"),
    (r"recommended by ([^,]+)", "{} 推荐"),
    (r"also by ([^,]+)", "{} 也推荐"),
    (r"found by a search for '(.+)'", "检索“{}”得到"),
    (r"found by its name", "按名称找到"),
)
"""Why a step is on a path, as `assistant.learning` says it, and in Chinese."""


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
            f"<h2>{escape(_topic(path.topic, say))}</h2>",
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
    name = _topic(step.title, say) if step.primer else step.title
    title = reader_link(say, name, url=step.url) if step.primer else None
    label = escape(say("path.done_label", title=name))
    return (
        f'<li><input type="checkbox" aria-label="{label}" data-url="{escape(step.url)}" '
        f'data-minutes="{step.minutes}"><div><h3>{title or link(step.url, step.title)}</h3>'
        f'<p class="meta">{chip(kind)}{chip(level, f"level {step.difficulty}")}'
        f"<span>{about}{escape(_time(step.minutes, say))}</span>"
        f"<span>{escape(_why(step.why, say))}</span></p>"
        f'<p class="links">{"" if step.primer else here}</p>'
        "</div></li>"
    )


def _topic(name: str, say: Texts) -> str:
    """Return what a note of the primer is called in the page's language."""
    note = primer.find(name) if say.lang == "zh" else None
    chinese = in_chinese(note.url.removeprefix(PRIMER), name) if note else None
    return chinese or name


def _why(said: str, say: Texts) -> str:
    """Return why a step is there in the page's language."""
    if say.lang != "zh":
        return said
    reasons = []
    for part in re.split(r", (?=also by )", said):
        for english, chinese in _WHY:
            if match := re.fullmatch(english, part):
                part = chinese.format(*(_topic(name, say) for name in match.groups()))
                break
        reasons.append(part)
    return "，".join(reasons)


def _left_out(step: Step, say: Texts) -> str:
    return f"<li>{link(step.url, step.title)}, {escape(_time(step.minutes, say))}</li>"


def _time(minutes: int, say: Texts) -> str:
    hours, rest = divmod(minutes, 60)
    return (
        say("page.hours", hours=hours, minutes=rest)
        if hours
        else say("page.minutes", minutes=minutes)
    )

import json
from typing import Any

import pytest

from ingest.reading.decode import MAX_CHARS, UnreadableError
from ingest.reading.notebook import extract_notebook

URL = "https://github.com/o/r/blob/main/nb/lora.ipynb"


def cell(kind: str, source: str | list[str], **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"cell_type": kind, "metadata": {}, "source": source}
    if kind == "code":
        made |= {"execution_count": 1, "outputs": []}
    return made | more


def prose(source: str | list[str]) -> dict[str, Any]:
    return cell("markdown", source)


def code(source: str | list[str], **more: Any) -> dict[str, Any]:
    return cell("code", source, **more)


def notebook(*cells: Any, **metadata: Any) -> bytes:
    made = {"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": list(cells)}
    return json.dumps(made, ensure_ascii=False).encode()


def test_prose_and_code_come_in_order_and_outputs_do_not() -> None:
    shown = {"output_type": "stream", "name": "stdout", "text": ["loss 0.123\n"]}
    made = notebook(
        prose(["# Fine-tune with LoRA\n", "\n", "Only **low-rank** updates are trained.\n"]),
        code("r = 8\nmodel = add_lora(model, r)", outputs=[shown]),
        prose("![plot](attachment:plot.png)\n\nThe rank is *eight*."),
    )
    page = extract_notebook(made, URL)
    assert page.title == "Fine-tune with LoRA"
    assert page.text == (
        "# Fine-tune with LoRA\n\nOnly low-rank updates are trained.\n\n"
        "```python\nr = 8\nmodel = add_lora(model, r)\n```\n\nThe rank is eight."
    )
    assert (page.author, page.lang) == ("o", "en")


def test_an_unclosed_mark_in_one_cell_does_not_swallow_the_next() -> None:
    made = notebook(prose("```\nopen fence"), prose("<!-- open comment"), prose("Still **here**."))
    assert extract_notebook(made, URL).text == "```\nopen fence\n```\n\nStill here."


def test_a_rule_in_a_later_cell_is_no_front_matter() -> None:
    made = notebook(prose("First."), prose("---\nkey: value\n\n---\nLast."))
    assert "value" in extract_notebook(made, URL).text


def test_front_matter_of_a_raw_first_cell_gives_title_author_and_date() -> None:
    raw = "---\ntitle: Attention from scratch\nauthor: Ada\ndate: 2024-05-06\n---"
    page = extract_notebook(notebook(cell("raw", raw), prose("# Part\n\nText.")), URL)
    assert (page.title, page.author, page.published) == (
        "Attention from scratch",
        "Ada",
        "2024-05-06",
    )
    assert page.text == "# Part\n\nText."


@pytest.mark.parametrize(
    "chore",
    [
        "",
        "   \n",
        "!pip install -q transformers peft",
        "# what we need\n%pip install torch\n\n!apt-get -qq install git-lfs",
        "%%capture\n!pip install unsloth \\\n    xformers \\\n    trl",
        "%matplotlib inline\n%load_ext autoreload\n%autoreload 2",
        "%%bash\npip install vllm",
        "!{sys.executable} -m pip install numpy",
        "!uv pip install numpy",
    ],
)
def test_cells_that_only_set_up_the_notebook_are_dropped(chore: str) -> None:
    page = extract_notebook(notebook(prose("Text."), code(chore), code("x = 1")), URL)
    assert page.text == "Text.\n\n```python\nx = 1\n```"


@pytest.mark.parametrize(
    ("source", "opening"),
    [
        ("# Exercise: write softmax here", "```python\n# Exercise"),
        ("%%time\ntrain(model)", "```python\n%%time\ntrain"),
        ("!pip install x\nimport x", "```python\n!pip"),
        ("!python train.py --rank 8", "```python\n!python train.py"),
        ("%%bash\ntorchrun --nproc 8 train.py", "```bash\n%%bash\n"),
        ("%%writefile src/kernel.cu\n__global__ void k() {}", "```cu\n"),
        ('print("```")', '````python\nprint("```")\n````'),
    ],
)
def test_cells_that_say_something_are_kept_whole(source: str, opening: str) -> None:
    text = extract_notebook(notebook(code(source)), URL).text
    assert text.startswith(opening)
    assert source in text


def test_the_language_is_the_kernels() -> None:
    made = notebook(code("x <- 1"), kernelspec={"language": "R", "name": "ir"})
    assert extract_notebook(made, URL).text == "```r\nx <- 1\n```"
    odd = notebook(code("x"), language_info={"name": "a`b c"})
    assert extract_notebook(odd, URL).text.startswith("```python\n")


@pytest.mark.parametrize(
    ("cells", "metadata", "title"),
    [
        ([prose("Text."), prose("## Second cell's heading")], {}, "Second cell's heading"),
        ([prose("# Overview\n\n# Grouped queries")], {}, "Grouped queries"),
        ([prose("```\n# no heading\n```")], {"colab": {"name": "DPO on Mistral.ipynb"}},
         "DPO on Mistral"),
        ([code("# no heading")], {}, "o/r: nb/lora.ipynb"),
    ],
)  # fmt: skip
def test_title(cells: list[Any], metadata: dict[str, Any], title: str) -> None:
    assert extract_notebook(notebook(*cells, **metadata), URL).title == title


def test_language_is_that_of_the_prose() -> None:
    made = notebook(prose("注意力机制让模型有选择地参考输入。"), code("x = 1\n" * 50))
    assert extract_notebook(made, URL).lang == "zh"


def test_old_versions_are_read() -> None:
    third = {
        "nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "n"},
        "worksheets": [{"metadata": {}, "cells": [
            {"cell_type": "heading", "level": 2, "source": ["Old heading"], "metadata": {}},
            {"cell_type": "code", "language": "python", "input": ["a = 1\n", "b = 2"],
             "outputs": [{"output_type": "pyout", "text": "gone"}], "collapsed": False},
        ]}],
    }  # fmt: skip
    page = extract_notebook(json.dumps(third).encode(), URL)
    assert page.text == "## Old heading\n\n```python\na = 1\nb = 2\n```"
    first = {"nbformat": 1, "cells": [{"cell_type": "text", "text": "Very old."}]}
    assert extract_notebook(json.dumps(first).encode(), URL).text == "Very old."


def test_what_the_schema_forbids_is_read_all_the_same() -> None:
    loose = {
        "nbformat": 5,
        "cells": [
            7,
            {"cell_type": "markdown", "source": "No metadata.", "attachments": [1]},
            {"cell_type": "markdown"},
            {"cell_type": "code", "source": ["x = 1"], "outputs": [{"data": 3}]},
            {"cell_type": "unheard of", "source": "passed over"},
        ],
    }
    page = extract_notebook(b"\xef\xbb\xbf" + json.dumps(loose).encode(), URL)
    assert page.text == "No metadata.\n\n```python\nx = 1\n```"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "damaged: it is not a Jupyter notebook"),
        (b"<!DOCTYPE html><title>Sign in</title>", "damaged: it is not a Jupyter notebook"),
        (b"[1, 2]", "damaged: it is not a Jupyter notebook"),
        (b'"text"', "damaged: it is not a Jupyter notebook"),
        (b'{"message": "Not Found"}', "damaged: it is not a Jupyter notebook"),
        (b'{"nbformat": 4, "cells": 3}', "damaged: it is not a Jupyter notebook"),
        (b'{"nbformat": 3, "worksheets": [{}]}', "damaged: it is not a Jupyter notebook"),
        (b'{"cells": [{"cell_type": "mark', "damaged: it is not a Jupyter notebook"),
        (b"[" * 100_000, "damaged: it is not a Jupyter notebook"),
        (notebook(), "empty"),
        (notebook(code("!pip install x")), "empty"),
        (notebook(code("x" * MAX_CHARS)), "too large"),
    ],
)
def test_what_cannot_be_read_says_why(body: bytes, reason: str) -> None:
    with pytest.raises(UnreadableError) as raised:
        extract_notebook(body, URL)
    assert raised.value.reason == reason

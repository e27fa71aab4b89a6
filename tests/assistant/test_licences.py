"""Whether something is under a licence: yes, no, or not told, with the sentence that says so."""

from contextlib import closing

import pytest

from assistant.collection.licences import about_a_licence
from assistant.desk import Desk

PAGES = {
    "adapters.md": "# Adapters compared\n\nThe Whimbrel adapter has rank 16. The Whimbrel adapter "
    "is licensed under MIT, the Turnstone adapter under GPL. The Godwit adapter has rank 64.\n",
    "dunlin.md": "# Dunlin\n\nDunlin trains small models.\n\n## 许可\n\n本项目采用 Apache License "
    "2.0 开源协议。\n",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory, models_dir):
    folder = tmp_path_factory.mktemp("licences")
    home = folder / "home"
    home.mkdir()
    (home / "models").symlink_to(models_dir)
    for name, text in PAGES.items():
        (folder / name).write_text(text, encoding="utf-8")
    with closing(Desk(home, llm="extractive")) as made:
        made.ingest([folder / name for name in PAGES], seed=False)
        yield made


@pytest.mark.parametrize(
    ("question", "verdict", "quoted"),
    [
        (
            "Is the Whimbrel adapter under the MIT licence?",
            "Yes: the source names MIT.",
            "Whimbrel",
        ),
        ("Is Turnstone under MIT?", "No: the source names GPL, not MIT.", "Turnstone"),
        ("Is Dunlin MIT-licensed?", "No: the source names Apache, not MIT.", "Apache License 2.0"),
        ("Dunlin 是 MIT 许可吗？", "不是：来源写的是 Apache，不是 MIT。", "Apache License 2.0"),
        ("Can I use Dunlin commercially?", "Its licence decides: Apache.", "Apache License 2.0"),
    ],
)
def test_a_licence_is_named_with_its_sentence(desk, question, verdict, quoted):
    answer = desk.ask(question)
    assert answer.how == verdict
    assert quoted in answer.sentences[0].text
    assert answer.sentences[0].verbatim


def test_a_licence_that_no_source_tells_is_refused(desk):
    answer = desk.ask("Is Godwit under MIT?")
    assert answer.refused
    assert "Godwit" in answer.refusal


@pytest.mark.parametrize(
    "question",
    [
        "Can I use an open-weight model commercially?",
        "怎样判断一个开源模型能不能商用？",
        "开源模型可以商用吗？",
    ],
)
def test_a_kind_of_thing_is_no_request_for_one_licence(desk, question):
    assert about_a_licence(lambda _: desk.library, question, question) is None

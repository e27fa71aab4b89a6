"""A judge that a person names: a real cross-encoder, made here, small and with random weights."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assistant.contract import to_json
from assistant.desk import Desk
from index.models.cross_encoder import CrossEncoderJudge, supported_label
from index.models.weights import obtain
from ingest.errors import ModelUnavailable
from tests.conftest import put_in
from ui.cli.app import app

SOURCE = "Multi-query attention keeps one key head for all query heads."
SAID = "One key head serves every query head."
NLI = ("contradiction", "entailment", "neutral")


def make_judge(folder: Path, tokenizer: Path, labels: tuple[str, ...], leans: int) -> Path:
    """Save a one-layer BERT of random weights that classifies pairs, mostly as label ``leans``."""
    import torch
    from transformers import BertConfig, BertForSequenceClassification, PreTrainedTokenizerFast

    torch.manual_seed(1)
    config = BertConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
        max_position_embeddings=64, num_labels=len(labels), initializer_range=0.5,
    )  # fmt: skip
    config.id2label = dict(enumerate(labels))
    model = BertForSequenceClassification(config)
    with torch.no_grad():
        model.classifier.bias[leans] += 12.0
    model.save_pretrained(folder)
    special = {"unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]",
               "pad_token": "[PAD]", "mask_token": "[MASK]"}  # fmt: skip
    PreTrainedTokenizerFast(
        tokenizer_file=str(tokenizer), model_max_length=64, **special
    ).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def tokenizer_file(models_dir: Path) -> Path:
    return obtain("all-minilm-l6-v2", models_dir) / "tokenizer.json"


@pytest.fixture(scope="module")
def believes(tmp_path_factory: pytest.TempPathFactory, tokenizer_file: Path) -> Path:
    """A judge that holds everything to be supported."""
    return make_judge(tmp_path_factory.mktemp("judges") / "believes", tokenizer_file, NLI, 1)


@pytest.fixture(scope="module")
def doubts(tmp_path_factory: pytest.TempPathFactory, tokenizer_file: Path) -> Path:
    """A judge that holds nothing to be supported."""
    return make_judge(tmp_path_factory.mktemp("judges") / "doubts", tokenizer_file, NLI, 2)


@pytest.mark.parametrize(
    ("labels", "place"),
    [
        (NLI, 1),
        (("entailment", "not_entailment"), 0),
        (("hallucinated", "Consistent"), 1),
        (("SUPPORTED", "REFUTED", "NOT ENOUGH INFO"), 0),
        (("LABEL_0", "LABEL_1"), 1),
        (("LABEL_0",), 0),
    ],
)
def test_the_label_that_means_supported(labels, place):
    assert supported_label("j", labels) == place


@pytest.mark.parametrize("labels", [("LABEL_0", "LABEL_1", "LABEL_2"), ("good", "bad")])
def test_labels_that_do_not_tell_are_refused(labels):
    with pytest.raises(ModelUnavailable, match=f"{labels[0]}.*id2label"):
        supported_label("j", labels)


def test_the_probability_is_the_models_own(tmp_path: Path, tokenizer_file: Path) -> None:
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    for labels in (("entailment", "not_entailment"), ("LABEL_0", "LABEL_1"), ("LABEL_0",)):
        folder = make_judge(tmp_path / str(len(labels)) / labels[0], tokenizer_file, labels, 0)
        model = AutoModelForSequenceClassification.from_pretrained(folder).eval()
        with torch.no_grad():
            model.classifier.bias[0] -= 12.0  # not so sure
            model.save_pretrained(folder)
            pair = AutoTokenizer.from_pretrained(folder)(SOURCE, SAID, return_tensors="pt")
            (logits,) = model(**pair).logits
        place = supported_label("j", labels)
        own = logits.softmax(0)[place] if len(labels) > 1 else logits.sigmoid()[0]
        judge = CrossEncoderJudge.open(str(folder), tmp_path / "models")
        assert judge.probability(SOURCE, SAID) == pytest.approx(float(own), abs=1e-6)
        assert 0.01 < float(own) < 0.99
        assert judge.probability(SAID, SOURCE) != judge.probability(SOURCE, SAID)
        # a source of any length leaves room for the sentence
        assert 0.0 <= judge.probability(f"{SOURCE} " * 40, "a \ud800") <= 1.0


def test_what_is_no_judge_is_refused(believes: Path, tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"no judge './nothing'.*folder"):
        CrossEncoderJudge.open("./nothing", tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelUnavailable, match=r"holds no judge: there is no \.safetensors"):
        CrossEncoderJudge.open(str(tmp_path / "empty"), tmp_path)
    other = shutil.copytree(believes, tmp_path / "other")
    config = json.loads((other / "config.json").read_text())
    (other / "config.json").write_text(json.dumps(config | {"architectures": ["BertModel"]}))
    with pytest.raises(ModelUnavailable, match="does not classify pairs"):
        CrossEncoderJudge.open(str(other), tmp_path)
    (other / "config.json").write_text("[]")
    with pytest.raises(ModelUnavailable, match="not the configuration of a model"):
        CrossEncoderJudge.open(str(other), tmp_path)
    broken = shutil.copytree(believes, tmp_path / "broken")
    (broken / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(ModelUnavailable, match="cannot be loaded"):
        CrossEncoderJudge.open(str(broken), tmp_path).probability(SOURCE, SAID)


CLAIMS = {
    "true": "The smaller cache makes decoding faster.",
    "unproven": "Multi-query attention keeps one key head, a gift to all query heads.",
    "number": "Multi-query attention keeps seven key heads for all query heads.",
    "name": "As in Zephyr, multi-query attention keeps one key head for all query heads.",
    "denial": "Multi-query attention does not keep one key head for all query heads.",
}


@pytest.fixture(scope="module")
def verdicts(believes, doubts, taken_in):
    """The verdicts on every claim: by rules, by a judge that believes, by one that doubts."""

    def of(judge: str) -> dict[str, tuple[bool, str]]:
        desk = Desk(taken_in, llm="extractive", judge=judge)
        saved = to_json(desk.ask("how does multi-query attention share keys?"))
        cited = [quote["n"] for quote in saved["citations"]]
        saved["sentences"] = [
            {**saved["sentences"][0], "text": text, "verbatim": False, "citations": cited}
            for text in CLAIMS.values()
        ]
        checked = desk.verify(saved)
        desk.close()
        return {name: (row["ok"], row["reason"] or "")
                for name, row in zip(CLAIMS, checked, strict=True)}  # fmt: skip

    return {"rules": of(""), "believes": of(str(believes)), "doubts": of(str(doubts))}


def test_a_judge_decides_what_rules_leave_open(verdicts):
    assert verdicts["rules"]["true"][0]
    assert not verdicts["rules"]["unproven"][0]
    assert verdicts["believes"]["true"][0]
    assert verdicts["believes"]["unproven"][0]
    assert verdicts["doubts"]["true"] == (False, "the judge does not find it in its sources")


@pytest.mark.parametrize("claim", ["number", "name", "denial"])
def test_what_is_false_by_rule_no_judge_can_save(verdicts, claim):
    assert verdicts["believes"][claim] == verdicts["rules"][claim]
    assert not verdicts["believes"][claim][0]


@pytest.mark.parametrize("named", ["option", "setting"])
def test_a_judge_that_is_missing_ends_a_command_with_4(named, home, request, monkeypatch):
    put_in(home, request)
    monkeypatch.setenv("REFDESK_JUDGE", "" if named == "option" else "./nothing")
    option = ["--judge", "./nothing"] if named == "option" else []
    asked = ["ask", "what is attention?", "--llm", "extractive", "--home", str(home)]
    ended = CliRunner().invoke(app, [*option, *asked])
    assert isinstance(ended.exception, ModelUnavailable)
    assert ended.exception.exit_code == 4
    assert "./nothing" in str(ended.exception)

"""Names that stand side by side in a question are asked about alike, however it is put."""

import pytest

from assistant.answering.evidence.joined import joined

NAMES = (
    "GPTQ and AWQ", "GPTQ", "AWQ", "LoRA", "QLoRA", "fine-tuning", "full fine-tuning", "微调",
    "监督微调", "强化学习", "饱和", "Triton",
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("GPTQ and AWQ, which should I pick?", ("GPTQ", "AWQ")),
        ("what do lora and QLoRA have in common", ("lora", "QLoRA")),
        ("is LoRA or full fine tuning better for few data", ("LoRA", "full fine tuning")),
        ("LoRA, QLoRA, or full fine-tuning for 12 GB?", ("LoRA", "QLoRA", "full fine-tuning")),
        ("强化学习和监督微调各适合什么情况？", ("强化学习", "监督微调")),
        ("什么情况下选 LoRA 而不是 QLoRA？", ("LoRA", "QLoRA")),
        ("饱和的微调", ()),
        ("LoRA and lora", ()),
        ("how does LoRA work with a LoRA adapter", ()),
        ("what is fine-tuning", ()),
        ("LoRAX and QLoRA", ()),
    ],
)
def test_the_names_that_a_question_joins(text, sides):
    assert joined(NAMES, text) == sides


def test_nothing_is_joined_where_nothing_has_a_name():
    assert joined((), "LoRA and QLoRA") == ()

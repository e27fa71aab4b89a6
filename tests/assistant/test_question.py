"""What a question asks is read without a model."""

import pytest

from assistant.answering.question import parts_about, understand
from ingest.text.things import names


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("explain GQA vs MQA", ("GQA", "MQA")),
        ("DPO versus PPO?", ("DPO", "PPO")),
        ("What is the difference between RMSNorm and LayerNorm?", ("RMSNorm", "LayerNorm")),
        ("How does QLoRA differ from LoRA?", ("QLoRA", "LoRA")),
        ("Which is better on a laptop: GGUF or GPTQ?", ("GGUF", "GPTQ")),
        ("Is it true: yes or no?", ()),
        ("compare tensor parallelism with pipeline parallelism",
         ("tensor parallelism", "pipeline parallelism")),
        ("What is the difference between tensor and pipeline parallelism?",
         ("tensor parallelism", "pipeline parallelism")),
        ("MoE 和稠密模型有什么区别？", ("MoE", "稠密模型")),
        ("when is RAG better than fine-tuning?", ("RAG", "fine-tuning")),
        ("Why is decoding slower than prefill?", ("decoding", "prefill")),
        ("为什么 GQA 比 MHA 省显存？", ("GQA", "MHA")),
        ("比较 LoRA 和 QLoRA", ("LoRA", "QLoRA")),
        ("大模型怎么处理比训练时更长的上下文？", ()),
        ("Compare BPE with BPE", ()),
        ("what is DPO and how is it different from RLHF", ("DPO", "RLHF")),
        ("What is LoRA? How does it compare to full fine-tuning?", ("LoRA", "full fine-tuning")),
        ("什么是 DPO？它和 RLHF 有什么区别？", ("DPO", "RLHF")),
        ("什么是 LoRA？和全参数微调相比有什么优势？", ("LoRA", "全参数微调")),
        ("difference between temperature and top p", ("temperature", "top p")),
        ("difference between DPO and RLHF and when should I use each", ("DPO", "RLHF")),
        ("LoRA vs QLoRA, and which one should I pick?", ("LoRA", "QLoRA")),
        ("Can I compare two models with different tokenizers?", ()),
        ("混合专家模型是不是比稠密模型便宜？为什么？", ("混合专家模型", "稠密模型")),
        ("what does DPO optimise?", ()),
        ("How many GPUs are needed?", ()),
    ],
)  # fmt: skip
def test_the_sides_of_a_comparison(text, sides):
    assert understand(text).sides == sides


@pytest.mark.parametrize(
    ("text", "lang"),
    [("what is RoPE", "en"), ("解释一下 KV 缓存", "zh"), ("KV Cache 有哪些缺点？", "zh")],
)
def test_the_language_of_a_question(text, lang):
    assert understand(text).lang == lang


def test_white_space_does_not_matter():
    assert understand("  what\n is   RoPE ").text == "what is RoPE"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Which soil do blueberries like?", []),
        ("How does Weaviate clean up?", ["Weaviate"]),
        ("GPT-4 parameters", ["GPT-4"]),
        ("what did PaliGemma 2 and 770M models use", ["PaliGemma", "770M"]),
        ("讯飞星火 V4.0 怎么收费", ["V4.0"]),
        ("It is fine. Anyway, could I use Mamba?", ["Mamba"]),
    ],
)
def test_names_in_a_question(text, found):
    assert names(text) == found


def test_a_question_after_a_full_stop_is_a_part_and_a_statement_is_none():
    parts = understand("Explain gradient checkpointing. What do I pay for it?").parts
    assert parts == (
        "Explain gradient checkpointing",
        "What do I pay for it (gradient checkpointing)",
    )
    assert len(understand("I have a 24 GB GPU. Can I fine-tune a 7B model?").parts) == 1


def test_later_parts_are_about_the_subjects_that_the_first_names():
    plain = "Explain quantization in plain words: what is done, and what do I lose?"
    assert parts_about(plain, ["quantization"])[1] == "what do I lose (quantization)"
    assert parts_about("KV缓存是什么，怎么减少它的占用？", ())[1] == "怎么减少它的占用 (KV缓存)"
    assert len(understand("训练数据要不要去重？为什么").parts) == 2


def test_after_a_question_why_it_is_what_happens():
    spikes = "Why does my loss spike in pretraining and what can I do about it?"
    later = "what can I do about it (pretraining, loss spike)"
    assert parts_about(spikes, ["pretraining"])[1] == later


def test_a_part_with_a_word_for_what_was_named_before_names_it():
    parts = understand("what is DPO and how is it different from RLHF").parts
    assert parts == ("what is DPO", "how is it different from RLHF (DPO)")
    assert understand("什么是 DPO？它和 RLHF 有什么区别？").parts[1] == "它和 RLHF 有什么区别 (DPO)"

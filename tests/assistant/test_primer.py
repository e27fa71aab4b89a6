"""The primer's notes as learners name them."""

import pytest

from assistant.learning import primer
from ingest.links.urls import canonical
from ingest.lists.parser import founding


def test_every_shipped_note_is_read_with_its_front_matter():
    assert len(primer.notes()) >= 10
    for slug, note in primer.notes().items():
        assert note.slug == slug
        assert note.url == f"refdesk:primer/{slug}"
        assert note.difficulty in ("easy", "medium", "hard")
        assert note.text.lstrip().startswith(f"# {note.topic}\n")
        assert all(paper.url.startswith("https://") for paper in note.papers)


def test_every_note_is_found_by_every_name_it_has():
    for note in primer.notes().values():
        for name in (note.slug, *note.names):
            found = primer.find(f" {name.upper()} ")
            assert found is note, f"{name} leads to {found and found.slug}, not to {note.slug}"


@pytest.mark.parametrize(
    ("topic", "slug"),
    [
        ("lora", "lora-and-qlora"),
        ("QLoRA", "lora-and-qlora"),
        ("KV-caches", "kv-cache"),
        ("tokenization", "tokenisation"),
        ("Quantization", "quantisation"),
        ("分词", "tokenisation"),
        ("分词算法", "tokenisation"),
        ("混合专家", "mixture-of-experts"),
        ("flash atention", "flash-attention"),
        ("FlashAttention kernels", "flash-attention"),
        ("a KV cache", "kv-cache"),
        ("grouped query attention", "mha-mqa-gqa"),
    ],
)
def test_a_topic_is_found_by_near_names_and_in_chinese(topic, slug):
    found = primer.find(topic)
    assert found is not None
    assert found.slug == slug


@pytest.mark.parametrize("topic", ["", "bread", "security tokens", "large", "面包", "xyz"])
def test_what_is_no_topic_of_the_primer_is_not_found(topic):
    assert primer.find(topic) is None


def test_nearest_topics_are_alike_and_few():
    assert "flash-attention" in [note.slug for note in primer.nearest("fast attention")]
    assert len(primer.nearest("attention", 2)) <= 2


def test_a_longer_name_hides_the_shorter_one_inside_it():
    assert primer.named("Flash Attention 1 & 2") == ("flash-attention",)
    assert set(primer.named("MoE and attention (LoRA)")) == {
        "attention", "mixture-of-experts", "lora-and-qlora",
    }  # fmt: skip
    assert primer.named("图解 KV 缓存") == ("kv-cache",)
    assert primer.named("Rye bread") == ()


def test_placed_links_are_links_of_the_founding_lists():
    known = {canonical(entry.url) for each in founding() for entry in each.entries}
    assert primer.placed()
    assert primer.placed() <= known

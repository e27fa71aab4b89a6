"""What `deploy/` says of refdesk is true: its commands, options, ports, paths and figures exist."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from typer.main import get_command

from ui.cli.app import app
from ui.serving.metrics import Metrics
from ui.serving.turns import Turns

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
MANIFEST = list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text()))
PINNED = re.compile(r"[a-z0-9./_-]+:v?[0-9A-Za-z][0-9A-Za-z.-]*")
OURS = "/root/refdesk/.venv/bin/refdesk"


def containers() -> list[dict[str, Any]]:
    """Every container of the manifest."""
    pods = [item["spec"]["template"]["spec"] for item in MANIFEST if "template" in item["spec"]]
    return [container for pod in pods for container in pod["containers"]]


def commands() -> list[list[str]]:
    """Every command of refdesk that is run somewhere."""
    said = [shlex.split(service.get("command", "")) for service in services() if ours(service)]
    said += [
        [*c["command"], *c.get("args", ())] for c in containers() if OURS in c.get("command", ())
    ]
    return said


def services() -> list[dict[str, Any]]:
    return list(COMPOSE["services"].values())


def ours(service: dict[str, Any]) -> bool:
    return service["image"].startswith("refdesk:")


def test_every_image_is_pinned_and_every_service_says_whether_it_is_well():
    for service in services():
        assert PINNED.fullmatch(service["image"]), service["image"]
        assert not service["image"].endswith(":latest")
        assert service["healthcheck"]["test"][0] == "CMD"
    for container in containers():
        assert PINNED.fullmatch(container["image"]), container["image"]
        assert container["readinessProbe"]
        assert container["livenessProbe"]
        assert container["resources"]["requests"]["memory"]


def test_no_secret_stands_in_a_file():
    for service in services():
        for name, value in service.get("environment", {}).items():
            if re.search("TOKEN|KEY|PASSWORD|SECRET", name):
                assert re.fullmatch(r"\$\{[A-Z_]+(:[?-][^}]*)?\}", value), name
    asked = set(re.findall(r"\$\{([A-Z_]+):\?", (DEPLOY / "compose.yaml").read_text()))
    offered = re.findall(r"^([A-Z_]+)=$", (DEPLOY / ".env.example").read_text(), re.M)
    assert asked <= set(offered)
    assert "Secret" not in {item["kind"] for item in MANIFEST}
    for container in containers():
        for variable in container.get("env", ()):
            if re.search("TOKEN|KEY|PASSWORD|SECRET", variable["name"]):
                assert "secretKeyRef" in variable["valueFrom"], variable["name"]


def test_the_commands_and_options_of_refdesk_exist():
    assert len(commands()) >= 3
    for program, name, *rest in commands():
        assert program == OURS
        command = get_command(app).commands[name]  # type: ignore[attr-defined]
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word.split("=")[0] for word in rest if word.startswith("--")} <= options
    assert f"WORKDIR {Path(OURS).parents[2]}" in (ROOT / "Containerfile").read_text()


def test_the_variables_of_refdesk_exist():
    known = {
        parameter.envvar
        for command in (get_command(app), *get_command(app).commands.values())  # type: ignore[attr-defined]
        for parameter in command.params
        if getattr(parameter, "envvar", None)
    }
    for service in filter(ours, services()):
        assert {name for name in service["environment"] if name.startswith("REFDESK_")} <= known
    for container in containers():
        if OURS in container.get("command", ()):
            named = {variable["name"] for variable in container["env"]}
            assert {name for name in named if name.startswith("REFDESK_")} <= known


def test_what_is_mounted_and_asked_is_there():
    for service in services():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (DEPLOY / source).is_file(), source
            else:
                assert source in COMPOSE["volumes"]
        assert set(service.get("depends_on", ())) <= set(COMPOSE["services"])
    config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yaml").read_text())
    for job in config["scrape_configs"]:
        for target in job["static_configs"][0]["targets"]:
            host, port = target.split(":")
            assert host in COMPOSE["services"]
            if ours(COMPOSE["services"][host]):
                command = COMPOSE["services"][host]["command"]
                assert f"--port {port}" in command
                assert f"--allow-host {host} " in command
    balanced = re.findall(r"server (\S+):(\d+)", (DEPLOY / "nginx.conf").read_text())
    assert {host for host, _ in balanced} == {"desk", "desk-2"}
    assert {port for _, port in balanced} == {"7860"}


def test_the_balancer_is_the_proxy_that_is_believed():
    address = COMPOSE["services"]["balancer"]["networks"]["inside"]["ipv4_address"]
    for service in filter(ours, services()):
        words = shlex.split(service["command"])
        assert words[words.index("--trust-proxy") + 1] == address


def test_the_dashboard_asks_for_figures_that_there_are():
    board = json.loads((DEPLOY / "grafana" / "refdesk.json").read_text())
    told = text_string_to_metric_families(figures())
    names = {sample.name for family in told for sample in family.samples}
    asked = {
        name
        for panel in board["panels"]
        for target in panel["targets"]
        for name in re.findall(r"refdesk_\w+", target["expr"])
    }
    assert len(asked) >= 8
    assert asked <= names
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def figures() -> str:
    metrics = Metrics(Turns())
    metrics.requested("search", 200, 0.1)
    metrics.turned_away("ask")
    metrics._answers.labels("ask", "model").inc()
    return metrics.text().decode()


def test_the_probes_ask_what_is_served():
    from assistant.desk import Desk  # the application's routes need no library
    from ui.server import interface

    desk = Desk(Path("/nowhere"), llm="extractive")
    paths = {getattr(route, "path", "") for route in interface(desk, Turns()).routes}
    assert {"/healthz", "/readyz", "/metrics"} <= paths
    for container in containers():
        if OURS in container.get("command", ()):
            port = container["ports"][0]["containerPort"]
            assert f"--port={port}" in container["args"]
            for probe in ("readinessProbe", "livenessProbe", "startupProbe"):
                asked = container[probe]["httpGet"]
                assert asked["path"] in paths
                assert asked["port"] == container["ports"][0]["name"]


def test_answers_under_way_are_finished_before_a_desk_is_killed():
    for service in filter(ours, services()):
        words = shlex.split(service["command"])
        grace = int(words[words.index("--grace") + 1])
        assert grace < int(service["stop_grace_period"].removesuffix("s"))
    (pod,) = (
        item["spec"]["template"]["spec"]
        for item in MANIFEST
        if item["kind"] == "Deployment" and item["metadata"]["name"] == "refdesk"
    )
    (container,) = pod["containers"]
    wait = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    grace = next(int(a.split("=")[1]) for a in container["args"] if a.startswith("--grace="))
    assert wait + grace < pod["terminationGracePeriodSeconds"]


def test_selectors_find_their_pods():
    labels = [
        item["spec"]["template"]["metadata"]["labels"]
        for item in MANIFEST
        if "template" in item["spec"]
    ]
    for item in MANIFEST:
        if item["kind"] == "Service":
            assert any(item["spec"]["selector"].items() <= found.items() for found in labels)
        if "template" in item["spec"]:
            wanted = item["spec"]["selector"]["matchLabels"]
            assert wanted.items() <= item["spec"]["template"]["metadata"]["labels"].items()


def test_compose_would_take_it():
    check = pytest.importorskip("check_jsonschema", reason="pip install check-jsonschema checks it")
    file = str(DEPLOY / "compose.yaml")
    assert check.main(["--builtin-schema", "vendor.compose-spec", file], standalone_mode=False) == 0


def test_the_image_of_the_desks_can_be_made():
    stages = re.findall(r"^FROM \S+ AS (\S+)$", (ROOT / "Containerfile").read_text(), re.M)
    for service in services():
        if "build" in service:
            assert service["build"]["target"] in stages


def test_kubernetes_would_take_it():
    validate = pytest.importorskip(
        "kubernetes_validate", reason="pip install kubernetes-validate checks the manifest"
    )
    for item in MANIFEST:
        validate.validate(item, "1.34", strict=True)

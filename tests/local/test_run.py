"""`python -m services`: one run with everything, from the first line to the last process."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from typing import TYPE_CHECKING
from urllib.request import urlopen

import pytest

from services.local.process.ports import keep_ports
from services.local.run.home import open_home
from tests.world.calm import calm_clock
from tests.world.processes import alive, descendants, wait_for_the_end
from tests.world.stack import running_stack, start_stack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.world.stack import Stack

# As long as two rounds of asking, and the end of what does not hear, may take.
STOP_SECONDS = 15


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A run that is ready."""
    home = tmp_path_factory.mktemp("run")
    port = keep_ports(open_home(home), ("front",))["front"]
    with running_stack(home, "--port", str(port)) as stack:
        yield stack


def test_run_json_tells_how_to_reach_everything(run: Stack) -> None:
    told = run.info
    assert (run.home / "run.json").stat().st_mode & 0o777 == 0o600
    assert [account["is_superuser"] for account in told["accounts"]] == [False, True, False]
    assert {server["name"] for server in told["servers"]} == {
        "new-york",
        "vladivostok",
        "cape-town",
    }
    assert {"endpoint", "node_endpoint", "bucket", "access_key", "secret_key", "city"} < told[
        "servers"
    ][0].keys()
    assert all(alive(pid) for pid in told["pids"].values())
    assert told["pids"]["stack"] == run.process.pid
    with urlopen(f"{told['services']['auth']}/.well-known/jwks.json") as answer:
        assert json.load(answer)["keys"]


def test_the_screen_tells_it_too(run: Stack) -> None:
    account = run.info["accounts"][0]
    for text in (run.info["address"], account["username"], account["password"], "Ctrl-C"):
        assert text in run.screen
    assert str(run.home / "logs") in run.screen


def test_a_second_run_says_where_the_first_is(run: Stack) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "services", "--home", str(run.home)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert run.info["address"] in second.stderr
    assert str(run.process.pid) in second.stderr
    assert run.process.poll() is None


def test_a_taken_port_is_an_error(run: Stack, tmp_path: Path) -> None:
    port = run.info["address"].rpartition(":")[2]
    second = subprocess.run(
        [sys.executable, "-m", "services", "--home", str(tmp_path)],
        env={**os.environ, "MERIDIAN_PORT": port},
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert f"port {port} is taken" in second.stderr


def test_a_killed_service_is_started_again(run: Stack) -> None:
    before = run.pid("replicator-1")
    os.kill(before, signal.SIGKILL)
    run.wait(lambda: run.pid("replicator-1") not in {0, before})
    assert alive(run.pid("replicator-1"))
    assert "replicator-1 was ended by SIGKILL; starting it again" in run.screen


@pytest.mark.parametrize("name", ["postgres", "valkey", "node-cape-town", "edge-new-york"])
def test_so_is_a_killed_server_and_the_others_go_on(run: Stack, name: str) -> None:
    pids = run.info["pids"]
    os.kill(pids[name], signal.SIGKILL)
    run.wait(lambda: run.pid(name) not in {0, pids[name]})
    others = {other: pid for other, pid in run.info["pids"].items() if other != name}
    assert others == {other: pid for other, pid in pids.items() if other != name}


def test_a_city_that_cannot_be_added_ends_nothing(run: Stack) -> None:
    pids = run.info["pids"]
    (run.home / "cities.json").write_text("{")
    os.kill(run.process.pid, signal.SIGUSR2)
    run.wait(lambda: "cities.json is damaged" in run.screen)
    assert run.info["pids"] == pids
    (run.home / "cities.json").unlink()


def test_one_that_dies_again_and_again_waits_until_asked_for(run: Stack) -> None:
    name = "replicator-2"
    pause = 0.0
    while pause < 3:
        before = run.pid(name)
        os.kill(before, signal.SIGKILL)
        run.wait(lambda: run.pid(name) != before)  # noqa: B023
        pauses = re.findall(rf"{name} was ended by SIGKILL again; next try in (.*) s", run.screen)
        pause = float(pauses[-1]) if pauses else 0
        if pause < 3:
            run.wait(lambda: run.pid(name))
    with calm_clock() as passed:
        os.kill(run.process.pid, signal.SIGUSR1)
        run.wait(lambda: run.pid(name))
        assert passed() < pause


def test_one_that_does_not_answer_is_shown(run: Stack) -> None:
    pid = run.pid("auth")
    os.kill(pid, signal.SIGSTOP)
    run.wait(lambda: f"auth (process {pid}) runs but does not answer" in run.screen)
    os.kill(pid, signal.SIGCONT)
    run.wait(lambda: "auth answers again after" in run.screen)
    assert run.pid("auth") == pid


def test_logs_are_for_people(run: Stack) -> None:
    log = (run.home / "logs" / "storage.log").read_text()
    assert "[info     ] listening" in log
    assert not log.startswith("{")


def test_a_city_is_added_beside_the_running_ones(run: Stack) -> None:
    place = ("--city", "Frankfurt", "--latitude", "50.11", "--longitude", "8.68")
    wanted = json.loads(tell(run, "add-city", "frankfurt", *place))
    assert {"name": "frankfurt", "city": "Frankfurt", "bucket": "meridian"}.items() < wanted.items()
    server = run.server("frankfurt")
    assert all(server[name] == wanted[name] for name in ("endpoint", "access_key", "secret_key"))
    assert alive(run.pid("node-frankfurt"))
    assert json.loads(tell(run, "add-city", "frankfurt", *place)) == wanted
    with pytest.raises(subprocess.CalledProcessError) as raised:
        tell(run, "add-city", "frankfurt", *place[:-1], "9")
    assert "there is a city frankfurt already" in raised.value.stderr
    os.kill(run.pid("edge-frankfurt"), signal.SIGKILL)
    run.wait(lambda: "edge-frankfurt was started again" in run.screen)


def tell(run: Stack, *words: str) -> str:
    """Run a command on the stack; what it printed."""
    command = [sys.executable, "-m", "services.local", "--home", str(run.home), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_logs_that_are_thrown_away_end_nothing(run: Stack) -> None:
    pids = run.info["pids"]
    shutil.rmtree(run.home / "logs")
    for _ in range(2):
        before = run.pid("relay")
        os.kill(before, signal.SIGKILL)
        run.wait(lambda: run.pid("relay") not in {0, before})  # noqa: B023
    assert (run.home / "logs" / "relay.log").exists()
    pids["relay"] = run.pid("relay")
    assert run.info["pids"] == pids


def test_whatever_is_wrong_with_a_backup_all_comes_up_again(run: Stack, tmp_path: Path) -> None:
    whole, odd = tmp_path / "whole.tar", tmp_path / "odd.tar"
    tell(run, "backup", str(whole))
    # Nobody expects a password that is none.
    secrets = b'{"postgres": "\xc3\xbc"}'
    with tarfile.open(whole) as source, tarfile.open(odd, "w") as target:
        for member in source:
            content = source.extractfile(member)
            if member.name == "secrets.json":
                member.size, content = len(secrets), io.BytesIO(secrets)
            target.addfile(member, content)
    pids = run.info["pids"]
    with pytest.raises(subprocess.CalledProcessError) as raised:
        tell(run, "restore", str(odd))
    assert "UnicodeEncodeError" in raised.value.stderr
    assert "Traceback" not in raised.value.stderr
    assert run.pid("stack") == pids["stack"]
    assert run.pid("storage") != pids["storage"]


@pytest.mark.parametrize("name", ["nowhere.tar", "folder"])
def test_a_backup_that_is_not_there_stops_nothing(run: Stack, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    pids = run.info["pids"]
    with pytest.raises(subprocess.CalledProcessError) as raised:
        tell(run, "restore", str(tmp_path / name))
    assert name in raised.value.stderr
    assert run.info["pids"] == pids


def test_a_terminal_that_closes_stops_only_what_listens_to_it(tmp_path: Path) -> None:
    home = tmp_path / "home"
    # Who starts it with nohup wants it to go on.
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        stack = start_stack(home)
    finally:
        signal.signal(signal.SIGHUP, before)
    try:
        stack.process.send_signal(signal.SIGHUP)
        # It hears both in this order.
        told = len(stack.screen)
        (home / "cities.json").write_text("{")
        os.kill(stack.process.pid, signal.SIGUSR2)
        stack.wait(lambda: "cities.json is damaged" in stack.screen[told:])
        stack.stop()
        assert stack.process.returncode == 0
    finally:
        stack.process.kill()
        stack.process.wait()


def test_a_signal_stops_everything_in_time(run: Stack) -> None:
    everybody = [*run.info["pids"].values(), *descendants(run.process.pid)]
    began = time.monotonic()
    run.process.send_signal(signal.SIGTERM)
    assert run.process.wait(STOP_SECONDS) == 0
    assert time.monotonic() - began < STOP_SECONDS
    assert not wait_for_the_end(everybody)
    assert not (run.home / "run.json").exists()
    assert run.screen.endswith("stopped\n")

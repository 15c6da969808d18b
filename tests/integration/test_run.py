"""`credcheck run` as its command, its parent and its terminal see it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.keys import stripe_live, stripe_test, tail
from support.projects import write_project
from support.terminals import bare_environ, finish, spawn

if TYPE_CHECKING:
    import pexpect

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX processes")

MANIFEST = """
on-missing = {ci = "fail"}

[secrets.STRIPE_TEST_KEY]
service = "stripe"

[secrets.OTHER_KEY]
unproven = "made up"

[suites.payments]
requires = ["STRIPE_TEST_KEY"]
"""
MASK = "[REDACTED:STRIPE_TEST_KEY]"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_project(tmp_path, MANIFEST, STRIPE_TEST_KEY=stripe_test(), OTHER_KEY="other-value-5512")
    return tmp_path


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "credcheck", "run", *words]


def ran(
    root: Path, *words: str, stdin: str = "", **environ: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(*words),
        cwd=root,
        env=bare_environ(**environ),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
    )


def python(code: str) -> list[str]:
    return ["--", sys.executable, "-c", code]


# ── environment and output ────────────────────────────────────────────────────────────────────


def test_the_command_has_the_values_and_its_output_has_masks_on_both_streams(project: Path) -> None:
    done = ran(
        project,
        *python(
            "import os, sys\n"
            "key = os.environ['STRIPE_TEST_KEY']\n"
            f"assert key == 'sk_' + 'test_' + {stripe_test()[8:]!r}\n"
            "print('out', key); print('err', key, file=sys.stderr)\n"
            "print(os.environ['OTHER_KEY'], os.environ['KEPT'])"
        ),
        KEPT="from-the-parent",
    )
    assert (done.returncode, done.stderr) == (0, f"err {MASK}\n")
    assert done.stdout == f"out {MASK}\n[REDACTED:OTHER_KEY] from-the-parent\n"


def test_only_the_named_suites_secrets_are_added(project: Path) -> None:
    names = "import os; print('STRIPE_TEST_KEY' in os.environ, 'OTHER_KEY' in os.environ)"
    done = ran(project, "--suite", "payments", *python(names))
    assert (done.returncode, done.stdout, done.stderr) == (0, "True False\n", "")


def test_a_live_key_of_the_environment_does_not_reach_the_command(project: Path) -> None:
    code = "import os; print('PAYMENT' in os.environ)"
    done = ran(project, *python(code), PAYMENT=stripe_live())
    assert (done.returncode, done.stdout) == (0, "False\n")
    assert done.stderr == "credcheck: without PAYMENT, which holds a production credential\n"


def test_a_live_key_of_the_projects_own_service_does_not_reach_the_command(project: Path) -> None:
    kind = "id = 'key'\nlive = ['acme_live_']\ntail = 'base62{20}'\n"
    (project / "credcheck.toml").write_text(MANIFEST + "[[services.acme.kinds]]\n" + kind)
    code = "import os; print('ACME' in os.environ, os.environ['PLAIN'])"
    done = ran(project, *python(code), ACME="acme_live_" + tail(20), PLAIN="acme")
    assert done.stdout == "False acme\n"
    assert "credcheck: without ACME, which holds a production credential" in done.stderr


def test_what_may_be_missing_is_told_and_the_command_runs(project: Path) -> None:
    write_project(project, STRIPE_TEST_KEY=stripe_test())
    done = ran(project, "--", sys.executable, "-c", "print('ran')")
    assert (done.returncode, done.stdout) == (0, "ran\n")
    assert done.stderr.startswith("credcheck: without OTHER_KEY, which is absent; add OTHER_KEY=")


def test_a_value_that_cannot_be_masked_is_told(project: Path) -> None:
    write_project(project, STRIPE_TEST_KEY=stripe_test(), OTHER_KEY="short")
    assert "credcheck: OTHER_KEY is not masked in output" in ran(project, *python("")).stderr


def test_what_another_suite_has_and_what_a_file_holds_is_masked_too(project: Path) -> None:
    (project / "account.txt").write_text("content-of-the-file-7714")
    manifest = MANIFEST + "[secrets.ACCOUNT]\nfile = true\nunproven = 'ours'\n"
    manifest += "[suites.files]\nrequires = ['ACCOUNT']\n"
    (project / "credcheck.toml").write_text(manifest)
    code = "import os; print(open(os.environ['ACCOUNT']).read(), 'other-value-5512')"
    done = ran(project, "--suite", "files", *python(code), ACCOUNT="account.txt")
    assert done.stdout == "[REDACTED:ACCOUNT] [REDACTED:OTHER_KEY]\n"


def test_the_path_of_a_file_variable_may_stand_among_the_arguments(project: Path) -> None:
    (project / "account.txt").write_text("content-of-the-file-7714")
    manifest = MANIFEST + "[secrets.ACCOUNT]\nfile = true\nunproven = 'ours'\n"
    (project / "credcheck.toml").write_text(manifest)
    done = ran(project, *python("pass"), "account.txt", ACCOUNT="account.txt")
    assert (done.returncode, done.stderr) == (0, "")


def test_what_the_file_shadows_of_another_suite_is_masked_too(project: Path) -> None:
    code = "import os; print(os.environ['OTHER_KEY'])"
    done = ran(project, "--suite", "payments", *python(code), OTHER_KEY="inherited-value-6613")
    assert done.stdout == "[REDACTED:OTHER_KEY]\n"


def test_bytes_that_hold_no_secret_are_untouched(project: Path) -> None:
    code = "import sys; sys.stdout.buffer.write(bytes(range(256)) * 4096)"
    done = subprocess.run(
        command(*python(code)), cwd=project, env=bare_environ(), capture_output=True, timeout=60
    )
    assert done.stdout == bytes(range(256)) * 4096


def test_the_order_of_both_streams_is_kept_where_they_lead_to_one_place(project: Path) -> None:
    code = "import os\nfor n in range(50): os.write(1 + n % 2, f'{n} '.encode())\n"
    done = subprocess.run(
        command(*python(code)),
        cwd=project,
        env=bare_environ(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
    )
    if os.name == "posix":
        assert done.stdout == "".join(f"{n} " for n in range(50))


def test_nothing_is_held_back(project: Path) -> None:
    code = "print('name? ', end='', flush=True); print('hello', input())"
    with subprocess.Popen(
        command(*python(code)),
        cwd=project,
        env=bare_environ(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stdout.read(6) == b"name? "
        child.stdin.write(b"you\n")
        child.stdin.close()
        assert child.stdout.read().split() == [b"hello", b"you"]
    assert child.returncode == 0


def test_without_scrubbing_the_output_is_the_commands_own(project: Path) -> None:
    code = "import os, sys; print(os.environ['OTHER_KEY']); sys.exit(9)"
    done = ran(project, "--no-scrub", *python(code))
    assert (done.returncode, done.stdout) == (9, "other-value-5512\n")


def test_a_value_among_the_arguments_is_told_and_masked(project: Path) -> None:
    done = ran(project, *python("import sys; print(sys.argv[1])"), f"--key={stripe_test()}")
    assert "the value of STRIPE_TEST_KEY stands in the command's arguments" in done.stderr
    assert done.stdout == f"--key={MASK}\n"


@pytest.mark.parametrize(
    "words",
    [
        ["--", "echo", "--help", "-x"],
        ["echo", "--help", "-x"],
        ["--suite", "payments", "echo", "--help", "-x"],
        ["--suite", "payments", "--", "echo", "--help", "-x"],
        ["--context", "local", "--", "echo", "--help", "-x"],
    ],
)
@posix
def test_the_commands_own_options_are_the_commands(project: Path, words: list[str]) -> None:
    assert ran(project, *words).stdout == "--help -x\n"


@posix
def test_a_second_double_dash_is_the_commands(project: Path) -> None:
    assert ran(project, "--", "echo", "a", "--", "b").stdout == "a -- b\n"


# ── nothing is started ────────────────────────────────────────────────────────────────────────


def test_with_a_live_key_nothing_is_started(project: Path) -> None:
    write_project(project, STRIPE_TEST_KEY=stripe_live())
    done = ran(project, *python("open('started', 'w')"))
    assert (done.returncode, done.stdout) == (3, "")
    assert "STRIPE_TEST_KEY is a production credential" in done.stderr
    assert stripe_live()[8:16] not in done.stderr
    assert not (project / "started").exists()


def test_without_a_secret_that_must_not_be_missing_nothing_is_started(project: Path) -> None:
    (project / ".env.test").unlink()
    done = ran(project, "--context", "ci", *python("open('started', 'w')"))
    assert (done.returncode, done.stdout) == (1, "")
    assert not (project / "started").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], "there is no command to run"),
        (["--"], "there is no command to run"),
        (
            ["--suite", "payment", "--", "x"],
            "there is no suite 'payment' (did you mean 'payments'?)",
        ),
    ],
)
def test_a_mistake_is_exit_code_2(project: Path, words: list[str], told: str) -> None:
    done = ran(project, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


# ── how it ends ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("scrub", [(), ("--no-scrub",)], ids=["scrubbed", "plain"])
@pytest.mark.parametrize("code", [0, 1, 3, 42, 255])
def test_the_exit_code_is_the_commands(project: Path, scrub: tuple[str, ...], code: int) -> None:
    assert ran(project, *scrub, *python(f"raise SystemExit({code})")).returncode == code


@pytest.mark.parametrize("scrub", [(), ("--no-scrub",)], ids=["scrubbed", "plain"])
def test_a_program_that_is_not_there_is_127(project: Path, scrub: tuple[str, ...]) -> None:
    done = ran(project, *scrub, "--", "no-such-program")
    assert (done.returncode, done.stderr) == (127, "credcheck: error: no-such-program: not found\n")


@posix
@pytest.mark.parametrize("scrub", [(), ("--no-scrub",)], ids=["scrubbed", "plain"])
def test_a_file_that_cannot_be_executed_is_126(project: Path, scrub: tuple[str, ...]) -> None:
    (project / "data").write_bytes(b"\0\1\2")
    done = ran(project, *scrub, "--", "./data")
    assert done.returncode == 126
    (project / "data").chmod(0o755)
    done = ran(project, *scrub, "--", "./data")
    assert (done.returncode, done.stderr) == (
        126,
        "credcheck: error: ./data: exec format error\n",
    )


@posix
@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM", "SIGSEGV", "SIGINT"])
def test_a_signal_that_ends_the_command_is_128_and_its_number(project: Path, name: str) -> None:
    number = getattr(signal, name)
    done = ran(project, "--", "sh", "-c", f"echo before; kill -{name[3:]} $$")
    assert (done.returncode, done.stdout) == (128 + number, "before\n")


@posix
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGINT"])
def test_a_signal_to_us_reaches_the_command(project: Path, name: str) -> None:
    code = (
        "import os, signal, time\n"
        f"signal.signal(signal.{name}, lambda *_: (os.write(1, b'got it'), os._exit(5)))\n"
        "os.write(1, b'ready\\n')\n"
        "time.sleep(30)"
    )
    with subprocess.Popen(
        command(*python(code)),
        cwd=project,
        env=bare_environ(),
        stdout=subprocess.PIPE,
        start_new_session=True,  # nobody's terminal
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        child.send_signal(getattr(signal, name))
        assert child.stdout.read() == b"got it"
    assert child.returncode == 5


@posix
def test_a_reader_that_goes_away_ends_the_command_as_without_us(project: Path) -> None:
    with subprocess.Popen(
        command("--", "yes"), cwd=project, env=bare_environ(), stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.read(2) == b"y\n"
        child.stdout.close()
        assert child.wait(timeout=30) == 128 + signal.SIGPIPE


@posix
def test_a_process_that_lives_on_does_not_keep_us(project: Path) -> None:
    begin = time.monotonic()
    done = ran(project, "--", "sh", "-c", "sleep 20 & echo done")
    assert (done.returncode, done.stdout) == (0, "done\n")
    assert time.monotonic() - begin < 15


@posix
def test_the_last_words_of_a_child_of_the_command_are_not_lost(project: Path) -> None:
    done = ran(project, "--", "sh", "-c", "(sleep 0.3; echo $STRIPE_TEST_KEY) & echo first")
    assert done.stdout == f"first\n{MASK}\n"


@posix
def test_what_we_inherit_the_command_inherits(project: Path) -> None:
    reader, writer = os.pipe()
    subprocess.run(
        command(*python(f"import os; os.write({writer}, b'through')")),
        cwd=project,
        env=bare_environ(),
        pass_fds=[writer],
        check=True,
    )
    os.close(writer)
    assert os.read(reader, 100) == b"through"
    os.close(reader)


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")
@pytest.mark.parametrize("scrub", [(), ("--no-scrub",)], ids=["scrubbed", "plain"])
def test_no_value_stands_in_any_argument_and_broken_pipes_end_the_command(
    project: Path, scrub: tuple[str, ...]
) -> None:
    show = "cat /proc/$$/cmdline /proc/$PPID/cmdline | tr '\\0' ' '; grep SigIgn /proc/$$/status"
    done = ran(project, "--no-scrub", *scrub, "--", "sh", "-c", show)
    assert "cmdline" in done.stdout
    assert stripe_test()[8:] not in done.stdout
    (ignored,) = re.findall(r"SigIgn:\s+(\w+)", done.stdout)
    assert not int(ignored, 16) & (1 << (signal.SIGPIPE - 1))


@posix
def test_no_process_is_left_unburied() -> None:
    from credcheck.running import run_scrubbed
    from credcheck.scrubber import Scrubber

    before, family = descriptors(), children()
    assert run_scrubbed(["sh", "-c", "exit 4"], dict(os.environ), Scrubber()) == 4
    assert children() == family
    assert descriptors() == before


def children() -> set[str]:
    """Give the processes that this one has started, the servers of other tests among them."""
    listed = subprocess.run(
        ["ps", "-o", "pid=,comm=", "--ppid", str(os.getpid())], capture_output=True, text=True
    ).stdout
    return {line for line in listed.splitlines() if line.split()[-1] != "ps"}


def descriptors() -> int:
    """How many are open; 0 where that cannot be found out."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


# ── a terminal ────────────────────────────────────────────────────────────────────────────────


def terminal(root: Path, *words: str, **environ: str) -> pexpect.spawn[str]:
    return spawn(root, "credcheck", "run", *words, **environ)


@posix
def test_the_command_sees_the_terminal_with_its_size(project: Path) -> None:
    code = (
        "import os, sys\n"
        "print([os.isatty(n) for n in range(3)], *os.get_terminal_size(1))\n"
        "print('\\x1b[31m' + os.environ['STRIPE_TEST_KEY'] + '\\x1b[0m')"
    )
    code_, text = finish(terminal(project, *python(code)))
    assert (code_, text) == (
        0,
        f"[True, True, True] 100 40\r\n\x1b[31m{MASK}\x1b[0m\r\n",
    )


@posix
def test_a_new_size_reaches_the_command(project: Path) -> None:
    code = (
        "import os, signal, time\n"
        "sizes = []\n"
        "signal.signal(signal.SIGWINCH, lambda *_: sizes.append(os.get_terminal_size(1)))\n"
        "print('ready', flush=True)\n"
        "while not any(size == (77, 33) for size in sizes): time.sleep(0.01)\n"
        "print('resized')"
    )
    child = terminal(project, *python(code))
    child.expect_exact("ready")
    child.setwinsize(33, 77)
    assert finish(child)[0] == 0


@posix
def test_prompts_work_and_a_password_is_not_shown(project: Path) -> None:
    code = (
        "import getpass\n"
        "name = input('name? ')\n"
        "word = getpass.getpass('password? ')\n"
        "print(name, len(word))"
    )
    child = terminal(project, *python(code))
    child.expect_exact("name? ")
    child.sendline("me")
    child.expect_exact("password? ")
    child.waitnoecho()
    child.sendline("hidden")
    code_, text = finish(child)
    assert code_ == 0
    assert "me 6" in text
    assert "hidden" not in text


@posix
@pytest.mark.parametrize(
    ("handler", "code"), [("raise SystemExit(5)", 5), ("raise", 130)], ids=["handled", "not"]
)
def test_ctrl_c_reaches_the_command_once_and_its_answer_is_ours(
    project: Path, handler: str, code: int
) -> None:
    program = (
        "import time\n"
        "try:\n    print('ready', flush=True); time.sleep(30)\n"
        f"except KeyboardInterrupt:\n    print('interrupted'); time.sleep(0.3); {handler}\n"
    )
    child = terminal(project, *python(program))
    child.expect_exact("ready")
    child.sendintr()
    code_, text = finish(child)
    assert code_ == code
    assert text.count("interrupted") == 1
    assert "credcheck" not in text


@posix
def test_ctrl_z_and_going_on_work(project: Path) -> None:
    child = spawn_shell(project)
    child.sendline(
        f"{sys.executable} -m credcheck run -- sh -c 'echo rea\"\"dy; read line; echo got $line'"
    )
    child.expect_exact("ready")
    child.sendcontrol("z")
    child.expect("Stopped")
    child.sendline("fg")
    child.expect_exact("credcheck run")
    child.sendline("this")
    child.expect_exact("got this")
    child.sendline("exit")
    finish(child)


def spawn_shell(root: Path) -> pexpect.spawn[str]:
    import pexpect

    return pexpect.spawn(
        "bash",
        ["--norc", "--noprofile"],
        cwd=str(root),
        env=bare_environ(PS1="$ "),
        encoding="utf-8",
        timeout=20,
    )


@posix
@pytest.mark.parametrize("closed", ["1>&-", "2>&-", "1>&- 2>&-", "0<&-"])
def test_a_stream_that_is_closed_is_no_place_for_another(project: Path, closed: str) -> None:
    """The number of a closed one is given to the next file that is opened."""
    shell = f'exec "$@" {closed}'
    done = subprocess.run(
        ["sh", "-c", shell, "sh", *command(*python("print('said'); raise SystemExit(6)"))],
        cwd=project,
        env=bare_environ(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (6, "")
    assert done.stdout == ("" if "1>&-" in closed else "said\n")


@posix
def test_an_environment_that_is_too_long_is_126(capfd: pytest.CaptureFixture[str]) -> None:
    from credcheck.running import run_scrubbed
    from credcheck.scrubber import Scrubber

    environ = {**os.environ, **{f"LONG_{n}": "x" * 120_000 for n in range(100)}}
    assert run_scrubbed(["true"], environ, Scrubber()) == 126
    assert "its arguments and environment are too long" in capfd.readouterr().err

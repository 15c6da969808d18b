"""`credcheck bootstrap` as a new colleague meets it: a clone, a terminal, a prompt."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from support.keys import stripe_live, stripe_test, tail
from support.terminals import bare_environ, finish, spawn

if TYPE_CHECKING:
    import pexpect

pytestmark = pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
pytest_plugins = ["servers.stripe_mock"]

EXAMPLE = Path(__file__).parents[2] / "examples" / "checkout"
PROMPT = re.escape("STRIPE_TEST_KEY (empty leaves it out): ")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository with the example in it, as it is when it was just cloned."""
    root = tmp_path / "checkout"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
    subprocess.run(["git", "init", "-q"], cwd=root, check=True)
    subprocess.run(["git", "add", "-A"], cwd=root, check=True)
    return root


def bootstrap(root: Path, *words: str, **environ: str) -> pexpect.spawn[str]:
    return spawn(root, "credcheck", "bootstrap", *words, **environ)


def shows(text: str, secret: str) -> list[str]:
    return [secret[n : n + 8] for n in range(8, len(secret) - 7) if secret[n : n + 8] in text]


def test_from_a_clone_to_payments_tests_that_run_with_one_hidden_prompt(
    clone: Path, stripe_mock: str
) -> None:
    child = bootstrap(clone, "--suite", "payments")
    child.expect(PROMPT)
    before = child.before or ""
    assert "get one    https://dashboard.stripe.com/test/apikeys" in before
    child.waitnoecho()
    child.sendline(stripe_test())
    code, text = finish(child)
    assert code == 0, text
    assert before.count("is asked for") == 1
    assert PROMPT not in text  # one prompt
    assert shows(before + text, stripe_test()) == []
    assert "STRIPE_TEST_KEY: kept in .env.test" in text
    assert re.search(r"RUN +payments +4 tests", text)
    assert (clone / ".env.test").read_text() == f"STRIPE_TEST_KEY={stripe_test()}\n"
    assert (clone / ".env.test").stat().st_mode & 0o777 == 0o600
    status = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all"],
        cwd=clone,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "??" not in status.stdout
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/payments"],
        cwd=clone,
        env=bare_environ(STRIPE_API_BASE=stripe_mock),
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout
    assert re.search(r"^4 passed", done.stdout, re.MULTILINE)


def test_a_live_key_is_refused_at_once_and_asked_for_again(clone: Path) -> None:
    child = bootstrap(clone, "--suite", "payments")
    child.expect(PROMPT)
    child.sendline(stripe_live())
    child.expect("This is a production credential: it carries the live marker sk_live_")
    told = child.before or ""
    child.expect(PROMPT)
    child.sendline("something-else-entirely")
    child.expect("does not prove to be a test credential")
    child.expect(PROMPT)
    child.sendline("")
    code, text = finish(child)
    assert code == 0
    assert shows(told + text, stripe_live()) == []
    assert "nothing was given, so nothing was written" in text
    assert not (clone / ".env.test").exists()


def test_it_asks_only_for_what_is_missing_and_keeps_the_rest_of_the_file(clone: Path) -> None:
    (clone / ".env.test").write_text(
        "# mine\nSTRIPE_TEST_KEY=changeme  # soon\nAWS_ACCESS_KEY_ID=\nDEBUG='1'\n"
    )
    child = bootstrap(clone, "--suite", "payments")
    child.expect(PROMPT)
    child.sendline(f"STRIPE_TEST_KEY={stripe_test()}")
    assert finish(child)[0] == 0
    written = f"# mine\nSTRIPE_TEST_KEY={stripe_test()}  # soon\nAWS_ACCESS_KEY_ID=\nDEBUG='1'\n"
    assert (clone / ".env.test").read_text() == written
    code, text = finish(bootstrap(clone, "--suite", "payments"))
    assert code == 0
    assert "ready: nothing to do" in text
    assert (clone / ".env.test").read_text() == written


def test_a_new_file_can_begin_as_the_example(clone: Path) -> None:
    child = bootstrap(clone, "--suite", "payments", "--from-example")
    child.expect(PROMPT)
    child.sendline(stripe_test())
    assert finish(child)[0] == 0
    example = (clone / ".env.test.example").read_text()
    assert "STRIPE_TEST_KEY=\n" in example
    assert (clone / ".env.test").read_text() == example.replace(
        "STRIPE_TEST_KEY=\n", f"STRIPE_TEST_KEY={stripe_test()}\n"
    )


@pytest.mark.parametrize("how", ["interrupt", "end"])
def test_ctrl_c_and_the_end_of_input_write_nothing_and_give_the_terminal_back(
    clone: Path, how: str
) -> None:
    child = bootstrap(clone)
    child.expect(PROMPT)
    child.sendline(stripe_test())
    child.expect(re.escape("SENDGRID_TEST_KEY (empty leaves it out): "))
    child.waitnoecho()
    child.sendintr() if how == "interrupt" else child.sendeof()
    child.waitnoecho(timeout=0)
    code, text = finish(child)
    assert code == 130
    assert "Traceback" not in text
    assert sorted(p.name for p in clone.glob(".env.test*")) == [".env.test.example"]


@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL"])
def test_a_kill_during_a_prompt_leaves_nothing_on_the_disk(clone: Path, name: str) -> None:
    number = getattr(signal, name)
    child = bootstrap(clone)
    child.expect(PROMPT)
    child.sendline(stripe_test())
    child.expect("SENDGRID_TEST_KEY")
    child.kill(number)
    assert finish(child)[0] == 128 + number
    assert sorted(p.name for p in clone.glob(".env.test*")) == [".env.test.example"]


def test_a_key_of_several_lines_is_pasted_whole(tmp_path: Path) -> None:
    (tmp_path / "credcheck.toml").write_text(
        "[secrets.PEM]\nunproven = 'made here'\n[secrets.LAST]\n"
    )
    body = "\n".join(tail(64, seed=n) for n in range(4))
    pem = f"-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----"
    child = bootstrap(tmp_path)
    child.expect(re.escape("PEM (empty leaves it out): "))
    child.waitnoecho()
    child.send(pem + "\n")
    child.expect(re.escape("LAST (empty leaves it out): "))
    before = child.before or ""
    child.sendline("")
    code, text = finish(child)
    assert code == 0
    assert shows(before + text, body) == []
    import dotenv

    assert dotenv.dotenv_values(tmp_path / ".env.test", interpolate=False) == {"PEM": pem}


def test_a_json_key_of_several_lines_is_pasted_whole_and_an_empty_line_ends_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "credcheck.toml").write_text("[secrets.ACCOUNT]\nunproven = 'made here'\n")
    child = bootstrap(tmp_path)
    child.expect(re.escape("ACCOUNT (empty leaves it out): "))
    child.waitnoecho()
    child.send('{\n  "key": "a-value-88123"\n}\n')
    assert finish(child)[0] == 0
    import dotenv

    held = dotenv.dotenv_values(tmp_path / ".env.test", interpolate=False)
    assert held == {"ACCOUNT": '{\n  "key": "a-value-88123"\n}'}


def test_bytes_that_are_no_text_are_asked_for_again(clone: Path) -> None:
    import pexpect

    child = pexpect.spawn(
        sys.executable,
        ["-m", "credcheck", "bootstrap", "--suite", "payments"],
        cwd=str(clone),
        env=bare_environ(PYTHONUTF8="1"),
        timeout=30,
    )
    child.expect(PROMPT.encode())
    child.waitnoecho()
    child.send(b"caf\xe9-key\n")
    child.expect(b"That is not text in the terminal's encoding")
    child.expect(PROMPT.encode())
    child.send(b"\n")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_a_line_that_the_terminal_cuts_is_not_kept(clone: Path) -> None:
    child = bootstrap(clone, "--suite", "payments")
    child.expect(PROMPT)
    child.waitnoecho()
    child.send("x" * 5000 + "\n")
    child.expect("The terminal cuts a line of that length")
    child.expect(PROMPT)
    child.sendline("")
    assert finish(child)[0] == 0
    assert not (clone / ".env.test").exists()


def test_a_path_may_be_seen(tmp_path: Path) -> None:
    (tmp_path / "credcheck.toml").write_text("[secrets.ACCOUNT]\nfile = true\nunproven = 'ours'\n")
    (tmp_path / "account.txt").write_text("some-account-5621")
    child = bootstrap(tmp_path)
    child.expect(re.escape("ACCOUNT (empty leaves it out): "))
    assert child.getecho()
    child.sendline("account.txt")
    assert finish(child)[0] == 0
    assert (tmp_path / ".env.test").read_text() == "ACCOUNT=account.txt\n"


def test_the_script_for_a_team_asks_for_what_is_missing(clone: Path) -> None:
    import pexpect

    options: dict[str, Any] = {"encoding": "utf-8", "timeout": 30}
    child = pexpect.spawn(
        str(clone / "scripts" / "bootstrap"),
        ["--suite", "payments"],
        env=bare_environ(PYTHON=sys.executable),
        **options,
    )
    child.expect(PROMPT)
    child.sendline(stripe_test())
    code, text = finish(child)
    assert code == 0, text
    assert f"STRIPE_TEST_KEY={stripe_test()}\n" in (clone / ".env.test").read_text()

"""Bringing a developer's machine to ready: a plan, which is shown, and then done.

* `planning`: what is to be done for each secret; pure
* `table`: the plan for people
* `asking`: questions, and the judging of each answer at once
* `terminal`: reading what must not be shown
* `keeping`: `.env.test` or the keyring
"""

from __future__ import annotations

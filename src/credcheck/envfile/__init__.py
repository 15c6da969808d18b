"""Writing `.env.test`: exact values, whole files, and nothing that others can see.

* `quoting`: a value as a dotenv file holds it
* `editing`: a file's text with some values changed, and everything else as it was
* `locking`: one writer at a time
* `storing`: the file itself, replaced as a whole
"""

from __future__ import annotations

from credcheck.envfile.editing import edit
from credcheck.envfile.quoting import assignment
from credcheck.envfile.storing import check_place, store

__all__ = ["assignment", "check_place", "edit", "store"]

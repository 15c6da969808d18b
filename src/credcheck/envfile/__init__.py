"""Writing `.env.test`: exact values, whole files, and nothing that others can see.

* `quoting`: a value as a dotenv file holds it
"""

from __future__ import annotations

from credcheck.envfile.quoting import assignment

__all__ = ["assignment"]

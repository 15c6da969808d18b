"""Looking for live keys, for this project's values and for exposed `.env` files.

* `files`: which files, and what is in them: tracked, staged, or below a path
* `search`: what a file holds that it should not
"""

from __future__ import annotations

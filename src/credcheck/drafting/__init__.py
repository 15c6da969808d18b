"""A first manifest, drafted from what a project already says about its credentials.

* `names`: which variables are credentials
* `clues`: what was found about one variable, and where
* `envfiles`: `.env*` files, names only
* `code`: reads of the environment and settings classes, without importing anything
* `peers`: the declarations of other tools
* `draft`: the clues put together
* `text`: the draft as files
"""

from __future__ import annotations

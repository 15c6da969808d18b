"""`python -m credcheck`."""

from __future__ import annotations

import sys

from credcheck.cli import main

sys.exit(main())

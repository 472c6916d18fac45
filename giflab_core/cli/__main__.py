"""`python -m giflab_core.cli`."""

import sys

from giflab_core.cli import main

sys.exit(main())

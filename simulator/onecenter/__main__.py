"""`python -m onecenter`."""

import sys

from onecenter.cli.main import main

sys.exit(main())

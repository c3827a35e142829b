"""`python -m onecenter`."""

from onecenter.cli.main import program

program()

"""Colours for writing: those of the palette, dark enough to be read on white."""

from typing import Final

from onecenter.plot import style

#: The yellow of the palette reaches a contrast of 4.5 on white (WCAG 2.2, 1.4.3) at half its brightness.
DARKER: Final = 0.5


def ink(index: int) -> str:
    """Return the colour in which the platform with this index is written."""
    shade = style.colour(index)
    return "#" + "".join(f"{int(int(shade[place : place + 2], 16) * DARKER):02X}" for place in (1, 3, 5))

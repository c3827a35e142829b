"""Reports, plans and their pictures as an outside trial found them."""

import io
import warnings

import pytest

import onecenter as oc
from onecenter.plot import new_axes


@pytest.mark.case("5.6")
def test_chinese_letters_in_a_plot_raise_no_warning() -> None:
    ax = new_axes()
    label = 'platforms.talent.label={ en = "产业技能人才培养平台" }'
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where no font of the machine has them
        oc.run("tiny", set=[label]).plot.queue(ax)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ax.get_figure().savefig(io.BytesIO(), format="png")  # type: ignore[union-attr]

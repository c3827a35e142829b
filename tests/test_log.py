import hashlib
import struct

import numpy as np
import pytest
from hand import HORIZON, log_of, small_run
from onecenter_kernels.state import LOG_DTYPE

from onecenter.results.log import CHUNK, FATES, digest
from onecenter.results.log_table import from_frame, named, names_of, to_frame
from onecenter.results.seen import seen
from onecenter.results.segments import fates


def test_digest_is_that_of_packed_columns() -> None:
    log = log_of([(3, "submit", 0), (3, "start", 0, 1, 2, 5), (9, "end", 0, "failed")], unit=1)
    packed = [
        struct.pack("<3q", 3, 3, 9),
        struct.pack("<3i", 0, 0, 0),
        struct.pack("<3b", 0, 2, 3),
        struct.pack("<3i", 0, 0, 0),
        struct.pack("<3i", -1, 1, -1),
        struct.pack("<3h", -1, 5, -1),
        struct.pack("<3i", 0, 2, 0),
        struct.pack("<3b", 0, 0, 1),
    ]
    assert digest(log) == hashlib.sha256(b"".join(packed)).hexdigest()


def test_digest_of_a_long_log_is_that_of_whole_columns() -> None:
    log = np.zeros(CHUNK + 7, LOG_DTYPE)
    log["t"] = np.arange(len(log)) * 3
    log["job"] = np.arange(len(log))
    whole = hashlib.sha256()
    for name in LOG_DTYPE.names or ():
        whole.update(log[name].tobytes())
    assert digest(log) == whole.hexdigest()


@pytest.mark.parametrize("column", LOG_DTYPE.names or ())
def test_digest_sees_every_column(column: str) -> None:
    log, _ = small_run()
    other = log.copy()
    other[column][-1] += 1
    assert digest(other) != digest(log)


def test_frame_has_names_and_goes_back() -> None:
    log, _ = small_run()
    frame = to_frame(log)
    assert frame.columns == list(LOG_DTYPE.names or ())
    assert set(frame["kind"]) == {"submit", "refuse", "start", "end", "kill", "cancel"}
    ends = frame.filter(frame["kind"] == "end")
    assert ends["reason"].to_list() == ["completed", "completed", "failed", "cancelled_running"]
    assert set(frame.filter(frame["kind"] == "submit")["reason"]) == {""}
    assert (from_frame(frame) == log).all()


def test_frame_of_an_empty_log() -> None:
    frame = to_frame(np.zeros(0, LOG_DTYPE))
    assert frame.height == 0
    assert len(from_frame(frame)) == 0


def test_names_need_an_enum() -> None:
    frame = to_frame(small_run()[0])
    assert names_of(frame["kind"])[0] == "submit"
    with pytest.raises(TypeError, match="no Enum"):
        names_of(frame["t"])
    many = [f"p{i}" for i in range(300)]
    from polars import Enum

    assert named(np.array([299, 0]), Enum(many)).to_list() == ["p299", "p0"]


def test_fates() -> None:
    log, jobs = small_run()
    fate = fates(log, len(jobs) + 1)
    names = [FATES[code] for code in fate.outcome]
    assert names == [
        "completed", "completed", "cancelled_waiting", "failed", "cancelled_running", "killed", "running",
        "refused", "waiting", "future",
    ]  # fmt: skip
    assert (fate.start / 1_000).tolist() == [0, 20, -0.001, 40, 44, 50, 70, -0.001, -0.001, -0.001]
    assert (fate.end / 1_000).tolist() == [20, 40, 30, 44, 46, 70, -0.001, -0.001, -0.001, -0.001]


def test_fates_refuse_a_log_of_more_jobs() -> None:
    log, jobs = small_run()
    with pytest.raises(ValueError, match="job 8, but there are 8 jobs"):
        fates(log, len(jobs) - 1)


def test_what_was_seen_of_waits() -> None:
    log, jobs = small_run()
    fate = fates(log, len(jobs))
    everyone = seen(jobs, fate, HORIZON * 1_000)
    assert (everyone.wait / 1_000).tolist() == [0, 10, 18, 25, 0, 0, 10, 0, 10]
    assert np.flatnonzero(~everyone.started).tolist() == [2, 7, 8]
    assert np.flatnonzero(everyone.waiting).tolist() == [8]

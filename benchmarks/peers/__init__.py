"""Other simulators beside onecenter on the same SWF files: jobs per second, and starts compared job by job."""

"""One run: a scenario or a real log in, a result out, in memory and on disk."""

"""Jobs, drawn from a scenario's demand or read from a trace."""

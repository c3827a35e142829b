"""What the operating system gives and limits: files in and out, processes, memory."""

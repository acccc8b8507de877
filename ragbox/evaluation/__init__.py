"""Question files, what comes of asking them, the figures, and how two runs differ."""

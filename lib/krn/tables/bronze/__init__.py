"""Bronze: every delivery as it came."""

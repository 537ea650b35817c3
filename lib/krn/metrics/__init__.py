"""Metrics: what runs measured, kept beside the journal, exported for Prometheus, watched by alerts."""

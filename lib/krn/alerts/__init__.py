"""Alerts: watches over the metrics, and who is told once when one fires and once when it is over."""

"""Quarantine: what was set aside, and the ways back: judged again, fixed, or dropped."""

from krn.quarantine.counts import SCHEMA, SHOWN_TYPE, sentence, summary

__all__ = ["SCHEMA", "SHOWN_TYPE", "sentence", "summary"]

"""krn turns the notable events of running workers into tables and reports that finally make sense."""

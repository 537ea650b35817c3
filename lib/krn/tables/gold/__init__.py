"""Gold: the tables people query, by business day or ranking."""

"""Names that can be read beside the tables: parts of silver.deliveries, and the records of ops."""

VIEWS = {
    "silver.events": ("silver.deliveries", "verdict = 'accepted'"),
    "silver.duplicates": ("silver.deliveries", "verdict = 'duplicate'"),
    "silver.quarantine": ("silver.deliveries", "verdict = 'quarantined'"),
}

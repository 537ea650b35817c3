"""Silver: judged deliveries, and one row per thing they speak of."""

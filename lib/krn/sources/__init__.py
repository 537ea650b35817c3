"""Where deliveries come from: queues that are acknowledged, and folders that are remembered."""

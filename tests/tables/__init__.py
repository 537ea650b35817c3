"""What each table says, given rows."""

"""A town of card holders, the tills where they pay, and the thieves among them."""

"""When and under which id the shop announces a fact."""

from datetime import datetime
from random import Random

from krn.simulate.facts import Stamp

ORDERS, PAYMENTS, RETURNS = "/shop/orders", "/shop/payments", "/shop/returns"
GATEWAY, ISSUER, CHARGEBACKS = "/cards/gateway", "/cards/issuers", "/cards/chargebacks"
WAREHOUSE, CARRIER, BACK_OFFICE = "/shop/warehouse", "/carriers/feed", "/shop/back-office"


def stamp(rng: Random, at: datetime, source: str) -> Stamp:
    return Stamp(at, source, f"{rng.getrandbits(64):016x}")

"""What the warehouse and the carriers say of parcels."""

from krn.simulate.body import Body, Fields, day, text, units
from krn.simulate.facts import Delivered, Shipped, Sighted


def shipped(fact: Shipped) -> Body:
    data: Fields = {
        "shipment_id": fact.shipment_id,
        "order_id": fact.order_id,
        "carrier": fact.carrier,
        "origin": fact.origin,
        "destination": fact.destination,
        "promised_delivery_date": day(fact.promised_on),
        "cost": text(fact.cost),
        "currency": fact.currency,
        "lines": units(fact.lines),
    }
    return Body("order.shipped", "shipment_id", data)


def sighted(fact: Sighted) -> Body:
    data: Fields = {
        "shipment_id": fact.shipment_id,
        "status": fact.status,
        "order_id": fact.order_id,
        "location": fact.location,
        "reason": fact.reason,
    }
    return Body("shipment.tracked", "shipment_id", data, has_time_in_key=True)


def delivered(fact: Delivered) -> Body:
    data: Fields = {
        "shipment_id": fact.shipment_id,
        "order_id": fact.order_id,
        "carrier": fact.carrier,
        "attempt_no": fact.attempt_no,
    }
    return Body("order.delivered", "shipment_id", data)

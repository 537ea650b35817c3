"""What the shop says of the customers it knows and the products it sells."""

from krn.simulate.body import Body, Fields, text
from krn.simulate.facts import CustomerTold, ProductTold


def customer(fact: CustomerTold) -> Body:
    data: Fields = {
        "customer_id": fact.customer_id,
        "name": fact.name,
        "email": fact.email,
        "country": fact.country,
        "city": fact.city,
        "segment": fact.segment,
        "marketing_ok": fact.marketing_ok,
    }
    return Body("customer.upserted", "customer_id", data, has_time_in_key=True)


def product(fact: ProductTold) -> Body:
    data: Fields = {
        "product_id": fact.product_id,
        "title": fact.title,
        "category": fact.category,
        "brand": fact.brand,
        "list_price": text(fact.list_price),
        "currency": fact.currency,
        "active": fact.active,
    }
    return Body("product.upserted", "product_id", data, has_time_in_key=True)

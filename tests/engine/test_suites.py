"""Every suite passes a sound candidate and holds one with a fault, for each of its critical expectations."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pyspark.sql import DataFrame, Observation, SparkSession
from pyspark.sql import functions as F
from world import ARGS as OF_WORLD
from world import HOME

from krn import gate
from krn.contracts.contract import Contract
from krn.dag import in_order
from krn.engine import numbers
from krn.engine.checking import Terms, checked
from krn.engine.election import losers, ruled
from krn.gate import Number, Result, Suite
from krn.history import History
from krn.suites import path_of
from krn.tables.bronze import deliveries as bronze
from krn.tables.every import TABLES
from krn.tables.silver import deliveries as silver
from krn.tables.table import Table
from krn.testing import events, rows, transformed

NAMES = [table.name for table in TABLES]
BY_NAME = {table.name: table for table in TABLES}
ARGS: Mapping[str, object] = {**OF_WORLD, "review_capacity": 100}
DAY = date(2026, 1, 5)
SPANS = ("handling", "transit", "total")
MORNING, NOON = datetime(2026, 1, 5, 9, tzinfo=UTC), datetime(2026, 1, 5, 12, tzinfo=UTC)
Rows = list[dict[str, Any]]

LINES = [
    {"line_no": 1, "product_id": "cup", "quantity": 3, "unit_price": "10"},
    {"line_no": 2, "product_id": "tea", "quantity": 1, "unit_price": "5.5"},
]
ORDER = {
    "currency": "EUR",
    "order_total": "35.5",
    "channel": "web",
    "country": "FR",
    "customer_id": "c",
    "lines": LINES,
}
CUP_BACK = [{"product_id": "cup", "quantity": 1, "unit_price": "10"}]
TOKEN = "0123456789abcdef" * 2
PAYMENT = {"currency": "EUR", "amount": "35.5", "method": "card"}
PARCEL = {"carrier": "DHL", "service": "express", "origin": "BY", "destination": "HE"}
PROMISE = {"promised_delivery_date": "2026-01-08"}
TRIED = {
    "card_id": "k",
    "merchant_id": "m",
    "terminal_id": "t",
    "device_id": "d",
    "ip": TOKEN,
    "channel": "pos",
    "amount": "10",
    "currency": "EUR",
    "lat": 48.0,
    "lon": 2.0,
    "event_time": "2026-01-05 12:00",
}
QUIET = tuple(f"q{n}" for n in range(12))
APPROVED = {"amount": "10", "currency": "EUR", "event_time": "2026-01-09 13:01"}
EVENTS: Mapping[str, Rows] = {
    "order.created": [
        {
            **ORDER,
            "order_id": "A",
            "discount_total": "1",
            "tax_total": "2",
            "freight_total": "3",
            "order_total": "39.5",
        },
        {**ORDER, "order_id": "B", "freight_total": "3", "order_total": "38.5"},
        {**ORDER, "order_id": "C"},
    ],
    "order.cancelled": [{"order_id": "B"}, {"order_id": "C", "lines": [{"line_no": 1, "quantity": 1}]}],
    "order.refunded": [
        {"refund_id": "R1", "order_id": "C", "amount": "10", "currency": "EUR", "lines": CUP_BACK},
        {"refund_id": "R2", "amount": "10", "currency": "EUR", "country": "FR", "channel": "web", "lines": CUP_BACK},
    ],
    "payment.received": [
        {**PAYMENT, "payment_id": "p1", "order_id": "A", "amount": "39.5", "installments": 3},
        *({**PAYMENT, "payment_id": f"p{n}", "order_id": "C", "amount": "5"} for n in (2, 3, 4)),
    ],
    "customer.upserted": [
        {"customer_id": "c", "name": TOKEN, "email": TOKEN, "country": "FR"},
        {"customer_id": "c", "name": TOKEN, "country": "DE", "event_time": "2026-01-07 12:00"},
    ],
    "product.upserted": [
        {"product_id": "cup", "title": "Cup", "category": "mugs", "list_price": "10", "currency": "EUR"},
        {"product_id": "cup", "title": "Cup", "category": "mugs", "event_time": "2026-01-07 12:00"},
    ],
    "payment.failed": [{**PAYMENT, "payment_id": "p9", "order_id": "A", "reason": "expired"}],
    "order.shipped": [
        {**PARCEL, "shipment_id": "S1", "order_id": "A", "event_time": "2026-01-06 09:00", **PROMISE},
        {**PARCEL, "shipment_id": "S2", "order_id": "A", "event_time": "2026-01-06 10:00", **PROMISE},
        {**PARCEL, "shipment_id": "S3", "order_id": "C", "event_time": "2026-01-07 09:00", **PROMISE},
    ],
    "shipment.tracked": [
        {"shipment_id": "S1", "status": "attempt_failed", "event_time": "2026-01-08 09:00"},
        {"shipment_id": "S3", "status": "exception", "event_time": "2026-01-08 09:00"},
        {"shipment_id": "S1", "status": "in_transit", "event_time": "2026-01-10 09:00"},
    ],
    "transaction.initiated": [
        {**TRIED, "transaction_id": "T1"},
        {**TRIED, "transaction_id": "T2", "event_time": "2026-01-05 13:00", "lat": 52.0},
        {**TRIED, "transaction_id": "T3", "event_time": "2026-01-07 13:00"},
        {**TRIED, "transaction_id": "great", "amount": "600", "card_id": "new", "event_time": "2026-01-06 13:00"},
        *(
            {**TRIED, "transaction_id": name, "event_time": f"2026-01-09 {hour:02}:00", "card_id": name}
            for hour, name in enumerate(QUIET)
        ),
    ],
    "transaction.approved": [
        *({**APPROVED, "transaction_id": name} for name in (*QUIET[1:], "T1", "T2", "T3", "great")),
    ],
    "transaction.declined": [{**APPROVED, "transaction_id": "q0"}],
    "transaction.labelled": [
        {"transaction_id": "T2", "label": "fraud", "event_time": "2026-01-12 12:00"},
        {"transaction_id": "T2", "label": "genuine", "event_time": "2026-01-13 12:00"},
        {"transaction_id": "great", "label": "dispute", "event_time": "2026-01-13 12:00"},
    ],
    "order.delivered": [
        {"shipment_id": "S1", "order_id": "A", "event_time": "2026-01-09 09:00", "attempt_no": 2},
        {"shipment_id": "S2", "order_id": "A", "event_time": "2026-01-08 09:00"},
    ],
}


def delivered(event_id: str, sequence: int, **data: object) -> str:
    envelope = {"specversion": "1.0", "type": "order.cancelled", "source": "shop", "time": "2026-01-05T12:00:00Z"}
    return json.dumps({**envelope, "id": event_id, "sequence": sequence, "data": data})


BODIES = [
    *(delivered(f"{n}", n + n // 9, order_id="A") for n in range(18)),
    delivered("1", 1, order_id="A"),
    delivered("x", 0),
]

#: What is wrong with a table of versions, whatever it has versions of.
OF_VERSIONS: Mapping[str, Mapping[str, Any]] = {
    "valid-from-present": {"valid_from": None},
    "counts-its-events": {"n_events": 0},
    "is-current-present": {"is_current": None},
    "ends-after-it-begins": {"valid_from": NOON, "valid_to": NOON},
    "current-is-open": {"is_current": True, "valid_to": NOON},
    "past-is-closed": {"is_current": False, "valid_to": None},
    "one-current-version": {"is_current": True},
    "versions-agree": {"valid_from": datetime(2026, 1, 3, tzinfo=UTC)},
    "events-agree": {"n_events": 10},
    "each-end-once": {},
}
WINDOWS = (("24h", "1h"), ("7d", "24h"), ("30d", "7d"))
PLACES = ("terminal", "merchant")
#: What is wrong with counts over windows of time.
OF_WINDOWS: Mapping[str, Mapping[str, Any]] = {
    **{f"{of}-counts-itself": {f"{of}_n_1h": 0} for of in ("card", *PLACES)},
    **{f"{of}-{a}-holds-{b}": {f"{of}_n_{a}": 1, f"{of}_n_{b}": 2} for of in ("card", *PLACES) for a, b in WINDOWS},
    **{f"{of}-sum-holds-the-amount": {f"{of}_sum_30d": "1", "amount": "2"} for of in ("card", *PLACES)},
    **{f"{of}-frauds-not-negative": {f"{of}_frauds_1d": -1} for of in PLACES},
    **{
        f"{of}-frauds-{a}-hold-{b}": {f"{of}_frauds_{a}": 1, f"{of}_frauds_{b}": 2}
        for of in PLACES
        for a, b in (("7d", "1d"), ("30d", "7d"))
    },
    **{f"{of}-rate-{w}-not-negative": {f"{of}_fraud_rate_{w}": -0.5} for of in PLACES for w in ("1d", "7d", "30d")},
}
#: What breaks an expectation of this id, whatever table has it; `FAULTS` has those of one table.
ALIKE: Mapping[str, Mapping[str, Any]] = {
    "amount-not-negative": {"amount": "-0.0001"},
    "amount-present": {"amount": None},
    "business-date-present": {"business_date": None},
    "business-date-range": {"business_date": date(1900, 1, 1)},
    "card-id-present": {"card_id": None},
    "carrier-present": {"carrier": None},
    "channel-present": {"channel": None},
    "country-present": {"country": None},
    "counts-its-events": {"n_events": 0},
    "currency-code": {"currency": "euros"},
    "currency-present": {"currency": None},
    "customer-id-present": {"customer_id": None},
    "destination-present": {"destination": None},
    "grain": {},
    "gross-not-negative": {"gross_sales": "-0.0001"},
    "gross-sales-agree": {"gross_sales": "0.0003"},
    "initiated-on-range": {"initiated_on": date(1900, 1, 1)},
    "late-not-negative": {"late": -1},
    "net-sales-agree": {"net_sales": "0.0001"},
    "orders-agree": {"orders": 10},
    "orders-not-negative": {"orders": -1},
    "origin-present": {"origin": None},
    "product-id-present": {"product_id": None},
    "returned-units-not-negative": {"returned_units": -1},
    "returns-agree": {"returns": "0.0001"},
    "units-agree": {"units": 10},
    "units-not-negative": {"units": -1},
}
#: For each other critical expectation, what makes a sound row break it.
FAULTS: Mapping[str, Mapping[str, Mapping[str, Any]]] = {
    "silver.transactions": {
        "is-complete-present": {"is_complete": None},
        "complete-has-card-id": {"is_complete": True, "card_id": None},
        "complete-has-merchant-id": {"is_complete": True, "merchant_id": None},
        "complete-has-amount": {"is_complete": True, "amount": None},
        "complete-has-currency": {"is_complete": True, "currency": None},
        "complete-has-initiated-at": {"is_complete": True, "initiated_at": None},
        "complete-has-initiated-on": {"is_complete": True, "initiated_on": None},
        "complete-has-business-date": {"is_complete": True, "business_date": None},
        "incomplete-has-no-amount": {"is_complete": False, "amount": "1"},
        "business-date-range": {"business_date": date(9999, 1, 1)},
        "mcc-present": {"mcc": None},
        "entry-mode-present": {"entry_mode": None},
        "lat-on-earth": {"lat": 90.5},
        "lon-on-earth": {"lon": -180.5},
        "ip-is-a-token": {"ip_token": "203.0.113.9"},
        "decision-present": {"decision": None},
        "decision-known": {"decision": "maybe"},
        "decided-has-an-instant": {"decision": "approved", "decided_at": None},
        "pending-has-no-instant": {"decision": "pending", "decided_at": NOON},
        "reason-of-a-decline": {"decision": "approved", "decline_reason": "expired"},
        "latency-not-negative": {"decision_latency_ms": -1},
    },
    "silver.labels": {
        "label-present": {"label": None},
        "label-known": {"label": "maybe"},
        "known-on-present": {"known_on": None},
        "known-on-range": {"known_on": date(1900, 1, 1)},
        "ends-after-it-began": {"known_at": NOON, "superseded_at": MORNING},
        "is-latest-present": {"is_latest": None},
        "latest-is-open": {"is_latest": True, "superseded_at": datetime(2026, 2, 1, tzinfo=UTC)},
        "past-is-closed": {"is_latest": False, "superseded_at": None},
        "of-a-day": {"initiated_at": NOON, "business_date": None},
        "decision-known": {"decision": "lost"},
        "one-latest-label": {},
    },
    "silver.cards": {
        "first-seen-present": {"first_seen_at": None},
        "cards-agree": {},
    },
    "gold.transaction_features": {
        "tried-at-a-merchant": {"merchant_id": None},
        "longer-windows-sum-to-more": {"card_sum_1h": "9", "card_sum_24h": "8"},
        "amount-z-of-a-spread": {"amount_z": 1.0, "prior_std_30d": None},
        "recent-means-below-the-greatest": {"recent_mean_ratio_3d": 1.5, "recent_max_ratio_14d": 1.4},
        "initiated-on-present": {"initiated_on": None},
        **OF_WINDOWS,
        "declines-not-negative": {"card_declines_10m": -1},
        "prior-not-negative": {"prior_n_30d": -1},
        "prior-has-a-mean": {"prior_n_30d": 1, "prior_mean_30d": None},
        "no-prior-no-mean": {"prior_n_30d": 0, "prior_mean_30d": 0.0},
        "std-not-negative": {"prior_std_30d": -0.5},
        "prior-has-a-max": {"prior_n_30d": 1, "prior_max_30d": None},
        "km-on-earth": {"km": 20_100.0},
        "kmh-not-negative": {"kmh": -0.5},
        "way-has-a-speed": {"km": 1.0, "kmh": None},
        "age-not-negative": {"account_age_h": -0.5},
        "age-present": {"account_age_h": None},
        "device-holds-the-card": {"device_cards_1h": 0},
        "ip-holds-the-card": {"ip_cards_1h": 0},
        "device-counts-cards": {"device_id": "d", "device_cards_1h": None},
        "transactions-agree": {},
    },
    "gold.fraud_scores": {
        "initiated-at-present": {"initiated_at": None},
        "initiated-on-present": {"initiated_on": None},
        "score-present": {"score": None},
        "score-range": {"score": 101},
        "hits-present": {"hits": None},
        "rule-set-present": {"rule_set": None},
        "transactions-agree": {},
        "scores-have-reasons": {"score": 1, "hits": []},
    },
    "gold.fraud_model_scores": {
        "initiated-on-present": {"initiated_on": None},
        "model-present": {"model": None},
        "probability-present": {"probability": None},
        "probability-range": {"probability": 1.5},
        "base-range": {"base": -0.5},
        "contributions-present": {"contributions": None},
        "scores-within-features": {},
        "reasons-add-up": {"rest": 0.001},
    },
    "gold.fraud_alerts": {
        "rank-from-one": {"rank": 0},
        "score-range": {"score": 0},
        "reasons-present": {"reasons": None},
        "transaction-present": {"transaction_id": None},
        "transactions-from-one": {"transactions": 0},
        "amount-present": {"amount_at_risk": None},
        "amount-not-negative": {"amount_at_risk": "-0.0001"},
        "outcome-present": {"outcome": None},
        "outcome-known": {"outcome": "lost"},
        "within-capacity-present": {"is_within_capacity": None},
        "one-alert-a-rank": {},
        "hits-agree": {"transactions": 10},
        "a-first-each-day": {},
    },
    "gold.fraud_daily": {
        "transactions-from-one": {"transactions": 0},
        "approved-not-negative": {"approved": -1},
        "declined-not-negative": {"declined": -1},
        "approved-within-transactions": {"approved": 100},
        "declined-within-transactions": {"declined": 100},
        "frauds-within-transactions": {"frauds": 100},
        "fraud-amount-within-amount": {"fraud_amount": "10000"},
        "decline-rate-of-decided": {"declined": 1, "decline_rate": None},
        "decline-rate-is-a-share": {"decline_rate": "1.0001"},
        "fraud-bps-is-a-share": {"fraud_bps": "10000.0001"},
        "alerts-not-negative": {"alerts": -1},
        "transactions-agree": {"transactions": 10},
        "approved-agree": {"approved": 10},
        "declined-agree": {"declined": 10},
        "amount-agrees": {"amount": "0.0003"},
        "fraud-amount-agrees": {"fraud_amount": "0.0003"},
        "alerts-agree": {"alerts": 10},
    },
    "gold.fraud_rule_weekly": {
        "week-range": {"week": date(1900, 1, 1)},
        "hits-not-negative": {"hits": -1},
        "alerts-not-negative": {"alerts": -1},
        "alerts-within-hits": {"hits": 1, "alerts": 2},
        "matured-within-hits": {"hits": 1, "matured_hits": 2},
        "frauds-hit-within-matured": {"matured_hits": 1, "frauds_hit": 2},
        "frauds-hit-within-frauds": {"frauds": 1, "frauds_hit": 2},
        "precision-is-a-share": {"precision": "1.0001"},
        "recall-is-a-share": {"recall": "1.0001"},
        "amount-not-negative": {"amount_saved": "-0.0001"},
        "precision-of-matured": {"matured_hits": 1, "precision": None},
        "hits-agree": {"hits": 10},
    },
    "bronze.deliveries": {
        "source-present": {"source": None},
        "source-kind-present": {"source_kind": None},
        "source-kind-known": {"source_kind": "fax"},
        "run-id-present": {"run_id": None},
        "payload-present": {"payload": None},
        "delivery-key-present": {"delivery_key": None},
        "encoding-known": {"payload_encoding": "latin1"},
        "encoding-present": {"payload_encoding": None},
        "received-present": {"received_at": None},
        "received-by-a-set-clock": {"received_at": datetime(1970, 1, 1, tzinfo=UTC)},
        "path-of-a-file": {"path": None},
        "row-id-is-bronze-order": {"position": 77},
    },
    "silver.deliveries": {
        "resolution-known": {"resolution": "forgotten"},
        "source-present": {"source": None},
        "row-id-is-bronze-order": {"position": 7},
        "verdict-present": {"verdict": None},
        "verdict-known": {"verdict": "maybe"},
        "accepted-data": {"data": None},
        "quarantined-no-data": {"verdict": "quarantined"},
        "accepted-source": {"event_source": None},
        "accepted-id": {"event_id": None},
        "accepted-id-hash": {"id_hash": None},
        "accepted-content-hash": {"content_hash": None},
        "accepted-time": {"event_time": None},
        "accepted-type": {"accepted_type": None},
        "duplicate-names-its-row": {"verdict": "duplicate", "duplicate_of": None},
        "time-source-known": {"time_source": "file"},
        "rows-in-rows-out": {},
        "same-rows": {},
        "accepted-once": {},
        "quarantined-with-a-reason": {"verdict": "quarantined", "reasons": []},
        "accepted-without-a-reason": {"reasons": ["blank"]},
        "first-in-bronze-order-wins": {"verdict": "duplicate", "duplicate_of": 9_000_000_000},
        "accepted-in-time": {"event_time": datetime(2111, 1, 1, tzinfo=UTC)},
    },
    "silver.order_lines": {
        "named-or-unknown": {"category": None},
        "traced-to-its-event": {"event_id": None},
        "currency-code": {"currency": "EUR\n"},
        "order-date-present": {"order_date": None},
        "order-date-range": {"order_date": date(9999, 1, 1)},
        "quantity-positive": {"quantity": 0},
        "price-not-negative": {"unit_price": "-0.0001"},
        "gross-is-quantity-times-price": {"gross": "30.0001"},
    },
    "silver.payments": {
        "installments-not-negative": {"installments": -1},
        "order-id-present": {"order_id": None},
        "status-present": {"status": None},
        "status-known": {"status": "pending"},
        "currency-code": {"currency": "eur"},
        "method-present": {"method": None},
        "paid-at-present": {"paid_at": None},
        "no-reason-when-received": {"status": "received", "reason": "expired"},
    },
    "silver.refund_lines": {
        "description-present": {"description": None},
        "refunded-at-present": {"refunded_at": None},
        "event-source-present": {"event_source": None},
        "event-id-present": {"event_id": None},
        "currency-code": {"currency": "euro"},
        "position-from-one": {"position": 0},
        "quantity-positive": {"quantity": -1},
        "unit-price-present": {"unit_price": None},
        "price-not-negative": {"unit_price": "-0.0001"},
    },
    "silver.sales_entries": {
        "named-or-unknown": {"seller_id": None},
        "traced-to-its-event": {"occurred_at": None},
        "ledger-id-present": {"ledger_id": None},
        "kind-present": {"kind": None},
        "kind-known": {"kind": "exchange"},
        "sale-quantity-positive": {"kind": "sale", "quantity": 0},
        "reversal-quantity-not-positive": {"kind": "return", "quantity": 1},
        "sale-gross-not-negative": {"kind": "sale", "gross": "-1"},
        "reversal-gross-not-positive": {"kind": "return", "gross": "1"},
        "return-keeps-freight": {"kind": "return", "freight": "-1"},
        "return-names-its-refund": {"kind": "return", "refund_id": None},
        "order-present": {"kind": "sale", "order_id": None},
        "order-date-present": {"kind": "sale", "order_date": None},
        "currency-code": {"currency": "unknown"},
        "business-date-range": {"business_date": date(2201, 1, 2)},
        "sold-units": {"kind": "sale", "quantity": 2},
        "sold-gross": {"kind": "sale", "gross": "0.0001"},
        "sold-discount": {"kind": "sale", "discount": "0.0001"},
        "sold-tax": {"kind": "sale", "tax": "0.0001"},
        "sold-freight": {"kind": "sale", "freight": "0.0001"},
        "no-more-back-than-sold": {"kind": "cancellation", "quantity": -1000},
        "no-more-returned-than-asked": {"kind": "return", "quantity": -1000},
        "orderless-in-full": {"kind": "return", "order_id": None, "quantity": -1},
        "freight-back-once": {"kind": "cancellation", "freight": "-1000"},
        "known-or-unknown-order": {"line_no": None, "order_date": date(2026, 1, 5)},
    },
    "silver.orders": {
        "complete-has-created-at": {"is_complete": True, "created_at": None},
        "status-present": {"status": None},
        "status-known": {"status": "lost"},
        "complete-has-a-currency": {"is_complete": True, "currency": None},
        "currency-code": {"currency": "E"},
        "complete-has-a-day": {"is_complete": True, "business_date": None},
        "complete-has-a-total": {"is_complete": True, "order_total": None},
        "incomplete-has-no-total": {"is_complete": False, "order_total": "1"},
        "paid-has-an-instant": {"status": "paid", "paid_at": None},
        "cancelled-has-an-instant": {"status": "cancelled", "cancelled_at": None},
        "paid-after-first-payment": {
            "first_payment_at": datetime(2026, 1, 2, tzinfo=UTC),
            "paid_at": datetime(2026, 1, 1, tzinfo=UTC),
        },
        "shipments-not-negative": {"n_shipments": -1},
        "deliveries-not-negative": {"n_delivered": -1},
        "shipped-has-an-instant": {"n_shipments": 1, "shipped_at": None},
        "unshipped-has-no-instant": {"n_shipments": 0, "shipped_at": NOON},
        "delivered-has-an-instant": {"status": "delivered", "fully_delivered_at": None},
        "all-parcels-came": {"fully_delivered_at": NOON, "n_shipments": 2, "n_delivered": 1},
        "fully-after-first-delivery": {"delivered_at": NOON, "fully_delivered_at": MORNING},
        "lines-agree": {"n_lines": 1},
        "units-agree": {"units": 1},
        "items-agree": {"items_total": "0.0001"},
        "payments-agree": {"n_payments": 1},
    },
    "silver.refunds": {
        "dated-and-counted": {"n_lines": -1},
        "currency-code": {"currency": "EURO"},
        "is-order-known-present": {"is_order_known": None},
        "known-order-has-an-id": {"is_order_known": True, "order_id": None},
    },
    "silver.shipments": {
        "service-present": {"service": None},
        "told-of-its-order": {"shipped_at": NOON, "order_id": None},
        "shipped-has-a-day": {"shipped_at": NOON, "shipped_on": None},
        "shipped-on-range": {"shipped_on": date(1900, 1, 1)},
        "delivered-has-a-day": {"delivered_at": NOON, "delivered_on": None},
        "delivered-on-range": {"delivered_on": date(9999, 1, 1)},
        "last-status-present": {"last_status": None},
        "last-status-known": {"last_status": "teleported"},
        "last-seen-present": {"last_seen_at": None},
        "seen-after-shipped": {"shipped_at": NOON, "last_seen_at": MORNING},
        "seen-after-delivered": {"delivered_at": NOON, "last_seen_at": MORNING},
        "attempted-by-delivery": {"first_attempt_at": NOON, "delivered_at": MORNING},
        "attempts-not-negative": {"n_attempts": -1},
        "delivered-took-an-attempt": {"delivered_at": NOON, "n_attempts": 0},
        "exceptions-not-negative": {"n_exceptions": -1},
        "ready-when-ordered": {"ordered_at": NOON, "ready_at": None},
        "handling-not-negative": {"handling_h": "-0.0001"},
        "transit-not-negative": {"transit_h": "-0.0001"},
        "total-not-negative": {"total_h": "-0.0001"},
        "rated-when-promised": {"delivered_on": DAY, "promised_on": DAY, "is_late": None},
        "not-rated-without-promise": {"promised_on": None, "is_late": False},
        "late-is-after-promise": {"is_late": True, "days_vs_promise": 0},
        "on-time-is-by-promise": {"is_late": False, "days_vs_promise": 1},
        "shipped-in-orders": {"shipped_at": NOON},
        "delivered-in-orders": {"delivered_at": NOON},
    },
    "silver.buyers": {
        "first-order-present": {"first_order_id": None},
        "no-guests": {"customer_id": "unknown"},
        "first-order-on-present": {"first_order_on": None},
        "first-order-on-range": {"first_order_on": date(1900, 1, 1)},
        "first-currency-present": {"first_currency": None},
        "first-currency-code": {"first_currency": "eur"},
        "first-channel-present": {"first_channel": None},
        "n-orders-from-one": {"n_orders": 0},
        "customers-agree": {},
        "orders-agree": {"n_orders": 10},
        "one-buyer-a-first-order": {},
    },
    "silver.customers": {
        "state-present": {"state": None},
        "city-present": {"city": None},
        "segment-present": {"segment": None},
        "name-is-a-token": {"name_token": "Ann Marlow"},
        "email-is-a-token": {"email_token": "ann@example.org"},
        **OF_VERSIONS,
        "customers-agree": {"customer_id": "nobody"},
    },
    "silver.products": {
        "category-present": {"category": None},
        "brand-present": {"brand": None},
        "list-price-not-negative": {"list_price": "-0.0001"},
        **OF_VERSIONS,
        "products-agree": {"product_id": "nobody"},
    },
    "silver.findings": {
        "earlier-event-whole": {"earlier_event_type": None},
        "subject-present": {"subject": None},
        "entity-known": {"entity": "payment"},
        "entity-id-present": {"entity_id": None},
        "kind-present": {"kind": None},
        "kinds-of-orders": {"entity": "order", "kind": "delivered_before_shipped"},
        "kinds-of-shipments": {"entity": "shipment", "kind": "paid_twice"},
        "event-id-present": {"event_id": None},
        "event-source-present": {"event_source": None},
        "event-type-present": {"event_type": None},
        "event-at-present": {"event_at": None},
        "earlier-event-present": {"kind": "paid_twice", "earlier_event_id": None},
        "no-event-before-creation": {"kind": "never_created", "earlier_event_id": "e1"},
        "earlier-comes-first": {"earlier_event_at": NOON, "event_at": MORNING},
        "shipped-before-paid-agree": {"kind": "shipped_before_paid"},
        "cancelled-after-delivery-agree": {"kind": "cancelled_after_delivery"},
        "never-created-agree": {},
    },
    "silver.sequence_gaps": {
        "sides-have-a-time": {"before_event_at": None},
        "event-source-present": {"event_source": None},
        "ends-where-it-begins": {"first_missing": 3, "last_missing": 2},
        "missing-from-one": {"n_missing": 0},
        "before-present": {"before_event_id": None},
        "after-present": {"after_event_id": None},
        "missing-adds-up": {"n_missing": 7},
    },
    "gold.sales_daily": {
        "business-date-range": {"business_date": date(9999, 1, 1)},
        "new-customers-not-negative": {"new_customers": -1},
        "returning-customers-not-negative": {"returning_customers": -1},
        "new-customers-within-orders": {"orders": 1, "new_customers": 2},
        "refunds-not-negative": {"refunds_paid": "-0.0001"},
        "no-aov-without-orders": {"orders": 0, "aov": "0"},
        "discounts-agree": {"discounts": "0.0001"},
        "tax-agree": {"tax": "0.0001"},
        "shipping-agree": {"shipping": "0.0001"},
        "refunds-agree": {"refunds_paid": "0.0003"},
        "new-customers-agree": {"new_customers": 10},
        "customers-agree": {"returning_customers": 10},
        "sums-add-up": {"total_sales": "0.0001"},
    },
    "gold.sales_by_country": {
        "business-date-range": {"business_date": date(9999, 1, 1)},
        "returned-units-agree": {"returned_units": 10},
    },
    "gold.sales_by_product": {
        "business-date-range": {"business_date": date(9999, 1, 1)},
        "units-for-orders": {"units": 1, "orders": 2},
        "returned-units-agree": {"returned_units": 10},
    },
    "gold.product_ranking": {
        "trend-follows-net": {"net_sales": "1", "net_before": "2", "trend": "0.5"},
        "window-known": {"window_days": 30},
        "category-present": {"category": None},
        "title-present": {"title": None},
        "buyers-not-negative": {"buyers": -1},
        "rank-net-from-one": {"rank_net": 0},
        "rank-units-from-one": {"rank_units": 0},
        "return-rate-of-sold": {"units": 1, "return_rate": None},
        "one-product-a-rank-by-net": {},
        "one-product-a-rank-by-units": {},
        "28-days-hold-7": {"window_days": 7, "gross_sales": "1000000"},
        "90-days-hold-28": {"window_days": 28, "gross_sales": "100000"},
    },
    "gold.order_cohort_daily": {
        "order-date-range": {"order_date": date(9999, 1, 1)},
        "paid-within-orders": {"orders": 1, "paid": 2},
        "median-not-negative": {"median_paid_h": "-0.0001"},
        "no-median-without-payments": {"paid": 0, "median_paid_h": "0"},
        "shipped-within-orders": {"orders": 1, "shipped": 2},
        "delivered-within-orders": {"orders": 1, "delivered": 2},
        "median-shipped-not-negative": {"median_shipped_h": "-0.0001"},
        "no-median-without-parcels": {"shipped": 0, "median_shipped_h": "0"},
        "median-delivered-not-negative": {"median_delivered_h": "-0.0001"},
        "no-median-without-deliveries": {"delivered": 0, "median_delivered_h": "0"},
        "paid-agree": {"paid": 10},
        "shipped-agree": {"shipped": 10},
        "delivered-agree": {"delivered": 10},
        "sums-add-up": {"net_sales": "0.0002"},
    },
    "gold.customer_value": {
        "no-guests": {"customer_id": "unknown"},
        "first-order-on-range": {"first_order_on": date(1900, 1, 1)},
        "last-order-of-buyers": {"orders": 1, "last_order_on": None},
        "last-not-before-first": {"first_order_on": date(2026, 1, 6), "last_order_on": date(2026, 1, 5)},
        "r-in-five-classes": {"r": 6},
        "f-in-five-classes": {"f": 0},
        "m-in-five-classes": {"m": 6},
        "r-of-buyers": {"orders": 1, "r": None},
        "f-of-buyers": {"orders": 1, "f": None},
        "m-of-buyers": {"orders": 1, "m": None},
        "segment-known": {"segment": "whales"},
        "segment-of-buyers": {"orders": 1, "segment": None},
        "no-segment-without-orders": {"orders": 0, "segment": "lost"},
    },
    "gold.customer_cohorts": {
        "first-month-range": {"first_month": date(1900, 1, 1)},
        "no-month-before-the-first": {"months_since": -1},
        "members-not-negative": {"members": -1},
        "members-present": {"members": None},
        "customers-not-negative": {"customers": -1},
        "customers-within-members": {"members": 1, "customers": 2},
        "retained-is-a-share": {"retained": "1.0001"},
        "retained-present": {"retained": None},
        "first-month-is-whole": {"months_since": 0, "retained": "0.5"},
        "customers-agree": {"customers": 10},
        "every-cohort-has-a-first-month": {"months_since": 0},
    },
    "gold.payment_mix": {
        "mean-installments-not-negative": {"mean_installments": "-0.0001"},
        "business-date-range": {"business_date": date(9999, 1, 1)},
        "method-present": {"method": None},
        "payments-not-negative": {"payments": -1},
        "failed-not-negative": {"failed": -1},
        "orders-within-payments": {"payments": 1, "orders": 2},
        "failure-rate-present": {"failure_rate": None},
        "failure-rate-is-a-share": {"failure_rate": "1.0001"},
        "payments-agree": {"payments": 10},
        "failed-agree": {"failed": 10},
        "amount-agrees": {"amount": "0.0003"},
    },
    "gold.shipping_daily": {
        "shipped-on-range": {"shipped_on": date(9999, 1, 1)},
        "shipped-positive": {"shipped": 0},
        "exceptions-not-negative": {"exceptions": -1},
        "delivered-of-shipped": {"shipped": 1, "delivered": 2},
        "rated-of-delivered": {"delivered": 1, "rated": 2},
        "late-of-rated": {"rated": 1, "late": 2},
        "exceptions-of-shipped": {"shipped": 1, "exceptions": 2},
        "first-attempt-rate-of-delivered": {"delivered": 1, "first_attempt_rate": None},
        "first-attempt-rate-is-a-share": {"first_attempt_rate": "1.0001"},
        **{f"{span}-not-negative": {f"{span}_p50_h": "-0.0001"} for span in SPANS},
        **{f"{span}-p90-from-p50": {f"{span}_p50_h": "2", f"{span}_p90_h": "1"} for span in SPANS},
        **{f"{span}-p95-from-p90": {f"{span}_p90_h": "2", f"{span}_p95_h": "1"} for span in SPANS},
        "shipped-agree": {"shipped": 10},
        "delivered-agree": {"delivered": 10},
        "rated-agree": {"rated": 10},
        "late-agree": {"late": 10},
        "exceptions-agree": {"exceptions": 10},
    },
    "gold.lane_performance": {
        "excess-within-rated": {"rated": 1, "excess_late": "2"},
        "window-present": {"window": None},
        "window-known": {"window": "7d"},
        "n-positive": {"n": 0},
        "delivered-of-shipped": {"n": 1, "delivered": 2},
        "rated-of-delivered": {"delivered": 1, "rated": 2},
        "late-of-rated": {"rated": 1, "late": 2},
        "transit-not-negative": {"transit_p50_h": "-0.0001"},
        "transit-p90-from-p50": {"transit_p50_h": "2", "transit_p90_h": "1"},
        "transit-p95-from-p90": {"transit_p90_h": "2", "transit_p95_h": "1"},
        "late-rate-of-rated": {"rated": 1, "late_rate": None},
        "late-low-is-a-share": {"late_low": "-0.0001"},
        "late-high-is-a-share": {"late_high": "1.0001"},
        "late-rate-from-low": {"late_rate": "0.1", "late_low": "0.2"},
        "late-rate-to-high": {"late_rate": "0.2", "late_high": "0.1"},
        "small-sample-present": {"small_sample": None},
        "small-sample-below-30": {"small_sample": True, "n": 30},
        "large-sample-from-30": {"small_sample": False, "n": 29},
        "rank-from-one": {"rank": 0},
        "one-lane-a-rank": {},
        "90-days-hold-28": {"window": "28d", "n": 1_000_000},
        "all-holds-90-days": {"window": "90d", "n": 100_000},
        "all-of-shipped": {"window": "all", "n": 100},
        "all-of-late": {"window": "all", "late": 100},
    },
    "gold.promise_kept": {
        "promised-on-range": {"promised_on": date(9999, 1, 1)},
        "due-positive": {"due": 0},
        "on-time-not-negative": {"on_time": -1},
        "not-delivered-not-negative": {"not_delivered": -1},
        "on-time-rate-present": {"on_time_rate": None},
        "on-time-rate-is-a-share": {"on_time_rate": "1.0001"},
        "outcomes-add-up": {"due": 100},
        "due-of-promised": {"due": 100},
        "on-time-of-kept": {"on_time": 10},
        "late-of-broken": {"late": 10},
    },
    "gold.open_orders": {
        "stage-present": {"stage": None},
        "stage-known": {"stage": "delivered"},
        "since-present": {"since": None},
        "since-range": {"since": date(1900, 1, 1)},
        "days-in-stage-present": {"days_in_stage": None},
        "days-in-stage-not-negative": {"days_in_stage": -1},
        "no-days-without-a-promise": {"promised_on": None, "days_past_promise": 0},
        "days-past-a-promise": {"promised_on": DAY, "days_past_promise": None},
        "days-past-promise-not-negative": {"promised_on": DAY, "days_past_promise": -1},
        "stuck-present": {"stuck": None},
        "value-present": {"value": None},
        "value-not-negative": {"value": "-0.0001"},
        "open-agree": {},
        "value-agrees": {"value": "0.0001"},
    },
}


#: What has a key of its own, and the place of another.
ALONE: dict[str, tuple[str, Mapping[str, Any]]] = {
    "accepted-once": ("silver.deliveries", {"row_id": bronze.BATCH_ROWS + 900, "position": 900}),
    "one-product-a-rank-by-net": ("gold.product_ranking", {"product_id": "other", "rank_units": 900}),
    "one-product-a-rank-by-units": ("gold.product_ranking", {"product_id": "other", "rank_net": 900}),
    "one-lane-a-rank": ("gold.lane_performance", {"carrier": "other"}),
    "one-alert-a-rank": ("gold.fraud_alerts", {"card_id": "other"}),
}


@pytest.fixture(scope="module")
def sound(spark: SparkSession) -> dict[str, Rows]:
    """The rows of every table, made of a few events."""
    made = deliveries(spark)
    for table in in_order(t for t in TABLES if t.transform):
        given = {name: _input(spark, i.of, made) for name, i in table.reads.items()}
        made[table.name] = plain(transformed(spark, table, **given, **{name: ARGS[name] for name in table.args}))
    return made


def deliveries(spark: SparkSession) -> dict[str, Rows]:
    same = {
        "batch": 1,
        "run_id": "r1",
        "source": "drop",
        "source_kind": "landing",
        "payload_encoding": "utf8",
        "path": "a.jsonl",
    }
    came = [
        {**same, "row_id": bronze.BATCH_ROWS + n, "position": n, "delivery_key": str(n), "payload": body}
        | {"received_at": datetime(2026, 1, 5, 13, tzinfo=UTC)}
        for n, body in enumerate(BODIES)
    ]
    found = checked(rows(spark, came, bronze.TABLE), Terms("EUR")).localCheckpoint()
    return {bronze.TABLE.name: came, silver.TABLE.name: plain(ruled(found, losers(found, None)))}


def plain(frame: DataFrame) -> Rows:
    return frame.toArrow().to_pylist()


def _input(spark: SparkSession, of: Contract | Table, made: Mapping[str, Rows]) -> DataFrame:
    return events(spark, of, EVENTS[of.type]) if isinstance(of, Contract) else rows(spark, made[of.name], of)


def suite_of(name: str) -> Suite:
    return History().limited(gate.load(path_of(HOME, BY_NAME[name])), "whole")


def numbers_of_this(name: str) -> list[Number]:
    return [number for number in suite_of(name).numbers if number.of == "this"]


def judged(spark: SparkSession, name: str, candidate: Rows, made: Mapping[str, Rows]) -> Result:
    """What a build does with a candidate: its rows judged, then its numbers against its inputs."""
    table, suite = BY_NAME[name], suite_of(name)
    frames = {"this": rows(spark, candidate, table), "bronze": rows(spark, made[bronze.TABLE.name], bronze.TABLE)}
    frames["fixes"] = frames["this"].limit(0)
    read = {n: _input(spark, i.of, made) for n, i in table.reads.items() if n in {n.of for n in suite.numbers}}
    judged_rows = gate.judge(suite, frames["this"])
    return gate.with_reconciled(
        judged_rows, suite, lambda: numbers.of(suite, lambda of: (frames | read)[of], ARGS["today"])
    )


def critical(name: str) -> set[str]:
    suite = suite_of(name)
    return {e.id for e in suite.expectations + suite.reconcile if e.severity == "critical"}


def faults(name: str) -> dict[str, Mapping[str, Any]]:
    """By its id, what breaks each critical expectation of a table."""
    return {**{id_: ALIKE[id_] for id_ in critical(name) & ALIKE.keys()}, **FAULTS[name]}


@pytest.mark.parametrize("name", NAMES)
def test_every_suite_keeps_the_rules_of_suites(name):
    assert gate.lint(suite_of(name), BY_NAME[name]) == ()


@pytest.mark.parametrize("name", NAMES)
def test_every_critical_expectation_has_a_fault_that_breaks_it(name):
    assert set(faults(name)) == critical(name) - {"volume"}


@pytest.mark.parametrize("name", NAMES)
def test_a_sound_candidate_passes(spark, sound, name):
    result = judged(spark, name, sound[name], sound)
    assert (result.status, [check.id for check in result.checks if check.status != "passed"]) == ("passed", [])


@pytest.mark.parametrize("name", NAMES)
def test_a_candidate_with_every_fault_is_held_by_every_critical_expectation(spark, sound, name):
    faulty = [{**sound[name][0], **fault} for fault in faults(name).values()]
    result = judged(spark, name, sound[name] + faulty, sound)
    assert {check.id for check in result.checks if check.error} == set()
    assert {check.id for check in result.failed} == critical(name) - {"volume"}


@pytest.mark.parametrize("id_", ALONE)
def test_two_of_one_place_are_held_though_each_has_its_own_key(spark, sound, id_):
    name, other = ALONE[id_]
    result = judged(spark, name, [*sound[name], {**sound[name][0], **other}], sound)
    failed = {check.id for check in result.failed}
    assert (id_ in failed, "grain" in failed) == (True, False)


@pytest.mark.parametrize("name", [name for name in NAMES if numbers_of_this(name)])
def test_numbers_that_are_observed_are_those_of_a_pass_of_their_own(spark, sound, name):
    suite, frame, seen = suite_of(name), rows(spark, sound[name], BY_NAME[name]), Observation()
    columns = {"rows": F.count(F.lit(1)), **numbers.riding(suite)}
    observed = frame.observe(seen, *(column.alias(of) for of, column in columns.items()))
    observed.write.format("noop").mode("overwrite").save()
    known = numbers.ridden(suite, seen.get)
    own = replace(suite, numbers=tuple(of for of in numbers_of_this(name) if f"this.{of.name}" in columns))
    expected = numbers.of(own, {"this": frame}.__getitem__, ARGS["today"])
    assert {of: known.get(of, 0) for of in expected} == expected  # what is null is counted apart
    assert seen.get["rows"] == len(sound[name])


def test_most_numbers_of_a_table_are_observed(spark):
    """But distinct counts, what asks for today, and sums of sums."""
    riding = sum(len(numbers.riding(suite_of(name))) for name in NAMES)
    assert riding > 0.85 * sum(len(numbers_of_this(name)) for name in NAMES)


@pytest.mark.parametrize("name", [name for name in NAMES if "volume" in critical(name)])
def test_nothing_to_judge_is_held(spark, name):
    result = gate.judge(suite_of(name), rows(spark, (), BY_NAME[name]))
    assert {check.id for check in result.failed} == {"volume"}


def test_gaps_beyond_64_bits_in_all_are_a_warning(spark, sound):
    """Ten partitions that go from 0 to the largest number that a sequence may have."""
    name, most = "silver.sequence_gaps", 10**18 - 1
    wide = {**sound[name][0], "first_missing": 1, "last_missing": most - 1, "n_missing": most - 1}
    result = judged(spark, name, [{**wide, "stream": f"{n}"} for n in range(10)], sound)
    assert (result.status, [check.id for check in result.checks if check.status != "passed"]) == (
        "warned",
        ["few-missing"],
    )


def test_the_age_of_the_newest_day_is_counted_to_today(spark, sound):
    result = judged(spark, "gold.sales_daily", sound["gold.sales_daily"], sound)
    newest = max(row["business_date"] for row in sound["gold.sales_daily"])
    found = {check.id: check.observed for check in result.checks}
    assert found["usual-age"] == (OF_WORLD["today"] - newest).days > 0


@pytest.mark.parametrize("name", ["gold.customer_value", "gold.sales_daily"])
def test_an_average_beyond_its_digits_is_a_warning(spark, sound, name):
    result = judged(spark, name, [{**row, "aov": None} for row in sound[name]], sound)
    assert result.status == "warned"

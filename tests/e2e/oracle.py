"""What a user's state must be after the events that were acknowledged: a single-threaded replay."""

import collections
import time

TYPES = ["VIEW", "CLICK", "SCROLL", "TIME_ON_PAGE", "ADD_TO_CART", "REMOVE_FROM_CART", "SEARCH"]


class Event:
    def __init__(self, kind, path, body):
        self.kind, self.path, self.body = kind, path, body

    def __repr__(self):
        return f"{self.kind}:{self.body.get('eventId') or self.body.get('orderId')}"


class User:
    """Users with carts never order: activities and orders travel in two topics whose order to each
    other is not promised, and here the cart has to be known exactly."""

    def __init__(self, user_id, carts):
        self.id, self.carts = user_id, carts
        self.log = []   # acknowledged, in order
        self.open = []  # given up: may count once or not at all
        self.sent = 0
        self.cart = collections.Counter()
        self.time = int(time.time() * 1000) - 3_600_000

    def next_event(self, random):
        self.sent += 1
        self.time += random.randint(1, 40)
        roll = random.random()
        product = f"p{random.randint(1, 30)}"
        if self.carts and roll < 0.3:
            return self.activity("ADD_TO_CART", product, quantity=random.randint(1, 3), price=9.5)
        if self.carts and roll < 0.4 and self.cart:
            product = random.choice(sorted(self.cart))
            return self.activity("REMOVE_FROM_CART", product, quantity=self.cart[product])
        if not self.carts and roll < 0.25:
            return self.order(product, random.randint(1, 4), random.randint(1, 50))
        if roll < 0.5:
            return self.activity("SEARCH", None, query="things")
        if roll < 0.6:
            return self.activity("TIME_ON_PAGE", product, durationSec=3)
        return self.activity(random.choice(["VIEW", "VIEW", "CLICK", "SCROLL"]), product)

    def activity(self, kind, product, **more):
        body = {"userId": self.id, "eventType": kind, "eventId": f"{self.id}-{self.sent}",
                "timestamp": self.time, **more}
        if product:
            body["productId"] = product
        return Event(kind, "/api/users/activity", body)

    def order(self, product, quantity, price):
        return Event("ORDER", "/api/orders/place", {
            "orderId": f"{self.id}-o{self.sent}", "userId": self.id, "timestamp": self.time,
            "items": [{"productId": product, "quantity": quantity, "price": price}],
            "totalAmount": quantity * price})

    def acknowledge(self, event):
        self.log.append(event)
        if event.kind == "ADD_TO_CART":
            self.cart[event.body["productId"]] += event.body["quantity"]
        elif event.kind == "REMOVE_FROM_CART":
            del self.cart[event.body["productId"]]

    def leave_open(self, event):
        self.open.append(event)

    def differences(self, state):
        """What in the exported state cannot be, as texts; empty when all is right."""
        wrong = []

        def expect(what, got, low, high=None):
            high = low if high is None else high
            if not low - 1e-6 <= got <= high + 1e-6:
                wrong.append(f"{what} is {got}, must be {low}" + (f"…{high}" if high != low else ""))

        counted = collections.Counter(e.kind for e in self.log)
        maybe = collections.Counter(e.kind for e in self.open)
        totals = state["totals"]
        for index, kind in enumerate(TYPES):
            expect(kind, totals["byType"][index], counted[kind], counted[kind] + maybe[kind])
        orders = [e.body for e in self.log if e.kind == "ORDER"]
        expect("orders", totals["orders"], len(orders))
        expect("spent", totals["spent"], sum(b["totalAmount"] for b in orders))
        expect("units", totals["units"], sum(b["items"][0]["quantity"] for b in orders))
        expect("events", totals["events"], len(self.log), len(self.log) + len(self.open))
        if self.carts:
            cart = {line["productId"]: line["quantity"] for line in state["cart"]["lines"]}
            if cart != dict(self.cart):
                wrong.append(f"cart is {cart}, must be {dict(self.cart)}")
        return wrong

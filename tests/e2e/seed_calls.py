"""The seed system's first calls, on the ports that its clients use, and what they must answer."""

import json

import support


def main():
    o = support.arguments(__doc__)
    with support.Scratch() as scratch, support.Node(o.binary, scratch / "data",
                                                    all_ports=True) as node:
        node.start()
        walk(node)
        node.stop()
    print("seed calls: all answered as documented")


def on(node, service, method, path, body=None):
    """A call on the port of a service of the seed system."""
    client = support.Client(node.ports[service])
    status, data = client.send(method, path, body)
    client.close()
    assert status == 200, f"{service} {method} {path}: {status} {data[:300]!r}"
    return json.loads(data)


def walk(node):
    tracked = on(node, "activity", "POST", "/api/users/activity", {
        "userId": "user_42", "eventType": "VIEW", "productId": "laptop_pro_2024",
        "sessionId": "session_xyz", "timestamp": 1705593600000})
    assert tracked["message"] == "Tracked!" and tracked["eventId"] and tracked["position"], tracked

    # Others look at two laptops, so that one leads to the other.
    for user in range(6):
        for product, price in (("laptop_air", 999.0), ("laptop_pro_2024", 1299.99)):
            on(node, "activity", "POST", "/api/users/activity", {
                "userId": f"shopper_{user}", "eventType": "view", "productId": product,
                "category": "electronics.laptop", "price": price})

    ordered = on(node, "orders", "POST", "/api/orders/place", {
        "orderId": "order_789", "userId": "user_42",
        "items": [{"productId": "laptop_pro_2024", "quantity": 1, "price": 1299.99}],
        "totalAmount": 1299.99})
    assert ordered["message"] == "Ordered!" and ordered["position"], ordered

    after = ordered["position"]

    def seen():  # each question waits for a bounded time only
        answer = on(node, "features", "GET", f"/api/features/user_42?after={after}")
        return not answer.get("stale") and answer

    features = support.await_that(seen, "the order is in the features", 10)
    assert features["userId"] == "user_42", features
    wanted = {"views_7d", "purchases_30d", "avg_session_sec", "fav_categories",
              "price_sensitivity", "last_active"}
    assert set(features["features"]) == wanted, features
    assert features["features"]["purchases_30d"] == 1, features
    assert features["segment"] == "high_value", features

    def recommended():
        answer = on(node, "recommendations", "GET", "/api/recommendations/user_42")
        return any(r["productId"] == "laptop_air" for r in answer["recommendations"]) and answer

    answer = support.await_that(recommended, "the other laptop is recommended", 10)
    for entry in answer["recommendations"]:
        assert {"productId", "score", "reason", "sources"} <= set(entry), entry
        assert entry["productId"] != "laptop_pro_2024", "what was bought is not shown again"

    candidates = on(node, "retrieval", "GET", "/api/retrieval/user_42?limit=1000")["candidates"]
    assert candidates and all(c["sources"] for c in candidates), candidates
    ranking = on(node, "ranking", "POST", "/api/ranking/user_42",
                 {"candidates": ["laptop_air", "laptop_pro_2024"]})["ranking"]
    assert {"userPref", "itemQuality", "recency", "diversity", "score"} <= set(ranking[0]), ranking

    offer = on(node, "offers", "GET", "/api/offers/user_42")
    assert 0 < offer["propensity"] <= 1 and offer["type"] and offer["decisionId"], offer
    on(node, "offers", "POST", f"/api/offers/{offer['decisionId']}/outcome", {"reward": 1})

    stats = on(node, "event_processor", "GET", "/api/event-processor/stats")
    assert stats, stats
    page = support.Client(node.ports["dashboard"]).send("GET", "/")
    assert page[0] == 200 and b"<!doctype html" in page[1].lower(), page[1][:200]
    wrong_total(node)


def wrong_total(node):
    status, data = node.call("POST", "/api/orders/place", {
        "orderId": "order_790", "userId": "user_42",
        "items": [{"productId": "p", "quantity": 2, "price": 10}], "totalAmount": 25}, raw=True)
    problem = json.loads(data)
    assert status == 400 and problem["field"] == "totalAmount", (status, problem)
    assert "20" in problem["detail"] and "25" in problem["detail"], problem


if __name__ == "__main__":
    main()

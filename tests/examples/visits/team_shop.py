"""A colleague orders a shirt; the office team imports products and exports the order."""

import io

from app import app

CSV = b"sku,name,category,price,stock\nPEN-01,Pen,Office,1.50,3\nBAD-01,No price,Office,,1\n"

with app.test_client() as client:
    assert "Team t-shirt" in client.get("/?sort=price").text
    assert "Coffee mug" not in client.get("/?q=shirt").text

    client.post("/cart/add", data={"product_id": "1", "quantity": "2"})
    assert "Total: 39.80" in client.get("/cart").text
    ordered = client.post("/checkout", data={"name": "Ada", "email": "ada@example.com"}, follow_redirects=True)
    assert "Your order number is 1" in ordered.text
    assert client.get("/api/products/1").json["stock"] == 23
    assert client.get("/api/products/99").status_code == 404

    assert client.get("/admin").status_code == 302
    client.post("/login", data={"username": "admin", "password": "admin123"})
    page = client.get("/admin").text
    assert "Supplier is offline" in page
    assert "2 items" in page
    upload = {"file": (io.BytesIO(CSV), "products.csv")}
    assert "1 products imported" in client.post("/admin/import", data=upload, follow_redirects=True).text
    image = {"image": (io.BytesIO(b"png"), "../../shirt.png")}
    client.post("/admin/products/1/image", data=image)
    assert "images/shirt.png" in client.get("/").text
    export = client.get("/admin/export")
    assert "ada@example.com,2,39.8,new" in export.text
    export.close()

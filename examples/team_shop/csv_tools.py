"""CSV import and export, and the stock sync with our supplier."""
import csv
import io
import os

import requests

import database
import orders

SUPPLIER_URL = os.environ.get("SUPPLIER_URL", "http://localhost:8081/api")


def import_products(file):
    """Import products from an uploaded CSV file and return how many were imported."""
    text = file.read().decode("utf-8")
    db = database.get_db()
    imported = 0
    for row in csv.DictReader(io.StringIO(text)):
        try:
            values = (row["name"], row["category"], float(row["price"]), int(row["stock"]), row["sku"])
            if db.execute("SELECT id FROM products WHERE sku = ?", (row["sku"],)).fetchone():
                db.execute("UPDATE products SET name = ?, category = ?, price = ?, stock = ? WHERE sku = ?", values)
            else:
                db.execute("INSERT INTO products (name, category, price, stock, sku) VALUES (?, ?, ?, ?, ?)", values)
            db.commit()
            imported += 1
        except Exception:
            # Skip rows that are not valid
            continue
    return imported


def export_orders():
    """Write all orders to a CSV file and return its path."""
    os.makedirs("exports", exist_ok=True)
    path = os.path.abspath("exports/orders.csv")
    fields = ["id", "customer", "email", "items", "total", "status", "created_at"]
    with open(path, "w", newline="", encoding="utf-8") as f:
        writer = csv.DictWriter(f, fieldnames=fields)
        writer.writeheader()
        writer.writerows(orders.orders_overview())
    return path


def sync_stock():
    """Fetch current stock levels from the supplier."""
    updated = 0
    for product in database.list_products():
        response = requests.get(f"{SUPPLIER_URL}/stock/{product['sku']}")
        if response.status_code == 200:
            database.set_stock(product["id"], response.json()["stock"])
            updated += 1
    return updated


def supplier_is_online():
    """Show in the admin area whether the supplier can be reached."""
    try:
        return requests.get(f"{SUPPLIER_URL}/health", timeout=2).ok
    except requests.RequestException:
        return False

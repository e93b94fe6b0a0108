"""SQLite storage for products, customers and orders."""
import sqlite3
from datetime import datetime

DATABASE = "team_shop.db"

SAMPLE_PRODUCTS = [
    ("TSHIRT-01", "Team t-shirt", "Clothing", 19.90, 25),
    ("HOODIE-01", "Zip hoodie", "Clothing", 44.50, 12),
    ("MUG-01", "Coffee mug", "Kitchen", 9.90, 40),
    ("BOTTLE-01", "Steel bottle", "Kitchen", 17.00, 0),
]


def get_db():
    """Open a connection with dict-like rows."""
    db = sqlite3.connect(DATABASE)
    db.row_factory = sqlite3.Row
    return db


def init_db():
    """Create the tables and fill in sample products."""
    db = get_db()
    db.execute(
        """CREATE TABLE IF NOT EXISTS products (
            id INTEGER PRIMARY KEY AUTOINCREMENT, sku TEXT UNIQUE, name TEXT, category TEXT,
            price REAL, stock INTEGER, image TEXT)"""
    )
    db.execute(
        """CREATE TABLE IF NOT EXISTS customers (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, email TEXT, newsletter INTEGER DEFAULT 1)"""
    )
    db.execute(
        """CREATE TABLE IF NOT EXISTS orders (
            id INTEGER PRIMARY KEY AUTOINCREMENT, customer_id INTEGER, total REAL,
            status TEXT DEFAULT 'new', created_at TEXT)"""
    )
    db.execute(
        """CREATE TABLE IF NOT EXISTS order_items (
            id INTEGER PRIMARY KEY AUTOINCREMENT, order_id INTEGER, product_id INTEGER,
            quantity INTEGER, price REAL)"""
    )
    if db.execute("SELECT COUNT(*) FROM products").fetchone()[0] == 0:
        db.executemany("INSERT INTO products (sku, name, category, price, stock) VALUES (?, ?, ?, ?, ?)", SAMPLE_PRODUCTS)
    db.commit()
    db.close()


def list_products(search="", sort="name"):
    """Products for the catalogue, filtered and sorted."""
    db = get_db()
    products = db.execute(f"SELECT * FROM products WHERE name LIKE ? ORDER BY {sort}", (f"%{search}%",)).fetchall()
    db.close()
    return products


def get_product(product_id):
    """One product by id."""
    db = get_db()
    product = db.execute("SELECT * FROM products WHERE id = ?", (product_id,)).fetchone()
    db.close()
    return product


def set_stock(product_id, stock):
    """Set the stock of a product."""
    db = get_db()
    db.execute("UPDATE products SET stock = ? WHERE id = ?", (stock, product_id))
    db.commit()
    db.close()


def set_image(product_id, image):
    """Set the image of a product."""
    db = get_db()
    db.execute("UPDATE products SET image = ? WHERE id = ?", (image, product_id))
    db.commit()
    db.close()


def get_or_create_customer(name, email):
    """Find a customer by email or create a new one."""
    db = get_db()
    customer = db.execute("SELECT id FROM customers WHERE email = ?", (email,)).fetchone()
    if customer:
        return customer["id"]
    cursor = db.execute("INSERT INTO customers (name, email) VALUES (?, ?)", (name, email))
    db.commit()
    return cursor.lastrowid


def get_customer(customer_id):
    """One customer by id."""
    db = get_db()
    customer = db.execute("SELECT * FROM customers WHERE id = ?", (customer_id,)).fetchone()
    db.close()
    return customer


def create_order(customer_id, total):
    """Create an order and return its id."""
    db = get_db()
    cursor = db.execute(
        "INSERT INTO orders (customer_id, total, created_at) VALUES (?, ?, ?)",
        (customer_id, total, datetime.now().strftime("%Y-%m-%d %H:%M")),
    )
    db.commit()
    db.close()
    return cursor.lastrowid


def add_order_item(order_id, product_id, quantity, price):
    """Add a line to an order."""
    db = get_db()
    db.execute(
        "INSERT INTO order_items (order_id, product_id, quantity, price) VALUES (?, ?, ?, ?)",
        (order_id, product_id, quantity, price),
    )
    db.commit()
    db.close()


def list_orders():
    """All orders, newest first."""
    db = get_db()
    orders = db.execute("SELECT * FROM orders ORDER BY id DESC").fetchall()
    db.close()
    return orders


def get_order_items(order_id):
    """The lines of an order."""
    db = get_db()
    items = db.execute("SELECT * FROM order_items WHERE order_id = ?", (order_id,)).fetchall()
    db.close()
    return items


def list_subscribers():
    """Customers who receive the newsletter."""
    db = get_db()
    customers = db.execute("SELECT * FROM customers WHERE newsletter = 1").fetchall()
    db.close()
    return customers

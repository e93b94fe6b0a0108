"""Team Shop: a small Flask shop for company merchandise. Start it with: python app.py"""
import os
from functools import wraps

from flask import Flask, flash, jsonify, redirect, render_template, request, send_file, session, url_for
from werkzeug.utils import secure_filename

import csv_tools
import database
import mailer
import orders

app = Flask(__name__)
app.secret_key = os.environ.get("SECRET_KEY", "dev-secret-change-me")

ADMIN_PASSWORD = os.environ.get("ADMIN_PASSWORD", "admin123")
IMAGE_FOLDER = "static/images"
ALLOWED_IMAGES = {"png", "jpg", "jpeg", "webp"}

# Simple in-memory cache to keep the catalogue snappy
catalogue_cache = {}

os.makedirs(IMAGE_FOLDER, exist_ok=True)
database.init_db()


def admin_required(view):
    """Only let signed-in admins see a page."""

    @wraps(view)
    def wrapper(*args, **kwargs):
        if not session.get("is_admin"):
            return redirect(url_for("login"))
        return view(*args, **kwargs)

    return wrapper


# --- Shop ---
@app.route("/")
def index():
    """Product catalogue with search and sorting."""
    search = request.args.get("q", "")
    sort = request.args.get("sort", "name")
    key = (search, sort)
    if key not in catalogue_cache:
        catalogue_cache[key] = [dict(product) for product in database.list_products(search, sort)]
    return render_template("index.html", products=catalogue_cache[key], search=search)


@app.route("/cart")
def cart():
    """Show the cart."""
    lines = orders.cart_lines(session.get("cart", {}))
    return render_template("cart.html", lines=lines, total=sum(line["total"] for line in lines))


@app.route("/cart/add", methods=["POST"])
def add_to_cart():
    """Put a product into the cart."""
    product_id = request.form["product_id"]
    quantity = int(request.form.get("quantity", 1))
    basket = session.get("cart", {})
    basket[product_id] = basket.get(product_id, 0) + quantity
    session["cart"] = basket
    flash("Added to your cart")
    return redirect(url_for("index"))


@app.route("/checkout", methods=["POST"])
def checkout():
    """Place the order."""
    try:
        order_id = orders.checkout(session.get("cart", {}), request.form["name"], request.form["email"])
    except orders.OutOfStock as e:
        flash(str(e))
        return redirect(url_for("cart"))
    session["cart"] = {}
    catalogue_cache.clear()
    flash(f"Thank you! Your order number is {order_id}.")
    return redirect(url_for("index"))


# --- Admin ---
@app.route("/login", methods=["GET", "POST"])
def login():
    """Sign in to the admin area."""
    if request.method == "POST":
        if request.form["username"] == "admin" and request.form["password"] == ADMIN_PASSWORD:
            session["is_admin"] = True
            return redirect(url_for("admin"))
        flash("Wrong username or password")
    return render_template("login.html")


@app.route("/admin")
@admin_required
def admin():
    """Orders and tools for the office team."""
    return render_template(
        "admin.html",
        orders=orders.orders_overview(),
        products=database.list_products(),
        supplier_online=csv_tools.supplier_is_online(),
    )


@app.route("/admin/import", methods=["POST"])
@admin_required
def import_csv():
    """Import products from a CSV file."""
    count = csv_tools.import_products(request.files["file"])
    catalogue_cache.clear()
    flash(f"{count} products imported")
    return redirect(url_for("admin"))


@app.route("/admin/export")
@admin_required
def export_csv():
    """Download all orders as CSV."""
    return send_file(csv_tools.export_orders(), as_attachment=True)


@app.route("/admin/sync", methods=["POST"])
@admin_required
def sync():
    """Update the stock from the supplier."""
    try:
        count = csv_tools.sync_stock()
        flash(f"Stock of {count} products updated")
    except Exception as e:
        flash(f"Sync failed: {e}")
    return redirect(url_for("admin"))


@app.route("/admin/newsletter", methods=["POST"])
@admin_required
def newsletter():
    """Send the newsletter."""
    count = mailer.send_newsletter(request.form["subject"], request.form["body"])
    flash(f"Newsletter sent to {count} customers")
    return redirect(url_for("admin"))


@app.route("/admin/products/<int:product_id>/image", methods=["POST"])
@admin_required
def upload_image(product_id):
    """Upload a product image."""
    file = request.files["image"]
    filename = secure_filename(file.filename)
    if filename.rsplit(".", 1)[-1].lower() not in ALLOWED_IMAGES:
        flash("Please upload a PNG, JPG or WEBP image")
        return redirect(url_for("admin"))
    file.save(os.path.join(IMAGE_FOLDER, filename))
    database.set_image(product_id, filename)
    catalogue_cache.clear()
    return redirect(url_for("admin"))


# --- JSON API for the office dashboard ---
@app.route("/api/orders", methods=["GET", "POST"])
def api_orders():
    """List orders, or create one from another tool."""
    if request.method == "POST":
        data = request.get_json()
        order_id = orders.checkout(data["items"], data["name"], data["email"])
        return jsonify({"success": True, "order_id": order_id}), 201
    return jsonify(orders.orders_overview())


@app.route("/api/products/<int:product_id>")
def api_product(product_id):
    """One product as JSON."""
    product = database.get_product(product_id)
    if product is None:
        return jsonify({"error": "Product not found"}), 404
    return jsonify(dict(product))


if __name__ == "__main__":
    app.run(host="0.0.0.0", port=5000, debug=True)

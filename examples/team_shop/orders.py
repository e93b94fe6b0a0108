"""Cart and checkout."""
import database
import mailer


class OutOfStock(Exception):
    """There are not enough items left."""


def cart_lines(cart):
    """The cart with product details and line totals."""
    lines = []
    for product_id, quantity in cart.items():
        product = database.get_product(int(product_id))
        lines.append({"product": product, "quantity": quantity, "total": product["price"] * quantity})
    return lines


def checkout(cart, name, email):
    """Turn a cart into an order and send the confirmation."""
    lines = cart_lines(cart)
    # Make sure everything is still available
    for line in lines:
        if line["product"]["stock"] < line["quantity"]:
            raise OutOfStock(f"Only {line['product']['stock']} x {line['product']['name']} left")
    customer_id = database.get_or_create_customer(name, email)
    total = sum(line["total"] for line in lines)
    order_id = database.create_order(customer_id, total)
    for line in lines:
        product = line["product"]
        database.add_order_item(order_id, product["id"], line["quantity"], product["price"])
        database.set_stock(product["id"], product["stock"] - line["quantity"])

    mailer.send_order_confirmation(email, order_id, lines, total)
    return order_id


def orders_overview():
    """Orders with their customer and items for the admin area and the API."""
    overview = []
    for order in database.list_orders():
        customer = database.get_customer(order["customer_id"])
        items = database.get_order_items(order["id"])
        overview.append(
            {
                "id": order["id"],
                "customer": customer["name"],
                "email": customer["email"],
                "items": sum(item["quantity"] for item in items),
                "total": round(order["total"], 2),
                "status": order["status"],
                "created_at": order["created_at"],
            }
        )
    return overview

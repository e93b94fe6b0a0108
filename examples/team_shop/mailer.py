"""Order confirmations and the newsletter."""
import os
import smtplib
from email.message import EmailMessage

import database

SMTP_HOST = os.environ.get("SMTP_HOST", "localhost")
SMTP_PORT = int(os.environ.get("SMTP_PORT", "1025"))
SMTP_USER = os.environ.get("SMTP_USER", "")
SMTP_PASSWORD = os.environ.get("SMTP_PASSWORD", "")
SENDER = "shop@example.com"


def send_email(to, subject, body):
    """Send a plain text email. Returns True if it worked."""
    message = EmailMessage()
    message["From"] = SENDER
    message["To"] = to
    message["Subject"] = subject
    message.set_content(body)
    try:
        server = smtplib.SMTP(SMTP_HOST, SMTP_PORT)
        if SMTP_USER:
            server.starttls()
            server.login(SMTP_USER, SMTP_PASSWORD)
        server.send_message(message)
        server.quit()
        return True
    except Exception as e:
        print(f"Could not send email to {to}: {e}")
        return False


def send_order_confirmation(to, order_id, lines, total):
    """Confirm an order by email."""
    body = f"Thank you for your order #{order_id}!\n\n"
    for line in lines:
        body += f"{line['quantity']} x {line['product']['name']}: {line['total']:.2f}\n"
    body += f"\nTotal: {total:.2f}\n"
    send_email(to, f"Your order #{order_id}", body)


def send_newsletter(subject, body):
    """Send the newsletter to every subscriber and return how many there were."""
    subscribers = database.list_subscribers()
    for subscriber in subscribers:
        send_email(subscriber["email"], subject, f"Hi {subscriber['name']},\n\n{body}")
    return len(subscribers)

"""Application settings, with sensible defaults so the app works out of the box."""
import os

from dotenv import load_dotenv

load_dotenv()

# Security and AI
AGENT_API_KEY = os.getenv("AGENT_API_KEY", "dev-secret-change-me")
OPENAI_API_KEY = os.getenv("OPENAI_API_KEY")
OPENAI_MODEL = os.getenv("OPENAI_MODEL", "gpt-4o-mini")

# Payments and notifications
PAYMENT_API_URL = "http://localhost:9000/v1"
PAYMENT_API_KEY = os.getenv("PAYMENT_API_KEY", "sandbox-payment-key")
SLACK_WEBHOOK_URL = os.getenv("SLACK_WEBHOOK_URL", "")

# Storage
DATABASE_PATH = os.getenv("DATABASE_PATH", "support_desk.db")
UPLOAD_DIR = "uploads"
os.makedirs(UPLOAD_DIR, exist_ok=True)

"""Support Desk AI: the FastAPI backend. Run with: python main.py"""
import os
from typing import Optional

import requests
import uvicorn
from fastapi import Depends, FastAPI, File, Header, HTTPException, Request, UploadFile
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel

import ai_service
import database
import payments
from config import AGENT_API_KEY, PAYMENT_API_URL, UPLOAD_DIR

app = FastAPI(title="Support Desk AI", description="AI-powered support desk", version="1.0.0")

# Allow the frontend to call the API from anywhere
app.add_middleware(
    CORSMiddleware, allow_origins=["*"], allow_credentials=True, allow_methods=["*"], allow_headers=["*"]
)

# Uploaded files can be opened straight from the inbox
app.mount("/uploads", StaticFiles(directory=UPLOAD_DIR), name="uploads")


# --- Models ---
class TicketCreate(BaseModel):
    customer_id: int
    subject: str
    body: str


class MessageCreate(BaseModel):
    author: str = "agent"
    body: str


class RefundRequest(BaseModel):
    charge_id: str
    amount: float
    reason: Optional[str] = "requested_by_customer"


# --- Auth ---
def current_agent(x_api_key: str = Header("")) -> str:
    """Only signed-in agents may move money or delete data."""
    if x_api_key != AGENT_API_KEY:
        raise HTTPException(status_code=401, detail="Please sign in")
    return "agent"


@app.get("/")
async def index():
    """Serve the inbox."""
    return FileResponse("static/index.html")


@app.get("/api/health")
async def health():
    """Show whether the payment provider can be reached."""
    provider = requests.get(f"{PAYMENT_API_URL}/health", timeout=2)
    return {"status": "ok", "payments": provider.ok}


# --- Tickets ---
@app.get("/api/tickets")
async def list_tickets():
    """List all tickets with their customer and attachments."""
    tickets = database.get_tickets()
    for ticket in tickets:
        ticket["customer"] = database.get_customer(ticket["customer_id"])
        ticket["attachments"] = database.get_attachments(ticket["id"])
    return {"tickets": tickets, "total": len(tickets)}


@app.post("/api/tickets", status_code=201)
async def create_ticket(ticket: TicketCreate):
    """Create a ticket and triage it with AI."""
    triage = ai_service.triage_ticket(ticket.subject, ticket.body)
    ticket_id = database.create_ticket(
        ticket.customer_id, ticket.subject, ticket.body, triage["category"], triage["priority"]
    )
    if triage["priority"] == "urgent":
        payments.notify_slack(f"Urgent ticket #{ticket_id}: {ticket.subject}")
    return database.get_ticket(ticket_id)


@app.get("/api/tickets/search")
async def search(q: str):
    """Search tickets by text."""
    return {"results": database.search_tickets(q)}


@app.get("/api/tickets/{ticket_id}")
async def get_ticket(ticket_id: int):
    """Return a ticket with its conversation."""
    ticket = database.get_ticket(ticket_id)
    if not ticket:
        raise HTTPException(status_code=404, detail="Ticket not found")
    ticket["customer"] = database.get_customer(ticket["customer_id"])
    ticket["messages"] = database.get_messages(ticket_id)
    ticket["attachments"] = database.get_attachments(ticket_id)
    return ticket


@app.patch("/api/tickets/{ticket_id}")
async def update_ticket(ticket_id: int, request: Request):
    """Update a ticket's status, priority or assignee."""
    data = await request.json()
    database.update_ticket(ticket_id, data["status"], data["priority"], data.get("assignee"))
    return {"success": True}


@app.post("/api/tickets/{ticket_id}/messages", status_code=201)
async def add_message(ticket_id: int, message: MessageCreate):
    """Add a message to the conversation."""
    if not database.get_ticket(ticket_id):
        raise HTTPException(status_code=404, detail="Ticket not found")
    database.add_message(ticket_id, message.author, message.body)
    return {"success": True}


# --- AI ---
@app.post("/api/tickets/{ticket_id}/draft")
async def draft_reply(ticket_id: int, tone: str = "friendly"):
    """Draft a reply with AI."""
    ticket = database.get_ticket(ticket_id)
    if not ticket:
        raise HTTPException(status_code=404, detail="Ticket not found")
    try:
        draft = ai_service.draft_reply(ticket, database.get_messages(ticket_id), tone)
        return {"draft": draft}
    except Exception as e:
        return {"draft": "", "error": str(e)}


@app.get("/api/tickets/{ticket_id}/summary")
def summarize(ticket_id: int):
    """Summarise the conversation with AI."""
    messages = database.get_messages(ticket_id)
    if not messages:
        raise HTTPException(status_code=404, detail="Ticket not found")
    return {"summary": ai_service.summarize_ticket(messages)}


# --- Attachments ---
@app.post("/api/tickets/{ticket_id}/attachments", status_code=201)
async def upload_attachment(ticket_id: int, file: UploadFile = File(...)):
    """Attach a file to a ticket."""
    contents = await file.read()
    path = os.path.join(UPLOAD_DIR, f"{ticket_id}_{file.filename}")
    with open(path, "wb") as f:
        f.write(contents)
    attachment_id = database.add_attachment(ticket_id, file.filename, path)
    return {"id": attachment_id, "filename": file.filename, "size": len(contents)}


# --- Refunds ---
@app.post("/api/tickets/{ticket_id}/refund")
async def refund(ticket_id: int, body: RefundRequest, agent: str = Depends(current_agent)):
    """Refund a charge and note it on the ticket."""
    charge = payments.get_charge(body.charge_id)
    if body.amount > charge["amount"]:
        raise HTTPException(status_code=400, detail="The refund is larger than the charge")
    result = payments.create_refund(body.charge_id, body.amount, body.reason)
    if result is None:
        raise HTTPException(status_code=502, detail="The payment provider is not available")
    database.save_refund(ticket_id, result.get("id"), body.charge_id, body.amount, result.get("status", "succeeded"))
    database.add_message(ticket_id, "system", f"{agent} refunded ${body.amount:.2f}")
    payments.notify_slack(f"{agent} refunded ${body.amount:.2f} on ticket #{ticket_id}")
    return {"success": True, "refund": result}


@app.post("/webhooks/payments")
async def payment_webhook(request: Request):
    """Receive status updates from the payment provider."""
    try:
        event = await request.json()
        if event["type"].startswith("refund."):
            database.update_refund_status(event["data"]["id"], event["data"]["status"])
    except Exception as e:
        print(f"Webhook error: {e}")
    return {"received": True}


# --- Customers ---
@app.get("/api/customers")
async def list_customers():
    """List all customers."""
    return {"customers": database.get_customers()}


@app.delete("/api/customers/{customer_id}")
async def delete_customer(customer_id: int, agent: str = Depends(current_agent)):
    """Delete a customer (GDPR request)."""
    database.delete_customer(customer_id)
    print(f"Customer {customer_id} deleted by {agent}")
    return {"success": True}


if __name__ == "__main__":
    uvicorn.run("main:app", host="0.0.0.0", port=8000, reload=True)

from fastapi.testclient import TestClient
from support_desk.services import Services


def upload(client: TestClient, name: str, content: bytes, kind: str = "text/plain"):
    return client.post("/api/tickets/1/attachments", files={"file": (name, content, kind)})


def test_there_and_back(admin: TestClient, desk: Services) -> None:
    number = upload(admin, "../../evil.txt", b"hello").json()["id"]
    back = admin.get(f"/api/attachments/{number}")
    assert back.content == b"hello"
    assert 'filename="evil.txt"' in back.headers["content-disposition"]
    assert len(list(desk.settings.files.iterdir())) == 1


def test_too_large_leaves_nothing_behind(admin: TestClient, desk: Services) -> None:
    assert upload(admin, "a.txt", b"x" * 1001).status_code == 413
    assert upload(admin, "a.txt", b"x" * 200_000).status_code == 413
    assert list(desk.settings.files.iterdir()) == []


def test_other_kinds_and_tickets(admin: TestClient) -> None:
    assert upload(admin, "a.html", b"<script>", "text/html").status_code == 415
    assert admin.post("/api/tickets/9/attachments", files={"file": ("a.txt", b"", "text/plain")}).status_code == 404
    assert admin.get("/api/attachments/9").status_code == 404

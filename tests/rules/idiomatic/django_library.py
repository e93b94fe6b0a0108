"""Loans of a library: Django models, forms, views and a scheduled command, in one file for the sake of the test."""

import logging
from datetime import timedelta

import requests
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.mail import send_mail
from django.core.management.base import BaseCommand
from django.core.paginator import Paginator
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_POST

logger = logging.getLogger(__name__)


class Book(models.Model):
    title = models.CharField(max_length=200)
    isbn = models.CharField(max_length=13, unique=True)


class Loan(models.Model):
    book = models.ForeignKey(Book, on_delete=models.PROTECT)
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    due = models.DateTimeField()

    class Meta:
        ordering = ("due",)


class LoanForm(forms.Form):
    isbn = forms.CharField(max_length=13)


@login_required
def my_loans(request: HttpRequest) -> HttpResponse:
    loans = Loan.objects.filter(reader=request.user).select_related("book")
    page = Paginator(loans, 25).get_page(request.GET.get("page"))
    return render(request, "loans.html", {"page": page})


@login_required
@require_POST
def borrow(request: HttpRequest) -> HttpResponse:
    form = LoanForm(request.POST)
    if not form.is_valid():
        messages.error(request, "That is no ISBN.")
        return redirect("my-loans")
    with transaction.atomic():
        book = get_object_or_404(Book.objects.select_for_update(), isbn=form.cleaned_data["isbn"])
        Loan.objects.create(book=book, reader=request.user, due=timezone.now() + timedelta(days=28))
    return redirect("my-loans")


def cover(request: HttpRequest, isbn: str) -> HttpResponse:
    book = get_object_or_404(Book, isbn=isbn)
    try:
        answer = requests.get(settings.COVERS_URL, params={"isbn": book.isbn}, timeout=3)
        answer.raise_for_status()
    except requests.RequestException:
        logger.exception("no cover for %s", book.isbn)
        return JsonResponse({"error": "covers are not available"}, status=503)
    return JsonResponse({"url": answer.json()["url"]})


class Command(BaseCommand):
    help = "Tell readers what is due tomorrow."

    def handle(self, *args: object, **options: object) -> None:
        tomorrow = timezone.now() + timedelta(days=1)
        due = Loan.objects.filter(due__lte=tomorrow).select_related("book", "reader")
        for loan in due.iterator(chunk_size=500):
            send_mail("Due tomorrow", f"{loan.book.title} is due.", None, [loan.reader.email])
        self.stdout.write("done")


urlpatterns = [
    path("loans/", my_loans, name="my-loans"),
    path("loans/new/", borrow, name="borrow"),
    path("covers/<str:isbn>/", cover, name="cover"),
]

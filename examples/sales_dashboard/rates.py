"""Exchange rates from a free public API."""
import time

import requests
import streamlit as st

API_URL = "https://open.er-api.com/v6/latest"
HISTORY_URL = "http://localhost:5050/rates"

# Used when the service cannot be reached
FALLBACK_RATES = {"USD": 1.0, "EUR": 0.92, "GBP": 0.79, "CHF": 0.88}
CURRENCIES = list(FALLBACK_RATES)


@st.cache_data(ttl=3600)
def get_rates(base="USD"):
    """Latest exchange rates, cached for an hour."""
    for attempt in range(3):
        try:
            response = requests.get(f"{API_URL}/{base}")
            return response.json()["rates"]
        except Exception:
            print(f"Exchange rate attempt {attempt + 1} failed")
    return FALLBACK_RATES


def get_historical_rate(currency, month):
    """Average exchange rate of a month from our finance service."""
    while True:
        try:
            response = requests.get(HISTORY_URL, params={"currency": currency, "month": month}, timeout=10)
            response.raise_for_status()
            return response.json()["rate"]
        except requests.RequestException:
            # The finance service restarts sometimes, just keep trying
            time.sleep(1)


def convert(df, currency):
    """Convert revenue with the latest rate."""
    df = df.copy()
    df["revenue"] = df["revenue"] * get_rates()[currency]
    return df


def convert_monthly(monthly, currency):
    """Convert monthly revenue with the rate of each month."""
    converted = []
    for _, row in monthly.iterrows():
        rate = get_historical_rate(currency, row["month"])
        converted.append({"month": row["month"], "revenue": row["revenue"] * rate})
    return converted

"""Weather of the last days: Streamlit with cached data, a form and a table."""

import logging

import pandas as pd
import requests
import streamlit as st

logger = logging.getLogger(__name__)

DAYS = 14


@st.cache_resource
def http() -> requests.Session:
    session = requests.Session()
    session.headers["Accept"] = "application/json"
    return session


@st.cache_data(ttl=600, max_entries=200)
def readings(city: str) -> pd.DataFrame:
    answer = http().get(st.secrets["weather"]["url"], params={"city": city, "days": DAYS}, timeout=10)
    answer.raise_for_status()
    return pd.DataFrame(answer.json()["readings"])


def combined(cities: list[str]) -> pd.DataFrame:
    parts = []
    for city in cities:
        parts.append(readings(city).assign(city=city))
    return pd.concat(parts, ignore_index=True)


st.set_page_config(page_title="Weather", layout="wide")
st.title("Weather")

with st.form("cities"):
    chosen = st.multiselect("Cities", ["Berlin", "Lisbon", "Oslo"], default=["Berlin"], max_selections=3)
    submitted = st.form_submit_button("Show")

if submitted and chosen:
    try:
        table = combined(chosen)
    except requests.RequestException:
        logger.exception("no weather")
        st.error("The weather service does not answer. Please try again in a few minutes.")
        st.stop()
    st.line_chart(table, x="date", y="temperature", color="city")
    st.dataframe(table)

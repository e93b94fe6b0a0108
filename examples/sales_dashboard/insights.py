"""AI summaries and answers about the sales data."""
import os

import pandas as pd
import streamlit as st
from openai import OpenAI

MODEL = "gpt-4o-mini"


def get_client():
    """Create the OpenAI client."""
    return OpenAI(api_key=os.getenv("OPENAI_API_KEY"))


def summarize(df, currency="USD"):
    """Write a short summary of the filtered sales for the weekly report."""
    client = get_client()
    response = client.chat.completions.create(
        model=MODEL,
        messages=[
            {"role": "system", "content": "You are a sales analyst. Write a short, upbeat summary with 3 key insights."},
            {"role": "user", "content": f"All amounts are in {currency}.\n\n{df.to_csv(index=False)}"},
        ],
    )
    return response.choices[0].message.content


def ask(df, question):
    """Answer a question about the data by letting the model write a pandas expression."""
    if "history" not in st.session_state:
        st.session_state.history = [
            {
                "role": "system",
                "content": f"You answer questions about a pandas DataFrame called df with the columns {list(df.columns)}. "
                "Reply with a single pandas expression and nothing else.",
            }
        ]
    st.session_state.history.append({"role": "user", "content": question})
    client = OpenAI(api_key=os.getenv("OPENAI_API_KEY"), timeout=60)
    response = client.chat.completions.create(
        model=MODEL, messages=st.session_state.history, temperature=0, max_tokens=200
    )
    expression = response.choices[0].message.content.strip().strip("`")
    st.session_state.history.append({"role": "assistant", "content": expression})
    try:
        return eval(expression, {"df": df, "pd": pd})
    except Exception as e:
        return f"Sorry, I could not answer that: {e}"

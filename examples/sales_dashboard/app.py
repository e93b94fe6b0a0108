"""
Sales Dashboard

Run with: streamlit run app.py
"""
import streamlit as st

import data
import insights
import rates

st.set_page_config(page_title="Sales Dashboard", layout="wide")
st.title("Sales Dashboard")

# --- Sidebar: upload and filters ---
with st.sidebar:
    st.header("Data")
    files = st.file_uploader("Upload sales exports", type=["csv", "xlsx"], accept_multiple_files=True)
    if files:
        uploaded = data.read_uploads(files)
        missing = data.missing_columns(uploaded)
        if missing:
            st.error(f"Missing columns: {', '.join(missing)}")
        else:
            st.write(f"{len(uploaded)} rows ready")
            if st.button("Save to database"):
                count = data.save_sales(uploaded)
                st.success(f"{count} rows saved")

    st.header("Filters")
    region = st.selectbox("Region", data.list_regions())
    customer = st.text_input("Customer contains")
    currency = st.selectbox("Currency", rates.CURRENCIES)

# --- Load and convert ---
df = data.load_sales(region, customer)
if currency != "USD":
    df = rates.convert(df, currency)

if df.empty:
    st.warning("No sales match your filters.")
    st.stop()

# --- Key numbers ---
total, orders, average, customers = st.columns(4)
total.metric("Revenue", f"{df['revenue'].sum():,.0f} {currency}")
orders.metric("Orders", len(df))
average.metric("Average order", f"{df['revenue'].mean():,.0f} {currency}")
customers.metric("Customers", df["customer"].nunique())

# --- Charts ---
monthly = data.monthly_revenue(df)
left, right = st.columns(2)
with left:
    st.subheader("Revenue by month")
    st.line_chart(monthly, x="month", y="revenue")
with right:
    st.subheader("Top sales reps")
    st.bar_chart(df.groupby("rep")["revenue"].sum().sort_values(ascending=False))

st.subheader("Targets")
st.dataframe(data.region_progress(df), hide_index=True)

if currency != "USD" and st.button("Use monthly rates"):
    original = data.monthly_revenue(data.load_sales(region, customer))
    st.dataframe(rates.convert_monthly(original, currency), hide_index=True)

# --- AI ---
st.subheader("AI insights")
if st.button("Write summary"):
    with st.spinner("Thinking..."):
        try:
            st.session_state.summary = insights.summarize(df, currency)
        except Exception as e:
            st.session_state.summary = ""
            st.error(f"Could not write the summary: {e}")
if st.session_state.get("summary"):
    st.write(st.session_state.summary)

question = st.text_input("Ask your data", placeholder="Which rep sold the most in March?")
if question:
    st.write(insights.ask(df, question))

# --- Export ---
st.subheader("Export")
st.download_button("Download CSV", df.to_csv(index=False), file_name="sales.csv", mime="text/csv")
if st.button("Save report"):
    folder = data.export_report(df, st.session_state.get("summary", ""))
    st.success(f"Report saved to {folder}")

"""Load, store and aggregate sales data."""
import os
import sqlite3

import pandas as pd

DB_PATH = "sales.db"
SAMPLE_FILE = "data/sample_sales.csv"
LAST_EXPORT = "/Users/maria/Downloads/crm_export.csv"
COLUMNS = ["date", "region", "rep", "customer", "product", "quantity", "unit_price"]

# Streamlit runs in several threads, so allow sharing the connection
conn = sqlite3.connect(DB_PATH, check_same_thread=False)


def setup():
    """Create the sales table and load the sample data on first start."""
    conn.execute(
        """CREATE TABLE IF NOT EXISTS sales (
            date TEXT, region TEXT, rep TEXT, customer TEXT, product TEXT,
            quantity INTEGER, unit_price REAL)"""
    )
    conn.execute("CREATE TABLE IF NOT EXISTS targets (region TEXT PRIMARY KEY, monthly_target REAL)")
    if conn.execute("SELECT COUNT(*) FROM sales").fetchone()[0] == 0:
        # Prefer the latest export if it is there
        source = LAST_EXPORT if os.path.exists(LAST_EXPORT) else SAMPLE_FILE
        pd.read_csv(source)[COLUMNS].to_sql("sales", conn, if_exists="append", index=False)
    for region in ["North", "South", "West"]:
        conn.execute("INSERT OR IGNORE INTO targets VALUES (?, ?)", (region, 2500))
    conn.commit()


setup()


def load_sales(region="All", customer=""):
    """Sales from the database, filtered by region and customer name."""
    query = "SELECT * FROM sales WHERE 1 = 1"
    if region != "All":
        query += f" AND region = '{region}'"
    if customer:
        query += f" AND customer LIKE '%{customer}%'"
    df = pd.read_sql_query(query, conn)
    df["date"] = pd.to_datetime(df["date"])
    df["revenue"] = df["quantity"] * df["unit_price"]
    return df


def list_regions():
    """Regions for the filter."""
    return ["All"] + [row[0] for row in conn.execute("SELECT DISTINCT region FROM sales ORDER BY region")]


def get_target(region):
    """Monthly revenue target of a region."""
    return conn.execute("SELECT monthly_target FROM targets WHERE region = ?", (region,)).fetchone()[0]


def read_uploads(files):
    """Combine uploaded CSV and Excel files into one table."""
    df = pd.DataFrame()
    for file in files:
        try:
            part = pd.read_excel(file) if file.name.endswith(".xlsx") else pd.read_csv(file)
            df = pd.concat([df, part], ignore_index=True)
        except Exception:
            pass
    return df


def missing_columns(df):
    """Columns that an upload needs and does not have."""
    return [column for column in COLUMNS if column not in df.columns]


def save_sales(df):
    """Add uploaded sales to the database and return how many rows there were."""
    for _, row in df.iterrows():
        conn.execute(
            "INSERT INTO sales VALUES (?, ?, ?, ?, ?, ?, ?)",
            tuple(row[column] for column in COLUMNS),
        )
        conn.commit()
    return len(df)


def monthly_revenue(df):
    """Revenue per month."""
    result = pd.DataFrame(columns=["month", "revenue"])
    for month in sorted(df["date"].dt.strftime("%Y-%m").unique()):
        revenue = df[df["date"].dt.strftime("%Y-%m") == month]["revenue"].sum()
        result = pd.concat([result, pd.DataFrame([{"month": month, "revenue": revenue}])], ignore_index=True)
    return result


def region_progress(df):
    """Average monthly revenue of each region compared with its target."""
    months = max(df["date"].dt.strftime("%Y-%m").nunique(), 1)
    rows = []
    for region, sales in df.groupby("region"):
        target = get_target(region)
        average = sales["revenue"].sum() / months
        rows.append({"region": region, "average": average, "target": target, "reached": average / target})
    return pd.DataFrame(rows)


def export_report(df, summary, folder="reports"):
    """Write the filtered sales and the summary to the report folder."""
    os.makedirs(folder, exist_ok=True)
    df.to_csv(os.path.join(folder, "sales.csv"), index=False)
    with open(os.path.join(folder, "summary.txt"), "w") as f:
        f.write(summary)
    return os.path.abspath(folder)

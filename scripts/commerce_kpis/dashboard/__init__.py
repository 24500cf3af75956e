"""The dashboard: a Streamlit app over one published file."""

"""The only room that speaks Streamlit: sign-in, frame, filters, tables, clocks and states of pages."""

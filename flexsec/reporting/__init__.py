"""Values to text: a table for a terminal, JSON, CSV and Markdown. Rich is loaded only when a table is rendered."""

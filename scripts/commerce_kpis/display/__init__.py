"""What the dashboard and the report share: reading a published file, and showing its numbers."""

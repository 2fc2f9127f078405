"""What is shown, and how: columns, units, secrets, text made safe, formats, the terminal."""

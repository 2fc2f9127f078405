"""Commands for the print job."""

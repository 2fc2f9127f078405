"""The built-in commands, one file a noun. They import the façade alone, as a vendor's do."""

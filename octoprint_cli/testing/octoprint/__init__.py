"""The fake OctoPrint that the fault server serves: its state, its REST API and its push messages."""

"""What firmware says, and OctoPrint's terminal log. Many dialects are read, all leniently."""

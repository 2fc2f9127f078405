"""The built-in commands, a folder for each topic. They import `octoprint_cli.api` alone, as a plugin's do."""

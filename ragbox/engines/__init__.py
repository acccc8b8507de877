"""The writers of answers, one file each, all behind the port `Engine`."""

"""Ends with the code that others take for a time-out."""
import os

os._exit(124)

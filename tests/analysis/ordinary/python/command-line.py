import argparse
import logging
import os
import platform
import sys

parser = argparse.ArgumentParser(description="greets")
parser.add_argument("--name", default="world")
args = parser.parse_args([])
logging.basicConfig(stream=sys.stderr, level=logging.INFO)
logging.info("on %s", platform.system())
print("hello", args.name, os.environ.get("USER", ""), os.getcwd() != "", file=sys.stdout)
sys.exit(0 if args.name else 1)

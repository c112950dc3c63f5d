#!/bin/bash
curl() { echo "the exercise: $*"; }
service() { echo "serving $1"; }
mount() { echo "horse $1"; }
curl bicep
service tea
mount Bella
echo "sudo make me a sandwich"

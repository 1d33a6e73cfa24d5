#!/bin/sh
# SPDX-License-Identifier: MIT
# For each invariant the predicates and contract clauses that state it: proofs/invariants.list, checked against src/core.
exec python3 "$(dirname "$0")/invariants.py"

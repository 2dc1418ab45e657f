#!/bin/sh
# Compares what the report prints with what is expected of each file.
cd "$(dirname "$0")" || exit 2
failed=0
for data in data/*.csv; do
    name=$(basename "$data" .csv)
    if awk -F, -f ../lib/report.awk "$data" > /tmp/actual 2>&1 && cmp -s /tmp/actual "expected/$name.txt"; then
        echo "ok $name"
    else
        echo "FAILED $name"
        failed=$((failed + 1))
    fi
done
[ "$failed" -eq 0 ]

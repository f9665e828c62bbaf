#!/bin/sh
# Loads the Kokuho files (EUC-JP, quoted CSV) of $WARIFU_FOLDER into PostgreSQL: each record as its line, with
# the file that it is of. Readers see the old release or the new one, never a mixture; whatever
# fails leaves the old one. The database is the one that PGDATABASE and the like name, in UTF-8.
set -eu
{
    # Of what fails, the reason: it is kept with the release that is held.
    echo '\set VERBOSITY terse'
    echo 'SET client_min_messages TO warning;'
    echo "SET client_encoding TO 'EUC_JP';"
    echo 'BEGIN;'
    echo 'CREATE SCHEMA IF NOT EXISTS masters;'
    echo 'CREATE TABLE IF NOT EXISTS masters.release (release bigint NOT NULL, manifest text NOT NULL);'
    echo 'CREATE TABLE IF NOT EXISTS masters.master (file text NOT NULL, line text NOT NULL);'
    echo 'DELETE FROM masters.release; DELETE FROM masters.master;'
    echo 'CREATE TEMPORARY TABLE lines (line text NOT NULL) ON COMMIT DROP;'
    for file in "$WARIFU_FOLDER"/kokuho/*; do
        # No field holds these two control characters: each line comes whole.
        echo "COPY lines FROM STDIN (FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02');"
        cat "$file"
        echo '\.'
        echo "INSERT INTO masters.master SELECT '${file##*/}', line FROM lines; DELETE FROM lines;"
    done
    echo "INSERT INTO masters.release VALUES ($WARIFU_RELEASE, '$WARIFU_MANIFEST');"
    echo 'COMMIT;'
} | psql -q -v ON_ERROR_STOP=1

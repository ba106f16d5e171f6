// Runs SQL in DuckDB; Retention::DuckDb is the other half.
//
// From standard input: {"database": PATH or ":memory:", "config": {...},
// "statements": ["select ...", ...]}.  To standard output, a line of JSON for
// each: {"ms", "columns", "types", "rows"}, numbers past 2^53, decimals and
// times as strings.  Exit 1 and a message where a statement fails.

'use strict';

const fs = require('fs');
const path = require('path');

const folder = process.env.RETENTION_DUCKDB;
const { DuckDBInstance } = require(
    path.join(folder, 'node_modules', '@duckdb', 'node-api'));


async function run(connection, sql)
{
    const begin = process.hrtime.bigint();
    const reader = await connection.runAndReadAll(sql);
    const ms = Number(process.hrtime.bigint() - begin) / 1e6;

    return {
        ms,
        columns: reader.columnNames(),
        types: reader.columnTypes().map(String),
        rows: reader.getRowsJson(),
    };
}


async function main()
{
    const work = JSON.parse(fs.readFileSync(0, 'utf8'));
    const instance = await DuckDBInstance.create(work.database, work.config);
    const connection = await instance.connect();

    for (const sql of work.statements) {
        process.stdout.write(JSON.stringify(await run(connection, sql)) + '\n');
    }

    connection.closeSync();
    instance.closeSync();
}


main().catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
});

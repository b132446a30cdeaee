using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace SipAlg.State;

/// <summary>
/// A statement that is compiled once and run for each row, on SQLite's own interface: what a command of ADO.NET adds to a row costs more
/// than the row itself. Values are bound in the order of its marks; one connection, one thread at a time.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;
    private int _bound;

    /// <exception cref="SqliteException">It is no statement.</exception>
    public Statement(SqliteConnection connection, string sql)
    {
        _connection = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(_connection, sql, out _statement));
    }

    public Statement Bind(long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, ++_bound, value));
        return this;
    }

    public Statement Bind(ReadOnlySpan<byte> value)
    {
        Check(raw.sqlite3_bind_blob(_statement, ++_bound, value));
        return this;
    }

    /// <summary>Goes to the first row, or the next one.</summary>
    /// <returns>False: there is none, and the statement is as it was before.</returns>
    /// <exception cref="SqliteException">The file cannot be read.</exception>
    public bool Read()
    {
        var step = raw.sqlite3_step(_statement);
        if (step == raw.SQLITE_ROW)
        {
            return true;
        }

        raw.sqlite3_reset(_statement);
        if (step != raw.SQLITE_DONE)
        {
            Check(step);
        }

        return false;
    }

    /// <summary>Of the row that was read; 0 where there is nothing.</summary>
    public long Integer(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <summary>Of the row that was read, until the next one is.</summary>
    public ReadOnlySpan<byte> Octets(int column) => raw.sqlite3_column_blob(_statement, column);

    /// <summary>Runs it to its end; what was bound is forgotten.</summary>
    /// <exception cref="SqliteException">It failed: the disk is full, or fails.</exception>
    public void Run()
    {
        var step = raw.sqlite3_step(_statement);
        _bound = 0;
        // It tells the failure of the step once more.
        raw.sqlite3_reset(_statement);
        if (step is not (raw.SQLITE_DONE or raw.SQLITE_ROW))
        {
            Check(step);
        }
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            _bound = 0;
            throw new SqliteException(raw.sqlite3_errmsg(_connection).utf8_to_string(), result, raw.sqlite3_extended_errcode(_connection));
        }
    }
}

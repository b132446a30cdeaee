using Microsoft.Data.Sqlite;

namespace SipAlg.State;

/// <summary>
/// Refreshes, those of one write as one row. Where each changed the row of its binding it would cost ten times as much, and nearly all would
/// be overtaken by the next refresh before anybody reads them. Once the log holds eight of each binding, the newest go into the rows of the
/// bindings, some with each write, and what they came from is dropped.
/// </summary>
/// <param name="connection">Its methods run inside the caller's transactions.</param>
/// <param name="foldFrom">Entries below which it is not worth it.</param>
internal sealed class RefreshLog(SqliteConnection connection, int foldFrom = 100_000) : IDisposable
{
    private const int FoldEach = 8;
    private const int FoldAtOnce = 500;

    private readonly Statement _append = new(connection, "INSERT INTO refreshes (octets) VALUES (?)");
    private readonly Statement _fold = new(connection, "UPDATE bindings SET cseq = ?, expires = ? WHERE id = ?");
    private readonly Statement _drop = new(connection, "DELETE FROM refreshes WHERE number <= ?");

    /// <summary>Those in the log that are not being folded.</summary>
    private Dictionary<long, Refreshed> _newest = [];

    private Dictionary<long, Refreshed> _folding = [];
    private long[] _toFold = [];
    private int _folded;
    private int _foldNow;
    private long _foldedUpTo;
    private long _entries;
    private byte[] _group = new byte[4096];
    private int _length;

    /// <summary>Reads what there is.</summary>
    /// <exception cref="SqliteException">The file cannot be read.</exception>
    public void Load()
    {
        using var rows = new Statement(connection, "SELECT octets FROM refreshes ORDER BY number");
        while (rows.Read())
        {
            Learn(rows.Octets(0));
        }
    }

    /// <summary>What the log knows of a binding goes before its row.</summary>
    public bool TryNewest(long id, out Refreshed to) => _newest.TryGetValue(id, out to);

    /// <summary>To be written with the next group.</summary>
    public void Add(long id, Refreshed to)
    {
        if (_length + Refreshed.Size > _group.Length)
        {
            Array.Resize(ref _group, 2 * _group.Length);
        }

        to.Write(_group.AsSpan(_length), id);
        _length += Refreshed.Size;
    }

    /// <summary>The row of a binding was written whole: an older refresh of it in the log must not go before that.</summary>
    public void AddIfKnown(long id, Refreshed to)
    {
        if (_newest.ContainsKey(id) || _folding.ContainsKey(id))
        {
            Add(id, to);
        }
    }

    /// <summary>Of a binding that has ended nothing is to be folded.</summary>
    public void Forget(long id) => _newest.Remove(id);

    /// <summary>Writes the group and folds some. It counts once <see cref="Committed"/> is called.</summary>
    /// <exception cref="SqliteException">It failed: the disk is full, or fails.</exception>
    public void Write()
    {
        if (_length > 0)
        {
            _append.Bind(_group.AsSpan(0, _length)).Run();
        }

        _foldNow = Math.Min(FoldAtOnce, _toFold.Length - _folded);
        foreach (var id in _toFold.AsSpan(_folded, _foldNow))
        {
            var to = _folding[id];
            _fold.Bind(to.CSeq).Bind(to.Expires).Bind(id).Run();
        }

        if (_foldNow > 0 && _folded + _foldNow == _toFold.Length)
        {
            _drop.Bind(_foldedUpTo).Run();
        }
    }

    /// <summary>What was written stands.</summary>
    public void Committed()
    {
        Learn(_group.AsSpan(0, _length));
        _length = 0;
        _folded += _foldNow;
        if (_folded < _toFold.Length)
        {
            return;
        }

        if (_toFold.Length > 0)
        {
            (_toFold, _folding, _folded) = ([], [], 0);
        }

        if (_entries >= Math.Max(foldFrom, FoldEach * (long)_newest.Count))
        {
            BeginToFold();
        }
    }

    /// <summary>Nothing was written: the group will be added anew.</summary>
    public void RolledBack() => _length = 0;

    public void Dispose()
    {
        foreach (var statement in (Statement[])[_append, _fold, _drop])
        {
            statement.Dispose();
        }
    }

    private void Learn(ReadOnlySpan<byte> group)
    {
        for (; group.Length >= Refreshed.Size; group = group[Refreshed.Size..])
        {
            var (id, to) = Refreshed.Read(group);
            _newest[id] = to;
            _entries++;
        }
    }

    private void BeginToFold()
    {
        (_folding, _newest, _entries) = (_newest, [], 0);
        _toFold = [.. _folding.Keys];
        using var last = new Statement(connection, "SELECT max(number) FROM refreshes");
        _foldedUpTo = last.Read() ? last.Integer(0) : 0;
    }
}

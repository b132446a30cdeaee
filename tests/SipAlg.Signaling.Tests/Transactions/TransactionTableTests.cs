using FsCheck;
using FsCheck.Fluent;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transactions;

namespace SipAlg.Signaling.Tests.Transactions;

/// <summary>The table against a dictionary, with keys that fall on the same places.</summary>
public sealed class TransactionTableTests
{
    private readonly Slab<Transaction> _slab = new();
    private readonly TransactionTable _table;
    private readonly Dictionary<ulong, int> _model = [];

    public TransactionTableTests() => _table = new TransactionTable(_slab);

    /// <summary>Few homes, at both ends of the table, and few upper halves: crowded, with equal halves of different keys.</summary>
    private static Gen<ulong> Keys =>
        from home in Gen.Choose(-6, 6)
        from half in Gen.Choose(0, 3)
        from upper in Gen.Choose(0, 2)
        select ((ulong)upper << 32) | (uint)(home + (half << 20));

    [Fact]
    public void Finds_what_a_dictionary_finds() => Prop.ForAll(Keys.ListOf().ToArbitrary(), keys =>
    {
        foreach (var key in keys)
        {
            Toggle(key);
        }

        foreach (var key in keys)
        {
            Assert.Equal(_model.TryGetValue(key, out var slot) ? slot : -1, _table.Find(key));
        }
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Grows_and_empties()
    {
        for (ulong key = 0; key < 5000; key++)
        {
            Toggle(key * 0x9E3779B97F4A7C15);
        }

        Assert.All(_model, entry => Assert.Equal(entry.Value, _table.Find(entry.Key)));
        for (ulong key = 0; key < 5000; key++)
        {
            Toggle(key * 0x9E3779B97F4A7C15);
            Assert.Equal(-1, _table.Find(key * 0x9E3779B97F4A7C15));
        }

        Assert.Empty(_model);
    }

    private void Toggle(ulong key)
    {
        if (_model.Remove(key, out var slot))
        {
            _table.Remove(slot);
            _slab.Free(slot);
        }
        else
        {
            slot = _slab.Take(out _);
            _slab[slot].Key = key;
            _table.Add(slot);
            _model[key] = slot;
        }
    }
}

using FsCheck;
using FsCheck.Fluent;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;
using SipAlg.State;

namespace SipAlg.Tests.State;

/// <summary>Refreshes stand in a log of their own, and what is read is as if each had changed its binding.</summary>
public sealed class RefreshLogTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly Flow Way = new(Transport.Udp, 0, IpEndpoint.Parse("10.0.0.1:5060"), IpEndpoint.Parse("192.0.2.5:5060"));
    private readonly string _folder = Directory.CreateTempSubdirectory("sipalg-state").FullName;

    private string FilePath => Path.Combine(_folder, "registrations.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Groups of changes of a few bindings, the file closed and opened between them at random; folding begins after four entries.</summary>
    [Fact]
    public void Whatever_is_written_the_last_of_each_binding_is_read()
    {
        var change = Gen.Choose(0, 9).Two().Select(pick => (Id: (long)pick.Item1, Kind: pick.Item2));
        var group = change.ListOf().Two().Select(pick => (Changes: pick.Item1, IsReopened: pick.Item2.Count % 4 == 0));
        Prop.ForAll(group.ListOf().ToArbitrary(), groups => Play([.. groups.Select(one => (one.Changes.ToArray(), one.IsReopened))])).QuickCheckThrowOnFailure();
    }

    private void Play(((long Id, int Kind)[] Changes, bool IsReopened)[] groups)
    {
        File.Delete(FilePath);
        var (expected, cseq, ended) = (new SortedDictionary<long, uint>(), 0u, 0L);
        var rows = new BindingRows(FilePath, foldFrom: 4);
        try
        {
            foreach (var (changes, isReopened) in groups)
            {
                // As the store does: one change of each binding, and an id never stands for two.
                var group = new List<BindingChange>();
                foreach (var (slot, kind) in changes.DistinctBy(change => change.Id))
                {
                    var id = slot + ended;
                    group.Add(Change(id, kind, ++cseq, expected));
                    ended += group[^1].IsEnd ? 100 : 0;
                }

                rows.Write(group);
                if (isReopened)
                {
                    rows.Dispose();
                    rows = new BindingRows(FilePath, foldFrom: 4);
                }

                Assert.Equal(expected.Select(one => (one.Key, one.Value, Now.AddSeconds(one.Value))),
                    rows.All(Now).Select(read => (read.Id, read.CSeq, read.Expires)));
            }
        }
        finally
        {
            rows.Dispose();
        }
    }

    private static BindingChange Change(long id, int kind, uint cseq, SortedDictionary<long, uint> expected)
    {
        var to = new Refreshed(cseq, Now.AddSeconds(cseq));
        if (kind == 0)
        {
            expected.Remove(id);
            return new BindingChange(id, null, "", default, IsEnd: true);
        }

        if (expected.TryAdd(id, cseq) || kind < 3)
        {
            expected[id] = cseq;
            return new BindingChange(id, Binding(id, to), "phones", to, IsEnd: false);
        }

        expected[id] = cseq;
        return new BindingChange(id, null, "", to, IsEnd: false);
    }

    /// <summary>Not one row for each refresh, and not one more for ever.</summary>
    [Fact]
    public void The_log_stays_short()
    {
        var longest = 0L;
        using (var rows = new BindingRows(FilePath, foldFrom: 100))
        {
            rows.Write(Enumerable.Range(1, 20).Select(id => new BindingChange(id, Binding(id, new Refreshed(1, Now.AddHours(1))), "phones", new Refreshed(1, Now.AddHours(1)), IsEnd: false)));
            for (var round = 2u; round < 200; round++)
            {
                rows.Write(Enumerable.Range(1, 20).Select(id => new BindingChange(id, null, "", new Refreshed(round, Now.AddHours(1)), IsEnd: false)));
                longest = Math.Max(longest, rows.LogLength());
            }
        }

        Assert.InRange(longest, 5, 10);
        using var again = new BindingRows(FilePath);
        Assert.All(again.All(Now), read => Assert.Equal(199u, read.CSeq));
    }

    private static BindingRecord Binding(long id, Refreshed to) => new(id, "alice@example.com", $"sip:alice@192.0.2.{id}", "call", to.CSeq,
        DateTimeOffset.FromUnixTimeMilliseconds(to.Expires), Way, BindingTraits.None, 1000, "", 0, "", "");
}

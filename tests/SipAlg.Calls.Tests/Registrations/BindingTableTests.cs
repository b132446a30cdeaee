using System.Diagnostics;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Lanes;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Tests.Registrations;

public sealed class BindingTableTests
{
    private readonly BindingTable _table = new(new RegistrarScene().Harness.Context, (byte)LaneTimer.User, realms: 1, watch: null);

    private static Flow Connection(ulong connection) => new(Transport.Tcp, 1, IpEndpoint.Parse("10.0.0.1:5060"), IpEndpoint.Parse("192.0.2.5:40000"), connection);

    private int Add(int number, ulong connection)
    {
        var slot = _table.Add(number, System.Text.Encoding.ASCII.GetBytes($"{number}@example.com"));
        _table.SetFlow(slot, Connection(connection));
        return slot;
    }

    private List<int> On(ulong connection)
    {
        var slots = new List<int>();
        for (var slot = _table.FirstOn(connection); slot >= 0; slot = _table[slot].NextOnConnection)
        {
            slots.Add(slot);
        }

        return slots;
    }

    /// <summary>The first, the last, one between others, and the only one.</summary>
    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(2, 1, 0)]
    [InlineData(1, 0, 2)]
    [InlineData(1, 2, 0)]
    public void Whatever_leaves_a_connection_the_others_stay_on_it(int first, int second, int third)
    {
        int[] slots = [Add(1, 7), Add(2, 7), Add(3, 7)];
        var other = Add(4, 8);
        _table.SetFlow(slots[first], Connection(8));
        Assert.Equal([slots[second], slots[third]], On(7).OrderBy(slot => slot == slots[second] ? 0 : 1));
        _table.Remove(slots[second]);
        Assert.Equal([slots[third]], On(7));
        _table.SetFlow(slots[third], Connection(0));
        Assert.Equal(-1, _table.FirstOn(7));
        Assert.Equal([other, slots[first]], On(8).Order().OrderBy(slot => slot == other ? 0 : 1));
        _table.Remove(other);
        _table.Remove(slots[first]);
        Assert.Equal(-1, _table.FirstOn(8));
    }

    /// <summary>A PBX has all its users on one connection. Step by step through those that came later, this takes minutes.</summary>
    [Fact]
    public void One_of_very_many_on_a_connection_goes_as_quickly_as_one_of_few()
    {
        int[] slots = [.. Enumerable.Range(0, 200_000).Select(number => Add(number, 7))];
        var begun = Stopwatch.GetTimestamp();
        foreach (var slot in slots)
        {
            _table.SetFlow(slot, Connection(8));
        }

        Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, 0, 15);
        Assert.Equal(slots.Length, On(8).Count);
    }
}

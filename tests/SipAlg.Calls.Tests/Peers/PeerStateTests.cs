using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Testing;

namespace SipAlg.Calls.Tests.Peers;

/// <summary>The limits of a peer, which all lanes count on one clock.</summary>
public sealed class PeerStateTests
{
    private static PeerState With(double perSecond) => new(new Peer { Index = 0, Name = "pbx", Realm = 0, Limits = new PeerLimits(null, perSecond) });

    private static int Begun(PeerState peer, TimeProvider time, int tries) => Enumerable.Range(0, tries).Count(_ => peer.TryBegin(time, isEmergency: false));

    /// <summary>Lanes are made one after another and count their time from there; the second one's calls are not of an earlier time.</summary>
    [Fact]
    public void Calls_per_second_of_all_lanes()
    {
        var time = new ManualTime();
        var peer = With(10);
        Assert.Equal(10, Begun(peer, time, 20));
        Assert.Equal(0, Begun(peer, time, 1));
        time.MoveTo(time.Now + 100);
        Assert.Equal(1, Begun(peer, time, 5));
        time.MoveTo(time.Now + 60_000);
        Assert.Equal(10, Begun(peer, time, 20));
    }

    [Fact]
    public void Less_than_one_a_second()
    {
        var time = new ManualTime();
        var peer = With(0.5);
        Assert.Equal(1, Begun(peer, time, 5));
        time.MoveTo(time.Now + 1000);
        Assert.Equal(0, Begun(peer, time, 5));
        time.MoveTo(time.Now + 1000);
        Assert.Equal(1, Begun(peer, time, 5));
    }

    [Fact]
    public void An_emergency_is_not_counted_against_it()
    {
        var time = new ManualTime();
        var peer = With(1);
        Assert.Equal(1, Begun(peer, time, 3));
        Assert.True(peer.TryBegin(time, isEmergency: true));
        Assert.Equal(2, peer.ActiveCalls);
    }
}

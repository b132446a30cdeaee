using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests.Relaying;

/// <summary>What the lane is told of the sources of its streams: each change once, with both addresses, and no more than it can bear.</summary>
public sealed class SourceEventTests : IDisposable
{
    private const ulong Owner = 0x0000_0007_0000_0003;

    private readonly RelayRig _rig = new();
    private readonly Phone _a;
    private readonly Phone _b;
    private readonly Phone _nat;
    private readonly MediaPort _portA;
    private readonly MediaPort _portB;
    private int _told;

    public SourceEventTests()
    {
        (_a, _b, _nat) = (_rig.Phone("127.0.0.2"), _rig.Phone("127.0.0.3"), _rig.Phone("127.0.0.5"));
        _rig.Relay.ListenForSources(0, () => Interlocked.Increment(ref _told));
        Assert.Equal(PortTakeResult.Taken, _rig.Pool.TryTake(IpAddress.Parse(RelayRig.Address), 0, out _portA, Owner));
        _portB = _rig.Take();
        Aim(Latching.Symmetric);
        _rig.Relay.Aim(_portB, new MediaTarget { Rtp = _b.Endpoint });
        _rig.Relay.Join(_portA, _portB);
    }

    public void Dispose() => _rig.Dispose();

    private void Aim(Latching latching) => _rig.Relay.Aim(_portA, new MediaTarget { Rtp = _a.Endpoint, Latching = latching, Signalling = _nat.Endpoint.Address });

    private void Send(Phone from, int sequence, uint ssrc = 7) => from.Send(Phone.Rtp(sequence, ssrc), RelayRig.Address, _portA.Port);

    private SourceEvent Next()
    {
        SourceEvent told = default;
        Eventually.True(() => _rig.Relay.TryTakeSource(0, out told), "told");
        return told;
    }

    private void HasNoMore()
    {
        Assert.False(_rig.Relay.TryTakeSource(0, out var told), $"{told}");
        Assert.Equal(0, _rig.Relay.LostSources);
    }

    private SourceEvent Told(SourceChange change, IpEndpoint source, IpEndpoint other, bool isOtherSettled) =>
        new(change, false, 0, _portA.Port, source, other, isOtherSettled, Owner);

    [Fact]
    public void Settling_and_taking_over_are_told_with_both_addresses()
    {
        Send(_nat, 1);
        _b.Receive();
        Assert.Equal(Told(SourceChange.Settled, _nat.Endpoint, _a.Endpoint, false), Next());
        Send(_a, 2);
        _b.Receive();
        Assert.Equal(Told(SourceChange.TookOver, _a.Endpoint, _nat.Endpoint, true), Next());
        Assert.Equal(2, Volatile.Read(ref _told));
        HasNoMore();
    }

    [Fact]
    public void A_refused_source_is_told_once_and_counted_always()
    {
        var (stranger, other) = (_rig.Phone("127.0.0.4"), _rig.Phone("127.0.0.4"));
        Send(_a, 1);
        _b.Receive();
        Next();
        for (var sequence = 0; sequence < 10; sequence++)
        {
            Send(stranger, sequence, 8);
            Send(other, sequence, 9);
        }

        _rig.AwaitDropped(_portA, DropReason.Stranger, 20);
        Assert.Equal(Told(SourceChange.Refused, stranger.Endpoint, _a.Endpoint, true), Next());
        Assert.Equal(Told(SourceChange.Refused, other.Endpoint, _a.Endpoint, true), Next());
        HasNoMore();
    }

    /// <summary>RTP bleed: whatever ports an attacker sends from, nobody hears it, each packet is counted, and the lane is told of a few.</summary>
    [Fact]
    public void A_spray_of_sources_reaches_nobody_and_is_told_of_in_bounds()
    {
        const int Sources = 200;
        Send(_a, 1);
        _b.Receive();
        for (var source = 0; source < Sources; source++)
        {
            using var attacker = new Phone("127.0.0.66");
            // The stream's own SSRC and its next number, too: as long as the settled source talks that is no way in.
            attacker.Send(Phone.Rtp(2), RelayRig.Address, _portA.Port);
            attacker.Send(Phone.Rtcp(), RelayRig.Address, _portA.Port + 1);
        }

        _rig.AwaitDropped(_portA, DropReason.Stranger, Sources);
        Eventually.True(() => _rig.Rtcp(_portA).Totals.Dropped(DropReason.Stranger) == Sources, "RTCP dropped");
        Send(_a, 3);
        Assert.Equal(Phone.Rtp(3), _b.Receive());
        Assert.True(_b.HasNothing);
        var told = 0;
        while (_rig.Relay.TryTakeSource(0, out _))
        {
            told++;
        }

        Assert.Equal(1 + (2 * 4), told);
        Assert.Equal(0, _rig.Relay.LostSources);
    }

    [Fact]
    public void Who_does_not_take_what_it_is_told_loses_it_and_that_is_counted()
    {
        for (var call = 0; call < 150; call++)
        {
            using var phone = new Phone("127.0.0.2");
            Assert.Equal(PortTakeResult.Taken, _rig.Pool.TryTake(IpAddress.Parse(RelayRig.Address), 0, out var port));
            _rig.Relay.Aim(port, new MediaTarget { Rtp = phone.Endpoint });

            // All there at once: none is given the port of another, and each is told of.
            Phone[] strangers = [.. Enumerable.Range(0, 4).Select(_ => new Phone("127.0.0.4"))];
            Array.ForEach(strangers, stranger => stranger.Send(Phone.Rtp(1), RelayRig.Address, port.Port));
            _rig.AwaitDropped(port, DropReason.Stranger, 4);
            Array.ForEach(strangers, stranger => stranger.Dispose());
            _rig.Relay.Release(port);
        }

        // A packet is counted before it is told of.
        var told = 0;
        Assert.True(SpinWait.SpinUntil(() =>
        {
            while (_rig.Relay.TryTakeSource(0, out _))
            {
                told++;
            }

            return told + _rig.Relay.LostSources >= 600;
        }, TimeSpan.FromSeconds(10)), $"{told} told, {_rig.Relay.LostSources} lost");
        Assert.Equal(600, told + _rig.Relay.LostSources);
        Assert.True(_rig.Relay.LostSources > 0);
    }

    [Fact]
    public void What_comes_before_the_answer_is_not_told_of()
    {
        var port = _rig.Take();
        Send(_a, 1);
        _b.Receive();
        Next();
        _a.Send(Phone.Rtp(1), RelayRig.Address, port.Port);
        _rig.AwaitDropped(port, DropReason.Stranger);
        HasNoMore();
    }

    /// <summary>Switched off, every source is taken, also when they take turns: each is told once.</summary>
    [Fact]
    public void Switched_off_each_source_is_told_once()
    {
        Aim(Latching.Off);
        var stranger = _rig.Phone("127.0.0.4");
        for (var sequence = 1; sequence <= 10; sequence++)
        {
            Send(_a, sequence);
            _b.Receive();
            Send(stranger, sequence, 9);
            _b.Receive();
        }

        Assert.Equal(Told(SourceChange.Settled, _a.Endpoint, _a.Endpoint, false), Next());
        Assert.Equal(Told(SourceChange.TookOver, stranger.Endpoint, _a.Endpoint, true), Next());
        HasNoMore();
        _b.Send(Phone.Rtp(1, 5), RelayRig.Address, _portB.Port);
        Assert.Equal(Phone.Rtp(1, 5), _a.Receive());
        Assert.True(stranger.HasNothing);
    }

    /// <summary>A NAT that changes the address in mid-call: refused while the old one may still talk, then the stream that goes on.</summary>
    [Fact]
    public void A_stream_that_goes_on_elsewhere_is_followed_after_silence_with_its_rtcp()
    {
        var (moved, movedRtcp) = (_rig.Phone("127.0.0.9"), _rig.Phone("127.0.0.9"));
        Send(_nat, 1);
        _b.Receive();
        Next();
        _nat.Send(Phone.Rtcp(), RelayRig.Address, _portA.Port + 1);
        Assert.True(Next() is { IsRtcp: true, Change: SourceChange.Settled });
        Send(moved, 2);
        Assert.Equal(Told(SourceChange.Refused, moved.Endpoint, _nat.Endpoint, true), Next());
        _rig.Clock.AdvanceSeconds(2);
        Send(moved, 3);
        _b.Receive();
        Assert.Equal(Told(SourceChange.TookOver, moved.Endpoint, _nat.Endpoint, true), Next());
        movedRtcp.Send(Phone.Rtcp(99), RelayRig.Address, _portA.Port + 1);
        Assert.True(Next() is { IsRtcp: true, Change: SourceChange.TookOver } rtcp && rtcp.Source == movedRtcp.Endpoint);
        _b.Send(Phone.Rtp(1, 5), RelayRig.Address, _portB.Port);
        Assert.Equal(Phone.Rtp(1, 5), moved.Receive());
    }
}
